"""auth reconcile: what it adds, removes, makes anew and leaves alone (component-helpers/auth/rbac/reconciliation)."""

import json

import pytest

API = "apiVersion: rbac.authorization.k8s.io/v1\n"
ROLE_REF = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
AMY = "{apiGroup: rbac.authorization.k8s.io, kind: User, name: amy}"
BOB = "{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}"


@pytest.fixture
def reconcile(terminal):
    """`reconcile(manifest, flags)` returns (stdout, stderr); `reconcile.get(resource)` an object."""

    def run(manifest, flags=""):
        result = terminal(f"kubectl auth reconcile {flags} -f -", manifest)
        assert result.code == 0, result
        return result.out, result.err

    run.get = lambda resource: json.loads(terminal.ok(f"kubectl get {resource} -o json"))
    run.terminal = terminal
    return run


def _binding(*subjects, ref=ROLE_REF, meta="name: b", kind="RoleBinding"):
    if kind == "RoleBinding" and "namespace:" not in meta:
        meta += ", namespace: default"
    return f"{API}kind: {kind}\nmetadata: {{{meta}}}\n{ref}subjects: [{', '.join(subjects)}]\n"


def _told(name):
    return f"\t\t{{Kind:User APIGroup:rbac.authorization.k8s.io Name:{name} Namespace:}}\n"


@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding"])
def test_subjects(reconcile, kind):
    resource = f"{kind.lower()}/b"
    name = f"{kind.lower()}.rbac.authorization.k8s.io/b reconciled\n"
    created = "\treconciliation required create\n\tmissing subjects added:\n" + _told("amy")
    assert reconcile(_binding(AMY, kind=kind)) == (name, created)
    assert reconcile(_binding(AMY, kind=kind)) == (name, "")
    assert reconcile(_binding(BOB, kind=kind)) == (
        name, "\treconciliation required update\n\tmissing subjects added:\n" + _told("bob"))
    assert [subject["name"] for subject in reconcile.get(resource)["subjects"]] == ["amy", "bob"]
    assert reconcile(_binding(BOB, kind=kind), "--remove-extra-permissions") == (name, "")
    assert reconcile(_binding(BOB, kind=kind), "--remove-extra-subjects") == (
        name, "\treconciliation required update\n\textra subjects removed:\n" + _told("amy"))
    assert [subject["name"] for subject in reconcile.get(resource)["subjects"]] == ["bob"]


def test_another_role_makes_the_binding_anew(reconcile):
    reconcile(_binding(AMY))
    old = reconcile.get("rolebinding/b")["metadata"]["uid"]
    assert reconcile(_binding(BOB, ref=ROLE_REF.replace("view", "edit")))[1] == "\treconciliation required recreate\n"
    found = reconcile.get("rolebinding/b")
    assert found["metadata"]["uid"] != old and found["roleRef"]["name"] == "edit"
    assert [subject["name"] for subject in found["subjects"]] == ["bob"]


def test_labels_and_annotations_are_added_and_never_changed(reconcile):
    reconcile(_binding(AMY, meta="name: b, labels: {a: '1'}"))
    assert reconcile(_binding(AMY, meta="name: b, labels: {a: '2', b: '2'}, annotations: {c: d}"))[1] == (
        "\treconciliation required update\n")
    meta = reconcile.get("rolebinding/b")["metadata"]
    assert meta["labels"] == {"a": "1", "b": "2"} and meta["annotations"] == {"c": "d"}


def test_what_opted_out_is_told_of_and_left_alone(reconcile):
    reconcile(_binding(AMY, meta="name: b, annotations: {rbac.authorization.kubernetes.io/autoupdate: 'false'}"))
    assert reconcile(_binding(BOB))[1] == (
        "\treconciliation required update, but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)\n"
        "\tmissing subjects added:\n" + _told("bob"))
    assert len(reconcile.get("rolebinding/b")["subjects"]) == 1


def test_a_namespace_that_is_not_there_is_made(reconcile):
    reconcile(_binding(AMY, meta="name: b, namespace: new"))
    assert reconcile.get("namespace/new")["status"]["phase"] == "Active"
    assert reconcile.get("rolebinding/b -n new")["metadata"]["namespace"] == "new"


def test_a_dry_run_changes_nothing(reconcile):
    assert reconcile(_binding(AMY, meta="name: b, namespace: new"), "--dry-run=client") == (
        "rolebinding.rbac.authorization.k8s.io/b reconciled (dry run)\n",
        "\treconciliation required create\n\tmissing subjects added:\n" + _told("amy"))
    assert reconcile.terminal("kubectl get ns new").code == 1


def _aggregated(*labels, rest=""):
    if not labels:
        return f"{API}kind: ClusterRole\nmetadata: {{name: r}}\n{rest}"
    chosen = ", ".join(f"{{matchLabels: {{{label}: 'true'}}}}" for label in labels)
    return (f"{API}kind: ClusterRole\nmetadata: {{name: r}}\n"
            f"aggregationRule: {{clusterRoleSelectors: [{chosen}]}}\n{rest}")


def _labels(role):
    return [next(iter(s["matchLabels"])) for s in role.get("aggregationRule", {}).get("clusterRoleSelectors", ())]


@pytest.mark.parametrize(("before", "after", "flags", "labels", "updated"), [
    (("a",), ("a",), "", ["a"], False),
    (("a",), ("b",), "", ["a", "b"], True),
    (("a",), ("b",), "--remove-extra-permissions", ["b"], True),
    (("a", "b"), ("a",), "", ["a", "b"], False),
    (("a", "b"), ("a",), "--remove-extra-permissions", ["a"], True),
    (("a", "b"), ("b", "a"), "--remove-extra-permissions", ["a", "b"], False),  # the order does not matter
    (("a",), (), "", [], True),
    ((), ("a",), "", ["a"], True),
])
def test_aggregation(reconcile, before, after, flags, labels, updated):
    reconcile(_aggregated(*before, rest="rules: []\n"))
    told = reconcile(_aggregated(*after, rest="rules: []\n"), flags)[1]
    assert told == ("\treconciliation required update\n" if updated else "")
    assert _labels(reconcile.get("clusterrole/r")) == labels


def test_rules_that_an_aggregated_role_got_are_not_extra(reconcile):
    reconcile(_aggregated("a"))
    reconcile(f"{API}kind: ClusterRole\nmetadata: {{name: source, labels: {{a: 'true'}}}}\n"
              "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n")
    assert len(reconcile.get("clusterrole/r")["rules"]) == 1
    assert reconcile(_aggregated("a", rest="rules: []\n"), "--remove-extra-permissions")[1] == ""


@pytest.mark.parametrize(("args", "manifest", "told"), [
    ("-f - web", _binding(AMY), "error: no arguments are allowed\n"),
    ("", "", "error: must specify one of -f and -k\n"),
    ("-f - --dry-run=server", _binding(AMY), "error: --dry-run=server for command reconcile is not supported yet\n"),
    ("-f -", _binding(AMY).replace("/v1\n", "/v1beta1\n"),
     "error: only rbac.authorization.k8s.io/v1 is supported: not *v1beta1.RoleBinding\n"),
])
def test_refusals(terminal, args, manifest, told):
    assert terminal(f"kubectl auth reconcile {args}", manifest) == (1, "", told)


def test_who_may_not_look_is_told_so(reconcile):
    refused = reconcile.terminal("kubectl auth reconcile -f - --as=amy", _binding(AMY))
    assert refused.code == 1 and refused.err.startswith(
        'Error from server (Forbidden): rolebindings.rbac.authorization.k8s.io "b" is forbidden: User "amy" ')


def test_no_namespace_is_made_up(reconcile):
    role = f"{API}kind: Role\nmetadata: {{name: r}}\nrules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]\n"
    refused = reconcile.terminal("kubectl auth reconcile -f - -n kube-public", role)
    assert refused == (1, "", "error: resource name may not be empty\n")
    assert "required create" in reconcile(role, "--dry-run=client")[1]
