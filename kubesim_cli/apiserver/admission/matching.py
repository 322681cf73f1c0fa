"""Which requests the rules of a policy are about (k8s.io/apiserver/pkg/admission/plugin/policy/matching)."""

from __future__ import annotations

from ...machinery import selectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes


def matches(constraints: Object, a: Attributes) -> bool:
    """Tell whether a write is within the matchConstraints or matchResources of a policy."""
    if not _namespace_selected(constraints.get("namespaceSelector"), a):
        return False
    selector = constraints.get("objectSelector")
    if selector and not any(_labelled(each, selector) for each in (a.obj, a.old) if each is not None):
        return False
    if _any_rule(constraints.get("excludeResourceRules"), constraints, a):
        return False
    rules = constraints.get("resourceRules")
    return not rules or _any_rule(rules, constraints, a)


def _labelled(obj: Object, selector: Object) -> bool:
    return selectors.matches(selectors.of_label_selector(selector), obj["metadata"].get("labels"))


def _namespace_selected(selector: Object | None, a: Attributes) -> bool:
    if not selector or not (a.res.namespaced or a.res.name == "namespaces"):
        return True
    if a.res.name == "namespaces":
        return _labelled(a.obj, selector)
    namespace = a.ctx.client.find("namespaces", a.namespace)
    return namespace is not None and _labelled(namespace, selector)


def _any_rule(rules: list[Object] | None, constraints: Object, a: Attributes) -> bool:
    """Whether one of the rules is about the resource; with the match policy Equivalent in any version."""
    exact, name = constraints.get("matchPolicy") == "Exact", a.obj["metadata"].get("name", "")
    return any(_rule(rule, exact, a)
               and (not rule.get("resourceNames") or name in rule["resourceNames"]) for rule in rules or ())


def _rule(rule: Object, exact: bool, a: Attributes) -> bool:
    def named(key: str, value: str) -> bool:
        return bool({"*", value}.intersection(rule.get(key) or ()))

    scope = rule.get("scope", "*")
    if scope != "*" and (scope == "Namespaced") != a.res.namespaced:
        return False
    if not named("operations", a.operation) or not named("apiGroups", a.res.group):
        return False
    if exact and not named("apiVersions", a.res.version):
        return False
    for text in rule.get("resources") or ():
        resource, _, sub = text.partition("/")
        if resource in ("*", a.res.plural) and sub in ("*", a.subresource):
            return True
    return False
