"""Replacements: which source and targets are picked, what becomes of the values, what is refused."""

import pytest
from kustomizations import DEPLOYMENT

CONFIG = """apiVersion: v1
kind: ConfigMap
metadata: {name: src, namespace: here, labels: {tier: one}}
data: {host: db.example.com, port: "8080", flag: "true", list: "a-b-c", empty: ""}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: dst, namespace: here, labels: {tier: two}, annotations: {keep: "no"}}
data: {host: old, list: x-y}
"""
WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: one}}
spec:
  replicas: 1
  paused: false
  template:
    spec:
      containers:
      - {name: a, image: "nginx:1.27", args: [one, two], ports: [{containerPort: 80}]}
      - {name: b, image: "busybox:1", args: [three]}
"""


@pytest.fixture
def replaced(build, objects):
    """`replaced(text of replacements)` returns what they make of CONFIG and WEB."""

    def run(text, **files):
        return objects(build({"kustomization.yaml": f"resources: [c.yaml, d.yaml]\nreplacements:\n{text}\n",
                              "c.yaml": CONFIG, "d.yaml": WEB, **files}))

    return run


def _spec(found):
    return found["Deployment/web"]["spec"]


def _containers(found):
    return _spec(found)["template"]["spec"]["containers"]


@pytest.mark.parametrize(("field", "path", "value"), [
    ("data.port", "spec.replicas", 8080),  # a scalar keeps the type of the one before
    ("data.flag", "spec.paused", True),
])
def test_a_scalar_keeps_its_type(replaced, field, path, value):
    found = replaced(f"- source: {{kind: ConfigMap, name: src, fieldPath: {field}}}\n  targets:\n"
                     f"  - {{select: {{kind: Deployment}}, fieldPaths: [{path}]}}")
    assert _spec(found)[path.removeprefix("spec.")] == value


def test_a_number_becomes_text_where_text_was(replaced):
    found = replaced("- source: {kind: Deployment, fieldPath: spec.replicas}\n  targets:\n"
                     "  - {select: {kind: ConfigMap, name: dst}, fieldPaths: [data.host]}\n"
                     "- source: {kind: Deployment, fieldPath: spec.paused}\n  targets:\n"
                     "  - {select: {kind: ConfigMap, name: dst}, fieldPaths: [data.list]}")
    assert found["ConfigMap/dst"]["data"] == {"host": "1", "list": "false"}


def test_a_list_takes_the_place_of_a_list_and_is_a_copy(replaced):
    found = replaced("- source: {kind: Deployment, fieldPath: 'spec.template.spec.containers.[name=a].args'}\n"
                     "  targets:\n  - select: {kind: Deployment}\n"
                     "    fieldPaths: ['spec.template.spec.containers.[name=b].args']\n"
                     "- sourceValue: last\n  targets:\n  - select: {kind: Deployment}\n"
                     "    fieldPaths: ['spec.template.spec.containers.[name=b].args.-']")
    assert [c["args"] for c in _containers(found)] == [["one", "two"], ["one", "last"]]


@pytest.mark.parametrize(("path", "images"), [
    ("spec.template.spec.containers.*.image", ["v", "v"]),
    ("spec.template.spec.containers.1.image", ["nginx:1.27", "v"]),
    ("spec.template.spec.containers.-.image", ["nginx:1.27", "v"]),
    ("spec.template.spec.containers.[name=a].image", ["v", "busybox:1"]),
    ("spec.template.spec.containers.[image=^busy].image", ["nginx:1.27", "v"]),  # an expression, anywhere in the text
])
def test_which_elements_a_path_names(replaced, path, images):
    found = replaced(f"- sourceValue: v\n  targets:\n  - {{select: {{kind: Deployment}}, fieldPaths: ['{path}']}}")
    assert [container["image"] for container in _containers(found)] == images


def test_elements_that_are_no_objects_and_keys_of_maps(replaced):
    found = replaced("- sourceValue: v\n  targets:\n  - select: {kind: Deployment}\n"
                     "    fieldPaths: ['spec.template.spec.containers.[name=a].args.[=two]']\n"
                     "  - {select: {kind: ConfigMap, name: dst}, fieldPaths: ['data.*']}")
    assert _containers(found)[0]["args"] == ["one", "v"]
    assert found["ConfigMap/dst"]["data"] == {"host": "v", "list": "v"}


@pytest.mark.parametrize(("path", "problem"), [
    ("[name=.].image", "fieldPath `{path}` is missing for replacement source Deployment.[noVer].[noGrp]/[noName].[noNs]"
     ), ("2.image", "fieldPath `{path}` is missing for replacement source Deployment.[noVer].[noGrp]/[noName].[noNs]"),
    ("*.image", "error looking up replacement source: wildcard is not supported in PathGetter"),
])
def test_a_source_is_one_value_that_is_named_in_full(refusal, path, problem):
    path = "spec.template.spec.containers." + path
    assert refusal({"kustomization.yaml": "resources: [d.yaml]\nreplacements:\n- source: {kind: Deployment, fieldPath: "
                                          f"'{path}'}}\n  targets: [{{select: {{kind: Deployment}}}}]\n",
                    "d.yaml": WEB}) == problem.replace("{path}", path)


@pytest.mark.parametrize(("index", "value"), [(-1, "8080-x-y"), (0, "8080-y"), (1, "x-8080"), (5, "x-y-8080")])
def test_a_part_of_a_target(replaced, index, value):
    found = replaced("- source: {kind: ConfigMap, name: src, fieldPath: data.port}\n  targets:\n"
                     "  - select: {kind: ConfigMap, name: dst}\n    fieldPaths: [data.list]\n"
                     f"    options: {{delimiter: '-', index: {index}}}")
    assert found["ConfigMap/dst"]["data"]["list"] == value


def test_what_is_missing_is_made(replaced):
    found = replaced(
        "- sourceValue: v\n  targets:\n  - select: {kind: Deployment}\n    options: {create: true}\n    fieldPaths:\n"
        "    - 'spec.template.spec.containers.[name=c].image'\n"
        "    - 'spec.template.spec.initContainers.[name=i].image'\n"
        "    - 'spec.template.spec.containers.0.args.2'\n"  # just behind the last
        "    - 'spec.template.metadata.annotations.a\\.b'\n"
        "    - 'spec.template.spec.volumes.0.name'\n")
    template = _spec(found)["template"]
    assert _containers(found)[2] == {"name": "c", "image": "v"}
    assert template["spec"]["initContainers"] == [{"name": "i", "image": "v"}]
    assert _containers(found)[0]["args"] == ["one", "two", "v"]
    assert template["metadata"] == {"annotations": {"a.b": "v"}}
    assert template["spec"]["volumes"] == [{"name": "v"}]


@pytest.mark.parametrize(("select", "changed"), [
    ("{kind: ConfigMap}", {"src", "dst"}),
    ("{kind: ConfigMap, name: d.*}", {"dst"}),  # an expression for the whole name
    ("{kind: ConfigMap, name: ds}", set()),
    ("{labelSelector: tier=one}", {"src", "web"}),
    ("{annotationSelector: keep=no}", {"dst"}),
    ("{kind: .*}, reject: [{kind: Deployment}, {name: src}]", {"dst"}),
    ("{kind: ConfigMap}, reject: [{labelSelector: tier=two}]", {"src"}),
    ("{kind: ConfigMap}, reject: [{namespace: here}]", set()),
    ("{group: apps, version: v1}", {"web"}),
])
def test_which_targets_are_picked(replaced, select, changed):
    found = replaced(f"- sourceValue: v\n  targets:\n  - select: {select}\n    fieldPaths: [metadata.annotations.x]\n"
                     "    options: {create: true}".replace(", reject:", "\n    reject:"))
    marked = {obj["metadata"]["name"] for obj in found.values() if "x" in obj["metadata"].get("annotations", {})}
    assert marked == changed


def test_the_name_is_the_field_of_sources_and_targets_that_name_none(replaced):
    found = replaced("- source: {kind: Deployment}\n  targets: [{select: {kind: ConfigMap, name: dst}}]")
    assert set(found) == {"ConfigMap/src", "ConfigMap/web", "Deployment/web"}


@pytest.mark.parametrize("text", [
    "source: {kind: Deployment}\ntargets: [{select: {name: dst}, fieldPaths: [data.host]}]",
    "- source: {kind: Deployment}\n  targets: [{select: {name: dst}, fieldPaths: [data.host]}]",
])
def test_a_file_holds_one_replacement_or_many(replaced, text):
    assert replaced("- path: r.yaml", **{"r.yaml": text})["ConfigMap/dst"]["data"]["host"] == "web"


@pytest.mark.parametrize(("entry", "problem"), [
    ("targets: [{select: {kind: ConfigMap}}]", "replacements must specify a source and at least one target"),
    ("source: {kind: Deployment}", "replacements must specify a source and at least one target"),
    ("source: {kind: Deployment}, sourceValue: v, targets: [{select: {kind: ConfigMap}}]",
     "value and resource selectors are mutually exclusive"),
    ("source: {kind: ConfigMap}, targets: [{select: {kind: ConfigMap}}]",
     "multiple matches for selector ConfigMap.[noVer].[noGrp]/[noName].[noNs]"),
    ("source: {kind: ConfigMap, name: sr., fieldPath: data.host}, targets: [{select: {kind: ConfigMap}}]",
     "nothing selected by ConfigMap.[noVer].[noGrp]/sr..[noNs]:data.host"),
    ("source: {kind: ConfigMap, name: src, namespace: there}, targets: [{select: {kind: ConfigMap}}]",
     "nothing selected by ConfigMap.[noVer].[noGrp]/src.there"),
    ("source: {group: apps, version: v1, name: web, fieldPath: spec.no}, targets: [{select: {kind: ConfigMap}}]",
     "fieldPath `spec.no` is missing for replacement source [noKind].v1.apps/web.[noNs]"),
    ("source: {kind: ConfigMap, name: src, fieldPath: data.list, options: {delimiter: '-', index: 3}}, "
     "targets: [{select: {kind: ConfigMap}}]", "options.index 3 is out of bounds for value a-b-c"),
    ("source: {kind: ConfigMap, name: src, fieldPath: data.list, options: {delimiter: '-', index: -1}}, "
     "targets: [{select: {kind: ConfigMap}}]", "options.index -1 is out of bounds for value a-b-c"),
    ("source: {kind: ConfigMap, name: src, fieldPath: data, options: {delimiter: '-'}}, "
     "targets: [{select: {kind: ConfigMap}}]", "delimiter option can only be used with scalar nodes"),
    ("sourceValue: v, targets: [{select: {kind: Deployment}, fieldPaths: [spec.template], "
     "options: {delimiter: '-'}}]", "delimiter option can only be used with scalar nodes"),
    ("sourceValue: v, targets: [{fieldPaths: [spec.template]}]", "target must specify resources to select"),
    ("sourceValue: v, targets: [{select: {kind: Deployment}, fieldPaths: [spec.no]}]",
     'unable to find field "spec.no" in replacement target'),
    ("sourceValue: v, targets: [{select: {kind: Deployment}, fieldPaths: [spec.template.spec.volumes.3.name], "
     "options: {create: true}}]", 'unable to find or create field "spec.template.spec.volumes.3.name" in replacement '
                                  "target: index 3 specified but only 0 elements found"),
])
def test_what_is_refused(refusal, entry, problem):
    assert refusal({"kustomization.yaml": f"resources: [c.yaml, d.yaml]\nreplacements: [{{{entry}}}]\n",
                    "c.yaml": CONFIG, "d.yaml": WEB}) == problem


def test_a_name_from_before_picks_a_source(build, objects):
    found = objects(build({"base/kustomization.yaml": "resources: [d.yaml]\nnamePrefix: p-\n",
                           "base/d.yaml": DEPLOYMENT, "kustomization.yaml": """resources: [base]
replacements:
- source: {kind: Deployment, name: web}
  targets: [{select: {kind: Deployment, name: web}, fieldPaths: [spec.template.metadata.labels.app]}]
"""}))
    assert found["Deployment/p-web"]["spec"]["template"]["metadata"]["labels"] == {"app": "p-web"}


TEXTS = """apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {host: example.com}}
data:
  a.json: |-
    {
      "b": {"host": "x", "a": 1}
    }
  a.yaml: |
    host: x
"""


def test_values_inside_texts_of_json_and_yaml(build, objects):
    [found] = objects(build({"c.yaml": TEXTS, "kustomization.yaml": r"""resources: [c.yaml]
replacements:
- source: {kind: ConfigMap, fieldPath: metadata.annotations.host}
  targets: [{select: {kind: ConfigMap}, fieldPaths: ['data.a\.json.b.host', 'data.a\.yaml.host']}]
"""})).values()
    assert found["data"] == {"a.json": '{\n  "b": {\n    "a": 1,\n    "host": "example.com"\n  }\n}',
                             "a.yaml": "host: example.com"}


def test_what_is_created_has_no_type_yet(build, objects):
    texts = TEXTS.replace("example.com", "'80'")
    [found] = objects(build({"c.yaml": texts, "kustomization.yaml": """resources: [c.yaml]
replacements:
- source: {kind: ConfigMap, fieldPath: metadata.annotations.host}
  targets:
  - {select: {kind: ConfigMap}, fieldPaths: [spec.port], options: {create: true}}
  - {select: {kind: ConfigMap}, fieldPaths: [spec.ports], options: {create: true, delimiter: ",", index: -1}}
"""})).values()
    assert found["spec"] == {"port": 80, "ports": "80,"}
