"""The Deployment controller: ReplicaSets, one per template, and the way from one to the next.

Kubernetes: pkg/controller/deployment/ (deployment_controller.go, sync.go, rolling.go, recreate.go).
"""

from __future__ import annotations

from ...helpers.controller import Controller, itself, owner
from ...machinery import conditions, names, selectors
from ...machinery.errors import StatusError
from ...machinery.objects import clone, controller_of, join_key, split_key
from ...machinery.pods import is_terminal
from ...machinery.wellknown import DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY, DESIRED_REPLICAS_ANNOTATION, REVISION_ANNOTATION
from ...releases.gates import enabled
from .. import pods, refs
from . import progress, revisions
from .arithmetic import (
    active,
    age_order,
    annotated,
    count,
    is_rolling,
    is_saturated,
    max_unavailable,
    new_replicas,
    proportional_sizes,
    total,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...apiserver.client import Client
    from ...helpers.controller import Change
    from ...machinery.types import Key, Object

DEPLOYMENTS, REPLICA_SETS = "deployments.apps", "replicasets.apps"
COMPONENT = "deployment-controller"


def _of_gone_pod(change: Change) -> Iterable[Key]:
    """Watch function: a pod that went may be the last one that a Recreate waited for."""
    if change.type != "DELETED":
        return ()
    ref, meta = controller_of(change.object), change.object["metadata"]
    end = "-" + (meta.get("labels") or {}).get(DEFAULT_DEPLOYMENT_UNIQUE_LABEL_KEY, "")
    if ref is None or ref["kind"] != "ReplicaSet" or not ref["name"].endswith(end):
        return ()
    return (join_key(meta["namespace"], ref["name"][:-len(end)]),)


class DeploymentController(Controller):
    name = "deployment"
    watches = {DEPLOYMENTS: itself, REPLICA_SETS: refs.both(owner("Deployment"), refs.orphaned), "pods": _of_gone_pod}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not name:
            for each in api.items(DEPLOYMENTS, namespace):
                _replica_sets_of(api, each)
            return None
        deployment = api.find(DEPLOYMENTS, name, namespace)
        return _Sync(api, deployment).run() if deployment is not None else None


def _replica_sets_of(api: Client, deployment: Object) -> list[Object]:
    """Return the deployment's ReplicaSets, having adopted and released."""
    selector = deployment["spec"]["selector"]
    return refs.claim(api, deployment, REPLICA_SETS, refs.candidates(api, deployment, REPLICA_SETS),
                      lambda rs: selectors.selector_matches(selector, rs["metadata"].get("labels")))


class _Sync:
    """One look at one deployment. `stored` is what the store holds, `deployment` a copy that takes on changes;
    `new` is the present template's ReplicaSet, if there is one, `old` are all others."""

    def __init__(self, api: Client, deployment: Object):
        self.api, self.stored = api, deployment
        meta = deployment["metadata"]
        self.deployment = {**deployment, "metadata": {**meta, "annotations": dict(meta.get("annotations") or {})},
                           "status": dict(deployment.get("status") or {})}
        self.spec, self.status = self.deployment["spec"], self.deployment["status"]
        self.new: Object | None = None
        self.old: list[Object] = []

    def run(self) -> float | None:
        """Take the next steps; returns when to look again. Raises StatusError."""
        found = _replica_sets_of(self.api, self.deployment)
        self.new = revisions.find_new(self.deployment, found)
        self.old = [rs for rs in found if rs is not self.new]
        going = "deletionTimestamp" in self.deployment["metadata"]
        if not going:
            self._note_pause()
        self._sync_revision(create=False)
        if going:
            self._write(self._calculate())
            return None
        paused = self.spec.get("paused")
        if paused or any((wanted := annotated(rs, DESIRED_REPLICAS_ANNOTATION)) is not None
                         and wanted != self.spec["replicas"] for rs in active(self._all())):
            self._scale()
            if paused:
                self._clean_up()
            self._write(self._calculate())
            return None
        if is_rolling(self.deployment):
            self._roll()
        else:
            self._recreate()
        return self._judge()

    def _all(self) -> list[Object]:
        return self.old + ([self.new] if self.new is not None else [])

    # Status

    def _calculate(self) -> Object:
        return progress.calculate(self.deployment, self._all(), self.new, self.api.release, self.api.now)

    def _judge(self) -> float | None:
        status = self._calculate()
        progress.judge(self.deployment, status, self.new, self._all(), self.api.now)
        if not self._write(status):
            return progress.next_check(self.deployment, status, self.api.now)
        return None

    def _write(self, status: Object) -> bool:
        """Store a status, if it is another one; says whether it was."""
        status = pods.compact(status, ("collisionCount", "terminatingReplicas"))
        notes, meta = self.deployment["metadata"]["annotations"], self.stored["metadata"]
        if status == self.stored.get("status", {}) and notes == (meta.get("annotations") or {}):
            return False
        changed = {**self.stored, "status": status}
        if notes != (meta.get("annotations") or {}):
            changed["metadata"] = {**meta, "annotations": dict(notes)}
        self.stored = self.api.update_status(DEPLOYMENTS, changed)
        return True

    def _save(self) -> None:
        """Store the copy's status and its revision annotation."""
        self._write(self.status)

    def _note_pause(self) -> None:
        """Say in the condition Progressing that the rollout was paused or resumed (checkPausedConditions)."""
        there = conditions.find(self.status.get("conditions"), "Progressing")
        reason = there.get("reason") if there else None
        if not progress.has_deadline(self.deployment) or reason == "ProgressDeadlineExceeded":
            return
        paused = bool(self.spec.get("paused"))
        if paused == (reason == "DeploymentPaused"):
            return
        word = "paused" if paused else "resumed"
        self._set_condition("Unknown", f"Deployment{word.capitalize()}", f"Deployment is {word}")
        self._save()

    def _set_condition(self, status: str, reason: str, message: str) -> None:
        progress.set_condition(self.status, progress.condition("Progressing", status, reason, message, self.api.now))

    # The new ReplicaSet (getNewReplicaSet)

    def _sync_revision(self, create: bool) -> None:
        """Bring revision numbers up to date; make the new ReplicaSet where it is missing, if told to."""
        number = max((revisions.revision(rs) for rs in self.old), default=0) + 1
        if self.new is None:
            if create:
                self._create(number)
            return
        rs = {**self.new, "metadata": clone(self.new["metadata"])}
        changed = revisions.set_annotations(self.deployment, rs, number, exists=True)
        wait = self.spec.get("minReadySeconds", 0)
        if changed or rs["spec"].get("minReadySeconds", 0) != wait:
            rs["spec"] = {**{key: value for key, value in rs["spec"].items() if key != "minReadySeconds"},
                          **({"minReadySeconds": wait} if wait else {})}
            self.new = self._update(rs)
            return
        needed = self._set_revision(rs["metadata"]["annotations"].get(REVISION_ANNOTATION, ""))
        if (progress.has_deadline(self.deployment)
                and conditions.find(self.status.get("conditions"), "Progressing") is None):
            self._set_condition("True", "FoundNewReplicaSet", f'Found new replica set "{rs["metadata"]["name"]}"')
            needed = True
        if needed:
            self._save()

    def _set_revision(self, text: str) -> bool:
        notes = self.deployment["metadata"]["annotations"]
        changed = notes.get(REVISION_ANNOTATION) != text
        notes[REVISION_ANNOTATION] = text
        return changed

    def _update(self, rs: Object) -> Object:
        return self.api.update(REPLICA_SETS, rs, rs["metadata"]["namespace"])

    def _create(self, number: int) -> None:
        deployment, meta = self.deployment, self.deployment["metadata"]
        hash_ = names.template_hash(self.spec["template"], self.api.release, self.status.get("collisionCount"))
        template, selector = revisions.with_hash(deployment, hash_)
        rs: Object = {"apiVersion": "apps/v1", "kind": "ReplicaSet",
                    "metadata": {"name": f"{meta['name'][:253 - 1 - len(hash_)]}-{hash_}",
                                 "namespace": meta["namespace"], "labels": dict(template["metadata"]["labels"]),
                                 "ownerReferences": [refs.controller_ref(deployment)]},
                    "spec": {"replicas": new_replicas(deployment, self.old, 0), "selector": selector,
                             "template": template}}
        if self.spec.get("minReadySeconds"):
            rs["spec"]["minReadySeconds"] = self.spec["minReadySeconds"]
        revisions.set_annotations(deployment, rs, number, exists=False)
        made = self._try_create(rs)
        self.new, size = made, rs["spec"]["replicas"]
        if size:
            words = f"from 0 to {size}" if enabled("DeploymentTellsFromTo", self.api.release) else f"to {size}"
            self._event("Normal", "ScalingReplicaSet", f"Scaled up replica set {made['metadata']['name']} {words}")
        self._set_revision(str(number))
        if progress.has_deadline(deployment):
            self._set_condition("True", "NewReplicaSetCreated", f'Created new replica set "{made["metadata"]["name"]}"')
        self._save()

    def _try_create(self, rs: Object) -> Object:
        try:
            return self.api.create(REPLICA_SETS, rs, rs["metadata"]["namespace"])
        except StatusError as error:
            if error.reason == "AlreadyExists":  # another template, the same hash
                self.status["collisionCount"] = self.status.get("collisionCount", 0) + 1
                self._save()
            elif not pods.namespace_terminating(error):
                text = f'Failed to create new replica set "{rs["metadata"]["name"]}": {error.message}'
                if progress.has_deadline(self.deployment):
                    self._set_condition("False", "ReplicaSetCreateError", text)
                    self._save()
                self._event("Warning", "ReplicaSetCreateError", text)
            raise

    def _event(self, type_: str, reason: str, message: str) -> None:
        self.api.record(self.stored, type_, reason, message, COMPONENT)

    # Scaling

    def _scale_to(self, rs: Object, replicas: int, force: bool = False) -> bool:
        """Give a ReplicaSet a size; says whether it had another (scaleReplicaSet)."""
        had = rs["spec"]["replicas"]
        if had == replicas and not force:
            return False
        changed = {**rs, "metadata": clone(rs["metadata"]), "spec": {**rs["spec"], "replicas": replicas}}
        if revisions.set_replicas_annotations(self.deployment, changed) or had != replicas:
            stored = self._update(changed)
            if rs is self.new:
                self.new = stored
            else:
                self.old = [stored if other is rs else other for other in self.old]
        if had == replicas:
            return False
        from_to = enabled("DeploymentTellsFromTo", self.api.release)
        words = f"from {had} to {replicas}" if from_to else f"to {replicas} from {had}"
        self._event("Normal", "ScalingReplicaSet",
                    f"Scaled {'up' if had < replicas else 'down'} replica set {rs['metadata']['name']} {words}")
        return True

    def _scale(self) -> None:
        """Follow a change of spec.replicas (DeploymentController.scale)."""
        living = active(sorted(self.old, key=age_order, reverse=True)) + active([self.new] if self.new else [])
        if len(living) < 2:
            newest = [self.new] if self.new is not None else sorted(self.old, key=age_order)[-1:]
            for rs in living or newest:
                self._scale_to(rs, self.spec["replicas"])
        elif is_saturated(self.deployment, self.new):
            for rs in active(self.old):
                self._scale_to(rs, 0)
        elif is_rolling(self.deployment):
            by_name = {rs["metadata"]["name"]: rs for rs in living}
            for name, replicas in proportional_sizes(self.deployment, living).items():
                self._scale_to(by_name[name], replicas, force=True)

    def _clean_up(self) -> None:
        """Delete the oldest ReplicaSets beyond spec.revisionHistoryLimit (cleanupDeployment)."""
        limit = self.spec.get("revisionHistoryLimit", progress.NO_DEADLINE)
        living = [rs for rs in self.old if "deletionTimestamp" not in rs["metadata"]]
        living.sort(key=lambda rs: (revisions.revision(rs), age_order(rs)))
        for rs in living[:max(0, len(living) - limit)]:
            status, meta = rs.get("status", {}), rs["metadata"]
            if (rs["spec"]["replicas"] or status.get("replicas")
                    or meta["generation"] > status.get("observedGeneration", 0)):
                continue
            try:
                self.api.delete(REPLICA_SETS, meta["name"], meta["namespace"])
            except StatusError as error:
                if error.reason != "NotFound":
                    raise

    # Rollouts

    def _roll(self) -> None:
        """Take the next step of a rolling update (rolling.go)."""
        self._sync_revision(create=True)
        assert self.new is not None
        wanted, has = self.spec["replicas"], self.new["spec"]["replicas"]
        if has != wanted:
            size = wanted if has > wanted else new_replicas(self.deployment, self.old, has)
            if self._scale_to(self.new, size):
                return
        if not self._scale_down_old() and progress.is_complete(self.deployment, self.status):
            self._clean_up()

    def _scale_down_old(self) -> bool:
        """Scale old ReplicaSets down as far as enough pods stay available; says whether any was."""
        assert self.new is not None
        enough = self.spec["replicas"] - max_unavailable(self.deployment)
        unready = self.new["spec"]["replicas"] - count([self.new], "availableReplicas")
        may_go = total(self._all()) - enough - unready
        if not active(self.old) or may_go <= 0:
            return False
        gone = 0
        for rs in sorted(active(self.old), key=age_order):  # first what is not available anyway
            replicas = rs["spec"]["replicas"]
            share = min(may_go - gone, replicas - count([rs], "availableReplicas"))
            if share > 0 and self._scale_to(rs, replicas - share):
                gone += share
        spare = count(self._all(), "availableReplicas") - enough
        for rs in sorted(active(self.old), key=age_order):
            share = min(rs["spec"]["replicas"], spare)
            if share > 0 and self._scale_to(rs, rs["spec"]["replicas"] - share):
                gone += share
                spare -= share
        return gone > 0

    def _recreate(self) -> None:
        """Take the next step of an update that ends all old pods first (recreate.go)."""
        scaled = [self._scale_to(rs, 0) for rs in active(self.old)]
        if any(scaled) or self._old_pods_left():
            return
        if self.new is None:
            self._sync_revision(create=True)
        assert self.new is not None
        self._scale_to(self.new, self.spec["replicas"])
        if progress.is_complete(self.deployment, self.status):
            self._clean_up()

    def _old_pods_left(self) -> bool:
        return any(not is_terminal(pod) and refs.controlled_by(pod, rs)
                   for rs in self.old for pod in self.api.owned("pods", rs)) or count(self.old, "replicas") > 0
