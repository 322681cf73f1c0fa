import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.machinery.decode import DecodeError, apply_defaults, decode, illegal_base64
from kubesim_cli.machinery.schema import schema_of, structural


def _decode(api_version, kind, release=(1, 36), **fields):
    return decode({"apiVersion": api_version, "kind": kind, **fields}, schema_of(api_version, kind, release))


def _clean(*args, **kwargs):
    clean, unknown = _decode(*args, **kwargs)
    assert unknown == []
    return clean


def test_unknown_fields_are_dropped_and_told_in_order():
    clean, unknown = _decode("apps/v1", "Deployment", spec={
        "replica": 2, "template": {"spec": {"containers": [{"name": "web", "imagee": "nginx"}]}}})
    assert unknown == ["spec.replica", "spec.template.spec.containers[0].imagee"]
    assert "replica" not in clean["spec"]


@pytest.mark.parametrize("kind, fields, message", [
    ("Pod", {"spec": {"containers": [{"env": [{"name": "D", "value": True}]}]}},
     "json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string"),
    ("Pod", {"spec": "x"}, "json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec"),
    ("Pod", {"spec": {"containers": {"name": "x"}}},
     "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container"),
    ("Pod", {"spec": {"priority": 1.5}},
     "json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32"),
    ("Pod", {"spec": {"volumes": [{"secret": "x"}]}},
     "json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource.secret of type "
     "v1.SecretVolumeSource"),
    ("Pod", {"metadata": {"labels": {"a": 1}}},
     "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"),
    ("Pod", {"spec": {"overhead": {"cpu": "lots"}}},
     "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
    ("Secret", {"data": {"a": "not base64"}}, "illegal base64 data at input byte 3"),
    ("Service", {"spec": {"ports": [{"targetPort": []}]}},
     "json: cannot unmarshal array into Go struct field ServicePort.spec.ports.targetPort of type int32"),
    ("Pod", {"metadata": {"creationTimestamp": "today"}},
     'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"'),
])
def test_type_errors(kind, fields, message):
    with pytest.raises(DecodeError) as failure:
        _decode("v1", kind, **fields)
    assert str(failure.value) == message


def test_the_first_type_error_counts_but_a_types_own_reader_stops_at_once():
    with pytest.raises(DecodeError, match=r"hostname"):
        _decode("v1", "Pod", spec={"hostname": 1, "priority": "x"})
    with pytest.raises(DecodeError, match="quantities"):
        _decode("v1", "Pod", spec={"hostname": 1, "overhead": {"cpu": "x"}})


def test_zeros_are_left_out_as_go_leaves_them_out():
    clean = _clean("v1", "Pod", spec={"hostNetwork": False, "priority": 0, "nodeName": "", "tolerations": [],
                                      "nodeSelector": {}, "volumes": [{"name": "a", "emptyDir": {}}],
                                      "containers": [{"name": "c", "env": [{"name": "E", "value": ""}]}]})
    assert clean["spec"] == {"priority": 0, "volumes": [{"emptyDir": {}, "name": "a"}],
                             "containers": [{"env": [{"name": "E"}], "name": "c", "resources": {}}]}


def test_what_go_always_writes():
    assert _clean("rbac.authorization.k8s.io/v1", "Role")["rules"] is None
    assert _clean("apps/v1", "Deployment")["status"] == {}
    selector = {"valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}, "name": "A"}
    pod = _clean("v1", "Pod", spec={"containers": [{"name": "c", "env": [selector]}]})
    assert pod["spec"]["containers"][0]["env"][0]["valueFrom"]["resourceFieldRef"]["divisor"] == "0"


def test_empty_creation_timestamps_were_written_until_1_33():
    template = _clean("apps/v1", "Deployment", (1, 33))["spec"]["template"]
    assert template["metadata"] == {"creationTimestamp": None}
    assert _clean("apps/v1", "Deployment", (1, 34))["spec"]["template"]["metadata"] == {}


def test_canonical_forms():
    clean = _clean("v1", "PersistentVolumeClaim", metadata={"creationTimestamp": "2024-01-01T01:00:00.5+01:00"},
                   spec={"resources": {"requests": {"storage": "1024Mi"}}})
    assert clean["metadata"]["creationTimestamp"] == "2024-01-01T00:00:00Z"
    assert clean["spec"]["resources"]["requests"]["storage"] == "1Gi"


def test_nulls():
    clean = _clean("v1", "ConfigMap", metadata=None, data={"a": None})
    assert clean == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": {"a": ""}}


def test_schema_defaults():
    pod = _clean("v1", "Pod", spec={"containers": [{"name": "c", "ports": [{"containerPort": 80}]}]})
    apply_defaults(pod, schema_of("v1", "Pod"))
    assert pod["spec"]["containers"][0]["ports"] == [{"containerPort": 80, "protocol": "TCP"}]


def test_custom_resources_are_pruned_and_defaulted():
    schema = structural({"properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}})
    clean, unknown = decode({"kind": "Gizmo", "metadata": {"name": "g", "labels": {}, "x": 1},
                             "spec": {"sise": 1, "size": None}, "free": {"a": {"b": 0}}}, schema)
    apply_defaults(clean, schema)
    assert unknown == ["metadata.x", "spec.sise"]
    assert clean == {"kind": "Gizmo", "metadata": {"name": "g"}, "spec": {"size": 3}, "free": {"a": {"b": 0}}}


@given(st.binary(max_size=20))
def test_real_base64_is_legal(data):
    assert illegal_base64(base64.b64encode(data).decode()) == -1


@given(st.text("AQgw=+/\n !", max_size=9).filter(lambda text: illegal_base64(text) == -1))
def test_what_is_called_legal_can_be_read(text):
    base64.b64decode(text)


@pytest.mark.parametrize("text, position", [("aGk", 0), ("ab=c", 2), ("aGk=x", 4), ("aG k=", 2), ("YQ=", 3), ("=", 0)])
def test_where_base64_is_illegal(text, position):
    assert illegal_base64(text) == position


@given(st.dictionaries(st.sampled_from(["replicas", "minReadySeconds", "bogus"]), st.integers(0, 3) | st.none()))
def test_decoding_what_was_decoded_changes_nothing(spec):
    once, _ = _decode("apps/v1", "Deployment", spec=spec)
    assert decode(once, schema_of("apps/v1", "Deployment")) == (once, [])
