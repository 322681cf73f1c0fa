"""What is expected here was printed by real kubectl."""

import pytest
from kustomizations import DEPLOYMENT


def test_generators_and_their_hashes(build, objects):
    found = objects(build({"kustomization.yaml": """
generatorOptions: {labels: {g: l}}
configMapGenerator:
- {name: none}
- {name: ns, namespace: other, literals: ['html=<a>&b']}
- {name: files, files: [f.txt, renamed=f.txt, bin.dat], envs: [e.env], options: {disableNameSuffixHash: true}}
secretGenerator:
- {name: long, files: [big.txt]}
""", "f.txt": "hello\n", "bin.dat": b"\xff\xfe", "e.env": "# no\nK=v\n\nM\n", "big.txt": "x" * 200 + "\n"}))
    assert set(found) == {"ConfigMap/none-6ct58987ht", "ConfigMap/ns-c7d56dbhdh", "ConfigMap/files",
                          "Secret/long-m99kch9m75"}
    files = found["ConfigMap/files"]
    assert files["data"] == {"K": "v", "M": "", "f.txt": "hello\n", "renamed": "hello\n"}
    assert files["binaryData"] == {"bin.dat": "//4="} and files["metadata"]["labels"] == {"g": "l"}
    assert [len(line) for line in found["Secret/long-m99kch9m75"]["data"]["big.txt"].splitlines()] == [70, 70, 70, 58]


def test_names_labels_images_and_replicas(build, objects):
    found = objects(build({"base/kustomization.yaml": "resources: [d.yaml]\nconfigMapGenerator: [{name: conf}]\n",
                           "base/d.yaml": DEPLOYMENT, "kustomization.yaml": """
resources: [base]
namespace: prod
namePrefix: p-
nameSuffix: -s
commonAnnotations: {team: a}
labels:
- {pairs: {env: prod}}
- {pairs: {sel: "1"}, includeSelectors: true}
images:
- {name: nginx, newTag: "2.0"}
- {name: "registry:5000/team/b", newName: other/b, digest: "sha256:def"}
replicas: [{name: web, count: 5}]
"""}))
    web = found["Deployment/p-web-s"]
    spec = web["spec"]["template"]["spec"]
    assert [c["image"] for c in spec["containers"]] == ["nginx:2.0", "other/b@sha256:def"]
    assert spec["containers"][1]["envFrom"][0]["configMapRef"]["name"] == "p-conf-s-6ct58987ht"
    assert web["metadata"]["labels"] == {"env": "prod", "sel": "1"}
    assert web["spec"]["selector"]["matchLabels"] == {"app": "web", "sel": "1"}
    assert web["spec"]["replicas"] == 5 and web["metadata"]["namespace"] == "prod"
    assert web["spec"]["template"]["metadata"]["annotations"] == {"team": "a"}


def test_patches(build, objects):
    found = objects(build({"d.yaml": DEPLOYMENT, "kustomization.yaml": """
resources: [d.yaml]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - {name: b, args: [x]}
          - {name: c, image: new}
          - name: a
            ports: [{containerPort: 81, protocol: UDP, name: udp}, {containerPort: 82}]
- target: {kind: Deploy.*}
  patch: |-
    - {op: add, path: /spec/minReadySeconds, value: 3}
"""}))
    spec = found["Deployment/web"]["spec"]
    assert [c["name"] for c in spec["template"]["spec"]["containers"]] == ["b", "c", "a"]
    assert [p["containerPort"] for p in spec["template"]["spec"]["containers"][2]["ports"]] == [82, 80, 81]
    assert spec["minReadySeconds"] == 3


def test_replacements(build, objects):
    found = objects(build({"d.yaml": DEPLOYMENT, "kustomization.yaml": """
resources: [d.yaml]
configMapGenerator: [{name: src, literals: ["img=x:9.9"], options: {disableNameSuffixHash: true}}]
replacements:
- source: {kind: ConfigMap, name: src, fieldPath: data.img, options: {delimiter: ":", index: 1}}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["spec.template.spec.containers.[name=a].image"]
    options: {delimiter: ":", index: 1}
  - select: {kind: Deployment}
    fieldPaths: ["metadata.annotations.version"]
    options: {create: true}
"""}))
    web = found["Deployment/web"]
    assert web["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:9.9"
    assert web["metadata"]["annotations"] == {"version": "9.9"}


def test_components_change_what_is_there(build, objects):
    found = objects(build({
        "d.yaml": DEPLOYMENT, "kustomization.yaml": "resources: [d.yaml]\ncomponents: [extra]\n",
        "extra/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n"}))
    assert set(found) == {"Deployment/c-web"}


def test_merging_generators(build, objects):
    found = objects(build({
        "base/kustomization.yaml": "configMapGenerator: [{name: c, literals: [a=1, b=2]}]\n",
        "kustomization.yaml": "resources: [base]\n"
                              "configMapGenerator: [{name: c, behavior: merge, literals: [b=3]}]\n"}))
    [config_map] = found.values()
    assert config_map["data"] == {"a": "1", "b": "3"}


def test_yaml_is_that_of_version_1_2(build, objects):
    found = objects(build({"kustomization.yaml": "resources: [g.yaml]\n", "g.yaml":
                            "apiVersion: x/v1\nkind: G\nmetadata: {name: g}\nspec: {a: yes, n: on, t: 2020-01-01}\n"}))
    assert found["G/g"]["spec"] == {"a": "yes", "n": "on", "t": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize("files, message", [
    ({}, "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{dir}'"),
    ({"kustomization.yaml": "resource: [a]\n"}, 'invalid Kustomization: json: unknown field "resource"'),
    ({"kustomization.yaml": "resources: a\n"},
     "invalid Kustomization: json: cannot unmarshal string into Go struct field Kustomization.resources of type "
     "[]string"),
    ({"kustomization.yaml": "{}\n"}, "kustomization.yaml is empty"),
    ({"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": "kind: x\n metadata: {}\n"},
     "accumulating resources: accumulating resources from 'a.yaml': MalformedYAMLError: yaml: line 2: mapping values "
     "are not allowed in this context in File: a.yaml"),
    ({"kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "resources: [..]\n"},
     "accumulating resources: accumulation err='accumulating resources from 'a': '{dir}/a' must resolve to a file': "
     "recursed accumulation of path '{dir}/a': accumulating resources: accumulation err='accumulating resources from "
     "'..': '{dir}' must resolve to a file': cycle detected: candidate root '{dir}' contains visited root '{dir}/a'"),
    ({"kustomization.yaml": "configMapGenerator: [{name: x, literals: [ab]}]\n"},
     "loading KV pairs: literal sources [ab]: invalid literal source ab, expected key=value"),
    ({"kustomization.yaml": "resources: [d.yaml]\nreplicas: [{name: q, count: 1}]\n", "d.yaml": DEPLOYMENT},
     "resource with name q does not match a config with the following GVK [Deployment.[noVer].[noGrp] "
     "StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]"),
])
def test_errors(build, tmp_path, files, message):
    assert build(files) == (1, "", "error: " + message.replace("{dir}", str(tmp_path / "work")) + "\n")


def test_deprecated_fields_are_warned_of(build):
    result = build({"kustomization.yaml": "commonLabels: {a: b}\nresources: [d.yaml]\n", "d.yaml": DEPLOYMENT})
    assert result.err == ("# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit "
                          "fix' to update your Kustomization automatically.\n")


@pytest.mark.parametrize(("kustomization", "problem"), [
    ("namePrefix: [a]", "invalid Kustomization: json: cannot unmarshal array into Go struct field "
                        "Kustomization.namePrefix of type string"),
    ("images: {a: b}", "invalid Kustomization: json: cannot unmarshal object into Go struct field Kustomization.images "
                       "of type []types.Image"),
    ("images: [{name: a, newTag: 1.0}]", "invalid Kustomization: json: cannot unmarshal number into Go struct field "
                                         "Image.images.newTag of type string"),
    ("configMapGenerator: [{name: 1}]", "invalid Kustomization: json: cannot unmarshal number into Go struct field "
                                        "ConfigMapArgs.configMapGenerator.GeneratorArgs.name of type string"),
    ("configMapGenerator: [{options: {labels: {a: 1}}}]",
     "invalid Kustomization: json: cannot unmarshal number into Go struct field "
     "GeneratorOptions.configMapGenerator.GeneratorArgs.options.labels of type string"),
    ("replicas: [{name: a, count: '5'}]", "invalid Kustomization: json: cannot unmarshal string into Go struct field "
                                          "Replica.replicas.count of type int64"),
    ("images: [{name: a, foo: b}]", 'invalid Kustomization: json: unknown field "foo"'),
    ("sortOptions: {}", "the field 'sortOptions.order' must be one of [fifo, legacy]"),
    ("helmCharts: [{name: x}]", "trouble configuring builtin HelmChartInflationGenerator with config: `\nname: x\n`: "
                                "must specify --enable-helm"),
    ("openapi: {version: v1}", "the specified OpenAPI version is not built in"),
    ("transformers: [t.yaml]", "external plugins disabled; unable to load external plugin 'Bar'"),
    ("generators: [t.yaml]", "loading generator plugins: failed to load generator: external plugins disabled; unable "
                             "to load external plugin 'Bar'"),
    ("replacements: [{path: p.yaml, source: {kind: ConfigMap}}]",
     "trouble configuring builtin ReplacementTransformer with config: `\nReplacements:\n- path: p.yaml\n  source:\n"
     "    kind: ConfigMap\n`: cannot specify both path and inline replacement"),
    ("replacements: [{source: {kind: Deployment}, targets: [null]}]", "target must specify resources to select"),
    ("replacements: [{source: {kind: Deployment}, targets: [{select: {kind: Deployment}, "
     "fieldPaths: [spec.template.spec.containers.5.image]}]}]",
     'unable to find field "spec.template.spec.containers.5.image" in replacement target: index 5 specified but only 2 '
     "elements found"),
    ("patches: [{path: d.yaml, target: {labelSelector: 'a in ('}}]",
     'unable to find patch target "[noKind].[noVer].[noGrp]/[noName].[noNs]:a=:l=a in (" in `resources`: unable to '
     "parse requirement: found '', expected: ',', ')' or identifier"),
])
def test_what_is_refused(build, kustomization, problem):
    result = build({"kustomization.yaml": f"resources: [d.yaml]\n{kustomization}\n", "d.yaml": DEPLOYMENT,
                    "p.yaml": "# nothing\n", "t.yaml": "apiVersion: foo/v1\nkind: Bar\nmetadata: {name: a}\n"})
    assert (result.code, result.out, result.err) == (1, "", f"error: {problem}\n")


def test_a_key_given_twice_is_seen_when_the_object_is_written(build):
    result = build({"kustomization.yaml": "resources: [c.yaml]",
                    "c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\n  a: c\n"})
    assert (result.code, result.err) == (1, "error: map[string]interface {}(nil): yaml: unmarshal errors:\n"
                                            '  line 6: mapping key "a" already defined at line 5\n')


def test_a_document_that_is_no_object(build):
    assert "'c.yaml': missing Resource metadata'" in build({"kustomization.yaml": "resources: [c.yaml]",
                                                            "c.yaml": "text\n"}).err


def test_annotations_are_there_for_json_patches_and_gone_when_empty(build, objects):
    patch = "[{op: add, path: /metadata/annotations/a~1b, value: c}]"
    found = objects(build({
        "kustomization.yaml": f"resources: [d.yaml, c.yaml]\npatches: [{{patch: '{patch}', target: {{name: web}}}}]",
        "d.yaml": DEPLOYMENT, "c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {}}\n"}))
    assert found["Deployment/web"]["metadata"] == {"name": "web", "annotations": {"a/b": "c"}}
    assert found["ConfigMap/a"]["metadata"] == {"name": "a"}


def test_ports_without_protocols_are_merged_by_port_alone(build, objects):
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  ports: "
    found = objects(build({"kustomization.yaml": "resources: [s.yaml]\npatches: [{path: p.yaml}]",
                            "s.yaml": service + "[{port: 80}, {port: 90}]",
                            "p.yaml": service + "[{port: 90, name: z}, {port: 95}]"}))
    assert found["Service/s"]["spec"]["ports"] == [{"name": "z", "port": 90}, {"port": 95}, {"port": 80}]


def test_configurations_say_where_else_to_look(build, objects):
    found = objects(build({"kustomization.yaml": """resources: [f.yaml]
configurations: [conf.yaml]
namePrefix: p-
images: [{name: nginx, newTag: "9"}]
replicas: [{name: foo, count: 3}]
""", "f.yaml": "apiVersion: e.com/v1\nkind: Foo\nmetadata: {name: foo}\nspec: {image: nginx, conf: cm}\n---\n"
               "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n", "conf.yaml": """
nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/conf, kind: Foo}]}]
images: [{path: spec/image, kind: Foo}]
replicas: [{path: spec/size, kind: Foo, create: true}]
"""}))
    assert found["Foo/p-foo"]["spec"] == {"image": "nginx:9", "conf": "p-cm", "size": 3}


def test_builtin_plugins(build, objects):
    found = objects(build({"kustomization.yaml": "generators: [g.yaml]\ntransformers: [t.yaml]\n",
                            "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: c}\n"
                                      "literals: [a=b]\n",
                            "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: x}\nprefix: z-\n"
                                      "fieldSpecs: [{path: metadata/name}]\n"}))
    assert list(found) == ["ConfigMap/z-c-4h2mbtbbt6"]


def test_replacements_find_names_in_brackets(build, objects):
    found = objects(build({"kustomization.yaml": """resources: [d.yaml]
replacements:
- source: {kind: Deployment}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ["metadata.annotations.[a.b/c]"]
    options: {create: true}
""", "d.yaml": DEPLOYMENT}))
    assert found["Deployment/web"]["metadata"]["annotations"] == {"a.b/c": "web"}


def test_variables(build):
    result = build({"kustomization.yaml": """resources: [d.yaml]
vars: [{name: V, objref: {kind: Deployment, name: web, apiVersion: apps/v1}, fieldref: {fieldpath: metadata.name}}]
patches: [{patch: '[{op: add, path: /spec/template/spec/containers/0/args, value: ["$(V)!", "$(NO)", "$$(V)"]}]',
           target: {name: web}}]
""", "d.yaml": DEPLOYMENT})
    assert "- args:\n        - web!\n        - $(NO)\n        - $(V)\n" in result.out
    result = build({"kustomization.yaml": "resources: [d.yaml]\nvars: [{name: V, objref: {kind: Service, name: s, "
                                          "apiVersion: v1}}]\n"})
    assert result.err.endswith("error: var '{V Service.v1.[noGrp] {metadata.name}}' cannot be mapped to a field in the "
                               "set of known resources\n")


def test_a_variable_that_nothing_refers_to_is_logged(build):
    result = build({"kustomization.yaml": """resources: [d.yaml]
vars:
- {name: V, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
- {name: B, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
- {name: A, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
patches: [{patch: '[{op: add, path: /spec/template/spec/containers/0/args, value: [$(V)]}]', target: {name: web}}]
""", "d.yaml": DEPLOYMENT})
    assert result.code == 0
    assert result.err.endswith(" log.go:245] well-defined vars that were never replaced: A,B\n")


def test_a_text_is_wanted_where_a_variable_may_stand(build):
    """What comes before it is looked at all the same, and the way there through lists is told."""
    result = build({"kustomization.yaml": """resources: [d.yaml]
vars:
- {name: V, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
- {name: M, objref: {kind: Deployment, name: web, apiVersion: apps/v1}, fieldref: {fieldPath: spec.selector}}
patches: [{patch: '[{op: add, path: /spec/template/spec/containers/0/args, value: ["$(M)", 5]}]', target: {name: web}}]
""", "d.yaml": DEPLOYMENT})
    assert result.code == 1
    bad, unused, why = [line.partition("] ")[2] or line for line in result.err.splitlines()[1:]]
    assert bad.startswith("MakePrimitiveReplacer: bad replacement type=map[string]interface {} val=map[matchLabels:")
    assert unused == "well-defined vars that were never replaced: M,V"
    assert why.endswith("of object Deployment.v1.apps/web.[noNs]: visit traversal on path: [args]: invalid value type "
                        "expect a string")


def test_annotations_are_the_texts_that_are_written(build):
    """What they are to YAML does not matter, neither in a list nor by an alias; elsewhere it does."""
    told = "annotations: &a {e: 1e3, day: 2001-01-01, nothing: ~, yes: True, ref: *e}"
    result = build({"kustomization.yaml": "resources: [a.yaml, l.yaml]\n", "a.yaml": f"""x: &e 0x1F
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  {told}
data: *a
""", "l.yaml": """apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, annotations: {e: 1e3}}
"""})
    first, second = result.out.split("---\n")
    assert first == """apiVersion: v1
data:
  day: "2001-01-01T00:00:00Z"
  e: 1000
  nothing: null
  ref: 31
  "yes": true
kind: ConfigMap
metadata:
  annotations:
    day: "2001-01-01"
    e: "1e3"
    nothing: "~"
    ref: "0x1F"
    "yes": "True"
  name: a
x: 31
"""
    assert 'e: "1e3"' in second


def test_where_the_output_goes(build, terminal, tmp_path):
    """A file gets everything, a directory one file for each object; what cannot be written is told."""
    build({"kustomization.yaml": "resources: [d.yaml]\nconfigMapGenerator: [{name: conf}]\n", "d.yaml": DEPLOYMENT})
    shown = terminal.ok("kubectl kustomize")
    assert terminal.ok("kubectl kustomize . -o all.yaml") == ""
    work = tmp_path / "work"
    assert (work / "all.yaml").read_text(encoding="utf-8") == shown
    (work / "out").mkdir()
    assert terminal.ok("kubectl kustomize -o out") == ""
    files = {path.name: path.read_text(encoding="utf-8") for path in (work / "out").iterdir()}
    assert "---\n".join(files[name] for name in sorted(files, reverse=True)) == shown
    assert sorted(files) == ["apps_v1_deployment_web.yaml", "v1_configmap_conf-6ct58987ht.yaml"]
    assert terminal("kubectl kustomize -o nosuch/all.yaml") == (
        1, "", "error: open nosuch/all.yaml: no such file or directory\n")


@pytest.mark.parametrize(("text", "told"), [
    ("resources: [null]", "accumulating resources: accumulation err='accumulating resources from '': '{dir}' must "
     "resolve to a file': new root cannot be empty"),
    ("configMapGenerator: [null]", "a configmap must have a name"),
    ('resources: ["\\0"]', "accumulating resources: accumulation err='accumulating resources from '\0': evalsymlink "
     "failure on '{dir}/\0' : lstat {dir}/\0: invalid argument': must build at directory: not a valid directory: "
     "evalsymlink failure on '{dir}/\0' : lstat {dir}/\0: invalid argument"),
])
def test_nulls_and_nuls(build, tmp_path, text, told):
    result = build({"kustomization.yaml": text})
    assert result == (1, "", f"error: {told.format(dir=tmp_path / 'work')}\n")


@pytest.mark.parametrize(("text", "told"), [
    ("images: [5]", "cannot unmarshal number into Go struct field TransformerConfig.images of type types.FieldSpec"),
    ("namePrefix: [[a]]",
     "cannot unmarshal array into Go struct field TransformerConfig.namePrefix of type types.FieldSpec"),
    ("nameReference: [{fieldSpecs: [5]}]", "cannot unmarshal number into Go struct field "
     "NameBackReferences.nameReference.fieldSpecs of type types.FieldSpec"),
    ("x: 5", 'unknown field "x"'),
    ("5", "cannot unmarshal number into Go value of type builtinconfig.TransformerConfig"),
])
def test_configurations_of_another_shape(build, text, told):
    result = build({"kustomization.yaml": "resources: [d.yaml]\nconfigurations: [f.yaml]\n", "d.yaml": DEPLOYMENT,
                    "f.yaml": text})
    assert result == (1, "", f"error: error unmarshaling JSON: while decoding JSON: json: {told}\n")


@pytest.mark.parametrize("resource,told", [
    ('{"apiVersion": "v1", "kind": [{}], "metadata": {"name": "a"}}', "missing kind in object"),
    ('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": "x"}}',
     "wrong node kind: expected MappingNode but got ScalarNode: node contents:\nx")])
def test_resources_of_another_shape(build, resource, told):
    result = build({"kustomization.yaml": "resources: [r.yaml]\ncommonLabels: {a: b}\n", "r.yaml": resource})
    assert result.code == 1
    assert told in result.err


def test_variables_are_replaced_where_they_may_be(build):
    """The expectations are a real kubectl's, 1.32."""
    files = {"d.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {a: "$(V) $$ x", b: "$(NUM)"}}
spec:
  replicas: 3
  template: {spec: {containers: [{name: "$(V)", image: "a$$b", args: ["a$$b", "$(NUM)", "x$(NUM)$(Q)$("]}]}}
""", "kustomization.yaml": """resources: [d.yaml]
vars:
- {name: V, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
- {name: W, objref: {kind: Deployment, name: web, apiVersion: apps/v1}}
- {name: NUM, objref: {kind: Deployment, name: web, apiVersion: apps/v1}, fieldref: {fieldpath: spec.replicas}}
"""}
    result = build(files)
    assert result.out == """apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    a: web $ x
    b: "3"
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
      - args:
        - a$b
        - 3
        - x3$(Q)$(
        image: a$$b
        name: $(V)
"""
    assert result.err.endswith(" log.go:245] well-defined vars that were never replaced: W\n")
    files["kustomization.yaml"] += "configurations: [c.yaml]\n"
    files["c.yaml"] = "varReference: [{path: /spec/template/spec/containers/name, kind: Deployment}]\n"
    assert "        name: web\n" in build(files).out
    files["c.yaml"] = "varReference: [{path: spec/template/spec/containers}]\n"
    assert build(files).err.endswith("error: considering field 'spec/template/spec/containers' of object "
                                     "Deployment.v1.apps/web.[noNs]: invalid value type expect a string\n")


def test_a_variable_with_a_structure_is_left_where_it_stands(build):
    result = build({"d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {a: $(V)}}\n",
                    "kustomization.yaml": "resources: [d.yaml]\nvars: [{name: V, objref: {kind: Deployment, name: web, "
                                          "apiVersion: apps/v1}, fieldref: {fieldpath: metadata}}]\n"})
    assert result.code == 0 and "    a: $(V)\n" in result.out
    assert "] MakePrimitiveReplacer: bad replacement type=map[string]interface {} val=map[annotations:" in result.err
    assert result.err.endswith("] well-defined vars that were never replaced: V\n")


@pytest.mark.parametrize("source", [".metadata.name", "..metadata. name."])
def test_delimiters_that_say_nothing(build, source):
    result = build({"d.yaml": DEPLOYMENT, "kustomization.yaml": f"""resources: [d.yaml]
labels: [{{pairs: {{a: b}}, fields: [{{path: /metadata/marks, create: true}}]}}]
replacements:
- source: {{kind: Deployment, fieldPath: "{source}"}}
  targets: [{{select: {{kind: Deployment}}, fieldPaths: [.metadata.annotations.new], options: {{create: true}}}}]
"""})
    assert result.code == 0 and "  annotations:\n    new: web\n" in result.out and "  marks:\n    a: b\n" in result.out
