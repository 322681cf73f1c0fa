"""The addresses of pods: each node's network has 253 of them, from .2 to .254 of its /24."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.addresses import Addresses


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
