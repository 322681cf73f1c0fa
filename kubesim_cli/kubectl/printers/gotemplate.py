"""-o go-template and its kin."""

from __future__ import annotations

from ...go.fmt import quote, sprint
from ...machinery.gotemplate.execute import ExecError, Execution
from ...machinery.gotemplate.functions import FUNCTIONS
from ...machinery.gotemplate.parser import ParseError, parse
from . import Printer, PrinterError
from .json import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


class GoTemplatePrinter(Printer):
    """The printer of -o go-template, go-template-file, template and templatefile."""

    def __init__(self, template: str, allow_missing_keys: bool, ranges_ints: bool = True) -> None:
        """`ranges_ints`: whether `range` takes a number."""
        self.template, self.allow_missing_keys, self.ranges_ints = template, allow_missing_keys, ranges_ints
        try:
            self.trees = parse(template, FUNCTIONS)
        except ParseError as error:
            raise PrinterError(f"error parsing template {template}, {error}") from None

    def print_obj(self, obj: Object) -> str:
        execution = Execution(self.template, self.trees, self.allow_missing_keys, self.ranges_ints)
        try:
            execution.run(obj)
        except ExecError as error:
            shown = (f"Error executing template: {error}. Printing more information for debugging the template:\n"
                     f"\ttemplate was:\n\t\t{self.template}\n\traw data was:\n\t\t{dump(obj, 0)}\n"
                     f"\tobject given to template engine was:\n\t\t{sprint(obj)}\n\n")
            raise PrinterError(f"error executing template {quote(self.template)}: {error}",
                               "".join(execution.out) + shown, tells_object=True) from None
        return "".join(execution.out)
