"""References follow the names of what they refer to: which one is meant where there are several."""

import pytest

RBAC = "apiVersion: rbac.authorization.k8s.io/v1\n"
POD = ("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
       "  - {name: c, envFrom: [{configMapRef: {name: c}}]}\n")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def _reference(pod):
    return pod["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"]


@pytest.mark.parametrize(("kind", "name"), [("Role", "a-r"), ("ClusterRole", "b-r")])
def test_the_kind_says_which_role_is_meant(build, objects, kind, name):
    found = objects(build({
        "a/kustomization.yaml": "namePrefix: a-\nresources: [r.yaml]\n",
        "a/r.yaml": f"{RBAC}kind: Role\nmetadata: {{name: r}}\n",
        "b/kustomization.yaml": "namePrefix: b-\nresources: [r.yaml]\n",
        "b/r.yaml": f"{RBAC}kind: ClusterRole\nmetadata: {{name: r}}\n",
        "kustomization.yaml": "resources: [a, b, rb.yaml]\n",
        "rb.yaml": f"{RBAC}kind: RoleBinding\nmetadata: {{name: rb}}\n"
                   f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: r}}\n"}))
    assert found["RoleBinding/rb"]["roleRef"]["name"] == name


def test_a_subject_follows_its_account_into_a_namespace(build, objects):
    found = objects(build({
        "a/kustomization.yaml": "namePrefix: a-\nnamespace: one\nresources: [sa.yaml]\n",
        "a/sa.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n",
        "kustomization.yaml": "resources: [a, rb.yaml]\n",
        "rb.yaml": "".join(f"---\n{RBAC}kind: {kind}\nmetadata: {{name: b, namespace: two}}\n"
                           "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
                           "subjects: [{kind: ServiceAccount, name: sa, namespace: one}, "
                           "{kind: ServiceAccount, name: sa, namespace: three}]\n"
                           for kind in ("RoleBinding", "ClusterRoleBinding"))}))
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        assert found[f"{kind}/b"]["subjects"] == [{"kind": "ServiceAccount", "name": "a-sa", "namespace": "one"},
                                                  {"kind": "ServiceAccount", "name": "sa", "namespace": "three"}]


def test_a_webhook_follows_its_service(build, objects):
    found = objects(build({"kustomization.yaml": "namePrefix: p-\nnamespace: new\nresources: [s.yaml]\n", "s.yaml": """
apiVersion: v1
kind: Service
metadata: {name: s, namespace: old}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: w}
webhooks: [{name: w.example.com, clientConfig: {service: {name: s, namespace: old, path: /}}}]
"""}))
    [webhook] = found["ValidatingWebhookConfiguration/p-w"]["webhooks"]
    assert webhook["clientConfig"]["service"] == {"name": "p-s", "namespace": "new", "path": "/"}


def test_what_went_through_the_same_kustomizations_is_meant(build, objects):
    bases = {f"{name}/{file}": text for name in "ab" for file, text in {
        "kustomization.yaml": f"namePrefix: {name}-\nresources: [c.yaml, p.yaml]\n", "c.yaml": CONFIG,
        "p.yaml": POD}.items()}
    found = objects(build({**bases, "kustomization.yaml": "resources: [a, b]\nnameSuffix: -z\n"}))
    assert {name: _reference(obj) for name, obj in found.items() if name.startswith("Pod/")} == {
        "Pod/a-p-z": "a-c-z", "Pod/b-p-z": "b-c-z"}


def test_an_object_of_another_namespace_is_not_meant(build, objects):
    found = objects(build({"kustomization.yaml": "resources: [a, p.yaml]\n", "p.yaml": POD,
                           "a/kustomization.yaml": "namePrefix: a-\nnamespace: other\nresources: [c.yaml]\n",
                           "a/c.yaml": CONFIG}))
    assert _reference(found["Pod/p"]) == "c"


def test_names_in_lists_that_are_only_names(build, objects):
    found = objects(build({"kustomization.yaml": "namePrefix: p-\nresources: [r.yaml]\n", "r.yaml": f"""
apiVersion: v1
kind: Secret
metadata: {{name: s}}
---
{RBAC}kind: Role
metadata: {{name: r}}
rules: [{{apiGroups: [""], resources: [secrets], resourceNames: [s, other], verbs: [get]}}]
"""}))
    assert found["Role/p-r"]["rules"][0]["resourceNames"] == ["p-s", "other"]


def test_one_of_several_cannot_be_chosen(refusal):
    bases = {f"{name}/{file}": text for name in "ab" for file, text in {
        "kustomization.yaml": f"namePrefix: {name}-\nresources: [c.yaml]\n", "c.yaml": CONFIG}.items()}
    files = {**bases, "kustomization.yaml": "namePrefix: t-\nresources: [a, b, p.yaml]\n", "p.yaml": POD}
    assert refusal(files).startswith(
        "updating name reference in 'spec/containers/envFrom/configMapRef/name' field of 'Pod.v1.[noGrp]/t-p.[noNs]': "
        "considering field 'spec/containers/envFrom/configMapRef/name' of object Pod.v1.[noGrp]/t-p.[noNs]: visit "
        "traversal on path: [envFrom configMapRef name]: visit traversal on path: [configMapRef name]: found multiple "
        "possible referrals: ConfigMap.v1.[noGrp]/t-a-c.[noNs], ConfigMap.v1.[noGrp]/t-b-c.[noNs]")


def test_nothing_is_meant_that_went_through_other_kustomizations(build, objects):
    bases = {f"{name}/{file}": text for name in "ab" for file, text in {
        "kustomization.yaml": f"namePrefix: {name}-\nresources: [c.yaml]\n", "c.yaml": CONFIG}.items()}
    found = objects(build({**bases, "kustomization.yaml": "resources: [a, b, p.yaml]\n", "p.yaml": POD}))
    assert _reference(found["Pod/p"]) == "c"


def test_a_subject_needs_a_name(refusal):
    binding = f"{RBAC}kind: RoleBinding\nmetadata: {{name: rb}}\nsubjects: [{{kind: ServiceAccount}}]\n"
    assert refusal({"kustomization.yaml": "resources: [rb.yaml]\n", "rb.yaml": binding}) == (
        "updating name reference in 'subjects' field of 'RoleBinding.v1.rbac.authorization.k8s.io/rb.[noNs]': "
        "considering field 'subjects' of object RoleBinding.v1.rbac.authorization.k8s.io/rb.[noNs]: path config "
        "error; no 'name' field in node")
