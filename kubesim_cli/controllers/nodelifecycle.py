"""Watches over the nodes: conditions become taints, and a kubelet that is silent makes its node unreachable.

Kubernetes: pkg/controller/nodelifecycle/node_lifecycle_controller.go. A kubelet's heartbeats are not simulated: it
lives unless its node says that it was stopped (helpers/nodes.py).
"""

from __future__ import annotations

from ..helpers import nodes
from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.objects import clone
from ..machinery.wellknown import TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE, TAINT_NODE_UNSCHEDULABLE
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

COMPONENT = "node-controller"
GRACE, LONG_GRACE = 40.0, 50.0  # seconds of silence (--node-monitor-grace-period)
STARTUP_GRACE = 60.0  # seconds for a kubelet to be heard of for the first time
_PRESSURE = {"MemoryPressure": "node.kubernetes.io/memory-pressure", "DiskPressure": "node.kubernetes.io/disk-pressure",
             "PIDPressure": "node.kubernetes.io/pid-pressure",
             "NetworkUnavailable": "node.kubernetes.io/network-unavailable"}
_POSTED = ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
_OWN = {*_PRESSURE.values(), TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE, TAINT_NODE_UNSCHEDULABLE}


def grace_period(release: tuple[int, int]) -> float:
    """Return for how many seconds a kubelet may be silent."""
    return LONG_GRACE if enabled("LongNodeMonitorGracePeriod", release) else GRACE


class NodeLifecycle(Controller):
    """Keys are nodes."""

    name = "nodelifecycle"

    def __init__(self) -> None:
        self.watches = {"nodes": self._node_changed}

    def _node_changed(self, change: Change) -> Iterable[Key]:
        old, new = change.old, change.new
        if old is None or new is None:
            self._tell(change)
        elif (old["spec"] == new["spec"] and nodes.kubelet_runs(old) == nodes.kubelet_runs(new)
                and (old.get("status") or {}).get("conditions") == (new.get("status") or {}).get("conditions")):
            return ()
        return (change.object["metadata"]["name"],)

    def _tell(self, change: Change) -> None:
        node, name = change.object, change.object["metadata"]["name"]
        reason, words = ("RemovingNode", f"Removing Node {name} from Controller") if change.new is None else (
            "RegisteredNode", f"Registered Node {name} in Controller")
        self.manager.server.trusted.record(node, "Normal", reason, f"Node {name} event: {words}", COMPONENT)

    def sync(self, api: Client, key: str) -> float | None:
        node = api.find("nodes", key)
        if node is None:
            return None
        due = None
        if not nodes.kubelet_runs(node):
            due = self._patience(api, node)
            if api.now >= due:
                node, due = _make_unknown(api, node), None
        elif conditions.status_of((node.get("status") or {}).get("conditions"), "Ready") == "Unknown":
            status = {**node["status"], "conditions": nodes.healthy_conditions(api.now, node["status"]["conditions"])}
            node = api.update_status("nodes", {**node, "status": status})
            api.record(node, "Normal", "NodeReady", f"Node {key} status is now: NodeReady", "kubelet", key)
        _set_taints(api, node)
        return due

    def _patience(self, api: Client, node: Object) -> float:
        """Return until when the node's kubelet may be silent."""
        meta = node["metadata"]
        stopped = (meta.get("annotations") or {}).get(nodes.STOPPED)
        if stopped is None:
            return timestamps.parse(meta["creationTimestamp"]) + STARTUP_GRACE
        try:
            return timestamps.parse(stopped) + grace_period(api.release)
        except ValueError:  # somebody did not say since when
            return self.due(meta["name"]) or api.now + grace_period(api.release)


def _make_unknown(api: Client, node: Object) -> Object:
    """The kubelet has been silent for too long."""
    status = node.get("status") or {}
    known = {condition["type"]: condition for condition in status.get("conditions") or ()}
    if known.get("Ready", {}).get("status") == "Unknown":
        return node
    name, stamp = node["metadata"]["name"], timestamps.format(api.now)
    new = [{**condition, "status": "Unknown", "reason": "NodeStatusUnknown", "lastTransitionTime": stamp,
            "message": "Kubelet stopped posting node status."} for condition in known.values()]
    new += [{"type": type_, "status": "Unknown", "reason": "NodeStatusNeverUpdated", "lastTransitionTime": stamp,
             "lastHeartbeatTime": node["metadata"]["creationTimestamp"],
             "message": "Kubelet never posted node status."} for type_ in _POSTED if type_ not in known]
    node = api.update_status("nodes", {**node, "status": {**status, "conditions": new}})
    api.record(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", COMPONENT)
    for pod in api.items("pods"):
        if pod["spec"].get("nodeName") == name:
            _mark_not_ready(api, pod)
    return node


def _mark_not_ready(api: Client, pod: Object) -> None:
    ready = conditions.find((pod.get("status") or {}).get("conditions"), "Ready")
    if ready is None or ready["status"] == "False":
        return
    new = clone(pod)
    conditions.set_condition(new["status"]["conditions"], {
        **{key: value for key, value in ready.items() if key != "lastTransitionTime"}, "status": "False"}, api.now)
    api.update_status("pods", new)
    api.record(pod, "Warning", "NodeNotReady", "Node is not ready", COMPONENT)


def _wanted(node: Object) -> list[tuple[str, str]]:
    """Return (key, effect) of the taints that follow from the node's conditions and spec."""
    found = []
    if node["spec"].get("unschedulable"):
        found.append((TAINT_NODE_UNSCHEDULABLE, "NoSchedule"))
    for condition in (node.get("status") or {}).get("conditions") or ():
        type_, status = condition["type"], condition["status"]
        if type_ == "Ready" and status != "True":
            key = TAINT_NODE_UNREACHABLE if status == "Unknown" else TAINT_NODE_NOT_READY
            found += [(key, "NoSchedule"), (key, "NoExecute")]
        elif type_ in _PRESSURE and status == "True":
            found.append((_PRESSURE[type_], "NoSchedule"))
    return found


def _set_taints(api: Client, node: Object) -> None:
    wanted = _wanted(node)
    known = node["spec"].get("taints") or []
    kept = [taint for taint in known if taint["key"] not in _OWN or (taint["key"], taint["effect"]) in wanted]
    there = {(taint["key"], taint["effect"]) for taint in kept}
    stamp = timestamps.format(api.now)
    new = kept + [{"effect": effect, "key": key, "timeAdded": stamp}
                  for key, effect in wanted if (key, effect) not in there]
    if new == known:
        return
    changed = clone(node)
    changed["spec"]["taints"] = new
    if not new:
        del changed["spec"]["taints"]
    api.update("nodes", changed)
