"""The value of a tree (cel-go/interpreter)."""

from __future__ import annotations

from . import cost
from .errors import EvaluationError, no_overload
from .functions import FUNCTIONS
from .values import NONE, Optional, TypeValue, equal, is_number, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
        self.meter.spend(1)
        if node[2] in self.variables:
            return self.variables[node[2]]
        return TypeValue(node[2])

    def _select(self, node: Node) -> Value:
        _, _, operand, field, optional, test_only = node
        self.meter.spend(1)
        if operand[0] == "ident" and operand[2] not in self.variables:
            return TypeValue(f"{operand[2]}.{field}")
        target = self.value(operand)
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
            return NONE if found is _MISSING else Optional(found)
        if found is _MISSING:
            raise EvaluationError(f"no such key: {field}")
        return found

    def _list(self, node: Node) -> list[Value]:
        self.meter.spend(cost.LIST)
        return [item for _, item in self._present((None, *entry) for entry in node[2])]

    def _map(self, node: Node) -> dict[Value, Value]:
        self.meter.spend(cost.MAP)
        return dict(self._present(node[2]))

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
        special = _SPECIAL.get(name)
        if special is not None and target is None:
            return getattr(self, special)(*arguments)
        if target is not None:
            qualified = self._namespace(target, name)
            if qualified is not None:
                values = [self.value(argument) for argument in arguments]
                self.meter.spend(cost.of_call(qualified, values))
                return FUNCTIONS[qualified](*values)
            arguments = [target, *arguments]
        values = [self.value(argument) for argument in arguments]
        self.meter.spend(cost.of_call(name, values))
        try:
            return FUNCTIONS[name](*values)
        except (TypeError, AttributeError, KeyError):
            raise no_overload() from None

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
        return self.value(then if value else otherwise)

    def _equals(self, left: Node, right: Node) -> bool:
        values = self.value(left), self.value(right)
        self.meter.spend(cost.text_cost(min(map(cost.size_of, values))))
        return equal(*values)

    def _differs(self, left: Node, right: Node) -> bool:
        return not self._equals(left, right)

    def _in(self, left: Node, right: Node) -> bool:
        item, whole = self.value(left), self.value(right)
        self.meter.spend(len(whole) if isinstance(whole, list) else 1)
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
        whole, at = self.value(target), self.value(index)
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
        range_ = self.value(source)
        if macro in ("optMap", "optFlatMap"):
            return self._optional_map(macro, range_, names[0], arguments[0])
        return getattr(self, "_macro_" + macro)(self._bindings(range_, names, cost.STEPS[macro]), arguments)

    def _optional_map(self, macro: str, range_: Value, name: str, body: Node) -> Value:
        if not range_.present:
            return NONE
        value = _Evaluator({**self.variables, name: range_.value}, self.meter).value(body)
        return value if macro == "optFlatMap" else Optional(value)

    def _bindings(self, range_: Value, names: list[str], each: int) -> Bindings:
        """Walk a range: (evaluator with the variables set, key or index, item, what one variable stands for)."""
        if isinstance(range_, dict):
            pairs = list(range_.items())
        elif isinstance(range_, list):
            pairs = list(enumerate(range_))
        else:
            raise no_overload()
        for key, item in pairs:
            self.meter.spend(each)
            single = key if isinstance(range_, dict) else item
            bound = {names[0]: key, names[1]: item} if len(names) == 2 else {names[0]: single}
            yield _Evaluator({**self.variables, **bound}, self.meter), key, item, single

    def _quantified(self, bindings: Bindings, arguments: list[Node], decisive: bool) -> bool:
        problem = None
        for evaluator, *_ in bindings:
            try:
                decided = evaluator.value(arguments[0]) is decisive
            except EvaluationError as error:
                problem = self._excused(problem, error)
                continue
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
        return sum(evaluator.value(arguments[0]) is True for evaluator, *_ in bindings) == 1

    _macro_existsOne = _macro_exists_one

    def _macro_filter(self, bindings: Bindings, arguments: list[Node]) -> list[Value]:
        return [single for evaluator, _, _, single in bindings if evaluator.value(arguments[0])]

    def _macro_map(self, bindings: Bindings, arguments: list[Node]) -> list[Value]:
        return [evaluator.value(arguments[-1]) for evaluator, *_ in bindings
                if len(arguments) == 1 or evaluator.value(arguments[0])]

    _macro_transformList = _macro_map

    def _macro_transformMap(self, bindings: Bindings, arguments: list[Node]) -> dict[Value, Value]:
        return {key: evaluator.value(arguments[-1]) for evaluator, key, _, _ in bindings
                if len(arguments) == 1 or evaluator.value(arguments[0])}


_SPECIAL = {"_&&_": "_and", "_||_": "_or", "_?_:_": "_conditional", "_==_": "_equals", "_!=_": "_differs", "@in": "_in",
            "_[_]": "_index", "_[?_]": "_optional_index"}
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
