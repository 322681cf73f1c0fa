"""PodMetrics, which are worked out from the pods."""

from __future__ import annotations

from ....machinery import errors, quantity
from ... import metrics
from ..base import Column, Context, Kind
from ..columns import NAME

COLUMNS = (NAME, Column("cpu", format="quantity"), Column("memory", format="quantity"),
           Column("Window", format="duration"))


def cells_of(obj: dict, usage: dict) -> list:
    """Return the cells of `COLUMNS` for metrics with that usage in all."""
    return [obj["metadata"]["name"], usage.get("cpu", "0"), usage.get("memory", "0"), obj["window"]]


class PodMetrics(Kind):
    columns = COLUMNS
    computed = True

    def cells(self, obj: dict, ctx: Context) -> list:
        return cells_of(obj, quantity.total(container["usage"] for container in obj["containers"]))

    def serve_get(self, client, namespace: str, name: str) -> dict:
        pod = client.get("pods", name, namespace)
        found = metrics.pod_metrics(pod, client.now)
        if found is None:
            raise errors.not_found(f"podmetrics.{metrics.GROUP}", f"{namespace}/{name}")
        return found

    def serve_list(self, client, namespace: str) -> list[dict]:
        measured = (metrics.pod_metrics(pod, client.now) for pod in client.items("pods", namespace))
        return [found for found in measured if found is not None]


KIND = PodMetrics()
