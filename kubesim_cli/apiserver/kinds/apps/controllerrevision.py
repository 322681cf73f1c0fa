"""ControllerRevision."""

from __future__ import annotations

from ....machinery.objects import controller_of
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _controller_cell(obj: Object, ctx: Context) -> Cell:
    ref = controller_of(obj)
    controller = "<none>"
    if ref:
        group = ref["apiVersion"].rpartition("/")[0]
        controller = f"{ref['kind']}{'.' if group else ''}{group}".lower() + f"/{ref['name']}"
    return controller


class ControllerRevision(Kind):
    columns = (NAME,
               Column("Controller", _controller_cell),
               Column("Revision", lambda obj, ctx: obj.get("revision", 0)),
               AGE)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateControllerRevisionCreate, validateControllerRevision."""
        from ....machinery import field
        from ..checks import minimum

        errors = minimum("revision", obj.get("revision"))
        data = obj.get("data")
        if data is None:
            errors.append(field.required("data", "data is mandatory"))
        elif not isinstance(data, dict):
            errors.append(field.required("data", "data must be a valid JSON object"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateControllerRevisionUpdate."""
        from ..checks import immutable, minimum

        return minimum("revision", obj.get("revision")) + immutable("data", obj.get("data"), old.get("data"))


KIND = ControllerRevision()
