"""StorageClass."""

from __future__ import annotations

from ....machinery.wellknown import BETA_IS_DEFAULT_STORAGE_CLASS_ANNOTATION, IS_DEFAULT_STORAGE_CLASS_ANNOTATION
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

_MAX_PARAMETERS, _MAX_PARAMETERS_SIZE = 512, 256 * 1024


def is_default(obj: dict) -> bool:
    """Whether a class says that it is the default one (storageutil.IsDefaultAnnotation)."""
    annotations = obj["metadata"].get("annotations") or {}
    return "true" in (annotations.get(IS_DEFAULT_STORAGE_CLASS_ANNOTATION),
                      annotations.get(BETA_IS_DEFAULT_STORAGE_CLASS_ANNOTATION))


class StorageClass(Kind):
    columns = (NAME, Column("Provisioner"), Column("ReclaimPolicy"), Column("VolumeBindingMode"),
               Column("AllowVolumeExpansion"), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        name = obj["metadata"]["name"]
        return [f"{name} (default)" if is_default(obj) else name, obj.get("provisioner", ""),
                obj.get("reclaimPolicy") or "Delete", obj.get("volumeBindingMode") or "Immediate",
                bool(obj.get("allowVolumeExpansion")), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("reclaimPolicy", "Delete")
        obj.setdefault("volumeBindingMode", "Immediate")

    def validate(self, obj: dict, ctx: Context) -> list:
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

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        errors = []
        for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
            errors += immutable(key, obj.get(key), old.get(key))
        return errors


def _provisioner(name: str) -> list:
    from ....machinery import field
    from ..checks import qualified_name

    return qualified_name("provisioner", name.lower()) if name else [field.required("provisioner")]


def parameters(found: dict | None, path: str = "parameters", needed: bool = False) -> list:
    """Return the FieldErrors of a class's parameters."""
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


def _topologies(terms) -> list:
    from ....machinery import field, names
    from ..checks import qualified_name, said

    errors = []
    for i, term in enumerate(terms):
        for j, expression in enumerate(term.get("matchLabelExpressions") or ()):
            path = f"allowedTopologies[{i}].matchLabelExpressions[{j}]"
            values = expression.get("values") or ()
            if not values:
                errors.append(field.required(f"{path}.values"))
            for k, value in enumerate(values):
                if value in values[:k]:
                    errors.append(field.duplicate(f"{path}.values[{k}]", value))
                errors += said(f"{path}.values[{k}]", value, names.label_value(value))
            errors += qualified_name(f"{path}.key", expression.get("key", ""))
    return errors


KIND = StorageClass()
