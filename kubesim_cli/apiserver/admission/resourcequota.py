"""ResourceQuota: what would exceed a quota is refused, what passes is charged."""

from __future__ import annotations

from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation == "DELETE" or a.subresource or not a.res.namespaced:
        return
    quotas = a.ctx.client.items("resourcequotas", a.namespace)
    if not quotas or (a.operation == "UPDATE" and a.res.name not in ("pods", "services", "persistentvolumeclaims")):
        return
    from .. import quota

    charges = []
    for each in quotas:
        hard = (each.get("status") or {}).get("hard") or {}
        names = quota.matching(a.res.name, hard)
        if names and quota.in_scope(each, a.res.name, a.obj, a.ctx.release):
            charges.append((each, _check(a, each, names)))
    if a.ctx.dry_run:
        return
    for each, used in charges:
        if used != each["status"]["used"]:
            a.ctx.client.update_status("resourcequotas", {**each, "status": {**each["status"], "used": used}})


def _check(a: Attributes, each: Object, names: list[str]) -> Object:
    """Return what the quota `each` counts as used once the object is stored, or refuse it."""
    from ...machinery import quantity
    from .. import quota

    resource, now, release = a.res.name, a.ctx.now, a.ctx.release
    name, status = each["metadata"]["name"], each["status"]
    used, hard = status.get("used") or {}, status["hard"]
    if resource == "pods" and a.old is None:
        missing = quota.missing(names, a.obj)
        if missing:
            raise forbidden(a, f"failed quota: {name}: must specify {missing}")
    if any(each_name not in used for each_name in names):
        raise forbidden(a, f"status unknown for quota: {name}, resources: {','.join(sorted(names))}")
    delta = quota.usage(resource, a.obj, now, release)
    if a.old is not None and quota.in_scope(each, resource, a.old, release):
        before = quota.usage(resource, a.old, now, release)
        delta = {key: quantity.subtract(amount, before.get(key, "0")) for key, amount in delta.items()}
    asked = {key: delta[key] for key in names if key in delta and quantity.compare(delta[key], 0) > 0}
    total = {key: quantity.add(used[key], amount) for key, amount in asked.items()}
    exceeded = sorted(key for key in total if quantity.compare(total[key], hard[key]) > 0)
    if exceeded:
        told = ", ".join(f"{word}: " + ",".join(f"{key}={amounts[key]}" for key in exceeded)
                         for word, amounts in (("requested", asked), ("used", used), ("limited", hard)))
        raise forbidden(a, f"exceeded quota: {name}, {told}")
    return {**used, **total}
