"""Golden tests: what a real cluster answered, step by step. known.json lists the steps that still differ."""

from __future__ import annotations

import importlib.util
import json
import pathlib

import pytest

_spec = importlib.util.spec_from_file_location("replay", pathlib.Path(__file__).with_name("replay.py"))
replay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(replay)

KNOWN = json.loads(pathlib.Path(__file__).with_name("known.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not replay.HAVE_BASH, reason="the recordings are bash")
@pytest.mark.parametrize("path", sorted(replay.SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_scenario(path):
    """Every step comes out as recorded, but for those known to differ, and those do differ."""
    assert replay.differences(replay.load(path)) == KNOWN.get(path.stem, [])


def test_known_differences_name_scenarios():
    assert set(KNOWN) <= {path.stem for path in replay.SCENARIOS.glob("*.yaml")}


@pytest.mark.parametrize(("command", "call"), [
    ("kubectl get pods", (["get", "pods"], "", "")),
    ("kubectl get 'a b' \"c d\" e\\ f\n", (["get", "a b", "c d", "e f"], "", "")),
    ("kubectl get x 2>&1", (["get", "x"], "2>&1", "")),
    ("kubectl get x 2>/dev/null | wc -l", (["get", "x"], "2>/dev/null", " wc -l")),
    ("kubectl get -o jsonpath='{a|b}' | sort | head -1", (["get", "-o", "jsonpath={a|b}"], "", " sort | head -1")),
    ("kubectl get -o custom-columns=A:.a[0],B:.b[*]", (["get", "-o", "custom-columns=A:.a[0],B:.b[*]"], "", "")),
])
def test_what_needs_no_shell(command, call):
    assert replay.without_shell(command) == call


@pytest.mark.parametrize("command", [
    "kubectl get a && kubectl get b", "kubectl get a || true", "kubectl get a; echo $?", "kubectl get a\nkubectl get b",
    "kubectl get a > out", "kubectl get a |& cat", "kubectl get -o json |", "kubectl apply -f - <<EOF\na\nEOF",
    'kubectl get "$HOME"', "kubectl get $A", "kubectl get ~", "kubectl get {a,b}", "kubectl get a # b", "A=b kubectl c",
    "cat x | kubectl apply -f -", "kubectl edit cm a", "kubectl get 'a", "(kubectl get a)", "kubectl get a &",
    "kubectl get -f test_scen*.py"])
def test_what_needs_a_shell(command, monkeypatch):
    monkeypatch.chdir(pathlib.Path(__file__).parent)
    assert replay.without_shell(command) is None


@pytest.mark.skipif(not replay.HAVE_BASH, reason="a pipe into bash")
def test_both_ways_give_the_same(tmp_path, monkeypatch):
    commands = {
        "kubectl create ns a | tr a-z A-Z": "NAMESPACE/A CREATED\n", "kubectl get cm nosuch 2>&1 | wc -l": "1\n",
        "kubectl get cm nosuch 2>/dev/null": "", "kubectl create cm é": "",
        "kubectl create cm b --dry-run=client -o yaml | kubectl create -f - -o name": "configmap/b\n",
        "kubectl get cm b nosuch -o name": "configmap/b\n", "kubectl nosuch | cat": "",
        "kubectl label cm b note=$'\\xff'": "", "kubectl sim nosuch": "", "kubectl config view --raw | head -1":
            "apiVersion: v1\n"}
    results = []
    for bash in ("", "1"):
        monkeypatch.setenv("GOLDEN_BASH", bash)
        folder = tmp_path / f"bash{bash}"
        folder.mkdir()
        with replay.Replay(folder, {}) as stage:
            results.append([stage.run(command) for command in commands])
    assert results[0] == results[1]
    assert [out for _, out, _ in results[0]] == list(commands.values())
