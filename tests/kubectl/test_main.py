"""The way from a command line to an exit code: finding, refusing, failing."""

import io
import os
import subprocess
import sys

import pytest

from kubesim_cli import main as entry
from kubesim_cli.kubectl.cli.help import text_of
from kubesim_cli.kubectl.context import Context
from kubesim_cli.kubectl.failures import Aggregate, Exit, Failure, Usage, add_source
from kubesim_cli.kubectl.telling import exit_code, tell
from kubesim_cli.machinery import errors
from kubesim_cli.machinery.field import forbidden, invalid, required
from kubesim_cli.main import execute, main


@pytest.fixture
def run(tmp_path):
    """Run a command line in a home of its own; returns (code, stdout, stderr)."""
    environ = {"KUBESIM_HOME": str(tmp_path / "home"), "PATH": ""}

    def call(line: str, stdin: str = "", **more):
        streams = io.StringIO(stdin), io.StringIO(), io.StringIO()
        code = execute(line.split(), {**environ, **more}, streams)
        return code, streams[1].getvalue(), streams[2].getvalue()

    call.environ = environ
    return call


@pytest.mark.parametrize(("line", "code", "error"), [
    ("gett pods", 1, 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'),
    ("deploy", 1, 'error: unknown command "deploy" for "kubectl"\n'),
    ("get --nope", 1, "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n"),
    ("--nope", 1, "error: unknown flag: --nope\nSee 'kubectl --help' for usage.\n"),
    ("create cm --nope", 1, "error: unknown flag: --nope\nSee 'kubectl create configmap --help' for usage.\n"),
    ("diff --nope", 2, "error: unknown flag: --nope\nSee 'kubectl diff -h' for help and examples\n"),
    ("run web", 1, 'error: required flag(s) "image" not set\n'),
    ("rollout frobnicate", 1,
     "error: unknown command \"frobnicate\"\nSee 'kubectl rollout -h' for help and examples\n"),
    ("-n x nosuch", 1, "Error: flags cannot be placed before plugin name: -n\n"),
    ("version --client extra --output xml", 1, "error: --output must be 'yaml' or 'json'\n"),
])
def test_wrong_command_lines(run, line, code, error):
    assert run(line) == (code, "", error)


def test_help_comes_before_what_is_missing(run):
    code, out, err = run("run -h")
    assert (code, err) == (0, "")
    assert out.startswith("Run an image in a pod.\n")
    assert "Usage:\n  kubectl run NAME --image=image" in out


def test_a_group_without_a_command_shows_help_and_fails(run):
    code, out, err = run("rollout")
    assert (code, err) == (1, "")
    assert "Available Commands:\n  history       Show" in out
    code, out, err = run("top")
    assert (code, out) == (1, "")
    assert "Available Commands:\n  node          Show" in err


@pytest.mark.parametrize("line", ["certificate", "certificate nosuch"])
def test_certificate_shows_help_whatever_follows(run, line):
    code, out, err = run(line)
    assert (code, err) == (0, "")
    assert "Usage:\n  kubectl certificate SUBCOMMAND [options]\n" in out


def test_the_program_alone_shows_help(run):
    code, out, _ = run("")
    assert code == 0 and "Basic Commands (Beginner):" in out


def test_an_unknown_help_topic(run):
    code, out, err = run("help nosuch")
    assert (code, out) == (0, "")
    assert err.startswith("Unknown help topic [`nosuch`]\n\n\nBasic Commands (Beginner):\n  create          ")


def test_help_names_the_aliases_of_a_command(run):
    assert run("config use -h")[1].split("\n\n")[1] == "Aliases:\nuse-context, use"


@pytest.mark.skipif(os.name == "nt", reason="a PATH of folders")
def test_help_lists_plugins(tmp_path):
    for name in ("kubectl-foo_bar", "kubectl-abc-d", "kubectl-create-x"):
        (tmp_path / name).touch()
    assert ("\nSubcommands provided by plugins:\n"
            "  abc             The command abc is a plugin installed by the user\n"
            "  foo-bar         The command foo-bar is a plugin installed by the user\n\n"
            ) in text_of("", (1, 36), {"PATH": str(tmp_path)})


def test_nothing_is_opened_for_commands_that_need_no_cluster(run):
    run("version --client")
    run("config view")
    run("get --help")
    assert not os.path.exists(run.environ["KUBESIM_HOME"])


def test_a_deprecated_flag_warns(run):
    code, _, err = run("kuberc view --record")
    assert code == 1 and "unknown flag: --record" in err
    _, _, err = run("scale --record")
    assert err.startswith("error: required flag(s)") or "--record has been deprecated" in err


@pytest.mark.parametrize(("error", "text"), [
    (Failure("it broke"), "error: it broke\n"),
    (Failure("error: it broke\n"), "error: it broke\n"),
    (Failure("bad", prefix="Error in configuration: "), "Error in configuration: bad\n"),
    (Usage("no name"), "error: no name\nSee 'kubectl rollout undo -h' for help and examples\n"),
    (errors.not_found("pods", "a"), 'Error from server (NotFound): pods "a" not found\n'),
    (errors.StatusError(401, "Unauthorized", "Unauthorized"),
     "error: You must be logged in to the server (Unauthorized)\n"),
    (errors.StatusError(500, "", "oh"), "Error from server: oh\n"),
    (Aggregate([Failure("one")]), "error: one\n"),
    (Aggregate([Failure("one"), errors.not_found("pods", "a")]),
     'one\nError from server (NotFound): pods "a" not found\n'),
    (errors.invalid("Pod", "", "a", [required("spec.x")]), 'The Pod "a" is invalid: spec.x: Required value\n'),
    (errors.invalid("Pod", "", "a", [required("spec.x"), required("spec.x"), invalid("spec.y", 1, "odd")]),
     'The Pod "a" is invalid: \n* spec.x: Required value\n* spec.y: Invalid value: 1: odd\n'),
    (errors.invalid("Pod", "", "a", [forbidden("spec", "no\n")]), 'The Pod "a" is invalid: spec: Forbidden: no\n\n'),
    (errors.StatusError(422, "Invalid", "no details"), "The request is invalid: no details\n"),
    (add_source(errors.bad_request("odd"), "creating", "f.yaml"),
     'Error from server (BadRequest): error when creating "f.yaml": odd\n'),
    (add_source(Failure("odd"), "creating", "f.yaml"), 'error: error when creating "f.yaml": odd\n'),
])
def test_how_failures_are_told(error, text):
    assert tell(error, "rollout undo") == text


@pytest.mark.parametrize(("error", "command", "code"), [
    (Failure("x"), "get", 1), (Failure("x", code=3), "get", 3), (Failure("x"), "diff", 2), (Exit(5), "get", 5),
    (errors.not_found("pods", "a"), "get", 1), (errors.not_found("pods", "a"), "diff", 2),
    (Aggregate([errors.not_found("pods", "a")]), "get", 1), (Aggregate([Failure("x", code=3)]), "get", 3),
])
def test_exit_codes(error, command, code):
    assert exit_code(error, command) == code


class FakeCluster:
    """Remembers the order of what happens to it."""

    def __init__(self):
        self.calls, self.on_commit = [], lambda: None

    def commit(self):
        self.calls.append("commit")
        self.on_commit()

    def close(self):
        self.calls.append("close")


def context(command="get"):
    from kubesim_cli.kubectl.cli.commands import flags_of
    streams = io.StringIO(), io.StringIO(), io.StringIO()
    ctx = Context(command, flags_of(command), {}, streams, FakeCluster())
    return ctx, streams[1], streams[2]


def test_output_waits_for_the_commit():
    ctx, out, err = context()
    ctx.cluster.on_commit = ctx.flush
    ctx.out("a")
    ctx.err("b")
    assert (out.getvalue(), err.getvalue()) == ("", "")
    ctx.commit()
    assert (out.getvalue(), err.getvalue()) == ("a", "b")
    assert ctx.cluster.calls == ["commit"]


def test_a_pause_shows_what_was_printed():
    ctx, out, _ = context()
    ctx.out("a")
    ctx.pause()
    assert out.getvalue() == "a"
    assert ctx.cluster.calls == ["commit"]


def test_warnings_are_told_once_and_may_be_errors():
    ctx, _, err = context()
    ctx.warn_for_server("old")
    ctx.warn_for_server("old")
    ctx.warn_for_server("odd")
    ctx.warn("of kubectl's own")
    assert ctx.finish(0) == 0
    assert err.getvalue() == "Warning: old\nWarning: odd\nWarning: of kubectl's own\n"
    ctx.flags.set("warnings-as-errors", "true")
    assert ctx.finish(0) == 1
    assert err.getvalue().endswith("error: 2 warnings received\n")


def test_an_unforeseen_exception_is_one_line(monkeypatch, capsys):
    def broken(words, environ):
        raise KeyError("oh")

    monkeypatch.setattr(entry, "execute", broken)
    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    assert main(["get"]) == 1
    assert capsys.readouterr().err == "error: kubesim failed: KeyError: 'oh' (KUBESIM_TRACEBACK=1 shows where)\n"
    monkeypatch.setenv("KUBESIM_TRACEBACK", "1")
    with pytest.raises(KeyError):
        main(["get"])


def test_an_interrupt_is_130(monkeypatch):
    def stopped(words, environ):
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "execute", stopped)
    assert main(["get"]) == 130


@pytest.mark.skipif(os.name == "nt", reason="a script with a shebang")
def test_a_plugin_takes_over(tmp_path):
    for name in ("kubectl-foo", "kubectl-foo-bar_baz", "kubectl-create-thing", "kubectl-get"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (tmp_path / name).chmod(0o755)

    def call(*words):
        done = subprocess.run([sys.executable, "-m", "kubesim_cli", *words], capture_output=True, text=True,
                              env={**os.environ, "PATH": str(tmp_path), "KUBESIM_HOME": str(tmp_path / "home")})
        return done.stdout or done.stderr

    assert call("foo", "bar-baz", "-x") == "kubectl-foo-bar_baz -x\n"
    assert call("foo", "other") == "kubectl-foo other\n"
    assert call("create", "thing", "a") == "kubectl-create-thing a\n"
    assert call("plugin", "list", "--name-only").splitlines()[2:] == [
        "kubectl-create-thing", "kubectl-foo", "kubectl-foo-bar_baz", "kubectl-get"]
    assert call("get", "-h").startswith("Show objects.")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    if os.name == "nt":
        pytest.skip("no pipes as in Unix")
    line = f"{sys.executable} -m kubesim_cli api-resources | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True,
                          env={**os.environ, "KUBESIM_HOME": str(tmp_path / "home")})
    assert done.stderr == ""
    assert done.returncode in (0, 141)
