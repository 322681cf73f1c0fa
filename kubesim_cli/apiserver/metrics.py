"""The metrics API: what pods and nodes use, told as metrics-server tells it.

Usage is simulated: a pod's annotations `kubesim.io/usage-cpu` and `kubesim.io/usage-memory` say what it uses while it
runs: an amount such as `250m`, split evenly over its containers, or one for each as in `app=200m,proxy=50m`. Where a
pod of metrics-server is ready, other pods use what their images do and what is asked of them. The API is served as long
as there is such a pod, or one that has an annotation. Source: metrics-server's pkg/api and pkg/storage.
"""

from __future__ import annotations

from ..machinery import conditions, quantity, timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Resource
    from ..machinery.types import Object
    from .client import Client

GROUP = "metrics.k8s.io"
VERSION = "v1beta1"
_RESOURCES = ("cpu", "memory")
WINDOW = 15  # seconds


def usage_annotations(pod: Object) -> list[str | None]:
    """Return what the pod's annotations say of its use of cpu and of memory."""
    found = pod["metadata"].get("annotations") or {}
    return [found.get(f"kubesim.io/usage-{resource}") for resource in _RESOURCES]


def is_annotated(pod: Object | None) -> bool:
    """Tell whether there is a pod, and its annotations say anything of its usage."""
    return pod is not None and any(usage_annotations(pod))


def is_server(pod: Object | None) -> bool:
    """Tell whether there is a pod, and it is one of metrics-server that is ready."""
    return pod is not None and (pod["metadata"].get("labels") or {}).get("k8s-app") == "metrics-server" and (
        pod["metadata"]["namespace"] == "kube-system" and conditions.status_of(
            (pod.get("status") or {}).get("conditions"), "Ready") == "True")


def resources() -> list[Resource]:
    """Return what the API serves."""
    from ..machinery.discovery import Resource

    return [Resource(GROUP, VERSION, plural, "", kind, namespaced, ["get", "list"])
            for plural, kind, namespaced in (("nodes", "NodeMetrics", False), ("pods", "PodMetrics", True))]


def pod_metrics(pod: Object, api: Client) -> Object | None:
    """Return a pod's PodMetrics, None where nothing is known of its usage."""
    usage = _usage(pod, api)
    if not usage:
        return None
    containers = [{"name": name, "usage": {resource: _format(resource, amount) for resource, amount in used.items()}}
                  for name, used in usage.items()]
    measured = api.now if is_annotated(pod) else api.now // WINDOW * WINDOW  # loads are counted by the clock
    return {**_head("PodMetrics", pod, api.now), "timestamp": timestamps.format(measured), "containers": containers}


def node_metrics(node: Object, pods: list[Object], api: Client) -> Object | None:
    """Return the NodeMetrics of a node on which `pods` are, None where its kubelet cannot be asked."""
    if conditions.status_of((node.get("status") or {}).get("conditions"), "Ready") != "True":
        return None
    total = dict.fromkeys(_RESOURCES, 0)
    for pod in pods:
        for used in _usage(pod, api).values():
            for resource, amount in used.items():
                total[resource] += amount
    usage = {resource: _format(resource, amount) for resource, amount in total.items()}
    return {**_head("NodeMetrics", node, api.now), "usage": usage}


def _head(kind: str, obj: Object, now: float) -> Object:
    known, stamp = obj["metadata"], timestamps.format(now)
    meta = {"name": known["name"], "namespace": known.get("namespace"), "creationTimestamp": stamp,
            "labels": known.get("labels")}
    return {"kind": kind, "apiVersion": f"{GROUP}/{VERSION}",
            "metadata": {field: value for field, value in meta.items() if value}, "timestamp": stamp,
            "window": f"{WINDOW}s"}


def _usage(pod: Object, api: Client) -> dict[str, dict[str, int]]:
    """Return container -> resource -> millicores or bytes; a resource whose annotation cannot be read is left out."""
    names = [container["name"] for container in pod["spec"]["containers"]]
    found: dict[str, dict[str, int]] = {}
    if (pod.get("status") or {}).get("phase") != "Running":
        return found
    tally = api.server.tally
    if tally.metrics_servers:
        for name, used in tally.usage(api.server.trusted, pod).items():
            found[name] = {"cpu": quantity.milli(used["cpu"]), "memory": quantity.value(used["memory"])}
    for resource, text in zip(_RESOURCES, usage_annotations(pod)):
        try:
            amounts = _amounts(resource, text, names) if text else ()
        except ValueError:
            continue
        for name, amount in zip(names, amounts):
            found.setdefault(name, {})[resource] = amount
    return found


def _amounts(resource: str, text: str, names: list[str]) -> list[int]:
    """Return what each of the containers `names` uses; ValueError where `text` cannot be read."""
    amount = quantity.milli if resource == "cpu" else quantity.value
    if "=" in text:
        given = dict(part.split("=", 1) for part in text.replace(" ", "").split(","))
        return [amount(given.get(name, "0")) for name in names]
    share, rest = divmod(amount(text), len(names))
    return [share + (i < rest) for i in range(len(names))]


def _format(resource: str, amount: int) -> str:
    if resource == "cpu":
        return quantity.canonical(f"{amount}m")
    return quantity.format(amount, quantity.BINARY_SI)
