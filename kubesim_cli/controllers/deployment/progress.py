"""A deployment's status: its counters and conditions, and whether it gets on.

Kubernetes: pkg/controller/deployment/progress.go and sync.go.
"""

from __future__ import annotations

from ...machinery import conditions, timestamps
from ...releases.gates import enabled
from .arithmetic import count, max_unavailable, total

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object, Release

NO_DEADLINE = 2**31 - 1


def condition(type_: str, status: str, reason: str, message: str, now: float) -> Object:
    """Return a DeploymentCondition."""
    stamp = timestamps.format(now)
    return {"type": type_, "status": status, "lastUpdateTime": stamp, "lastTransitionTime": stamp, "reason": reason,
            "message": message}


def set_condition(status: Object, new: Object) -> bool:
    """Put a condition into `status`, in place, behind the others, unless one with this status and reason is there."""
    old = conditions.find(status.get("conditions"), new["type"])
    if old is not None and (old["status"], old.get("reason")) == (new["status"], new["reason"]):
        return False
    if old is not None and old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    remove_condition(status, new["type"])
    status["conditions"].append(new)
    return True


def remove_condition(status: Object, type_: str) -> None:
    """Take a condition out of `status`, in place."""
    status["conditions"] = [entry for entry in status.get("conditions") or () if entry["type"] != type_]


def has_deadline(deployment: Object) -> bool:
    """Tell whether the deployment has to progress in time."""
    return deployment["spec"].get("progressDeadlineSeconds") not in (None, NO_DEADLINE)


def calculate(deployment: Object, replica_sets: list[Object], new: Object | None, release: Release,
              now: float) -> Object:
    """Return the status that follows from the ReplicaSets, with the condition Available (calculateStatus)."""
    available = count(replica_sets, "availableReplicas")
    old = deployment.get("status", {})
    status = {"observedGeneration": deployment["metadata"]["generation"],
              "replicas": count(replica_sets, "replicas"), "updatedReplicas": count([new] if new else [], "replicas"),
              "readyReplicas": count(replica_sets, "readyReplicas"), "availableReplicas": available,
              "unavailableReplicas": max(0, total(replica_sets) - available),
              "collisionCount": old.get("collisionCount"), "conditions": list(old.get("conditions") or ())}
    if enabled("DeploymentReplicaSetTerminatingReplicas", release):
        status["terminatingReplicas"] = _terminating(replica_sets)
    if available >= deployment["spec"]["replicas"] - max_unavailable(deployment):
        words = "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
    else:
        words = "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
    set_condition(status, condition("Available", *words, now))
    return status


def _terminating(replica_sets: list[Object]) -> int | None:
    """Return how many pods are ending; None while a ReplicaSet has not said."""
    ending = 0
    for rs in replica_sets:
        status = rs.get("status", {})
        if "terminatingReplicas" in status:
            ending += status["terminatingReplicas"]
        elif status.get("observedGeneration", 0):
            return None
    return ending


def is_complete(deployment: Object, status: Object) -> bool:
    """Tell whether all pods, and no others, are updated and available (DeploymentComplete)."""
    wanted = deployment["spec"]["replicas"]
    return (all(status.get(field, 0) == wanted for field in ("updatedReplicas", "replicas", "availableReplicas"))
            and status.get("observedGeneration", 0) >= deployment["metadata"]["generation"])


def _gets_on(old: Object, new: Object) -> bool:
    """Tell whether the new status is a step forward (DeploymentProgressing)."""
    def left(status: Object) -> int:
        return status.get("replicas", 0) - status.get("updatedReplicas", 0)

    return left(new) < left(old) or any(new[field] > old.get(field, 0) for field in (
        "updatedReplicas", "readyReplicas", "availableReplicas"))


def _deadline(deployment: Object, progressing: Object) -> float:
    """Return when the deployment will have made no progress for too long."""
    return timestamps.parse(progressing["lastUpdateTime"]) + deployment["spec"]["progressDeadlineSeconds"]


def _timed_out(deployment: Object, status: Object, now: float) -> bool:
    there = conditions.find(status["conditions"], "Progressing")
    if there is None or there.get("reason") == "NewReplicaSetAvailable":
        return False
    return there.get("reason") == "ProgressDeadlineExceeded" or _deadline(deployment, there) < now


def judge(deployment: Object, status: Object, new: Object | None, replica_sets: list[Object], now: float) -> None:
    """Set the conditions Progressing and ReplicaFailure in `status`, in place (syncRolloutStatus)."""
    if not has_deadline(deployment):
        remove_condition(status, "Progressing")
    old = deployment.get("status", {})
    current = conditions.find(old.get("conditions"), "Progressing")
    done = (status["replicas"] == status["updatedReplicas"] and current is not None
            and current.get("reason") == "NewReplicaSetAvailable")
    if has_deadline(deployment) and not done:
        about = (f'ReplicaSet "{new["metadata"]["name"]}"' if new is not None
                 else f'Deployment "{deployment["metadata"]["name"]}"')
        if is_complete(deployment, status):
            set_condition(status, condition("Progressing", "True", "NewReplicaSetAvailable",
                                            f"{about} has successfully progressed.", now))
        elif _gets_on(old, status):
            made = condition("Progressing", "True", "ReplicaSetUpdated", f"{about} is progressing.", now)
            if current is not None and current["status"] == "True":
                made["lastTransitionTime"] = current["lastTransitionTime"]
            remove_condition(status, "Progressing")
            set_condition(status, made)
        elif _timed_out(deployment, status, now):
            set_condition(status, condition("Progressing", "False", "ProgressDeadlineExceeded",
                                            f"{about} has timed out progressing.", now))
    failures = (conditions.find(rs.get("status", {}).get("conditions"), "ReplicaFailure")
                for rs in ([new] if new else []) + replica_sets)
    failure = next((entry for entry in failures if entry is not None), None)
    if failure is not None:
        set_condition(status, {**failure, "lastUpdateTime": failure["lastTransitionTime"]})
    else:
        remove_condition(status, "ReplicaFailure")


def next_check(deployment: Object, status: Object, now: float) -> float | None:
    """Return when a deployment that waits has to be looked at for its deadline (requeueStuckDeployment)."""
    current = conditions.find(deployment.get("status", {}).get("conditions"), "Progressing")
    if not has_deadline(deployment) or current is None or is_complete(deployment, status):
        return None
    if current.get("reason") in ("ProgressDeadlineExceeded", "NewReplicaSetAvailable"):
        return None
    deadline = _deadline(deployment, current)
    return deadline + 1 if deadline - now >= 1 else max(deadline, now) + 0.01
