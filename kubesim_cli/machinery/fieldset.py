"""Sets of fields, in the very form that managedFields has them (`fieldsV1`).

A set is a tree of dicts; keys name path elements: `f:name` a field, `k:{"name":"web"}` a list's element by its keys,
`v:"x"` an element by its value, `.` says that the place above is itself in the set. An empty dict is a place that is in
the set and has nothing below it; at the top it is the empty set. Sets are never changed in place, but for `insert`.
Behaviour: sigs.k8s.io/structured-merge-diff/fieldpath.
"""

from __future__ import annotations

from ..go import jsontext
from ..go.fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object


def insert(fields: Object, path: list[str]) -> None:
    """Add a path (a list of path elements; the empty one, the whole object, is not tracked) to a set, in place."""
    for at, element in enumerate(path):
        node = fields.get(element)
        if node is None:
            node = {}
            for name in reversed(path[at + 1:]):
                node = {name: node}
            fields[element] = node
            return
        last = at == len(path) - 1
        if last == bool(node):
            node["."] = {}
        fields = node


def is_member(node: Object) -> bool:
    """Whether a place, as found under its path element, is in the set itself."""
    return not node or "." in node


def _node(member: bool, below: Object) -> Object | None:
    if below:
        return {".": {}, **below} if member else below
    return {} if member else None


def _below(node: Object) -> Object:
    return {key: child for key, child in node.items() if key != "."} if "." in node else node


def union(a: Object, b: Object) -> Object:
    """Return the paths that are in either set."""
    out = dict(a)
    for key, node in b.items():
        other = out.get(key)
        if other is None:
            out[key] = node
        else:
            member = is_member(other) or is_member(node)
            out[key] = _node(member, union(_below(other), _below(node))) or {}
    return out


def intersection(a: Object, b: Object) -> Object:
    """Return the paths that are in both sets."""
    out = {}
    for key, node in a.items():
        if key in b:
            member = is_member(node) and is_member(b[key])
            kept = _node(member, intersection(_below(node), _below(b[key])))
            if kept is not None:
                out[key] = kept
    return out


def difference(a: Object, b: Object) -> Object:
    """Return the paths of `a` that are not in `b`; what lies below a path of `b` stays."""
    out = {}
    for key, node in a.items():
        if key not in b:
            out[key] = node
            continue
        kept = _node(is_member(node) and not is_member(b[key]), difference(_below(node), _below(b[key])))
        if kept is not None:
            out[key] = kept
    return out


def without(a: Object, b: Object) -> Object:
    """Return the paths of `a` that neither are in `b` nor lie below one of its paths (RecursiveDifference)."""
    out = {}
    for key, node in a.items():
        if key not in b:
            out[key] = node
        elif not is_member(b[key]):
            kept = _node(is_member(node), without(_below(node), _below(b[key])))
            if kept is not None:
                out[key] = kept
    return out


def has(fields: Object, path: list[str]) -> bool:
    """Whether a path is in the set."""
    node = fields
    for element in path:
        found = node.get(element)
        if found is None:
            return False
        node = found
    return bool(path) and is_member(node)


def below(fields: Object, element: str) -> Object:
    """Return the paths that begin with an element, without it."""
    return _below(fields.get(element) or {})


def paths(fields: Object) -> list[list[str]]:
    """Return all paths in the order in which Kubernetes tells them: at each place first what is in the set."""
    keys = sorted((key for key in fields if key != "."), key=_order)
    found = [[key] for key in keys if is_member(fields[key])]
    for key in keys:
        found += [[key, *rest] for rest in paths(_below(fields[key]))]
    return found


def path_text(path: list[str]) -> str:
    """Return a path as conflicts tell it: `.spec.template.spec.containers[name="web"].image`."""
    return "".join(map(_text, path))


def _text(element: str) -> str:
    kind, text = element[0], element[2:]
    if kind == "f":
        return "." + text
    if kind == "k":
        keys = jsontext.loads(text)
        return "[" + ",".join(f"{name}={_value_text(keys[name])}" for name in sorted(keys)) + "]"
    return f"[={_value_text(jsontext.loads(text))}]" if kind == "v" else f"[{text}]"


def _value_text(value: Json) -> str:
    return quote(value) if isinstance(value, str) else jsontext.encode(value)


def _order(element: str) -> tuple[Json, ...]:
    kind = element[0]
    if kind == "k":
        keys = jsontext.loads(element[2:])
        return 1, [(name, *_rank(keys[name])) for name in sorted(keys)]
    if kind == "v":
        return 2, [_rank(jsontext.loads(element[2:]))]
    return (0, [element]) if kind == "f" else (3, [int(element[2:])])


def _rank(value: Json) -> tuple[Json, ...]:
    """Values of different types in one order: numbers, strings, booleans."""
    if isinstance(value, bool):
        return 2, value
    return (1, value) if isinstance(value, str) else (0, value)
