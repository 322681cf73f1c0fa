"""The objects of a fresh cluster: those of the API server itself and, unless it is bare, those of its maker."""

from __future__ import annotations

from ..apiserver.bootstrap import objects
from ..helpers.nodes import node_object
from ..machinery.entropy import Entropy
from ..machinery.objects import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.server import Server
    from ..machinery.types import Object


def make(server: Server, nodes: int, bare: bool, kind: Object | None) -> None:
    """Write them into the store of a server that has none: a cluster of kind's, or a minikube with so many nodes."""
    if kind:
        from ..helpers.kindnodes import kind_nodes

        made = kind_nodes(kind, server.release, server.now, server.cluster_cidr)
    elif server.chosen_cluster_cidr:
        from ..helpers.nodenetworks import minikube_node

        made = [minikube_node(i, server.release, server.now, server.chosen_cluster_cidr) for i in range(nodes)]
    else:
        made = [node_object(i, server.release, server.now) for i in range(nodes)]
    if not bare:
        from . import kubesystem

        first, others = kubesystem.images(server.release, made)
        for i, node in enumerate(made):
            node["status"]["images"] = others if i else first
    for resource, obj in objects(server.release, server.now, made, server.entropy.uid, server.service_ranges):
        server.store.put("ADDED", resource, key_of(obj), obj)
    if not bare:
        kubesystem.KubeSystem(server.trusted, server.store, Entropy({
            "seed": f"{server.entropy.state['seed']}/kube-system", "count": 0}), kind or {}).make()
