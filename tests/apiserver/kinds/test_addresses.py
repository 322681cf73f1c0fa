"""Warnings about IPv6 addresses and networks that are not written as programs write them."""

from __future__ import annotations

import pytest

from kubesim_cli.machinery.objects import clone

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
        assert there.kind.warnings(made, None, there.ctx) == (warned if release == (1, 36) else [])
