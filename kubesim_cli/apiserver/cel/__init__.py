"""The Common Expression Language, as the API server embeds it (github.com/google/cel-go, k8s.io/apiserver/pkg/cel).

`compile` checks an expression against the types of its variables and returns a Program; `Program.evaluate` gives the
value for variables as `values` describes them, up to a cost (cost.py); `Program.estimate` tells what it may cost
(estimate.py).
"""

from __future__ import annotations

from ...releases import NEWEST
from .errors import CompileError, EvaluationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object, Release
    from .checker import Checked
    from .cost import Meter
    from .estimate import Sizes
    from .syntax import Node
    from .values import Value

__all__ = ["CompileError", "EvaluationError", "Program", "compile"]


class Program:
    """A checked expression. `type` is its result's (see checker), `names` are the variables that it uses."""

    __slots__ = ("checked", "names", "node", "type")

    def __init__(self, node: Node, checked: Checked):
        self.node, self.checked, self.type, self.names = node, checked, checked.type, checked.names

    def evaluate(self, variables: Object, meter: Meter | None = None) -> Value:
        """Return the value. Raises EvaluationError with cel-go's words, as in `no such key: a`.

        `meter` counts what it costs.
        """
        from .cost import Meter
        from .interpreter import evaluate

        return evaluate(self.node, variables, meter or Meter())

    def estimate(self, sizes: Sizes) -> int:
        """Return the most that it may cost; `sizes` tells how long what its variables hold may be."""
        from .estimate import estimate

        return estimate(self.node, self.checked, sizes)


def compile(text: str, variables: Object, release: Release = NEWEST) -> Program:
    """Parse and check an expression; `variables` maps names to types. Raises CompileError."""
    from . import checker, syntax

    try:
        node = syntax.parse(text)
        checked = checker.check(node, variables, text, release)
    except RecursionError:
        raise CompileError.nowhere("expression recursion limit exceeded: 250") from None
    return Program(node, checked)
