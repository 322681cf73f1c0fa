"""From client-side to server-side apply: what the client owned, the server-side manager owns afterwards."""

import json

import pytest

from kubesim_cli.apiserver.client import Client
from kubesim_cli.machinery.errors import StatusError

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1', b: '2'}\n"
ONLY_A = CONFIG.replace(", b: '2'", "")
SSA = "kubectl apply --server-side -f -"


def owners(terminal):
    """Return (manager, operation) -> the fields below data that it owns, "last" for the annotation."""
    meta = json.loads(terminal.ok("kubectl get cm c -o json --show-managed-fields"))["metadata"]
    found = {}
    for entry in meta["managedFields"]:
        fields = [name.removeprefix("f:") for name in entry["fieldsV1"].get("f:data", {}) if name != "."]
        annotations = entry["fieldsV1"].get("f:metadata", {}).get("f:annotations", {})
        fields += ["last"] if "f:kubectl.kubernetes.io/last-applied-configuration" in annotations else []
        found[entry["manager"], entry["operation"]] = sorted(fields)
    return found


def test_what_kubectl_applied_is_kubectls(newest):
    newest.ok("kubectl apply -f -", CONFIG)
    assert owners(newest) == {("kubectl-client-side-apply", "Update"): ["a", "b", "last"]}
    assert newest(SSA, CONFIG) == (0, "configmap/c serverside-applied\n", "")
    assert owners(newest) == {("kubectl", "Apply"): ["a", "b"], ("kubectl-last-applied", "Apply"): ["last"]}
    newest.ok(SSA, ONLY_A)  # a field that is given up goes, as nobody else owns it
    assert json.loads(newest.ok("kubectl get cm c -o jsonpath={.data}")) == {"a": "1"}


def test_what_it_applies_less_of_goes_at_once(newest):
    newest.ok("kubectl apply -f -", CONFIG)
    newest.ok(SSA, ONLY_A)
    assert json.loads(newest.ok("kubectl get cm c -o jsonpath={.data}")) == {"a": "1"}


def test_another_manager_takes_the_annotation_too(newest):
    newest.ok("kubectl apply -f -", CONFIG)
    newest.ok(f"{SSA} --field-manager=ops", CONFIG)
    assert owners(newest) == {("ops", "Apply"): ["a", "b"]}
    assert newest.ok("kubectl get cm c -o jsonpath={.metadata.annotations}") == ""


def test_whoever_owns_the_annotation_is_migrated(newest):
    newest.ok("kubectl apply -f - --field-manager=old", CONFIG)
    newest.ok(SSA, CONFIG)
    assert ("old", "Update") not in owners(newest) and owners(newest)["kubectl", "Apply"] == ["a", "b"]


def test_who_does_not_own_it_stays(newest):
    newest.ok("kubectl create -f -", CONFIG)
    newest.ok(SSA, CONFIG)
    assert owners(newest) == {("kubectl-create", "Update"): ["a", "b"], ("kubectl", "Apply"): ["a", "b"]}


def test_a_dry_run_migrates_nothing(newest):
    newest.ok("kubectl apply -f -", CONFIG)
    assert newest.ok(f"{SSA} --dry-run=server", CONFIG) == "configmap/c serverside-applied (server dry run)\n"
    assert owners(newest) == {("kubectl-client-side-apply", "Update"): ["a", "b", "last"]}


@pytest.fixture
def refuse(newest, monkeypatch):
    """`refuse(reason, times, after, type)`: the server refuses patches of a type so many times, after some it takes."""

    def run(reason, times, after=0, type_="json"):
        real, seen = Client.patch, []

        def patch(self, resource, name, body, patch_type, *args, **options):
            if patch_type == type_:
                seen.append(name)
                if after < len(seen) <= after + times:
                    raise StatusError(409 if reason == "Conflict" else 403, reason, f"{reason}!")
            return real(self, resource, name, body, patch_type, *args, **options)

        monkeypatch.setattr(Client, "patch", patch)
        return seen

    newest.ok("kubectl apply -f -", CONFIG)
    run.terminal = newest
    return run


TRIED_AGAIN = "This is non-fatal and will be retried next time you apply. Error: "


def test_a_conflict_is_tried_again(refuse):
    seen = refuse("Conflict", 4)
    assert refuse.terminal(SSA, CONFIG).err == "" and len(seen) == 5
    assert ("kubectl", "Apply") in owners(refuse.terminal)


@pytest.mark.parametrize(("reason", "tries"), [("Conflict", 5), ("Forbidden", 1)])
def test_what_the_server_refuses_is_warned_of(refuse, reason, tries):
    seen = refuse(reason, 9)
    assert refuse.terminal(SSA, CONFIG) == (
        0, "configmap/c serverside-applied\n",
        f"Warning: server rejected managed fields migration to Server-Side Apply. {TRIED_AGAIN}{reason}!\n")
    assert len(seen) == tries


@pytest.mark.parametrize(("after", "told"), [
    (1, "failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side Apply."),
    (2, "failed to re-apply configuration after performing Server-Side Apply migration."),
])
def test_other_steps_that_are_refused_are_warned_of(refuse, after, told):
    refuse("Forbidden", 1, after, "apply")
    assert refuse.terminal(SSA, CONFIG) == (
        0, "configmap/c serverside-applied\n", f"Warning: {told} {TRIED_AGAIN}Forbidden!\n")


def test_what_both_applied_is_united(newest):
    newest.ok(SSA, ONLY_A)
    newest.ok("kubectl apply -f -", CONFIG)
    before = owners(newest)
    assert before["kubectl", "Apply"] == ["a"] and before["kubectl-client-side-apply", "Update"] == ["b", "last"]
    newest.ok(SSA, ONLY_A)
    assert owners(newest) == {("kubectl", "Apply"): ["a"], ("kubectl-last-applied", "Apply"): ["last"]}
    assert json.loads(newest.ok("kubectl get cm c -o jsonpath={.data}")) == {"a": "1"}
