"""CronJob."""

from __future__ import annotations

from ..base import Column, Context, Kind, age, since
from ..columns import AGE, NAME
from ..workloads import CONTAINERS, IMAGES, SELECTOR, containers_and_images


class CronJob(Kind):
    columns = (NAME, Column("Schedule"), Column("Timezone", since=(1, 30)), Column("Suspend"), Column("Active"),
               Column("Last Schedule"), AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        from ....machinery.selectors import format_selector

        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        job = (spec.get("jobTemplate") or {}).get("spec") or {}
        last, suspend = status.get("lastScheduleTime"), spec.get("suspend")
        return [obj["metadata"]["name"], spec.get("schedule", ""), spec.get("timeZone") or "<none>",
                "<unset>" if suspend is None else str(suspend), len(status.get("active") or ()),
                since(last, ctx.now) if last else "<none>", age(obj, ctx.now),
                *containers_and_images(job.get("template")), format_selector(job.get("selector"))]

    def default(self, obj: dict, ctx: Context) -> None:
        from ..core.podspec import default_pod_template
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

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field

        errors = _validate(obj["spec"], None, ctx.release)
        name = obj["metadata"].get("name", "")
        if len(name) > 52:
            errors.append(field.invalid("metadata.name", name, "must be no more than 52 characters"))
        return errors

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        return _validate(obj["spec"], old["spec"], ctx.release)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from .job import job_warnings

        spec = obj["spec"]
        found = job_warnings(obj, old, "spec.jobTemplate.spec", spec["jobTemplate"]["spec"], ctx.release)
        if old is not None and "TZ" in spec.get("schedule", ""):
            found.append("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see "
                         "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details")
        return found


KIND = CronJob()


def _validate(spec: dict, old: dict | None, release: tuple[int, int]) -> list:
    """validateCronJobSpec."""
    from ....machinery import field
    from ..workloads import counts
    from .job_validation import validate_spec

    schedule, errors = spec.get("schedule", ""), []
    if schedule:
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
        errors.append(field.invalid("spec.jobTemplate.spec.selector", job["selector"],
                                    "`selector` will be auto-generated"))
    if job.get("manualSelector"):
        errors.append(field.not_supported("spec.jobTemplate.spec.manualSelector", True, ["nil", "false"]))
    errors += counts("spec", spec, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"))
    return errors if schedule else [*errors, field.required("spec.schedule")]


def _schedule(text: str, had_zone: bool, zone: str | None) -> list:
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


def _time_zone(path: str, zone: str | None) -> list:
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
