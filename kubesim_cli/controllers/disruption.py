"""The disruption controller: how many pods of a PodDisruptionBudget may be evicted now.

Kubernetes: pkg/controller/disruption/disruption.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..machinery import conditions, selectors, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import controller_of, split_key
from . import pods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

BUDGETS = "poddisruptionbudgets.policy"
COMPONENT = "controllermanager"
EVICTION_TIMEOUT = 120  # seconds in which an evicted pod should be gone (DeletionTimeout)


def _of_pod(change: Change) -> Iterable[Key]:
    """Watch function: all budgets of a pod's namespace, unless nothing changed that they count."""
    old, new = change.old, change.new
    if old is not None and new is not None and _counted(old) == _counted(new):
        return ()
    return (change.object["metadata"]["namespace"] + "/",)


def _counted(pod: Object) -> tuple[object, ...]:
    meta = pod["metadata"]
    return meta.get("labels"), "deletionTimestamp" in meta, pods.is_ready(pod), controller_of(pod)


class DisruptionController(Controller):
    name = "disruption"
    watches = {BUDGETS: itself, "pods": _of_pod}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if name:
            budget = api.find(BUDGETS, name, namespace)
            return _sync(api, budget, tell=True) if budget is not None else None
        times = [_sync(api, budget, tell=False) for budget in api.items(BUDGETS, namespace)]
        return min((time for time in times if time is not None), default=None)


def _sync(api: Client, budget: Object, tell: bool) -> float | None:
    """Bring one budget's status up to date; `tell` of what is odd about it in events. Returns when to look again."""
    def event(type_: str, reason: str, message: str) -> None:
        if tell:
            api.record(budget, type_, reason, message, COMPONENT)

    selector, namespace = budget["spec"].get("selector"), budget["metadata"]["namespace"]
    covered = [pod for pod in api.items("pods", namespace)
               if selectors.selector_matches(selector, pod["metadata"].get("labels"))]
    if not covered:
        event("Normal", "NoPods", "No matching pods found")
    try:
        expected, desired, unmanaged = _expected(api, budget["spec"], covered)
    except StatusError as error:
        event("Warning", "CalculateExpectedPodCountFailed",
              f"Failed to calculate the number of expected pods: {error.message}")
        _fail_safe(api, budget, error.message)
        raise
    if unmanaged:
        text = f"&LabelSelector{{MatchLabels:{_go_map(selector)},MatchExpressions:[]LabelSelectorRequirement{{}},}}"
        event("Warning", "UnmanagedPods",
              f"Pods selected by this PodDisruptionBudget (selector: {text}) were found to be unmanaged. As a "
              "result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. "
              'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.')
    disrupted, again = _disrupted(api, budget, covered)
    healthy = sum("deletionTimestamp" not in pod["metadata"] and pod["metadata"]["name"] not in disrupted
                  and pods.is_ready(pod) for pod in covered)
    allowed = max(0, healthy - desired) if expected > 0 else 0
    status = {"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
              "disruptionsAllowed": allowed, "observedGeneration": budget["metadata"]["generation"]}
    if disrupted:
        status["disruptedPods"] = disrupted
    words = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    _write(api, budget, status, *words, "")
    return again


def _go_map(selector: Object) -> str:
    """Print a selector's matchLabels as Go does a map[string]string."""
    labels = selector.get("matchLabels") or {}
    return "map[string]string{" + "".join(f"{key}: {labels[key]}," for key in sorted(labels)) + "}"


def _write(api: Client, budget: Object, status: Object, allowed: str, reason: str, message: str) -> None:
    listed = list(budget.get("status", {}).get("conditions") or ())
    conditions.set_condition(listed, {"type": "DisruptionAllowed", "status": allowed, "reason": reason,
                                      "message": message, "observedGeneration": status.get("observedGeneration", 0)},
                             api.now)
    pods.write_status(api, BUDGETS, budget, {**status, "conditions": listed})


def _fail_safe(api: Client, budget: Object, message: str) -> None:
    """Allow no disruption while the budget cannot be calculated."""
    status = {**budget.get("status", {}), "disruptionsAllowed": 0}
    for field in ("currentHealthy", "desiredHealthy", "expectedPods"):
        status.setdefault(field, 0)
    _write(api, budget, status, "False", "SyncFailed", message)


def _expected(api: Client, spec: Object, covered: list[Object]) -> tuple[int, int, bool]:
    """Return (how many pods there should be, how many have to be healthy, whether some have no controller)."""
    if spec.get("maxUnavailable") is not None:
        expected, unmanaged = _scale(api, covered)
        return expected, max(0, expected - pods.scaled(spec["maxUnavailable"], expected, True)), unmanaged
    least = spec.get("minAvailable", 0)
    if isinstance(least, str):
        expected, unmanaged = _scale(api, covered)
        return expected, pods.scaled(least, expected, True), unmanaged
    return len(covered), least, False


def _scale(api: Client, covered: list[Object]) -> tuple[int, bool]:
    """Return the sum of the replicas that the pods' controllers ask for, and whether some pods have none."""
    scales: dict[str, int] = {}
    seen: set[str] = set()
    unmanaged = False
    for pod in covered:
        ref = controller_of(pod)
        if ref is None:
            unmanaged = True
        elif ref["uid"] not in seen:
            seen.add(ref["uid"])
            owner = _owner(api, ref, pod["metadata"])
            scales[owner["metadata"]["uid"]] = owner["spec"].get("replicas", 0)
    return sum(scales.values()), unmanaged


def _owner(api: Client, ref: Object, meta: Object) -> Object:
    """Return the object that says how many pods there should be: a pod's controller, or its ReplicaSet's Deployment."""
    res = api.discovery.of_kind(ref["apiVersion"], ref["kind"])
    found = api.find(res.name, ref["name"], meta["namespace"]) if res is not None else None
    if res is None or found is None or found["metadata"]["uid"] != ref["uid"]:
        raise pods.failure(f'found no controllers for pod "{meta["name"]}"')
    above = controller_of(found) if ref["kind"] == "ReplicaSet" else None
    if above is not None and above["kind"] == "Deployment":
        deployment = api.find("deployments.apps", above["name"], meta["namespace"])
        if deployment is not None and deployment["metadata"]["uid"] == above["uid"]:
            return deployment
    if "scale" not in res.subresources:
        raise pods.failure(f"{res.name} does not implement the scale subresource")
    return found


def _disrupted(api: Client, budget: Object, covered: list[Object]) -> tuple[dict[str, str], float | None]:
    """Return the evicted pods that are still to be gone, and when the first of them should have been."""
    noted = budget.get("status", {}).get("disruptedPods") or {}
    left: dict[str, str] = {}
    for pod in covered:
        name = pod["metadata"]["name"]
        if "deletionTimestamp" in pod["metadata"] or name not in noted:
            continue
        if timestamps.parse(noted[name]) + EVICTION_TIMEOUT <= api.now:
            namespace = budget["metadata"]["namespace"]
            api.record(pod, "Warning", "NotDeleted",
                       f"Pod was expected by PDB {namespace}/{namespace} to be deleted but it wasn't", COMPONENT)
        else:
            left[name] = noted[name]
    return left, min((timestamps.parse(time) + EVICTION_TIMEOUT for time in left.values()), default=None)
