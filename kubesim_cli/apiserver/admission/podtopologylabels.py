"""PodTopologyLabels: a pod has its node's zone and region among its labels; a Binding hands them on."""

from __future__ import annotations

from ...machinery.wellknown import LABEL_TOPOLOGY_REGION, LABEL_TOPOLOGY_ZONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..client import Client
    from .attributes import Attributes

_LABELS = (LABEL_TOPOLOGY_ZONE, LABEL_TOPOLOGY_REGION)


def mutate(a: Attributes) -> None:
    """Label a pod that is made for a node."""
    node = a.obj["spec"].get("nodeName")
    if node and a.operation == "CREATE" and not a.subresource:
        found = labels_of(a.ctx.client, node)
        if found:
            meta = a.obj["metadata"]
            meta["labels"] = {**(meta.get("labels") or {}), **found}


def labels_of(client: Client, node: str) -> dict[str, str]:
    """Return what pods get of the labels of a node, nothing where there is none of that name."""
    found = client.find("nodes", node) or {}
    labels = (found.get("metadata") or {}).get("labels") or {}
    return {key: labels[key] for key in _LABELS if key in labels}
