"""kubectl describe: what is described, in which order, and what is told of the rest."""

from __future__ import annotations

import sys
import types

import pytest

CONFIG = "kubectl create configmap {} --from-literal=key=value"
TWICE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: missing}
"""
HPA = """\
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: auto}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  targetCPUUtilizationPercentage: 50
"""


@pytest.fixture
def configs(terminal):
    for name in ("one", "only", "two"):
        terminal.ok(CONFIG.format(name))
    return terminal


def names(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if line.startswith("Name:")]


def test_one(configs):
    assert configs.ok("kubectl describe configmap one") == """\
Name:         one
Namespace:    default
Labels:       <none>
Annotations:  <none>

Data
====
key:
----
value

BinaryData
====

Events:  <none>
"""


def test_without_events(configs):
    assert not configs.ok("kubectl describe cm one --show-events=false").endswith("Events:  <none>\n")


def test_two_empty_lines_between_objects(configs):
    alone = [configs.ok(f"kubectl describe cm {name}") for name in ("two", "one")]
    assert configs.ok("kubectl describe cm two one") == "\n\n".join(alone)
    assert configs.ok("kubectl describe cm/two cm/one") == "\n\n".join(alone)


def test_prefix(configs):
    alone = [configs.ok(f"kubectl describe cm {name}") for name in ("one", "only")]
    assert configs.ok("kubectl describe cm on") == "".join(f"{text}\n" for text in alone)


@pytest.mark.parametrize(("args", "err"), [
    ("cm none", 'Error from server (NotFound): configmaps "none" not found\n'),
    ("cm/one cm/none", 'Error from server (NotFound): configmaps "none" not found\n'),
    ("cm,secret none", 'Error from server (NotFound): configmaps "none" not found\n'
                       'Error from server (NotFound): secrets "none" not found\n'),
    ("cm one -l a=b", "error: name cannot be provided when a selector is specified\n"),
    ("nosuch one", 'error: the server doesn\'t have a resource type "nosuch"\n'),
    ("", 'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list '
         "of supported resources.\n"),
])
def test_errors(configs, args, err):
    assert configs(f"kubectl describe {args}") == (1, "", err)


def test_what_is_there_is_described_beside_what_is_missing(configs):
    result = configs("kubectl describe cm one none two")
    assert (result.code, names(result.out)) == (1, ["one", "two"])
    assert result.err == 'Error from server (NotFound): configmaps "none" not found\n'


@pytest.mark.parametrize(("args", "err"), [
    ("leases -n empty", "No resources found in empty namespace.\n"), ("hpa -A", "No resources found\n"),
    ("cm -l a=b", "No resources found in default namespace.\n"),
])
def test_nothing(terminal, args, err):
    assert terminal(f"kubectl describe {args}") == (0, "", err)


def test_files_name_what_the_server_has(configs):
    result = configs("kubectl describe -f -", TWICE)
    assert result == (1, configs.ok("kubectl describe cm one"),
                      'Error from server (NotFound): configmaps "missing" not found\n')


@pytest.mark.parametrize(("release", "args", "shown"), [
    ("1.28", "", True), ("1.36", "", False), ("1.36", "--show-events", True), ("1.28", "--show-events=false", False)])
def test_events_of_several(terminal, release, args, shown):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = release
    terminal.ok(f"kubectl sim reset --seed test --kubernetes-version {release}")
    terminal.ok(CONFIG.format("one"))
    assert ("Events:" in terminal.ok(f"kubectl describe cm {args}")) is shown
    assert "Events:" in terminal.ok("kubectl describe cm one")


def test_horizontal_pod_autoscalers_of_an_older_version(terminal):
    terminal.ok("kubectl create -f -", HPA)
    assert "cpu on pods  (as a percentage of request)" in terminal.ok("kubectl describe hpa.v1.autoscaling auto")


def test_describing_needs_the_right_to_get(configs):
    configs.ok("kubectl create role lister --verb=list --resource=configmaps")
    configs.ok("kubectl create rolebinding lister --role=lister --user=jane")
    result = configs("kubectl describe cm -l no=such --as=jane")
    assert result == (0, "", "No resources found in default namespace.\n")
    result = configs("kubectl describe cm --as=jane")
    assert (result.code, result.out) == (1, "")
    assert len(result.err.splitlines()) == 4 and 'cannot get resource "configmaps"' in result.err


def test_a_kind_is_described_by_the_module_of_its_name(terminal, monkeypatch):
    """Nothing has to be registered; GROUP and SINCE tell for which group and releases the module is."""
    lease = types.ModuleType("lease")
    lease.describe = lambda obj, w, ctx: w.line(0, "Held by", obj["spec"]["holderIdentity"])
    monkeypatch.setitem(sys.modules, "kubesim_cli.kubectl.printers.describe.lease", lease)
    command = "kubectl describe lease -n kube-node-lease"
    generic = terminal.ok(command)
    assert generic.startswith("Name: ")
    lease.GROUP = "apps"
    assert terminal.ok(command) == generic
    lease.GROUP = "coordination.k8s.io"
    assert "Held by:" in terminal.ok(command) and "Name:" not in terminal.ok(command)
    lease.SINCE = (1, 30)
    assert terminal.ok(command) == generic
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.30"
    assert "Held by:" in terminal.ok(command)


def test_what_cannot_be_read_is_told_bare(terminal):
    """kubectl collects what fails while it visits: what is told of it has no `error: ` in front."""
    for text, told in (('{"a": 1}', "unable to decode \"STDIN\": Object 'Kind' is missing in '{\"a\": 1}'\n"),
                       ("a: [", "error parsing STDIN: error converting YAML to JSON: yaml: line 1: did not find "
                        "expected node content\n")):
        assert terminal("kubectl describe -f -", text) == (1, "", told)
    assert terminal("kubectl describe -f nosuch").err == 'error: the path "nosuch" does not exist\n'
