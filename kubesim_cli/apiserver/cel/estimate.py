"""What an expression may cost at most, before it is ever evaluated.

Source: cel-go's checker/cost.go, for the trees of syntax.py: macros, which cel-go turns into loops over an accumulator
first, are counted as those loops would be. Only the most that something costs is told, of sizes also the least.
"""

from __future__ import annotations

from . import estimatedcalls
from .arithmetic import MOST, UNKNOWN, either, times, total
from .cost import LIST, MAP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from .arithmetic import Size
    from .checker import Checked, Type
    from .syntax import Node

    Path: TypeAlias = tuple[str, ...]
    # How long the value at a path may be, as in ("self", "list", "@items"), None where that is unknown.
    Sizes: TypeAlias = Callable[[Path], Size | None]
    Entries: TypeAlias = tuple[str, Size, Size]  # "list" or "map", the sizes of keys and values
    Local: TypeAlias = tuple[Path, Size | None, Entries | None]

_SCALARS = ("bool", "double", "duration", "int", "timestamp", "uint")
_INSIDE = {"list": ("@indices", "@items"), "map": ("@keys", "@values")}
_ONE = (1, 1)
# Of macros: what the accumulator costs at first, with each item (besides the arguments), and at the end.
_LOOPS = {"all": (0, 3, 1), "exists": (0, 4, 1), "exists_one": (0, 2, 2), "existsOne": (0, 2, 2),
          "filter": (LIST, LIST + 3, 1), "map": (LIST, LIST + 2, 1), "transformList": (LIST, LIST + 2, 1),
          "transformMap": (MAP, 3, 1), "transformMapEntry": (MAP, 2, 1)}


def estimate(node: Node, checked: Checked, sizes: Sizes) -> int:
    """Return the most that a checked tree may cost."""
    try:
        return Estimator(checked, sizes).cost(node)
    except RecursionError:
        return MOST


class Operand:
    """A receiver or argument of a call: its type, where it comes from, and its size as far as they are known."""

    __slots__ = ("given", "literal", "path", "size", "type")

    def __init__(self, type_: Type, path: Path, size: Size | None, literal: object = None):
        self.type, self.path, self.literal = type_, path, literal
        self.given, self.size = size, size or UNKNOWN


class Estimator:
    def __init__(self, checked: Checked, sizes: Sizes):
        self.checked, self.sizes = checked, sizes
        self.paths: dict[int, Path] = {}
        self.known: dict[int, Size] = {}
        self.entries: dict[int, Entries] = {}
        self.locals: dict[str, list[Local]] = {}

    def cost(self, node: Node) -> int:
        found: int = getattr(self, "_" + node[0])(node)
        return found

    def _literal(self, node: Node) -> int:
        return 0

    def _ident(self, node: Node) -> int:
        self.paths[id(node)] = self._path(node) if self.locals.get(node[2]) else (node[2],)
        return 1

    def _select(self, node: Node) -> int:
        _, _, operand, field, optional, test_only = node
        type_ = self.checked.type_of(operand)
        if type_ is None:  # google.protobuf.Duration is one name
            self.paths[id(node)] = (field,)
            return 1
        spent = self.cost(operand)
        if test_only:
            return spent
        if optional:
            return total(spent, 1)
        self.paths[id(node)] = (*self._path(operand), field)
        return total(spent, type_[0] in ("map", "object", "var"))

    def _list(self, node: Node) -> int:
        spent = total(LIST, *(self.cost(item) for item, _ in node[2]))
        self.entries[id(node)] = "list", _ONE, self._widest([item for item, _ in node[2]])
        return spent

    def _map(self, node: Node) -> int:
        spent = total(MAP, *(self.cost(each) for key, value, _ in node[2] for each in (key, value)))
        keys, values = ([entry[i] for entry in node[2]] for i in (0, 1))
        self.entries[id(node)] = "map", self._widest(keys), self._widest(values)
        return spent

    def _widest(self, nodes: list[Node]) -> Size:
        if not nodes:
            return 0, 0
        sizes = [self._size(node) or UNKNOWN for node in nodes]
        return min(low for low, _ in sizes), max(high for _, high in sizes)

    def _call(self, node: Node) -> int:
        _, _, _, target, arguments = node
        name, method, signatures = self.checked.call_of(node)
        costs = [self.cost(argument) for argument in arguments]
        if name == "dyn":
            self._copy(node, arguments[0])
            return total(1, *costs)
        if name in ("_&&_", "_||_"):
            return total(*costs)
        if name == "_?_:_":
            self._keep(node, self._either_entries(*arguments[1:]))
            self.known[id(node)] = either(*(self._size(argument) or UNKNOWN for argument in arguments[1:]))
            return total(costs[0], max(costs[1:]))
        receiver = None
        spent = total(*costs)
        if method:
            spent = total(self.cost(target), spent)
            receiver = self._operand(target)
        operands = [self._operand(argument) for argument in arguments]
        most, size = 0, None
        for wanted in signatures:
            call, gives = estimatedcalls.of_call(self, name, wanted, receiver, operands)
            most = max(most, call)
            if gives is not None:
                size = gives if size is None else either(size, gives)
            if name == "_+_" and wanted[0][0] in ("string", "bytes", "list"):
                self._keep(node, self._either_entries(*arguments))
            elif name == "_[_]" and wanted[0][0] in _INSIDE:
                inside = self._entries(arguments[0])
                size = inside[2] if inside else None
                self.paths[id(node)] = (*self._path(arguments[0]), _INSIDE[wanted[0][0]][1])
            if size is None:
                size = self._size(node)
        if size is not None:
            self.known[id(node)] = size
        return total(most, spent)

    # Macros

    def _comprehension(self, node: Node) -> int:
        _, _, macro, source, names, arguments = node
        if macro in ("optMap", "optFlatMap"):
            return self._optional_map(macro, source, names[0], arguments[0])
        spent = self.cost(source)
        self._enter(source, names)
        costs = [self.cost(argument) for argument in arguments]
        item = self._variable(source, names[0]) if macro == "filter" else self._size(arguments[-1])
        for name in names:
            self.locals[name].pop()
        count = self._size(source) or UNKNOWN
        start, each, end = _LOOPS[macro]
        if start:
            self.known[id(node)] = count
            if start == LIST:
                self.entries[id(node)] = "list", _ONE, either((0, 0), item or UNKNOWN)
        else:
            self.known[id(node)] = _ONE
        return total(spent, start, end, times(count[1], total(each, *costs)))

    def _optional_map(self, macro: str, source: Node, name: str, body: Node) -> int:
        """`source.hasValue() ? optional.of(body) : optional.none()`, where the body's variable is source.value()."""
        tested = total(self.cost(source), 1)
        self.locals.setdefault(name, []).append(((), None, None))
        spent = total(self.cost(body), LIST, tested, macro == "optMap")
        self.locals[name].pop()
        return total(tested, spent)

    def _bind(self, node: Node) -> int:
        _, _, name, value, body = node
        spent = self.cost(value)
        self.locals.setdefault(name, []).append((self._path(value), self._size(value), self._entries(value)))
        spent = total(spent, self.cost(body))
        self.locals[name].pop()
        self._copy(node, body)
        return spent

    def _enter(self, source: Node, names: list[str]) -> None:
        """Set the variables of a macro."""
        inside = self._entries(source)
        kind = inside[0] if inside else (self.checked.type_of(source) or ("dyn",))[0]
        first, second = _INSIDE["list" if kind == "list" else "map"]
        key: Local = (*self._path(source), first), inside and inside[1], None
        value: Local = (*self._path(source), second), inside and inside[2], None
        bound = [key, value] if len(names) == 2 else [value if kind == "list" else key]
        for name, local in zip(names, bound, strict=True):
            self.locals.setdefault(name, []).append(local)

    def _variable(self, source: Node, name: str) -> Size | None:
        """Return the size of a macro's only variable."""
        path, size, _ = self.locals[name][-1]
        range_ = self.checked.type_of(source) or ("dyn",)
        return self.size_at(path, range_[1] if range_[0] in _INSIDE else ("dyn",)) or size

    # What is known of nodes

    def _path(self, node: Node) -> Path:
        if node[0] == "ident" and self.locals.get(node[2]):
            return self.locals[node[2]][-1][0]
        return self.paths.get(id(node), ())

    def _operand(self, node: Node) -> Operand:
        type_ = self.checked.type_of(node) or ("dyn",)
        return Operand(type_, self._path(node), self._size(node), node[2] if node[0] == "literal" else None)

    def _copy(self, node: Node, source: Node) -> None:
        size = self._size(source)
        if size is not None:
            self.known[id(node)] = size
        self._keep(node, self._entries(source))

    def _keep(self, node: Node, entries: Entries | None) -> None:
        if entries is not None:
            self.entries[id(node)] = entries

    def _size(self, node: Node) -> Size | None:
        if id(node) in self.known:
            return self.known[id(node)]
        kind = node[0]
        if kind in ("list", "map"):
            return len(node[2]), len(node[2])
        if kind == "literal":
            length = len(node[2]) if isinstance(node[2], (str, bytes)) else 1
            return length, length
        found = self.size_at(self._path(node), self.checked.type_of(node) or ("dyn",))
        if found is None and kind == "ident" and self.locals.get(node[2]):
            return self.locals[node[2]][-1][1]
        return found

    def size_at(self, path: Path, type_: Type) -> Size | None:
        """Return the size of what stands at a path (empty: nowhere) and is of a type."""
        found = self.sizes(path) if path else None
        if found is None and _is_scalar(type_):
            return _ONE
        return found

    def _entries(self, node: Node) -> Entries | None:
        if id(node) in self.entries:
            return self.entries[id(node)]
        if node[0] == "ident" and self.locals.get(node[2]):
            return self.locals[node[2]][-1][2]
        return None

    def _either_entries(self, a: Node, b: Node) -> Entries | None:
        one, other = self._entries(a), self._entries(b)
        if one is None or other is None:
            return None
        return one[0], either(one[1], other[1]), either(one[2], other[2])


def _is_scalar(type_: Type) -> bool:
    return type_[0] in _SCALARS or (type_[0] == "optional_type" and _is_scalar(type_[1]))
