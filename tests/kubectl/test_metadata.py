"""kubectl label, annotate and taint."""

import pytest


def test_label(newest):
    newest.ok("kubectl create cm a")
    assert newest.ok("kubectl label cm a x=1 y=2") == "configmap/a labeled\n"
    assert newest.ok("kubectl label cm a x=1") == "configmap/a not labeled\n"
    assert newest("kubectl label cm a x=2") == (
        1, "", "error: 'x' already has a value (1), and --overwrite is false\n")
    assert newest.ok("kubectl label cm a x=2 y- --overwrite") == "configmap/a modified\n"
    assert newest.ok("kubectl label cm a x- z-") == 'label "z" not found.\nconfigmap/a unlabeled\n'
    assert newest.ok("kubectl get cm a -o jsonpath={.metadata.labels}") == ""


@pytest.mark.parametrize("verb, field", [("label", "labels"), ("annotate", "annotations")])
def test_the_version_that_is_asked_for_stands_in_what_is_not_sent(terminal, verb, field, tmp_path):
    (tmp_path / "c.json").write_text('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}')
    for line in (f"{verb} --local -f {tmp_path}/c.json", f"{verb} --dry-run=client cm kube-root-ca.crt"):
        told = terminal.ok(f"kubectl {line} a=b --resource-version=77 "
                           f"-o jsonpath='{{.metadata.resourceVersion}} {{.metadata.{field}.a}}'")
        assert told == "77 b"


def test_what_older_releases_call_it(terminal):
    terminal.ok("kubectl create cm a")
    assert terminal.ok("kubectl label cm a x=11111 y=2") == "configmap/a labeled\n"
    assert terminal.ok("kubectl label cm a y=2") == "configmap/a not labeled\n"
    assert terminal.ok("kubectl label cm a x- z=3") == "configmap/a unlabeled\n"
    assert terminal.ok("kubectl label cm a y- --overwrite") == "configmap/a labeled\n"


def test_all_of_a_kind(terminal):
    terminal.ok("kubectl create cm a")
    terminal.ok("kubectl create cm b")
    assert terminal.ok("kubectl label cm --all x=1").count("labeled\n") == 3
    assert terminal.ok("kubectl get cm -l x=1 -o name").count("configmap/") == 3
    assert terminal.ok("kubectl label cm --list a b") == (
        "Listing labels for ConfigMap./a:\n x=1\nListing labels for ConfigMap./b:\n x=1\n")
    assert terminal.ok("kubectl label cm a --list") == "x=1\n"


@pytest.mark.parametrize(("line", "error"), [
    ("label cm a", "error: at least one label update is required\n"),
    ("label cm a x=1 x-", "error: can not both modify and remove a label in the same command\n"),
    ("label cm a x=1=2", "error: invalid label spec: x=1=2\n"),
    ("label cm a -- x=-", "error: invalid label value: \"x=-\": a valid label must be an empty string or consist of "
     "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',"
     "  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n"),
    ("label x=1", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n"),
    ("label cm --all -l a=b x=1", "error: cannot set --all and --selector at the same time\n"),
    ("annotate cm a x=1 x-", "error: can not both modify and remove the following annotation(s) in the same "
     "command: x\n"),
    ("annotate cm a", "error: at least one annotation update is required\n"),
    ("annotate cm a x=1 --resource-version=1", 'Error from server (Conflict): Operation cannot be fulfilled on '
     'configmaps "a": the object has been modified; please apply your changes to the latest version and try again\n'),
])
def test_refusals(terminal, line, error):
    terminal.ok("kubectl create cm a")
    assert terminal(f"kubectl {line}") == (1, "", error)


def test_annotate(terminal):
    terminal.ok("kubectl create cm a")
    assert terminal.ok("kubectl annotate cm a note='one two' x=") == "configmap/a annotated\n"
    shown = terminal.ok("kubectl annotate cm a note=3 --overwrite --dry-run=client -o jsonpath={.metadata.annotations}")
    assert shown == '{"note":"3","x":""}'
    assert terminal.ok("kubectl annotate cm a --list") == "note=one two\nx=\n"
    assert terminal.ok("kubectl annotate cm a note-") == "configmap/a annotated\n"
    assert terminal.ok("kubectl annotate cm a --list") == "x=\n"


def test_local_files_need_no_cluster(terminal):
    terminal.environ["KUBECONFIG"] = "/dev/null"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    assert terminal("kubectl label --local -f - a=b -o jsonpath={.metadata.labels}", pod) == (0, '{"a":"b"}', "")
    assert terminal("kubectl get pods").err == (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")


def test_taint(terminal):
    node = terminal.ok("kubectl get nodes -o jsonpath={.items[0].metadata.name}")
    assert terminal.ok(f"kubectl taint node {node} a=b:NoSchedule c:NoExecute") == f"node/{node} tainted\n"
    assert terminal(f"kubectl taint node {node} a=x:NoSchedule").err == (
        f"error: node {node} already has a taint(s) with same effect(s) and --overwrite is false\n")
    assert terminal.ok(f"kubectl taint node {node} a=x:NoSchedule --overwrite") == f"node/{node} modified\n"
    assert terminal.ok(f"kubectl taint node {node} a- c:NoExecute-") == f"node/{node} untainted\n"
    assert terminal(f"kubectl taint node {node} a-").err == 'error: taint "a" not found\n'
    assert terminal.ok(f"kubectl taint node {node} a=b:NoExecute --dry-run=client") == f"node/{node} tainted\n"
    assert terminal.ok(f"kubectl taint node {node} a=b:NoExecute -o json").startswith('{\n    "kind": "Node",\n')
    assert terminal(f"kubectl taint node {node} a=b:Never").err.startswith(
        "error: invalid taint effect: Never, unsupported taint effect\n")
    assert terminal("kubectl taint pod x a=b:NoSchedule").err == (
        "error: invalid resource type pod, only node types are supported\n")
