"""kubectl get: tables, other outputs, sorting and watching."""

import json

import pytest

PODS = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web, size: "10"}}
spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db, size: "9"}}
spec: {containers: [{name: c, image: redis}]}
"""


@pytest.fixture
def pods(terminal):
    terminal.ok("kubectl apply -f -", PODS)
    terminal.advance("10s")
    return terminal


def test_several_types_have_kinds_and_headers_of_their_own(pods):
    assert pods.ok("kubectl get pods,svc") == (
        "NAME      READY   STATUS    RESTARTS   AGE\n"
        "pod/db    1/1     Running   0          10s\n"
        "pod/web   1/1     Running   0          10s\n\n"
        "NAME                 TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
        "service/kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   10s\n")
    assert pods.ok("kubectl get pods,cm --no-headers -l app") == (
        "pod/db    1/1   Running   0     10s\n"
        "pod/web   1/1   Running   0     10s\n")


def test_objects_named_one_by_one_share_a_table(pods):
    result = pods("kubectl get pod web nosuch db")
    assert result.out == ("NAME   READY   STATUS    RESTARTS   AGE\n"
                          "web    1/1     Running   0          10s\n"
                          "db     1/1     Running   0          10s\n")
    assert (result.code, result.err) == (1, 'Error from server (NotFound): pods "nosuch" not found\n')
    assert pods.ok("kubectl get pod nosuch --ignore-not-found") == ""


def test_nothing_found(pods):
    assert pods("kubectl get deploy").err == "No resources found in default namespace.\n"
    assert pods("kubectl get statefulsets -A").err == "No resources found\n"
    assert pods("kubectl get pv").err == "No resources found\n"
    assert pods("kubectl get deploy -o name") == (0, "", "")


def test_namespaces_and_labels(pods):
    assert pods.ok("kubectl get pods -A -L app --show-labels").splitlines()[1].split() == [
        "default", "db", "1/1", "Running", "0", "10s", "db", "app=db,size=9"]


def test_table_made_by_kubectl(pods):
    assert pods.ok("kubectl get pods,cm --server-print=false").splitlines() == [
        "NAME      AGE", "pod/db    10s", "pod/web   10s", "", "NAME                         AGE",
        "configmap/kube-root-ca.crt   10s"]


def test_sorting(pods):
    assert pods.ok("kubectl get pods --sort-by=.metadata.labels.size -o name") == "pod/db\npod/web\n"
    assert pods.ok("kubectl get pods --sort-by={.spec.containers[0].image}").splitlines()[1][:3] == "web"
    wrong = "error: couldn't find any field with path \"{.spec.nosuch}\" in the list of objects\n"
    assert pods("kubectl get pods --sort-by=.spec.nosuch -o name").err == wrong
    assert pods("kubectl get pods --sort-by=.spec.nosuch").err == "No resources found in default namespace.\n"
    # Tables of several types are sorted as a whole, and have no such field.
    assert pods("kubectl get pods,svc --sort-by=.metadata.name").code == 1


def test_lists_and_single_objects(pods):
    one = json.loads(pods.ok("kubectl get pod web -o json"))
    assert (one["kind"], "managedFields" in one["metadata"]) == ("Pod", False)
    several = json.loads(pods.ok("kubectl get pod web db -o json --show-managed-fields"))
    assert several["kind"] == "List"
    assert several["metadata"] == {"resourceVersion": ""}
    assert [item["metadata"]["name"] for item in several["items"]] == ["web", "db"]
    assert several["items"][0]["metadata"]["managedFields"]
    assert pods.ok("kubectl get pods --chunk-size=1 -o name") == "pod/db\npod/web\n"


def test_subresources(pods):
    pods.ok("kubectl create deployment shop --image=nginx --replicas=2")
    pods.advance("10s")
    assert pods.ok("kubectl get deploy shop --subresource=scale").split() == [
        "NAME", "DESIRED", "AVAILABLE", "AGE", "shop", "2", "2", "10s"]
    assert json.loads(pods.ok("kubectl get deploy shop --subresource=status -o json"))["kind"] == "Deployment"


@pytest.mark.parametrize(("line", "error"), [
    ("get", "error: Required resource not specified."),
    ("get pods -o foo", 'error: unable to match a printer suitable for the output format "foo"'),
    ("get pods --show-labels -o json", "error: --show-labels option cannot be used with json printer"),
    ("get pods --output-watch-events",
     "error: --output-watch-events option can only be used with --watch or --watch-only"),
    ("get --raw /api pods", "error: arguments may not be passed when --raw is specified"),
    ("get --raw /api -o json", "error: --raw and --output are mutually exclusive"),
])
def test_refusals(terminal, line, error):
    result = terminal(f"kubectl {line}")
    assert result.code == 1
    assert error in result.err


def test_watching_a_frozen_cluster_ends_when_nothing_more_happens(terminal):
    terminal.ok("kubectl apply -f -", PODS)
    lines = terminal.ok("kubectl get pods -w").splitlines()
    assert lines[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    states = [line.split()[2] for line in lines[1:] if line.startswith("web")]
    assert (len(states) > 1, states[-1]) == (True, "Running")
    assert {line[lines[0].index("STATUS") - 1] for line in lines} == {" "}


def test_watching_one_object_and_events_only(terminal):
    terminal.ok("kubectl apply -f -", PODS)
    lines = terminal.ok("kubectl get pod db --watch-only --output-watch-events").splitlines()
    assert lines[0].split() == ["EVENT", "NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [line.split()[:2] for line in lines[1:]] == [["MODIFIED", "db"]] * (len(lines) - 1)
    assert lines[-1].split()[3] == "Running"


def test_watching_as_json(terminal):
    terminal.ok("kubectl create cm a")
    events = [json.loads(line) for line in
              terminal.ok("kubectl get cm a -w -o json --output-watch-events").splitlines()]
    assert [(event["type"], event["object"]["metadata"]["name"]) for event in events] == [("ADDED", "a")]
    assert terminal("kubectl get cm a kube-root-ca.crt -w -o name").err == (
        "error: you may only watch a single resource or type of resource at a time\n")


def test_tables_keep_the_namespace_column(terminal):
    """kubectl's printers share their options: what comes after a namespaced type has the column, too."""
    terminal.ok("kubectl create cm a")
    heads = [line.split()[0] for line in terminal.ok("kubectl get ns,cm,nodes -A").splitlines() if "NAME" in line]
    assert heads == ["NAME", "NAMESPACE", "NAMESPACE"]


def test_a_watch_lasts_as_long_as_a_request_may(terminal):
    terminal.ok("kubectl run web --image=nginx")
    assert terminal.ok("kubectl get pods -w --request-timeout=5s").splitlines()[-1].split()[1:3] == ["1/1", "Running"]
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:05Z (frozen)\n"
    told = terminal("kubectl get pods -w --request-timeout=1 -v=5").err
    assert '] "Unable to decode an event from the watch stream" err="context deadline exceeded ' in told


def test_pages_of_less_than_nothing_are_no_pages(terminal):
    for name in "ab":
        terminal.ok(f"kubectl create cm {name}")
    assert len(terminal.ok("kubectl get cm a b --chunk-size=-1 --no-headers").splitlines()) == 2
    listed = terminal.ok("kubectl get cm --no-headers")
    assert terminal.ok("kubectl get cm --no-headers --chunk-size=-1") == listed
    assert json.loads(terminal.ok("kubectl get --raw '/api/v1/namespaces/default/configmaps?limit=-1'"))["items"]


def test_old_releases_know_only_some_subresources(terminal):
    assert terminal("kubectl get pod web --subresource=other") == (
        1, "", 'error: invalid subresource value: "other". Must be one of [status scale]\n')
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset")
    assert "invalid subresource" not in terminal("kubectl get pod web --subresource=other").err


def test_what_a_watch_of_files_takes(terminal):
    one, other = (f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{name}"}}}}\n'
                  for name in ("a", "a-much-longer-name"))
    two = one + other
    listed = """---
{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}"""
    terminal.ok("kubectl apply -f -", two)
    start = "error: watch is only supported on individual resources and resource collections"
    result = terminal("kubectl get -f - -w", two)
    assert (result.code, result.err) == (1, f"{start} - 2 resources were found\n")
    assert [line.rstrip() for line in result.out.splitlines()] == [
        "NAME                 DATA   AGE", "a                    0      0s", "a-much-longer-name   0      0s"]
    assert terminal("kubectl get -f - -w", listed) == (1, "", f"{start}, but a list of resources is found\n")
    of_kind = listed.replace("kind: List", "kind: ConfigMapList")
    assert terminal("kubectl get -f - -w", of_kind) == (1, "", f"{start}, but a list of resources is found\n")
    unknown = listed.replace("kind: List", "kind: StarList")
    assert 'no matches for kind "StarList" in version "v1"' in terminal("kubectl get -f - -w", unknown).err
    for name, text in (("one.yaml", one), ("two.yaml", other)):
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    assert terminal("kubectl get -f one.yaml -f two.yaml -w").err == (
        "error: you may only watch a single resource or type of resource at a time\n")


def test_tables_come_in_chunks(pods):
    whole = pods.ok("kubectl get pods")
    result = pods("kubectl get pods --chunk-size=1 -v=6")
    assert result.out == whole
    assert [line.partition("?")[2].partition(" ")[0].replace("%3D", "")[:17]
            for line in result.err.splitlines()] == ["limit=1", "continue=eyJ2Ijoi"]
    assert len(pods("kubectl get pods --chunk-size=0 -v=6").err.splitlines()) == 1
    assert pods.ok("kubectl get componentstatuses --chunk-size=1 --no-headers").count("\n") == 3


def test_what_sorting_asks_for(pods):
    told = pods("kubectl get pods --sort-by=.metadata.name -v=8").err
    assert 'namespaces/default/pods?includeObject=Object' in told
    assert "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;" in told
    assert "includeObject" not in pods("kubectl get pods -v=8").err


CUSTOM = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %(plural)s.%(group)s}
spec:
  group: %(group)s
  names: {plural: %(plural)s, singular: %(singular)s, kind: %(kind)s, shortNames: [exmp]}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true,
     schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
"""


def test_a_short_name_of_two(terminal):
    for group, singular in (("test.com", "example"), ("bar.com", "foo")):
        terminal.ok("kubectl apply -f -", CUSTOM % {"group": group, "singular": singular, "plural": singular + "s",
                                                    "kind": singular.title()})
    terminal.advance("10s")
    result = terminal("kubectl get exmp -v=6")
    assert "/apis/bar.com/v1/namespaces/default/foos" in result.err
    warning = 'Warning: short name "exmp" could also match lower priority resource examples.test.com\n'
    assert result.err.count(warning) == 1
    assert "Warning" not in terminal("kubectl get exmp.test.com").err
    assert "Warning" not in terminal("kubectl get foos").err


def test_a_failed_template_tells_the_managed_fields(terminal):
    terminal.ok("kubectl get configmaps kube-root-ca.crt")
    shown = terminal("kubectl get configmap kube-root-ca.crt -o go-template={{.kind.x}} -v=6")
    assert shown.code == 1 and '"managedFields":[{"apiVersion":"v1"' in shown.out
    assert shown.err.count("GET") == 1
    assert 'managedFields:[map[apiVersion:v1 ' in terminal("kubectl get configmaps -o go-template={{.items.x}}").out
    assert '"managedFields":[]interface {}{map' in terminal("kubectl get configmaps -o jsonpath={.items[5]}").err
