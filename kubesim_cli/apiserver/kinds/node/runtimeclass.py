"""RuntimeClass."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class RuntimeClass(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Handler", lambda obj, ctx: obj.get("handler", "")), AGE)
    create_on_update = True
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("handler", "")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateRuntimeClass, validateOverhead, validateScheduling."""
        from ....machinery import field
        from ..checks import dns1123_label, labels
        from ..core.podspec.resources import container_requirements

        handler = obj["handler"]
        errors = dns1123_label("handler", handler) if handler else [field.required("handler")]
        if obj.get("overhead"):
            errors += container_requirements("overhead", {"limits": obj["overhead"].get("podFixed") or {}})
        scheduling = obj.get("scheduling") or {}
        errors += labels("scheduling.nodeSelector", scheduling.get("nodeSelector"))
        if scheduling.get("tolerations"):
            errors += _tolerations("scheduling.tolerations", scheduling["tolerations"])
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateRuntimeClassUpdate."""
        from ..checks import immutable

        return immutable("handler", obj.get("handler"), old.get("handler"))


def _tolerations(path: str, found: list[Object]) -> FieldErrors:
    """Tolerations, of which none may come twice (validateTolerations)."""
    from ....machinery import field
    from ... import internaltypes
    from ..core.podspec.scheduling import tolerations

    errors = tolerations(path, found)
    seen = set()
    for i, toleration in enumerate(found):
        key = tuple(toleration.get(name, "") for name in ("key", "operator", "value", "effect"))
        if key in seen:
            errors.append(field.duplicate(f"{path}[{i}]", internaltypes.internal(toleration, "Toleration")))
        seen.add(key)
    return errors


KIND = RuntimeClass()
