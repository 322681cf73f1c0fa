"""The kinds of networking.k8s.io: what is wrong with each, in the server's words and order."""

import pytest

GROUP = "networking.k8s.io"


@pytest.mark.parametrize("spec,expected", [
    ({"podSelector": {"matchLabels": {"a b": "c"}}}, [
        'spec.podSelector.matchLabels: Invalid value: "a b": name part must consist...']),
    ({"ingress": [{"ports": [{"protocol": "ICMP", "port": 1}, {"endPort": 5}, {"port": 10, "endPort": 5},
                             {"port": 10, "endPort": 70000}, {"port": "http", "endPort": 5},
                             {"port": "Not Good"}]}]}, [
        'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"',
        "spec.ingress[0].ports[1].endPort: Invalid value: 5: may not be specified when `port` is not specified",
        "spec.ingress[0].ports[2].endPort: Invalid value: 10: must be greater than or equal to `port`",
        "spec.ingress[0].ports[3].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
        "spec.ingress[0].ports[4].endPort: Invalid value: 5: may not be specified when `port` is non-numeric",
        'spec.ingress[0].ports[5].port: Invalid value: "Not Good": must contain only alpha-numeric characters (a-z, '
        '0-9), and hyphens (-)']),
    ({"ingress": [{"from": [{}, {"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}},
                            {"namespaceSelector": {"matchLabels": {"a": "b c"}}}]}]}, [
        "spec.ingress[0].from[0]: Required value: must specify a peer",
        "spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer",
        'spec.ingress[0].from[2].namespaceSelector.matchLabels: Invalid value: "b c": a valid label must...']),
    ({"egress": [{"to": [{"ipBlock": {}}, {"ipBlock": {"cidr": "10.0.0.0/33"}},
                         {"ipBlock": {"cidr": "10.0.0.0/8",
                                      "except": ["x", "10.0.0.0/8", "11.0.0.0/16", "fd00::/64",
                                                 "10.1.0.0/16"]}}]}]}, [
        "spec.egress[0].to[0].ipBlock.cidr: Required value",
        'spec.egress[0].to[1].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. '
        '10.9.8.0/24 or 2001:db8::/64)',
        'spec.egress[0].to[2].ipBlock.except[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 '
        'or 2001:db8::/64)',
        'spec.egress[0].to[2].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
        'spec.egress[0].to[2].ipBlock.except[2]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
        'spec.egress[0].to[2].ipBlock.except[3]: Invalid value: "fd00::/64": must be a strict subset of `cidr`']),
    ({"policyTypes": ["Ingress", "Egress", "Both"]}, [
        'spec.policyTypes: Invalid value: ["Ingress","Egress","Both"]: may not specify more than two policyTypes']),
    ({"policyTypes": ["Both"]}, [
        'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"']),
])
def test_what_is_wrong_with_a_policy(desk, fits, spec, expected):
    found = desk(GROUP, "NetworkPolicy").errors({"spec": spec})
    assert fits(found, expected), found


def test_ports_up_to_themselves(desk):
    ports = [{"port": 10, "endPort": 10}, {"port": "http"}, {"protocol": "SCTP"}]
    assert desk(GROUP, "NetworkPolicy").errors({"spec": {"ingress": [{"ports": ports}], "policyTypes": [
        "Ingress", "Egress"]}}) == []


def test_controllers_are_short(desk):
    assert desk(GROUP, "IngressClass").errors({"spec": {"controller": "a.b/" + "c" * 246}}) == []
    assert desk(GROUP, "IngressClass").errors({"spec": {"controller": "a.b/" + "c" * 247}}) == [
        "spec.controller: Too long: may not be more than 250 bytes"]


def test_a_block_that_was_there_before_stays(desk):
    policies = desk(GROUP, "NetworkPolicy")
    old = policies.new({"spec": {"ingress": [{"from": [{"ipBlock": {"cidr": "10.00.0.0/8"}}]}]}})
    assert policies.errors({"spec": old["spec"]}) != []
    assert policies.change(old) == []


@pytest.mark.parametrize("kind,obj,expected", [
    ("ServiceCIDR", {"spec": {}}, ["spec.cidrs: Required value: at least one CIDR required"]),
    ("ServiceCIDR", {"spec": {"cidrs": ["10.0.0.0/8", "11.0.0.0/8"]}}, [
        'spec.cidrs: Invalid value: ["10.0.0.0/8","11.0.0.0/8"]: may specify no more than one IP for each IP family, '
        "i.e 192.168.0.0/24 and 2001:db8::/64"]),
    ("ServiceCIDR", {"spec": {"cidrs": ["2001:DB8::/64"]}}, [
        'spec.cidrs[0]: Invalid value: "2001:DB8::/64": must be in canonical form ("2001:db8::/64")']),
    ("IPAddress", {"spec": {}}, ["spec.parentRef: Required value"]),
    ("IPAddress", {"spec": {"parentRef": {"group": "A", "resource": "a/b", "namespace": ".."}}}, [
        'spec.parentRef.group: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        """spec.parentRef.resource: Invalid value: "a/b": may not contain '/'""", "spec.parentRef.name: Required value",
        """spec.parentRef.namespace: Invalid value: "..": may not be '..'"""]),
    ("ServiceCIDR", {"spec": {"cidrs": ["10.0.0.0/8", "x"]}}, [
        'spec.cidrs[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']),
    ("IngressClass", {"spec": {"controller": "nope"}}, [
        'spec.controller: Invalid value: "nope": must be a domain-prefixed path (such as "acme.io/foo")']),
    ("IngressClass",
     {"spec": {"controller": "a.b/c", "parameters": {"kind": "", "name": "", "scope": "Namespace"}}}, [
        "spec.parameters.kind: Required value",
        "spec.parameters.name: Required value",
        "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]),
    ("IngressClass", {"spec": {"controller": "a.b/c",
               "parameters": {"kind": "K", "name": "n", "scope": "Odd", "apiGroup": "A"}}}, [
        'spec.parameters.apiGroup: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'spec.parameters.scope: Unsupported value: "Odd": supported values: "Cluster", "Namespace"']),
    ("IngressClass", {"spec": {"controller": "a.b/c",
               "parameters": {"kind": "K", "name": "n", "scope": "Cluster", "namespace": "x"}}}, [
        "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]),
])
def test_what_is_wrong(desk, fits, kind, obj, expected):
    found = desk(GROUP, kind).errors(obj)
    assert fits(found, expected), found


def test_rows(desk):
    ranges, addresses, classes = desk(GROUP, "ServiceCIDR"), desk(GROUP, "IPAddress"), desk(GROUP, "IngressClass")
    made = ranges.new({"spec": {"cidrs": ["10.0.0.0/8", "fd00::/64"]}})
    assert (ranges.row(made), made["status"]) == (["web", "10.0.0.0/8,fd00::/64", "2m"], {})
    ref = {"group": "gateway.networking.k8s.io", "resource": "Gateways", "namespace": "n", "name": "g"}
    assert addresses.row(addresses.new({"spec": {"parentRef": ref}})) == [
        "web", "gateways.gateway.networking.k8s.io/n/g"]
    assert addresses.row(addresses.new({"spec": {"parentRef": {"resource": "services", "name": "s"}}})) == [
        "web", "services/s"]
    assert addresses.row(addresses.new({})) == ["web", "<none>"]
    made = classes.new({"metadata": {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
                        "spec": {"controller": "a.b/c", "parameters": {"apiGroup": "g.org", "kind": "K", "name": "n"}}})
    assert classes.row(made) == ["web (default)", "a.b/c", "K.g.org/n", "2m"]


@pytest.mark.parametrize("before,now,refused", [
    (["10.0.0.0/8"], ["10.0.0.0/8", "fd00::/64"], []),
    (["10.0.0.0/8"], ["11.0.0.0/8"], ['spec.cidrs[0]: Invalid value: "11.0.0.0/8": field is immutable']),
    (["10.0.0.0/8", "fd00::/64"], ["10.0.0.0/8"], ['spec.cidrs: Invalid value: ["10.0.0.0/8"]: field is immutable'])])
def test_a_range_gets_at_most_another_family(desk, before, now, refused):
    ranges = desk(GROUP, "ServiceCIDR")
    assert ranges.change(ranges.new({"spec": {"cidrs": before}}), cidrs=now) == refused


def test_what_an_address_belongs_to_stays(desk):
    addresses = desk(GROUP, "IPAddress")
    old = addresses.new({"spec": {"parentRef": {"resource": "services", "name": "s"}}})
    assert addresses.change(old) == []
    assert addresses.change(old, parentRef={"resource": "services", "name": "t"}) == [
        'spec.parentRef: Invalid value: {"resource":"services","name":"t"}: field is immutable']
