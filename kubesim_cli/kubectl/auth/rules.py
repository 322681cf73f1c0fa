"""RBAC rules taken apart, compared and put together again (kubectl/pkg/util/rbac, component-helpers/auth/rbac)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ...machinery.types import Object

_FIELDS = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
_GO_FIELDS = ("Verbs", "APIGroups", "Resources", "ResourceNames", "NonResourceURLs")


def breakdown(rule: Object) -> list[Object]:
    """Return rules with one group, resource, verb, name or URL each that together allow what the rule allows."""
    found = []
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            for verb in rule.get("verbs") or ():
                simple = {"verbs": [verb], "apiGroups": [group], "resources": [resource]}
                names = rule.get("resourceNames") or ()
                found += [{**simple, "resourceNames": [name]} for name in names] if names else [simple]
    return found + [{"verbs": [verb], "nonResourceURLs": [url]} for url in rule.get("nonResourceURLs") or ()
                    for verb in rule.get("verbs") or ()]


def compact(rules: list[Object]) -> list[Object]:
    """Join the verbs of simple rules about the same resource; others come first."""
    others: list[Object] = []
    simple: dict[tuple[str, ...], Object] = {}
    for rule in rules:
        names = rule.get("resourceNames") or []
        if len(names) > 1 or rule.get("nonResourceURLs") or len(rule.get("apiGroups") or ()) != 1 \
                or len(rule.get("resources") or ()) != 1:
            others.append(rule)
            continue
        known = simple.setdefault((rule["apiGroups"][0], rule["resources"][0], *names), {**rule, "verbs": []})
        known["verbs"] += [verb for verb in rule.get("verbs") or () if verb not in known["verbs"]]
    return others + list(simple.values())


def sort_key(rule: Object) -> str:
    """What rules are sorted by: PolicyRule.String()."""
    return ",".join(f"{go}:{go_list(rule.get(field))}" for field, go in zip(_FIELDS, _GO_FIELDS, strict=True)) + ","


def go_list(values: Iterable[str] | None) -> str:
    """A list as Go prints it: `[get list]`."""
    return f"[{' '.join(values or ())}]"


def go_struct(rule: Object) -> str:
    """A rule as Go prints it with %+v."""
    fields = [f"{go}:{go_list(rule.get(field))}" for field, go in zip(_FIELDS, _GO_FIELDS, strict=True)]
    return f"{{{' '.join(fields)}}}"


def resource_in_group(rule: Object) -> str:
    """`deployments.apps/scale` of a rule with one resource (describe.CombineResourceGroup)."""
    if not rule.get("resources"):
        return ""
    resource: str = rule["resources"][0]
    name, slash, subresource = resource.partition("/")
    group: str = (rule.get("apiGroups") or [""])[0]
    return (f"{name}.{group}" if group else name) + slash + subresource


def uncovered(owner_rules: list[Object], servant_rules: list[Object]) -> list[Object]:
    """Return the parts of `servant_rules` that `owner_rules` do not allow (validation.Covers)."""
    parts = [part for rule in servant_rules for part in breakdown(rule)]
    return [part for part in parts if not any(_covers(owner, part) for owner in owner_rules)]


def _covers(owner: Object, part: Object) -> bool:
    names, owned = part.get("resourceNames") or (), owner.get("resourceNames") or ()
    return (_has_all(owner.get("verbs"), part.get("verbs")) and _has_all(owner.get("apiGroups"), part.get("apiGroups"))
            and all(_resource(owner.get("resources") or (), path) for path in part.get("resources") or ())
            and (not owned or (bool(names) and set(names) <= set(owned)))
            and all(any(_url(mine, url) for mine in owner.get("nonResourceURLs") or ())
                    for url in part.get("nonResourceURLs") or ()))


def _has_all(owned: Collection[str] | None, wanted: Collection[str] | None) -> bool:
    return "*" in (owned or ()) or set(wanted or ()) <= set(owned or ())


def _resource(owned: Collection[str], path: str) -> bool:
    subresource = path.partition("/")[2]
    return "*" in owned or path in owned or (bool(subresource) and f"*/{subresource}" in owned)


def _url(owner: str, url: str) -> bool:
    return owner == url or (owner.endswith("*") and url.startswith(owner.rstrip("*")))
