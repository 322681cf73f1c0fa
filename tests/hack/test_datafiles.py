"""The data files of the package are what the scripts of hack/ make.

Inputs are too large to ship: KUBERNETES_CHECKOUT names a checkout of kubernetes/kubernetes of the newest release,
LIGHTKUBE_MODELS a folder with the wheels that hack/update_releases.py asks for. Without them those tests are skipped.
"""

import importlib
import json
import os
import re
import sys

import datafile
import pytest

from kubesim_cli.releases import NEWEST, release_text

FROM_CHECKOUT = {
    "update_schema": datafile.SCHEMA,
    "update_hashtypes": datafile.HASH_TYPES,
    "update_resources": datafile.RESOURCES,
    "update_rbac": datafile.ROLES,
    "update_internaltypes": datafile.INTERNAL_TYPES,
    "update_kustomize_fieldspecs": datafile.FIELD_SPECS,
    "update_kustomize_types": datafile.KUSTOMIZE_TYPES,
}
FILES = {**FROM_CHECKOUT, "update_releases": datafile.RELEASES}


@pytest.mark.parametrize("script", FROM_CHECKOUT)
def test_a_checkout_gives_the_committed_file(script):
    checkout = os.environ.get("KUBERNETES_CHECKOUT")
    if not checkout:
        pytest.skip("KUBERNETES_CHECKOUT names no checkout of kubernetes/kubernetes")
    assert importlib.import_module(script).main(["--kubernetes", checkout, "--check"]) == 0


def test_a_live_cluster_gives_the_committed_resources(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path))
    monkeypatch.setenv("KUBESIM_KUBERNETES_VERSION", release_text(NEWEST))
    assert importlib.import_module("update_resources").main(
        ["--kubectl", f'"{sys.executable}" -m kubesim_cli', "--check"]) == 0


def test_the_wheels_give_the_committed_releases():
    wheels = os.environ.get("LIGHTKUBE_MODELS")
    if not wheels:
        pytest.skip("LIGHTKUBE_MODELS names no folder with wheels of lightkube-models")
    assert importlib.import_module("update_releases").main(["--models", wheels, "--check"]) == 0


@pytest.mark.parametrize("script", FILES)
def test_a_file_tells_its_source_and_its_script_on_its_first_line(script):
    first = FILES[script].read_text(encoding="utf-8").split("\n")[1]
    assert re.fullmatch(rf'"_source": "[^"]* v?\d+\.\d+[^"]*; hack/{script}\.py",', first)
    assert (datafile.ROOT / "hack" / f"{script}.py").exists()


@pytest.mark.parametrize("script", FILES)
def test_a_file_has_one_definition_a_line(script):
    text = FILES[script].read_text(encoding="utf-8")
    data = json.loads(text)
    assert datafile.dumps(data.pop("_source"), data) == text


def test_check_shows_what_differs_and_writes_nothing(tmp_path, capsys):
    path = tmp_path / "some.json"
    path.write_text(datafile.dumps("here", {"a": 1}), encoding="utf-8")
    made = datafile.dumps("here", {"a": 2})
    assert datafile.finish(path, made, check=True) == 1
    assert '-"a": 1' in capsys.readouterr().err
    assert '"a": 1' in path.read_text(encoding="utf-8")
    assert datafile.finish(path, made, check=False) == 0
    assert datafile.finish(path, made, check=True) == 0


def test_since_and_until_are_those_of_the_releases():
    facts, served = datafile.read(datafile.RELEASES), datafile.read(datafile.RESOURCES)
    from update_resources import conditions

    for entry in served["resources"]:
        key = f"{entry['groupVersion']} {entry['name']}"
        known = facts["resources"].get(key, {})
        assert entry.get("until") == known.get("until"), key
        assert entry.get("since") == known.get("since"), key
        assert {name: entry[name] for name in ("gate", "optional") if name in entry} == conditions(entry), key
    pod_spec = datafile.read(datafile.SCHEMA)["definitions"]["io.k8s.api.core.v1.PodSpec"]["properties"]
    found = facts["fields"]["core_v1.PodSpec"]
    assert {name: node["x-since"] for name, node in pod_spec.items() if "x-since" in node} == {
        name: found[name]["since"] for name in found if name in pod_spec}
