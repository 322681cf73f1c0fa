"""Execute parsed templates (text/template/exec.go)."""

from __future__ import annotations

from ...go.fmt import Byte, Int, quote, sprint, type_name
from . import nodes
from .functions import ELEMENT, FUNCTIONS, MISSING, CallError, Function, is_true
from .parser import NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ..types import Json, Object

_ABSENT = object()  # no value came through the pipe
_MAX_DEPTH = 100000
_MAX_STEPS = 20_000_000   # nodes that are executed: far more than any output of a cluster takes
_MAX_OUTPUT = 1 << 28     # characters


class ExecError(Exception):
    """Told as `template: output:LINE:COLUMN: executing "output" at <...>: ...`."""


class Execution:
    """One run of a template over `data`; `out` collects the text, also that written before an ExecError.

    `functions` are those that the template was parsed with.
    """

    def __init__(self, text: str, trees: dict[str, list[Json]], allow_missing_keys: bool, ranges_ints: bool,
                 functions: dict[str, Function] | None = None) -> None:
        self.functions = functions or FUNCTIONS
        self.text, self.trees, self.allow_missing_keys = text, trees, allow_missing_keys
        self.ranges_ints = ranges_ints
        self.steps = self.size = 0
        self.out: list[str] = []
        self.name, self.node, self.boxed = NAME, nodes.Node(0), False
        # Variables as [name, value, boxed]: boxed values are elements of maps and lists, whose type is `interface {}`.
        self.variables: list[list[Json]] = []

    def run(self, data: Object) -> None:
        self.variables = [["$", data, False]]
        try:
            self.walk(data, self.trees[NAME])
        except RecursionError:
            self.fail(f"exceeded maximum template depth ({_MAX_DEPTH})")

    def fail(self, message: str) -> NoReturn:
        before = self.text[:self.node.pos]
        column = len(before[before.rfind("\n") + 1:].encode("utf-8", "surrogateescape"))
        raise ExecError(f"template: {NAME}:{before.count(chr(10)) + 1}:{column}: executing {quote(self.name)} at "
                        f"<{self.node}>: {message}")

    # Walking: `break` and `continue` travel up as the result of a list.

    def walk(self, dot: Json, tree: list[Json]) -> str:
        for node in tree:
            kind = type(node)
            signal = ""
            self.steps += 1
            if self.steps > _MAX_STEPS:
                self.fail(f"more than {_MAX_STEPS} steps")
            if kind is nodes.Text:
                self.write(node.text)
            elif kind is nodes.Action:
                value = self.pipeline(dot, node.pipe)
                if not node.pipe.declared:
                    self.write("<no value>" if value is MISSING else sprint(value))
            elif kind is nodes.Keyword:
                signal = node.word
            elif kind is nodes.Template:
                self.walk_template(dot, node)
            else:
                signal = self.walk_range(dot, node) if node.keyword == "range" else self.walk_branch(dot, node)
            if signal:
                return signal
        return ""

    def write(self, text: str) -> None:
        self.size += len(text)
        if self.size > _MAX_OUTPUT:
            self.fail(f"more than {_MAX_OUTPUT} characters")
        self.out.append(text)

    def walk_branch(self, dot: Json, branch: nodes.Branch) -> str:
        mark, boxed = len(self.variables), self.boxed
        value = self.pipeline(dot, branch.pipe)
        signal = ""
        if is_true(value):
            if branch.keyword == "with":
                dot, self.boxed = value, False
            signal = self.walk(dot, branch.body)
        elif branch.otherwise is not None:
            signal = self.walk(dot, branch.otherwise)
        self.boxed = boxed
        del self.variables[mark:]
        return signal

    def walk_range(self, dot: Json, branch: nodes.Branch) -> str:
        outer, boxed = len(self.variables), self.boxed
        value = self.pipeline(dot, branch.pipe)
        mark = len(self.variables)
        kind = type(value)
        if kind is list:
            pairs = enumerate(value)
        elif kind is dict:
            pairs = ((key, value[key]) for key in sorted(value))  # type: ignore[assignment]
        elif kind in (int, Int, Byte) and self.ranges_ints:
            if len(branch.pipe.declared) > 1:
                self.fail(f"can't use {value} to iterate over more than one variable")
            pairs = ((MISSING, kind(i)) for i in range(value))  # type: ignore[assignment]
        elif value is MISSING:
            pairs = iter(())  # type: ignore[assignment]
        else:
            self.fail(f"range can't iterate over {sprint(value)}")
        empty = True
        for key, element in pairs:
            empty = False
            self.steps += 1
            if self.steps > _MAX_STEPS:
                self.fail(f"more than {_MAX_STEPS} steps")
            self.set_range_variables(branch.pipe, Int(key) if kind is list else key, element)
            self.boxed = True
            signal = self.walk(element, branch.body)
            del self.variables[mark:]
            if signal == "break":
                break
        self.boxed = boxed
        signal = ""
        if empty and branch.otherwise is not None:
            signal = self.walk(dot, branch.otherwise)
        del self.variables[outer:]
        return signal

    def set_range_variables(self, pipe: nodes.Pipe, key: Json, element: Json) -> None:
        values = [(element, True)] if len(pipe.declared) == 1 else [(key, False), (element, True)]
        for i, name in enumerate(pipe.declared):
            value, boxed = values[i]
            variable = self.variable(name) if pipe.assigns else self.variables[i - len(pipe.declared)]
            variable[1:] = [value, boxed]

    def walk_template(self, dot: Json, node: nodes.Template) -> None:
        self.node = node
        tree = self.trees.get(node.name)
        if tree is None:
            self.fail(f"template {quote(node.name)} not defined")
        dot = self.pipeline(dot, node.pipe) if node.pipe else MISSING
        saved = self.name, self.variables, self.boxed
        self.name, self.variables, self.boxed = node.name, [["$", dot, False]], False
        assert tree is not None
        self.walk(dot, tree)
        self.name, self.variables, self.boxed = saved

    # Evaluating.

    def variable(self, name: str) -> list[Json]:
        for variable in reversed(self.variables):
            if variable[0] == name:
                return variable
        self.fail(f"undefined variable: {name}")
        raise AssertionError

    def pipeline(self, dot: Json, pipe: nodes.Pipe) -> Json:
        self.node = pipe
        value = _ABSENT
        for command in pipe.commands:
            value = self.command(dot, command, value)
            if value is None:
                value = MISSING
        for name in pipe.declared:
            if pipe.assigns:
                self.variable(name)[1:] = [value, False]
            else:
                self.variables.append([name, value, False])
        return value

    def command(self, dot: Json, command: nodes.Command, final: Json) -> Json:
        first = command.args[0]
        given = len(command.args) > 1 or final is not _ABSENT
        if isinstance(first, nodes.Pipe):
            if given:
                self.fail(f"can't give argument to non-function {first}")
            return self.pipeline(dot, first)
        self.node = first
        if isinstance(first, nodes.Field):
            return self.fields(dot, self.boxed, first.names, given)
        if isinstance(first, nodes.Identifier):
            return self.function(dot, first.name, command, command.args[1:], final)
        if isinstance(first, nodes.Variable):
            return self.variable_node(first, given)
        if isinstance(first, nodes.Chain):
            return self.chain(dot, first, given)
        if given:
            self.fail(f"can't give argument to non-function {first}")
        if isinstance(first, nodes.Constant):
            return self.constant(first)
        if isinstance(first, nodes.Nil):
            self.fail("nil is not a command")
        return dot

    def fields(self, receiver: Json, boxed: bool, names: list[str], given: bool) -> Json:
        """Follow a chain of fields; `given` tells that arguments came with it, which fields don't take."""
        last = len(names) - 1
        for i, name in enumerate(names):
            if type(receiver) is dict:
                if given and i == last:
                    self.fail(f"{name} is not a method but has arguments")
                receiver = receiver.get(name, MISSING)
                boxed = True
                if receiver is MISSING and not self.allow_missing_keys:
                    self.fail(f"map has no entry for key {quote(name)}")
            elif receiver is MISSING:
                if not self.allow_missing_keys:
                    self.fail(f"nil data; no entry for key {quote(name)}")
            elif receiver is None:
                self.fail(f"nil pointer evaluating interface {{}}.{name}")
            else:
                self.fail(f"can't evaluate field {name} in type {'interface {}' if boxed else type_name(receiver)}")
        return receiver

    def variable_node(self, node: nodes.Variable, given: bool) -> Json:
        _, value, boxed = self.variable(node.names[0])
        if len(node.names) > 1:
            return self.fields(value, boxed, node.names[1:], given)
        if given:
            self.fail(f"can't give argument to non-function {node}")
        return value

    def chain(self, dot: Json, node: nodes.Chain, given: bool) -> Json:
        if type(node.node) is nodes.Nil:
            self.fail(f"indirection through explicit nil in {node}")
        value = self.argument(dot, "value", node.node)
        return self.fields(value, False, node.names, given)

    def function(self, dot: Json, name: str, node: nodes.Node, args: list[Json], final: Json) -> Json:
        function = self.functions[name]
        fixed = len(function.fixed)
        count = len(args) + (final is not _ABSENT)
        if function.more:
            if count < fixed:
                self.fail(f"wrong number of args for {name}: want at least {fixed} got {len(args)}")
        elif count != fixed:
            self.fail(f"wrong number of args for {name}: want {fixed} got {count}")
        if name in ("and", "or"):
            return self.shortcut(dot, name == "or", args, final)
        types = [*function.fixed, *[function.more] * (count - fixed)]
        values = [self.argument(dot, type_, arg) for type_, arg in zip(types, args)]
        if name == "slice":
            values[1:] = [ELEMENT if value is not MISSING and self.is_element(arg) else value
                          for arg, value in zip(args[1:], values[1:])]
        if final is not _ABSENT:
            values.append(self.checked(final, types[-1]))
        assert function.call is not None  # `and` and `or` have gone the shorter way
        try:
            return function.call(*values)
        except CallError as error:
            self.node = node
            message = str(error)
            if name == "call" and message.startswith("non-function"):
                message = message.replace("non-function", f"non-function {args[0] if args else sprint(final)}")
            self.fail(f"error calling {name}: {message}")

    def shortcut(self, dot: Json, until: bool, args: list[Json], final: Json) -> Json:
        """`and` and `or`: the first argument that decides, the rest is not looked at."""
        value = MISSING
        for arg in args:
            value = self.argument(dot, "value", arg)
            if is_true(value) == until:
                return value
        return value if final is _ABSENT else final

    def argument(self, dot: Json, type_: str, node: nodes.Node) -> Json:
        self.node = node
        if isinstance(node, nodes.Constant):
            if type_ == "string" and type(node.value) is not str:
                self.fail(f"expected string; found {node}")
            return self.constant(node)
        if isinstance(node, nodes.Nil):
            if type_ == "string":
                self.fail("cannot assign nil to string")
            return MISSING if type_ == "value" else None
        if isinstance(node, nodes.Field):
            value = self.fields(dot, self.boxed, node.names, False)
        elif isinstance(node, nodes.Variable):
            value = self.variable_node(node, False)
        elif isinstance(node, nodes.Pipe):
            value = self.pipeline(dot, node)
        elif isinstance(node, nodes.Identifier):
            value = self.function(dot, node.name, node, [], _ABSENT)
        elif isinstance(node, nodes.Chain):
            value = self.chain(dot, node, False)
        else:
            value = dot
        return self.checked(value, type_)

    def is_element(self, node: nodes.Node) -> bool:
        """Whether an argument is an element of a map or a list, whose type is `interface {}`."""
        if isinstance(node, nodes.Variable) and len(node.names) == 1:
            boxed: bool = self.variable(node.names[0])[2]
            return boxed
        return self.boxed if isinstance(node, nodes.Dot) else isinstance(
            node, (nodes.Field, nodes.Variable, nodes.Chain))

    def constant(self, node: nodes.Constant) -> Json:
        if type(node.value) is Int and node.value >= 2 ** 63:
            self.fail(f"{node} overflows int")
        return node.value

    def checked(self, value: Json, type_: str) -> Json:
        """Fit a value to a parameter (validateType)."""
        if type_ == "string" and type(value) is not str:
            if value is MISSING:
                self.fail("invalid value; expected string")
            got = "interface {}" if value is None else type_name(value)
            self.fail(f"wrong type for value; expected string; got {got}")
        return None if value is MISSING and type_ == "any" else value
