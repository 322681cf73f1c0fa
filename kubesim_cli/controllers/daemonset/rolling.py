"""Rolling updates of a DaemonSet: which pods go, and where new ones come beside old ones.

Kubernetes: pkg/controller/daemon/update.go, and podsShouldBeOnNode in daemon_controller.go.
"""

from __future__ import annotations

from ...machinery.wellknown import CONTROLLER_REVISION_HASH_LABEL_KEY
from .. import pods
from . import nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


def _limits(ds: Object, wanted: int) -> tuple[int, int]:
    """Return (surge, unavailable) for that many wanted pods; never 0 of both."""
    strategy = ds["spec"]["updateStrategy"]
    rolling = strategy.get("rollingUpdate") or {} if strategy["type"] == "RollingUpdate" else {}
    surge = pods.scaled(rolling.get("maxSurge"), wanted, True)
    unavailable = pods.scaled(rolling.get("maxUnavailable"), wanted, True)
    return surge, 1 if wanted > 0 and not surge and not unavailable else unavailable


def allows_surge(ds: Object) -> bool:
    """Tell whether a node may for a while have two pods of the set."""
    return _limits(ds, 1)[0] > 0


def excess(ds: Object, running: list[Object], hash_: str, now: float) -> list[Object]:
    """Return those of a node's running pods that are too many: all but the oldest, or the oldest of each revision."""
    if len(running) < 2:
        return []
    running = sorted(running, key=nodes.age_order)
    if not allows_surge(ds):
        return running[1:]
    new = old = None
    surplus = []
    for pod in running:
        updated = (pod["metadata"].get("labels") or {}).get(CONTROLLER_REVISION_HASH_LABEL_KEY) == hash_
        if updated and new is None:
            new = pod
        elif not updated and old is None:
            old = pod
        else:
            surplus.append(pod)
    if new is not None and old is not None and (not pods.is_ready(old) or _available(ds, new, now)):
        surplus.append(old)
    return surplus


def _available(ds: Object, pod: Object, now: float) -> bool:
    return pods.is_available(pod, ds["spec"].get("minReadySeconds", 0), now)


def _new_and_old(ds: Object, there: list[Object], hash_: str) -> tuple[list[Object], list[Object]]:
    """Sort a node's pods that are not in deletion by whether they are of the present template."""
    new: list[Object] = []
    old: list[Object] = []
    for pod in there:
        if "deletionTimestamp" not in pod["metadata"]:
            (new if nodes.is_updated(ds, pod, hash_) else old).append(pod)
    return new, old


def plan(ds: Object, by_node: dict[str, list[Object]], hash_: str, wanted: list[str],
         now: float) -> tuple[list[str], list[Object]]:
    """Return the next step of an update: nodes for new pods, and pods to delete (rollingUpdate).

    `by_node` are the set's pods by node, `wanted` the nodes that should have one.
    """
    surge, unavailable = _limits(ds, len(wanted))
    split = {node: _new_and_old(ds, by_node.get(node, []), hash_) for node in sorted({*by_node, *wanted})}
    if surge:
        return _surge(ds, split, wanted, surge, now)
    return [], _replace(ds, split, unavailable, now)


def _replace(ds: Object, split: Object, may_be_down: int, now: float) -> list[Object]:
    """Delete old pods, as many as may be unavailable at a time; one that is unavailable anyway may always go."""
    down, replaced, candidates = 0, [], []
    for new, old in split.values():
        if len(new) > 1 or len(old) > 1 or len(new) == len(old):
            down += 1  # surplus pods, or none: that is for the main loop to mend
        elif new:
            down += not _available(ds, new[0], now)
        elif not _available(ds, old[0], now):
            replaced.append(old[0])
            down += 1
        elif down < may_be_down:
            candidates.append(old[0])
    return replaced + candidates[:max(0, may_be_down - down)]


def _surge(ds: Object, split: Object, wanted: list[str], limit: int, now: float) -> tuple[list[str], list[Object]]:
    """Start new pods beside old ones, and delete each old one whose successor is available."""
    surging = available = 0
    leaving: list[Object] = []      # pods to delete
    strays: list[Object] = []       # old pods on nodes that should have none
    allowed: list[str] = []       # nodes whose old pod is unavailable: nothing is lost there
    candidates: list[str] = []
    for node, (new, old) in split.items():
        if len(new) > 1 or len(old) > 1:
            surging += 1
            continue
        if old or new:
            available += _available(ds, (old or new)[0], now)
        if not old:
            continue
        if new:
            if _available(ds, new[0], now):
                leaving.append(old[0])
            else:
                surging += 1
        elif node not in wanted:
            (strays if _available(ds, old[0], now) else leaving).append(old[0])
        elif not _available(ds, old[0], now):
            allowed.append(node)
        elif surging < limit:
            candidates.append(node)
    leaving += strays[:max(0, available - len(wanted))]
    return allowed + candidates[:max(0, limit - surging)], leaving
