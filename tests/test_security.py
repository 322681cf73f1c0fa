"""What docs/security.md promises, as far as no other test holds it, and that the tests it names are there."""

from __future__ import annotations

import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[1]
ESC = "\x1b[2J"


def test_the_tests_that_the_page_names_are_there():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    for line in page.splitlines():
        for file, names in re.findall(r"`(tests/[\w/]+\.py)`((?:[:,] `test_\w+`)*)", line):
            text = (ROOT / file).read_text(encoding="utf-8")
            for name in re.findall(r"`(test_\w+)`", names):
                assert f"\ndef {name}(" in text, (file, name)
    assert page.count("| `tests/") > 20


@pytest.mark.parametrize("name", ["../../out", "/etc/out", "..", ".", "a/b", "a\nb", "a\\..\\b", "~"])
def test_a_cluster_stays_below_its_home_whatever_its_name(terminal, tmp_path, name):
    (tmp_path / "kc").write_text(
        "contexts: [{{name: {0}, context: {{cluster: {0}, user: u}}}}]\nclusters: [{{name: {0}, cluster: {{}}}}]\n"
        "users: [{{name: u, user: {{}}}}]\ncurrent-context: {0}\n".format('"' + name.replace("\\", "\\\\").replace(
            "\n", "\\n") + '"'), encoding="utf-8")
    before = {path for path in tmp_path.rglob("*") if "home" not in path.parts}
    terminal(f"kubectl --kubeconfig {tmp_path / 'kc'} create configmap x")
    assert {path for path in tmp_path.rglob("*") if "home" not in path.parts} == before
    made = [pathlib.Path(top) / "objects.jsonl" for top, _, files in os.walk(tmp_path) if "objects.jsonl" in files]
    assert all(path.parent.parent == tmp_path / "home" / "clusters" for path in made)


@pytest.mark.parametrize("user", ["exec: {apiVersion: client.authentication.k8s.io/v1, command: ./run}",
                                  "auth-provider: {name: gcp, config: {cmd-path: ./run}}"])
def test_programs_that_a_kubeconfig_names_are_not_run(terminal, user):
    pathlib.Path("run").write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    os.chmod("run", 0o755)
    pathlib.Path("kc").write_text(
        "contexts: [{name: c, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {}}]\n"
        f"current-context: c\nusers: [{{name: u, user: {{{user}}}}}]\n", encoding="utf-8")
    terminal("kubectl --kubeconfig kc get pods")
    assert not os.path.exists("ran")


@pytest.mark.parametrize("fields", [
    "resources: [../secret.yaml]", "resources: [{work}/../secret.yaml]", "resources: [link.yaml]",
    "configMapGenerator: [{{name: x, files: [../secret.yaml]}}]", "patches: [{{path: ../secret.yaml}}]",
    "resources: ['http://127.0.0.1:1/x.yaml']", "resources: ['https://github.com/a/b?ref=c']",
    "generators: [plugin.yaml]", "transformers: [plugin.yaml]", "resources: ['file:///etc/passwd']"])
def test_kustomizations_stay_in_their_folder_and_run_nothing(terminal, tmp_path, fields):
    (tmp_path / "secret.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: secret}\n",
                                          encoding="utf-8")
    os.symlink("../secret.yaml", "link.yaml")
    pathlib.Path("plugin.yaml").write_text(
        "apiVersion: someteam.example.com/v1\nkind: Plugin\nmetadata:\n  name: p\n  annotations:\n"
        "    config.kubernetes.io/function: |\n      exec: {path: ./run}\n", encoding="utf-8")
    pathlib.Path("run").write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    os.chmod("run", 0o755)
    pathlib.Path("kustomization.yaml").write_text(fields.format(work=tmp_path / "work"), encoding="utf-8")
    result = terminal("kubectl kustomize .")
    assert (result.code, result.out) == (1, "") and not os.path.exists("ran")


def test_what_is_in_objects_does_nothing_to_a_terminal(terminal):
    manifest = f'{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"x","annotations":{{"a":"{ESC}"}}}}}}'
    terminal.ok("kubectl create -f -", manifest.replace("\x1b", "\\u001b"))
    terminal.ok("kubectl create -f -", (
        '{"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"involvedObject":{"namespace":"default","kind":'
        f'"Pod\\u001b[2J","name":"p"}},"message":"{ESC}","reason":"{ESC}"}}').replace("\x1b", "\\u001b"))
    for line in ("describe cm x", "get events", "events", "get cm x -o wide --show-labels", "describe cm",
                 "get events -o custom-columns=M:.message", "get pods 'x\x1b[2J'"):
        result = terminal(f"kubectl {line}")
        assert "\x1b" not in result.out + result.err, line
        assert result.out + result.err


@pytest.mark.parametrize("value", [
    "!!python/object/apply:os.system [touch ran]", "!!python/name:os.system",
    "!!python/object/new:os.system [touch ran]"])
def test_yaml_makes_nothing_but_values(terminal, value):
    terminal("kubectl create -f -", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {{a: {value}}}\n")
    assert not os.path.exists("ran")
