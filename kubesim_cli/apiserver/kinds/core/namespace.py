"""Namespace."""

from __future__ import annotations

from ....machinery.wellknown import LABEL_METADATA_NAME
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class Namespace(Kind):
    columns = (NAME, Column("Status", lambda obj, ctx: (obj.get("status") or {}).get("phase", "")), AGE)
    has_status = True
    name_rule = "dns1123_label"

    def default(self, obj: Object, ctx: Context) -> None:
        meta = obj["metadata"]
        if meta.get("name"):
            meta["labels"] = {**(meta.get("labels") or {}), LABEL_METADATA_NAME: meta["name"]}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        self.default(obj, ctx)  # a name made from generateName is known only now (Canonicalize)
        self.default_status(obj, ctx)
        spec = obj["spec"] = dict(obj.get("spec") or {})
        finalizers = spec.get("finalizers") or []
        if "kubernetes" not in finalizers:
            spec["finalizers"] = [*finalizers, "kubernetes"]

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"phase": "Active"}

    def prepare_delete(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}

    def is_held(self, obj: Object) -> bool:
        return bool((obj.get("spec") or {}).get("finalizers"))

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        if ctx.subresource != "finalize":
            obj["spec"] = old.get("spec", {})

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateNamespace."""
        return [error for name in obj["spec"].get("finalizers") or () for error in _finalizer("spec.finalizers", name)]

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateNamespaceUpdate, ValidateNamespaceFinalizeUpdate."""
        if ctx.subresource != "finalize":
            return []
        return [error for i, name in enumerate(obj["spec"].get("finalizers") or ())
                for error in _finalizer(f"spec.finalizers[{i}]", name)]

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateNamespaceStatusUpdate."""
        from ....machinery import field

        phase = (obj.get("status") or {}).get("phase", "")
        if obj["metadata"].get("deletionTimestamp"):
            wanted, when = "Terminating", "not empty"
        else:
            wanted, when = "Active", "empty"
        if phase == wanted:
            return []
        return [field.invalid("status.Phase", phase, f"may only be '{wanted}' if `deletionTimestamp` is {when}")]

    def fields(self, obj: Object) -> dict[str, str]:
        return {"status.phase": (obj.get("status") or {}).get("phase", "")}


def _finalizer(path: str, name: str) -> FieldErrors:
    """Errors of a namespace's own finalizer (validateFinalizerName)."""
    from ....machinery import field, names

    errors = [field.invalid(path, name, text) for text in names.qualified_name(name)]
    if "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
        errors.append(field.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified"))
    return errors


KIND = Namespace()
