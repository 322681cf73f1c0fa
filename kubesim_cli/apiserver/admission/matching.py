"""Which requests the rules of a policy are about (k8s.io/apiserver/pkg/admission/plugin/policy/matching)."""

from __future__ import annotations

from ...machinery import selectors


def matches(constraints: dict, ctx, operation: str, res, subresource: str, obj: dict | None, old: dict | None) -> bool:
    """Tell whether a request is within the matchConstraints or matchResources of a policy. `operation`: CREATE and so
    on."""
    current = obj if obj is not None else old
    assert current is not None
    if not _namespace_selected(constraints.get("namespaceSelector"), ctx, operation, res, current):
        return False
    selector = constraints.get("objectSelector")
    if selector and not any(_labelled(each, selector) for each in (obj, old) if each is not None):
        return False
    name = current["metadata"].get("name", "")
    if _any_rule(constraints.get("excludeResourceRules"), constraints, operation, res, subresource, name):
        return False
    rules = constraints.get("resourceRules")
    return not rules or _any_rule(rules, constraints, operation, res, subresource, name)


def _labelled(obj: dict, selector: dict) -> bool:
    return selectors.matches(selectors.of_label_selector(selector), obj["metadata"].get("labels"))


def _namespace_selected(selector: dict | None, ctx, operation: str, res, obj: dict) -> bool:
    if not selector or not (res.namespaced or res.name == "namespaces"):
        return True
    if res.name == "namespaces":
        return _labelled(obj, selector)
    namespace = ctx.client.find("namespaces", obj["metadata"]["namespace"])
    return namespace is not None and _labelled(namespace, selector)


def _any_rule(rules, constraints: dict, operation: str, res, subresource: str, name: str) -> bool:
    """Whether one of the rules is about the resource; with the match policy Equivalent in any version."""
    versions = "Exact" if constraints.get("matchPolicy") == "Exact" else "any"
    return any(_rule(rule, versions, operation, res, subresource)
               and (not rule.get("resourceNames") or name in rule["resourceNames"]) for rule in rules or ())


def _rule(rule: dict, versions: str, operation: str, res, subresource: str) -> bool:
    def named(key: str, value: str) -> bool:
        return bool({"*", value}.intersection(rule.get(key) or ()))

    scope = rule.get("scope", "*")
    if scope != "*" and (scope == "Namespaced") != res.namespaced:
        return False
    if not named("operations", operation) or not named("apiGroups", res.group):
        return False
    if versions == "Exact" and not named("apiVersions", res.version):
        return False
    for text in rule.get("resources") or ():
        resource, _, sub = text.partition("/")
        if resource in ("*", res.plural) and sub in ("*", subresource):
            return True
    return False
