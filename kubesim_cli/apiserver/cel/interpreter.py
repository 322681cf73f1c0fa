"""The value of a tree (cel-go/interpreter)."""

from __future__ import annotations

from . import cost
from .errors import EvaluationError, no_overload
from .functions import FUNCTIONS
from .values import NONE, Message, Optional, TypeValue, equal, is_number, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from ...machinery.types import Object
    from .syntax import Node
    from .values import Value

    Bindings: TypeAlias = Iterator[tuple["_Evaluator", Value, Value, Value]]

_MISSING = object()


def evaluate(node: Node, variables: Object, meter: cost.Meter) -> Value:
    """Return the value of a tree for these variables. Raises EvaluationError, also where it costs too much."""
    try:
        return _Evaluator(variables, meter).value(node)
    except RecursionError:
        raise EvaluationError("max recursion depth exceeded") from None


class _Evaluator:
    def __init__(self, variables: Object, meter: cost.Meter):
        self.variables, self.meter = variables, meter

    def value(self, node: Node) -> Value:
        return getattr(self, "_" + node[0])(node)

    def _literal(self, node: Node) -> Value:
        return node[2]

    def _ident(self, node: Node) -> Value:
        if node[2] in self.variables:
            self.meter.spend(1)
            return self.variables[node[2]]
        return TypeValue(node[2])

    def _select(self, node: Node) -> Value:
        _, _, operand, field, optional, test_only = node
        target = self._reached_from(operand)
        if isinstance(target, TypeValue):
            return TypeValue(f"{target.name}.{field}")
        unwrapped = isinstance(target, Optional)
        if unwrapped:
            if not target.present:
                return False if test_only else NONE
            target = target.value
        if not isinstance(target, dict):
            raise no_overload()
        found = target.get(field, _MISSING)
        if found is _MISSING:
            found = target.get(unescaped(field), _MISSING)
        if test_only:
            return found is not _MISSING
        if optional or unwrapped:
            if found is _MISSING:
                return NONE
            found = Optional(found)
        self.meter.spend(1)
        if found is _MISSING:
            raise EvaluationError(f"no such key: {field}")
        return found

    def _reached_from(self, operand: Node) -> Value:
        """The value of what a field or an item is taken from; what is no path itself becomes one, which costs 1."""
        value = self.value(operand)
        if not isinstance(value, TypeValue) and not _is_path(operand):
            self.meter.spend(1)
        return value

    def _end_of_path(self, node: Node) -> Value:
        """The value of a node that is no step of its own where it is a path: as a branch or an index."""
        if _is_path(node) and self._root(node) in self.variables:
            self.meter.spent -= 1
        return self.value(node)

    @staticmethod
    def _root(node: Node) -> str | None:
        while _is_path(node) and node[0] != "ident":
            node = node[2] if node[0] == "select" else node[4][0]
        return node[2] if node[0] == "ident" else None

    def _constant(self, node: Node) -> bool:
        """Tell whether a node's value is known before it is evaluated, so that it costs nothing."""
        if node[0] == "list":
            return all(self._constant(item) and not optional for item, optional in node[2])
        if node[0] == "map":
            return all(self._constant(key) and self._constant(value) and not optional
                       for key, value, optional in node[2])
        if node[0] == "call":
            return node[2] in _CONVERSIONS and node[3] is None and all(map(self._constant, node[4]))
        return node[0] == "literal" or (node[0] == "ident" and node[2] not in self.variables)

    def _list(self, node: Node) -> list[Value]:
        self.meter.spend(0 if self._constant(node) else cost.LIST)
        return [item for _, item in self._present((None, *entry) for entry in node[2])]

    def _map(self, node: Node) -> dict[Value, Value]:
        self.meter.spend(0 if self._constant(node) else cost.MAP)
        return dict(self._present(node[2]))

    def _message(self, node: Node) -> Message:
        self.meter.spend(cost.MESSAGE)
        return Message(node[2], self._present(node[3]))

    def _present(self, entries: Iterable[tuple[Node | None, Node, bool]]) -> Iterator[tuple[Value, Value]]:
        """Walk the entries of a list or map; `?` leaves out what is none."""
        for key, item, optional in entries:
            name = None if key is None else self.value(key)
            found = self.value(item)
            if not optional:
                yield name, found
            elif found.present:
                yield name, found.value

    def _call(self, node: Node) -> Value:
        _, _, name, target, arguments = node
        if target is None:
            special = _SPECIAL.get(name)
            if special is not None:
                return getattr(self, special)(*arguments)
            return self._called(name, arguments, False, self._constant(node))
        qualified = self._namespace(target, name)
        if qualified is not None:
            return self._called(qualified, arguments, False, False)
        if name in ("or", "orValue"):
            return self._or_else(name, target, arguments[0])
        return self._called(name, [target, *arguments], True, False)

    def _called(self, name: str, arguments: list[Node], method: bool, free: bool) -> Value:
        values = self._values(arguments, lambda found: 0 if free else cost.of_call(name, found, method))
        try:
            return FUNCTIONS[name](*values)
        except (TypeError, AttributeError, KeyError):
            raise no_overload() from None

    def _values(self, arguments: list[Node], costs: Callable[[list[Value]], int]) -> list[Value]:
        """Return the values of up to two arguments, or those of more until one has none, and spend what the call costs,
        which is due where an argument has none as well. Raises EvaluationError."""
        values, problem = [], None
        for argument in arguments:
            try:
                values.append(self.value(argument))
            except EvaluationError as error:
                problem = self._excused(problem, error)
                if len(arguments) > 2:
                    raise
                values.append(None)
        self.meter.spend(costs(values))
        if problem is not None:
            raise problem
        return values

    def _or_else(self, name: str, target: Node, other: Node) -> Value:
        optional = self.value(target)
        if not isinstance(optional, Optional):
            raise no_overload()
        if not optional.present:
            return self.value(other)
        return optional.value if name == "orValue" else optional

    def _namespace(self, target: Node, name: str) -> str | None:
        """Return the full name of a function such as sets.contains, None where `target` is a value."""
        if target[0] != "ident" or target[2] in self.variables:
            return None
        return f"{target[2]}.{name}"

    def _excused(self, problem: EvaluationError | None, error: EvaluationError) -> EvaluationError:
        """Return the first of two errors that another side may make up for; that it costs too much is none."""
        if self.meter.spent > self.meter.limit:
            raise error
        return problem or error

    def _and(self, left: Node, right: Node) -> bool:
        return self._either(left, right, False)

    def _or(self, left: Node, right: Node) -> bool:
        return self._either(left, right, True)

    def _either(self, left: Node, right: Node, decisive: bool) -> bool:
        """&& and ||: one side that decides is enough, even where the other has no value."""
        problem = None
        for side in (left, right):
            try:
                value = self.value(side)
            except EvaluationError as error:
                problem = self._excused(problem, error)
                continue
            if not isinstance(value, bool):
                problem = problem or no_overload()
            elif value is decisive:
                return decisive
        if problem is not None:
            raise problem
        return not decisive

    def _conditional(self, condition: Node, then: Node, otherwise: Node) -> Value:
        value = self.value(condition)
        if not isinstance(value, bool):
            raise no_overload()
        return self._end_of_path(then if value else otherwise)

    def _equals(self, left: Node, right: Node) -> bool:
        return equal(*self._values([left, right], lambda values: cost.of_equality(values, differs=False)))

    def _differs(self, left: Node, right: Node) -> bool:
        return not equal(*self._values([left, right], lambda values: cost.of_equality(values, differs=True)))

    def _in(self, left: Node, right: Node) -> bool:
        free = right[0] == "list" and all(item[0] == "literal" for item, _ in right[2])
        item, whole = self._values([left, right], lambda values: 0 if free else _size_of_list(values[1]))
        if isinstance(whole, dict):
            return any(equal(item, key) for key in whole)
        if not isinstance(whole, list):
            raise no_overload()
        return any(equal(item, each) for each in whole)

    def _index(self, target: Node, index: Node) -> Value:
        found, wrapped = self._at(target, index)
        if isinstance(found, EvaluationError):
            if wrapped:
                return NONE
            raise found
        return Optional(found) if wrapped else found

    def _optional_index(self, target: Node, index: Node) -> Value:
        found, _ = self._at(target, index)
        return NONE if isinstance(found, EvaluationError) else Optional(found)

    def _at(self, target: Node, index: Node) -> tuple[Value, bool]:
        """Return (what is at an index or key, or the error that there is nothing; whether it was an optional)."""
        whole, at = self._reached_from(target), self._end_of_path(index)
        self.meter.spend(1)
        wrapped = isinstance(whole, Optional)
        if wrapped:
            if not whole.present:
                return EvaluationError("none"), True
            whole = whole.value
        if isinstance(whole, dict):
            for key, value in whole.items():
                if equal(key, at):
                    return value, wrapped
            return EvaluationError(f"no such key: {text_of(at)}"), wrapped
        if not isinstance(whole, list) or not is_number(at):
            raise no_overload()
        if not 0 <= at < len(whole):
            return EvaluationError(f"index out of bounds: {int(at)}"), wrapped
        return whole[int(at)], wrapped

    # Macros

    def _comprehension(self, node: Node) -> Value:
        _, _, macro, source, names, arguments = node
        before = self.meter.spent
        range_ = self.value(source)
        if macro in ("optMap", "optFlatMap"):
            return self._optional_map(macro, range_, self.meter.spent - before, names[0], arguments[0])
        found = getattr(self, "_macro_" + macro)(self._bindings(range_, names), arguments)
        self.meter.spend(_AT_END.get(macro, 1))
        return found

    def _optional_map(self, macro: str, range_: Value, spent: int, name: str, body: Node) -> Value:
        """`range_` is evaluated twice: whether it has a value, and to take that."""
        self.meter.spend(1)
        if not range_.present:
            self.meter.spend(1)
            return NONE
        self.meter.spend(spent + 1)
        value = _Evaluator({**self.variables, name: range_.value}, self.meter).value(body)
        if macro == "optFlatMap":
            return value
        self.meter.spend(1)
        return Optional(value)

    def _bindings(self, range_: Value, names: list[str]) -> Bindings:
        """Walk a range: (evaluator with the variables set, key or index, item, what one variable stands for)."""
        if isinstance(range_, dict):
            pairs = list(range_.items())
        elif isinstance(range_, list):
            pairs = list(enumerate(range_))
        else:
            raise no_overload()
        for key, item in pairs:
            single = key if isinstance(range_, dict) else item
            bound = {names[0]: key, names[1]: item} if len(names) == 2 else {names[0]: single}
            yield _Evaluator({**self.variables, **bound}, self.meter), key, item, single

    def _quantified(self, bindings: Bindings, arguments: list[Node], decisive: bool) -> bool:
        """Until one item decides; whether one has is asked before each item."""
        problem, decided = None, False
        for evaluator, *_ in bindings:
            self.meter.spend(3 if decisive else 2)
            if decided:
                return decisive
            self.meter.spend(1)
            try:
                decided = evaluator.value(arguments[0]) is decisive
            except EvaluationError as error:
                problem = self._excused(problem, error)
        if decided:
            return decisive
        if problem is not None:
            raise problem
        return not decisive

    def _macro_all(self, bindings: Bindings, arguments: list[Node]) -> bool:
        return self._quantified(bindings, arguments, False)

    def _macro_exists(self, bindings: Bindings, arguments: list[Node]) -> bool:
        return self._quantified(bindings, arguments, True)

    def _macro_exists_one(self, bindings: Bindings, arguments: list[Node]) -> bool:
        return sum(1 for _ in self._chosen(bindings, arguments, 2)) == 1

    _macro_existsOne = _macro_exists_one

    def _macro_filter(self, bindings: Bindings, arguments: list[Node]) -> list[Value]:
        return [single for _, _, single in self._chosen(bindings, arguments, cost.LIST + 3)]

    def _macro_map(self, bindings: Bindings, arguments: list[Node]) -> list[Value]:
        *conditions, made = arguments
        return [evaluator._listed(made) for evaluator, _, _ in self._chosen(bindings, conditions, 2)]

    def _listed(self, node: Node) -> Value:
        """The value of a node, put into a list of its own."""
        self.meter.spend(0 if self._constant(node) else cost.LIST)
        return self.value(node)

    _macro_transformList = _macro_map

    def _macro_transformMap(self, bindings: Bindings, arguments: list[Node]) -> dict[Value, Value]:
        *conditions, made = arguments
        return {key: evaluator.value(made) for evaluator, key, _ in self._chosen(bindings, conditions, 3)}

    def _macro_transformMapEntry(self, bindings: Bindings, arguments: list[Node]) -> dict[Value, Value]:
        *conditions, made = arguments
        found: dict[Value, Value] = {}
        for evaluator, *_ in self._chosen(bindings, conditions, 2):
            for key, value in evaluator.value(made).items():
                if key in found:
                    raise EvaluationError(f"insert failed: key {text_of(key)} already exists")
                found[key] = value
        return found

    def _bind(self, node: Node) -> Value:
        _, _, name, value, body = node
        return _Evaluator({**self.variables, name: self.value(value)}, self.meter).value(body)

    def _chosen(self, bindings: Bindings, conditions: list[Node],
                each: int) -> Iterator[tuple[_Evaluator, Value, Value]]:
        """Walk the items for which the condition holds, if there is one; what is made of each costs `each`."""
        for evaluator, key, _, single in bindings:
            if not conditions or evaluator.value(conditions[0]) is True:
                self.meter.spend(each)
                yield evaluator, key, single


def _is_path(node: Node) -> bool:
    return node[0] in ("ident", "select") or (node[0] == "call" and node[2] in ("_[_]", "_[?_]"))


def _size_of_list(whole: Value) -> int:
    return len(whole) if isinstance(whole, list) else 1


_SPECIAL = {"_&&_": "_and", "_||_": "_or", "_?_:_": "_conditional", "_==_": "_equals", "_!=_": "_differs", "@in": "_in",
            "_[_]": "_index", "_[?_]": "_optional_index"}
_CONVERSIONS = ("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint")
_AT_END = {"exists_one": 2, "existsOne": 2}  # what a macro's result costs, where it is not 1
_ESCAPES = {"__underscores__": "__", "__dot__": ".", "__dash__": "-", "__slash__": "/"}
_KEYWORDS = ("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
             "import", "let", "loop", "package", "namespace", "return", "var", "void", "while")


def escaped(name: str) -> str:
    """Return how an expression names a field, "" where it cannot (k8s.io/apiserver/pkg/cel/escaping.go)."""
    import re

    if not re.fullmatch(r"[A-Za-z_./-][A-Za-z0-9_./-]*", name):
        return ""
    if name in _KEYWORDS:
        return f"__{name}__"
    return re.sub(r"__|[.\-/]", lambda match: {text: code for code, text in _ESCAPES.items()}[match[0]], name)


def unescaped(name: str) -> str:
    """Return the field that an expression means."""
    import re

    if name.startswith("__") and name[2:-2] in _KEYWORDS:
        return name[2:-2]
    return re.sub(r"__(?:underscores|dot|dash|slash)__", lambda match: _ESCAPES[match[0]], name)
