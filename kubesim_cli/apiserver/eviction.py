"""pods/eviction: a deletion that asks the PodDisruptionBudgets first (registry/core/pod/storage/eviction.go)."""

from __future__ import annotations

from ..machinery import conditions, errors, selectors
from ..machinery.objects import clone, dig
from . import registry
from .reading import read
from .request import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.discovery import Resource
    from ..machinery.types import Object
    from .request import Request
    from .server import Server


def evict(request: Request) -> Object:
    """Evict a pod; raises TooManyRequests where a budget forbids it for now."""
    server, pod = request.server, read(request)
    wanted = dig(request.body, "deleteOptions", default={})
    dry_run = request.options.dry_run or bool(wanted.get("dryRun"))
    budgets = [] if _ignores_budgets(pod) else _budgets_of(server, pod)
    if len(budgets) > 1:
        raise errors.StatusError(500, "InternalError",
                                 "This pod has more than one PodDisruptionBudget, which the eviction subresource does "
                                 "not support.")
    if budgets:
        _spend(server, budgets[0], pod, dry_run)
    if not dry_run:
        _mark(server, request.res, pod)
    options = Options(grace_period=wanted.get("gracePeriodSeconds"), preconditions=wanted.get("preconditions"),
                      dry_run=dry_run)
    registry.delete(request.leading_to("delete", request.namespace, request.name, options))
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _ignores_budgets(pod: Object) -> bool:
    phase = dig(pod, "status", "phase", default="")
    return phase in ("Succeeded", "Failed", "Pending") or bool(pod["metadata"].get("deletionTimestamp"))


def _budgets_of(server: Server, pod: Object) -> list[Object]:
    found = []
    for pdb in server.items("poddisruptionbudgets.policy", pod["metadata"]["namespace"]):
        selector = pdb["spec"].get("selector")
        if selector is not None and selectors.selector_matches(selector, pod["metadata"].get("labels") or {}):
            found.append(pdb)
    return found


def _spend(server: Server, pdb: Object, pod: Object, dry_run: bool) -> None:
    """Take one disruption from a budget."""
    status = pdb.get("status") or {}
    ready = conditions.status_of(dig(pod, "status", "conditions", default=[]), "Ready") == "True"
    if not ready and (pdb["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow" or
                      status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0):
        return
    if status.get("disruptionsAllowed", 0) <= 0:
        details = {"causes": [{
            "reason": "DisruptionBudget",
            "message": f"The disruption budget {pdb['metadata']['name']} needs {status.get('desiredHealthy', 0)} "
                       f"healthy pods and has {status.get('currentHealthy', 0)} currently"}]}
        raise errors.StatusError(429, "TooManyRequests",
                                 "Cannot evict pod as it would violate the pod's disruption budget.", details)
    if dry_run:
        return
    from ..machinery import timestamps

    new = clone(pdb)
    new["status"]["disruptionsAllowed"] -= 1
    new["status"].setdefault("disruptedPods", {})[pod["metadata"]["name"]] = timestamps.format(server.now)
    server.write("MODIFIED", server.resolve("poddisruptionbudgets.policy"), new, pdb)


def _mark(server: Server, res: Resource, pod: Object) -> None:
    """Tell in the pod's status why it goes."""
    new = clone(pod)
    status = new.setdefault("status", {})
    conditions.set_condition(status.setdefault("conditions", []), {
        "type": "DisruptionTarget", "status": "True", "lastProbeTime": None, "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting"}, server.now)
    server.write("MODIFIED", res, new, pod)
