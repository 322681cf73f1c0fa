"""Watches over the nodes: conditions become taints, and a kubelet that is silent makes its node unreachable.

Kubernetes: pkg/controller/nodelifecycle/node_lifecycle_controller.go. A kubelet's heartbeats are not simulated: it
lives unless its node says that it was stopped (helpers/nodes.py).
"""

from __future__ import annotations

from ..helpers import nodes
from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.objects import clone
from ..machinery.wellknown import (
    LABEL_TOPOLOGY_REGION,
    LABEL_TOPOLOGY_ZONE,
    TAINT_NODE_NOT_READY,
    TAINT_NODE_UNREACHABLE,
    TAINT_NODE_UNSCHEDULABLE,
)
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
_EXCLUDED = "node.kubernetes.io/exclude-disruption"  # label of nodes whose health says nothing about their zone
_UNHEALTHY_ZONE, _LARGE_CLUSTER = 0.55, 50  # --unhealthy-zone-threshold, --large-cluster-size-threshold
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
        elif _is_ready(old) != _is_ready(new):  # which may begin or end a disruption of others
            return [node["metadata"]["name"] for node in self.manager.server.trusted.items("nodes")]
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
        wanted = _wanted(node)
        if (TAINT_NODE_UNREACHABLE, "NoExecute") in wanted or (TAINT_NODE_NOT_READY, "NoExecute") in wanted:
            wanted = self._within_reason(api, node, wanted)
        _set_taints(api, node, wanted)
        return due

    def _within_reason(self, api: Client, node: Object, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the taints without those that evict pods, where so many nodes are silent that it is the network:
        none where no node is ready, no new ones where more than half of a zone is lost (handleDisruption)."""
        zones: dict[tuple[str, str], list[bool]] = {}
        for each in api.items("nodes"):
            if _EXCLUDED not in (each["metadata"].get("labels") or {}):
                zones.setdefault(_zone(each), []).append(_is_ready(each) and (
                    nodes.kubelet_runs(each) or api.now < self._patience(api, each)))
        quiet = [(key, effect) for key, effect in wanted if effect != "NoExecute"]
        if zones and not any(map(any, zones.values())):
            return quiet
        healthy = zones.get(_zone(node), [])
        lost = healthy.count(False)
        if any(healthy) and lost > 2 and lost / len(healthy) >= _UNHEALTHY_ZONE and len(healthy) <= _LARGE_CLUSTER:
            there = {(taint["key"], taint["effect"]) for taint in node["spec"].get("taints") or ()}
            return [each for each in wanted if each in quiet or each in there]
        return wanted

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


def _is_ready(node: Object) -> bool:
    return conditions.status_of((node.get("status") or {}).get("conditions"), "Ready") == "True"


def _zone(node: Object) -> tuple[str, str]:
    """Return the region and the zone that a node is in (component-helpers/node/topology)."""
    labels = node["metadata"].get("labels") or {}
    return labels.get(LABEL_TOPOLOGY_REGION, ""), labels.get(LABEL_TOPOLOGY_ZONE, "")


def _set_taints(api: Client, node: Object, wanted: list[tuple[str, str]]) -> None:
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
