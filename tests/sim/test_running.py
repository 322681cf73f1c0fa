"""`kubesim sim run`: programs of any language on a cluster of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs are shells")


@pytest.fixture
def run(tmp_path):
    def do(*words, **more):
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), **more}
        return subprocess.run([sys.executable, "-m", "kubesim_cli", "sim", "run", *words], env=environ, text=True,
                              capture_output=True, check=False)

    return do


def test_a_script_has_a_cluster_of_its_own_and_ends_as_it_does(run, tmp_path):
    log = tmp_path / "calls"
    script = "kubectl create ns a; sleep 5 1m; kubectl get ns a --no-headers; kubectl get pods -o nope; exit 7"
    done = run("--frozen", "--kubelet", "stub", "--", "sh", "-c", script, KUBESIM_LOG=str(log), KUBECONFIG="/nowhere")
    assert done.returncode == 7
    assert done.stdout == "namespace/a created\na     Active   65s\n"
    assert done.stderr.startswith("error: unable to match a printer")
    assert [(row["command"], row["exitCode"]) for row in map(json.loads, log.read_text().splitlines())] == [
        ("kubectl create ns a", 0), ("kubectl get ns a --no-headers", 0), ("kubectl get pods -o nope", 1)]
    assert [name for name in os.listdir(tmp_path) if name != "calls"] == []


def test_loops_that_ask_again_and_again_end(run):
    done = run("--tick", "1s", "--kubelet", "stub", "--", "sh", "-c", "kubectl run a --image=nginx; "
               "until kubectl get pod a | grep -q Running; do :; done; kubectl get pod a --no-headers")
    assert done.returncode == 0 and done.stdout.split()[-4:-1] == ["1/1", "Running", "0"]


def test_the_seed_decides_names(run):
    script = "kubectl get ns default -o jsonpath='{.metadata.uid} {.metadata.creationTimestamp}'"
    first, again, other = (run("--at", "2025-01-01", *words, "--", "sh", "-c", script, KUBESIM_SEED=seed).stdout
                           for words, seed in ((["--seed", "1"], ""), ([], "1"), (["--seed", "2"], "1")))
    assert first == again != other
    assert first.endswith(" 2025-01-01T00:00:00Z")


@pytest.mark.parametrize(("words", "code", "told"), [
    (["nosuchprogram"], 127, "error: nosuchprogram: command not found\n"),
    (["sh", "-c", "kill -9 $$"], 137, ""),
    (["--kubernetes-version", "1.2", "--", "true"], 1, "Error: "),
    ([], 2, "Missing argument")])
def test_how_it_ends_otherwise(run, words, code, told):
    done = run(*words)
    assert done.returncode == code and told in done.stderr


def test_a_cluster_may_be_kept_and_begin_with_objects(run, tmp_path):
    (tmp_path / "dump").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")
    done = run("--keep", "--load", str(tmp_path / "dump"), "--", "kubectl", "get", "cm", "a", "-o", "name")
    assert done.stdout == "configmap/a\n"
    assert os.path.isdir(done.stderr.strip().partition("KUBESIM_HOME=")[2])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 5), (signal.SIGHUP, 129)])
def test_signals_reach_the_program_and_nothing_is_left(tmp_path, number, code):
    script = "trap 'exit 5' TERM; echo ready; while :; do /bin/sleep 0.05; done"
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-m", "kubesim_cli", "sim", "run", "--", "sh", "-c", script], env=environ,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(30) == code
    assert os.listdir(tmp_path) == []


def test_the_same_in_this_process(terminal, tmp_path, capfd):
    (tmp_path / "dump").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")
    script = "kubectl get cm a -o name; sleep 1h; kubectl sim clock; exit 3"
    words = ["run", "--frozen", "--kubelet", "stub", "--load", str(tmp_path / "dump"), "--", "sh", "-c", script]
    assert terminal.sim(words).code == 3
    assert capfd.readouterr().out == "configmap/a\n2024-01-01T01:00:00Z (frozen)\n"
    assert terminal.ok("kubectl get cm a --ignore-not-found") == ""
    assert terminal.sim(["run", "--", "nosuchprogram"]).code == 127
    (tmp_path / "data").write_text("\0")
    (tmp_path / "data").chmod(0o755)
    assert terminal.sim(["run", "--", str(tmp_path / "data")]).code == 126
