"""ConfigMap, and what it shares with Secret."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

MAX_SIZE = 1024 * 1024


def decoded_size(text: str) -> int:
    """Return how many bytes base64 stands for."""
    return len(text) // 4 * 3 - len(text) + len(text.rstrip("="))


def frozen(obj: Object, old: Object, parts: tuple[str, ...]) -> FieldErrors:
    """What may not change once `immutable` is true."""
    if not old.get("immutable"):
        return []
    from ....machinery import field

    text = "field is immutable when `immutable` is set"
    errors = [] if obj.get("immutable") else [field.forbidden("immutable", text)]
    return errors + [field.forbidden(part, text) for part in parts if (obj.get(part) or {}) != (old.get(part) or {})]


class ConfigMap(Kind):
    columns = (NAME,
               Column("Data", lambda obj, ctx: len(obj.get("data") or ()) + len(obj.get("binaryData") or ())),
               AGE)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateConfigMap."""
        from ....machinery import field, names
        from ..checks import said

        data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
        errors = []
        size = 0
        for key, value in data.items():
            errors += said(f"data[{key}]", key, names.config_map_key(key))
            if key in binary:
                errors.append(field.invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
            size += len(value.encode())
        for key, value in binary.items():
            errors += said(f"binaryData[{key}]", key, names.config_map_key(key))
            size += decoded_size(value)
        if size > MAX_SIZE:
            errors.append(field.too_long("", MAX_SIZE))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateConfigMapUpdate."""
        return frozen(obj, old, ("data", "binaryData")) + self.validate(obj, ctx)


KIND = ConfigMap()
