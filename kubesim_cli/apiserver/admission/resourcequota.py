"""ResourceQuota: what would exceed a quota is refused, what passes is charged."""

from __future__ import annotations

from ...machinery import quantity
from .. import quota
from .refusal import forbidden


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    if verb == "delete" or subresource or obj is None or not res.namespaced:
        return
    quotas = ctx.client.items("resourcequotas", obj["metadata"].get("namespace", ""))
    if not quotas or (verb == "update" and res.name not in ("pods", "services", "persistentvolumeclaims")):
        return
    charges = []
    for each in quotas:
        hard = (each.get("status") or {}).get("hard") or {}
        names = quota.matching(res.name, hard)
        if names and quota.in_scope(each, res.name, obj, ctx.release):
            charges.append((each, _check(ctx, res, obj, old, each, names)))
    if ctx.dry_run:
        return
    for each, used in charges:
        if used != each["status"]["used"]:
            ctx.client.update_status("resourcequotas", {**each, "status": {**each["status"], "used": used}})


def _check(ctx, res, obj: dict, old: dict | None, each: dict, names: list[str]) -> dict:
    """Return what the quota `each` counts as used once `obj` is stored, or refuse it."""
    name, status = each["metadata"]["name"], each["status"]
    used, hard = status.get("used") or {}, status["hard"]
    if res.name == "pods" and old is None:
        missing = quota.missing(names, obj)
        if missing:
            raise forbidden(res, obj, f"failed quota: {name}: must specify {missing}")
    if any(each_name not in used for each_name in names):
        raise forbidden(res, obj, f"status unknown for quota: {name}, resources: {','.join(sorted(names))}")
    delta = quota.usage(res.name, obj, ctx.now, ctx.release)
    if old is not None and quota.in_scope(each, res.name, old, ctx.release):
        before = quota.usage(res.name, old, ctx.now, ctx.release)
        delta = {key: quantity.subtract(amount, before.get(key, "0")) for key, amount in delta.items()}
    asked = {key: delta[key] for key in names if key in delta and quantity.compare(delta[key], 0) > 0}
    total = {key: quantity.add(used[key], amount) for key, amount in asked.items()}
    exceeded = sorted(key for key in total if quantity.compare(total[key], hard[key]) > 0)
    if exceeded:
        told = ", ".join(f"{word}: " + ",".join(f"{key}={amounts[key]}" for key in exceeded)
                         for word, amounts in (("requested", asked), ("used", used), ("limited", hard)))
        raise forbidden(res, obj, f"exceeded quota: {name}, {told}")
    return {**used, **total}
