"""NodeMetrics, which are worked out from the pods of each node."""

from __future__ import annotations

from ....machinery import errors
from ... import metrics
from ..base import Context, Kind
from .podmetrics import COLUMNS, cells_of


class NodeMetrics(Kind):
    columns = COLUMNS
    computed = True

    def cells(self, obj: dict, ctx: Context) -> list:
        return cells_of(obj, obj["usage"])

    def serve_get(self, client, namespace: str, name: str) -> dict:
        node = client.get("nodes", name)
        pods = [pod for pod in client.items("pods") if pod["spec"].get("nodeName") == name]
        found = metrics.node_metrics(node, pods, client.now)
        if found is None:
            raise errors.not_found(f"nodemetrics.{metrics.GROUP}", name)
        return found

    def serve_list(self, client, namespace: str) -> list[dict]:
        placed: dict[str, list[dict]] = {}
        for pod in client.items("pods"):
            placed.setdefault(pod["spec"].get("nodeName", ""), []).append(pod)
        measured = (metrics.node_metrics(node, placed.get(node["metadata"]["name"], []), client.now)
                    for node in client.items("nodes"))
        return [found for found in measured if found is not None]


KIND = NodeMetrics()
