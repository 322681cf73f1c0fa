from kubesim_cli.apiserver import internaltypes


def test_fields_are_told_under_their_go_names():
    assert internaltypes.internal({"key": "a", "effect": "NoSchedule"}, "Taint") == {
        "Key": "a", "Value": "", "Effect": "NoSchedule", "TimeAdded": None}


def test_types_of_the_api_machinery_have_tags():
    selector = {"matchLabels": {"b": "1", "a": "2"}}
    assert internaltypes.internal(selector, "metav1.LabelSelector") == {"matchLabels": {"a": "2", "b": "1"}}


def test_what_the_server_keeps_elsewhere():
    shown = internaltypes.internal({"hostNetwork": True, "containers": []}, "PodSpec")
    assert shown["SecurityContext"]["HostNetwork"] is True
    assert shown["Containers"] == []


def test_schemas_of_custom_resources():
    shown = internaltypes.internal({"type": "array", "items": {"type": "string"}, "additionalProperties": True},
                            "JSONSchemaProps")
    assert shown["Items"]["Schema"]["Type"] == "string"
    assert shown["AdditionalProperties"] == {"Allows": True, "Schema": None}
    assert shown["XListType"] is None
    shown = internaltypes.internal({"dependencies": {"a": ["b"], "c": {"type": "string"}}}, "JSONSchemaProps")
    assert shown["Dependencies"]["a"] == {"Schema": None, "Property": ["b"]}
    assert shown["Dependencies"]["c"]["Schema"]["Type"] == "string"


def test_a_difference():
    old, new = {"key": "a", "effect": "NoSchedule"}, {"key": "b", "effect": "NoSchedule"}
    assert internaltypes.diff(old, new, "Taint") == (
        '@@ -1,5 +1,5 @@\n {\n- "Key": "a",\n+ "Key": "b",\n  "Value": "",\n  "Effect": "NoSchedule",\n  "TimeAdded": '
        'null\n')
