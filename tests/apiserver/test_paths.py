"""Requests by URL path, and who may send them."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex

import pytest

from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.store import asof


def test_a_path_that_is_no_resource_needs_a_rule(api):
    jane = api.user("jane")
    assert api.refused(jane.raw, "GET", "/foo") == 'forbidden: User "jane" cannot get path "/foo"'
    assert api.refused(jane.raw, "POST", "/metrics?a=b", {}) == 'forbidden: User "jane" cannot post path "/metrics"'
    api.create("rbac.authorization.k8s.io/v1", "ClusterRole", "foo",
               rules=[{"nonResourceURLs": ["/foo", "/metrics/*"], "verbs": ["get"]}])
    api.create("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "foo", roleRef={
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "foo"}, subjects=[
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}])
    for path in ("/foo", "/metrics/nosuch"):
        with pytest.raises(StatusError) as caught:
            jane.raw("GET", path)
        assert caught.value.code == 404


def test_what_everybody_may_read(api):
    jane = api.user("jane")
    assert jane.raw("GET", "/healthz") == "ok"
    assert jane.raw("GET", "/version")["minor"] == "36"
    assert "apps" in [group["name"] for group in jane.raw("GET", "/apis")["groups"]]
    assert jane.raw("GET", "/api/v1")["groupVersion"] == "v1"
    assert api.refused(jane.raw, "GET", "/readyz/etcd") == 'forbidden: User "jane" cannot get path "/readyz/etcd"'


@pytest.mark.parametrize("path", ["/foo", "/foo/v1", "/api/v2", "/apis/example.com", "/apis/apps/v7"])
def test_an_unknown_path_is_not_found_by_who_may_ask(api, path):
    for client in (api.admin, api.trusted):
        with pytest.raises(StatusError) as caught:
            client.raw("GET", path)
        assert (caught.value.code, caught.value.reason) == (404, "NotFound")


def test_objects_by_path(api):
    path = "/api/v1/namespaces/default/configmaps"
    made = api.admin.raw("POST", path + "?fieldManager=me", {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}})
    assert made["metadata"]["managedFields"][0]["manager"] == "me"
    assert api.admin.raw("GET", path + "/a")["data"] == {"k": "v"}
    changed = api.admin.raw("PUT", path + "/a?dryRun=All", {**made, "data": {}})
    assert "data" not in changed or changed["data"] == {}
    assert api.admin.raw("GET", path + "/a")["data"] == {"k": "v"}
    assert api.refused(api.admin.raw, "PUT", path + "/b", made) == (
        "the name of the object (a) does not match the name on the URL (b)")
    assert api.refused(api.admin.raw, "POST", path) == "the body of the request is empty"
    listed = api.admin.raw("GET", path + "?limit=1&fieldSelector=metadata.name%3Da")
    assert [item["metadata"]["name"] for item in listed["items"]] == ["a"]
    assert api.admin.raw("DELETE", path + "/a")["status"] == "Success"


def test_raw_and_can_i_agree(terminal):
    for path, code, verdict in (("/foo", 1, "no\n"), ("/version", 0, "yes\n")):
        raw = terminal(f"kubectl get --raw {path} --as=jane")
        assert raw.code == code
        assert terminal(f"kubectl auth can-i get {path} --as=jane").out == verdict
    assert terminal("kubectl get --raw /foo --as=jane").err == (
        'Error from server (Forbidden): forbidden: User "jane" cannot get path "/foo"\n')
    assert terminal("kubectl get --raw /foo").err == (
        "Error from server (NotFound): the server could not find the requested resource\n")


def test_the_log_of_calls_tells_path_options_and_answer(terminal):
    terminal.environ["KUBESIM_KUBECTL_VERSION"] = "1.36"
    terminal("kubectl create configmap a --dry-run=server -v=6")
    told = terminal("kubectl create configmap a --dry-run=server -v=6").err
    fields = dict(part.split("=", 1) for part in shlex.split(told.splitlines()[-1].partition('"Response" ')[2]))
    assert fields["verb"] == "POST"
    assert fields["url"].partition(":8443")[2] == (
        "/api/v1/namespaces/default/configmaps?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict")
    assert fields["status"] == "201 Created"
    told = terminal("kubectl get configmap b -v=6").err
    assert json.loads(told[told.index("status=") + 7:told.index(" milliseconds")]) == "404 Not Found"


@pytest.mark.parametrize(("query", "problem"), [
    ("limit=abc", 'strconv.ParseInt: parsing "abc": invalid syntax'),
    ("limit=1&timeoutSeconds=1.5", 'strconv.ParseInt: parsing "1.5": invalid syntax'),
    ("limit=9223372036854775808", 'strconv.ParseInt: parsing "9223372036854775808": value out of range'),
    ("gracePeriodSeconds=" + "9" * 5000, f'strconv.ParseInt: parsing "{"9" * 5000}": value out of range')])
def test_parameters_that_are_no_numbers(api, query, problem):
    method = "DELETE" if query.startswith("grace") else "GET"
    assert api.refused(api.admin.raw, method, f"/api/v1/namespaces?{query}") == problem


def test_parameters_that_are_numbers(api):
    assert len(api.admin.raw("GET", "/api/v1/namespaces?limit=1&timeoutSeconds=-5")["items"]) == 1


def _pages(api, path: str, **query: str) -> list[list[str]]:
    found, token = [], ""
    while True:
        asked = {"limit": "2", **query, **({"continue": token} if token else {})}
        page = api.admin.raw("GET", f"{path}?{'&'.join(f'{name}={value}' for name, value in asked.items())}")
        found.append([item["metadata"]["name"] for item in page["items"]])
        token = page["metadata"].get("continue", "")
        if not token:
            return found


def test_a_list_comes_in_pages(api):
    for name in ("a", "b", "c", "d", "e"):
        api.create("v1", "ConfigMap", name)
    path = "/api/v1/namespaces/default/configmaps"
    names = [name for page in _pages(api, path) for name in page if len(name) == 1]
    assert names == ["a", "b", "c", "d", "e"]
    whole = _pages(api, "/api/v1/configmaps")
    assert all(len(page) == 2 for page in whole[:-1]) and [n for p in whole for n in p if len(n) == 1] == names
    page = api.admin.raw("GET", path + "?limit=2&fieldSelector=metadata.name%21%3Da")
    assert "remainingItemCount" not in page["metadata"]  # which a real server does not know then
    token = json.loads(base64.urlsafe_b64decode(page["metadata"]["continue"] + "=="))
    assert token == {"v": "meta.k8s.io/v1", "rv": int(page["metadata"]["resourceVersion"]), "start": "c\0"}


def _page(terminal, query: str) -> tuple[list[str], dict]:
    page = json.loads(terminal.ok(f"kubectl get --raw '/api/v1/namespaces/default/configmaps?{query}'"))
    return [item["metadata"]["name"] for item in page["items"]], page["metadata"]


def test_all_pages_are_of_the_first_ones_moment(terminal):
    terminal.ok("kubectl sim clock freeze 2026-01-01T00:00:00Z")
    for name in "abcde":
        terminal.ok(f"kubectl create configmap {name} --from-literal=k=1")
    names, first = _page(terminal, "limit=2")
    assert names == ["a", "b"]
    for line in ("delete configmap d", "create configmap c2", "delete configmap e",
                 "create configmap e --from-literal=k=2"):
        terminal.ok(f"kubectl {line}")
    names, second = _page(terminal, f"limit=3&continue={first['continue']}")
    assert names == ["c", "d", "e"]
    assert (second["resourceVersion"], second["remainingItemCount"]) == (first["resourceVersion"], 1)
    assert _page(terminal, f"continue={second['continue']}")[0] == ["kube-root-ca.crt"]
    page = json.loads(terminal.ok(
        f"kubectl get --raw '/api/v1/configmaps?fieldSelector=metadata.name=e&continue={_whole_token(first)}'"))
    assert [item["data"] for item in page["items"]] == [{"k": "1"}]
    assert _page(terminal, "")[0] == ["a", "b", "c", "c2", "e", "kube-root-ca.crt"]


def _whole_token(metadata: dict) -> str:
    """A token for all namespaces as of a page."""
    return _token(v="meta.k8s.io/v1", rv=int(metadata["resourceVersion"]), start="default/a")


def test_a_token_expires(terminal):
    terminal.ok("kubectl sim clock freeze 2026-01-01T00:00:00Z")
    terminal.ok("kubectl create configmap a")
    terminal.ok("kubectl create configmap b")
    token = _page(terminal, "limit=1")[1]["continue"]
    terminal.advance("20m")
    assert _page(terminal, f"continue={token}")[0] == ["b", "kube-root-ca.crt"]  # nothing has changed since
    terminal.ok("kubectl create configmap c")
    terminal.advance("4m")
    assert _page(terminal, f"continue={token}")[0] == ["b", "kube-root-ca.crt"]
    terminal.advance("1m")
    refused = terminal(f"kubectl get --raw '/api/v1/namespaces/default/configmaps?continue={token}'")
    assert refused.err.startswith("Error from server (Expired): The provided continue parameter is too old to display "
                                  "a consistent list result. You can start a new list without the continue parameter")
    again = _token(v="meta.k8s.io/v1", rv=-1, start="b\0")
    names, metadata = _page(terminal, f"limit=1&continue={again}")
    assert names == ["c"] and "continue" in metadata


def test_an_expired_list_says_where_it_may_go_on(terminal):
    terminal.ok("kubectl create configmap a")
    from kubesim_cli.apiserver.client import Client, Request
    from kubesim_cli.apiserver.request import Options
    from kubesim_cli.cluster.cluster import Cluster

    folder, = (terminal.home / "clusters").iterdir()
    cluster = Cluster.open(str(folder))
    request = Request(Client(cluster.server), "list", "configmaps", "default", options=Options(
        continue_=_token(v="meta.k8s.io/v1", rv=10**6, start="b\0")))
    with pytest.raises(StatusError) as caught:
        cluster.server.handle(request)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")
    told = caught.value.status["metadata"]["continue"]
    assert json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))) == {
        "v": "meta.k8s.io/v1", "rv": -1, "start": "b\0"}
    cluster.close()


def _token(**fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


@pytest.mark.parametrize("token, why", [
    ("zz", " invalid character 'Ï' looking for beginning of value"),
    ("e", " illegal base64 data at input byte 0"),
    ("ab=c", " illegal base64 data at input byte 2"),
    ("e30", " server does not recognize this encoded version "),
    ("bnVsbA", " server does not recognize this encoded version "),
    ("W10", " json: cannot unmarshal array into Go value of type storage.continueToken"),
    (_token(v="v2"), " server does not recognize this encoded version v2"),
    (_token(v="meta.k8s.io/v1", rv="5"),
     " json: cannot unmarshal string into Go struct field continueToken.rv of type int64"),
    (_token(v="meta.k8s.io/v1", start="a"), " incorrect encoded start resourceVersion (version meta.k8s.io/v1)"),
    (_token(v="meta.k8s.io/v1", rv=3), " encoded start key empty (version meta.k8s.io/v1)"),
    (_token(v="meta.k8s.io/v1", rv=3, start="../nodes"), " ../nodes")])
def test_what_is_no_continue_token_is_told(api, token, why):
    with pytest.raises(StatusError) as caught:
        api.admin.raw("GET", f"/api/v1/pods?continue={token}")
    assert caught.value.reason == "BadRequest"
    assert caught.value.message == f"invalid continue token: continue key is not valid:{why}"


def test_a_delete_is_told_how(api):
    path = "/api/v1/namespaces/default/configmaps"
    options = {"kind": "DeleteOptions", "apiVersion": "apps/v1"}
    api.create("v1", "ConfigMap", "a", namespace="default")
    api.admin.raw("DELETE", path + "/a", {"dryRun": ["All"]})
    api.admin.raw("DELETE", path + "/a?dryRun=All")
    assert api.refused(api.admin.raw, "DELETE", path + "/a", {**options, "preconditions": {"uid": "x"}}).startswith(
        "Operation cannot be fulfilled")
    api.admin.raw("DELETE", path + "/a?propagationPolicy=Nonsense", {**options, "propagationPolicy": "Orphan"})
    assert api.admin.raw("GET", path + "/a")["metadata"]["finalizers"] == ["orphan"]  # a body counts, not the query
    for query, finalizers in (("orphanDependents=true", ["orphan"]), ("propagationPolicy=Foreground",
                                                                      ["foregroundDeletion"])):
        name = query[0]
        api.create("v1", "ConfigMap", name, namespace="default")
        api.admin.raw("DELETE", f"{path}/{name}?{query}")
        assert api.admin.raw("GET", f"{path}/{name}")["metadata"]["finalizers"] == finalizers


@pytest.mark.parametrize("body, why", [
    ([], "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct"),
    ({"kind": 5},
     "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type"),
    ({"kind": "Pod", "apiVersion": "v1"}, 'no kind "Pod" is registered for version "v1" in scheme "pkg/apis/meta/'),
    ({"gracePeriodSeconds": "1"},
     "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"),
    ({"preconditions": []},
     "json: cannot unmarshal array into Go struct field DeleteOptions.preconditions of type v1.Preconditions"),
    ({"propagationPolicy": "X"}, 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "X": '
     'supported values: "Foreground", "Background", "Orphan", "nil"'),
    ({"propagationPolicy": "Orphan", "orphanDependents": True}, 'DeleteOptions.meta.k8s.io "" is invalid: '
     'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set'),
    ({"dryRun": ["None"]}, 'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["None"]: '
     'supported values: "All"')])
@pytest.mark.parametrize("name", ["/a", ""])
def test_what_are_no_delete_options_is_told(api, body, why, name):
    api.create("v1", "ConfigMap", "a", namespace="default")
    told = api.refused(api.admin.raw, "DELETE", "/api/v1/namespaces/default/configmaps" + name, body)
    assert told.startswith(why)
    assert api.admin.raw("GET", "/api/v1/namespaces/default/configmaps/a")


def test_health_in_detail(api):
    text = api.admin.raw("GET", "/readyz?verbose&exclude=etcd&exclude=nope")
    lines = text.splitlines()
    assert lines[:3] == ["[+]ping ok", "[+]log ok", "[+]etcd excluded: ok"]
    assert lines[-2:] == ['warn: some health checks cannot be excluded: no matches for "nope"', "readyz check passed"]
    assert "[+]shutdown ok" not in api.admin.raw("GET", "/livez?verbose")
    assert api.admin.raw("GET", "/livez/poststarthook/rbac/bootstrap-roles") == "ok"
    with pytest.raises(StatusError):
        api.admin.raw("GET", "/livez/nosuch")


def test_what_paths_and_documents_there_are(api):
    paths = api.admin.raw("GET", "/")["paths"]
    assert {"/api", "/apis/apps/v1", "/livez/ping", "/flagz", "/version"} <= set(paths) and paths == sorted(paths)
    documents = api.admin.raw("GET", "/openapi/v3")["paths"]
    assert documents["apis/apps/v1"]["serverRelativeURL"].startswith("/openapi/v3/apis/apps/v1?hash=")


@pytest.mark.parametrize("query, told", [
    ("dryRun=Some", 'dryRun: Unsupported value: ["Some"]: supported values: "All"'),
    ("fieldValidation=x", 'fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"'),
    ("fieldManager=a%00", 'fieldManager: Invalid value: "a\\x00": invalid character U+0000 (at position 1)')])
def test_what_a_write_may_say_beside_its_object(api, query, told):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert api.refused(api.admin.raw, "POST", f"/api/v1/namespaces/default/configmaps?{query}", body) == (
        f'CreateOptions.meta.k8s.io "" is invalid: {told}')


@pytest.mark.parametrize("line", ["delete --raw=/api/pods", "replace --raw=/apis", "create --raw=/x/y"])
def test_a_body_that_cannot_be_read_for_a_path_of_no_resource(terminal, line):
    done = terminal(f"kubectl {line} -f -", "{no json")
    assert (done.code, done.err) == (1, "Error from server (NotFound): the server could not find the requested "
                                        "resource\n")


@pytest.mark.parametrize("query, code, text", [
    ("resourceVersion=999999999", 504, "Timeout: Too large resource version: 999999999, current: {}"),
    ("resourceVersion=a", 500, 'resourceVersion: Invalid value: "a": strconv.ParseUint: parsing "a": invalid syntax')])
def test_versions_that_there_are_not(api, query, code, text):
    api.create("v1", "ConfigMap", "c")
    for path in ("configmaps", "configmaps/c"):
        with pytest.raises(StatusError) as caught:
            api.admin.raw("GET", f"/api/v1/namespaces/default/{path}?{query}")
        assert (caught.value.code, caught.value.message) == (code, text.format(api.store.revision))


def test_versions_that_there_are(api):
    api.create("v1", "ConfigMap", "c")
    for version in ("", "0", "1", api.store.revision):
        query = f"resourceVersion={version}"
        assert api.admin.raw("GET", f"/api/v1/namespaces/default/configmaps/c?{query}")["metadata"]["name"] == "c"
        more = "&resourceVersionMatch=NotOlderThan" if version else ""
        assert api.admin.raw("GET", f"/api/v1/namespaces/default/configmaps?{query}{more}")["items"]


@pytest.mark.parametrize("query, text", [
    ("resourceVersionMatch=Exact", "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless "
     "resourceVersion is provided"),
    ("resourceVersion=0&resourceVersionMatch=Exact", "resourceVersionMatch: Forbidden: resourceVersionMatch "
     '"exact" is forbidden for resourceVersion "0"'),
    ("resourceVersion=5&resourceVersionMatch=Newest", 'resourceVersionMatch: Unsupported value: "Newest": supported '
     'values: "Exact", "NotOlderThan", ""'),
    ("resourceVersion=5&resourceVersionMatch=Exact&continue=x", "resourceVersionMatch: Forbidden: "
     "resourceVersionMatch is forbidden when continue is provided"),
    ("sendInitialEvents=true", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden "
     "for list")])
def test_options_of_lists_that_do_not_go_together(api, query, text):
    assert api.refused(api.admin.raw, "GET", f"/api/v1/configmaps?{query}") == (
        f'ListOptions.meta.k8s.io "" is invalid: {text}')


def test_a_page_is_of_the_version_of_its_token(api):
    for name in "ab":
        api.create("v1", "ConfigMap", name)
    path = "/api/v1/namespaces/default/configmaps?limit=1"
    more = f"{path}&continue={api.admin.raw('GET', path)['metadata']['continue']}&resourceVersion="
    assert api.admin.raw("GET", f"{more}0")["items"][0]["metadata"]["name"] == "b"
    assert api.refused(api.admin.raw, "GET", f"{more}1") == (
        "specifying resource version is not allowed when using continue")


@pytest.mark.parametrize("path, plural, expected", [
    ("/api/v1", "pods", "xPOwRZ+Yhw8="), ("/apis/autoscaling/v1", "horizontalpodautoscalers", "qwQve8ut294="),
    ("/apis/autoscaling/v2", "horizontalpodautoscalers", "qwQve8ut294="),
    ("/apis/events.k8s.io/v1", "events", "r2yiGXH7wu8="),
    ("/apis/admissionregistration.k8s.io/v1", "mutatingadmissionpolicies", "LYmCf+UMVdg="),
    ("/api/v1", "bindings", None), ("/api/v1", "componentstatuses", None), ("/api/v1", "pods/status", None)])
def test_discovery_tells_the_storage_version_by_a_hash(api, path, plural, expected):
    """The hashes are those of Kubernetes' api/discovery; what is stored nowhere has none."""
    entries = {entry["name"]: entry for entry in api.admin.raw("GET", path)["resources"]}
    assert entries[plural].get("storageVersionHash") == expected


def test_the_storage_version_of_a_custom_resource(terminal):
    names = {"plural": "stars", "singular": "star", "kind": "Star", "listKind": "StarList"}
    terminal.ok("kubectl create -f -", json.dumps({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "stars.example.com"}, "spec": {
            "group": "example.com", "scope": "Namespaced", "names": names, "versions": [
                {"name": version, "served": True, "storage": version == "v1",
                 "schema": {"openAPIV3Schema": {"type": "object"}}} for version in ("v2", "v1")]}}))
    digest = hashlib.sha256(b"example.com/v1/Star").digest()[:8]
    for version in ("v1", "v2"):
        told = json.loads(terminal.ok(f"kubectl get --raw /apis/example.com/{version}"))["resources"][0]
        assert told["storageVersionHash"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize("path", [
    "/api/v1/pods/a", "/apis/apps/v1/deployments/web", "/api/v1/namespaces/default/nodes",
    "/api/v1/namespaces/default/nodes/minikube"])
def test_a_path_has_a_namespace_where_its_resource_has(api, path):
    api.pod("a")
    assert api.refused(api.admin.raw, "GET", path) == "the server could not find the requested resource"


def test_all_namespaces_are_only_read(api):
    assert api.admin.raw("GET", "/api/v1/configmaps")["kind"] == "ConfigMapList"
    for method in ("POST", "DELETE"):
        assert api.refused(api.admin.raw, method, "/api/v1/configmaps", {}) == (
            "the server does not allow this method on the requested resource")


def events(terminal, path) -> list[tuple[str, str]]:
    told = [json.loads(line) for line in terminal.ok(f"kubectl get --raw '{path}'").splitlines()]
    return [(event["type"], event["object"]["metadata"]["name"]) for event in told]


@pytest.mark.parametrize("path, expected", [
    ("/api/v1/namespaces/default/pods?watch=true&timeoutSeconds=9", {("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"),
                                                                     ("MODIFIED", "b")}),
    ("/api/v1/namespaces/default/pods?watch=1&fieldSelector=metadata.name%3Db&timeoutSeconds=9", {
        ("ADDED", "b"), ("MODIFIED", "b")}),
    ("/api/v1/namespaces/default/pods/a?watch=1&timeoutSeconds=9", None),
    ("/api/v1/watch/namespaces/default/pods/a?timeoutSeconds=9", {("ADDED", "a"), ("MODIFIED", "a")}),
    ("/api/v1/watch/namespaces/default/pods?labelSelector=run%3Da&timeoutSeconds=9", {("ADDED", "a"),
                                                                                     ("MODIFIED", "a")}),
    ("/api/v1/namespaces/default/pods/a/status?watch=false", None)])
def test_a_watch_by_its_path(terminal, path, expected):
    for name in "ab":
        terminal.ok(f"kubectl run {name} --image=nginx")
    if expected is not None:
        assert set(events(terminal, path)) == expected
    else:
        assert json.loads(terminal.ok(f"kubectl get --raw '{path}'"))["kind"] == "Pod"


@pytest.mark.parametrize("path, told", [
    ("componentstatuses?watch=1", ' (MethodNotAllowed): watch is not supported on resources of kind '
     '"componentstatuses"'),
    ("bindings?watch=1", " (MethodNotAllowed): the server does not allow this method on the requested resource"),
    ("watch/componentstatuses", " (NotFound): the server could not find the requested resource"),
    ("watch/namespaces/default/pods/a/log", " (NotFound): the server could not find the requested resource"),
    ("pods?watch=1&resourceVersion=x", ': resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid '
     "syntax")])
def test_what_cannot_be_watched(terminal, path, told):
    refused = terminal(f"kubectl get --raw '/api/v1/{path}'")
    assert refused.code == 1 and refused.err.startswith("Error from server" + told), refused.err


@pytest.mark.parametrize("query", ["", "&watch=1&timeoutSeconds=1"])
@pytest.mark.parametrize("version", ["18446744073709551616", "9" * 5000])
def test_versions_have_64_bits(terminal, version, query):
    told = f'resourceVersion: Invalid value: "{version}": strconv.ParseUint: parsing "{version}": value out of range'
    assert told in terminal(f"kubectl get --raw '/api/v1/pods?resourceVersion={version}{query}'").err


def test_a_watch_from_a_version_on_tells_what_comes_then(terminal):
    terminal.ok("kubectl create cm a")
    listed = json.loads(terminal.ok("kubectl get --raw /api/v1/namespaces/default/configmaps"))
    version = listed["metadata"]["resourceVersion"]
    assert events(terminal, f"/api/v1/configmaps?watch=1&resourceVersion={version}&timeoutSeconds=1") == []
    for line in ("create cm b", "label cm b x=y", "delete cm a", "create cm c -n kube-system", "create sa s"):
        terminal.ok(f"kubectl {line}")
    assert events(terminal, f"/api/v1/namespaces/default/configmaps?watch=1&resourceVersion={version}"
                            "&timeoutSeconds=1") == [("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "a")]
    assert events(terminal, f"/api/v1/configmaps?watch=1&resourceVersion={version}&timeoutSeconds=1"
                            "&labelSelector=x") == [("MODIFIED", "b")]
    assert terminal("kubectl get --raw '/foo?watch=1'").err == (
        "Error from server (NotFound): the server could not find the requested resource\n")
    assert terminal("kubectl get --raw '/api/v1/nodes?watch=1&labelSelector=a=b=c'").err.startswith(
        "Error from server (BadRequest): found '='")


def test_a_watch_goes_on_within_what_was_written_at_once(terminal):
    terminal.ok("kubectl apply -f -", "\n---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}" for name in "abc"))
    for name, rest in (("a", ["b", "c"]), ("b", ["c"]), ("c", [])):
        version = terminal.ok(f"kubectl get cm {name} -o jsonpath={{.metadata.resourceVersion}}")
        assert events(terminal, f"/api/v1/namespaces/default/configmaps?watch=1&resourceVersion={version}"
                                "&timeoutSeconds=1") == [("ADDED", each) for each in rest]


def test_a_watch_from_before_the_log_ends_at_once(terminal, monkeypatch):
    terminal.ok("kubectl create cm a")

    class Lost(asof.Past):
        def __init__(self, *args):
            super().__init__(*args)
            self.known, self.oldest = False, 100

    monkeypatch.setattr(asof, "Past", Lost)
    told = terminal.ok("kubectl get --raw '/api/v1/configmaps?watch=1&resourceVersion=7'")  # without an end of its own
    assert json.loads(told) == {"type": "ERROR", "object": {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Expired", "code": 410,
        "message": "too old resource version: 7 (99)"}}


DUMPS = "/debug/api_priority_and_fairness/dump_"


def test_priority_levels_by_who_asks(api):
    lines = api.admin.raw("GET", f"{DUMPS}priority_levels").splitlines()
    assert lines[0] == ("PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, "
                        "DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests")
    assert lines[1:3] == [
        "catch-all,         0,            true,   false,       0,               0,                 0,"
        "                  0,                0,                0",
        "exempt,            0,            false,  false,       0,               1,                 1,"
        "                  0,                0,                0"]


def test_requests_are_those_of_who_asks(api):
    api.create("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "all", roleRef={
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}, subjects=[
            {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "bob"},
            {"kind": "ServiceAccount", "namespace": "kube-system", "name": "some"}])
    own = ["2024-01-01T00:00:00Z", "1", "0", "0s", "2024-01-01T00:00:00Z"]
    account = api.user("system:serviceaccount:kube-system:some", "system:serviceaccounts")
    for client, found in ((api.admin, ["exempt", "exempt", "-1", "-1", "", *own]),
                          (account, ["workload-high", "kube-system-service-accounts", "", "-1", "", *own]),
                          (api.user("bob"), ["global-default", "global-default", "", "-1", "bob", *own])):
        line, = client.raw("GET", f"{DUMPS}requests").splitlines()[1:]
        cells = [cell.strip() for cell in line.split(",")]
        queued = cells[2]
        assert [*cells[:2], found[2] or queued, *cells[3:]] == [*found[:2], found[2] or queued, *found[3:]]
        queues = [[cell.strip() for cell in row.split(",")][:5] for row in client.raw(
            "GET", f"{DUMPS}queues").splitlines()[1:]]
        assert len(queues) == 64 + 64 + 16 + 128 * 3
        assert [row for row in queues if row[3] != "0"] == (
            [] if queued == "-1" else [[cells[0], queued, "0", "1", "1"]])
    detailed = api.user("bob").raw("GET", f"{DUMPS}requests?includeRequestDetails=1").splitlines()
    assert [cell.strip() for cell in detailed[1].split(",")][10:13] == ["bob", "get", f"{DUMPS}requests"]


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("POST", "/version", False), ("DELETE", "/openid/v1/jwks", False), ("POST", "/api", False),
    ("PUT", "/api/v1", False), ("POST", "/apis/apps/v1", False), ("POST", "/apis/apps", True),
    ("POST", "/healthz", True), ("POST", "/metrics", True),
    ("GET", "/version/", True), ("GET", "/openid/v1/jwks/", True)])
def test_methods_of_paths_that_are_no_resources(api, method, path, allowed):
    if allowed:
        assert api.admin.raw(method, path, {} if method == "POST" else None)
    else:
        assert "the server does not allow this method on the requested resource" in api.refused(
            api.admin.raw, method, path)


def test_metrics_are_reset(api):
    assert api.admin.raw("DELETE", "/metrics") == "metrics reset\n"
