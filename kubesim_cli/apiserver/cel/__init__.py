"""The Common Expression Language, as the API server embeds it (github.com/google/cel-go, k8s.io/apiserver/pkg/cel).

`compile` checks an expression against the types of its variables and returns a Program; `Program.evaluate` gives the
value for variables as `values` describes them, up to a cost (cost.py). What an expression may cost is not estimated
when it is compiled.
"""

from __future__ import annotations

from ...releases import NEWEST
from .errors import CompileError, EvaluationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object, Release
    from .checker import Type
    from .cost import Meter
    from .syntax import Node
    from .values import Value

__all__ = ["CompileError", "EvaluationError", "Program", "compile"]


class Program:
    """A checked expression. `type` is its result's (see checker), `names` are the variables that it uses."""

    __slots__ = ("names", "node", "type")

    def __init__(self, node: Node, type_: Type, names: set[str]):
        self.node, self.type, self.names = node, type_, names

    def evaluate(self, variables: Object, meter: Meter | None = None) -> Value:
        """Return the value. Raises EvaluationError with cel-go's words, as in `no such key: a`.

        `meter` counts what it costs.
        """
        from .cost import Meter
        from .interpreter import evaluate

        return evaluate(self.node, variables, meter or Meter())


def compile(text: str, variables: Object, release: Release = NEWEST) -> Program:
    """Parse and check an expression; `variables` maps names to types. Raises CompileError."""
    from . import checker, syntax

    try:
        node = syntax.parse(text)
        type_, names = checker.check(node, variables, text, release)
    except RecursionError:
        raise CompileError.nowhere("expression recursion limit exceeded: 250") from None
    return Program(node, type_, names)
