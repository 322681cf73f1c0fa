"""The API server from inside a pod: its certificate, its tokens, and what RBAC lets a pod do."""

import json

import pytest

from kubesim_cli.apiserver import tokens
from kubesim_cli.apiserver.bootstrap import ROOT_CA

URL = "https://kubernetes.default.svc"


@pytest.fixture
def api(net):
    account = net.world.create("serviceaccounts", {
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
    token = tokens.issue(net.world.server, account, {})["status"]["token"]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"}
    net.world.create("clusterroles.rbac.authorization.k8s.io", {
        "kind": "ClusterRole", "metadata": {"name": "reader"}, "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
            {"nonResourceURLs": ["/version"], "verbs": ["get"]}]}, "")
    net.world.create("rolebindings.rbac.authorization.k8s.io", {
        "kind": "RoleBinding", "metadata": {"name": "reader"}, "roleRef": role,
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}]})
    name = net.client(image="curlimages/curl", files={"/ca.crt": ROOT_CA, "/token": token})

    def ask(path, options="--cacert /ca.crt -H \"Authorization: Bearer $(cat /token)\"", host=URL):
        return net.run(name, f"curl -sS {options} {host}{path}")

    ask.net = net
    return ask


def test_a_pod_lists_what_its_account_may(api):
    out, code = api("/api/v1/namespaces/default/pods")
    assert code == 0
    assert out.startswith('{\n  "kind": "PodList",\n  "apiVersion": "v1",\n')
    assert len(json.loads(out)["items"]) == 1
    out, code = api("/api/v1/namespaces/default/secrets", '--cacert /ca.crt -H "Authorization: Bearer $(cat /token)" '
                    "-w '%{http_code}'")
    assert out.endswith("}403")
    assert json.loads(out[:-3])["message"] == (
        'secrets is forbidden: User "system:serviceaccount:default:default" cannot list resource "secrets" in API '
        'group "" in the namespace "default"')


@pytest.mark.parametrize(("options", "says"), [
    ("-k", '"system:anonymous\\" cannot get path \\"/version\\"'),
    ("-k -H 'Authorization: Bearer nope'", '"message": "Unauthorized"'),
    ("", "curl: (60) SSL certificate problem: unable to get local issuer certificate"),
    ("--cacert /none", "curl: (77) error setting certificate file: /none")])
def test_who_is_not_known(api, options, says):
    assert says.replace('"system', 'User \\"system') in api("/version", options)[0]


def test_only_tls_is_spoken_and_the_name_has_to_be_right(api):
    assert api("/", "", "http://kubernetes.default:443")[0] == "Client sent an HTTP request to an HTTPS server.\n"
    assert "no alternative certificate subject name matches target host name 'x.y'" in api(
        "/", "--cacert /ca.crt --resolve x.y:443:10.96.0.1", "https://x.y")[0]
    assert "busybox" not in api.net.run(api.net.client(), f"wget --no-check-certificate -q -O- {URL}/healthz")[0]


def test_a_connection_goes_on(api):
    out, _ = api(f"/healthz {URL}/livez", "-k")
    assert out.count('"code": 403') == 2


@pytest.mark.parametrize(("media", "body", "answer"), [
    ("merge-patch+json", '{"data": {"a": "2"}}', {"a": "2", "b": "1"}),
    ("strategic-merge-patch+json", '{"data": {"b": null}}', {"a": "1"}),
    ("json-patch+json", '[{"op": "remove", "path": "/data/a"}]', {"b": "1"}),
    ("apply-patch+yaml", '{"apiVersion": "v1", "kind": "ConfigMap", "data": {"c": "3"}}',
     {"a": "1", "b": "1", "c": "3"}),
    ("apply-patch+yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  c: three\n", {"a": "1", "b": "1", "c": "three"}),
    ("json", "{}", None)])
def test_a_patch_is_of_the_kind_that_its_type_tells(api, media, body, answer):
    """It was refused as a method that is not allowed."""
    world = api.net.world
    world.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"},
                                "data": {"a": "1", "b": "1"}})
    world.create("clusterrolebindings.rbac.authorization.k8s.io", {
        "kind": "ClusterRoleBinding", "metadata": {"name": "all"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "all"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}]}, "")
    world.create("clusterroles.rbac.authorization.k8s.io", {
        "kind": "ClusterRole", "metadata": {"name": "all"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}, "")
    out, _ = api("/api/v1/namespaces/default/configmaps/m?fieldManager=me", '--cacert /ca.crt -X PATCH '
                 '-H "Authorization: Bearer $(cat /token)" '
                 f"-H 'Content-Type: application/{media}' --data-binary '{body}'")
    found = json.loads(out)
    if answer is None:
        assert found["code"] == 415 and found["reason"] == "UnsupportedMediaType"
        assert found["message"].endswith("include: application/json-patch+json, application/merge-patch+json, "
                                         "application/strategic-merge-patch+json, application/apply-patch+yaml")
    else:
        assert found["data"] == answer
