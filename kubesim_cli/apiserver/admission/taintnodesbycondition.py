"""TaintNodesByCondition: a new node is not ready until its controller says so."""

from __future__ import annotations

from ...machinery.wellknown import TAINT_NODE_NOT_READY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes

_TAINT = {"key": TAINT_NODE_NOT_READY, "effect": "NoSchedule"}


def mutate(a: Attributes) -> None:
    if a.operation != "CREATE":
        return
    spec = a.obj.setdefault("spec", {})
    taints = spec.get("taints") or []
    if not any(taint.get("key") == _TAINT["key"] and taint.get("effect") == _TAINT["effect"] for taint in taints):
        spec["taints"] = [*taints, dict(_TAINT)]
