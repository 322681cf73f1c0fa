"""What the kinds that run pods have in common: cells, checks of counts, of rollouts and of status."""

from __future__ import annotations

from ...machinery import names
from .base import Column
from .checks import minimum, said

CONTAINERS, IMAGES, SELECTOR = Column("Containers", 1), Column("Images", 1), Column("Selector", 1)


def containers_and_images(template: dict | None) -> list[str]:
    """Return the cells CONTAINERS and IMAGES of a pod template (layoutContainerCells)."""
    found = ((template or {}).get("spec") or {}).get("containers") or ()
    return [",".join(c.get("name", "") for c in found), ",".join(c.get("image", "") for c in found)]


def counts(path: str, found: dict, keys: tuple[str, ...]) -> list:
    """Return the FieldErrors of numbers that may be absent but not negative."""
    errors: list = []
    for key in keys:
        errors += minimum(f"{path}.{key}", found.get(key))
    return errors


def replicas_within(status: dict, keys: tuple[str, ...], ready: str = "readyReplicas") -> list:
    """Return the FieldErrors of a status that counts more replicas of some sort than there are; `ready`: the words for
    the number that available ones are held against."""
    from ...machinery import field

    total = status.get("replicas", 0)
    errors = [field.invalid(f"status.{key}", status[key], "cannot be greater than status.replicas") for key in keys
              if status.get(key, 0) > total]
    if status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
        errors.append(field.invalid("status.availableReplicas", status["availableReplicas"],
                                    f"cannot be greater than {ready}"))
    return errors


def not_decremented(status: dict, old: dict) -> list:
    """Return the FieldErrors of a collisionCount that went back."""
    from ...machinery import field

    count = status.get("collisionCount") or 0
    before = (old.get("status") or {}).get("collisionCount")
    return [] if before is None or count >= before else [
        field.invalid("status.collisionCount", count, "cannot be decremented")]


def int_or_percent(path: str, value) -> list:
    """Return the FieldErrors of a number or a percentage (ValidatePositiveIntOrPercent)."""
    return said(path, value, names.percent(value)) if isinstance(value, str) else minimum(path, value)


def amount(value) -> int:
    """Return the number of a number or a percentage; 0 where there is none (getIntOrPercentValue)."""
    if isinstance(value, str):
        digits = value.removesuffix("%")
        return int(digits) if digits.isascii() and digits.isdecimal() else 0
    return value or 0


def at_most_100_percent(path: str, value) -> list:
    """Return the FieldErrors of a percentage above 100%."""
    from ...machinery import field

    if not isinstance(value, str) or names.percent(value) or amount(value) <= 100:
        return []
    return [field.invalid(path, value, "must not be greater than 100%")]


def selector_and_template(spec: dict, kind: str, empty_for: str, release: tuple[int, int]) -> list:
    """Return the FieldErrors of spec.selector and spec.template of a controller that keeps pods running.

    `kind` is told where the template has an end, `empty_for` where the selector is empty.
    """
    from ...machinery import field
    from .core.podspec import validate_replicated_template

    errors = selector_errors(spec.get("selector"), empty_for)
    try:
        wanted = requirements(spec.get("selector"))
    except ValueError:
        return [*errors, field.invalid("spec.selector", spec["selector"], "invalid label selector")]
    return errors + validate_replicated_template(spec.get("template") or {}, wanted, "spec.template", kind, release)


def selector_errors(selector: dict | None, empty_for: str) -> list:
    """Return the FieldErrors of a selector that must be there and select something."""
    from ...machinery import field
    from .checks import label_selector

    if selector is None:
        return [field.required("spec.selector")]
    errors = label_selector("spec.selector", selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        errors.append(field.invalid("spec.selector", selector, f"empty selector is invalid for {empty_for}"))
    return errors


def requirements(selector: dict | None) -> list[tuple] | None:
    """Return the requirements of a selector (None matches nothing); ValueError where they are not valid."""
    from ...machinery.selectors import of_label_selector

    return of_label_selector(selector)


def template_warnings(obj: dict, old: dict | None, path: str, template: dict, release: tuple[int, int],
                      name: bool = True) -> list[str]:
    """Return the warnings on a workload's template at `path`, told when it is new or its generation changed.

    `name`: also warn of a new object's name that makes bad host names.
    """
    if old is not None and obj["metadata"].get("generation") == old["metadata"].get("generation"):
        return []
    from .core.podspec import warnings

    found = warnings.of_name(obj) if name and old is None else []
    return found + warnings.of_template(template, path, release)
