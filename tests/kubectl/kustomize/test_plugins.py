"""What is configured in files of its own: plugins, field specs, charts, OpenAPI and CRDs."""

import pytest
from kustomizations import DEPLOYMENT


@pytest.fixture
def transformed(build, objects):
    """`transformed(kind and fields of a builtin transformer)` returns the Deployment it makes."""

    def run(text, **files):
        plugin = f"apiVersion: builtin\nmetadata: {{name: t, namespace: there}}\n{text}\n"
        names = {name.replace("_", "."): content for name, content in files.items()}
        [found] = objects(build({"kustomization.yaml": "resources: [d.yaml]\ntransformers: [t.yaml]\n",
                                 "d.yaml": DEPLOYMENT, "t.yaml": plugin, **names})).values()
        return found

    return run


NAME = "fieldSpecs: [{path: metadata/name}]"


@pytest.mark.parametrize(("text", "path", "value"), [
    (f"kind: PrefixTransformer\nprefix: a-\n{NAME}", "metadata name", "a-web"),
    (f"kind: SuffixTransformer\nsuffix: -z\n{NAME}", "metadata name", "web-z"),
    ("kind: PrefixTransformer\nprefix: a-", "metadata name", "web"),  # it does only what fieldSpecs say
    ("kind: PrefixTransformer\nprefix: a-\nfieldSpecs: [{path: metadata/name, kind: Service}]", "metadata name", "web"),
    ("kind: SuffixTransformer\nsuffix: -z\nfieldSpecs: [{path: metadata/name, group: x}]", "metadata name", "web"),
    ("kind: LabelTransformer\nlabels: {a: b}\nfieldSpecs: [{path: metadata/labels, create: true}]", "metadata labels",
     {"a": "b"}),
    ("kind: LabelTransformer\nlabels: {a: b}\nfieldSpecs: [{path: spec/selector/matchLabels}]",
     "spec selector matchLabels", {"app": "web", "a": "b"}),
    ("kind: AnnotationsTransformer\nannotations: {a: b}\nfieldSpecs: [{path: spec/template/metadata/annotations, "
     "create: true}]", "spec template metadata annotations", {"a": "b"}),
    ("kind: NamespaceTransformer\nfieldSpecs: [{path: metadata/namespace, create: true}]", "metadata namespace",
     "there"),
    ("kind: ImageTagTransformer\nimageTag: {name: nginx, newTag: '2'}", "spec template spec containers 0 image",
     "nginx:2"),
    ("kind: ReplicaCountTransformer\nreplica: {name: web, count: 4}\nfieldSpecs: [{path: spec/replicas, create: true, "
     "kind: Deployment}]", "spec replicas", 4),
    ("kind: PatchTransformer\npatch: '[{op: add, path: /spec/paused, value: true}]'\ntarget: {name: web}",
     "spec paused", True),
    (f"kind: PrefixSuffixTransformer\nprefix: a-\nsuffix: -z\n{NAME}", "metadata name", "a-web-z"),
    ("kind: PatchStrategicMergeTransformer\npaths: [p.yaml]\npatches: |\n  {apiVersion: apps/v1, kind: Deployment, "
     "metadata: {name: web}, spec: {replicas: 3}}", "spec replicas", 3),
    ("kind: PatchJson6902Transformer\ntarget: {name: web}\njsonOp: '[{op: add, path: /spec/paused, value: true}]'",
     "spec paused", True),
    ("kind: ValueAddTransformer\nvalue: v\ntargets: [{fieldPath: metadata/labels/a}]", "metadata labels a", "v"),
    ("kind: ValueAddTransformer\nvalue: v\ntargets: [{selector: {kind: Deployment}, filePathPosition: 2, "
     "fieldPath: 'spec/template/spec/containers/image'}]", "spec template spec containers 0 image", "nginx:1.27/v"),
    ("kind: ImageTagTransformer\nimageTag: {name: nginx, Digest: 'sha256:1'}", "spec template spec containers 0 image",
     "nginx@sha256:1"),
    ("kind: ReplacementTransformer\nreplacements:\n- source: {kind: Deployment}\n  targets: [{select: {name: web}, "
     "fieldPaths: [spec.selector.matchLabels.app]}]", "spec selector matchLabels app", "web"),
])
def test_builtin_transformers(transformed, text, path, value):
    found = transformed(text, p_yaml="{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {a: b}}\n")
    for step in path.split():
        found = found[int(step)] if step.isdecimal() else found[step]
    assert found == value


def test_builtin_generators(build, objects):
    found = objects(build({"kustomization.yaml": "generators: [g.yaml]\n", "g.yaml": """apiVersion: builtin
kind: SecretGenerator
metadata: {name: s, namespace: n}
literals: [a=b]
options: {disableNameSuffixHash: true}
"""}))
    assert found["Secret/s"]["data"] == {"a": "Yg=="} and found["Secret/s"]["metadata"]["namespace"] == "n"


def test_plugins_in_place(build, objects):
    found = objects(build({"d.yaml": DEPLOYMENT, "kustomization.yaml": f"""resources: [d.yaml]
generators:
- |-
  {{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {{name: c}}, literals: [a=b]}}
transformers:
- |-
  {{apiVersion: builtin, kind: PrefixTransformer, metadata: {{name: t}}, prefix: p-, {NAME}}}
"""}))
    assert set(found) == {"Deployment/p-web", "ConfigMap/p-c-4h2mbtbbt6"}


EXTERNAL = "external plugins disabled; unable to load external plugin 'Bar'"


@pytest.mark.parametrize(("field", "plugin", "problem"), [
    ("transformers", "apiVersion: foo/v1\nkind: Bar", EXTERNAL),
    ("validators", "apiVersion: foo/v1\nkind: Bar", EXTERNAL),
    ("generators", "apiVersion: foo/v1\nkind: Bar",
     f"loading generator plugins: failed to load generator: {EXTERNAL}"),
    ("transformers", "apiVersion: builtin\nkind: Bar", "unable to load builtin Bar.builtin.[noGrp]"),
    ("generators", "apiVersion: builtin\nkind: Bar",
     "loading generator plugins: failed to load generator: unable to load builtin Bar.builtin.[noGrp]"),
])
def test_plugins_that_there_are_not(refusal, field, plugin, problem):
    assert refusal({"kustomization.yaml": f"resources: [d.yaml]\n{field}: [t.yaml]\n", "d.yaml": DEPLOYMENT,
                    "t.yaml": f"{plugin}\nmetadata: {{name: a}}\n"}) == problem


@pytest.mark.parametrize(("field", "config"), [
    ("helmCharts: [{name: x, repo: z}]", "name: x\nrepo: z"),
    ("helmChartInflationGenerator: [{chartName: x, chartVersion: '1', chartRepoUrl: z, chartHome: h}]",
     "name: x\nrepo: z\nversion: \"1\""),
])
def test_charts_are_refused(refusal, field, config):
    assert refusal({"kustomization.yaml": f"resources: [d.yaml]\n{field}\n", "d.yaml": DEPLOYMENT}) == (
        f"trouble configuring builtin HelmChartInflationGenerator with config: `\n{config}\n`: must specify "
        "--enable-helm")


def test_crds_and_openapi_that_can_be_read(build, objects):
    found = objects(build({"kustomization.yaml": "resources: [d.yaml]\ncrds: [crd.json]\nopenapi: {path: o.json}\n",
                           "d.yaml": DEPLOYMENT, "crd.json": "{}", "o.json": "{}"}))
    assert set(found) == {"Deployment/web"}
    assert objects(build({"kustomization.yaml": "resources: [d.yaml]\nopenapi: {version: v1.21.2}\n"})) == found


@pytest.mark.parametrize(("text", "problem"), [
    ("text", "unable to parse open API definition from 'crd.json': error unmarshaling JSON: while decoding JSON: json: "
             "cannot unmarshal string into Go value of type accumulator.nameToApiMap"),
    ("[", None),
])
def test_crds_that_cannot_be_read(refusal, text, problem):
    told = refusal({"kustomization.yaml": "resources: [d.yaml]\ncrds: [crd.json]\n", "d.yaml": DEPLOYMENT,
                    "crd.json": text})
    assert told.startswith("loading CRDs [crd.json]: ") and (problem is None or told.endswith(problem))


def test_a_configuration_that_is_not_there(refusal, tmp_path):
    told = refusal({"kustomization.yaml": "resources: [d.yaml]\nconfigurations: [no.yaml]\n", "d.yaml": DEPLOYMENT})
    assert told.endswith(f"{tmp_path}/work/no.yaml: no such file or directory")


ORIGIN = "config.kubernetes.io/origin"


def test_origins_and_transformations_are_noted_where_the_kustomization_asks(build, objects):
    made = objects(build({
        "kustomization.yaml": "buildMetadata: [originAnnotations, transformerAnnotations]\nresources: [base]\n"
                              "namePrefix: p-\ngenerators: [g.yaml]\n",
        "base/kustomization.yaml": "resources: [d.yaml]\nnameSuffix: -s\n"
                                   "configMapGenerator: [{name: c, options: {disableNameSuffixHash: true}}]\n",
        "base/d.yaml": DEPLOYMENT,
        "g.yaml": "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: g}\nname: made\n"
                  "options: {disableNameSuffixHash: true}\n"}))
    notes = {name: obj["metadata"]["annotations"] for name, obj in made.items()}
    by = "  configuredBy:\n    apiVersion: builtin\n    kind: {}\n"
    assert notes["Deployment/p-web-s"] == {
        ORIGIN: "path: base/d.yaml\n", "alpha.config.kubernetes.io/transformations":
            "- configuredIn: base/kustomization.yaml\n" + by.format("SuffixTransformer")
            + "- configuredIn: kustomization.yaml\n" + by.format("PrefixTransformer")}
    assert notes["ConfigMap/p-c-s"][ORIGIN] == (
        "configuredIn: base/kustomization.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n")
    assert notes["Secret/p-made"][ORIGIN] == (
        "configuredIn: g.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: SecretGenerator\n  name: g\n")


def test_a_cloud_account(build, objects):
    [found] = objects(build({"kustomization.yaml": "generators: [g.yaml]\n", "g.yaml": """apiVersion: builtin
kind: IAMPolicyGenerator
metadata: {name: g}
cloud: gke
kubernetesService: {name: here, namespace: n}
serviceAccount: {name: there, projectId: p}
"""})).values()
    assert found["metadata"] == {"name": "here", "namespace": "n", "annotations": {
        "iam.gke.io/gcp-service-account": "there@p.iam.gserviceaccount.com"}}


BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: own}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects:
- {kind: ServiceAccount, name: default, namespace: x}
- {kind: ServiceAccount, name: other}
- {kind: User, name: jane}
"""


@pytest.mark.parametrize(("config", "namespace", "subjects"), [
    ("", "there", ["there", None, None]), ("setRoleBindingSubjects: none", "there", ["x", None, None]),
    ("setRoleBindingSubjects: allServiceAccounts", "there", ["there", "there", None]),
    ("setRoleBindingSubjects: allServiceAccounts\nunsetOnly: true", "own", ["x", "there", None])])
def test_namespaces_of_role_bindings(build, objects, config, namespace, subjects):
    plugin = f"apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {{name: t, namespace: there}}\n{config}\n"
    [found] = objects(build({"kustomization.yaml": "resources: [b.yaml]\ntransformers: [t.yaml]\n",
                             "b.yaml": BINDING, "t.yaml": plugin})).values()
    assert found["metadata"]["namespace"] == namespace
    assert [subject.get("namespace") for subject in found["subjects"]] == subjects


def test_configured_prefixes_take_the_place_of_the_default(build, objects):
    made = objects(build({
        "kustomization.yaml": "resources: [d.yaml]\nnamePrefix: a-\nconfigurations: [c.yaml]\n",
        "c.yaml": "namePrefix: [{path: metadata/name, kind: Service}]\n",
        "d.yaml": DEPLOYMENT + "---\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n"}))
    assert list(made) == ["Service/a-s", "Deployment/web"]


CRDS = """{"example.v1.Bee": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {},
  "spec": {"$ref": "example.v1.Spec"}}}},
 "example.v1.Spec": {"Schema": {"properties": {
  "secretRef": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret"},
  "words": {"x-kubernetes-annotation": ""}}}}}
"""


def test_crds_tell_of_references(build, objects):
    made = objects(build({
        "kustomization.yaml": "resources: [r.yaml]\nnamePrefix: a-\ncommonAnnotations: {b: c}\ncrds: [crds.json]\n",
        "crds.json": CRDS, "r.yaml": "{apiVersion: v1, kind: Secret, metadata: {name: s}}\n---\n"
        "{apiVersion: example/v1, kind: Bee, metadata: {name: b}, spec: {secretRef: {name: s}, words: {}}}\n"}))
    assert made["Bee/a-b"]["spec"] == {"secretRef": {"name": "a-s"}, "words": {"b": "c"}}
