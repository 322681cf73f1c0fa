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
    limited = _limited(a)
    if not (quotas or limited) or (
            a.operation == "UPDATE" and a.res.name not in ("pods", "services", "persistentvolumeclaims")):
        return
    from .. import quota

    charges: list[tuple[Object, Object]] = []
    covered: set[str] = set()
    for each in quotas:
        # A quota that came with the same command has not been counted: the controller is faster than the next request.
        if ((each.get("status") or {}).get("hard") or {}) != (each["spec"].get("hard") or {}):
            each = {**each, "status": quota.counted(each, a.ctx.client, a.ctx.now)}
        names = quota.matching(a.res.name, each["status"].get("hard") or {})
        if names and quota.in_scope(each, a.res.name, a.obj, a.ctx.release):
            covered.update(names)
            charges.append((each, _check(a, each, names)))
    if limited:
        _check_covered(a, limited, covered, quotas)
    if a.ctx.dry_run:
        return
    for each, used in charges:
        if used != each["status"]["used"]:
            a.ctx.client.update_status("resourcequotas", {**each, "status": {**each["status"], "used": used}})


def _limited(a: Attributes) -> list[Object]:
    """Return what the plugin's configuration (admissionconfig.py) allows only where a quota covers it."""
    settings = a.ctx.client.server.settings
    config = settings.plugins.get("ResourceQuota", {}) if settings is not None else {}
    return [each for each in config.get("limitedResources") or ()
            if a.res.name == ".".join(filter(None, (each["resource"], each.get("apiGroup") or "")))]


def _check_covered(a: Attributes, limited: list[Object], covered: set[str], quotas: list[Object]) -> None:
    """limitedByDefault, UncoveredQuotaScopes: refuse what no quota covers although it has to be."""
    from ...machinery import errors, quantity
    from .. import quota

    used = quota.usage(a.res.name, a.obj, a.ctx.now, a.ctx.release)
    bare = sorted({name for each in limited for name, amount in used.items() if name not in covered
                   and quantity.compare(amount, 0) > 0
                   and any(part in name for part in each.get("matchContains") or ())})
    if bare:
        raise forbidden(a, f"insufficient quota to consume: {','.join(bare)}")
    scopes = [scope for each in limited for scope in each.get("matchScopes") or ()]
    wanted = [scope for scope in scopes if quota.matches(scope, a.res.name, a.obj, a.ctx.release)]
    there = [scope["scopeName"] for each in quotas for scope in quota.scopes(each)
             if quota.matches(scope, a.res.name, a.obj, a.ctx.release)]
    left = [scope for scope in wanted if scope["scopeName"] not in there]
    if left:
        told = " ".join(f"{{{each['scopeName']} {each.get('operator', '')} [{' '.join(each.get('values') or ())}]}}"
                        for each in left)
        raise errors.StatusError(500, "", f"insufficient quota to match these scopes: [{told}]")


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
