import pytest

NAMES = {"plural": "widgets", "kind": "Widget"}
SCHEMA = {"type": "object"}


@pytest.fixture
def crds(desk):
    return desk("apiextensions.k8s.io", "CustomResourceDefinition")


def crd(schema=None, name="widgets.example.com", **spec):
    versions = spec.pop("versions", [{"name": "v1", "served": True, "storage": True,
                                      "schema": {"openAPIV3Schema": schema or SCHEMA}}])
    return {"metadata": {"name": name}, "spec": {"group": "example.com", "scope": "Cluster", "names": dict(NAMES),
                                                 "versions": versions, **spec}}


def of(**properties):
    return {"type": "object", "properties": properties}


IN_SCHEMA = "spec.validation.openAPIV3Schema"


@pytest.mark.parametrize("obj,errors", [
    (crd(name="widgets.example.org"), [
        'metadata.name: Invalid value: "widgets.example.org": must be spec.names.plural+"."+spec.group']),
    (crd(scope=""), ["spec.scope: Required value"]),
    (crd(group="example", name="widgets.example"), [
        'spec.group: Invalid value: "example": should be a domain with at least one dot']),
    (crd(names={**NAMES, "shortNames": ["A"]}), [
        "spec.names.shortNames[0]: Invalid value: \"A\": a DNS-1035 label must consist of lower case alphanumeric "
        "characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. "
        "'my-name',  "
        "or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"]),
    (crd(names={**NAMES, "listKind": "Widget"}), [
        'spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same']),
    (crd(versions=[{"name": "v1", "served": True, "storage": True}]), [
        "spec.versions[0].schema.openAPIV3Schema: Required value"]),
    (crd(conversion={"strategy": "Webhook"}), [
        "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
        "spec.conversion.conversionReviewVersions: Required value"]),
    (crd(preserveUnknownFields=True), [
        "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set "
        "x-kubernetes-preserve-unknown-fields to "
        "true in spec.versions[*].schema instead"]),
    (crd(group="example.k8s.io", name="widgets.example.k8s.io"), [
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval '
        'annotation '
        '"api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111']),
    (crd({"properties": {}}), [f"{IN_SCHEMA}.type: Required value: must not be empty at the root"]),
    (crd({"type": "array", "items": SCHEMA}), [
        f'{IN_SCHEMA}.type: Invalid value: "array": must be object at the root']),
    (crd(of(spec={"properties": {}})), [
        f"{IN_SCHEMA}.properties[spec].type: Required value: must not be empty for specified object fields"]),
    (crd(of(spec={"type": "list"})), [
        f'{IN_SCHEMA}.properties[spec].type: Unsupported value: "list": supported values: "array", "boolean", '
        f'"integer", '
        '"number", "object", "string"']),
    (crd(of(l={"type": "array"})), [f"{IN_SCHEMA}.properties[l].items: Required value: must be specified"]),
    (crd(of(metadata={"type": "object", "properties": {"labels": {"type": "object"}}})), [
        f"{IN_SCHEMA}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but "
        "metadata is implicitly specified"]),
    (crd(of(a={"type": "string", "anyOf": [{"type": "string"}]})), [
        f"{IN_SCHEMA}.properties[a].anyOf[0].type: Forbidden: must be empty to be structural"]),
    (crd({"type": "object", "anyOf": [{"properties": {"b": {"minimum": 1}}}]}), [
        f"{IN_SCHEMA}.properties[b]: Required value: because it is defined in {IN_SCHEMA}.anyOf[0].properties[b]"]),
    (crd(of(a={"type": "string", "pattern": "("})), [
        f'{IN_SCHEMA}.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error '
        "parsing regexp: missing closing ): `(`"]),
    (crd(of(a={"type": "integer", "default": "x"})), [
        f'{IN_SCHEMA}.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"']),
    (crd(of(a={"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": {"type": "string"}})),
     [f"{IN_SCHEMA}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual "
      "exclusive"]),
    (crd(of(l={"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}}},
               "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"]})), [
        f"{IN_SCHEMA}.properties[l].items.properties[n].default: Required value: this property is in "
        "x-kubernetes-list-map-keys, so it must have a default or be a required property"]),
    (crd(of(a={"type": "string", "x-kubernetes-list-type": "set"})), [
        f'{IN_SCHEMA}.properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is '
        f'specified']),
    (crd(of(a={"type": "string", "x-kubernetes-validations": [{"rule": " "}]})), [
        f"{IN_SCHEMA}.properties[a].x-kubernetes-validations[0].rule: Required value: rule is not specified"]),
    (crd(of(a={"type": "string", "x-kubernetes-validations": [{"rule": "self.b > 1"}]})), [
        f'{IN_SCHEMA}.properties[a].x-kubernetes-validations[0].rule: Invalid value: {{"Rule":"self.b > '
        f'1","Message":"",'
        '"MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: '
        "<input>:1:5: type 'string' does not support field selection\n | self.b > 1\n | ....^"]),
    (crd(of(a={"$ref": "#/x", "type": "integer", "default": 5})), [
        f"{IN_SCHEMA}.properties[a].$ref: Forbidden: $ref is not supported"]),
    (crd(of(a={"$ref": "#/x"}, b={"default": 5, "x-kubernetes-validations": [{"rule": "no"}]})), [
        f"{IN_SCHEMA}.properties[a].$ref: Forbidden: $ref is not supported"]),
    (crd(of(a={"type": "array", "items": [{"default": 5}]})), [
        f"{IN_SCHEMA}.properties[a].items: Forbidden: items must be a schema object and not an array"]),
    (crd(of(a={"$schema": "x", "default": 5})), [
        f"{IN_SCHEMA}: Invalid value: \"\": OpenAPIV3Schema 'schema' is not supported"]),
    (crd(of(l={"type": "array", "items": {"type": "integer",
                                          "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}})), [
        f'{IN_SCHEMA}.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf '
        f"cannot be used on the uncorrelatable portion of the schema within {IN_SCHEMA}.properties[l]"]),
])
def test_what_is_wrong(crds, obj, errors):
    assert crds.errors(obj) == errors


def test_versions_are_told_as_the_server_has_them(crds):
    versions = [{"name": name, "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}
                for name in ("v1", "v2")]
    shown = ",".join(f'{{"Name":"{name}","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,'
                     '"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}'
                     for name in ("v1", "v2"))
    assert crds.errors(crd(versions=versions)) == [
        f"spec.versions: Invalid value: [{shown}]: must have exactly one version marked as storage version",
        'status.storedVersions: Invalid value: ["v1"]: must have the storage version v2']


def test_a_version_that_comes_twice_is_stored_once(crds):
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}] * 2
    assert crds.errors(crd(versions=versions))[-1] == (
        'status.storedVersions: Invalid value: ["v1"]: must have the storage version v1')


def test_columns_scale_and_selectable_fields(crds):
    version = crd(of(spec=of(n={"type": "integer"}, o={"type": "object"})))["spec"]["versions"][0]
    found = crds.errors(crd(versions=[{
        **version, "subresources": {"scale": {"specReplicasPath": ".n", "statusReplicasPath": "status"}},
        "additionalPrinterColumns": [{"name": "A", "type": "int", "jsonPath": "spec.n"}],
        "selectableFields": [{"jsonPath": ".spec.n"}, {"jsonPath": ".spec.o"}, {"jsonPath": ".spec.x"}]}]))
    assert found == [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".n": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: "status": must be a simple json path starting '
        'with .',
        'spec.additionalPrinterColumns[0].type: Invalid value: "int": must be one of '
        'boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.n": must be a simple json path starting with '
        '.',
        'spec.selectableFields[1].jsonPath: Invalid value: ".spec.o": must point to a field of type string, boolean or '
        "integer. Enum string fields and strings with formats are allowed.",
        'spec.selectableFields[2].jsonPath: Invalid value: ".spec.x": is an invalid path: does not refer to a valid '
        'field']


def test_what_may_not_change(crds):
    old = crds.new(crd())
    old["status"]["conditions"] = [{"type": "Established", "status": "True"}]
    assert crds.change(old, scope="Namespaced") == ['spec.scope: Invalid value: "Namespaced": field is immutable']
    assert crds.change(old, names={**old["spec"]["names"], "plural": "gadgets"}) == [
        'spec.names.plural: Invalid value: "gadgets": field is immutable']
    old["status"]["conditions"] = []
    assert crds.change(old, scope="Namespaced") == []


def test_a_version_that_was_stored_has_to_stay(crds):
    old = crds.new(crd())
    v2 = {**old["spec"]["versions"][0], "name": "v2"}
    assert crds.change(old, versions=[v2]) == [
        "status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions; v1 was previously a storage "
        "version, "
        "and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and "
        "removes "
        "v1 from status.storedVersions"]
    assert crds.change(old, versions=[{**old["spec"]["versions"][0], "storage": False}, v2]) == []


def test_formats_that_nobody_knows(crds, desk):
    obj = crd(of(a={"type": "string", "format": "colour"}))
    assert crds.warnings(obj) == ['unrecognized format "colour"']
    assert desk("apiextensions.k8s.io", "CustomResourceDefinition", (1, 30)).warnings(obj) == []
