"""Nobody hands out more than they have (pkg/registry/rbac/escalation_check.go and validation/rule.go)."""

from __future__ import annotations

from ..machinery import errors
from .authorization import GROUP, MASTERS, allows, decide, rules_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object
    from .kinds.base import Context


def confirm_role(ctx: Context, role: Object, old: Object | None) -> None:
    """Let a user write a role whose rules the user has, or who may `escalate` it; else raise Forbidden."""
    meta = role["metadata"]
    if _is_trusted(ctx) or (old is not None and old.get("rules") == role.get("rules")):
        return
    plural = "roles" if role["kind"] == "Role" else "clusterroles"
    if not _may(ctx, "escalate", plural, meta.get("name", ""), meta.get("namespace", "")):
        confirm(ctx, f"{plural}.{GROUP}", meta.get("name", ""), role.get("rules") or [], meta.get("namespace", ""))


def confirm_binding(ctx: Context, binding: Object, old: Object | None) -> None:
    """Let a user bind a role whose rules the user has, or whom it may `bind`; else raise Forbidden."""
    meta, ref = binding["metadata"], binding["roleRef"]
    if _is_trusted(ctx) or (old is not None and old.get("subjects") == binding.get("subjects")):
        return
    namespace = meta.get("namespace", "")
    plural, where = ("roles", namespace) if ref.get("kind") == "Role" else ("clusterroles", "")
    if _may(ctx, "bind", plural, ref.get("name", ""), namespace):
        return
    role = ctx.client.find(f"{plural}.{GROUP}", ref.get("name", ""), where)
    if role is None:
        raise errors.not_found(f"{plural}.{GROUP}", ref.get("name", ""))
    bindings = "rolebindings" if namespace else "clusterrolebindings"
    confirm(ctx, f"{bindings}.{GROUP}", meta.get("name", ""), role.get("rules") or [], namespace)


def _is_trusted(ctx: Context) -> bool:
    return ctx.user is None or MASTERS in (ctx.user.get("groups") or ())


def _may(ctx: Context, verb: str, plural: str, name: str, namespace: str) -> bool:
    return decide(ctx.client, ctx.user or {}, {"verb": verb, "group": GROUP, "resource": plural, "name": name,
                                               "namespace": namespace})[0]


def confirm(ctx: Context, resource: str, name: str, rules: list[Object], namespace: str) -> None:
    """Refuse, with Forbidden for `resource` and `name`, to grant rules that the user does not have."""
    user = ctx.user or {}
    own, _ = rules_for(ctx.client, user, namespace)
    missing = [part for rule in rules for part in _parts(rule) if not any(_covers(each, part) for each in own)]
    if missing:
        groups = " ".join(f'"{each}"' for each in user.get("groups") or ())
        told = "\n".join(sorted({_compact(rule) for rule in _joined(missing)}))
        raise errors.forbidden(resource, name, f'user "{user.get("name", "")}" (groups=[{groups}]) is attempting to '
                               f"grant RBAC permissions not currently held:\n{told}")


def _parts(rule: Object) -> list[Object]:
    """Break a rule into rules with one verb, group, resource, name or URL each (BreakdownRule)."""
    found = []
    for verb in rule.get("verbs") or ():
        found += [{"verbs": [verb], "nonResourceURLs": [url]} for url in rule.get("nonResourceURLs") or ()]
        for group in rule.get("apiGroups") or ():
            for resource in rule.get("resources") or ():
                part = {"verbs": [verb], "apiGroups": [group], "resources": [resource]}
                names = rule.get("resourceNames")
                found += [{**part, "resourceNames": [name]} for name in names] if names else [part]
    return found


def _covers(rule: Object, part: Object) -> bool:
    if not _has(rule.get("verbs"), part["verbs"][0]):
        return False
    if "nonResourceURLs" in part:
        return allows({**rule, "verbs": ["*"]}, {"verb": "", "path": part["nonResourceURLs"][0]})
    resource = part["resources"][0]
    _, slash, subresource = resource.partition("/")
    resources = rule.get("resources") or []
    if not _has(resources, resource) and not (slash and f"*/{subresource}" in resources):
        return False
    names = rule.get("resourceNames")
    return _has(rule.get("apiGroups"), part["apiGroups"][0]) and (
        not names or part.get("resourceNames", [None])[0] in names)


def _has(values: list[str] | None, wanted: str) -> bool:
    return "*" in (values or ()) or wanted in (values or ())


def _joined(parts: list[Object]) -> list[Object]:
    """Join parts that differ in their verb only (CompactRules)."""
    found: dict[tuple[Json, ...], Object] = {}
    for part in parts:
        key = tuple((name, tuple(values)) for name, values in part.items() if name != "verbs")
        known = found.setdefault(key, {**part, "verbs": []})
        known["verbs"] += [verb for verb in part["verbs"] if verb not in known["verbs"]]
    return list(found.values())


def _compact(rule: Object) -> str:
    """A rule as CompactString tells it."""
    told = []
    for label, key in (("APIGroups", "apiGroups"), ("Resources", "resources"), ("NonResourceURLs", "nonResourceURLs"),
                       ("ResourceNames", "resourceNames"), ("Verbs", "verbs")):
        if rule.get(key):
            told.append(f"{label}:[" + " ".join(f'"{value}"' for value in rule[key]) + "]")
    return "{" + ", ".join(told) + "}"
