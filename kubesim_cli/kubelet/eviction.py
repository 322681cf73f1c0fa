"""A node that is short of memory, disk or process IDs: its conditions, and the pods it puts out (pkg/kubelet/eviction).

That it is short of something is not measured but said, by an annotation of the node (helpers.nodes.PRESSURE). Pods go
one after the other as long as that lasts, those first that use more than they asked for.
"""

from __future__ import annotations

from ..apiserver import metrics
from ..helpers import nodes, taints
from ..helpers.resources import pod_requests
from ..machinery import conditions, quantity
from ..machinery.objects import clone
from ..machinery.pods import is_terminal
from . import containers
from .podstatus import PodWorker, is_mirror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

REASON = "Evicted"
INTERVAL = 10.0     # seconds from one pod to the next (monitoringInterval)
TRANSITION = 300.0  # seconds that a condition holds on (--eviction-pressure-transition-period)
CRITICAL = 2_000_000_000  # the priority from which pods are not put out
_KIB = 1024


class Signal:
    """Something that a node can be short of; those of `SIGNALS` are in the order in which they are dealt with."""

    def __init__(self, condition: str, resource: str, short: tuple[str, str, str], enough: tuple[str, str, str],
                 threshold: str = "", available: str = ""):
        """`short` and `enough`: reason and message of the node's condition, and the reason of the event about it."""
        self.condition, self.resource, self.short, self.enough = condition, resource, short, enough
        self.threshold, self.available = threshold, available


SIGNALS = {
    "memory": Signal("MemoryPressure", "memory",
                     ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available",
                      "NodeHasInsufficientMemory"),
                     ("KubeletHasSufficientMemory", "kubelet has sufficient memory available",
                      "NodeHasSufficientMemory"), "100Mi", "96000Ki"),
    "disk": Signal("DiskPressure", "ephemeral-storage",
                   ("KubeletHasDiskPressure", "kubelet has disk pressure", "NodeHasDiskPressure"),
                   ("KubeletHasNoDiskPressure", "kubelet has no disk pressure", "NodeHasNoDiskPressure"),
                   "10Gi", "9600Mi"),
    "pid": Signal("PIDPressure", "pids",
                  ("KubeletHasInsufficientPID", "kubelet has insufficient PID available", "NodeHasInsufficientPID"),
                  ("KubeletHasSufficientPID", "kubelet has sufficient PID available", "NodeHasSufficientPID")),
}


def step(api: Client, node: Object, note: Object) -> tuple[float | None, Object, str]:
    """Look at a node: set its conditions, and choose a pod that is to go.

    `note` is what the last look left. Returns when to look again, the note that this one leaves, and the key of a pod
    that has been chosen, "" for none.
    """
    now, asked = api.now, pressures(node)
    seen: dict[str, float] = {**note.get("seen", {}), **dict.fromkeys(asked, now)}
    held = {name: at for name, at in seen.items() if name in asked or now < at + TRANSITION}
    node = _set_conditions(api, node, held)
    due = [held[name] + TRANSITION for name in held if name not in asked]
    last, chosen = note.get("last", -INTERVAL), ""
    if asked and now >= last + INTERVAL:
        chosen = _choose(api, node, next(name for name in SIGNALS if name in asked))
        if chosen:
            last = now
            _count_down(api, node)
    if asked and (chosen or now < last + INTERVAL):
        due.append(last + INTERVAL)
    return min(due, default=None), {"seen": held, "last": last} if held else {}, chosen


def pressures(node: Object) -> list[str]:
    """Return what a node is said to be short of: names of SIGNALS."""
    told = (node["metadata"].get("annotations") or {}).get(nodes.PRESSURE, "")
    return [name for name in SIGNALS if name in told.split(",")]


def _set_conditions(api: Client, node: Object, held: dict[str, float]) -> Object:
    new, events = clone(node), []
    for name, signal in SIGNALS.items():
        status = "True" if name in held else "False"
        reason, message, event = signal.short if name in held else signal.enough
        known = conditions.find(new["status"].get("conditions"), signal.condition)
        if known is not None and known["status"] not in (status, "Unknown"):
            conditions.set_condition(new["status"]["conditions"], {
                **{field: value for field, value in known.items() if field != "lastTransitionTime"},
                "status": status, "reason": reason, "message": message}, api.now)
            events.append(event)
    if events:
        node = api.update_status("nodes", new)
    name = node["metadata"]["name"]
    for event in events:
        api.record(node, "Normal", event, f"Node {name} status is now: {event}", "kubelet", name)
    return node


def _count_down(api: Client, node: Object) -> None:
    """Where it was said how many pods' end helps, one of them has been chosen."""
    left = (node["metadata"].get("annotations") or {}).get(nodes.PRESSURE_PODS)
    if left is None:
        return
    more = str(int(left) - 1) if left.isdigit() and int(left) > 1 else None
    annotations = {nodes.PRESSURE_PODS: more} if more else {nodes.PRESSURE_PODS: None, nodes.PRESSURE: None}
    api.patch("nodes", node["metadata"]["name"], {"metadata": {"annotations": annotations}}, "merge")


def _choose(api: Client, node: Object, name: str) -> str:
    """Mark the pod of a node that goes next, and return its key; "" where none is left."""
    node_name, signal = node["metadata"]["name"], SIGNALS[name]
    pods = [pod for pod in api.items("pods") if pod["spec"].get("nodeName") == node_name and not is_terminal(pod)
            and not is_critical(pod) and "deletionTimestamp" not in pod["metadata"] and marked(pod) is None]
    if not pods:
        return ""
    api.record(node, "Warning", "EvictionThresholdMet", f"Attempting to reclaim {signal.resource}", "kubelet",
               node_name)
    pod = clone(min(pods, key=lambda pod: _rank(api, pod, name)))
    message = _message(api, pod, signal)
    api.record(pod, "Warning", REASON, message, "kubelet", node_name)
    conditions.set_condition(pod["status"].setdefault("conditions", []), {
        "type": "DisruptionTarget", "status": "True", "reason": "TerminationByKubelet", "message": message,
        "lastProbeTime": None}, api.now)
    api.update_status("pods", pod)
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def is_critical(pod: Object) -> bool:
    """Tell whether a pod is not put out, whatever happens (IsCriticalPod)."""
    return is_mirror(pod) or (pod["spec"].get("priority") or 0) >= CRITICAL


def _rank(api: Client, pod: Object, name: str) -> tuple[bool, int, int, str]:
    """Return what pods are sorted by: who uses more than they asked for, the less important, the most above it."""
    priority = pod["spec"].get("priority") or 0
    if name != "memory":
        return False, priority, 0, pod["metadata"]["creationTimestamp"]
    used = _memory(api, pod)
    asked = pod_requests(pod, api.release).get("memory", 0)
    above = sum(used.values()) - asked
    return bool(used) and above <= 0, priority, -above, pod["metadata"]["creationTimestamp"]


def _memory(api: Client, pod: Object) -> dict[str, int]:
    """Return the bytes of memory that each container uses; empty where that is not known."""
    told = metrics.pod_metrics(pod, api)  # what annotations say, or metrics-server
    usage: dict[str, dict[str, str]] = ({each["name"]: each["usage"] for each in told["containers"]} if told is not None
                                        else api.server.tally.usage(api.server.trusted, pod))
    return {name: quantity.value(used["memory"]) for name, used in usage.items() if "memory" in used}


def _message(api: Client, pod: Object, signal: Signal) -> str:
    text = f"The node was low on resource: {signal.resource}. "
    if signal.threshold:
        text += f"Threshold quantity: {signal.threshold}, available: {signal.available}. "
    used = _memory(api, pod) if signal.resource == "memory" else {}
    for container in pod["spec"]["containers"]:
        asked = ((container.get("resources") or {}).get("requests") or {}).get("memory", "0")
        if used.get(container["name"], 0) > quantity.value(asked):
            kibibytes = used[container["name"]] // _KIB
            text += (f"Container {container['name']} was using {kibibytes}Ki, request is {asked}, has larger "
                     "consumption of memory. ")
    return text


def marked(pod: Object) -> str | None:
    """Return the message of a pod that the kubelet has chosen to put out, None where it has not."""
    found = conditions.find((pod.get("status") or {}).get("conditions"), "DisruptionTarget")
    chosen = found is not None and found["status"] == "True" and found.get("reason") == "TerminationByKubelet"
    return found["message"] if found is not None and chosen else None


def evict(worker: PodWorker) -> None:
    """End a pod that was chosen."""
    containers.kill_all(worker)
    worker.fail(REASON, marked({"status": worker.status}) or "")


def refusal(pod: Object, node: Object) -> str:
    """Return why a node that is short of something takes no such pod, "" where it does (Admit)."""
    state = (node.get("status") or {}).get("conditions")
    found = [signal.condition for signal in SIGNALS.values() if conditions.status_of(state, signal.condition) == "True"]
    if not found or is_critical(pod):
        return ""
    taint = {"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"}
    if found == ["MemoryPressure"] and ((pod.get("status") or {}).get("qosClass") != "BestEffort" or taints.untolerated(
            [taint], pod["spec"].get("tolerations"), ("NoSchedule",)) is None):
        return ""
    return f"The node had condition: [{' '.join(found)}]. "
