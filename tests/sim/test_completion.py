"""Completion of `kubesim sim`, and of kubectl under the names that cheat sheets give it."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from kubesim_cli.kubectl.cli.shells import SCRIPTS
from kubesim_cli.main import main
from kubesim_cli.sim.launchers import shim


@pytest.fixture
def ask(monkeypatch, tmp_path, capsys):
    """Return what a program answers to `__completeNoDesc WORDS`, in lines."""
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path))

    def call(*words: str, program: str = "kubesim", verb: str = "__completeNoDesc") -> list[str]:
        monkeypatch.setattr("sys.argv", [program])
        assert main([verb, *words]) == 0
        return capsys.readouterr().out.splitlines()

    return call


@pytest.mark.parametrize(("words", "expected"), [
    (["sim", "cl"], ["clock", ":4"]), (["sim", "clock", "fr"], ["freeze", ":4"]),
    (["sim", "verify", "--le"], ["--level", ":4"]), (["sim", "verify", "--level", "sa"], ["same", ":4"]),
    (["sim", "verify", "x"], [":0"]), (["sim", "nosuch", ""], None), (["sim", "env", "--shell", "z"], ["zsh", ":4"]),
])
def test_what_may_follow_sim(ask, words, expected):
    assert expected is None or ask(*words) == expected
    assert ask(*words)[-1].startswith(":")


def test_sim_is_a_verb_of_kubesim_and_not_of_kubectl(ask):
    assert ask("s") == ["sim", "scale", "set", ":4"]
    assert ask("s", program="/x/bin/kubectl") == ["scale", "set", ":4"]
    assert ask("sim", "clock", "fr", verb="__complete")[0].startswith("freeze\tStop the clock")


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
@pytest.mark.parametrize(("alias", "line", "expected"), [
    ("alias k=kubectl", "k get confi", "configmaps"),
    ("alias k='kubectl -n kube-system'", "k get cm cor", "coredns"),
    ("k() { kubectl \"$@\"; }", "k get confi", "configmaps"),
    (":", "kubesim sim clo", "clock"), (":", "kubectl get confi", "configmaps"),
])
def test_bash_completes_what_is_called_otherwise(tmp_path, alias, line, expected):
    """As cheat sheets have it: `complete -o default -F __start_kubectl k`."""
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("there is no bash on this machine")
    script = "\n".join([SCRIPTS["bash"], alias, "complete -o default -F __start_kubectl k", "complete -p k",
                        f"COMP_LINE={line!r} COMP_POINT={len(line)}", "__start_kubectl", 'echo "${COMPREPLY[@]}"'])
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=False,
                          env={"KUBESIM_HOME": str(tmp_path), "PATH": f"{shim(str(tmp_path))}:/usr/bin:/bin"})
    assert done.stdout == f"complete -o default -F __start_kubectl k\n{expected}\n"


def test_powershells_block_has_the_name_by_which_others_register_it():
    assert SCRIPTS["powershell"].splitlines()[-1].endswith("-ScriptBlock $__kubectlCompleterBlock")
