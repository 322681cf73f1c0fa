"""A job's podFailurePolicy and successPolicy, and how long it waits after failures.

Kubernetes: pkg/controller/job/pod_failure_policy.go, success_policy.go, backoff_utils.go.
"""

from __future__ import annotations

from ...machinery import timestamps
from .. import pods
from . import indexes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import Object

FIRST_BACKOFF, LAST_BACKOFF = 10.0, 600.0  # seconds before a pod comes again after the first and after many failures


def match_failure(policy: Object | None, pod: Object) -> tuple[str | None, bool, str]:
    """Return what a podFailurePolicy says of a failed pod: why the job fails, whether it counts, the action taken."""
    for number, rule in enumerate((policy or {}).get("rules") or ()):
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        if rule.get("onExitCodes"):
            container = _by_exit_code(pod.get("status", {}), rule["onExitCodes"])
            what = container and (f"Container {container['name']} for pod {name} failed with exit code "
                                  f"{container['state']['terminated']['exitCode']}")
        else:
            found = _by_condition(pod.get("status", {}), rule.get("onPodConditions") or ())
            what = found and f"Pod {name} has condition {found['type']}"
        if what:
            action = rule["action"]
            message = f"{what} matching {action} rule at index {number}" if action == "FailJob" else None
            return message, action != "Ignore", action
    return None, True, ""


def _by_exit_code(status: Object, wanted: Object) -> Object | None:
    for container in (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())):
        ended = (container.get("state") or {}).get("terminated")
        if not ended or wanted.get("containerName") not in (None, container["name"]) or not ended.get("exitCode"):
            continue
        if (ended["exitCode"] in wanted["values"]) == (wanted["operator"] == "In"):
            return container
    return None


def _by_condition(status: Object, patterns: Iterable[Object]) -> Object | None:
    for condition in status.get("conditions") or ():
        for pattern in patterns:
            if condition["type"] == pattern["type"] and condition["status"] == pattern.get("status", "True"):
                return condition
    return None


def match_success(policy: Object | None, completions: int, succeeded: set[int]) -> str | None:
    """Return the words for the first rule of a successPolicy that is met, or None."""
    if not succeeded:
        return None
    for number, rule in enumerate((policy or {}).get("rules") or ()):
        least = rule.get("succeededCount")
        if rule.get("succeededIndexes") is not None:
            required = indexes.parse(str(rule["succeededIndexes"]), completions)
            done = len(required & succeeded)
            met = bool(required) and (done == len(required) or (least is not None and done >= least))
        else:
            met = least is not None and len(succeeded) >= least
        if met:
            return f"Matched rules at index {number}"
    return None


def finished_at(pod: Object) -> float:
    """Return when a pod ended, as well as can be told (getFinishedTime)."""
    status, meta = pod.get("status", {}), pod["metadata"]
    ends = [((c.get("state") or {}).get("terminated") or {}).get("finishedAt")
            for c in status.get("containerStatuses") or ()]
    if ends and all(ends):
        return max(timestamps.parse(str(end)) for end in ends)
    ready = pods.ready_condition(pod)
    if ready is not None and ready["status"] == "False" and ready.get("lastTransitionTime"):
        return timestamps.parse(ready["lastTransitionTime"])
    if "deletionTimestamp" in meta:
        return timestamps.parse(meta["deletionTimestamp"]) - meta.get("deletionGracePeriodSeconds", 0)
    return timestamps.parse(meta["creationTimestamp"])


def backoff_until(succeeded: list[Object], failed: list[Object]) -> float:
    """Return when new pods may come after the failures since the last success; 0: at once."""
    last_success = max((finished_at(pod) for pod in succeeded), default=0.0)
    times = [at for at in (finished_at(pod) for pod in failed) if at > last_success]
    return backoff_after(len(times), max(times)) if times else 0.0


def backoff_after(failures: int, last: float) -> float:
    """Return when a pod may come again after that many failures, the last of them at the time `last`."""
    return last + min(FIRST_BACKOFF * 2 ** min(failures - 1, 10), LAST_BACKOFF)
