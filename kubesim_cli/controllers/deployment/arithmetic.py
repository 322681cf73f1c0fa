"""How many pods of which ReplicaSet: surge, unavailability, proportions.

Kubernetes: pkg/controller/deployment/util/deployment_util.go.
"""

from __future__ import annotations

from ...machinery.wellknown import DESIRED_REPLICAS_ANNOTATION, MAX_REPLICAS_ANNOTATION
from ..pods import scaled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


def is_rolling(deployment: Object) -> bool:
    """Tell whether the strategy is RollingUpdate."""
    return deployment["spec"]["strategy"]["type"] == "RollingUpdate"


def _fenceposts(deployment: Object) -> tuple[int, int]:
    """Return how many pods may be too many and how many unavailable; never 0 of both (ResolveFenceposts)."""
    rolling, replicas = deployment["spec"]["strategy"].get("rollingUpdate") or {}, deployment["spec"]["replicas"]
    surge = scaled(rolling.get("maxSurge"), replicas, True)
    unavailable = scaled(rolling.get("maxUnavailable"), replicas, False)
    return surge, unavailable if surge or unavailable else 1


def max_surge(deployment: Object) -> int:
    """Return how many pods there may be beyond spec.replicas."""
    return _fenceposts(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Object) -> int:
    """Return how many of spec.replicas may be unavailable."""
    replicas = deployment["spec"]["replicas"]
    return min(_fenceposts(deployment)[1], replicas) if is_rolling(deployment) and replicas else 0


def total(replica_sets: list[Object]) -> int:
    """Return the sum of spec.replicas."""
    return sum(rs["spec"]["replicas"] for rs in replica_sets)


def count(replica_sets: list[Object], field: str) -> int:
    """Return the sum of a counter of status."""
    return sum(rs.get("status", {}).get(field, 0) for rs in replica_sets)


def active(replica_sets: list[Object]) -> list[Object]:
    """Return those that want pods."""
    return [rs for rs in replica_sets if rs["spec"]["replicas"] > 0]


def age_order(rs: Object) -> tuple[str, str]:
    """Sort key: the oldest first (ReplicaSetsByCreationTimestamp)."""
    return rs["metadata"]["creationTimestamp"], rs["metadata"]["name"]


def new_replicas(deployment: Object, others: list[Object], replicas: int) -> int:
    """Return to how many of its present `replicas` the new ReplicaSet may grow beside `others` (NewRSNewReplicas)."""
    wanted = deployment["spec"]["replicas"]
    if not is_rolling(deployment):
        return wanted
    room = wanted + scaled(deployment["spec"]["strategy"]["rollingUpdate"].get("maxSurge"), wanted, True)
    room -= total(others) + replicas
    return replicas if room <= 0 else replicas + min(room, wanted - replicas)


def is_saturated(deployment: Object, rs: Object | None) -> bool:
    """Tell whether the ReplicaSet has all pods that are wanted, and has had its say about it."""
    if rs is None:
        return False
    wanted = deployment["spec"]["replicas"]
    return (rs["spec"]["replicas"] == wanted == rs.get("status", {}).get("availableReplicas", 0)
            and (rs["metadata"].get("annotations") or {}).get(DESIRED_REPLICAS_ANNOTATION) == str(wanted))


def annotated(rs: Object, name: str) -> int | None:
    """Return the number in an annotation, or None."""
    text = (rs["metadata"].get("annotations") or {}).get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) < 2**31 else None


def proportion(deployment: Object, rs: Object, to_add: int, added: int) -> int:
    """Return this ReplicaSet's share of the pods `to_add` (negative: to take away), of which `added` are shared out."""
    if rs["spec"]["replicas"] == 0 or to_add in (0, added):
        return 0
    fraction, allowed = _fraction(deployment, rs), to_add - added
    return min(fraction, allowed) if to_add > 0 else max(fraction, allowed)


def _fraction(deployment: Object, rs: Object) -> int:
    wanted, replicas = deployment["spec"]["replicas"], rs["spec"]["replicas"]
    if wanted == 0:
        return -replicas
    before = annotated(rs, MAX_REPLICAS_ANNOTATION) or deployment.get("status", {}).get("replicas", 0)
    if before == 0:
        return 0
    size = replicas * (wanted + max_surge(deployment)) / before
    return int(size + 0.5) - replicas


def proportional_sizes(deployment: Object, replica_sets: list[Object]) -> dict[str, int]:
    """Share out a change of spec.replicas over ReplicaSets in the midst of a rollout; name -> replicas, the largest
    one first, which also takes what is left over (DeploymentController.scale)."""
    wanted = deployment["spec"]["replicas"]
    to_add = (wanted + max_surge(deployment) if wanted else 0) - total(replica_sets)
    if to_add > 0:
        ordered = sorted(replica_sets, key=age_order, reverse=True)
    else:
        ordered = sorted(replica_sets, key=age_order)
    if to_add:
        ordered.sort(key=lambda rs: -rs["spec"]["replicas"])
    else:
        ordered = replica_sets
    sizes, added = {}, 0
    for rs in ordered:
        share = proportion(deployment, rs, to_add, added)
        sizes[rs["metadata"]["name"]] = rs["spec"]["replicas"] + share
        added += share
    if to_add and ordered:
        name = ordered[0]["metadata"]["name"]
        sizes[name] = max(0, sizes[name] + to_add - added)
    return sizes
