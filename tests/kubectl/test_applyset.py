import base64
import hashlib
import json

import pytest

_ID = "applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1"  # of the Secret my-set in the namespace test
_PREFIX = "applyset.kubernetes.io/"
SERVICE = """apiVersion: v1
kind: Service
metadata: {name: s, namespace: test}
spec: {ports: [{port: 80}]}
"""
CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sets.a.com}
spec:
  group: a.com
  names: {kind: Set, plural: sets, singular: set, listKind: SetList}
  scope: Cluster
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
APPLY = "kubectl apply -f - -n test --prune --applyset=my-set"


def _config_map(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: test}}\n---\n"


@pytest.fixture
def alpha(newest):
    """A terminal that knows --applyset, with the namespace test."""
    newest.environ["KUBECTL_APPLYSET"] = "true"
    newest.ok("kubectl create namespace test")
    return newest


def test_parents_told_resources_once(terminal):
    terminal.environ["KUBECTL_APPLYSET"] = "true"
    terminal.ok("kubectl create namespace test")
    terminal.ok(APPLY, _config_map("a") + _config_map("b"))
    assert _parent(terminal)["annotations"][_PREFIX + "contains-group-resources"] == "configmaps"
    assert terminal.ok(APPLY, _config_map("b")) == "configmap/b unchanged\nconfigmap/a pruned\n"


def _parent(terminal, name="secret/my-set"):
    return json.loads(terminal.ok(f"kubectl get {name} -n test -o json"))["metadata"]


def _kinds(terminal):
    return _parent(terminal)["annotations"][_PREFIX + "contains-group-kinds"]


@pytest.mark.parametrize("value", ["", "false"])
@pytest.mark.parametrize("words", ["-f - --prune --applyset=my-set", "--prune --applyset=my-set", "--applyset",
                                   "--applyset=my-set --bogus"])
def test_the_flag_is_unknown_unless_asked_for(terminal, value, words):
    terminal.environ["KUBECTL_APPLYSET"] = value
    result = terminal(f"kubectl apply {words}", _config_map("a"))
    assert result.err == "error: unknown flag: --applyset\nSee 'kubectl apply --help' for usage.\n"
    assert result.code == 1
    assert "--applyset" not in terminal.ok("kubectl apply --help")
    assert "--applyset" not in terminal.ok("kubectl __complete apply --app")


def test_the_flag_is_shown_where_it_is_known(terminal):
    terminal.environ["KUBECTL_APPLYSET"] = "TRUE"
    assert "\n    --applyset='':\n" in terminal.ok("kubectl apply --help")
    assert terminal.ok("kubectl __complete apply --app").startswith("--applyset\t")
    assert terminal("kubectl apply --applyset").err.startswith("error: flag needs an argument: --applyset\n")


def test_members_are_labelled_and_the_parent_tells_their_kinds(alpha):
    assert alpha.ok(APPLY, _config_map("a")) == "configmap/a created\n"
    parent = _parent(alpha)
    assert parent["labels"] == {_PREFIX + "id": _ID}
    assert parent["annotations"].pop(_PREFIX + "tooling").startswith("kubectl/v1.")
    assert parent["annotations"] == {
        _PREFIX + "additional-namespaces": "", _PREFIX + "contains-group-kinds": "ConfigMap"}
    assert alpha.ok(f"kubectl get cm -n test -l {_PREFIX}part-of={_ID} -o name") == "configmap/a\n"


def test_what_is_not_applied_again_is_pruned(alpha):
    alpha.ok("kubectl create cm foreign -n test")
    alpha.ok(APPLY, _config_map("a") + _config_map("b") + SERVICE)
    assert _kinds(alpha) == "ConfigMap,Service"
    assert alpha.ok(APPLY, _config_map("b")) == "configmap/b unchanged\nconfigmap/a pruned\nservice/s pruned\n"
    assert _kinds(alpha) == "ConfigMap"
    assert alpha.ok("kubectl get cm,svc -n test -o name").split() == [
        "configmap/b", "configmap/foreign", "configmap/kube-root-ca.crt"]


def test_what_failed_stays_in_the_set(alpha):
    alpha.ok(APPLY, _config_map("a"))
    assert alpha(APPLY, SERVICE.replace("port: 80", "port: 0")).code == 1
    assert _kinds(alpha) == "ConfigMap,Service"
    assert alpha.ok("kubectl get cm a -n test -o name") == "configmap/a\n"


def test_dry_runs_prune_nothing(alpha):
    alpha.ok(APPLY, _config_map("a") + _config_map("b"))
    for strategy, told in (("client", "dry run"), ("server", "server dry run")):
        assert alpha.ok(f"{APPLY} --dry-run={strategy}", _config_map("b")) == (
            f"configmap/b unchanged ({told})\nconfigmap/a pruned ({told})\n")
    assert alpha.ok("kubectl get cm a -n test -o name") == "configmap/a\n"


@pytest.mark.parametrize(("flags", "error"), [
    ("-n test --applyset=my-set", "--applyset requires --prune"),
    ("-n test --prune --applyset=my-set --all", "--all is incompatible with --applyset"),
    ("-n test --prune --applyset=my-set -l a=b", "--selector is incompatible with --applyset"),
    ("-n test --prune --applyset=my-set --prune-allowlist=core/v1/Secret",
     "--prune-allowlist is incompatible with --applyset"),
    ("--prune --applyset=my-set", "namespace is required to use namespace-scoped ApplySet"),
    ("--prune --applyset=nothing/x", 'invalid parent reference "nothing/x": no matches for /, Resource=nothing'),
    ("--prune --applyset=secret/", 'invalid parent reference "secret/": name cannot be blank'),
    ("--prune --applyset=namespaces/x", 'resource "/v1, Resource=namespaces" is not permitted as an ApplySet parent'),
])
def test_refused_flags(alpha, flags, error):
    result = alpha(f"kubectl apply -f - {flags}", _config_map("a"))
    assert (result.out, result.err, result.code) == ("", f"error: {error}\n", 1)


@pytest.mark.parametrize(("change", "error"), [
    ("annotate {parent} {p}tooling-", 'already exists and is missing required annotation "{p}tooling"'),
    ("annotate {parent} {p}tooling=a.com/helm/v3 --overwrite",
     'already exists and is managed by tooling "a.com/helm" instead of "kubectl"'),
    ("label {parent} {p}id-", "exists and does not have required label {p}id"),
    ("label {parent} {p}id=x --overwrite",
     'exists and has incorrect value for label "{p}id" (got: x, want: ' + _ID + ")"),
])
def test_a_parent_that_is_none_of_ours(alpha, change, error):
    alpha.ok(APPLY, _config_map("a"))
    alpha.ok("kubectl -n test " + change.format(parent="secret my-set", p=_PREFIX))
    result = alpha(APPLY, _config_map("a"))
    assert result.err == f'error: ApplySet parent object "secrets./my-set" {error.format(p=_PREFIX)}\n'


def test_kinds_that_are_not_served(alpha):
    alpha.ok(APPLY, _config_map("a"))
    alpha.ok(f"kubectl -n test annotate secret my-set {_PREFIX}contains-group-kinds=Nothing.a.com --overwrite")
    assert alpha(APPLY, _config_map("a")).err == (
        f'error: parsing ApplySet annotation on "secrets./my-set": could not find mapping for kind in '
        f'"{_PREFIX}contains-group-kinds" annotation: no matches for kind "Nothing" in group "a.com"\n')


def test_the_parents_fields_are_taken_back(alpha):
    alpha.ok(APPLY, _config_map("a"))
    alpha.ok(f"kubectl -n test annotate secret my-set {_PREFIX}contains-group-kinds=ConfigMap,Service --overwrite")
    result = alpha(APPLY, _config_map("a"))
    assert result.code == 0
    assert "applyset.go:447] WARNING: failed to update ApplySet: Apply failed with 1 conflict: " in result.err
    assert result.err.count("Retrying with conflicts forced.") == 1
    assert _kinds(alpha) == "ConfigMap"


def test_a_custom_parent_has_members_in_many_namespaces(alpha):
    alpha.ok("kubectl apply -f -", CRD)
    apply = "kubectl apply -f - --prune --applyset=sets.a.com/mine"
    both = _config_map("a") + _config_map("b").replace("namespace: test", "namespace: default")
    problem = 'error: resource "a.com/v1, Resource=sets" is not permitted as an ApplySet parent\n'
    assert alpha(apply, both).err == problem
    alpha.ok(f"kubectl label crd sets.a.com {_PREFIX}is-parent-type=true")
    assert alpha(apply, both).err == "error: custom resource ApplySet parents cannot be created automatically\n"
    custom_id = _id_of("mine..Set.a.com")
    alpha.ok("kubectl apply -f -", f"""apiVersion: a.com/v1
kind: Set
metadata:
  name: mine
  labels: {{{_PREFIX}id: {custom_id}}}
  annotations: {{{_PREFIX}tooling: kubectl/v1.28, {_PREFIX}contains-group-kinds: ""}}
""")
    alpha.ok(apply, both)
    assert _parent(alpha, "sets.a.com mine")["annotations"][_PREFIX + "additional-namespaces"] == "default,test"
    assert alpha.ok(apply, _config_map("a")) == "configmap/a unchanged\nconfigmap/b pruned\n"
    assert _parent(alpha, "sets.a.com mine")["annotations"][_PREFIX + "additional-namespaces"] == "test"


def _id_of(text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"applyset-{digest.rstrip('=')}-v1"
