"""The machines of a cluster's nodes: new ones, ones that go, and what is said of their memory and disks."""

from __future__ import annotations

from ..apiserver.authorization import MASTERS
from ..apiserver.bootstrap import of_kubelet
from ..apiserver.client import Client
from ..apiserver.settings import check_subnets
from ..helpers.kindnodes import another
from ..helpers.nodenetworks import minikube_node
from ..helpers.nodes import PRESSURE, PRESSURE_PODS, STOPPED, TUNNEL, internal_ip, node_name
from ..machinery import timestamps
from ..machinery.objects import clone
from ..releases.makers import maker_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cluster import Cluster

SHORT_OF = ("memory", "disk", "pid")


def annotate(cluster: Cluster, name: str, annotations: dict[str, str | None]) -> None:
    """Set or drop (None) annotations of a node. Raises StatusError."""
    cluster.client.patch("nodes", name, {"metadata": {"annotations": annotations}}, "merge")


def stop(cluster: Cluster, name: str) -> None:
    """Stop a node's machine; raises StatusError."""
    annotate(cluster, name, {STOPPED: timestamps.format(cluster.now)})


def start(cluster: Cluster, name: str) -> None:
    """Start a machine that was stopped; raises StatusError."""
    annotate(cluster, name, {STOPPED: None})


def add(cluster: Cluster, name: str = "", labels: dict[str, str] | None = None,
        resources: dict[str, str] | None = None) -> str:
    """Have one node more, called minikube-mNN, or as kind's workers, where no name is given; return its name.

    Raises StatusError, and ValueError where there is no subnet for it.

    `resources` are those that it has otherwise than other nodes: cpu, memory, pods ...
    """
    there = cluster.client.items("nodes")
    server = cluster.server
    node = (another(there, server.release, cluster.now, server.cluster_cidr, name) if maker_of(there).kind
            else _minikube(there, cluster, name))
    check_subnets(node["spec"].get("podCIDRs") or [], server.cluster_cidr, server.service_ranges.cidr)
    node["metadata"]["labels"].update(labels or {})
    for table in ("capacity", "allocatable"):
        node["status"][table].update(resources or {})
    who = {"username": f"system:node:{node['metadata']['name']}", "groups": [MASTERS]}
    Client(server, who).create("nodes", node, dry_run=True)  # whose names and quantities are looked at
    made = cluster.client.create("nodes", node)
    for resource, obj in of_kubelet(made, cluster.now, server.release):
        cluster.client.create(resource, obj, obj["metadata"].get("namespace", ""))
    return str(node["metadata"]["name"])


def _minikube(there: list[Object], cluster: Cluster, name: str) -> Object:
    names, addresses = {node["metadata"]["name"] for node in there}, {internal_ip(node) for node in there}
    index = 1
    while True:
        node = minikube_node(index, cluster.server.release, cluster.now, cluster.server.chosen_cluster_cidr, name)
        if internal_ip(node) not in addresses and (name or node_name(index) not in names):
            return node
        index += 1


def equip(cluster: Cluster, resources: dict[str, str]) -> None:
    """Have all nodes have so much of cpu, memory ... ; raises StatusError."""
    for node in cluster.client.items("nodes"):
        node = clone(node)
        for table in ("capacity", "allocatable"):
            node["status"][table].update(resources)
        cluster.client.update_status("nodes", node)


def tunnel(cluster: Cluster, state: str | None) -> None:
    """Have Services of type LoadBalancer get addresses from now on, or no more (None). Raises StatusError."""
    annotate(cluster, cluster.client.items("nodes")[0]["metadata"]["name"], {TUNNEL: state})


def remove(cluster: Cluster, name: str) -> None:
    """Take a node away, and its machine; its pods are gone when the cluster has noticed. Raises StatusError."""
    cluster.client.delete("nodes", name)


def press(cluster: Cluster, name: str, resources: tuple[str, ...], pods: int | None = None) -> None:
    """Say what of SHORT_OF a node is short of, nothing included; `pods`: how many of them have to go until it is not.

    Raises StatusError.
    """
    annotate(cluster, name, {PRESSURE: ",".join(resources) or None,
                             PRESSURE_PODS: str(pods) if pods is not None and resources else None})
