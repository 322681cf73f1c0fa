"""What a CustomResourceDefinition has to be around its schemas: names, versions, columns, conversion, approval."""

import pytest

SPEC_SCHEMA = {"type": "object", "properties": {"spec": {"type": "object", "properties": {
    f"f{i}": {"type": "string"} for i in range(9)}}}}
VERSION = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SPEC_SCHEMA}}
LABEL = "a DNS-1035 label must consist..."
APPROVED = "api-approved.kubernetes.io"
NO_WEBHOOK = "Forbidden: should not be set when strategy is not set to Webhook"


@pytest.fixture
def crds(desk):
    return desk("apiextensions.k8s.io", "CustomResourceDefinition")


def crd(annotations=None, **spec):
    spec = {"group": "example.com", "scope": "Cluster", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [VERSION], **spec}
    return {"metadata": {"name": f"{spec['names'].get('plural', '')}.{spec['group']}",
                         "annotations": annotations or {}}, "spec": spec}


def version(**fields):
    return {"versions": [{**VERSION, **fields}]}


@pytest.mark.parametrize("spec,expected", [
    ({}, []),
    ({"group": ""}, ["spec.group: Required value"]),
    ({"group": "A.com"}, ['spec.group: Invalid value: "A.com": a lowercase RFC 1123 subdomain...']),
    ({"scope": "World"}, [
        'spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"']),
    ({"names": {"plural": "Widgets", "kind": "Widget"}}, [
        f'spec.names.plural: Invalid value: "Widgets": {LABEL}']),
    ({"names": {"plural": "widgets"}}, [
        f"spec.names.{key}: Required value" for key in ("singular", "kind", "listKind")]),
    ({"names": {"plural": "widgets", "kind": "My_Widget", "singular": "widget", "listKind": "WidgetList"}}, [
        'spec.names.kind: Invalid value: "My_Widget": may have mixed case, but should otherwise match: ' + LABEL]),
    ({"names": {"plural": "widgets", "kind": "Widget", "categories": ["all", "A"]}}, [
        f'spec.names.categories[1]: Invalid value: "A": {LABEL}']),
    ({"versions": [{**VERSION, "name": "V1"}]}, [f'spec.versions[0].name: Invalid value: "V1": {LABEL}']),
])
def test_names_and_versions(crds, fits, spec, expected):
    found = crds.errors(crd(**spec))
    assert fits(found, expected), found


def test_versions_have_different_names(crds):
    found = crds.errors(crd(versions=[VERSION, {**VERSION, "storage": False}]))
    assert len(found) == 1
    assert found[0].startswith('spec.versions: Invalid value: [{"Name":"v1",')
    assert found[0].endswith("]: must contain unique version names")


@pytest.mark.parametrize("warning,deprecated,said", [
    ("use v2", True, []),
    ("x" * 256, True, []),
    ("use v2", False, ["can only be set for deprecated versions"]),
    ("", True, ["must not be an empty string"]),
    ("x" * 257, True, ["must be <= 256 characters long"]),
    ("é\tb", True, ["must only contain printable UTF-8 characters; non-printable character found at index 2"]),
])
def test_warnings_of_old_versions(crds, warning, deprecated, said):
    found = crds.errors(crd(**version(deprecated=deprecated, deprecationWarning=warning)))
    assert len(found) == len(said)
    for error, words in zip(found, said, strict=True):
        assert error.startswith("spec.versions[0].deprecationWarning: Invalid value: ")
        assert error.endswith(f": {words}")


@pytest.mark.parametrize("scale,expected", [
    ({"specReplicasPath": ".spec.f0", "statusReplicasPath": ".status.n", "labelSelectorPath": ".status.s"}, []),
    ({}, ["specReplicasPath: Required value", "statusReplicasPath: Required value"]),
    ({"specReplicasPath": ".status.n", "statusReplicasPath": ".spec.n"}, [
        'specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
        'statusReplicasPath: Invalid value: ".spec.n": should be a json path under .status']),
    ({"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n", "labelSelectorPath": "spec"}, [
        'labelSelectorPath: Invalid value: "spec": must be a simple json path starting with .']),
    ({"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n", "labelSelectorPath": ".metadata.l"}, [
        'labelSelectorPath: Invalid value: ".metadata.l": should be a json path under either .spec or .status']),
])
def test_scales(crds, scale, expected):
    assert crds.errors(crd(**version(subresources={"scale": scale}))) == [
        f"spec.subresources.scale.{error}" for error in expected]


def test_columns(crds):
    columns = [{"name": "A", "type": "date", "jsonPath": ".spec.f0", "format": "date-time"}, {},
               {"name": "B", "type": "string", "jsonPath": ".spec.f0", "format": "colour"}]
    kinds, at = "must be one of boolean,date,integer,number,string", "spec.additionalPrinterColumns"
    assert crds.errors(crd(**version(additionalPrinterColumns=columns))) == [
        f"{at}[1].name: Required value", f"{at}[1].type: Required value: {kinds}", f"{at}[1].JSONPath: Required value",
        f'{at}[2].format: Invalid value: "colour": must be one of byte,date,date-time,double,float,int32,int64,'
        'password']


@pytest.mark.parametrize("paths,expected", [
    ([f".spec.f{i}" for i in range(8)], []),
    ([f".spec.f{i}" for i in range(9)], ["spec.selectableFields: Too many: 9: must have at most 8 items"]),
    ([".spec.f0", ".spec.f0"], ['spec.selectableFields[1].jsonPath: Duplicate value: ".spec.f0"']),
    ([""], ["spec.selectableFields[0].jsonPath: Required value"]),
])
def test_selectable_fields(crds, paths, expected):
    assert crds.errors(crd(**version(selectableFields=[{"jsonPath": path} for path in paths]))) == expected


def test_selectable_fields_need_a_schema(crds):
    assert ("spec.selectableFields: Invalid value: \"\": may only be set when validations.schema is included"
            in crds.errors(crd(**version(schema=None, selectableFields=[{"jsonPath": ".spec.f0"}]))))


CONFIG = {"url": "https://a.org/convert"}


@pytest.mark.parametrize("conversion,expected", [
    ({"strategy": "Webhook", "webhook": {"clientConfig": CONFIG, "conversionReviewVersions": ["v1"]}}, []),
    ({"strategy": "Webhook", "webhook": {"clientConfig": {**CONFIG, "url": "http://a.org"},
                                         "conversionReviewVersions": ["v1"]}}, [
        'spec.conversion.webhookClientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme...']),
    ({"strategy": "None", "webhook": {"clientConfig": CONFIG, "conversionReviewVersions": ["v1"]}}, [
        f"spec.conversion.webhookClientConfig: {NO_WEBHOOK}",
        f"spec.conversion.conversionReviewVersions: {NO_WEBHOOK}"]),
    ({"strategy": "Hope"}, [
        'spec.conversion.strategy: Unsupported value: "Hope": supported values: "None", "Webhook"']),
    ({}, ["spec.conversion.strategy: Required value"]),
])
def test_conversions(crds, fits, conversion, expected):
    found = crds.errors(crd(conversion=conversion))
    assert fits(found, expected), found


@pytest.mark.parametrize("value,refused", [
    ("https://github.com/kubernetes/enhancements/pull/1111", False),
    ("unapproved, a test", False),
    ("yes", True),
])
def test_approval_of_the_communitys_groups(crds, value, refused):
    obj = crd({APPROVED: value}, group="a.k8s.io")
    assert crds.errors(obj) == ([
        f'metadata.annotations[{APPROVED}]: Invalid value: "yes": protected groups must have approval annotation '
        f'"{APPROVED}" with either a URL or a reason starting with "unapproved", see '
        "https://github.com/kubernetes/enhancements/pull/1111"] if refused else [])
    assert crds.change(crds.new(obj)) == []


def test_a_definition_stores_some_version(crds):
    obj = crds.new(crd())
    obj["status"]["storedVersions"] = []
    assert [str(error) for error in crds.kind.validate(obj, crds.ctx)] == [
        "status.storedVersions: Invalid value: []: must have at least one stored version"]
