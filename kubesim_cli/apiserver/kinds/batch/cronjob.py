"""CronJob."""

from __future__ import annotations

from ....machinery.objects import dig
from ..base import AGE, NAME, Column, Kind, since
from ..workloads import of_containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Cell, Context


def _suspend_cell(obj: Object, ctx: Context) -> Cell:
    suspend = (obj.get("spec") or {}).get("suspend")
    return "<unset>" if suspend is None else str(suspend)


def _last_schedule_cell(obj: Object, ctx: Context) -> Cell:
    last = (obj.get("status") or {}).get("lastScheduleTime")
    return since(last, ctx.now) if last else "<none>"


def _selector_cell(obj: Object, ctx: Context) -> Cell:
    from ....machinery.selectors import format_selector

    return format_selector(dig(obj, "spec", "jobTemplate", "spec", "selector"))


def _template(obj: Object) -> Object | None:
    found: Object | None = dig(obj, "spec", "jobTemplate", "spec", "template")
    return found


class CronJob(Kind):
    columns = (NAME,
               Column("Schedule", lambda obj, ctx: (obj.get("spec") or {}).get("schedule", "")),
               Column("Timezone", lambda obj, ctx: (obj.get("spec") or {}).get("timeZone") or "<none>", since=(1, 30)),
               Column("Suspend", _suspend_cell),
               Column("Active", lambda obj, ctx: len((obj.get("status") or {}).get("active") or ())),
               Column("Last Schedule", _last_schedule_cell),
               AGE,
               Column("Containers", lambda obj, ctx: of_containers(_template(obj), "name"), 1),
               Column("Images", lambda obj, ctx: of_containers(_template(obj), "image"), 1),
               Column("Selector", _selector_cell, 1))
    has_status = True
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        from ..core.podspec.defaults import default_pod_template
        from .job import default_failure_policy

        spec = obj.setdefault("spec", {})
        if not spec.get("concurrencyPolicy"):
            spec["concurrencyPolicy"] = "Allow"
        spec.setdefault("suspend", False)
        spec.setdefault("successfulJobsHistoryLimit", 3)
        spec.setdefault("failedJobsHistoryLimit", 1)
        template = spec.setdefault("jobTemplate", {})
        template.setdefault("metadata", {})
        job = template.setdefault("spec", {})
        default_failure_policy(job.get("podFailurePolicy"))
        default_pod_template(job.setdefault("template", {}), ctx.release)

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCronJobCreate."""
        from ....machinery import field

        errors = _validate(obj["spec"], None, ctx.release)
        name = obj["metadata"].get("name", "")
        if len(name) > 52:
            errors.append(field.invalid("metadata.name", name, "must be no more than 52 characters"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCronJobUpdate."""
        return _validate(obj["spec"], old["spec"], ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from .job import job_warnings

        spec = obj["spec"]
        found = job_warnings(obj, old, "spec.jobTemplate.spec", spec["jobTemplate"]["spec"], ctx.release)
        if old is not None and "TZ" in spec.get("schedule", ""):
            found.append("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see "
                         "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details")
        return found


KIND = CronJob()


def _validate(spec: Object, old: Object | None, release: Release) -> FieldErrors:
    """validateCronJobSpec, validateConcurrencyPolicy, ValidateJobTemplateSpec."""
    from ....machinery import field
    from ..checks import selector_shown
    from ..workloads import counts
    from .job_validation import validate_spec

    schedule, errors = spec.get("schedule", ""), []
    if not schedule:
        errors.append(field.required("spec.schedule"))
    else:
        errors += _schedule(schedule, old is not None and "TZ" in old.get("schedule", ""), spec.get("timeZone"))
    errors += counts("spec", spec, ("startingDeadlineSeconds",))
    if old is None or old.get("timeZone") != spec.get("timeZone"):
        errors += _time_zone("spec.timeZone", spec.get("timeZone"))
    policy = spec.get("concurrencyPolicy", "")
    if policy not in ("Allow", "Forbid", "Replace"):
        path = "spec.concurrencyPolicy"
        errors.append(field.not_supported(path, policy, ["Allow", "Forbid", "Replace"]) if policy
                      else field.required(path))
    job = spec["jobTemplate"]["spec"]
    errors += validate_spec(job, "spec.jobTemplate.spec", release)
    if job.get("selector") is not None:
        errors.append(field.invalid("spec.jobTemplate.spec.selector", selector_shown(job["selector"]),
                                    "`selector` will be auto-generated"))
    if job.get("manualSelector"):
        errors.append(field.not_supported("spec.jobTemplate.spec.manualSelector", True, ["nil", "false"]))
    errors += counts("spec", spec, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"))
    return errors


def _schedule(text: str, had_zone: bool, zone: str | None) -> FieldErrors:
    """validateScheduleFormat."""
    from ....go import cron
    from ....machinery import field

    path, errors = "spec.schedule", []
    try:
        cron.parse(text)
    except ValueError as wrong:
        errors.append(field.invalid(path, text, str(wrong)))
    if "TZ" in text:
        if not had_zone:
            errors.append(field.invalid(path, text,
                                        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
        elif zone is not None:
            errors.append(field.invalid(path, text, "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
    return errors


def _time_zone(path: str, zone: str | None) -> FieldErrors:
    """validateTimeZone."""
    import re

    from ....go import cron
    from ....machinery import field

    if zone is None:
        return []
    if not zone:
        return [field.invalid(path, zone, "timeZone must be nil or non-empty string")]
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not re.fullmatch(r"[A-Za-z.\-_0-9+]{1,14}", part):
            return [field.invalid(path, zone, f"unknown time zone {zone}")]
    if zone.lower() == "local":
        return [field.invalid(path, zone, "timeZone must be an explicit time zone as defined in "
                              "https://www.iana.org/time-zones")]
    try:
        cron.load_zone(zone)
    except ValueError as unknown:
        return [field.invalid(path, zone, str(unknown))]
    return []
