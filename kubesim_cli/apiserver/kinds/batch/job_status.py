"""What a Job's status has to be when it is set from outside (ValidateJobStatusUpdate, getStatusValidationOptions).

Most rules hold only where what they are about has changed, so that a status that is wrong already can still be written.
"""

from __future__ import annotations

from ....machinery import field
from ....machinery.conditions import status_of
from ....releases.gates import enabled
from ..workloads import counts
from .job_policies import omitted, parse_indexes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release

_CONDITIONS = "status.conditions"


def validate(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed status (validateJobStatus, ValidateJobUpdateStatus)."""
    status, before = obj.get("status") or {}, old.get("status") or {}
    errors = counts("status", status, ("active", "succeeded", "failed", "ready", "terminating"))
    if not enabled("JobManagedBy", release):
        return errors
    change = _Change(obj["spec"], status, before)
    return errors + change.end() + change.numbers() + change.criteria() + change.onward()


def _true(conditions: list[Object]) -> set[str]:
    """The types of the conditions that are True (IsConditionTrue, IsConditionFalse, IsJobComplete, IsJobFailed,
    isJobSuccessCriteriaMet, isJobFailureTarget, IsJobFinished)."""
    return {c.get("type", "") for c in conditions if status_of(conditions, c.get("type", "")) == "True"}


class _Change:
    """A status before and after, with the conditions that are true of each."""

    def __init__(self, spec: Object, status: Object, before: Object) -> None:
        self.spec, self.status, self.before = spec, status, before
        self.now, self.then = _true(status.get("conditions") or []), _true(before.get("conditions") or [])
        self.finished = not self.now.isdisjoint(("Complete", "Failed"))
        self.turned = self.now ^ self.then  # the conditions that became or ceased to be true
        self.ended = self.finished == self.then.isdisjoint(("Complete", "Failed"))

    def differs(self, *names: str) -> bool:
        return any(self.status.get(name) != self.before.get(name) for name in names)

    def both(self, first: str, other: str) -> FieldErrors:
        if {first, other} <= self.now:
            return [omitted(_CONDITIONS, f"cannot set {first}=True and {other}=true conditions")]
        return []

    def end(self) -> FieldErrors:
        """When a job has ended, and what has to be true then."""
        errors: FieldErrors = []
        if self.turned & {"Complete", "Failed"}:
            errors += self.both("Complete", "Failed")
        if self.turned & {"Complete", "FailureTarget"}:
            errors += self.both("Complete", "FailureTarget")
        errors += self._times()
        if "Failed" in self.now and "FailureTarget" not in self.now \
                and ("Failed" in self.turned or self.differs("failedIndexes")):
            errors.append(omitted(_CONDITIONS,
                                  "cannot set Failed=True condition without the FailureTarget=true condition"))
        if "Complete" in self.now and "SuccessCriteriaMet" not in self.now \
                and self.turned & {"Complete", "SuccessCriteriaMet"}:
            errors.append(omitted(_CONDITIONS,
                                  "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"))
        return errors

    def _times(self) -> FieldErrors:
        start, end, complete = self.status.get("startTime"), self.status.get("completionTime"), "Complete" in self.now
        path, errors = "status.completionTime", []
        if "Complete" in self.turned or self.differs("completionTime"):
            if end and not complete:
                errors.append(field.invalid(path, end,
                                            "cannot set completionTime when there is no Complete=True condition"))
            if complete and not end:
                errors.append(field.required(path, "completionTime is required for Complete jobs"))
        if start and end and end < start and self.differs("startTime", "completionTime"):
            errors.append(field.invalid(path, end, "must be equal to or after `startTime`"))
        return errors

    def numbers(self) -> FieldErrors:
        """Pods that are counted, and indexes."""
        status, errors = self.status, []
        if self.finished and status.get("active") and (self.ended or self.differs("active")):
            errors.append(field.invalid("status.active", status["active"], "active>0 is invalid for finished job"))
        idle = self.spec.get("suspend") and self.spec.get("completions") == 0
        if self.finished and not status.get("startTime") and not idle and (self.ended or self.differs("startTime")):
            errors.append(field.required("status.startTime", "startTime is required for finished job"))
        uncounted = status.get("uncountedTerminatedPods") or {}
        if self.finished and (uncounted.get("succeeded") or uncounted.get("failed")) \
                and (self.ended or self.differs("uncountedTerminatedPods")):
            shown = {"Succeeded": uncounted.get("succeeded"), "Failed": uncounted.get("failed")}
            errors.append(field.invalid("status.uncountedTerminatedPods", shown, "must be empty for finished job"))
        errors += self._indexes()
        if self.finished and status.get("terminating") and (self.ended or self.differs("terminating")):
            errors.append(field.invalid("status.terminating", status["terminating"],
                                        "terminating>0 is invalid for finished job"))
        if status.get("ready", 0) > status.get("active", 0) and self.differs("ready", "active"):
            errors.append(field.invalid("status.ready", status["ready"], "cannot set more ready pods than active"))
        return errors

    def _indexes(self) -> FieldErrors:
        """validateFailedIndexesNotOverlapCompleted."""
        errors, intervals, completions = [], {}, self.spec.get("completions")
        completed, failed = self.status.get("completedIndexes", ""), self.status.get("failedIndexes")
        per_index = self.spec.get("backoffLimitPerIndex") is not None
        for key, text, given in (("completedIndexes", completed, True), ("failedIndexes", failed, per_index)):
            try:
                intervals[key] = parse_indexes(text or "", completions or 0)
            except ValueError as wrong:
                if self.differs(key) and completions is not None and given:
                    errors.append(field.invalid(f"status.{key}", text, f"error parsing {key}: {wrong}"))
        if completed and self.spec.get("completionMode") != "Indexed" and self.differs("completedIndexes"):
            errors.append(field.invalid("status.completedIndexes", completed,
                                        "cannot set non-empty completedIndexes when non-indexed completion mode"))
        if failed is not None and not per_index and self.differs("failedIndexes"):
            errors.append(field.invalid("status.failedIndexes", failed,
                                        "cannot set non-null failedIndexes when backoffLimitPerIndex is null"))
        common = [max(first[0], other[0]) for first in intervals.get("completedIndexes", ())
                  for other in intervals.get("failedIndexes", ()) if first[0] <= other[1] and other[0] <= first[1]]
        if common and self.differs("completedIndexes", "failedIndexes"):
            errors.append(field.invalid("status.failedIndexes", failed,
                                        f"failedIndexes and completedIndexes overlap at index: {min(common)}"))
        return errors

    def criteria(self) -> FieldErrors:
        """What the condition SuccessCriteriaMet goes with."""
        errors = self.both("SuccessCriteriaMet", "Failed") + self.both("SuccessCriteriaMet", "FailureTarget")
        if self.spec.get("successPolicy") and "Complete" in self.now and "SuccessCriteriaMet" not in self.now:
            errors.append(omitted(_CONDITIONS,
                                  "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"))
        return errors

    def onward(self) -> FieldErrors:
        """A status goes on, never back."""
        status, before = self.status, self.before
        errors = [omitted(_CONDITIONS, f"cannot disable the terminal {kind}=True condition")
                  for kind in ("Failed", "Complete", "FailureTarget") if kind in self.then - self.now]
        spec = self.spec
        elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
        for key in ("failed",) if elastic else ("failed", "succeeded"):
            if status.get(key, 0) < before.get(key, 0):
                errors.append(field.invalid(f"status.{key}", status.get(key, 0), f"cannot decrease the {key} counter"))
        if status.get("completionTime") and before.get("completionTime") and self.differs("completionTime"):
            errors.append(field.invalid("status.completionTime", status["completionTime"], "field is immutable"))
        resuming = "Suspended" in self.then and status_of(status.get("conditions"), "Suspended") == "False"
        if before.get("startTime") and self.differs("startTime") and not spec.get("suspend") and not resuming:
            errors.append(field.invalid("status.startTime", status.get("startTime"),
                                        "field is immutable for unsuspended job once set"))
        if "SuccessCriteriaMet" in self.then - self.now:
            errors.append(omitted(_CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition"))
        if "Complete" in self.then and "SuccessCriteriaMet" in self.now - self.then:
            errors.append(omitted(_CONDITIONS, "cannot set SuccessCriteriaMet=True for Job already has Complete=true "
                                  "conditions"))
        return errors
