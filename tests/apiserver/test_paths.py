"""Requests by URL path, and who may send them."""

from __future__ import annotations

import json
import shlex

import pytest

from kubesim_cli.machinery.errors import StatusError


def test_a_path_that_is_no_resource_needs_a_rule(api):
    jane = api.user("jane")
    assert api.refused(jane.raw, "GET", "/foo") == 'forbidden: User "jane" cannot get path "/foo"'
    assert api.refused(jane.raw, "POST", "/metrics?a=b", {}) == 'forbidden: User "jane" cannot post path "/metrics"'
    api.create("rbac.authorization.k8s.io/v1", "ClusterRole", "foo",
               rules=[{"nonResourceURLs": ["/foo", "/metrics/*"], "verbs": ["get"]}])
    api.create("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "foo", roleRef={
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "foo"}, subjects=[
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"}])
    for path in ("/foo", "/metrics/slis"):
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
    assert api.refused(api.admin.raw, "GET", f"/api/v1/namespaces?{query}") == problem


def test_parameters_that_are_numbers(api):
    assert len(api.admin.raw("GET", "/api/v1/namespaces?limit=1&timeoutSeconds=-5")["items"]) == 1
