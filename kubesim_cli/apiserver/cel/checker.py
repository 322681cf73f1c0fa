"""What type an expression has (cel-go/checker).

A type is a tuple: its name and its parameters, as in ("list", ("int",)). ("object", Fields) is a structure whose fields
are known, ("var", n) stands for a type that is not known yet. A message is a structure that expressions may make where
its name is among the variables, with the type ("type", (name,)); below "Object" are those of its fields.
"""

from __future__ import annotations

from functools import lru_cache

from ...releases import within
from .errors import CompileError
from .signatures import BASE, LATER
from .syntax import qualified
from .values import UInt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from ...machinery.types import Object, Release
    from .syntax import Node

    Type: TypeAlias = tuple[Any, ...]

BOOL, INT, UINT, DOUBLE, STRING, BYTES = ("bool",), ("int",), ("uint",), ("double",), ("string",), ("bytes",)
DYN, NULL, ERROR, TIMESTAMP, DURATION = ("dyn",), ("null_type",), ("!error!",), ("timestamp",), ("duration",)
_ANY = ("dyn", "!error!")
# k8s.io/apiserver/pkg/cel/mutation: a message's fields, None where there may be any.
_MESSAGES: dict[str, dict[str, Type] | None] = {
    "Object": None, "JSONPatch": {"op": STRING, "path": STRING, "from": STRING, "value": DYN}}
_SHOWN = {"Quantity": "kubernetes.Quantity", "URL": "kubernetes.URL", "IP": "net.IP", "CIDR": "net.CIDR",
          "Semver": "kubernetes.Semver", "Format": "kubernetes.NamedFormat", "null_type": "null"}
_NAMES = ("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint",
          "google.protobuf.Timestamp", "google.protobuf.Duration")
_NULLABLE = ("object", "timestamp", "duration", "Quantity", "URL", "IP", "CIDR", "optional_type")


def list_of(item: Type) -> Type:
    return ("list", item)


def map_of(key: Type, value: Type) -> Type:
    return ("map", key, value)


class Fields:
    """The types of a structure's fields by the names that expressions use; compared by identity."""

    __slots__ = ("_types",)

    def __init__(self, types: Mapping[str, Type] | None = None, **more: Type):
        self._types = {**(types or {}), **more}

    def get(self, name: str) -> Type | None:
        return self._types.get(name)

    def __setitem__(self, name: str, type_: Type) -> None:
        self._types[name] = type_


class Checked:
    """What is known of a checked tree: `type`, and the `names` of the variables in it."""

    __slots__ = ("_checker", "names", "type")

    def __init__(self, checker: _Checker, type_: Type):
        self._checker, self.type, self.names = checker, type_, checker.used

    def type_of(self, node: Node) -> Type | None:
        """Return the type of a node of the tree, None of one that is no value but part of a name."""
        found = self._checker.types.get(id(node))
        return None if found is None else self._checker.resolved(found)

    def call_of(self, node: Node) -> tuple[str, bool, list[list[Type]]]:
        """Return (full name, whether it is a method, the argument types of each signature that fits) of a call."""
        name, method, signatures = self._checker.calls[id(node)]
        return name, method, [list(map(self._checker.resolved, wanted)) for wanted in signatures]


def check(node: Node, variables: Object, text: str, release: Release) -> Checked:
    """Find out the types of a tree. Raises CompileError."""
    checker = _Checker(variables, release)
    type_ = checker.resolved(checker.check(node))
    if checker.problems:
        raise CompileError(text, checker.problems)
    return Checked(checker, type_)


def shown(type_: Type) -> str:
    """A type as complaints have it: `map(string, int)`."""
    name = type_[0]
    if name == "var":
        return "dyn"
    if name == "object":
        return "object"
    name = str(_SHOWN.get(name, name))
    return f"{name}({', '.join(map(shown, type_[1:]))})" if len(type_) > 1 else name


class _Checker:
    def __init__(self, variables: Object, release: Release):
        self.scopes = [dict(variables)]
        self.release = release
        self.bound: dict[int, Type] = {}
        self.fresh = 0
        self.used: set[str] = set()
        self.problems: list[tuple[int, str]] = []
        # By the nodes' ids: their types; of calls the function's full name, whether it is a method, what it may take.
        self.types: dict[int, Type] = {}
        self.calls: dict[int, tuple[str, bool, list[list[Type]]]] = {}

    def check(self, node: Node) -> Type:
        found: Type = getattr(self, "_" + node[0])(node)
        self.types[id(node)] = found
        return found

    def _problem(self, node: Node, message: str) -> Type:
        self.problems.append((node[1], message))
        return ERROR

    def _undeclared(self, node: Node, name: str) -> Type:
        return self._problem(node, f"undeclared reference to '{name}' (in container '')")

    def _literal(self, node: Node) -> Type:
        value = node[2]
        for python, type_ in ((bool, BOOL), (UInt, UINT), (int, INT), (float, DOUBLE), (str, STRING), (bytes, BYTES)):
            if isinstance(value, python):
                return type_
        return NULL

    def _lookup(self, name: str) -> Type | None:
        for scope in reversed(self.scopes):
            if name in scope:
                if scope is self.scopes[0]:
                    self.used.add(name)
                found: Type = scope[name]
                return found
        return ("type", DYN) if name in _NAMES else None

    def _ident(self, node: Node) -> Type:
        found = self._lookup(node[2])
        return self._undeclared(node, node[2]) if found is None else found

    def _select(self, node: Node) -> Type:
        _, _, operand, field, optional, test_only = node
        name = qualified(node)
        if name and not test_only and self._lookup(name.partition(".")[0]) is None:
            known = self._lookup(name)
            if known is not None:
                return known
        type_ = self.resolved(self.check(operand))
        was_optional = type_[0] == "optional_type"
        result = self._field(node, type_[1] if was_optional else type_, field)
        if test_only:
            return BOOL
        return ("optional_type", result) if was_optional or optional else result

    def _field(self, node: Node, type_: Type, field: str) -> Type:
        if type_[0] == "map":
            value: Type = type_[2]
            return value
        if type_[0] == "object" or _is_message(type_):
            found = type_[1].get(field) if type_[0] == "object" else _message_field(type_, field)
            return self._problem(node, f"undefined field '{field}'") if found is None else found
        if type_[0] == "var":
            self._assignable(DYN, type_)
        elif type_[0] not in _ANY:
            self._problem(node, f"type '{shown(type_)}' does not support field selection")
        return DYN

    def _call(self, node: Node) -> Type:
        _, _, name, target, arguments = node
        given = [self.check(argument) for argument in arguments]
        if target is not None:
            prefix = qualified(target)
            if prefix and self._lookup(prefix.partition(".")[0]) is None and _signatures(f"{prefix}.{name}",
                                                                                         self.release):
                return self._resolve(node, f"{prefix}.{name}", given, False)
            given.insert(0, self.check(target))
        if not _signatures(name, self.release):
            return self._undeclared(node, name)
        return self._resolve(node, name, given, target is not None)

    def _resolve(self, node: Node, name: str, given: list[Type], method: bool) -> Type:
        if name in ("_&&_", "_||_"):
            for argument, type_ in zip(node[4], given, strict=True):
                self._expect(argument, BOOL, type_)
            self.calls[id(node)] = name, method, [[BOOL, BOOL]]
            return BOOL
        result, fitting = None, []
        for is_method, wanted, gives in _signatures(name, self.release):
            if is_method != method or len(wanted) != len(given):
                continue
            fresh: dict[str, Type] = {}
            wanted = [self._instance(type_, fresh) for type_ in wanted]
            before = dict(self.bound)
            if all(self._assignable(type_, want) for type_, want in zip(given, wanted, strict=True)):
                found = self.resolved(self._instance(gives, fresh))
                result = found if result is None or result == found else DYN
                fitting.append(wanted)
            else:
                self.bound = before
        if result is not None:
            self.calls[id(node)] = name, method, fitting
            return result
        types = [shown(self.resolved(type_)) for type_ in given]
        receiver = f"{types.pop(0)}." if method else ""
        return self._problem(node, f"found no matching overload for '{name}' applied to "
                                   f"'{receiver}({', '.join(types)})'")

    def _expect(self, node: Node, wanted: Type, found: Type) -> None:
        if not self._assignable(wanted, found):
            self._problem(node, f"expected type '{shown(wanted)}' but found '{shown(self.resolved(found))}'")

    def _joined(self, node: Node, before: Type | None, type_: Type) -> Type:
        if before is None or self._assignable(before, type_):
            return type_ if before is None or before[0] != "dyn" else before
        return self._problem(node, f"expected type '{shown(self.resolved(before))}' but found "
                                   f"'{shown(self.resolved(type_))}'")

    def _element(self, node: Node, optional: bool) -> Type:
        type_ = self.resolved(self.check(node))
        if not optional or type_[0] in _ANY:
            return type_
        if type_[0] == "optional_type":
            inner: Type = type_[1]
            return inner
        return self._problem(node, f"expected type 'optional_type({shown(type_)})' but found '{shown(type_)}'")

    def _list(self, node: Node) -> Type:
        found: Type | None = None
        for item, optional in node[2]:
            found = self._joined(item, found, self._element(item, optional))
        return list_of(found or self._new())

    def _map(self, node: Node) -> Type:
        keys: Type | None = None
        values: Type | None = None
        for key, value, optional in node[2]:
            keys = self._joined(key, keys, self.check(key))
            values = self._joined(value, values, self._element(value, optional))
        return map_of(keys or self._new(), values or self._new())

    def _message(self, node: Node) -> Type:
        _, _, name, entries = node
        type_: Type = (name,)
        root: Type = (name.partition(".")[0],)
        if not _is_message(type_) or self._lookup(root[0]) != ("type", root):
            return self._undeclared(node, name)
        for field, value, optional in entries:
            given = self._element(value, optional)
            wanted = _message_field(type_, field[2])
            if wanted is None:
                self._problem(field, f"undefined field '{field[2]}'")
            elif not self._assignable(wanted, given):
                self._problem(field, f"expected type of field '{field[2]}' is '{shown(wanted)}' but provided type is "
                                     f"'{shown(given)}'")
        return type_

    def _comprehension(self, node: Node) -> Type:
        _, _, macro, source, names, arguments = node
        range_ = self.resolved(self.check(source))
        if macro in ("optMap", "optFlatMap"):
            return self._optional_map(macro, range_, names[0], arguments[0])
        first, second = self._variables(source, range_)
        if len(names) == 2:
            types: Type = (INT if range_[0] == "list" else first, second)
        else:
            types = (second if range_[0] == "list" else first,)
        self.scopes.append(dict(zip(names, types, strict=True)))
        checked = [self.check(argument) for argument in arguments]
        self.scopes.pop()
        *conditions, last = arguments
        for condition, type_ in zip(conditions, checked, strict=False):
            self._expect(condition, BOOL, type_)
        if macro in ("map", "transformList"):
            return list_of(checked[-1])
        if macro == "transformMap":
            return map_of(first, checked[-1])
        if macro == "transformMapEntry":
            found = map_of(self._new(), self._new())
            if self._assignable(found, checked[-1]):
                return self.resolved(found)
            return self._problem(node, "found no matching overload for 'cel.@mapInsert' applied to "
                                       f"'({shown(found)}, {shown(self.resolved(checked[-1]))})'")
        self._expect(last, BOOL, checked[-1])
        return list_of(types[0]) if macro == "filter" else BOOL

    def _bind(self, node: Node) -> Type:
        _, _, name, value, body = node
        self.scopes.append({name: self.check(value)})
        found = self.check(body)
        self.scopes.pop()
        return found

    def _variables(self, source: Node, range_: Type) -> tuple[Type, Type]:
        """Return the types of (key or index, item)."""
        if range_[0] == "list":
            return INT, range_[1]
        if range_[0] == "map":
            return range_[1], range_[2]
        if range_[0] not in ("dyn", "!error!", "var"):
            self._problem(source, f"expression of type '{shown(range_)}' cannot be range of a comprehension (must be "
                                  "list, map, or dynamic)")
            return ERROR, ERROR
        return DYN, DYN

    def _optional_map(self, macro: str, range_: Type, name: str, body: Node) -> Type:
        self.scopes.append({name: range_[1] if range_[0] == "optional_type" else DYN})
        type_ = self.check(body)
        self.scopes.pop()
        return type_ if macro == "optFlatMap" else ("optional_type", type_)

    # Types that are not known yet

    def _new(self) -> Type:
        self.fresh += 1
        return ("var", self.fresh)

    def _instance(self, type_: Type, fresh: dict[str, Type]) -> Type:
        """A signature's type with variables in the place of A, B and C."""
        if type_[0] in ("A", "B", "C"):
            if type_[0] not in fresh:
                fresh[type_[0]] = self._new()
            return fresh[type_[0]]
        return (type_[0], *(self._instance(each, fresh) for each in type_[1:])) if len(type_) > 1 else type_

    def resolved(self, type_: Type) -> Type:
        """Put what is known by now in the place of variables."""
        while type_[0] == "var" and type_[1] in self.bound:
            type_ = self.bound[type_[1]]
        if len(type_) == 1 or type_[0] in ("var", "object"):
            return type_
        return (type_[0], *(self.resolved(each) for each in type_[1:]))

    def _assignable(self, left: Type, right: Type) -> bool:
        """Tell whether the types agree, and note what that says of their variables."""
        left, right = self.resolved(left), self.resolved(right)
        if left == right:
            return True
        for one, other in ((left, right), (right, left)):
            if one[0] == "var":
                self.bound[one[1]] = other
                return True
        if left[0] in _ANY or right[0] in _ANY:
            return True
        if left == NULL or right == NULL:
            other = right if left == NULL else left
            return other[0] in _NULLABLE or _is_message(other)
        if left[0] != right[0] or left[0] == "object" or len(left) != len(right):
            return False
        return all(self._assignable(a, b) for a, b in zip(left[1:], right[1:], strict=True))


def _is_message(type_: Type) -> bool:
    return type_[0] in _MESSAGES or type_[0].startswith("Object.")


def _message_field(type_: Type, name: str) -> Type | None:
    """Return the type of a message's field, None where it has none of that name."""
    fields = _MESSAGES.get(type_[0])
    return DYN if fields is None else fields.get(name)


@lru_cache(maxsize=512)
def _signatures(name: str, release: Release) -> Type:
    """Return a function's signatures as (is a method, argument types, result type)."""
    texts = BASE.get(name, "").split()
    for since, functions in LATER.items():
        if within(release, since):
            texts += functions.get(name, "").split()
    found = []
    for text in texts:
        arguments, _, result = text.lstrip(".").rpartition(">")
        found.append((text.startswith("."), _Types(arguments).all(), _Types(result).one()))
    return tuple(found)


class _Types:
    """A reader of type names, as in `list(A),int`."""

    def __init__(self, text: str):
        self.text = text

    def one(self) -> Type:
        import re

        match = re.match(r"\w+", self.text)
        assert match is not None
        self.text = self.text[match.end():]
        if not self.text.startswith("("):
            return (match[0],)
        self.text = self.text[1:]
        parameters = self.all()
        self.text = self.text[1:]
        return (match[0], *parameters)

    def all(self) -> list[Type]:
        found = []
        while self.text and not self.text.startswith(")"):
            found.append(self.one())
            self.text = self.text.removeprefix(",")
        return found
