"""The networks of nodes where it was said which they are: kube-controller-manager's --cluster-cidr.

Each node gets one subnet of each range (pkg/controller/nodeipam/ipam, with the default masks), and its machine has an
address of each family.
"""

from __future__ import annotations

from .nodes import address_of, node_object, number_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object, Release

_MINIKUBE = {4: "192.168.49.2", 6: "fd00:192:168:49::2"}
_MASKS = {4: 24, 6: 64}


def subnets(cidrs: str, index: int) -> list[str]:
    """Return the subnets of node number `index`."""
    found = []
    for cidr in cidrs.split(","):
        base, version = cidr.partition("/")[0], 6 if ":" in cidr else 4
        size = (128 if version == 6 else 32) - _MASKS[version]
        found.append(f"{address_of(number_of(base) + (index << size))}/{_MASKS[version]}")
    return found


def addresses(cidrs: str, firsts: dict[int, str], index: int) -> list[str]:
    """Return the InternalIPs of node number `index`; `firsts`: those of the first one by the version of IP."""
    return [address_of(number_of(firsts[6 if ":" in cidr else 4]) + index) for cidr in cidrs.split(",")]


def give(node: Object, cidrs: str, index: int) -> None:
    """Set the subnets of node number `index`, in place."""
    found = subnets(cidrs, index)
    node["spec"].update(podCIDR=found[0], podCIDRs=found)


def minikube_node(index: int, release: Release, now: float, cidrs: str, name: str = "") -> Object:
    """Return what helpers.nodes.node_object does, with networks of these ranges where there are any."""
    if not cidrs:
        return node_object(index, release, now, name)
    node = node_object(index, release, now, name, addresses(cidrs, _MINIKUBE, index))
    give(node, cidrs, index)
    return node
