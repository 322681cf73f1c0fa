"""The DaemonSet controller: a pod on every node that fits.

Kubernetes: pkg/controller/daemon/daemon_controller.go and update.go.
"""

from __future__ import annotations

from ...helpers.controller import Controller, itself, owner
from ...machinery import names, selectors
from ...machinery.errors import StatusError
from ...machinery.objects import clone, key_of, split_key
from ...machinery.pods import is_phase_terminal, is_terminal
from ...machinery.wellknown import CONTROLLER_REVISION_HASH_LABEL_KEY
from .. import history, pods, refs
from . import nodes, rolling
from .failures import Failures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...apiserver.client import Client
    from ...helpers.controller import Change
    from ...machinery.types import Key, Object

SETS = "daemonsets.apps"
COMPONENT = "daemonset-controller"
BURST = 250        # pods created or deleted in one step
EVERY = "*"        # the key of all sets, for what happens to nodes


def _of_node(change: Change) -> Iterable[Key]:
    """Watch function: labels and taints of nodes decide over all sets."""
    old, new = change.old, change.new
    if old is not None and new is not None and old["metadata"].get("labels") == new["metadata"].get("labels") and (
            old["spec"].get("taints") == new["spec"].get("taints")):
        return ()
    return (EVERY,)


class DaemonSetsController(Controller):
    name = "daemonset"
    watches = {SETS: itself, "nodes": _of_node, "pods": refs.both(owner("DaemonSet"), refs.orphaned)}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if name == EVERY:
            for each in api.items(SETS):
                self.manager.enqueue(self.name, key_of(each))
            return None
        if not name:
            for each in api.items(SETS, namespace):
                _pods_of(api, each)
            return None
        ds = api.find(SETS, name, namespace)
        if ds is None or "deletionTimestamp" in ds["metadata"]:
            return None
        failures = Failures(self.noted(key), api.now)
        try:
            return _Sync(api, ds, failures).run()
        finally:
            self.note(key, failures.nodes)


def _pods_of(api: Client, ds: Object) -> list[Object]:
    """Return the set's pods, having adopted and released."""
    selector = ds["spec"]["selector"]
    return refs.claim(api, ds, "pods", refs.candidates(api, ds, "pods"),
                      lambda pod: selectors.selector_matches(selector, pod["metadata"].get("labels")))


class _Sync:
    """One look at one DaemonSet."""

    def __init__(self, api: Client, ds: Object, failures: Failures):
        self.api, self.ds, self.failures = api, ds, failures
        self.ready_seconds = ds["spec"].get("minReadySeconds", 0)
        self.retry: float | None = None

    def run(self) -> float | None:
        """Take the next steps; returns when to look again. Raises StatusError."""
        api, ds = self.api, self.ds
        self.nodes = [(node["metadata"]["name"], *nodes.should_run(ds, node)) for node in api.items("nodes")]
        revisions = [self._labelled(revision) for revision in history.revisions_of(api, ds)]
        self.hash = self._current(revisions)["metadata"]["labels"][CONTROLLER_REVISION_HASH_LABEL_KEY]
        failure = None
        try:
            self._manage()
            if ds["spec"]["updateStrategy"]["type"] == "RollingUpdate":
                self._apply(*rolling.plan(ds, self._by_node(), self.hash, self._wanted(), api.now))
            self._truncate(revisions)
        except StatusError as error:
            failure = error
        self._write_status()
        if failure:
            raise failure
        waiting = pods.next_available(api.owned("pods", ds), self.ready_seconds, api.now)
        return min((time for time in (waiting, self.retry) if time is not None), default=None)

    # Revisions

    def _current(self, revisions: list[Object]) -> Object:
        """Return the revision of the present template, made or given a new number where needed (constructHistory)."""
        data = history.template_patch(self.ds, self.api.release)
        same = [revision for revision in revisions if revision["data"] == data]
        number = max((r["revision"] for r in revisions if r["data"] != data), default=0) + 1
        if not same:
            return self._snapshot(data, number)
        return history.renumber(self.api, same[-1], number) if same[-1]["revision"] < number else same[-1]

    def _labelled(self, revision: Object) -> Object:
        """Return a revision with the label of its hash; what others have made, such as a StatefulSet, has none yet."""
        meta = revision["metadata"]
        if CONTROLLER_REVISION_HASH_LABEL_KEY in (meta.get("labels") or {}):
            return revision
        changed = clone(revision)
        changed["metadata"].setdefault("labels", {})[CONTROLLER_REVISION_HASH_LABEL_KEY] = meta["name"]
        return self.api.update(history.RESOURCE, changed, meta["namespace"])

    def _snapshot(self, data: Object, number: int) -> Object:
        ds, meta = self.ds, self.ds["metadata"]
        collisions = ds.get("status", {}).get("collisionCount")
        hash_ = names.template_hash(ds["spec"]["template"], self.api.release, collisions)
        labels = {**(ds["spec"]["template"].get("metadata", {}).get("labels") or {}),
                  CONTROLLER_REVISION_HASH_LABEL_KEY: hash_}
        about = {"name": f"{meta['name']}-{hash_}", "namespace": meta["namespace"], "labels": labels,
                 "ownerReferences": [refs.controller_ref(ds)]}
        if meta.get("annotations"):
            about["annotations"] = dict(meta["annotations"])
        revision = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": about, "data": data,
                    "revision": number}
        try:
            return self.api.create(history.RESOURCE, revision, meta["namespace"])
        except StatusError as error:
            there = self.api.find(history.RESOURCE, about["name"], meta["namespace"])
            if there is not None and there["data"] == data:
                return there
            if error.reason == "AlreadyExists":  # another template, the same hash
                self.api.update_status(SETS, {**ds, "status": {**ds.get("status", {}),
                                                               "collisionCount": (collisions or 0) + 1}})
            raise

    def _truncate(self, revisions: list[Object]) -> None:
        """Delete old revisions beyond the limit, but none that pods still have (cleanupHistory)."""
        data = history.template_patch(self.ds, self.api.release)
        old = [revision for revision in revisions if revision["data"] != data]
        surplus = len(old) - self.ds["spec"].get("revisionHistoryLimit", 10)
        if surplus <= 0:
            return
        live = {(pod["metadata"].get("labels") or {}).get(CONTROLLER_REVISION_HASH_LABEL_KEY)
                for pod in self.api.owned("pods", self.ds)}
        dead = [r for r in old if r["metadata"]["labels"].get(CONTROLLER_REVISION_HASH_LABEL_KEY) not in live]
        for revision in dead[:surplus]:
            self.api.delete(history.RESOURCE, revision["metadata"]["name"], revision["metadata"]["namespace"])

    # Pods

    def _by_node(self) -> dict[str, list[Object]]:
        """Return the set's pods by the node they are on or meant for, without those that are over."""
        found: dict[str, list[Object]] = {}
        for pod in _pods_of(self.api, self.ds):
            node = nodes.target(pod)
            if node is not None and not (is_terminal(pod) and "deletionTimestamp" in pod["metadata"]):
                found.setdefault(node, []).append(pod)
        return found

    def _wanted(self) -> list[str]:
        return [name for name, run, _ in self.nodes if run]

    def _manage(self) -> None:
        """Create pods where they are missing and delete those that should not be (manage)."""
        by_node = self._by_node()
        needing: list[str] = []
        surplus: list[Object] = []
        for name, run, stay in self.nodes:
            there = by_node.get(name)
            if run and there is None:
                needing.append(name)
            elif stay:
                running = self._running(there or [], name, surplus)
                surplus += rolling.excess(self.ds, running, self.hash, self.api.now)
                if not running and run and rolling.allows_surge(self.ds):
                    needing.append(name)
            elif there is not None:
                surplus += [pod for pod in there if "deletionTimestamp" not in pod["metadata"]]
        known = {name for name, _, _ in self.nodes}
        surplus += [pod for name, there in by_node.items() if name not in known
                    for pod in there if not pod["spec"].get("nodeName")]
        self._apply(needing, surplus)

    def _running(self, there: list[Object], node: str, surplus: list[Object]) -> list[Object]:
        """Return the pods on a node that live; those that have ended go into `surplus`."""
        running = []
        for pod in there:
            if "deletionTimestamp" in pod["metadata"]:
                continue
            phase = pods.phase(pod)
            if not is_phase_terminal(phase):
                running.append(pod)
                continue
            words = f"daemon pod {pod['metadata']['namespace']}/{pod['metadata']['name']}"
            if phase == "Succeeded":
                self._event("Normal", "SucceededDaemonPod",
                            f"Found succeeded {words} on node {node}, will try to delete it")
            elif self._may_replace(node):
                self._event("Warning", "FailedDaemonPod", f"Found failed {words} on node {node}, will try to kill it")
            else:
                continue
            surplus.append(pod)
        return running

    def _may_replace(self, node: str) -> bool:
        """Tell whether a failed pod may go now; where it may not yet, look again when it may."""
        due = self.failures.due(node)
        if due <= self.api.now:
            self.failures.add(node)
            return True
        self.retry = due if self.retry is None else min(self.retry, due)
        return False

    def _event(self, type_: str, reason: str, message: str) -> None:
        self.api.record(self.ds, type_, reason, message, COMPONENT)

    def _apply(self, needing: list[str], surplus: list[Object]) -> None:
        """Create a pod on each node of `needing` and delete the pods `surplus` (syncNodes). Raises StatusError."""
        template = nodes.template(self.ds, self.hash)

        def create(i: int) -> None:
            pod = pods.from_template(template, self.ds)
            nodes.send_to(pod, needing[i])
            pods.create(self.api, self.ds, pod, COMPONENT)

        failure = pods.slow_start(min(len(needing), BURST), create)
        for pod in surplus[:BURST]:
            try:
                pods.delete(self.api, self.ds, pod, COMPONENT)
            except StatusError as error:
                failure = failure or error
        if failure:
            raise failure

    # Status

    def _write_status(self) -> None:
        api, ds, by_node = self.api, self.ds, self._by_node()
        old = (api.find(SETS, ds["metadata"]["name"], ds["metadata"]["namespace"]) or ds).get("status", {})
        counts = dict.fromkeys(("desiredNumberScheduled", "currentNumberScheduled", "numberMisscheduled", "numberReady",
                                "updatedNumberScheduled", "numberAvailable"), 0)
        for name, run, _ in self.nodes:
            there = by_node.get(name)
            if not run:
                counts["numberMisscheduled"] += there is not None
                continue
            counts["desiredNumberScheduled"] += 1
            if there is None:
                continue
            counts["currentNumberScheduled"] += 1
            pod = min(there, key=nodes.age_order)
            at = pods.available_at(pod, self.ready_seconds)
            counts["numberReady"] += at is not None
            counts["numberAvailable"] += at is not None and at <= api.now
            counts["updatedNumberScheduled"] += nodes.is_updated(ds, pod, self.hash)
        status = {**old, **counts, "observedGeneration": ds["metadata"]["generation"],
                  "numberUnavailable": counts["desiredNumberScheduled"] - counts["numberAvailable"]}
        pods.write_status(api, SETS, {**ds, "status": old}, pods.compact(
            status, ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                     "collisionCount")))
