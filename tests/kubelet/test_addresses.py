"""The addresses of pods: each node's network has 253 of them, from .2 to .254 of its /24."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.addresses import Addresses


class Notes:
    """Stands for the loop that keeps notes."""

    def __init__(self):
        self.kept = {}

    def noted(self, key):
        return self.kept.get(key, {})

    def keep(self, key, note):
        self.kept[key] = note


class Nothing:
    def items(self, resource):
        return []


def pod(name, ip=None, **status):
    return {"metadata": {"name": name, "namespace": "default"}, "spec": {},
            "status": {**status, **({"podIP": ip} if ip else {})}}


NODE = {"metadata": {"name": "a"}, "spec": {"podCIDR": "10.244.3.0/24"}, "status": {}}


@pytest.fixture
def addresses():
    return Addresses(Nothing())


def test_a_network_is_used_to_its_end_and_not_beyond(addresses):
    given = [addresses.allocate(NODE, pod(f"p{i}")) for i in range(254)]
    assert given[0] == ["10.244.3.2"]
    assert given[-2:] == [["10.244.3.254"], []]
    assert len(set(map(tuple, given))) == 254


def test_an_address_comes_back_with_the_end_of_its_pod(addresses):
    assert addresses.allocate(NODE, pod("a")) == ["10.244.3.2"]
    addresses.changed(None, pod("a", "10.244.3.2"))
    assert addresses.allocate(NODE, pod("b")) == ["10.244.3.3"]
    addresses.changed(pod("a", "10.244.3.2"), pod("a", "10.244.3.2", phase="Succeeded"))
    assert addresses.allocate(NODE, pod("c")) == ["10.244.3.2"]


def test_who_has_an_address_keeps_it(addresses):
    """A pod that is gone gives back what it holds, not what another has by now."""
    addresses.changed(None, pod("b", "10.244.3.2"))
    addresses.changed(pod("a", "10.244.3.2"), None)
    assert addresses.allocate(NODE, pod("c")) == ["10.244.3.3"]


def test_a_pod_has_one_of_each_of_its_nodes_networks(addresses):
    node = {"metadata": {"name": "a"}, "status": {}, "spec": {"podCIDR": "10.244.3.0/24", "podCIDRs": [
        "10.244.3.0/24", "fd00:10:244:3::/64"]}}
    assert addresses.allocate(node, pod("a")) == ["10.244.3.2", "fd00:10:244:3::2"]
    held = pod("a", "10.244.3.2", podIPs=[{"ip": "10.244.3.2"}, {"ip": "fd00:10:244:3::2"}])
    addresses.changed(None, held)
    assert addresses.allocate(node, pod("b")) == ["10.244.3.3", "fd00:10:244:3::3"]
    addresses.changed(held, None)
    assert addresses.allocate(node, pod("c")) == ["10.244.3.2", "fd00:10:244:3::2"]


def test_turns_go_on_from_where_they_were(addresses):
    """On nodes that run containers: also when the addresses are read again, and round again at the network's end."""
    notes = Notes()
    for name, wanted in (("a", 2), ("b", 3), ("c", 4)):
        assert Addresses(Nothing(), notes).allocate(NODE, pod(name)) == [f"10.244.3.{wanted}"]
    again = Addresses(Nothing(), notes)
    again.changed(None, pod("c", "10.244.3.2"))
    given = [again.allocate(NODE, pod(f"p{i}")) for i in range(253)]
    assert given[0] == ["10.244.3.5"] and given[249:] == [["10.244.3.254"], ["10.244.3.3"], ["10.244.3.4"], []]
    other = {**NODE, "metadata": {"name": "b"}}
    assert Addresses(Nothing(), notes).allocate(other, pod("x")) == ["10.244.3.2"]


def test_a_node_that_comes_again_begins_anew(terminal):
    """Nothing is kept of a node that is gone; kwok's nodes give the first address that is free."""
    def address():
        terminal.ok("kubectl run a --image=nginx")
        terminal.advance("10s")
        found = terminal.ok("kubectl get pod a -o jsonpath={.status.podIP}")
        terminal.ok("kubectl delete pod a --now")
        terminal.advance("10s")
        return found

    for _ in range(2):
        terminal.ok("kubectl sim node add two")
        terminal.ok("kubectl cordon minikube")
        assert [address(), address()] == ["10.244.1.2", "10.244.1.3"]
        terminal.ok("kubectl sim node remove two")
    terminal.ok("kubectl sim reset --kubelet stub --bare")
    assert address() == address()
