"""What becomes of the structures that expressions make (k8s.io/apiserver/pkg/cel/mutation)."""

from __future__ import annotations

from ...go.fmt import quote
from .values import Message, UInt, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json
    from .values import Value


def native(value: Value) -> Json:
    """Return a value as JSON has it, as a copy. Raises EvaluationError for what has no text."""
    if isinstance(value, dict):
        return {text_of(key): native(item) for key, item in value.items()}
    if isinstance(value, list):
        return [native(item) for item in value]
    if isinstance(value, UInt):
        return int(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return text_of(value)


def misnamed(value: Value, path: str) -> list[str]:
    """Return the complaints about messages in a value whose type is not named after the place where they stand.

    `path` is the name that a message here has to have, as in `Object.spec`.
    """
    found = []
    if isinstance(value, Message):
        if value.type != path:
            found.append(f"unexpected type name {quote(value.type)}, expected {quote(path)}, which matches field name "
                         "path from root Object type")
        for name, item in value.items():
            found += misnamed(item, f"{path}.{name}")
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            found += misnamed(item, path)
    return found
