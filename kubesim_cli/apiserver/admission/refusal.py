"""How plugins say no (admission.NewForbidden)."""

from __future__ import annotations

from ...machinery import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def forbidden(a: Attributes, why: str, named: bool = True) -> errors.StatusError:
    """Return the error for a write; `named` is False while a generated name is not known yet (mutation)."""
    meta = a.obj["metadata"]
    name = meta.get("name") or "Unknown"
    prefix = meta.get("generateName")
    if prefix and not named and name.startswith(prefix):
        name = prefix
    return errors.forbidden(a.res.name, name, why)


def aggregate(texts: list[str]) -> str:
    """Join several complaints as Go's utilerrors.NewAggregate does: equal ones once, in brackets."""
    unique = list(dict.fromkeys(texts))
    return unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"
