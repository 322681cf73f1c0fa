"""Leases of nodes, of the API server and of who leads: renewed as far as anybody sees it, and made anew."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def found(terminal):
    """A function that gives namespace/name -> Lease."""
    terminal.ok("kubectl sim clock freeze 2026-01-01T00:00:00Z")
    terminal.ok("kubectl sim reset --seed test")

    def leases():
        listed = json.loads(terminal.ok("kubectl get leases -A -o json --show-managed-fields"))["items"]
        return {f"{each['metadata']['namespace']}/{each['metadata']['name'].partition('-eq')[0]}": each
                for each in listed}

    return leases


def renewals(leases):
    return {key: lease["spec"]["renewTime"][14:19] for key, lease in leases.items()}


def test_they_are_renewed_by_who_runs(terminal, found):
    terminal.ok("kubectl sim node add")
    assert {*renewals(found()).values()} == {"00:00"}
    terminal.advance("25s")
    assert renewals(found()) == {
        "kube-node-lease/minikube": "00:20", "kube-node-lease/minikube-m02": "00:20", "kube-system/apiserver": "00:20",
        "kube-system/kube-controller-manager": "00:24", "kube-system/kube-scheduler": "00:24"}
    assert "RenewTime:       Thu, 01 Jan 2026 00:00:20 +0000" in terminal.ok("kubectl describe node minikube")
    terminal.ok("kubectl sim node stop minikube-m02")
    terminal.advance("40s")
    assert renewals(found())["kube-node-lease/minikube-m02"] == "00:20"
    terminal.ok("kubectl sim node start minikube-m02")
    assert renewals(found())["kube-node-lease/minikube-m02"] == "01:00"


def test_who_made_them(found):
    makers = {key: lease["metadata"]["managedFields"][0]["manager"] for key, lease in found().items()}
    assert makers == {"kube-node-lease/minikube": "kubelet", "kube-system/apiserver": "kube-apiserver",
                      "kube-system/kube-controller-manager": "kube-controller-manager",
                      "kube-system/kube-scheduler": "kube-scheduler"}


def test_who_writes_to_one_does_not_renew_it(terminal, found):
    found()
    terminal.advance("25s")
    for line in ("annotate lease minikube a=b", "label lease minikube a=b", "patch lease minikube -p '{}'"):
        terminal.ok(f"kubectl -n kube-node-lease {line}")
        lease = found()["kube-node-lease/minikube"]
        owners = [entry["manager"] for entry in lease["metadata"]["managedFields"]
                  if "f:renewTime" in entry["fieldsV1"].get("f:spec", ())]
        assert (owners, lease["spec"]["renewTime"][14:19]) == (["kubelet"], "00:20"), line


def test_they_are_made_anew(terminal, found):
    before = found()
    terminal.advance("24s")
    terminal.ok("kubectl delete leases -n kube-node-lease --all")
    terminal.ok("kubectl delete leases -n kube-system --all")
    terminal.advance("1s")
    assert {*found()} <= {"kube-system/kube-controller-manager", "kube-system/kube-scheduler"}
    terminal.advance("10s")
    after = found()
    assert {*after} == {*before}
    for key, lease in after.items():
        assert lease["metadata"]["uid"] != before[key]["metadata"]["uid"]
        assert lease["spec"]["holderIdentity"] == before[key]["spec"]["holderIdentity"]
        assert lease["metadata"].get("labels") == before[key]["metadata"].get("labels")
        assert lease["metadata"].get("ownerReferences") == before[key]["metadata"].get("ownerReferences")
    assert after["kube-node-lease/minikube"]["metadata"]["creationTimestamp"] == "2026-01-01T00:00:30Z"


def test_a_kubelet_that_starts_again_makes_its_own_anew(terminal, found):
    found()
    terminal.ok("kubectl sim node stop minikube")
    terminal.ok("kubectl delete lease minikube -n kube-node-lease")
    terminal.advance("60s")
    assert "kube-node-lease/minikube" not in found()
    terminal.ok("kubectl sim node start minikube")
    terminal.advance("15s")
    assert renewals(found())["kube-node-lease/minikube"] == "01:10"


def test_a_lease_of_ones_own_stays_as_it_is(terminal, found):
    terminal.ok("kubectl apply -f -", """apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: own}
spec: {holderIdentity: me, renewTime: "2026-01-01T00:00:00.000000Z"}
""")
    terminal.advance("60s")
    assert renewals(found())["default/own"] == "00:00"
    terminal.ok("kubectl delete lease own")
    terminal.advance("60s")
    assert "default/own" not in found()


def test_a_node_that_goes_takes_its_lease_along_and_a_new_one_has_what_its_kubelet_makes(terminal, found):
    terminal.ok("kubectl sim node add")
    assert terminal.ok("kubectl get csinodes -o name").split() == [
        "csinode.storage.k8s.io/minikube", "csinode.storage.k8s.io/minikube-m02"]
    terminal.ok("kubectl delete node minikube-m02")
    terminal.advance("60s")
    assert "kube-node-lease/minikube-m02" not in found()
