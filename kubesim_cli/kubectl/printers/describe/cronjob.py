"""CronJobs."""

from __future__ import annotations

from .podtemplate import describe_pod_template
from .workloads import selector_text
from .writer import Writer, boolean, or_unset, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "batch"


def describe(cronjob: Object, w: Writer, ctx: Context) -> None:
    spec, status = cronjob["spec"], cronjob.get("status", {})
    w.metadata(cronjob)
    w.line(0, "Schedule", spec["schedule"])
    w.line(0, "Concurrency Policy", spec.get("concurrencyPolicy", ""))
    w.line(0, "Suspend", boolean(spec.get("suspend")))
    w.line(0, "Time Zone", or_unset(spec.get("timeZone")), since=(1, 36))
    w.line(0, "Successful Job History Limit", or_unset(spec.get("successfulJobsHistoryLimit")))
    w.line(0, "Failed Job History Limit", or_unset(spec.get("failedJobsHistoryLimit")))
    w.line(0, "Starting Deadline Seconds", or_unset(spec.get("startingDeadlineSeconds"), "s"))
    job = spec["jobTemplate"].get("spec") or {}
    w.line(0, "Selector", "<unset>" if job.get("selector") is None else selector_text(job["selector"]))
    w.line(0, "Parallelism", or_unset(job.get("parallelism")))
    w.line(0, "Completions", or_unset(job.get("completions")))
    if job.get("activeDeadlineSeconds") is not None:
        w.line(0, "Active Deadline Seconds", f"{job['activeDeadlineSeconds']}s")
    describe_pod_template(job.get("template", {}), w)
    last = status.get("lastScheduleTime")
    w.line(0, "Last Schedule Time", time_text(last) if last else "<unset>")
    w.line(0, "Active Jobs", ", ".join([ref.get("name", "") for ref in status.get("active") or ()]) or "<none>")
    ctx.events(cronjob)
