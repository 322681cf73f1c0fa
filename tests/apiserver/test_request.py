"""The request's own facts, and the tables by which it is served."""

from __future__ import annotations

import pathlib

import pytest

from kubesim_cli.apiserver import admission, reading, registry, subresources
from kubesim_cli.apiserver.request import Options, Request
from kubesim_cli.apiserver.server import _not_served
from kubesim_cli.machinery.errors import StatusError


def of(api, verb: str, resource: str, *rest, **more) -> Request:
    request = Request(api.admin, verb, resource, *rest, **more)
    request.res = api.server.resolve(resource)
    return request


def test_what_a_request_knows_of_itself(api):
    scale = of(api, "update", "deployments.apps", "default", "web", {}, "scale", Options(dry_run=True))
    assert scale.path == "/apis/apps/v1/namespaces/default/deployments/web/scale"
    assert (scale.key, scale.part, scale.trusted, scale.stored_as) == ("default/web", "", False, "deployments.apps")
    assert (scale.context.subresource, scale.context.dry_run, scale.context.user) == ("", True, api.admin.user)
    status = of(api, "update", "namespaces", "", "a", {}, "status")
    assert (status.path, status.key, status.part) == ("/api/v1/namespaces/a/status", "a", "status")
    assert [of(api, "table", "pods", "", name).api_verb for name in ("", "a")] == ["list", "get"]
    assert of(api, "list", "events.events.k8s.io").stored_as == "events"


def test_a_request_that_leads_to_another(api):
    eviction = of(api, "create", "pods", "default", "a", {}, "eviction")
    deletion = eviction.leading_to("delete", "default", "a", Options(grace_period=3))
    assert (deletion.verb, deletion.subresource, deletion.body, deletion.res) == ("delete", "", None, eviction.res)
    assert deletion.options.grace_period == 3 and eviction.options.grace_period is None


def test_every_verb_and_subresource_that_is_discovered_is_served(api):
    """But for the streams of pods, services and nodes, which are no objects."""
    streams = {"attach", "exec", "log", "portforward", "proxy"}
    served = {*reading.VERBS, *registry.VERBS, "watch"}
    for res in api.server.discovery.resources:
        assert set(res.verbs) <= served, res.name
        for name, entry in res.subresources.items():
            known = set(subresources.SUBRESOURCES.get(name, ()))
            if name not in streams:
                assert set(entry["verbs"]) & known, (res.name, name)


NOT_ALLOWED = (405, "the server does not allow this method on the requested resource")
NOT_THERE = (404, "the server could not find the requested resource")


@pytest.mark.parametrize("verb, resource, name, subresource, refusal", [
    ("patch", "pods", "a", "eviction", NOT_ALLOWED),
    ("get", "pods", "a", "eviction", NOT_ALLOWED),
    ("delete", "componentstatuses", "a", "", NOT_ALLOWED),
    ("deletecollection", "namespaces", "", "", NOT_ALLOWED),
    ("list", "tokenreviews.authentication.k8s.io", "", "", NOT_ALLOWED),
    ("table", "bindings", "", "", NOT_ALLOWED),
    ("get", "bindings", "a", "", NOT_THERE),
    ("create", "componentstatuses", "", "", NOT_ALLOWED)])
def test_a_verb_that_a_path_has_not(api, verb, resource, name, subresource, refusal):
    """A path without any method is not there, another one does not allow the method."""
    with pytest.raises(StatusError) as caught:
        api.admin.send(Request(api.admin, verb, resource, "default", name, {}, subresource))
    assert (caught.value.code, caught.value.message) == refusal


def test_a_verb_that_a_subresource_of_a_custom_resource_has_not(api):
    request = of(api, "list", "pods")
    request.res = type("Resource", (), {"crd": {}, "name": "stars.example.com"})
    assert _not_served(request, ["get"]).message == 'list is not supported on resources of kind "stars.example.com"'


def test_every_plugin_stands_in_the_table():
    folder = pathlib.Path(admission.__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if "def validate(a:" in path.read_text(encoding="utf-8")
               or "def mutate(a:" in path.read_text(encoding="utf-8")}
    assert modules - {"__init__"} == set(admission.PLUGINS)


def test_a_plugin_sees_deletions_when_it_validates(api):
    assert api.refused(api.admin.delete, "namespaces", "default") == (
        'namespaces "default" is forbidden: this namespace may not be deleted')


def test_a_namespace_that_is_deleted_is_held_by_its_spec(api):
    api.create("v1", "Namespace", "a")
    api.admin.delete("namespaces", "a")
    held = api.admin.get("namespaces", "a")
    assert held["status"]["phase"] == "Terminating" and held["spec"] == {"finalizers": ["kubernetes"]}
    api.change("namespaces", "a", {"metadata": {"labels": {"b": "c"}}})
    assert api.trusted.find("namespaces", "a") is not None
    api.trusted.update("namespaces", {**held, "spec": {}}, subresource="finalize")
    assert api.trusted.find("namespaces", "a") is None


def test_a_scale_is_tracked_as_one_but_checked_as_its_object(api):
    api.create("apps/v1", "Deployment", "web", spec={
        "replicas": 1, "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}})
    api.change("deployments.apps", "web", {"spec": {"replicas": 2}}, subresource="scale")
    web = api.admin.get("deployments.apps", "web", "default")
    assert (web["spec"]["replicas"], web["metadata"]["generation"]) == (2, 2)
    assert [entry.get("subresource") for entry in web["metadata"]["managedFields"]] == ["scale", None]


def test_calls_that_were_let_in_are_told(api):
    told = []
    api.admin.on_call = lambda request, code: told.append((request.api_verb, request.path, code))
    api.admin.table("pods", "default")
    api.pod("a")
    with pytest.raises(StatusError):
        api.admin.get("pods", "b", "default")
    pods = "/api/v1/namespaces/default/pods"
    assert told == [("list", pods, 200), ("create", pods, 201), ("get", f"{pods}/b", 404)]


def test_what_has_not_changed_is_not_written(api):
    api.pod("p")
    api.trusted.update_status("pods", {**api.trusted.get("pods", "p", "default"), "status": {"phase": "Running"}})
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}
    api.server.write("MODIFIED", api.server.resolve("pods"), {
        **(pod := api.trusted.get("pods", "p", "default")), "spec": {**pod["spec"], "nodeName": "minikube"}}, pod)

    def revision() -> str:
        return api.trusted.get("pods", "p", "default")["metadata"]["resourceVersion"]

    api.admin.create("pods", body, "default", name="p", subresource="eviction")
    first = revision()
    api.admin.create("pods", body, "default", name="p", subresource="eviction")
    assert revision() == first


def _owners(obj):
    return [(entry["manager"], entry.get("subresource"), "time" in entry, entry["fieldsV1"])
            for entry in obj["metadata"]["managedFields"]]


def test_a_scale_is_taken_over_without_a_time(api):
    api.create("apps/v1", "Deployment", "web", spec={
        "replicas": 1, "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}})
    for replicas in (2, 2, 3):
        api.change("deployments.apps", "web", {"spec": {"replicas": replicas}}, subresource="scale")
        [scaled, made] = _owners(api.admin.get("deployments.apps", "web", "default"))
        assert scaled == ("kubectl", "scale", False, {"f:spec": {"f:replicas": {}}})
        assert "f:replicas" not in made[3]["f:spec"]


@pytest.mark.parametrize("kind, spec, added", [
    ("Pod", {"containers": [{"name": "c", "image": "x"}]},
     ["tolerations", "serviceAccountName", "volumes", "priority"]),
    ("Service", {"ports": [{"port": 80}]}, ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])])
def test_what_the_server_adds_is_nobodys(api, kind, spec, added):
    api.create("v1", kind, "web", spec=spec)
    obj = api.admin.get(f"{kind.lower()}s", "web", "default")
    [entry] = obj["metadata"]["managedFields"]
    assert all(name in obj["spec"] for name in added)
    assert not [name for name in added if "f:" + name in entry["fieldsV1"]["f:spec"]]


def test_what_a_subresource_takes_back_is_owned_all_the_same(api):
    api.create("v1", "Pod", "web", spec={"containers": [{"name": "c", "image": "x"}]})
    for _ in range(2):
        api.server.clock.reach(api.server.now + 5)
        changed = api.admin.patch("pods", "web", {"spec": {"containers": [{"name": "c", "image": "y"}]}}, "strategic",
                                  "default", subresource="resize")
        assert changed["spec"]["containers"][0]["image"] == "x"
        [entry] = [each for each in changed["metadata"]["managedFields"] if each.get("subresource") == "resize"]
        assert entry["fieldsV1"]["f:spec"]["f:containers"]['k:{"name":"c"}'] == {"f:image": {}}
        assert entry["time"] == "2024-01-01T00:00:05Z"  # the second time nothing changed but that
