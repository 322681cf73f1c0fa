"""-o jsonpath, jsonpath-file and jsonpath-as-json (cli-runtime's printers/jsonpath.go)."""

from __future__ import annotations

from ...go.fmt import go_syntax, quote, sprint
from ...machinery.jsonpath import JSONPath, JSONPathError
from . import Printer, PrinterError
from .json import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object


class JSONPathPrinter(Printer):
    """The printer of -o jsonpath, jsonpath-file and jsonpath-as-json."""

    def __init__(self, template: str, allow_missing_keys: bool, as_json: bool, typed: bool = False) -> None:
        """`typed`: objects come in Go's types, which reach the template by way of JSON, so that integers are floats."""
        self.template, self.as_json, self.typed = template, as_json, typed
        try:
            self.path = JSONPath(template, allow_missing_keys)
        except JSONPathError as error:
            raise PrinterError(f"error parsing jsonpath {template}, {error}") from None

    def print_obj(self, obj: Object) -> str:
        try:
            found = self.path.find(obj)
        except JSONPathError as error:
            raise PrinterError(
                f"error executing jsonpath {quote(self.template)}: Error executing template: {error}. Printing more "
                f"information for debugging the template:\n\ttemplate was:\n\t\t{self.template}\n"
                f"\tobject given to jsonpath engine was:\n\t\t{go_syntax(obj)}\n\n\n", tells_object=True) from None
        if self.as_json:
            return "".join([dump(values) + "\n" for values in found])
        return "".join([" ".join([self._shown(value) for value in values]) for values in found])

    def _shown(self, value: Json) -> str:
        return _shown(float(value) if self.typed and type(value) is int else value)


def _shown(value: Json) -> str:
    kind = type(value)
    if isinstance(value, str):
        return value
    if kind is dict or kind is list:
        return dump(value, 0)
    return "null" if value is None else sprint(value)
