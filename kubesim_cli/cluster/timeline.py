"""What happened when in a cluster, and by whom: told by the log, the events and the commands that are remembered.

What a compaction has thrown away is told as far as objects and events that are left tell it: when they were made, and
when their conditions changed last.
"""

from __future__ import annotations

from typing import NamedTuple

from ..machinery import timestamps
from ..machinery.objects import key_of
from ..store.past import Past

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object
    from .cluster import Cluster

COMMAND, CONTROLLER, TIMER = "command", "controller", "timer"  # what a row comes from
# What only repeats what others say, or says nothing of a workload.
_LEFT_OUT = frozenset(("endpoints", "endpointslices.discovery.k8s.io", "leases.coordination.k8s.io",
                       "controllerrevisions.apps", "csinodes.storage.k8s.io", "componentstatuses"))
_INNER = frozenset(("Initialized", "ContainersReady", "PodScheduled", "PodReadyToStartContainers"))  # of a pod
_LAST = 9  # behind all that one write tells
_BY_OTHERS = {"Pod": "kubelet", "Node": "node-controller", "PersistentVolumeClaim": "persistentvolume-controller",
              "PersistentVolume": "persistentvolume-controller"}


class Row(NamedTuple):
    """One thing that happened at `at` (seconds since 1970) to an object, or a command, which has no object."""

    at: float
    origin: str     # COMMAND; CONTROLLER: at the moment of a command; TIMER: as time went by
    subject: str    # pod/web-0, "" for a command
    namespace: str
    what: str
    by: str         # the component, or "" for a command
    uid: str
    revision: int
    order: tuple[int, int] = (0, 0)  # among those of one second: which write it belongs to, and where in that


class Seen:
    """All objects that the log tells of, with what became of them."""

    def __init__(self, cluster: Cluster):
        self.objects: dict[str, Object] = {}  # by UID, as they were last
        self._rows: list[Row] = []
        self._known: dict[tuple[str, str], Object] = {}
        self._past: list[tuple[int, float | None, str, set[tuple[str, str]]]] = []
        self._bootstrapped = cluster.state.default_revision
        self._at = 0.0  # the last moment that something tells of
        self._saved = "", 0, 0  # the pod whose status was written last, by which revision, and the last one after it
        self._read_commands(cluster)
        commands = list(self._past)
        for records, revision in cluster.store.transactions():
            for record in sorted(records, key=lambda record: int(record["rv"])):
                while commands and commands[0][0] < int(record["rv"]):
                    self._at = max(self._at, commands.pop(0)[1] or 0.0)
                self._take(record)
            if self._rows and self._rows[-1].revision > revision:  # what was undone did not happen
                self._rows = [row for row in self._rows if row.revision <= revision]
                self._at = max((row.at for row in self._rows), default=0.0)

    def _read_commands(self, cluster: Cluster) -> None:
        past = Past(cluster.store.folder, cluster.store.index)
        try:
            for number, did in past.undoable():
                step = past.steps[number]
                changed = {(place[1], place[2]) for place in step.rows if place[0] == "object"}
                self._past.append((step.revision, (step.command or {}).get("at"), did, changed))
        finally:
            past.close()

    def rows(self, uids: set[str] | None = None) -> list[Row]:
        """Return what happened, in its order; with `uids` what concerns these objects alone."""
        once = {(row.at, row.uid, row.what): row for row in self._rows}  # what came back by `sim undo` was told before
        told = [row for row in once.values() if uids is None or row.uid in uids]
        keys = None if uids is None else {(resource, key) for (resource, key), obj in self._known.items()
                                          if obj["metadata"]["uid"] in uids}
        for revision, at, did, changed in self._past:
            if keys is None or changed & keys:
                later = [row.at for row in self._rows if row.revision > revision]
                told.append(Row(min(later, default=0.0) if at is None else at, COMMAND, "", "", did, "", "", revision,
                                (revision, _LAST)))
        commands = sorted(int(at) for _, at, _, _ in self._past if at is not None)
        return sorted((self._placed(row, commands) for row in told),
                      key=lambda row: (int(row.at), *row.order, row.revision))

    @staticmethod
    def _placed(row: Row, commands: list[int]) -> Row:
        """Tell of what no command did at that moment that it was time."""
        if row.origin == COMMAND or int(row.at) in commands or (commands and row.at < commands[0]):
            return row
        return row._replace(origin=TIMER)

    def family(self, uid: str) -> set[str]:
        """Return the UIDs of an object, of what belongs to it, and of the claims and volumes that pods of it mount."""
        found = {uid}
        while True:
            more = {other for other, obj in self.objects.items() if other not in found and self._belongs(obj, found)}
            if not more:
                return found
            found |= more

    def _belongs(self, obj: Object, family: set[str]) -> bool:
        meta = obj["metadata"]
        if any(reference["uid"] in family for reference in meta.get("ownerReferences") or ()):
            return True
        if obj["kind"] == "PersistentVolume":
            return (obj["spec"].get("claimRef") or {}).get("uid") in family
        if obj["kind"] != "PersistentVolumeClaim":
            return False
        return any(volume.get("persistentVolumeClaim", {}).get("claimName") == meta["name"]
                   for uid in family if (pod := self.objects[uid])["kind"] == "Pod"
                   and pod["metadata"]["namespace"] == meta["namespace"] for volume in pod["spec"].get("volumes") or ())

    # Reading

    def _take(self, record: Object) -> None:
        resource, obj, revision = record["resource"], record["object"], int(record["rv"])
        if resource == "events":
            if revision > self._bootstrapped and record["type"] != "DELETED":
                self._event(obj, revision)
            return
        if resource in _LEFT_OUT:
            return
        place = (resource, record["key"])
        before = self._known.get(place)
        self._known[place] = obj
        self.objects[obj["metadata"]["uid"]] = obj
        if before is not None and before["metadata"]["uid"] != obj["metadata"]["uid"]:
            before = None
        if revision <= self._bootstrapped or _made_by_itself(obj):
            return
        meta = obj["metadata"]
        if obj["kind"] == "Pod":
            self._saved = meta["uid"], revision, revision
        for at, what, by in self._changes(before, obj, record["type"]):
            self._at = max(self._at, at)
            self._rows.append(Row(at, CONTROLLER, subject(obj), meta.get("namespace", ""), what, by, meta["uid"],
                                  revision, (revision, _place(what) if obj["kind"] == "Pod" else 0)))

    def _changes(self, before: Object | None, obj: Object, type_: str) -> Iterator[tuple[float, str, str]]:
        """Yield (when, what, by whom) for what is new in an object."""
        meta, status = obj["metadata"], obj.get("status") or {}
        by = _BY_OTHERS.get(obj["kind"], f"{obj['kind'].lower()}-controller")
        if before is None:
            yield timestamps.parse(meta["creationTimestamp"]), "created", _creator(obj)
        if type_ == "DELETED":
            yield self._at, "deleted", ""
            return
        old = {} if before is None else before
        if meta.get("deletionTimestamp") and not (old.get("metadata") or {}).get("deletionTimestamp"):
            grace = meta.get("deletionGracePeriodSeconds") or 0
            yield timestamps.parse(meta["deletionTimestamp"]) - grace, "deletion begins", ""
        if before is not None and before.get("spec") != obj.get("spec") and _edited(before, obj):
            yield self._at, f"changed: {_difference(before['spec'], obj['spec'])}", ""
        known = {condition["type"]: condition.get("status")
                 for condition in (old.get("status") or {}).get("conditions") or ()}
        for condition in status.get("conditions") or ():
            type_name, since = condition["type"], condition.get("lastTransitionTime")
            if type_name not in _INNER and since and known.get(type_name) != condition.get("status") and (
                    before is not None or condition.get("status") == "True"):
                reason = f" ({condition['reason']})" if condition.get("reason") else ""
                yield timestamps.parse(since), f"{type_name}={condition.get('status')}{reason}", by
        phase = status.get("phase")
        if obj["kind"].startswith("PersistentVolume") and phase and phase != (old.get("status") or {}).get("phase"):
            yield self._at, phase, by
        yield from _ended(old, obj)

    def _event(self, event: Object, revision: int) -> None:
        about, by = event["involvedObject"], (event.get("source") or {}).get("component")
        stamp = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
        at = timestamps.parse(stamp)
        count = event.get("count") or (event.get("series") or {}).get("count") or 1
        what = f"{event['reason']}: {event.get('message', '')}" + (f" (x{count})" if count > 1 else "")
        self._at = max(self._at, at)
        uid, first, last = self._saved
        order = revision, 0
        if by == "kubelet" and uid == about.get("uid") and revision == last + 1:
            self._saved, order = (uid, first, revision), (first, _place(event["reason"]))
        self._rows.append(Row(at, CONTROLLER, f"{about['kind'].lower()}/{about['name']}", about.get("namespace", ""),
                              what, by or event.get("reportingComponent") or "", about.get("uid", ""), revision, order))


def _place(what: str) -> int:
    """Return where something stands among what a kubelet did to a pod in one go: it writes the pod's status first, and
    then tells of what led to it."""
    if what in ("created", "deletion begins", "Unhealthy", "Killing"):
        return 0
    if what.startswith("container "):
        return 1
    if "=" in what:
        return 4 if "=True" in what else 2
    return 3


def subject(obj: Object) -> str:
    """Return how a row names an object."""
    return f"{obj['kind'].lower()}/{obj['metadata']['name']}"


def find(cluster: Cluster, seen: Seen, kind: str, name: str, namespace: str) -> str | None:
    """Return the UID of an object that is or was there, by a name of its kind as kubectl takes it, None for none."""
    resource = cluster.client.discovery.find(kind)
    if resource is None:
        return None
    for uid, obj in reversed(list(seen.objects.items())):
        if obj["kind"] == resource.kind and key_of(obj) == (f"{namespace}/{name}" if resource.namespaced else name):
            return uid
    return None


def _made_by_itself(obj: Object) -> bool:
    """Whether it comes with its namespace and tells of nothing."""
    return (obj["kind"], obj["metadata"]["name"]) in (("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default"))


def _creator(obj: Object) -> str:
    """Return which component has made an object, "" where it was a command."""
    meta = obj["metadata"]
    for reference in meta.get("ownerReferences") or ():
        if reference.get("controller"):
            return f"{reference['kind'].lower()}-controller"
    provisioner = (meta.get("annotations") or {}).get("pv.kubernetes.io/provisioned-by")
    return str(provisioner or ("" if isinstance(meta.get("managedFields"), list) else "kube-controller-manager"))


def _edited(before: Object, obj: Object) -> bool:
    return bool(obj["metadata"].get("generation") != before["metadata"].get("generation"))


def _difference(before: Object, after: Object) -> str:
    """Return which fields of a spec differ, and how where that is short."""
    told = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            told.append(name if isinstance(old or new, (dict, list)) else f"{name} {old} -> {new}")
    return ", ".join(told)


def _ended(old: Object, pod: Object) -> Iterator[tuple[float, str, str]]:
    """Yield the containers of a pod that have ended since."""
    if pod["kind"] != "Pod":
        return
    known = {status["name"]: status for status in (old.get("status") or {}).get("containerStatuses") or ()}
    for status in (pod.get("status") or {}).get("containerStatuses") or ():
        before = known.get(status["name"]) or {}
        for where in ("state", "lastState"):
            ended = (status.get(where) or {}).get("terminated")
            if ended and ended.get("finishedAt") and all(
                    (before.get(each) or {}).get("terminated") != ended for each in ("state", "lastState")):
                yield (timestamps.parse(ended["finishedAt"]),
                       f"container {status['name']} ended with {ended.get('exitCode')} ({ended.get('reason', '')})",
                       "kubelet")
