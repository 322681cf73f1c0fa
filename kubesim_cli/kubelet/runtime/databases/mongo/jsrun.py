"""Runs scripts of MongoDB's shell, which jsparser.py has read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .jsoperators import arithmetic, loosely, strictly
from .jsparser import Node
from .jsvalues import (
    UNDEFINED,
    Fault,
    Function,
    Host,
    Iterated,
    Native,
    Thrown,
    fault,
    numeric,
    of_server,
    text,
    truthy,
    type_of,
)
from .values import Date, Long, MongoError, Scalar, plain


class Scope:
    """Variables, and those around them. `fixed`: those that are const."""

    __slots__ = ("fixed", "names", "outer")

    def __init__(self, outer: Scope | None = None, names: dict[str, Any] | None = None):
        self.outer, self.names = outer, {} if names is None else names
        self.fixed: set[str] = set()

    def holder(self, name: str) -> Scope | None:
        """Return the scope that has a name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope


class _Left(Exception):
    """A loop or a function is left. `value`: what is returned."""

    def __init__(self, value: Any = UNDEFINED):
        super().__init__()
        self.value = value


class _Return(_Left):
    pass


class _Break(_Left):
    pass


class _Continue(_Left):
    pass


class Runner:
    """Runs nodes. `work` is called for each with a number of steps; `method` finds properties of plain values."""

    def __init__(self, globals_: Scope, work: Callable[[int], None], method: Callable[[Runner, Any, str], Any]):
        self.globals, self.work, self.method = globals_, work, method
        self.depth = 0

    def run(self, program: list[Node]) -> Any:
        """Run statements; return the value of the last expression. Raises Thrown."""
        value = UNDEFINED
        try:
            self._hoist(program, self.globals)
            for each in program:
                found = self._statement(each, self.globals)
                value = UNDEFINED if each[0] == "declare" else found
        except MongoError as error:
            raise of_server(error) from None
        except RecursionError:
            raise fault("Maximum call stack size exceeded", "RangeError") from None
        except _Left:
            raise fault("Illegal return statement", "SyntaxError") from None
        return value

    def call(self, function: Any, arguments: list[Any], this: Any = UNDEFINED) -> Any:
        """Call a function of the script's or of the shell's."""
        self.work(2)
        if isinstance(function, Native):
            return function.does(*arguments)
        if not isinstance(function, Function):
            raise fault(f"{text(function)} is not a function")
        scope = Scope(function.scope, {"this": this, "arguments": arguments})
        _, _, parameters, body, _ = function.node
        for at, each in enumerate(parameters):
            if each[0] == "rest":
                self._bind(each[1], arguments[at:], scope)
                continue
            value = arguments[at] if at < len(arguments) else UNDEFINED
            if each[0] == "default":
                value = self.value(each[2], scope) if value is UNDEFINED else value
                each = each[1]
            self._bind(each, value, scope)
        self.depth += 1
        if self.depth > 100:
            raise RecursionError
        try:
            self._statement(body, scope)
        except _Return as left:
            return left.value
        finally:
            self.depth -= 1
        return UNDEFINED

    # Statements

    def _hoist(self, body: list[Node], scope: Scope) -> None:
        """Functions are there before what is above them."""
        for each in body:
            if each[0] == "declare" and each[2][0][1][0] == "function" and each[2][0][1][1]:
                self._statement(each, scope)

    def _statement(self, node: Node, scope: Scope) -> Any:
        self.work(1)
        found = getattr(self, f"_do_{node[0].replace(' ', '_')}", None)
        return found(node, scope) if found is not None else self.value(node, scope)

    def _do_expression(self, node: Node, scope: Scope) -> Any:
        return self.value(node[1], scope)

    def _do_block(self, node: Node, scope: Scope) -> Any:
        inner, value = Scope(scope), UNDEFINED
        self._hoist(node[1], inner)
        for each in node[1]:
            value = self._statement(each, inner)
        return value

    def _do_declare(self, node: Node, scope: Scope) -> Any:
        where = scope
        if node[1] == "var":
            while where.outer is not None and "arguments" not in where.names and where.outer is not self.globals.outer:
                where = where.outer
        for target, value in node[2]:
            made = self.value(value, scope)
            if value[0] == "function" and not value[1] and target[0] == "name":
                made.node = [value[0], target[1], *value[2:]]
            self._bind(target, made, where)
            if node[1] == "const" and target[0] == "name":
                where.fixed.add(target[1])
        return UNDEFINED

    def _bind(self, target: Node, value: Any, scope: Scope) -> None:
        if target[0] == "name":
            scope.names[target[1]] = value
        elif target[0] == "array pattern":
            items = self.items(value)
            for at, each in enumerate(target[1]):
                self._bind(each, items[at] if at < len(items) else UNDEFINED, scope)
        else:
            for key, each, other in target[1]:
                found = self.member(value, key)
                self._bind(each, self.value(other, scope) if found is UNDEFINED and other else found, scope)

    def _do_if(self, node: Node, scope: Scope) -> Any:
        return self._statement(node[2] if truthy(self.value(node[1], scope)) else node[3], scope)

    def _do_for(self, node: Node, scope: Scope) -> Any:
        inner, value = Scope(scope), UNDEFINED
        if node[1]:
            self._statement(node[1], inner)
        while node[2] is None or truthy(self.value(node[2], inner)):
            try:
                value = self._statement(node[4], inner)
            except _Break:
                break
            except _Continue:
                pass
            if node[3]:
                self.value(node[3], inner)
        return value

    def _do_do(self, node: Node, scope: Scope) -> Any:
        while True:
            try:
                self._statement(node[1], scope)
            except _Break:
                return UNDEFINED
            except _Continue:
                pass
            if not truthy(self.value(node[2], scope)):
                return UNDEFINED

    def _do_for_each(self, node: Node, scope: Scope) -> Any:
        _, way, kind, target, items, body = node
        of = self.value(items, scope)
        keys = [str(at) for at in range(len(of))] if isinstance(of, list) else list(of) if isinstance(of, dict) else []
        for each in self.items(of) if way == "of" else keys:
            inner = Scope(scope)
            if kind:
                self._bind(target, each, inner)
            else:
                self._assign(target, each, scope)
            try:
                self._statement(body, inner)
            except _Break:
                break
            except _Continue:
                pass
        return UNDEFINED

    def _do_return(self, node: Node, scope: Scope) -> Any:
        raise _Return(self.value(node[1], scope))

    def _do_break(self, node: Node, scope: Scope) -> Any:
        raise _Break

    def _do_continue(self, node: Node, scope: Scope) -> Any:
        raise _Continue

    def _do_throw(self, node: Node, scope: Scope) -> Any:
        raise Thrown(self.value(node[1], scope))

    def _do_try(self, node: Node, scope: Scope) -> Any:
        _, body, name, handler, last = node
        try:
            return self._statement(body, scope)
        except (Thrown, MongoError) as error:
            if handler is None:
                raise
            thrown = of_server(error) if isinstance(error, MongoError) else error
            return self._statement(handler, Scope(scope, {name: thrown.value} if name else {}))
        finally:
            if last:
                self._statement(last, scope)

    def _do_switch(self, node: Node, scope: Scope) -> Any:
        value, inner = self.value(node[1], scope), Scope(scope)
        start = next(
            (
                at
                for at, (test, _) in enumerate(node[2])
                if test is not None and strictly(self.value(test, inner), value)
            ),
            None,
        )
        if start is None:
            start = next((at for at, (test, _) in enumerate(node[2]) if test is None), len(node[2]))
        try:
            for _, body in node[2][start:]:
                for each in body:
                    self._statement(each, inner)
        except _Break:
            pass
        return UNDEFINED

    # Expressions

    def value(self, node: Node, scope: Scope) -> Any:
        """Return an expression's value."""
        self.work(1)
        return getattr(self, f"_of_{_NAMES.get(node[0], node[0])}")(node, scope)

    def _of_value(self, node: Node, scope: Scope) -> Any:
        return node[1]

    def _of_undefined(self, node: Node, scope: Scope) -> Any:
        return UNDEFINED

    def _of_regex(self, node: Node, scope: Scope) -> Any:
        from .values import Regex

        return Regex(tuple(node[1]))

    def _of_template(self, node: Node, scope: Scope) -> str:
        return "".join(text(self.value(each, scope)) for each in node[1])

    def _of_name(self, node: Node, scope: Scope) -> Any:
        holder = scope.holder(node[1])
        if holder is None:
            raise fault(f"{node[1]} is not defined", "ReferenceError")
        return holder.names[node[1]]

    def _of_array(self, node: Node, scope: Scope) -> list[Any]:
        return self._values(node[1], scope)

    def _values(self, nodes: list[Node], scope: Scope) -> list[Any]:
        out: list[Any] = []
        for each in nodes:
            if each[0] == "spread":
                out += self.items(self.value(each[1], scope))
            else:
                out.append(self.value(each, scope))
        return out

    def _of_object(self, node: Node, scope: Scope) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for each in node[1]:
            if each[0] == "spread":
                found = self.value(each[1], scope)
                out.update(found if isinstance(found, dict) else {})
            else:
                key, value = text(self.value(each[1], scope)), self.value(each[2], scope)
                if isinstance(value, Function) and not value.node[1]:
                    value.node = [value.node[0], key, *value.node[2:]]  # a function has the name of what it is given to
                out[key] = value
        return out

    def _of_function(self, node: Node, scope: Scope) -> Function:
        return Function(node, scope)

    def _of_member(self, node: Node, scope: Scope) -> Any:
        of = self.value(node[1], scope)
        if node[3] and (of is None or of is UNDEFINED):
            return UNDEFINED
        return self.member(of, node[2])

    def _of_index(self, node: Node, scope: Scope) -> Any:
        of, key = self.value(node[1], scope), self.value(node[2], scope)
        if isinstance(of, (list, str)) and isinstance(key, int):
            return of[key] if 0 <= key < len(of) else UNDEFINED
        return self.member(of, text(key))

    def _of_call(self, node: Node, scope: Scope) -> Any:
        target, this = node[1], UNDEFINED
        if target[0] in ("member", "index"):
            this = self.value(target[1], scope)
            if (this is UNDEFINED or this is None) and target[0] == "member" and target[3]:
                return UNDEFINED
            key = target[2] if target[0] == "member" else text(self.value(target[2], scope))
            function = self.member(this, key)
        else:
            function = self.value(target, scope)
        if node[3] and (function is UNDEFINED or function is None):
            return UNDEFINED
        if not isinstance(function, (Function, Native)):
            if callable(getattr(function, "called", None)):
                return function.called(*self._values(node[2], scope))
            raise fault(f"{_source(target)} is not a function")
        return self.call(function, self._values(node[2], scope), this)

    def _of_new(self, node: Node, scope: Scope) -> Any:
        made = self.value(node[1], scope)
        arguments = self._values(node[2], scope)
        if isinstance(made, Function):
            this: dict[str, Any] = {}
            found = self.call(made, arguments, this)
            return found if isinstance(found, dict) else this
        if not isinstance(made, Native):
            raise fault(f"{_source(node[1])} is not a constructor")
        maker = made.members.get("new")
        return self.call(maker or made, arguments)

    def _of_comma(self, node: Node, scope: Scope) -> Any:
        self.value(node[1], scope)
        return self.value(node[2], scope)

    def _of_conditional(self, node: Node, scope: Scope) -> Any:
        return self.value(node[2] if truthy(self.value(node[1], scope)) else node[3], scope)

    def _of_logic(self, node: Node, scope: Scope) -> Any:
        left = self.value(node[2], scope)
        if node[1] == "??":
            return self.value(node[3], scope) if left is None or left is UNDEFINED else left
        return self.value(node[3], scope) if truthy(left) == (node[1] == "&&") else left

    def _of_unary(self, node: Node, scope: Scope) -> Any:
        if node[1] == "typeof":
            if node[2][0] == "name" and scope.holder(node[2][1]) is None:
                return "undefined"
            return type_of(self.value(node[2], scope))
        if node[1] == "delete":
            if node[2][0] in ("member", "index"):
                of = self.value(node[2][1], scope)
                key = node[2][2] if node[2][0] == "member" else text(self.value(node[2][2], scope))
                if isinstance(of, dict):
                    of.pop(key, None)
            return True
        value = self.value(node[2], scope)
        if node[1] == "!":
            return not truthy(value)
        if node[1] == "void":
            return UNDEFINED
        return -numeric(value) if node[1] == "-" else ~int(numeric(value)) if node[1] == "~" else numeric(value)

    def _of_step(self, node: Node, scope: Scope) -> Any:
        before = numeric(self.value(node[2], scope))
        after = before + (1 if node[1] == "+" else -1)
        self._assign(node[2], after, scope)
        return after if node[3] else before

    def _of_binary(self, node: Node, scope: Scope) -> Any:
        return self.binary(node[1], self.value(node[2], scope), self.value(node[3], scope))

    def binary(self, mark: str, one: Any, other: Any) -> Any:
        """Return what an operator makes of two values."""
        if mark in ("==", "!="):
            return loosely(one, other) == (mark == "==")
        if mark in ("===", "!=="):
            return strictly(one, other) == (mark == "===")
        if mark == "+":
            if any(isinstance(each, (str, list, dict, Scalar)) and not isinstance(each, Long) for each in (one, other)):
                return text(one) + text(other)
            return plain(numeric(one) + numeric(other))
        if mark in ("<", ">", "<=", ">="):
            if not (isinstance(one, str) and isinstance(other, str)):
                one, other = numeric(one), numeric(other)
            return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[mark]
        if mark == "instanceof":
            kind = getattr(other, "name", "")
            return {
                "Array": isinstance(one, list),
                "Date": isinstance(one, Date),
                "Object": isinstance(one, (dict, list)),
                "Error": isinstance(one, Fault),
            }.get(kind, type(one).__name__ == kind)
        if mark == "in":
            return text(one) in other if isinstance(other, dict) else numeric(one) < len(other)
        return arithmetic(mark, numeric(one), numeric(other))

    def _of_assign(self, node: Node, scope: Scope) -> Any:
        _, mark, target, value = node
        if not mark:
            made = self.value(value, scope)
        elif mark in ("&&", "||", "??"):
            made = self._of_logic(["logic", mark, target, value], scope)
        else:
            made = self.binary(mark, self.value(target, scope), self.value(value, scope))
        self._assign(target, made, scope)
        return made

    def _assign(self, target: Node, value: Any, scope: Scope) -> None:
        if target[0] == "name":
            holder = scope.holder(target[1]) or self.globals
            if target[1] in holder.fixed:
                raise fault("Assignment to constant variable.")
            holder.names[target[1]] = value
            return
        of = self.value(target[1], scope)
        key = target[2] if target[0] == "member" else self.value(target[2], scope)
        if isinstance(of, list) and isinstance(key, int):
            if key > len(of) + 10_000:
                raise fault("Invalid array length", "RangeError")
            of += [UNDEFINED] * (key + 1 - len(of))
            of[key] = value
        elif isinstance(of, list) and key == "length":
            del of[int(numeric(value)) :]
        elif isinstance(of, dict):
            of[text(key)] = value
        elif of is UNDEFINED or of is None:
            raise fault(f"Cannot set properties of {text(of)} (setting '{text(key)}')")

    # Objects

    def member(self, of: Any, name: str) -> Any:
        """Return a property of a value."""
        if of is None or of is UNDEFINED:
            raise fault(f"Cannot read properties of {text(of)} (reading '{name}')")
        if isinstance(of, dict) and name in of:
            return of[name]
        if isinstance(of, (Host, Fault, Native)):
            return of.member(name)
        return self.method(self, of, name)

    def items(self, of: Any) -> list[Any]:
        """Return what a loop over something meets."""
        if isinstance(of, (list, str)):
            return list(of)
        if isinstance(of, Iterated):
            return of.items()
        raise fault(f"{text(of)} is not iterable")


_NAMES = {"?": "conditional"}


def _source(node: Node) -> str:
    """Return an expression as it is named in an error."""
    if node[0] == "member":
        return f"{_source(node[1])}.{node[2]}"
    return str(node[1]) if node[0] == "name" else "(intermediate value)"
