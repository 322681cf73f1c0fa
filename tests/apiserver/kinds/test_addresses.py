"""Warnings about IPv6 addresses and networks that are not written as programs write them."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.kinds.checks import cidr, ip_address
from kubesim_cli.machinery.objects import clone
from kubesim_cli.releases.gates import GatedRelease

ODD, USUAL = "2001:DB8::1", "2001:db8::1"
NET, USUAL_NET = "2001:DB8::/64", "2001:db8::/64"


def address(path, value=ODD):
    return f'{path}: IPv6 address "{value}" should be in RFC 5952 canonical format ("{USUAL}")'


def network(path):
    return f'{path}: IPv6 CIDR value "{NET}" should be in RFC 5952 canonical format ("{USUAL_NET}")'


@pytest.mark.parametrize(("group", "kind", "obj", "warned"), [
    ("", "Service", {"spec": {"clusterIPs": [ODD], "clusterIP": ODD, "type": "LoadBalancer", "loadBalancerIP": ODD,
                              "loadBalancerSourceRanges": [NET, USUAL_NET, "10.0.0.0/8"], "ports": [{"port": 1}]}},
     [address("spec.clusterIPs[0]"), address("spec.loadBalancerIP"), network("spec.loadBalancerSourceRanges[0]")]),
    ("", "Service", {"spec": {"externalIPs": [USUAL, "2001:db8:0::1", "10.0.0.1"], "ports": [{"port": 1}]}},
     [address("spec.externalIPs[1]", "2001:db8:0::1"),
      "spec.externalIPs is deprecated and may no longer be implemented in some clusters"]),
    ("", "Node", {"spec": {"podCIDRs": [NET]}}, [network("spec.podCIDRs[0]")]),
    ("", "Endpoints", {"subsets": [{"addresses": [{"ip": USUAL}, {"ip": ODD}], "notReadyAddresses": [{"ip": ODD}]}]},
     [address("subsets[0].addresses[1].ip"), address("subsets[0].notReadyAddresses[0].ip")]),
    ("", "Endpoints", {"metadata": {"labels": {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}},
                       "subsets": [{"addresses": [{"ip": ODD}]}]}, []),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "IPv6", "endpoints": [{"addresses": [ODD]}]},
     [address("endpoints[0].addresses[0]")]),
    ("discovery.k8s.io", "EndpointSlice", {"metadata": {"labels": {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}}, "addressType": "IPv6",
        "endpoints": [{"addresses": [ODD]}]}, []),
    ("networking.k8s.io", "NetworkPolicy", {"spec": {
        "ingress": [{"from": [{"ipBlock": {"cidr": NET, "except": [NET]}}, {"podSelector": {}}]}],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}, {"ipBlock": {"cidr": NET}}]}, {}]}},
     [network("spec.ingress[0].from[0].ipBlock.cidr"), network("spec.ingress[0].from[0].ipBlock.except[0]"),
      network("spec.egress[0].to[1].ipBlock.cidr")])])
def test_what_is_written_oddly(desk, group, kind, obj, warned):
    for release in ((1, 36), (1, 32)):
        there, made = desk(group, kind, release), {"metadata": {}, **clone(obj)}
        there.kind.default(made, there.ctx)
        found = there.kind.warnings(made, None, there.ctx)
        assert found == (warned if release == (1, 36) else [
            text.replace("CIDR value", "prefix").replace("should be in", "is not in")
            + ", which may cause controller apply-loops" for text in warned if kind == "Service" and "RFC" in text])


LATER = "was accepted, but will be invalid in a future Kubernetes release"
ZERO = "IPv4 field has octet with leading zero"
LOOSE, STRICT = [(1, 28), (1, 32), (1, 35)], [(1, 36), GatedRelease.of((1, 34), {"StrictIPCIDRValidation": True})]


@pytest.mark.parametrize(("value", "wrong", "newer", "older"), [
    ("010.96.0.50", "must not have leading 0s", 'non-standard IP address "010.96.0.50" is invalid: use "10.96.0.50"',
     f'IP address {LATER}: ParseAddr("010.96.0.50"): {ZERO}'),
    ("::ffff:10.0.0.1", "must not be an IPv4-mapped IPv6 address",
     'non-standard IP address "::ffff:10.0.0.1" is invalid: use "10.0.0.1"', "")])
def test_an_address_that_others_may_read_otherwise(desk, value, wrong, newer, older):
    obj = {"metadata": {}, "spec": {"type": "LoadBalancer", "loadBalancerIP": value, "clusterIP": "10.96.0.1",
                                    "clusterIPs": ["10.96.0.1"], "ports": [{"port": 1}]}}
    for release in (*LOOSE, *STRICT):
        assert [str(each) for each in ip_address("at", value, release)] == (
            [] if release in LOOSE else [f'at: Invalid value: "{value}": {wrong}'])
        there = desk("", "Service", release)
        found = there.kind.warnings(there.kind.default(made := clone(obj), there.ctx) or made, None, there.ctx)
        text = newer if release >= (1, 33) else older
        assert found == ([f"spec.loadBalancerIP: {text}"] if text else [])
    assert ip_address("at", value, (1, 36), [value]) == []


@pytest.mark.parametrize(("value", "wrong", "newer", "older"), [
    ("010.0.0.0/8", "must not have leading 0s in IP or prefix length",
     ['non-standard CIDR value "010.0.0.0/8" is invalid: use "10.0.0.0/8"'],
     [f'IP prefix {LATER}: netip.ParsePrefix("010.0.0.0/8"): ParseAddr("010.0.0.0"): {ZERO}']),
    ("10.0.0.1/8", "must not have bits set beyond the prefix length",
     ['CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)'], []),
    ("::ffff:10.0.0.0/120", "must not have an IPv4-mapped IPv6 address", None, None)])
def test_a_network_that_others_may_read_otherwise(desk, value, wrong, newer, older):
    assert wrong in str(cidr("at", value, (1, 36))[0])
    assert cidr("at", value, (1, 35)) == cidr("at", value, (1, 36), [value]) == []
    spec = {"type": "LoadBalancer", "loadBalancerSourceRanges": [value], "ports": [{"port": 1}]}
    obj = {"metadata": {}, "spec": spec}
    for release, expected in (((1, 35), newer), ((1, 32), older)):
        there, made = desk("", "Service", release), clone(obj)
        there.kind.default(made, there.ctx)
        found = there.kind.warnings(made, None, there.ctx)
        assert expected is None or found == [f"spec.loadBalancerSourceRanges[0]: {text}" for text in expected]


def test_what_is_no_address_in_any_release():
    for release in ((1, 28), (1, 36)):
        for value in ("", "1.2.3", "1.2.3.256", "1.2.3.x", "::1%eth0", "10.0.0.0/8", f"{'9' * 5000}.1.1.1"):
            assert ip_address("at", value, release)
        for value in ("", "10.0.0.0", "10.0.0.0/33", "::/x", "10.0.0/8", f"{'9' * 5000}.1.1.1/8",
                      f"10.0.0.0/{'9' * 5000}"):
            assert cidr("at", value, release)
