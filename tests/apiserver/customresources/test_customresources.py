from kubesim_cli.apiserver.customresources.versions import version_order
from kubesim_cli.controllers.crdregistration import CRDRegistrationController
from kubesim_cli.controllers.customresourcedefinition import RESOURCE, CustomResourceDefinitionController

SPEC = {"type": "object", "required": ["size"], "properties": {
    "size": {"type": "integer", "maximum": 10}, "mode": {"type": "string", "default": "fast"},
    "replicas": {"type": "integer"}, "raw": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
SCHEMA = {"openAPIV3Schema": {"type": "object", "properties": {
    "spec": SPEC, "status": {"type": "object", "properties": {"replicas": {"type": "integer"},
                                                              "phase": {"type": "string", "maxLength": 5}}}}}}


def version(name="v1", schema=None, **more):
    return {"name": name, "served": True, "storage": name == "v1", "schema": schema or SCHEMA, **more}


def define(api, *versions, plural="widgets", scope="Namespaced", **names):
    """Create a definition and let the controller establish it."""
    kind = names.pop("kind", "Widget")
    api.create("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{plural}.example.com", spec={
        "group": "example.com", "scope": scope, "names": {"plural": plural, "kind": kind, **names},
        "versions": list(versions or (version(),))})
    settle(api, f"{plural}.example.com")


def settle(api, name):
    return CustomResourceDefinitionController().sync(api.trusted, name)


def widget(api, name="w", version="v1", **fields):
    return api.create(f"example.com/{version}", "Widget", name, **{"spec": {"size": 1}, **fields})


def with_rules(*rules, **properties):
    spec = {**SPEC, "properties": {**SPEC["properties"], **properties}, "x-kubernetes-validations": list(rules)}
    return version(schema={"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}})


def test_a_definition_is_served_once_it_is_established(api):
    api.create("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", spec={
        "group": "example.com", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [version()]})
    assert api.server.discovery.find("widgets") is None
    settle(api, "widgets.example.com")
    res = api.server.discovery.find("widget")
    assert (res.kind, res.singular, res.namespaced, res.verbs[0]) == ("Widget", "widget", True, "delete")
    stored = api.admin.get(RESOURCE, "widgets.example.com")
    assert stored["spec"]["names"]["listKind"] == "WidgetList"
    assert stored["spec"]["conversion"] == {"strategy": "None"}
    assert stored["status"]["storedVersions"] == ["v1"]
    assert [(c["type"], c["status"], c["reason"]) for c in stored["status"]["conditions"]] == [
        ("NamesAccepted", "True", "NoConflicts"), ("Established", "True", "InitialNamesAccepted")]


def test_objects_are_defaulted_pruned_and_validated(api):
    define(api)
    made = widget(api, spec={"size": 2, "raw": {"a": {"b": 1}}, "other": 1}, extra=1)
    assert made["spec"] == {"size": 2, "mode": "fast", "raw": {"a": {"b": 1}}}
    assert "extra" not in made
    assert made["metadata"]["generation"] == 1
    assert api.refused(widget, api, "v", spec={"size": 20}) == (
        'Widget.example.com "v" is invalid: spec.size: Invalid value: 20: spec.size in body should be less than or '
        'equal '
        "to 10")


def test_updates(api):
    define(api)
    widget(api)
    assert api.change("widgets.example.com", "w", {"spec": {"size": 3}})["metadata"]["generation"] == 2
    assert "metadata.resourceVersion: Invalid value: 0: must be specified for an update" in api.refused(
        api.admin.update, "widgets.example.com", {"apiVersion": "example.com/v1", "kind": "Widget",
                                                  "metadata": {"name": "w"}, "spec": {"size": 1}}, "default")


def test_without_a_status_subresource_the_status_is_like_any_field(api):
    define(api)
    made = widget(api, status={"phase": "up"})
    assert made["status"] == {"phase": "up"}
    assert api.change("widgets.example.com", "w", {"status": {"phase": "down"}})["metadata"]["generation"] == 2


def test_the_status_subresource(api):
    define(api, version(subresources={"status": {}}))
    assert "status" not in widget(api, status={"phase": "up"})
    changed = api.change("widgets.example.com", "w", {"status": {"phase": "up"}, "spec": {"size": 5}}, "default",
                         "status")
    assert (changed["status"], changed["spec"]["size"], changed["metadata"]["generation"]) == ({"phase": "up"}, 1, 1)
    assert api.refused(api.change, "widgets.example.com", "w", {"status": {"phase": "steady"}}, "default",
                       "status") == (
        'Widget.example.com "w" is invalid: status.phase: Too long: may not be more than 5 bytes')


def test_subresources_are_told_as_discovery_tells_them(api):
    define(api, version(subresources={"status": {}, "scale": {"specReplicasPath": ".spec.replicas",
                                                              "statusReplicasPath": ".status.replicas"}}))
    shared = {"singularName": "", "namespaced": True, "verbs": ["get", "patch", "update"]}
    assert api.server.discovery.find("widgets").subresources == {
        "status": {"name": "widgets/status", **shared, "kind": "Widget"},
        "scale": {"name": "widgets/scale", **shared, "group": "autoscaling", "version": "v1", "kind": "Scale"}}


def test_the_scale_subresource(api):
    define(api, version(subresources={"scale": {"specReplicasPath": ".spec.replicas",
                                                "statusReplicasPath": ".status.replicas"}}))
    widget(api, spec={"size": 1, "replicas": 2})
    scale = api.change("widgets.example.com", "w", {"spec": {"replicas": 4}}, "default", "scale")
    assert scale["spec"] == {"replicas": 4}
    assert api.admin.get("widgets.example.com", "w", "default")["spec"]["replicas"] == 4
    assert "should be a non-negative integer" in api.refused(widget, api, "v", spec={"size": 1, "replicas": -1})


def test_columns(api):
    define(api, version(additionalPrinterColumns=[
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Mode", "type": "string", "jsonPath": ".spec.mode", "priority": 1},
        {"name": "Raw", "type": "string", "jsonPath": ".spec.raw"},
        {"name": "Bad", "type": "integer", "jsonPath": ".spec.mode"},
        {"name": "First", "type": "string", "jsonPath": ".metadata.finalizers[0]"},
        {"name": "Made", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]))
    widget(api, spec={"size": 2, "raw": {"b": [1], "a": True}}, finalizers=["example.com/a"])
    table = api.admin.table("widgets.example.com", "default")
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size", "Mode", "Raw", "Bad", "First",
                                                                         "Made"]
    assert [column["priority"] for column in table["columnDefinitions"]] == [0, 0, 1, 0, 0, 0, 0]
    assert table["rows"][0]["cells"] == ["w", 2, "fast", '{"a":true,"b":[1]}', None, "example.com/a", "0s"]


def test_field_selectors(api):
    define(api, version(selectableFields=[{"jsonPath": ".spec.mode"}]))
    widget(api, "a")
    widget(api, "b", spec={"size": 1, "mode": "slow"})
    found = api.admin.list("widgets.example.com", "default", field_selector="spec.mode=slow")["items"]
    assert [obj["metadata"]["name"] for obj in found] == ["b"]
    assert api.refused(api.admin.list, "widgets.example.com", "default", field_selector="spec.size=1") == (
        "field label not supported: spec.size")


def test_several_versions(api):
    define(api, version("v1alpha1", deprecated=True), version())
    made = widget(api, version="v1alpha1")
    assert made["apiVersion"] == "example.com/v1alpha1"
    assert api.trusted.find("widgets.example.com", "w", "default")["apiVersion"] == "example.com/v1"
    assert api.warned == ["example.com/v1alpha1 Widget is deprecated; use example.com/v1 Widget"]
    assert [res.version for res in api.server.discovery.by_plural("widgets")] == ["v1", "v1alpha1"]


def test_the_order_of_versions():
    names = ["foo10", "v3beta1", "v11alpha2", "v2", "v12alpha1", "v10", "v10beta3", "v1", "foo1", "v11beta2"]
    assert sorted(names, key=version_order) == ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1",
                                                "v11alpha2", "foo1", "foo10"]


def test_rules(api):
    define(api, with_rules(
        {"rule": "self.size <= self.limit", "messageExpression": "'size exceeds ' + {5: 'five'}[self.limit]"},
        {"rule": "self.mode == oldSelf.mode", "message": "mode is immutable", "fieldPath": ".mode",
         "reason": "FieldValueForbidden"}, limit={"type": "integer", "default": 5}))
    assert api.refused(widget, api, spec={"size": 7}) == (
        'Widget.example.com "w" is invalid: spec: Invalid value: size exceeds five')
    widget(api)
    assert api.refused(api.change, "widgets.example.com", "w", {"spec": {"mode": "slow"}}) == (
        'Widget.example.com "w" is invalid: spec.mode: Forbidden: mode is immutable')
    assert api.change("widgets.example.com", "w", {"spec": {"size": 4}})["spec"]["size"] == 4


def test_rules_of_older_releases_tell_the_type(start):
    api = start((1, 30))
    define(api, with_rules({"rule": "self.size > 0"}))
    assert api.refused(widget, api, spec={"size": 0}) == (
        'Widget.example.com "w" is invalid: spec: Invalid value: "object": failed rule: self.size > 0')


def test_rules_wait_for_a_valid_object(api):
    define(api, with_rules({"rule": "self.size > 0"}))
    assert api.refused(widget, api, spec={"size": "1"}).endswith(
        "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct "
        "the "
        "existing errors to complete validation]")


def test_rules_below_maps_and_lists(api):
    item = {"type": "object", "properties": {"name": {"type": "string"}, "n": {
        "type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "only grows"}]}},
        "required": ["name"]}
    define(api, with_rules(
        {"rule": "true"}, items={"type": "array", "x-kubernetes-list-type": "map",
                                 "x-kubernetes-list-map-keys": ["name"], "items": item},
        labels={"type": "object", "additionalProperties": {"type": "string", "x-kubernetes-validations": [
            {"rule": "self != ''", "message": "is empty"}]}}))
    assert api.refused(widget, api, spec={"size": 1, "labels": {"a": ""}}) == (
        'Widget.example.com "w" is invalid: spec.labels[a]: Invalid value: "": is empty')
    widget(api, spec={"size": 1, "items": [{"name": "a", "n": 1}, {"name": "b", "n": 5}]})
    assert api.refused(api.change, "widgets.example.com", "w", {"spec": {"items": [{"name": "b", "n": 4}]}}) == (
        'Widget.example.com "w" is invalid: spec.items[0].n: Invalid value: 4: only grows')


def test_finalizers_that_may_clash_are_warned_of(api):
    define(api)
    kind = api.server.kind(api.server.discovery.find("widgets"))
    finalizers = ["example.com", "cleanup", "example.com/a", "orphan"]
    warned = kind.warnings({"metadata": {"finalizers": finalizers}}, None, None)
    assert len(warned) == 2
    assert warned[0].startswith('metadata.finalizers: "cleanup": prefer a domain-qualified finalizer name to avoid')
    assert "name including a path (/) to" in warned[1]


def test_names_that_are_taken(api):
    define(api, shortNames=["w"])
    define(api, plural="others", kind="Widget", shortNames=["w"])
    stored = api.admin.get(RESOURCE, "others.example.com")["status"]
    assert [(c["type"], c["status"], c["reason"]) for c in stored["conditions"]] == [
        ("NamesAccepted", "False", "ListKindConflict"), ("Established", "False", "NotAccepted")]
    assert stored["conditions"][0]["message"] == '"WidgetList" is already in use'
    assert stored["acceptedNames"] == {"plural": "others"} | {k: v for k, v in stored["acceptedNames"].items()
                                                             if k != "plural"}
    assert api.server.discovery.find("others") is None


def test_the_end_of_a_definition(api):
    define(api)
    widget(api)
    widget(api, "held", finalizers=["example.com/hold"])
    api.admin.delete(RESOURCE, "widgets.example.com")
    stored = api.admin.get(RESOURCE, "widgets.example.com")
    assert stored["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert settle(api, "widgets.example.com") == api.server.now + 5
    assert [obj["metadata"]["name"] for obj in api.trusted.items("widgets.example.com")] == ["held"]
    assert api.refused(widget, api, "late") == (
        'widgets.example.com "late" is forbidden: create not allowed while custom resource definition is terminating')
    held = api.trusted.find("widgets.example.com", "held", "default")
    api.trusted.update("widgets.example.com", {**held, "metadata": {**held["metadata"], "finalizers": []}}, "default")
    settle(api, "widgets.example.com")
    assert api.trusted.find(RESOURCE, "widgets.example.com") is None
    assert api.server.discovery.find("widgets") is None


def test_an_api_service_for_every_served_version(api):
    def services():
        CRDRegistrationController().sync(api.trusted, "example.com")
        return {obj["metadata"]["name"]: obj for obj in api.trusted.items("apiservices.apiregistration.k8s.io")
                if obj["spec"].get("group") == "example.com"}

    define(api, version("v1"), version("v2"))
    found = services()
    assert sorted(found) == ["v1.example.com", "v2.example.com"]
    assert found["v2.example.com"]["status"]["conditions"][0]["reason"] == "Local"
    crd = api.admin.get(RESOURCE, "widgets.example.com")
    versions = [crd["spec"]["versions"][0], {**crd["spec"]["versions"][1], "served": False}]
    api.change(RESOURCE, "widgets.example.com", {"spec": {"versions": versions}}, "")
    assert sorted(services()) == ["v1.example.com"]


def test_rules_cost_no_more_than_they_may(api):
    """One call, and all rules of an object together; nothing is checked after that."""
    numbers = {"type": "array", "items": {"type": "integer"}, "maxItems": 100}
    dear = "self.n.all(a, self.n.all(b, self.n.all(c, a + b + c >= 0)))"
    define(api, with_rules({"rule": dear}, {"rule": "false"}, n=numbers))
    assert api.refused(widget, api, spec={"size": 1, "n": list(range(100))}) == (
        "Widget.example.com \"w\" is invalid: spec: Invalid value: \"object\": 'operation cancelled: actual cost limit "
        f"exceeded': no further validation rules will be run due to call cost exceeds limit for rule: {dear}")
    assert api.refused(widget, api, spec={"size": 1, "n": [1]}).endswith("failed rule: false")
