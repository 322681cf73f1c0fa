"""Removes pods that no kubelet will ever end: their node is gone, or was declared out of service.

Kubernetes: pkg/controller/podgc/gc_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..helpers.taints import HARD
from ..machinery import conditions
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from ..machinery.pods import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

QUARANTINE, PERIOD = 40.0, 20.0  # seconds that a node may be missing; seconds between two looks
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


def _node_changed(change: Change) -> Iterable[Key]:
    if change.new is None or _out_of_service(change.new):
        return (change.object["metadata"]["name"],)
    return ()


def _pod_changed(change: Change) -> Iterable[Key]:
    """A pod on a node that may not be there, or one that is being deleted."""
    pod = change.new
    if pod is None or not pod["spec"].get("nodeName"):
        return ()
    going = "deletionTimestamp" in pod["metadata"] and (
        change.old is None or "deletionTimestamp" not in change.old["metadata"])
    return (pod["spec"]["nodeName"],) if change.old is None or going else ()


def _out_of_service(node: Object) -> bool:
    ready = conditions.status_of((node.get("status") or {}).get("conditions"), "Ready")
    return ready != "True" and any(taint["key"] == OUT_OF_SERVICE and taint["effect"] in HARD
                                   for taint in node["spec"].get("taints") or ())


class PodGC(Controller):
    """Keys are nodes."""

    name = "podgc"
    watches = {"nodes": _node_changed, "pods": _pod_changed}

    def sync(self, api: Client, key: str) -> float | None:
        node = api.find("nodes", key)
        if node is not None and not _out_of_service(node):
            return None
        pods = [pod for pod in api.items("pods") if pod["spec"].get("nodeName") == key]
        if node is not None:
            for pod in pods:
                if "deletionTimestamp" in pod["metadata"]:
                    _remove(api, pod, "")
            return None
        due = self.due(key)
        if not pods:
            return None
        if due is None or due > api.now:
            return due or api.now + QUARANTINE + PERIOD
        for pod in pods:
            _remove(api, pod, "PodGC: node no longer exists")
        return None


def _remove(api: Client, pod: Object, why: str) -> None:
    """Delete a pod by force; one that has not ended is marked as failed first."""
    if not is_terminal(pod):
        new = clone(pod)
        new.setdefault("status", {})["phase"] = "Failed"
        if why:
            conditions.set_condition(new["status"].setdefault("conditions", []), {
                "type": "DisruptionTarget", "status": "True", "lastProbeTime": None, "reason": "DeletionByPodGC",
                "message": why}, api.now)
        api.update_status("pods", new)
    try:
        api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"], grace_period=0)
    except StatusError as error:
        if error.reason != "NotFound":
            raise
