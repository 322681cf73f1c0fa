"""Conditions of an object's status: lists of dicts with type, status, reason, message, lastTransitionTime."""

from __future__ import annotations

from . import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object


def find(conditions: list[Object] | None, type: str) -> Object | None:
    """Return the condition of a type, or None."""
    for condition in conditions or ():
        if condition.get("type") == type:
            return condition
    return None


def status_of(conditions: list[Object] | None, type: str) -> str | None:
    """Return `True`, `False` or `Unknown`, or None where there is no such condition."""
    condition = find(conditions, type)
    return condition.get("status") if condition else None


def set_condition(conditions: list[Object], new: Object, now: float) -> bool:
    """Put `new` into `conditions` (a list the caller owns), where the one of its type stands; tell if that changed it.

    lastTransitionTime moves to `now` only when the status differs (meta.SetStatusCondition), unless `new` has its own.
    Dicts already in the list are replaced, never changed.
    """
    old = find(conditions, new["type"])
    condition = dict(new)
    if old is not None and old.get("status") == new.get("status"):
        condition["lastTransitionTime"] = old.get("lastTransitionTime") or timestamps.format(now)
    elif not new.get("lastTransitionTime"):
        condition["lastTransitionTime"] = timestamps.format(now)
    if old is None:
        conditions.append(condition)
        return True
    if condition == old:
        return False
    conditions[conditions.index(old)] = condition
    return True
