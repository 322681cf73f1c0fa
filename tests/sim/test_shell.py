"""`kubesim sim env`: the kubectl it puts on the PATH, and the words it says to a shell."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from kubesim_cli.sim import shell as sim_shell
from kubesim_cli.sim.shell import programs, quoted, script, shim

unix = pytest.mark.skipif(os.name == "nt", reason="the shim is a program of sh")
ODD = ["'", '"', "\\", "\\'", "'; touch PWNED; #", "$(touch PWNED)", "`touch PWNED`", "a b", "\n", "*", "~", "{a,b}",
       "$HOME", "!x", "%PATH%", "\u2018\u2019\u201a\u201b", "=ls", "(touch PWNED)", "a'b\\", "\t", "#", "&",
       ";", "é", "-x", "[a]", "^", "<>"]


def call(folder, home, *words: str) -> subprocess.CompletedProcess:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "PYTHON"))}
    return subprocess.run([os.path.join(shim(str(home)), "kubectl"), *words], cwd=folder, text=True, check=False,
                          env={**keep, "KUBESIM_HOME": str(home)}, capture_output=True, stdin=subprocess.DEVNULL)


@unix
@pytest.mark.parametrize("names", [
    ["click.py"], ["json.py"], ["shlex.py"], ["ruamel/__init__.py", "ruamel/yaml/__init__.py"], ["sitecustomize.py"],
    ["kubesim_cli/__init__.py", "kubesim_cli/__main__.py", "kubesim_cli/start.py"]], ids=lambda names: names[0])
@pytest.mark.parametrize("words", [["sim", "clock", "show"], ["create", "-f", "a.yaml"]], ids=" ".join)
def test_the_shim_runs_no_code_of_the_working_folder(tmp_path, names, words):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("raise SystemExit('code of the working folder ran')\n")
    done = call(folder, tmp_path / "home", *words)
    assert (done.returncode, done.stderr) == (0, "")


@unix
def test_the_folders_of_the_shim_are_for_their_owner_under_any_umask(tmp_path):
    before = os.umask(0)
    try:
        folder = shim(str(tmp_path / "home"))
    finally:
        os.umask(before)
    modes = {os.stat(path).st_mode & 0o777 for path in (tmp_path / "home", folder, os.path.join(folder, "kubectl"))}
    assert modes == {0o700}


@unix
@pytest.mark.parametrize("link", [False, True])
def test_another_program_called_kubectl_is_not_replaced(tmp_path, link):
    """KUBESIM_HOME=/usr is a mistake that would cost the real kubectl."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "real").write_text("real")
    (folder / "kubectl").symlink_to("real") if link else (folder / "kubectl").write_text("real")
    with pytest.raises(click.ClickException, match="is another program"):
        shim(str(tmp_path))
    assert (folder / "kubectl").read_text() == "real"
    (folder / "kubectl").unlink()
    shim(str(tmp_path))
    assert shim(str(tmp_path)) == str(folder)  # its own is renewed


def test_the_shim_of_windows_is_a_command_file():
    text = programs(r"C:\100% Python\python.exe", windows=True)["kubectl.cmd"]
    assert text.startswith('@"C:\\100%% Python\\python.exe" -c "import sys; ')
    assert text.endswith('" %*\r\n')
    assert text.count('"') == 4


def homes() -> list[str]:
    """Return folders below / with each odd text, and mixtures of them from a fixed seed."""
    dice = random.Random(8)
    return ["/h" + text for text in ODD] + ["/h" + "".join(dice.choices(ODD, k=4)) for _ in range(100)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_is_told_means_the_folder_to_the_letter(tmp_path, shell):
    """All homes in one run of the shell: each sets the variable, and the shell's own `env` shows it, ended by a NUL."""
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"there is no {shell} on this machine")
    show = [sys.executable, "-c", "import os; print(end=os.environ['KUBESIM_HOME'] + '\\0')"]
    words = " ".join(quoted(word, shell) for word in show)
    told = "".join(script(shell, home, "/bin") + words + "\n" for home in homes())
    (tmp_path / "told").write_text(told, encoding="utf-8")
    done = subprocess.run([program, str(tmp_path / "told")], cwd=tmp_path, capture_output=True, text=True, check=False,
                          encoding="utf-8", env={**os.environ, "HOME": str(tmp_path)})
    assert done.stdout.split("\0")[:-1] == homes()
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(("text", "word"), [
    ("/a'b", "'/a''b'"), ("/a\u2019; calc; #", "'/a\u2019\u2019; calc; #'"), ("$(calc)`n", "'$(calc)`n'")])
def test_a_word_of_powershell(text, word):
    assert quoted(text, "powershell") == word


@pytest.mark.parametrize(("told", "shell_variable", "expected"), [
    (["--shell", "fish"], "/bin/sh", "set -gx PATH "), ([], "/usr/bin/fish", "set -gx PATH "),
    ([], "/bin/dash", 'hash -r'), (["--shell", "powershell"], "", "$env:PATH = "),
])
@unix
def test_env_speaks_the_language_of_the_shell(told, shell_variable, expected, tmp_path, monkeypatch):
    monkeypatch.setenv("SHELL", shell_variable)
    done = CliRunner().invoke(sim_shell.env, told, obj=SimpleNamespace(home=str(tmp_path)))
    assert done.exit_code == 0 and expected in done.output
    assert (tmp_path / "bin" / "kubectl").exists()


@unix
@pytest.mark.parametrize(("code", "expected"), [(0, 0), (3, 3), (-9, 137)])
def test_the_shell_is_opened_with_our_kubectl_in_front(code, expected, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setattr(sim_shell.subprocess, "call", lambda words, env: calls.append((words, env)) or code)
    done = CliRunner().invoke(sim_shell.shell, [], obj=SimpleNamespace(home=str(tmp_path)))
    [(words, environ)] = calls
    assert done.exit_code == expected and words == ["/bin/sh"]
    assert environ["PATH"].startswith(f"{tmp_path / 'bin'}{os.pathsep}") and environ["KUBESIM_HOME"] == str(tmp_path)
