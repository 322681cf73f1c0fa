"""PodMetrics, which are worked out from the pods."""

from __future__ import annotations

from ....machinery import errors, quantity
from ... import metrics
from ..base import NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ...client import Client

WINDOW = Column("Window", lambda obj, ctx: obj["window"], format="duration")


def _used(obj: Object, resource: str) -> str:
    return quantity.total(container["usage"] for container in obj["containers"]).get(resource, "0")


class PodMetrics(Kind):
    columns = (NAME,
               Column("cpu", lambda obj, ctx: _used(obj, "cpu"), format="quantity"),
               Column("memory", lambda obj, ctx: _used(obj, "memory"), format="quantity"),
               WINDOW)
    computed = True

    def serve_get(self, client: Client, namespace: str, name: str) -> Object:
        pod = client.get("pods", name, namespace)
        found = metrics.pod_metrics(pod, client)
        if found is None:
            raise errors.not_found(f"podmetrics.{metrics.GROUP}", f"{namespace}/{name}")
        return found

    def serve_list(self, client: Client, namespace: str) -> list[Object]:
        measured = (metrics.pod_metrics(pod, client) for pod in client.items("pods", namespace))
        return [found for found in measured if found is not None]


KIND = PodMetrics()
