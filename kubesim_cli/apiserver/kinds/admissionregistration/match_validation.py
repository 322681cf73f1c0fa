"""What webhooks and policies may be about: rules, matchResources, kinds of parameters."""

from __future__ import annotations

from ....machinery import field, names
from .. import checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object

_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")


def rule(path: str, found: Object) -> FieldErrors:
    """Errors of a RuleWithOperations (validateRuleWithOperations, validateRule, hasWildcard, hasWildcardOperation)."""
    errors = _wildcard(f"{path}.operations", found.get("operations") or [], "operations")
    for i, operation in enumerate(found.get("operations") or ()):
        errors += checks.one_of(f"{path}.operations[{i}]", operation, _OPERATIONS)
    errors += _wildcard(f"{path}.apiGroups", found.get("apiGroups") or [], "API groups")
    versions = found.get("apiVersions") or []
    errors += _wildcard(f"{path}.apiVersions", versions, "API versions")
    errors += [field.required(f"{path}.apiVersions[{i}]") for i, version in enumerate(versions) if not version]
    errors += _resources(f"{path}.resources", found.get("resources") or [])
    return errors + (checks.one_of(f"{path}.scope", found["scope"], _SCOPES) if found.get("scope") is not None else [])


def _wildcard(path: str, values: list[str], others: str) -> FieldErrors:
    """Values of which there is at least one, and nothing beside a `*`."""
    if not values:
        return [field.required(path)]
    return [field.invalid(path, values, f"if '*' is present, must not specify other {others}")] \
        if len(values) > 1 and "*" in values else []


def _resources(path: str, found: list[str]) -> FieldErrors:
    """Resources and subresources of which none says what another has said already (validateResources)."""
    errors = [] if found else [field.required(path)]
    with_all: set[str] = set()
    of_all: set[str] = set()
    plain = False
    for i, text in enumerate(found):
        at = f"{path}[{i}]"
        resource, slash, sub = text.partition("/")
        if not text:
            errors.append(field.required(at))
        if not slash:
            plain = plain if not text else text != "*"
            continue
        if resource in with_all:
            errors.append(field.invalid(at, text, f"if '{resource}/*' is present, must not specify {text}"))
        if sub in of_all:
            errors.append(field.invalid(at, text, f"if '*/{sub}' is present, must not specify {text}"))
        if sub == "*":
            with_all.add(resource)
        if resource == "*":
            of_all.add(sub)
    if len(found) > 1 and "*/*" in found:
        errors.append(field.invalid(path, found, "if '*/*' is present, must not specify other resources"))
    if "*" in found and plain:
        errors.append(field.invalid(path, found,
                                    "if '*' is present, must not specify other resources without subresources"))
    return errors


def match_resources(path: str, constraints: Object) -> FieldErrors:
    """Errors of what a policy or its binding is about (validateMatchResources)."""
    errors = checks.one_of(f"{path}.matchPolicy", constraints["matchPolicy"], ("Equivalent", "Exact"))
    for key in ("namespaceSelector", "objectSelector"):
        errors += checks.label_selector(f"{path}.{key}", constraints[key])
    for key in ("resourceRules", "excludeResourceRules"):
        for i, found in enumerate(constraints.get(key) or ()):
            errors += _named(f"{path}.{key}[{i}].resourceNames", found.get("resourceNames") or [])
            errors += rule(f"{path}.{key}[{i}]", found)
    return errors


def _named(path: str, found: Sequence[str]) -> FieldErrors:
    """validateNamedRuleWithOperations."""
    errors: FieldErrors = []
    for i, name in enumerate(found):
        errors += checks.path_segment(f"{path}[{i}]", name)
        if name in found[:i]:
            errors.append(field.duplicate(f"{path}[{i}]", name))
    return errors


def param_kind(path: str, found: Object) -> FieldErrors:
    """Errors of the kind of a policy's parameters (validateParamKind, parseGroupVersion)."""
    version, kind = found.get("apiVersion", ""), found.get("kind", "")
    at, errors = f"{path}.apiVersion", []
    group, _, number = version.rpartition("/")
    if not version:
        errors.append(field.required(at))
    elif version.count("/") > 1:
        errors.append(field.invalid(at, version, f"unexpected GroupVersion string: {version}"))
    else:
        wrong = names.dns1123_subdomain(group) if group else []
        if wrong:
            errors.append(field.invalid(at, group, ",".join(wrong)))
        wrong = names.dns1035_label(number) if number else []
        if not number:
            errors.append(field.invalid(at, version, "version must be specified"))
        elif wrong:
            errors.append(field.invalid(at, number, ",".join(wrong)))
    wrong = names.dns1035_label(kind.lower()) if kind else []
    if not kind:
        errors.append(field.required(f"{path}.kind"))
    elif wrong:
        errors.append(field.invalid(f"{path}.kind", kind, "may have mixed case, but should otherwise match: "
                                    + ",".join(wrong)))
    return errors
