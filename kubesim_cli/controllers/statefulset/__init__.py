"""The StatefulSet controller: pods with a name and claims of their own, in order.

Kubernetes: pkg/controller/statefulset/stateful_set.go and stateful_set_control.go.
"""

from __future__ import annotations

from itertools import islice

from ...helpers.controller import Controller, itself, owner
from ...machinery import selectors
from ...machinery.errors import StatusError
from ...machinery.objects import clone, join_key, split_key
from ...machinery.pods import is_phase_terminal
from .. import history, pods, refs
from . import claims, identity
from .events import record_pod
from .settled import Settled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...apiserver.client import Client
    from ...helpers.controller import Change
    from ...machinery.types import Key, Object

SETS = "statefulsets.apps"


def _of_gone_claim(change: Change) -> Iterable[Key]:
    """Watch function: the set whose next pod had to wait until a claim went with the last one."""
    if change.type != "DELETED":
        return ()
    meta = change.object["metadata"]
    return [join_key(meta["namespace"], ref["name"].rpartition("-")[0]) for ref in meta.get("ownerReferences") or ()
            if ref["kind"] == "Pod" and "-" in ref["name"]]


class StatefulSetController(Controller):
    name = "statefulset"
    watches = {SETS: itself, "pods": refs.both(owner("StatefulSet"), refs.orphaned), claims.CLAIMS: _of_gone_claim}

    def __init__(self) -> None:
        self._settled: dict[str, Settled] = {}  # by the set's UID

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not name:
            for each in api.items(SETS, namespace):
                _claim(api, each, refs.candidates(api, each, "pods"))
            return None
        set_ = api.find(SETS, name, namespace)
        if set_ is None:
            return None
        uid, generation = set_["metadata"]["uid"], set_["metadata"]["generation"]
        settled = self._settled.get(uid)
        if settled is None or settled.generation != generation:
            settled = self._settled[uid] = Settled(generation)
        return _Sync(api, set_, settled).run()


def _claim(api: Client, set_: Object, candidates: list[Object]) -> list[Object]:
    """Return the set's pods among some, having adopted and released."""
    selector, name = set_["spec"]["selector"], set_["metadata"]["name"]

    def match(pod: Object) -> bool:
        return (selectors.selector_matches(selector, pod["metadata"].get("labels"))
                and identity.parent_and_ordinal(pod)[0] == name)

    return refs.claim(api, set_, "pods", candidates, match)


class _Sync:
    """One look at one StatefulSet.

    `settled` are the pods that are as they should be; only the others are looked at. Of them, `replicas` are those
    that it should have, in order; those without a phase are yet to be created, and only so many of them are there as
    have their turn before `later`. `condemned` are those beyond, the highest ordinal first.
    """

    def __init__(self, api: Client, set_: Object, settled: Settled):
        self.api, self.set, self.spec, self.settled = api, set_, set_["spec"], settled
        self.ready_seconds = self.spec.get("minReadySeconds", 0)
        self.monotonic = self.spec.get("podManagementPolicy") != "Parallel"
        self.replicas: list[Object] = []
        self.condemned: list[Object] = []
        self.later: float | None = None

    def run(self) -> float | None:
        """Take the next steps; returns when to look again."""
        api, set_ = self.api, self.set
        revisions = history.revisions_of(api, set_)
        loose = self.settled.sift(api.owned("pods", set_))
        mine = _claim(api, set_, [pod for pod in loose if refs.controlled_by(pod, set_)]
                      + api.orphans("pods", set_["metadata"]["namespace"]))
        status = set_.get("status", {})
        self.update, self.collisions = history.current(api, set_, revisions, status.get("collisionCount", 0),
                                                       set_["metadata"].get("annotations", {}))
        self.current = next((r for r in revisions if r["metadata"]["name"] == status.get("currentRevision")),
                            self.update)
        mine = [pod for pod in mine if not self._settle(pod)]
        self._sort_in(mine)
        failure = None
        self.status = self._count(mine)
        if "deletionTimestamp" not in set_["metadata"]:
            try:
                self._take_steps()
            except StatusError as error:
                failure = error
        self._write_status()
        live = {identity.revision_of(pod) for pod in mine}.union(self.settled.revisions)
        live |= {self.current["metadata"]["name"], self.update["metadata"]["name"]}
        if self.spec.get("revisionHistoryLimit", 10) >= 0:
            history.truncate(api, revisions, live, self.spec.get("revisionHistoryLimit", 10))
        if failure:
            raise failure
        if self.status["readyReplicas"] != self.status["availableReplicas"]:
            return pods.earlier(self.later, pods.next_available(mine, self.ready_seconds, api.now))
        return self.later

    def _settle(self, pod: Object) -> bool:
        """Tell whether nothing has to be done about a pod, as it is, for as long as the set stays as it is."""
        if identity.claim_templates(self.set) or not identity.in_range(pod, self.set) or pods.phase(pod) != "Running" \
                or self._unavailable(pod) or not identity.identity_matches(self.set, pod):
            return False
        return self.settled.add(pod)

    def _sort_in(self, mine: list[Object]) -> None:
        start, count = identity.start_ordinal(self.set), self.spec["replicas"]
        there = {}
        for pod in mine:
            number = identity.ordinal(pod)
            if start <= number < start + count:
                there[number] = pod
            elif number >= 0:
                self.condemned.append(pod)
        self.condemned.sort(key=identity.ordinal, reverse=True)
        missing, later = 1, None  # in order: nobody comes to the second
        if not self.monotonic:
            missing, later = pods.pace(count, mine + self.settled.pods, self.api.now)
        there_already = self.settled.by_ordinal
        numbers = islice((number for number in range(start, start + count)
                          if number not in there_already and number not in there), missing)
        for number in numbers:
            there[number] = self._new_pod(number)
        if len(there) + len(there_already) < count:
            self.later = later
        self.replicas = [there[number] for number in sorted(there)]

    def _new_pod(self, number: int) -> Object:
        """newVersionedStatefulSetPod: pods below the partition are made as they were."""
        strategy = self.spec["updateStrategy"]
        rolling = strategy.get("rollingUpdate")
        start = identity.start_ordinal(self.set)
        if rolling is not None:
            old = number < start + rolling.get("partition", 0)
        else:
            old = (strategy["type"] == "RollingUpdate"
                   and number < start + self.set.get("status", {}).get("currentReplicas", 0))
        revision = self.current if old else self.update
        return identity.new_pod(self.set, history.template_of(revision), revision["metadata"]["name"], number)

    def _unavailable(self, pod: Object) -> bool:
        return "deletionTimestamp" in pod["metadata"] or not self._available(pod)

    def _available(self, pod: Object) -> bool:
        return pods.is_available(pod, self.ready_seconds, self.api.now)

    # Steps

    def _take_steps(self) -> None:
        """Create, delete and update; what a step changed is seen at the next sync. Raises StatusError."""
        first_unavailable = next((pod for pod in (*self.replicas, *reversed(self.condemned))
                                  if self._unavailable(pod)), None)
        try:
            if (self._for_all(self.replicas, self._process)
                    or self._for_all(self.condemned, self._fix_claims)
                    or self._for_all(self.condemned, lambda pod: self._condemn(pod, first_unavailable))):
                return
        finally:
            self.status = self._count(self.replicas + self.condemned)
        if self.spec["updateStrategy"]["type"] != "OnDelete":
            self._roll()

    def _for_all(self, chosen: list[Object], step: Callable[[Object], bool]) -> bool:
        """Take a step for each pod; ordered sets stop at the first that says so, which is returned (runForAll)."""
        if self.monotonic:
            return any(step(pod) for pod in chosen)
        failure = pods.slow_start(len(chosen), lambda i: step(chosen[i]))
        if failure:
            raise failure
        return False

    def _process(self, pod: Object) -> bool:
        """Bring one replica a step on; says whether later ones have to wait for it (processReplica)."""
        api, set_, phase = self.api, self.set, pods.phase(pod)
        if is_phase_terminal(phase):
            if "deletionTimestamp" not in pod["metadata"]:
                self._delete(pod)
            return True
        if not phase:
            if claims.are_stale(api, set_, pod):
                return True
            self._create(pod)
            if self.monotonic:
                return True
        if phase == "Pending":
            self._repair_claims(pod)
        if self.monotonic and ("deletionTimestamp" in pod["metadata"] or phase != "Running"
                               or not self._available(pod)):
            return True
        if not (identity.identity_matches(set_, pod) and identity.storage_matches(set_, pod)
                and claims.match_policy(api, set_, pod)):
            self._update(clone(pod))
        return False

    def _create(self, pod: Object) -> None:
        api, set_ = self.api, self.set
        try:
            claims.create_missing(api, set_, pod)
        except StatusError as error:
            record_pod(api, "create", set_, pod, error)
            raise
        failure = None
        try:
            api.create("pods", pod, set_["metadata"]["namespace"])
        except StatusError as error:
            if error.reason == "AlreadyExists":
                raise
            failure = error
        self._apply_policy(pod)
        record_pod(api, "create", set_, pod, failure)
        if failure:
            raise failure

    def _repair_claims(self, pod: Object) -> None:
        claims.create_missing(self.api, self.set, pod)
        self._apply_policy(pod)

    def _apply_policy(self, pod: Object) -> None:
        try:
            claims.apply_policy(self.api, self.set, pod)
        except StatusError as error:
            record_pod(self.api, "update", self.set, pod, error)
            raise

    def _update(self, pod: Object) -> None:
        """Give a pod (a copy) back what identifies it (UpdateStatefulPod)."""
        api, set_ = self.api, self.set
        if not identity.identity_matches(set_, pod):
            identity.set_identity(set_, pod)
        if not identity.storage_matches(set_, pod):
            identity.set_storage(set_, pod)
            try:
                claims.create_missing(api, set_, pod)
            except StatusError as error:
                record_pod(api, "update", set_, pod, error)
                raise
        self._apply_policy(pod)
        try:
            api.update("pods", pod, set_["metadata"]["namespace"])
        except StatusError as error:
            record_pod(api, "update", set_, pod, error)
            raise
        record_pod(api, "update", set_, pod)

    def _delete(self, pod: Object) -> None:
        try:
            self.api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
        except StatusError as error:
            if error.reason != "NotFound":
                record_pod(self.api, "delete", self.set, pod, error)
                raise
        record_pod(self.api, "delete", self.set, pod)

    def _fix_claims(self, pod: Object) -> bool:
        if not claims.match_policy(self.api, self.set, pod):
            claims.apply_policy(self.api, self.set, pod)
        return False

    def _condemn(self, pod: Object, first_unavailable: Object | None) -> bool:
        """Delete a pod beyond the wanted count, once all others are well (processCondemned)."""
        if "deletionTimestamp" in pod["metadata"]:
            return self.monotonic
        if self.monotonic and pod is not first_unavailable and self._unavailable(pod):
            return True
        self._delete(pod)
        return True

    def _roll(self) -> None:
        """Delete pods of an old revision, the highest ordinal first, as many as may be unavailable at a time."""
        rolling = self.spec["updateStrategy"].get("rollingUpdate") or {}
        partition, wanted = rolling.get("partition", 0), self.update["metadata"]["name"]
        first = identity.start_ordinal(self.set) + partition
        if rolling.get("maxUnavailable") is not None:
            may_go = max(1, pods.scaled(rolling["maxUnavailable"], self.spec["replicas"], False))
            may_go -= sum(self._unavailable(pod) for pod in self.replicas)
            for pod in self._to_roll(first, wanted):
                if may_go > 0 and identity.revision_of(pod) != wanted and "deletionTimestamp" not in pod["metadata"]:
                    self._replace(pod)
                    may_go -= 1
            return
        for pod in self._to_roll(first, wanted):
            if identity.revision_of(pod) != wanted and "deletionTimestamp" not in pod["metadata"]:
                return self._replace(pod)
            if self._unavailable(pod):
                return None

    def _to_roll(self, first: int, wanted: str) -> Iterator[Object]:
        """Yield the pods from the highest ordinal down to `first`, but for the settled ones of revision `wanted`."""
        loose = {identity.ordinal(pod): pod for pod in self.replicas}
        settled = self.settled.by_ordinal
        outdated = {number for number, (_, revision) in settled.items() if revision != wanted}
        end = identity.start_ordinal(self.set) + self.spec["replicas"]
        for number in sorted(outdated | loose.keys(), reverse=True):
            if first <= number < end:
                yield loose[number] if number in loose else settled[number][0]

    def _replace(self, pod: Object) -> None:
        self._delete(pod)
        self.status["currentReplicas"] -= 1

    # Status

    def _count(self, chosen: list[Object]) -> Object:
        """Return a status with all counters, of the settled pods and some others (computeReplicaStatus)."""
        current, update = self.current["metadata"]["name"], self.update["metadata"]["name"]
        status = {"observedGeneration": self.set["metadata"]["generation"], "currentRevision": current,
                  "updateRevision": update, "collisionCount": self.collisions, "replicas": 0, "readyReplicas": 0,
                  "availableReplicas": 0, "currentReplicas": 0, "updatedReplicas": 0}
        for revision, count in self.settled.revisions.items():
            for field in ("replicas", "readyReplicas", "availableReplicas"):
                status[field] += count
            status["currentReplicas"] += count * (revision == current)
            status["updatedReplicas"] += count * (revision == update)
        for pod in chosen:
            phase = pods.phase(pod)
            if not phase:
                continue
            status["replicas"] += 1
            if phase == "Running" and pods.is_ready(pod):
                status["readyReplicas"] += 1
                status["availableReplicas"] += self._available(pod)
            if "deletionTimestamp" not in pod["metadata"]:
                revision = identity.revision_of(pod)
                status["currentReplicas"] += revision == current
                status["updatedReplicas"] += revision == update
        return status

    def _write_status(self) -> None:
        status, old, wanted = self.status, self.set.get("status", {}), self.spec["replicas"]
        if (self.spec["updateStrategy"]["type"] == "RollingUpdate"
                and status["updatedReplicas"] == status["readyReplicas"] == status["replicas"] == wanted):
            status["currentReplicas"] = status["updatedReplicas"]
            status["currentRevision"] = status["updateRevision"]
        if (status["observedGeneration"] <= old.get("observedGeneration", 0)
                and all(value == old.get(field, "" if field.endswith("Revision") else 0)
                        for field, value in status.items()
                        if field not in ("observedGeneration", "collisionCount"))):
            return
        pods.write_status(self.api, SETS, self.set,
                          pods.compact(status, ("replicas", "availableReplicas", "collisionCount")))
