"""Patches: how strategic merges treat lists and directives, what JSON patches say, what is refused."""

import pytest

WEB = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, old: "1"}}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - {name: a, image: "nginx:1", args: [one, two], ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}]}
      - {name: b, image: "busybox:1"}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {app: web}}\ndata: {k: v}\n"
HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"


@pytest.fixture
def patched(build, objects):
    """`patched(field of the kustomization, **files)` returns what it makes of WEB and CONFIG."""

    def run(field, **files):
        names = {name.replace("_", "."): text for name, text in files.items()}
        return objects(build({"kustomization.yaml": f"resources: [d.yaml, c.yaml]\n{field}\n", "d.yaml": WEB,
                              "c.yaml": CONFIG, **names}))

    return run


@pytest.fixture
def merged(patched):
    """`merged(text below spec.template.spec)` returns that part of the Deployment after a strategic merge."""

    def run(text):
        patch = f"{HEAD}spec:\n  template:\n    spec:\n      {text}\n"
        return patched("patches: [{path: p.yaml}]", p_yaml=patch)["Deployment/web"]["spec"]["template"]["spec"]

    return run


@pytest.mark.parametrize(("containers", "names"), [
    ("[{name: c}]", ["c", "a", "b"]),
    ("[{name: b, $patch: delete}]", ["a"]),
    ("[{$patch: replace}, {name: c}]", ["c"]),
    ("[{$patch: merge}, {name: b}]", ["b", "a"]),
    ("[{name: none, $patch: delete}]", ["a", "b"]),
])
def test_elements_of_lists(merged, containers, names):
    assert [container["name"] for container in merged(f"containers: {containers}")["containers"]] == names


def test_a_list_and_an_element_that_go(merged):
    assert "containers" not in merged("containers: [{$patch: delete}]")
    assert merged("containers: null") == {}


def test_an_element_is_replaced_as_a_whole(merged):
    found = merged("containers: [{name: a, $patch: replace, image: x}]")
    assert found["containers"] == [{"name": "a", "image": "x"}, {"name": "b", "image": "busybox:1"}]


def test_elements_of_two_keys_stay_where_they_are(merged):
    found = merged("containers: [{name: a, ports: [{containerPort: 81, protocol: UDP, name: u}, {containerPort: 82}]}]")
    assert found["containers"][0]["ports"] == [
        {"containerPort": 82}, {"containerPort": 80}, {"containerPort": 81, "protocol": "UDP", "name": "u"}]


def test_lists_without_a_key_are_replaced(merged):
    assert merged("containers: [{name: a, args: [three]}]")["containers"][0]["args"] == ["three"]


def test_what_is_null_or_deleted_goes(patched):
    found = patched("patches: [{path: p.yaml}]", p_yaml=f"{HEAD[:-2]}, labels: {{old: null, new: '2'}}}}\n"
                    "spec: {replicas: null, template: {$patch: delete}}\n")["Deployment/web"]
    assert found["metadata"]["labels"] == {"app": "web", "new": "2"} and found["spec"] == {}


def test_a_map_is_replaced(patched):
    found = patched("patches: [{path: p.yaml}]",
                    p_yaml=f"{HEAD[:-2]}, labels: {{$patch: replace, new: '2'}}}}\n")["Deployment/web"]
    assert found["metadata"]["labels"] == {"new": "2"}


@pytest.mark.parametrize("field", [
    "patchesStrategicMerge: [p.yaml]", "patchesStrategicMerge:\n- |\n  apiVersion: apps/v1\n  kind: Deployment\n"
    "  metadata: {name: web}\n  $patch: delete\n", "patches: [{path: p.yaml}]",
    "patches: [{target: {name: w.*}, path: p.yaml}]"])
def test_a_resource_is_deleted(build, field):
    result = build({"kustomization.yaml": f"resources: [d.yaml, c.yaml]\n{field}\n", "d.yaml": WEB, "c.yaml": CONFIG,
                    "p.yaml": f"{HEAD}$patch: delete\n"})
    assert result.code == 0 and "Deployment" not in result.out and "ConfigMap" in result.out


@pytest.mark.parametrize(("options", "told"), [
    ("{}", "ConfigMap/c"), ("{allowNameChange: true}", "ConfigMap/n"), ("{allowKindChange: true}", "Secret/c"),
    ("{allowNameChange: true, allowKindChange: true}", "Secret/n"),
])
def test_names_and_kinds_change_only_where_that_is_asked_for(patched, options, told):
    found = patched(f"patches: [{{target: {{kind: ConfigMap}}, path: p.yaml, options: {options}}}]",
                    p_yaml="apiVersion: v1\nkind: Secret\nmetadata: {name: n, namespace: other}\ndata: {k: x}\n")
    assert set(found) == {"Deployment/web", told}
    assert found[told]["data"] == {"k": "x"} and "namespace" not in found[told]["metadata"]


def test_several_patches_in_one_file(patched):
    found = patched("patches: [{path: p.yaml}]", p_yaml=f"{HEAD}spec: {{replicas: 3}}\n---\n{CONFIG}  k2: v\n".replace(
        "{k: v}\n", "\n"))
    assert found["Deployment/web"]["spec"]["replicas"] == 3 and found["ConfigMap/c"]["data"] == {"k": "v", "k2": "v"}


@pytest.mark.parametrize(("target", "changed"), [
    ("{labelSelector: app=web}", {"web", "c"}), ("{kind: ConfigMap}", {"c"}), ("{name: .}", {"c"}),
    ("{group: apps, version: v1}", {"web"}), ("{namespace: default}", {"web", "c"}), ("{namespace: x}", set()),
    ("{annotationSelector: a=b}", set()),
])
def test_targets_of_patches(patched, target, changed):
    found = patched(f"patches: [{{target: {target}, patch: '[{{op: add, path: /metadata/labels/x, value: z}}]'}}]")
    assert {obj["metadata"]["name"] for obj in found.values() if "x" in obj["metadata"]["labels"]} == changed


@pytest.mark.parametrize("how", ["path: p.yaml", "patch: '[{op: replace, path: /data/k, value: w}]'"])
def test_json_patches_of_the_old_field(build, how):
    result = build({"kustomization.yaml": "resources: [c.yaml]\npatchesJson6902:\n"
                                          f"- {{target: {{version: v1, kind: ConfigMap, name: c}}, {how}}}\n",
                    "c.yaml": CONFIG, "p.yaml": "- {op: replace, path: /data/k, value: w}\n"})
    assert result.code == 0 and "  k: w\n" in result.out and "'patchesJson6902' is deprecated" in result.err


@pytest.mark.parametrize(("config", "why"), [
    ("target: {kind: ConfigMap}, path: p.yaml", "must specify the target name"),
    ("target: {name: c}", "empty file path and empty jsonOp"),
    ("target: {name: c}, path: p.yaml, patch: '[]'", "must specify a file path or jsonOp, not both"),
    ("target: {name: c}, path: none.yaml", "patch file 'none.yaml' empty seems to be empty"),
    ("target: {name: c}, patch: '[]'", "patch appears to be empty; file=, JsonOp=[]"),
])
def test_what_the_old_field_refuses(build, config, why):
    result = build({"kustomization.yaml": f"resources: [c.yaml]\npatchesJson6902: [{{{config}}}]\n", "c.yaml": CONFIG,
                    "p.yaml": "[]", "none.yaml": ""})
    assert result.code == 1
    assert "error: trouble configuring builtin PatchJson6902Transformer with config: `\n" in result.err
    assert result.err.endswith(f"\n`: {why}\n")


CONFIGURING = "trouble configuring builtin PatchTransformer with config: `\n"


@pytest.mark.parametrize(("entry", "problem"), [
    ("target: {name: c}", f"{CONFIGURING}target:\n  name: c\n`: must specify one of patch and path in\n"
                          "target:\n  name: c"),
    ("path: p.yaml, patch: '[]'", f"{CONFIGURING}patch: '[]'\npath: p.yaml\n`: patch and path can't be set at the same "
                                  "time\npatch: '[]'\npath: p.yaml"),
    ("patch: 'a: b'", f"{CONFIGURING}patch: 'a: b'\n`: unable to parse SM or JSON patch from [patch: \"a: b\"]"),
    ("patch: '[{op: add, path: /a, value: b}]'",
     'must specify a target for JSON patch [patch: "[{op: add, path: /a, value: b}]"]'),
    ("path: two.yaml, target: {kind: Deployment}",
     "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: "
     '[path: "two.yaml"]'),
    ("path: other.yaml", 'no resource matches strategic merge patch "ConfigMap.v1.[noGrp]/other.[noNs]": no matches '
                         "for Id ConfigMap.v1.[noGrp]/other.[noNs]; failed to find unique target for patch "
                         "ConfigMap.v1.[noGrp]/other.[noNs]"),
    ("target: {kind: ConfigMap}, patch: '[{op: test, path: /data/k, value: x}]'",
     "testing value /data/k failed: test failed"),
    ("path: wrong.yaml", "unknown patch strategy 'drop'"),
    ("path: wronglist.yaml", "unknown patch strategy 'drop'"),
    ("path: text.yaml", "wrong node kind: expected MappingNode but got ScalarNode: node contents:\ntext"),
    ("path: map.yaml", "wrong node kind: expected SequenceNode but got MappingNode: node contents:\n{}"),
    ("path: number.yaml", "wrong node kind: expected ScalarNode but got MappingNode: node contents:\na: b"),
])
def test_what_is_refused(refusal, entry, problem):
    other = CONFIG.replace("name: c", "name: other")
    assert refusal({"kustomization.yaml": f"resources: [d.yaml, c.yaml]\npatches: [{{{entry}}}]\n", "d.yaml": WEB,
                    "c.yaml": CONFIG, "p.yaml": HEAD, "two.yaml": f"{HEAD}---\n{CONFIG}", "other.yaml": other,
                    "wrong.yaml": f"{HEAD}spec: {{$patch: drop}}\n",
                    "wronglist.yaml": f"{HEAD}spec: {{template: {{spec: {{containers: [{{$patch: drop}}]}}}}}}\n",
                    "text.yaml": f"{HEAD}spec: text\n", "number.yaml": f"{HEAD}spec: {{replicas: {{a: b}}}}\n",
                    "map.yaml": f"{HEAD}spec: {{template: {{spec: {{containers: {{}}}}}}}}\n"}) == problem


def test_a_file_that_is_not_there(build, refusal):
    told = refusal({"kustomization.yaml": "resources: [c.yaml]\npatches: [{path: no.yaml}]\n", "c.yaml": CONFIG})
    assert told.startswith(f"{CONFIGURING}path: no.yaml\n`: failed to get the patch file from path(no.yaml): ")
    told = build({"kustomization.yaml": "resources: [c.yaml]\npatchesStrategicMerge: [no.yaml]\n"}).err
    assert "error: trouble configuring builtin PatchStrategicMergeTransformer with config: `\npaths:\n- no.yaml\n`: " \
        in told


def test_what_has_no_value_goes_with_any_merge(build, objects):
    """As seen with the real one; what is written `null` stays, and so do lists without a key."""
    text = HEAD + """spec:
  replicas: null
  strategy:
  template:
    spec:
      affinity:
        nodeAffinity:
          preferred:
          required: ~
      containers:
      - name: a
        image:
        stdin: null
      tolerations:
      - key: a
        value:
"""
    kept = {"replicas": None, "strategy": None, "template": {"spec": {
        "affinity": {"nodeAffinity": {"preferred": None, "required": None}},
        "containers": [{"name": "a", "image": None, "stdin": None}], "tolerations": [{"key": "a", "value": None}]}}}
    files = {"kustomization.yaml": "resources: [d.yaml]\n", "d.yaml": text}
    assert objects(build(files))["Deployment/web"]["spec"] == kept
    files["kustomization.yaml"] += "patches: [{path: p.yaml}]\n"
    files["p.yaml"] = HEAD + "spec: {paused: true}\n"
    assert objects(build(files))["Deployment/web"]["spec"] == {"paused": True, "replicas": None, "template": {"spec": {
        "affinity": {"nodeAffinity": {"required": None}}, "containers": [{"name": "a", "stdin": None}],
        "tolerations": [{"key": "a", "value": None}]}}}
