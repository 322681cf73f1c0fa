"""What NetworkPolicies let through (staging/src/k8s.io/api/networking/v1, NetworkPolicySpec).

A pod that no policy selects for a direction may be reached, and may reach, as it likes; one that some select may what
one of them allows.
"""

from __future__ import annotations

from ...helpers.nodes import number_of
from ...machinery import selectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .view import View

POLICIES = "networkpolicies.networking.k8s.io"


def allows(view: View, source: tuple[Object | None, str], target: tuple[Object | None, str], port: int,
           protocol: str = "TCP") -> bool:
    """Tell whether a connection is let through; `source` and `target`: (pod, None where it is none; address).

    The node that a pod runs on, and so its kubelet, always reaches it.
    """
    from_pod, from_address = source
    to_pod = target[0]
    if from_pod is not None and to_pod is not None and from_pod["metadata"]["uid"] == to_pod["metadata"]["uid"]:
        return True
    if from_pod is not None and not _allowed(view, from_pod, "Egress", target, port, protocol):
        return False
    return to_pod is None or from_address == (to_pod.get("status") or {}).get("hostIP") or _allowed(
        view, to_pod, "Ingress", source, port, protocol)


def _allowed(view: View, pod: Object, direction: str, other: tuple[Object | None, str], port: int,
             protocol: str) -> bool:
    namespace = pod["metadata"]["namespace"]
    concerned = False
    rules, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    for policy in view.api.items(POLICIES, namespace):
        spec = policy["spec"]
        types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
        if direction not in types or not _selects(spec.get("podSelector"), pod):
            continue
        concerned = True
        for rule in spec.get(rules) or ():
            target = pod if direction == "Ingress" else other[0]
            if _port(rule.get("ports"), target, port, protocol) and _peer(view, rule.get(peers), namespace, other):
                return True
    return not concerned


def _selects(selector: Object | None, obj: Object) -> bool:
    return selectors.selector_matches(selector or {}, obj["metadata"].get("labels"))


def _port(ports: list[Object] | None, pod: Object | None, port: int, protocol: str) -> bool:
    if not ports:
        return True
    for each in ports:
        if (each.get("protocol") or "TCP") != protocol:
            continue
        first = each.get("port")
        if isinstance(first, str):
            first = _named(pod, first, protocol)
            if first is None:
                continue
        if first is None or int(first) <= port <= int(each.get("endPort") or first):
            return True
    return False


def _named(pod: Object | None, name: str, protocol: str) -> int | None:
    for container in pod["spec"]["containers"] if pod is not None else ():
        for port in container.get("ports") or ():
            if port.get("name") == name and (port.get("protocol") or "TCP") == protocol:
                return int(port["containerPort"])
    return None


def _peer(view: View, peers: list[Object] | None, namespace: str, other: tuple[Object | None, str]) -> bool:
    if not peers:
        return True
    pod, address = other
    for peer in peers:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            if _within(address, block["cidr"]) and not any(_within(address, each)
                                                           for each in block.get("except") or ()):
                return True
            continue
        if pod is None:
            continue
        where = pod["metadata"]["namespace"]
        if peer.get("namespaceSelector") is not None:
            space = view.api.find("namespaces", where)
            if space is None or not _selects(peer["namespaceSelector"], space):
                continue
        elif where != namespace:
            continue
        if peer.get("podSelector") is None or _selects(peer["podSelector"], pod):
            return True
    return False


def _within(address: str, cidr: str) -> bool:
    base, _, bits = cidr.partition("/")
    if ":" in base or ":" in address:
        return False
    shift = 32 - int(bits or 32)
    return number_of(address) >> shift == number_of(base) >> shift
