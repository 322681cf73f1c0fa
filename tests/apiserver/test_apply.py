import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.apiserver import apply
from kubesim_cli.machinery import typed
from kubesim_cli.machinery.decode import apply_defaults, decode
from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.machinery.objects import clone
from kubesim_cli.machinery.schema import schema_of
from kubesim_cli.machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION

CONFIG_MAP = schema_of("v1", "ConfigMap")
DEPLOYMENT = schema_of("apps/v1", "Deployment")


def _config_map(data=None, **meta):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default", **meta},
            **({"data": data} if data else {})}


def _apply(live, body, manager="kubectl", force=False, now=100.0):
    obj = apply.server_side_apply(live, body, manager, force, "v1", now, CONFIG_MAP)
    obj["metadata"].setdefault("uid", "u")
    return obj


def _managers(obj):
    return [(entry["manager"], entry["operation"], entry["fieldsV1"]) for entry in obj["metadata"]["managedFields"]]


def _deployment(**spec):
    obj, _ = decode({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "default"},
                     "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": [
                         {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}]}}, **spec}}, DEPLOYMENT)
    apply_defaults(obj, DEPLOYMENT)
    return obj


def test_creation_is_tracked_without_what_every_object_has():
    obj = _deployment(replicas=2)
    apply.track_update(None, obj, "kubectl-create", "apps/v1", "", 0.0, DEPLOYMENT, apply.STATUS)
    assert obj["metadata"]["managedFields"] == [{
        "manager": "kubectl-create", "operation": "Update", "apiVersion": "apps/v1", "time": "1970-01-01T00:00:00Z",
        "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {
            "f:replicas": {}, "f:selector": {}, "f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {
                ".": {}, "f:image": {}, "f:name": {}, "f:resources": {}, "f:ports": {
                    ".": {}, 'k:{"containerPort":80,"protocol":"TCP"}': {
                        ".": {}, "f:containerPort": {}, "f:protocol": {}}}}}}}}}}]


def test_updates_move_ownership():
    old = _deployment(replicas=2)
    apply.track_update(None, old, "kubectl-create", "apps/v1", "", 0.0, DEPLOYMENT, apply.STATUS)
    new = clone(old)
    new["spec"]["replicas"] = 3
    new["status"] = {"replicas": 1}
    apply.track_update(old, new, "kubectl", "apps/v1", "scale", 60.0, DEPLOYMENT, apply.STATUS)
    first, second = new["metadata"]["managedFields"]
    assert "f:replicas" not in first["fieldsV1"]["f:spec"]
    assert second["subresource"] == "scale" and second["fieldsV1"] == {"f:spec": {"f:replicas": {}}}


def test_nothing_changed_is_nobodys_change():
    old = _deployment()
    apply.track_update(None, old, "kubectl-create", "apps/v1", "", 0.0, DEPLOYMENT)
    new = clone(old)
    apply.track_update(old, new, "other", "apps/v1", "", 60.0, DEPLOYMENT)
    assert new == old


def test_objects_never_tracked_stay_so_until_applied():
    old, new = _config_map({"a": "1"}, uid="u"), _config_map({"a": "2"}, uid="u")
    apply.track_update(old, new, "kubectl-edit", "v1", "", 0.0, CONFIG_MAP)
    assert "managedFields" not in new["metadata"]
    assert [who[:2] for who in _managers(_apply(new, _config_map({"a": "2"})))] == [
        ("kubectl", "Apply"), ("before-first-apply", "Update")]


def test_an_empty_list_ends_tracking():
    old = _config_map({"a": "1"})
    apply.track_update(None, old, "kubectl-create", "v1", "", 0.0, CONFIG_MAP)
    new = {**old, "metadata": {**old["metadata"], "managedFields": [{}]}}
    apply.track_update(old, new, "x", "v1", "", 0.0, CONFIG_MAP)
    assert "managedFields" not in new["metadata"]


def test_many_updaters_become_ancient():
    obj = _config_map({"k": "0"})
    apply.track_update(None, obj, "m0", "v1", "", 0.0, CONFIG_MAP)
    for index in range(1, 14):
        new = _config_map({**obj["data"], f"k{index}": "x"})
        apply.track_update(obj, new, f"m{index}", "v1", "", index, CONFIG_MAP)
        obj = new
    names = [who[0] for who in _managers(obj)]
    assert len(names) == 10 and names[0] == "ancient-changes" and "m13" in names


def test_conflicts_and_force():
    live = _apply(None, _config_map({"retries": "3", "timeout": "30"}))
    with pytest.raises(StatusError) as failure:
        _apply(live, _config_map({"retries": "4", "timeout": "60"}), "ops")
    assert failure.value.message == (
        'Apply failed with 2 conflicts: conflicts with "kubectl":\n- .data.retries\n- .data.timeout')
    with pytest.raises(StatusError) as failure:
        _apply(live, _config_map({"timeout": "60"}), "ops")
    assert failure.value.message == 'Apply failed with 1 conflict: conflict with "kubectl": .data.timeout'
    forced = _apply(live, _config_map({"retries": "3", "timeout": "60"}), "ops", force=True, now=200.0)
    assert _managers(forced) == [("kubectl", "Apply", {"f:data": {"f:retries": {}}}),
                                 ("ops", "Apply", {"f:data": {"f:retries": {}, "f:timeout": {}}})]


def test_what_is_given_up_goes_unless_others_own_it():
    live = _apply(None, _config_map({"retries": "3", "timeout": "30"}))
    live = _apply(live, _config_map({"retries": "3"}), "ops", now=200.0)
    live = _apply(live, _config_map({"burst": "9"}), now=300.0)
    assert live["data"] == {"burst": "9", "retries": "3"}


def test_updaters_are_named_with_their_version():
    live = _apply(None, _config_map({"a": "1"}))
    new = clone(live)
    new["data"]["a"] = "2"
    apply.track_update(live, new, "kubectl-edit", "v1", "", 1.0, CONFIG_MAP)
    with pytest.raises(StatusError, match=r'conflict with "kubectl-edit" using v1: .data.a$'):
        _apply(new, _config_map({"a": "3"}))


def test_kubectl_takes_over_from_its_own_client_side_apply():
    last = '{"apiVersion":"v1","data":{"a":"1"},"kind":"ConfigMap","metadata":{"name":"c","namespace":"default"}}\n'
    live = _config_map({"a": "1"}, uid="u", annotations={LAST_APPLIED_CONFIG_ANNOTATION: last})
    apply.track_update(None, live, "kubectl-client-side-apply", "v1", "", 0.0, CONFIG_MAP)
    applied = _apply(live, _config_map({"a": "2"}))
    assert applied["data"] == {"a": "2"}
    assert '"a":"2"' in applied["metadata"]["annotations"][LAST_APPLIED_CONFIG_ANNOTATION]


def test_unknown_fields_are_refused():
    with pytest.raises(StatusError) as failure:
        _apply(None, {**_config_map({"a": 1}, lables={}), "dat": {}})
    assert (failure.value.code, failure.value.message) == (
        500, "failed to create typed patch object (default/c; /v1, Kind=ConfigMap): .dat: field not declared in schema")
    with pytest.raises(StatusError) as failure:
        _apply(None, _config_map({"a": "1"}, lables={}, labels=[]))
    assert failure.value.message.endswith(
        "errors:\n  .metadata.labels: expected map, got &{[]}\n  .metadata.lables: field not declared in schema")


@pytest.mark.parametrize("kind, body, told", [
    ("Service", {"spec": {"ports": [{"port": 80, "targetPort": [1]}]}}, "json: cannot unmarshal array into Go value of "
     "type int32"),
    ("Secret", {"data": {"a": "%%%"}}, "error decoding from json: illegal base64 data at input byte 0"),
    ("ConfigMap", {"metadata": {"creationTimestamp": 5}}, "json: cannot unmarshal number into Go value of type string"),
    ("PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1Gx"}}, "volumeMode": "x"}},
     "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
    ("Pod", {"spec": {"activeDeadlineSeconds": 1.5, "priority": 0.5}}, "cannot convert float64 to int64")])
def test_what_no_go_type_can_hold(kind, body, told):
    body = {"apiVersion": "v1", "kind": kind, **body, "metadata": {"name": "x", **body.get("metadata", {})}}
    with pytest.raises(StatusError) as failure:
        apply.server_side_apply(None, body, "kubectl", False, "v1", 0.0, schema_of("v1", kind))
    assert failure.value.message == (f"failed to convert new object (/x; /v1, Kind={kind}) to proper version: unable "
                                     f"to convert unstructured object to /v1, Kind={kind}: {told}")


@pytest.mark.parametrize("spec, told", [
    ({"replicas": "x"}, ".spec.replicas: expected numeric (int or float), got string"),
    ({"paused": [{"a": None}]}, ".spec.paused: expected boolean, got &{[map[a:<nil>]]}"),
    ({"strategy": {"type": {"a": 1}}}, '.spec.strategy.type: expected string, got &value.valueUnstructured{Value:'
     'map[string]interface {}{"a":1}}'),
    ({"template": {"spec": {"containers": {"a": 1}}}},
     ".spec.template.spec.containers: expected list, got &{map[a:1]}"),
    ({"strategy": {"rollingUpdate": {"maxSurge": {"a": 1}}}}, "")])
def test_types_of_values(spec, told):
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    if not told:
        typed.check(body, DEPLOYMENT)
        return
    with pytest.raises(typed.TypedError) as failure:
        typed.check(body, DEPLOYMENT)
    assert str(failure.value) == told


def test_integers_are_cut_off():
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {
        "replicas": 99999999999, "minReadySeconds": 1e30}}
    obj = apply.server_side_apply(None, body, "kubectl", False, "apps/v1", 0.0, DEPLOYMENT)
    assert obj["spec"]["replicas"] == 1215752191 and "minReadySeconds" not in obj["spec"]


def test_list_maps_merge_by_key_and_keep_their_order():
    live = _deployment()["spec"]["template"]["spec"]
    applied = {"containers": [{"name": "side"}, {"name": "web", "ports": [{"containerPort": 81}]}]}
    schema = DEPLOYMENT.field("spec").field("template").field("spec")
    merged = typed.merge(live, applied, schema)["containers"]
    assert [c["name"] for c in merged] == ["side", "web"]
    assert [p["containerPort"] for p in merged[1]["ports"]] == [80, 81]


_data = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xy"), max_size=4)


@given(_data, _data, _data)
def test_applying_is_idempotent_and_says_what_it_says(first, second, third):
    live = _apply(None, _config_map(first))
    live = _apply(live, _config_map(second), "ops", force=True, now=200.0)
    live = _apply(live, _config_map(third), force=True, now=300.0)
    assert {**live.get("data", {}), **third} == live.get("data", {})
    assert set(live.get("data", {})) == set(second) | set(third)
    assert _apply(live, _config_map(third), now=400.0) == live


HPA = {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}, "maxReplicas": 5}}
HPAS = {f"autoscaling/{version}": f"horizontalpodautoscalers.{version}.autoscaling" for version in ("v1", "v2")}


def apply_hpa(api, manager, version, force=False, **spec):
    body = {"apiVersion": version, "kind": "HorizontalPodAutoscaler", "spec": {**HPA["spec"], **spec}}
    return api.admin.patch(HPAS[version], "h", body, "apply", "default", field_manager=manager, force=force)


def metric(use):
    return [{"type": "Resource", "resource": {"name": "cpu", "target": {
        "type": "Utilization", "averageUtilization": use}}}]


def owned(api):
    """What of the spec each manager owns, by its name and the version of its entry."""
    entries = api.admin.get(HPAS["autoscaling/v2"], "h", "default")["metadata"]["managedFields"]
    return {(entry["manager"], entry["apiVersion"]): sorted(
        key[2:] for key in entry["fieldsV1"]["f:spec"] if key not in ("f:scaleTargetRef", "f:maxReplicas"))
        for entry in entries}


def test_managers_of_another_version_are_asked_in_theirs(api):
    """merge.Updater.update: what v1 calls targetCPUUtilizationPercentage is one of the metrics in v2."""
    apply_hpa(api, "a", "autoscaling/v2", minReplicas=2, metrics=metric(50))
    assert api.refused(apply_hpa, api, "b", "autoscaling/v1", targetCPUUtilizationPercentage=60) == (
        'Apply failed with 1 conflict: conflict with "a": .spec.metrics')
    apply_hpa(api, "b", "autoscaling/v1", targetCPUUtilizationPercentage=50)
    assert owned(api) == {("a", "autoscaling/v2"): ["metrics", "minReplicas"],
                          ("b", "autoscaling/v1"): ["targetCPUUtilizationPercentage"]}
    apply_hpa(api, "b", "autoscaling/v1", force=True, targetCPUUtilizationPercentage=60)
    assert owned(api) == {("a", "autoscaling/v2"): ["minReplicas"],
                          ("b", "autoscaling/v1"): ["targetCPUUtilizationPercentage"]}
    api.change(HPAS["autoscaling/v2"], "h", {"spec": {"metrics": metric(70)}})
    assert owned(api) == {("a", "autoscaling/v2"): ["minReplicas"], ("b", "autoscaling/v1"): [],
                          ("kubectl", "autoscaling/v2"): ["metrics"]}


def test_what_was_applied_in_another_version_is_dropped(api):
    """merge.Updater.prune: what nobody else owns in any version goes."""
    apply_hpa(api, "a", "autoscaling/v2", minReplicas=2, metrics=metric(50))
    apply_hpa(api, "b", "autoscaling/v1", targetCPUUtilizationPercentage=50)
    apply_hpa(api, "a", "autoscaling/v1")
    assert owned(api) == {("a", "autoscaling/v1"): [], ("b", "autoscaling/v1"): ["targetCPUUtilizationPercentage"]}
    spec = api.admin.get(HPAS["autoscaling/v2"], "h", "default")["spec"]
    assert (spec["minReplicas"], spec["metrics"]) == (1, metric(50))  # the default, and what `b` still wants
    apply_hpa(api, "b", "autoscaling/v2")
    assert api.admin.get(HPAS["autoscaling/v2"], "h", "default")["spec"]["metrics"] == metric(80)


def test_managers_of_a_version_that_is_served_no_more_go(api):
    apply_hpa(api, "a", "autoscaling/v2", minReplicas=2)
    stored = api.store.get("horizontalpodautoscalers.autoscaling", "default/h")
    gone = copy.deepcopy(stored)
    gone["metadata"]["managedFields"][0].update(manager="old", apiVersion="autoscaling/v2beta1")
    api.store.put("MODIFIED", "horizontalpodautoscalers.autoscaling", "default/h", gone)
    api.change(HPAS["autoscaling/v2"], "h", {"spec": {"minReplicas": 3}})
    assert owned(api) == {("kubectl", "autoscaling/v2"): ["minReplicas"]}


def test_a_scale_is_applied_in_its_own_version(api):
    api.create("apps/v1", "Deployment", "d", spec={"selector": {"matchLabels": {"a": "b"}}, "template": {
        "metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}})
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": 3}}
    assert api.refused(api.admin.patch, "deployments.apps", "d", body, "apply", "default", subresource="scale",
                       field_manager="kubectl") == (
        "Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: autoscaling/v1")


def test_metadata_that_was_applied_in_another_version_goes_too(api):
    """Where all of it was applied, what is pruned has none that could be converted."""
    body = {**HPA, "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"labels": {"a": "b"}}}
    api.admin.patch(HPAS["autoscaling/v2"], "h", body, "apply", "default", field_manager="a")
    apply_hpa(api, "a", "autoscaling/v1")
    meta = api.admin.get(HPAS["autoscaling/v2"], "h", "default")["metadata"]
    assert (meta["name"], meta.get("labels")) == ("h", None)
