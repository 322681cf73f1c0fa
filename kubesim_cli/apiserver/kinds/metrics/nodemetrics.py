"""NodeMetrics, which are worked out from the pods of each node."""

from __future__ import annotations

from ....machinery import errors
from ... import metrics
from ..base import NAME, Column, Kind
from .podmetrics import WINDOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ...client import Client


class NodeMetrics(Kind):
    columns = (NAME,
               Column("cpu", lambda obj, ctx: obj["usage"].get("cpu", "0"), format="quantity"),
               Column("memory", lambda obj, ctx: obj["usage"].get("memory", "0"), format="quantity"),
               WINDOW)
    computed = True

    def serve_get(self, client: Client, namespace: str, name: str) -> Object:
        node = client.get("nodes", name)
        pods = [pod for pod in client.items("pods") if pod["spec"].get("nodeName") == name]
        found = metrics.node_metrics(node, pods, client)
        if found is None:
            raise errors.not_found(f"nodemetrics.{metrics.GROUP}", name)
        return found

    def serve_list(self, client: Client, namespace: str) -> list[Object]:
        placed: dict[str, list[Object]] = {}
        for pod in client.items("pods"):
            placed.setdefault(pod["spec"].get("nodeName", ""), []).append(pod)
        measured = (metrics.node_metrics(node, placed.get(node["metadata"]["name"], []), client)
                    for node in client.items("nodes"))
        return [found for found in measured if found is not None]


KIND = NodeMetrics()
