"""Validation errors with a field path, as k8s.io/apimachinery/pkg/util/validation/field words them.

Paths are plain strings: `spec.containers[0].name`, `metadata.labels[app]`.
"""

from __future__ import annotations

from ..go.fmt import quote
from ..go.jsontext import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .types import Json

_WORDS = {
    "FieldValueNotFound": "Not found", "FieldValueRequired": "Required value", "FieldValueDuplicate": "Duplicate value",
    "FieldValueInvalid": "Invalid value", "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden", "FieldValueTooLong": "Too long", "FieldValueTooMany": "Too many",
    "InternalError": "Internal error", "FieldValueTypeInvalid": "Invalid value",
}


class FieldError:
    """One complaint about one field: `str()` is `path: body`."""

    def __init__(self, type_: str, path: str, body: str) -> None:
        self.type, self.path, self.body = type_, path, body

    def __str__(self) -> str:
        return f"{self.path}: {self.body}"

    __repr__ = __str__


def show(value: Json) -> str:
    """A bad value as Go's field.Error prints it: strings quoted, scalars plain, the rest as JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return encode(value)
    if isinstance(value, str):
        return quote(value)
    return str(value)


def _error(type_: str, path: str, value_text: str | None, detail: str) -> FieldError:
    body = _WORDS[type_]
    if value_text is not None:
        body += f": {value_text}"
    return FieldError(type_, path, f"{body}: {detail}" if detail else body)


def required(path: str, detail: str = "") -> FieldError:
    return _error("FieldValueRequired", path, None, detail)


def invalid(path: str, value: Json, detail: str = "") -> FieldError:
    return _error("FieldValueInvalid", path, show(value), detail)


def not_supported(path: str, value: Json, allowed: Iterable[str]) -> FieldError:
    """`allowed` is told in the order given, each quoted."""
    names = ", ".join(quote(a) for a in allowed)
    return _error("FieldValueNotSupported", path, show(value), f"supported values: {names}" if names else "")


def duplicate(path: str, value: Json) -> FieldError:
    return _error("FieldValueDuplicate", path, show(value), "")


def not_found(path: str, value: Json) -> FieldError:
    return _error("FieldValueNotFound", path, show(value), "")


def forbidden(path: str, detail: str = "") -> FieldError:
    return _error("FieldValueForbidden", path, None, detail)


def too_long(path: str, limit: int) -> FieldError:
    return _error("FieldValueTooLong", path, None, f"may not be more than {limit} bytes")


def too_many(path: str, actual: int, limit: int) -> FieldError:
    return _error("FieldValueTooMany", path, str(actual), f"must have at most {limit} items")


def internal(path: str, detail: str) -> FieldError:
    return _error("InternalError", path, None, detail)
