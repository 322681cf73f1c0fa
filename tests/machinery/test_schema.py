from kubesim_cli.machinery.schema import object_meta, schema_of, structural


def _at(schema, *path):
    for step in path:
        schema = schema.items if step == "[]" else schema.field(step)
    return schema


def test_fields_through_references():
    ports = _at(schema_of("apps/v1", "Deployment"), "spec", "template", "spec", "containers", "[]", "ports")
    assert (ports.kind, ports.list_type, ports.map_keys, ports.merge_key) == (
        "array", "map", ["containerPort", "protocol"], "containerPort")
    assert _at(ports, "[]", "protocol").default == "TCP"


def test_kinds_of_special_types():
    service = schema_of("v1", "Service")
    assert _at(service, "spec", "ports", "[]", "targetPort").kind == "int-or-string"
    assert _at(schema_of("v1", "Secret"), "data", "[]").kind == "bytes"
    assert _at(schema_of("v1", "Pod"), "spec", "overhead", "[]").kind == "quantity"
    assert object_meta().field("creationTimestamp").kind == "time"


def test_strategies_and_atomic_parts():
    spec = _at(schema_of("v1", "Pod"), "spec")
    assert spec.field("volumes").strategies == ("merge", "retainKeys")
    assert spec.field("nodeSelector").atomic
    assert _at(schema_of("apps/v1", "Deployment"), "spec", "selector").atomic


def test_go_types():
    container = _at(schema_of("v1", "Pod"), "spec", "containers", "[]")
    assert container.go_type == "v1.Container"
    assert container.field("ports").go_type == "[]v1.ContainerPort"
    assert container.field("imagePullPolicy").go_type == "v1.PullPolicy"
    assert _at(schema_of("v1", "Service"), "spec", "ipFamilies", "[]").go_type == "v1.IPFamily"


def test_fields_come_with_their_release():
    assert _at(schema_of("v1", "Pod", (1, 28)), "spec").field("hostnameOverride") is None
    assert _at(schema_of("v1", "Pod", (1, 34)), "spec").field("hostnameOverride")


def test_unknown_kind():
    assert schema_of("example.com/v1", "Gizmo") is None


def test_structural_schema_of_a_custom_resource():
    schema = structural({"properties": {"spec": {"type": "object", "properties": {
        "port": {"x-kubernetes-int-or-string": True}, "size": {"type": "integer"}}}}})
    assert schema.custom and schema.field("metadata").field("labels").kind == "map"
    assert _at(schema, "spec", "port").kind == "int-or-string"


def test_every_reference_leads_to_a_definition():
    import json
    import pathlib

    import kubesim_cli.machinery

    text = (pathlib.Path(kubesim_cli.machinery.__file__).parent / "schema.json").read_text(encoding="utf-8")
    data = json.loads(text)

    def references(node):
        if isinstance(node, dict):
            found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return found.union(*(references(value) for value in node.values()))
        return set().union(*(references(item) for item in node)) if isinstance(node, list) else set()

    assert references(data["definitions"]) <= set(data["definitions"])
