"""What a Job's status has to be when it is set from outside (ValidateJobStatusUpdate)."""

from __future__ import annotations

from ....machinery import field
from ....machinery.conditions import status_of
from ....releases.gates import enabled
from ..workloads import counts
from .job_policies import omitted, parse_indexes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release


def validate(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed status."""
    status, before = obj.get("status") or {}, old.get("status") or {}
    errors = counts("status", status, ("active", "succeeded", "failed", "ready", "terminating"))
    if not enabled("JobManagedBy", release):
        return errors
    now, then = _conditions(status), _conditions(before)
    errors += _conditions_fit(now)
    errors += _times(status, before, now)
    if _finished(now) and status.get("active", 0):
        errors.append(field.invalid("status.active", status["active"], "active>0 is invalid for finished job"))
    errors += _indexes(obj["spec"], status, before)
    if status.get("ready", 0) > status.get("active", 0):
        errors.append(field.invalid("status.ready", status["ready"], "cannot set more ready pods than active"))
    return errors + _forward(obj["spec"], status, before, now, then)


def _conditions(status: Object) -> set[str]:
    """The types of the conditions that are True."""
    found = status.get("conditions")
    return {c.get("type", "") for c in found or () if status_of(found, c.get("type", "")) == "True"}


def _finished(conditions: set[str]) -> bool:
    return not conditions.isdisjoint(("Complete", "Failed"))


def _conditions_fit(now: set[str]) -> FieldErrors:
    path, errors = "status.conditions", []
    for first, other in (("Complete", "Failed"), ("Complete", "FailureTarget"), ("SuccessCriteriaMet", "Failed"),
                         ("SuccessCriteriaMet", "FailureTarget")):
        if first in now and other in now:
            errors.append(omitted(path, f"cannot set {first}=True and {other}=true conditions"))
    for end, cause in (("Failed", "FailureTarget"), ("Complete", "SuccessCriteriaMet")):
        if end in now and cause not in now:
            errors.append(omitted(path, f"cannot set {end}=True condition without the {cause}=true condition"))
    return errors


def _times(status: Object, before: Object, now: set[str]) -> FieldErrors:
    start, end, errors = status.get("startTime"), status.get("completionTime"), []
    if end and "Complete" not in now:
        errors.append(field.invalid("status.completionTime", end,
                                    "cannot set completionTime when there is no Complete=True condition"))
    if not end and "Complete" in now:
        errors.append(field.required("status.completionTime", "completionTime is required for Complete jobs"))
    if start and end and end < start:
        errors.append(field.invalid("status.completionTime", end, "must be equal to or after `startTime`"))
    if not start and _finished(now):
        errors.append(field.required("status.startTime", "startTime is required for finished job"))
    if end and before.get("completionTime") and end != before["completionTime"]:
        errors.append(field.invalid("status.completionTime", end, "field is immutable"))
    return errors


def _indexes(spec: Object, status: Object, before: Object) -> FieldErrors:
    errors: FieldErrors = []
    for key in ("completedIndexes", "failedIndexes"):
        text = status.get(key)
        if text is None or text == before.get(key):
            continue
        try:
            parse_indexes(text, spec.get("completions") or 0)
        except ValueError as wrong:
            errors.append(field.invalid(f"status.{key}", text, f"error parsing {key}: {wrong}"))
    return errors


def _forward(spec: Object, status: Object, before: Object, now: set[str], then: set[str]) -> FieldErrors:
    """A status goes on, never back."""
    errors = [omitted("status.conditions", f"cannot disable the terminal {kind}=True condition")
              for kind in ("Failed", "Complete", "FailureTarget") if kind in then and kind not in now]
    elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    for key in ("failed",) if elastic else ("failed", "succeeded"):
        if status.get(key, 0) < before.get(key, 0):
            errors.append(field.invalid(f"status.{key}", status.get(key, 0), f"cannot decrease the {key} counter"))
    if "SuccessCriteriaMet" in then and "SuccessCriteriaMet" not in now:
        errors.append(omitted("status.conditions", "cannot disable the SuccessCriteriaMet=True condition"))
    return errors
