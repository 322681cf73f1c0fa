import pytest

from kubesim_cli.machinery.errors import StatusError
from kubesim_cli.machinery.patch import apply, patched
from kubesim_cli.machinery.schema import schema_of, structural

DEPLOYMENT = schema_of("apps/v1", "Deployment")
LIVE = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {
    "replicas": 1, "selector": {}, "strategy": {}, "template": {"metadata": {}, "spec": {"containers": []}}},
    "status": {}}


def test_results_are_decoded_and_unknown_fields_told():
    told = []
    obj = patched(LIVE, {"spec": {"bogus": True, "replicas": 2.0}}, "strategic", DEPLOYMENT, warn=told.append)
    assert obj["spec"]["replicas"] == 2 and told == ['unknown field "spec.bogus"']
    assert LIVE["spec"]["replicas"] == 1


@pytest.mark.parametrize("patch_type, body, code, message", [
    ("strategic", {"spec": {"replicas": "two"}}, 422,
     ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": unrecognized type: int32'),
    ("strategic", {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, 500,
     "map: map[image:x] does not contain declared merge key: name"),
    ("strategic", [1], 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"),
    ("json", {"a": 1}, 400,
     "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"),
    ("json", [{"op": "remove", "path": "/spec/paused"}], 422,
     "the server rejected our request due to an error in our request"),
])
def test_refusals(patch_type, body, code, message):
    with pytest.raises(StatusError) as failure:
        patched({**LIVE, "spec": {**LIVE["spec"], "template": {"spec": {"containers": [{"name": "a"}]}}}}, body,
                patch_type, DEPLOYMENT)
    assert (failure.value.code, failure.value.message) == (code, message)


def test_merge_patches_that_do_not_decode_quote_the_whole_object():
    with pytest.raises(StatusError) as failure:
        patched({"kind": "ConfigMap"}, {"data": {"a": 1}}, "merge", schema_of("v1", "ConfigMap"))
    assert failure.value.message == (
        ' "" is invalid: patch: Invalid value: "{\\"data\\":{\\"a\\":1},\\"kind\\":\\"ConfigMap\\"}": '
        "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")


def test_custom_resources_take_no_strategic_patches():
    with pytest.raises(StatusError) as failure:
        apply("strategic", {}, {}, structural({}))
    assert failure.value.code == 415
