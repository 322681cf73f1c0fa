"""Taints and tolerations (k8s.io/component-helpers/scheduling/corev1)."""

from __future__ import annotations

from ..machinery.wellknown import TAINT_NODE_UNSCHEDULABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

UNSCHEDULABLE = {"key": TAINT_NODE_UNSCHEDULABLE, "effect": "NoSchedule"}
HARD = ("NoSchedule", "NoExecute")


def tolerates(toleration: Object, taint: Object) -> bool:
    """Tell whether one toleration tolerates a taint."""
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    operator = toleration.get("operator") or "Equal"
    if operator == "Exists":
        return True
    if operator in ("Gt", "Lt"):
        try:
            left, right = int(taint.get("value", "")), int(toleration.get("value", ""))
        except ValueError:
            return False
        return left > right if operator == "Gt" else left < right
    return bool(toleration.get("value", "") == taint.get("value", ""))


def tolerated(tolerations: list[Object] | None, taint: Object) -> bool:
    """Tell whether any toleration tolerates a taint."""
    return any(tolerates(toleration, taint) for toleration in tolerations or ())


def untolerated(taints: list[Object] | None, tolerations: list[Object] | None,
                effects: tuple[str, ...] = HARD) -> Object | None:
    """Return the first taint with one of `effects` that no toleration tolerates, or None."""
    for taint in taints or ():
        if taint["effect"] in effects and not tolerated(tolerations, taint):
            return taint
    return None
