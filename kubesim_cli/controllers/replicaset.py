"""The ReplicaSet controller: as many pods as are asked for.

Kubernetes: pkg/controller/replicaset/replica_set.go and replica_set_utils.go.
"""

from __future__ import annotations

from ..helpers.controller import Controller, itself, owner
from ..machinery import conditions, selectors, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import controller_of, split_key
from ..releases.gates import enabled
from . import pods, refs, victims

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

BURST = 500  # pods deleted in one sync


class ReplicaSetController(Controller):
    """Also the mechanism of other controllers with `spec.replicas` pods that are all alike."""

    name = "replicaset"
    resource = "replicasets.apps"
    component = "replicaset-controller"
    counts_terminating = True
    watches = {resource: itself, "pods": refs.both(owner("ReplicaSet"), refs.orphaned)}

    def selector(self, rs: Object) -> Object:
        """Return the metav1.LabelSelector dict of `rs`."""
        return rs["spec"]["selector"]

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not name:
            for each in api.items(self.resource, namespace):
                self._claim(api, each)
            return None
        rs = api.find(self.resource, name, namespace)
        if rs is None:
            return None
        active, terminating = self._claim(api, rs)
        failure = later = None
        if "deletionTimestamp" not in rs["metadata"]:
            try:
                later = self._manage(api, rs, active)
            except StatusError as error:
                failure = error
        status = self._status(api, rs, active, terminating, failure)
        pods.write_status(api, self.resource, rs, pods.compact(status, ("replicas", "terminatingReplicas")))
        if failure:
            raise failure
        if status["readyReplicas"] != status["availableReplicas"]:
            return pods.earlier(later, pods.next_available(active, rs["spec"].get("minReadySeconds", 0), api.now))
        return later

    def _claim(self, api: Client, rs: Object) -> tuple[list[Object], list[Object]]:
        """Return the pods of `rs` that live and those that are ending, having adopted and released."""
        selector = self.selector(rs)

        def match(pod: Object) -> bool:
            return selectors.selector_matches(selector, pod["metadata"].get("labels"))

        living, ending = [], []
        for pod in refs.candidates(api, rs, "pods"):
            if pods.is_active(pod):
                living.append(pod)
            elif pods.is_terminating(pod) and controller_of(pod) is not None and match(pod):
                ending.append(pod)
        return refs.claim(api, rs, "pods", living, match), ending

    def _manage(self, api: Client, rs: Object, active: list[Object]) -> float | None:
        """Create or delete pods towards spec.replicas, some at a time; returns when to go on. Raises StatusError."""
        wanted = rs["spec"].get("replicas", 1)
        missing = wanted - len(active)
        if missing > 0:
            count, later = pods.pace(wanted, active, api.now)
            template = rs["spec"]["template"]
            failure = pods.slow_start(min(missing, count), lambda i: pods.create(
                api, rs, pods.from_template(template, rs), self.component))
            if failure:
                raise failure
            return later if missing > count else None
        if missing < 0:
            failure = None
            for pod in self._victims(api, rs, active, min(-missing, BURST)):
                try:
                    pods.delete(api, rs, pod, self.component)
                except StatusError as error:
                    failure = failure or error
            if failure:
                raise failure
        return None

    def _victims(self, api: Client, rs: Object, active: list[Object], count: int) -> list[Object]:
        if count == len(active):
            return active
        return victims.choose(active, self._relatives(api, rs), count, api.now)

    def _relatives(self, api: Client, rs: Object) -> list[Object]:
        """Return the pods of all ReplicaSets that have the same controller (getIndirectlyRelatedPods)."""
        ref = controller_of(rs)
        if ref is None:
            return []
        return [pod for sibling in api.owned(self.resource, {"metadata": ref}) for pod in api.owned("pods", sibling)]

    def _status(self, api: Client, rs: Object, active: list[Object], terminating: list[Object],
                failure: StatusError | None) -> Object:
        """Return the new status (calculateStatus)."""
        wanted = (rs["spec"]["template"].get("metadata") or {}).get("labels") or {}
        wait = rs["spec"].get("minReadySeconds", 0)
        labeled = ready = available = 0
        for pod in active:
            labels = pod["metadata"].get("labels") or {}
            labeled += all(labels.get(key) == value for key, value in wanted.items())
            at = pods.available_at(pod, wait)
            if at is not None:
                ready += 1
                available += at <= api.now
        status = {"replicas": len(active), "fullyLabeledReplicas": labeled, "readyReplicas": ready,
                  "availableReplicas": available, "observedGeneration": rs["metadata"]["generation"],
                  "conditions": self._conditions(api, rs, len(active), failure)}
        if self.counts_terminating and enabled("DeploymentReplicaSetTerminatingReplicas", api.release):
            status["terminatingReplicas"] = len(terminating)
        return status

    def _conditions(self, api: Client, rs: Object, count: int, failure: StatusError | None) -> list[Object]:
        old = rs.get("status", {}).get("conditions") or []
        there = conditions.find(old, "ReplicaFailure")
        if failure is None:
            return [entry for entry in old if entry is not there]
        if there is not None:
            return old
        reason = "FailedCreate" if count < rs["spec"].get("replicas", 1) else "FailedDelete"
        return [*old, {"type": "ReplicaFailure", "status": "True", "lastTransitionTime": timestamps.format(api.now),
                       "reason": reason, "message": failure.message}]
