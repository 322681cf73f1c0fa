"""vars: $(NAME) in fields that may refer to a field of another resource.

Behaviour: api/filters/refvar and api/internal/accumulator of kustomize.
"""

from __future__ import annotations

from ...go.fmt import sprint
from ..failures import Failure
from .fieldpaths import applies, split, visit
from .resources import Resource, ResourceSet, scalar_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from ...machinery.types import Json, Object


def bound(variable: Object, resources: ResourceSet) -> tuple[Object, Resource | None]:
    """Return a var with the resource that it means, among those that there are where it is declared: a name may mean
    several later on. Raises Failure."""
    target = variable.get("objref") or {}
    found = resources.by_any_id(lambda i: i.name == target.get("name") and i.kind == target.get("kind"))
    if len(found) > 1 and target.get("namespace"):
        found = [res for res in found if any(i.effective_namespace == target["namespace"] for i in res.all_ids)]
    if len(found) > 1:
        raise Failure(f"found {len(found)} resId matches for var {told_variable(variable)} (unable to disambiguate)")
    return variable, found[0] if found else None


def replace_variables(resources: ResourceSet, variables: list[tuple[Object, Resource | None]],
                      log: Callable[[str], None]) -> None:
    """Replace $(NAME) of `vars` by the field of another resource that the variable names, in the fields that the specs
    of `varReference` name. `log(text)` is told of variables that nothing asked for. Raises Failure."""
    values = {variable.get("name", ""): _variable(res, variable) for variable, res in variables}
    if not values:
        return
    unused = set(values)

    def value_of(name: str) -> Json:
        value = values[name]
        if isinstance(value, (dict, list)):
            kind = "map[string]interface {}" if isinstance(value, dict) else "[]interface {}"
            log(f"MakePrimitiveReplacer: bad replacement type={kind} val={sprint(value)}")
            return f"$({name})"
        unused.discard(name)
        return value

    def changed(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: changed(item) if isinstance(item, str) else item for key, item in value.items()}
        if isinstance(value, list):
            return [_expanded(_text_of(item), values, value_of) for item in value]
        return _expanded(value, values, value_of) if isinstance(value, str) else value

    try:
        for res in resources:
            for spec in resources.specs["varReference"]:
                if applies(spec, res.id):
                    try:
                        visit(res.obj, split(spec["path"]), changed)
                    except Failure as error:
                        raise Failure(f"considering field '{spec['path']}' of object {res.id}: {error}") from None
    finally:
        if unused:  # which come in any order there
            log(f"well-defined vars that were never replaced: {','.join(sorted(unused))}")


def _text_of(item: Json) -> str:
    if not isinstance(item, str):
        raise Failure("invalid value type expect a string")
    return item


def _variable(res: Resource | None, variable: Object) -> Json:
    target = variable.get("objref") or {}
    path = (variable.get("fieldref") or {}).get("fieldPath") or "metadata.name"
    group, _, version = (target.get("apiVersion") or "").rpartition("/")
    told = told_variable({**variable, "fieldref": {"fieldPath": path},
                          "objref": {"group": group, "version": version, **target}})
    if res is None:
        raise Failure(f"var '{told}' cannot be mapped to a field in the set of known resources")
    value: Json = res.obj
    for step in path.replace("[", ".[").split("."):
        if step[:1] == "[":
            at = step[1:-1]
            value = value[int(at)] if isinstance(value, list) and at.isdecimal() and int(at) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        raise Failure(f"field specified in var '{told}' not found in corresponding resource")
    return value


def told_variable(variable: Object) -> str:
    """Return a var as Go prints it."""
    target, path = variable.get("objref") or {}, (variable.get("fieldref") or {}).get("fieldPath") or ""
    kind = ".".join(target.get(field) or f"[{none}]" for field, none in (
        ("kind", "noKind"), ("version", "noVer"), ("group", "noGrp")))
    return f"{{{variable.get('name', '')} {kind} {{{path}}}}}"


def _expanded(text: str, values: Container[str], value_of: Callable[[str], Json]) -> Json:
    """Expand one text (DoReplacements); what is nothing but a variable takes over its type."""
    if "$" not in text:
        return text
    import re

    if text[2:-1] in values and text == f"$({text[2:-1]})":
        return value_of(text[2:-1])
    return re.sub(r"\$\$|\$\(([^)]*)\)", lambda match: "$" if match[0] == "$$" else
                  scalar_text(value_of(match[1])) if match[1] in values else match[0], text)
