"""How many replicas a resource metric asks for.

Kubernetes: pkg/controller/podautoscaler/replica_calculator.go and metrics/client.go.
"""

from __future__ import annotations

import math

from ..apiserver.metrics import WINDOW
from ..go import duration
from ..machinery import conditions, quantity, selectors, timestamps
from ..machinery.errors import StatusError
from . import pods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

METRICS = "pods.v1beta1.metrics.k8s.io"
TOLERANCE = 0.1  # of the ratio of usage and target
INITIALIZATION = 300.0    # seconds after a pod's start for which its CPU counts only once it was ready for a window
INITIAL_READINESS = 30.0  # seconds after its start; who was never ready since does not count at all


def replicas(api: Client, namespace: str, selector: str, source: Object, current: int) -> tuple[int, Object]:
    """Return (replicas, MetricValueStatus) for the pods that `selector` selects, `current` in number.

    `source` is a ResourceMetricSource or ContainerResourceMetricSource. Raises ValueError where metrics are missing.
    """
    resource, target, container = source["name"], source["target"], source.get("container", "")
    try:
        used, measured_at = _usage(api, namespace, selector, resource, container)
    except ValueError as error:
        raise ValueError(f"unable to get metrics for resource {resource}: {error}") from None
    wanted = selectors.parse(selector)
    mine = [pod for pod in api.items("pods", namespace) if selectors.matches(wanted, pod["metadata"].get("labels"))]
    if not mine:
        raise ValueError("no pods returned by selector while calculating replica count")
    ready, unready, missing = _grouped(mine, measured_at, resource, api.now)
    measured = {name: used[name] for name in ready}
    if not measured:
        raise ValueError("did not receive metrics for targeted pods (pods might be unready)")
    scale = _Value(resource, target) if target.get("averageValue") is not None else _Utilization(
        resource, target, {pod["metadata"]["name"]: _request(pod, resource, container) for pod in mine})
    ratio, status = scale.weigh(measured)
    if not missing and not (unready and ratio > 1):
        return current if _tolerable(ratio) else math.ceil(ratio * len(measured)), status
    guessed = {}
    if ratio < 1:  # pods without metrics count as busy when fewer are asked for, as idle when more are
        guessed = {name: scale.busy(name) for name in missing}
    elif ratio > 1:
        guessed = dict.fromkeys(missing + unready, 0)
    again, _ = scale.weigh({**measured, **guessed})
    count = math.ceil(again * (len(measured) + len(guessed)))
    if _tolerable(again) or (again < 1) != (ratio < 1) or (count > current if again < 1 else count < current):
        return current, status
    return count, status


def settling(api: Client, namespace: str) -> bool:
    """Tell whether there are pods that have just become ready, so that their CPU does not count yet."""
    for pod in api.items("pods", namespace):
        ready = conditions.find((pod.get("status") or {}).get("conditions"), "Ready")
        if ready and ready["status"] == "True" and api.now - timestamps.parse(ready["lastTransitionTime"]) < 2 * WINDOW:
            return True
    return False


def _tolerable(ratio: float) -> bool:
    return 1 - TOLERANCE <= ratio <= 1 + TOLERANCE


def _usage(api: Client, namespace: str, selector: str, resource: str,
           container: str) -> tuple[dict[str, int], dict[str, float]]:
    """Return what each pod, or its container of that name, uses, in thousandths, and when the time that it was measured
    over began. Raises ValueError."""
    try:
        listed = api.list(METRICS, namespace, label_selector=selector)["items"]
    except StatusError as error:
        raise ValueError(f"unable to fetch metrics from resource metrics API: {error.message}") from None
    if not listed:
        raise ValueError("no metrics returned from resource metrics API")
    used, since = {}, {}
    for found in listed:
        usages = [entry["usage"] for entry in found["containers"] if container in ("", entry["name"])]
        if usages and all(resource in usage for usage in usages):
            used[found["metadata"]["name"]] = sum(quantity.milli(usage[resource]) for usage in usages)
            since[found["metadata"]["name"]] = (timestamps.parse(found["timestamp"])
                                                - (duration.parse(found["window"]) if found.get("window") else 0.0))
    return used, since


def _grouped(mine: list[Object], since: dict[str, float], resource: str,
             now: float) -> tuple[list[str], list[str], list[str]]:
    """Return the names of pods that count: with metrics, not ready, without metrics (groupPods).

    `since`: when the time that a pod's metrics tell of began.
    """
    ready: list[str] = []
    unready: list[str] = []
    missing: list[str] = []
    for pod in mine:
        name = pod["metadata"]["name"]
        if "deletionTimestamp" in pod["metadata"] or pods.phase(pod) == "Failed":
            continue
        if pods.phase(pod) == "Pending":
            unready.append(name)
        elif name not in since:
            missing.append(name)
        elif resource == "cpu" and _is_unready(pod, since[name], now):
            unready.append(name)
        else:
            ready.append(name)
    return ready, unready, missing


def _is_unready(pod: Object, since: float, now: float) -> bool:
    ready = conditions.find((pod.get("status") or {}).get("conditions"), "Ready")
    started = pod["status"].get("startTime")
    if ready is None or not started:
        return True
    turned, began = timestamps.parse(ready["lastTransitionTime"]), timestamps.parse(started)
    if began + INITIALIZATION > now:
        return ready["status"] == "False" or since < turned
    return ready["status"] == "False" and began + INITIAL_READINESS > turned


class _Value:
    """A target that is an amount for each pod."""

    def __init__(self, resource: str, target: Object):
        self.resource, self.target = resource, quantity.milli(target["averageValue"])

    def weigh(self, used: dict[str, int]) -> tuple[float, Object]:
        """Return (ratio of usage and target, MetricValueStatus)."""
        average = sum(used.values()) // len(used)
        return average / self.target, {"averageValue": _amount(self.resource, average)}

    def busy(self, name: str) -> int:
        """Return what a pod is taken to use of which nothing is known."""
        return self.target


class _Utilization:
    """A target that is a percentage of what pods request."""

    def __init__(self, resource: str, target: Object, requests: dict[str, int]):
        self.resource, self.target, self.requests = resource, target["averageUtilization"], requests

    def weigh(self, used: dict[str, int]) -> tuple[float, Object]:
        """Return (ratio of usage and target, MetricValueStatus). Raises ValueError."""
        total, requested = sum(used.values()), sum(self.requests[name] for name in used)
        if not requested:
            raise ValueError("no metrics returned matched known pods")
        utilization = total * 100 // requested
        return utilization / self.target, {"averageUtilization": utilization,
                                           "averageValue": _amount(self.resource, total // len(used))}

    def busy(self, name: str) -> int:
        """Return what a pod is taken to use of which nothing is known."""
        return self.requests[name] * max(100, self.target) // 100


def _request(pod: Object, resource: str, container: str) -> int:
    """Return what a pod, or its container of that name, requests, in thousandths; ValueError where one requests
    nothing."""
    containers = [*pod["spec"]["containers"],
                  *(c for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always")]
    wanted = [c for c in containers if container in ("", c["name"])]
    if not wanted:
        raise ValueError(f"container {container} not found in Pod {pod['metadata']['name']}")
    total = 0
    for each in wanted:
        amount = ((each.get("resources") or {}).get("requests") or {}).get(resource)
        if amount is None:
            raise ValueError(f"missing request for {resource} in container {each['name']} of Pod "
                             f"{pod['metadata']['name']}")
        total += quantity.milli(amount)
    return total


def _amount(resource: str, milli: int) -> str:
    if resource == "memory" and milli % 1000 == 0:
        return quantity.format(milli // 1000, quantity.BINARY_SI)
    return quantity.canonical(f"{milli}m")
