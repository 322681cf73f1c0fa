"""Recording a scenario, with kubesim as the kubectl that is recorded."""

import sys

import pytest
import record_scenario
from ruamel.yaml import YAML

OUTLINE = {"name": "small", "about": "recorded from kubesim", "files": {"a/app.properties": "color=blue\n"}, "steps": [
    {"run": "kubectl create configmap a --from-file=a/app.properties"},
    {"settle": 5},
    {"run": "kubectl get configmap a -o jsonpath='{.data}'"},
    {"run": "kubectl get configmap b"},
]}


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path))
    return record_scenario.record(OUTLINE, f'"{sys.executable}" -m kubesim_cli', "kubectl sim clock advance {}s")


@pytest.mark.skipif(not record_scenario.HAVE_BASH, reason="no bash")
def test_steps_with_their_answers(recorded):
    assert recorded["steps"] == [
        {"run": OUTLINE["steps"][0]["run"], "exit": 0, "stdout": "configmap/a created\n"},
        {"settle": 5},
        {"run": OUTLINE["steps"][2]["run"], "exit": 0, "stdout": '{"app.properties":"color=blue\\n"}'},
        {"run": "kubectl get configmap b", "exit": 1,
         "stderr": 'Error from server (NotFound): configmaps "b" not found\n'},
    ]


def test_a_scenario_reads_back_from_its_yaml():
    scenario = {"name": "odd", "steps": [{"run": "a\nb", "exit": 0, "stdout": "x \r\n\x1b[1my\n",
                                          "stderr": " plain \n\ttext\n"}]}
    text = record_scenario.dump(scenario)
    assert YAML(typ="safe", pure=True).load(text) == scenario
    assert "stderr: |" in text


@pytest.mark.skipif(not record_scenario.HAVE_BASH, reason="no bash")
def test_a_cluster_that_does_not_settle_ends_the_recording():
    with pytest.raises(RuntimeError, match="settling failed"):
        record_scenario.record({"steps": [{"settle": 1}]}, "true", "exit {}")
