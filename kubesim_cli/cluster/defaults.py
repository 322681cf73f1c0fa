"""The objects of a fresh cluster: those of the API server itself and, unless it is bare, those of minikube."""

from __future__ import annotations

from ..apiserver.bootstrap import objects
from ..helpers.nodes import node_object
from ..machinery.entropy import Entropy
from ..machinery.objects import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.server import Server


def make(server: Server, nodes: int, bare: bool) -> None:
    """Write them into the store of a server that has none, with so many nodes."""
    made = [node_object(i, server.release, server.now) for i in range(nodes)]
    if not bare:
        from . import kubesystem

        first, others = kubesystem.images(server.release, nodes)
        for i, node in enumerate(made):
            node["status"]["images"] = others if i else first
    for resource, obj in objects(server.release, server.now, made, server.entropy.uid, server.service_ranges):
        server.store.put("ADDED", resource, key_of(obj), obj)
    if not bare:
        kubesystem.KubeSystem(server.trusted, server.store, Entropy({
            "seed": f"{server.entropy.state['seed']}/kube-system", "count": 0})).make()
