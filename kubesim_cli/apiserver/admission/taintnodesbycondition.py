"""TaintNodesByCondition: a new node is not ready until its controller says so."""

from __future__ import annotations

from ...machinery.wellknown import TAINT_NODE_NOT_READY

_TAINT = {"key": TAINT_NODE_NOT_READY, "effect": "NoSchedule"}


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "create":
        return
    spec = obj.setdefault("spec", {})
    taints = spec.get("taints") or []
    if not any(taint.get("key") == _TAINT["key"] and taint.get("effect") == _TAINT["effect"] for taint in taints):
        spec["taints"] = [*taints, dict(_TAINT)]
