"""Deletes pods from nodes with NoExecute taints that they do not tolerate, or only for a while.

Kubernetes: pkg/controller/tainteviction/taint_eviction.go.
"""

from __future__ import annotations

from ..helpers import taints
from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import clone, key_of, split_key
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

COMPONENT, OLD_COMPONENT = "taint-eviction-controller", "taint-controller"
NODE = "@"  # key of all pods on a node


def _executing(node: Object | None) -> list[Object]:
    return [taint for taint in ((node or {}).get("spec", {}).get("taints") or ()) if taint["effect"] == "NoExecute"]


def _node_changed(change: Change) -> Iterable[Key]:
    if change.new is None or _executing(change.old) == _executing(change.new):
        return ()
    return (NODE + change.new["metadata"]["name"],)


def _pod_changed(change: Change) -> Iterable[Key]:
    old, new = change.old, change.new
    if new is None or not new["spec"].get("nodeName"):
        return ()
    if old is not None and (old["spec"] is new["spec"] or (
            old["spec"].get("nodeName") == new["spec"]["nodeName"]
            and old["spec"].get("tolerations") == new["spec"].get("tolerations"))):
        return ()
    return (key_of(new),)


class TaintEviction(Controller):
    """Keys are pods, or `@node`."""

    name = "tainteviction"
    watches = {"nodes": _node_changed, "pods": _pod_changed}

    def sync(self, api: Client, key: str) -> float | None:
        if key.startswith(NODE):
            for each in api.items("pods"):
                if each["spec"].get("nodeName") == key[len(NODE):]:
                    self.manager.enqueue(self.name, key_of(each))
            return None
        namespace, name = split_key(key)
        pod = api.find("pods", name, namespace)
        node = api.find("nodes", pod["spec"]["nodeName"]) if pod is not None and pod["spec"].get("nodeName") else None
        found, known = _executing(node), self.due(key)
        if pod is None or not found or "deletionTimestamp" in pod["metadata"]:
            if pod is not None and known is not None and known > api.now:
                self._record(api, pod, "Cancelling deletion")
            return None
        due = _due(pod, found, known, api.now)
        if due is None or due > api.now:
            return due
        self._evict(api, pod)
        return None

    def _record(self, api: Client, pod: Object, what: str) -> None:
        component = COMPONENT if enabled("TaintEvictionController", api.release) else OLD_COMPONENT
        api.record(pod, "Normal", "TaintManagerEviction", f"{what} of Pod {key_of(pod)}" if what.startswith("C") else
                   f"{what} Pod {key_of(pod)}", component)

    def _evict(self, api: Client, pod: Object) -> None:
        self._record(api, pod, "Marking for deletion")
        new = clone(pod)
        conditions.set_condition(new.setdefault("status", {}).setdefault("conditions", []), {
            "type": "DisruptionTarget", "status": "True", "lastProbeTime": None, "reason": "DeletionByTaintManager",
            "message": "Taint manager: deleting due to NoExecute taint"}, api.now)
        api.update_status("pods", new)
        try:
            api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
        except StatusError as error:
            if error.reason != "NotFound":
                raise


def _due(pod: Object, found: list[Object], known: float | None, now: float) -> float | None:
    """Return when the pod has to go (at once: `now`), None where it may stay; `known` is when that was to be so far."""
    tolerations = pod["spec"].get("tolerations") or []
    used: list[Object] = []
    for taint in found:
        matching = [toleration for toleration in tolerations if taints.tolerates(toleration, taint)]
        if not matching:
            return now
        used += matching
    spans = [toleration["tolerationSeconds"] for toleration in used if toleration.get("tolerationSeconds") is not None]
    if not spans:
        return None
    span = max(min(spans), 0)
    added = [timestamps.parse(taint["timeAdded"]) for taint in found if taint.get("timeAdded")]
    if added:
        return min(added) + span
    return now + span if known is None else min(known, now + span)
