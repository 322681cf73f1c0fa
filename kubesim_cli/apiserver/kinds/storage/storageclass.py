"""StorageClass."""

from __future__ import annotations

from ....machinery.storage import is_default_class
from ..base import AGE, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_MAX_PARAMETERS, _MAX_PARAMETERS_SIZE = 512, 256 * 1024


def _name_cell(obj: Object, ctx: Context) -> Cell:
    name = obj["metadata"]["name"]
    return f"{name} (default)" if is_default_class(obj) else name


class StorageClass(Kind):
    columns = (Column("Name", _name_cell, format="name"),
               Column("Provisioner", lambda obj, ctx: obj.get("provisioner", "")),
               Column("ReclaimPolicy", lambda obj, ctx: obj.get("reclaimPolicy") or "Delete"),
               Column("VolumeBindingMode", lambda obj, ctx: obj.get("volumeBindingMode") or "Immediate"),
               Column("AllowVolumeExpansion", lambda obj, ctx: bool(obj.get("allowVolumeExpansion"))),
               AGE)

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("reclaimPolicy", "Delete")
        obj.setdefault("volumeBindingMode", "Immediate")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateStorageClass, validateReclaimPolicy, validateVolumeBindingMode."""
        from ....machinery import field
        from ..checks import one_of

        errors = _provisioner(obj.get("provisioner", ""))
        errors += parameters(obj.get("parameters"))
        if obj.get("reclaimPolicy"):
            errors += one_of("reclaimPolicy", obj["reclaimPolicy"], ("Delete", "Retain"))
        if obj.get("volumeBindingMode") is None:
            errors.append(field.required("volumeBindingMode"))
        else:
            errors += one_of("volumeBindingMode", obj["volumeBindingMode"], ("Immediate", "WaitForFirstConsumer"))
        return errors + _topologies(obj.get("allowedTopologies") or ())

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateStorageClassUpdate."""
        from ..checks import immutable

        errors = []
        for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
            errors += immutable(key, obj.get(key), old.get(key))
        return errors


def _provisioner(name: str) -> FieldErrors:
    """validateProvisioner."""
    from ....machinery import field
    from ..checks import qualified_name

    return qualified_name("provisioner", name.lower()) if name else [field.required("provisioner")]


def parameters(found: Object | None, path: str = "parameters", needed: bool = False) -> FieldErrors:
    """Return the FieldErrors of a class's parameters (validateParameters)."""
    from ....machinery import field

    if not found:
        return [field.required(path, "must contain at least one key/value pair")] if needed else []
    if len(found) > _MAX_PARAMETERS:
        return [field.too_long(path, _MAX_PARAMETERS)]
    errors = [field.invalid(path, key, "field can not be empty.") for key in found if not key]
    size = sum(len(key) + len(value) for key, value in found.items())
    if size > _MAX_PARAMETERS_SIZE:
        errors.append(field.too_long(path, _MAX_PARAMETERS_SIZE))
    return errors


def _topologies(terms: Sequence[Object]) -> FieldErrors:
    """validateAllowedTopologies, ValidateTopologySelectorTerm, validateTopologySelectorLabelRequirement."""
    from ....machinery import field
    from ..checks import qualified_name

    errors, told = [], [dict[str, set[str]]()]  # what is said already; nothing is said by itself
    for i, term in enumerate(terms):
        expressions = term.get("matchLabelExpressions") or []
        for j, expression in enumerate(expressions):
            path = f"allowedTopologies[{i}].matchLabelExpressions[{j}]"
            values = expression.get("values") or ()
            if not values:
                errors.append(field.required(f"{path}.values"))
            for k, value in enumerate(values):
                if value in values[:k]:
                    errors.append(field.duplicate(f"{path}.values[{k}]", value))
            key = expression.get("key", "")
            errors += qualified_name(f"{path}.key", key)
            if any(other.get("key", "") == key for other in expressions[:j]):
                errors.append(field.duplicate(f"{path}.key", key))
        here = {each.get("key", ""): set(each.get("values") or ()) for each in expressions}
        if here in told:
            errors.append(field.duplicate(f"allowedTopologies[{i}].matchLabelExpressions", ""))
        told.append(here)
    return errors


KIND = StorageClass()
