"""Jobs."""

from __future__ import annotations

from ....machinery import duration, timestamps
from .podtemplate import describe_pod_template
from .workloads import selector_text
from .writer import Writer, controlled_by, or_unset, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "batch"


def describe(job: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = job["metadata"], job["spec"], job.get("status", {})
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "Selector", selector_text(spec.get("selector")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    controlled_by(job, w)
    if spec.get("parallelism") is not None:
        w.line(0, "Parallelism", spec["parallelism"])
    w.line(0, "Completions", or_unset(spec.get("completions")))
    if spec.get("completionMode") is not None:
        w.line(0, "Completion Mode", spec["completionMode"])
    if spec.get("suspend") is not None:
        w.line(0, "Suspend", str(spec["suspend"]).lower(), since=(1, 30))
    if spec.get("backoffLimit") is not None:
        w.line(0, "Backoff Limit", spec["backoffLimit"], since=(1, 30))
    if spec.get("ttlSecondsAfterFinished") is not None:
        w.line(0, "TTL Seconds After Finished", spec["ttlSecondsAfterFinished"], since=(1, 30))
    started, completed = status.get("startTime"), status.get("completionTime")
    if started:
        w.line(0, "Start Time", time_text(started))
    if completed:
        w.line(0, "Completed At", time_text(completed))
    if started and completed:
        w.line(0, "Duration", duration.human(timestamps.parse(completed) - timestamps.parse(started)))
    if spec.get("activeDeadlineSeconds") is not None:
        w.line(0, "Active Deadline Seconds", f"{spec['activeDeadlineSeconds']}s")
    ready = "" if status.get("ready") is None else f" ({status['ready']} Ready)"
    w.line(0, "Pods Statuses", f"{status.get('active', 0)} Active{ready} / {status.get('succeeded', 0)} Succeeded / "
                               f"{status.get('failed', 0)} Failed")
    if spec.get("completionMode") == "Indexed":
        w.line(0, "Completed Indexes", _capped(status.get("completedIndexes", "")))
    describe_pod_template(spec.get("template", {}), w)
    ctx.events(job)


def _capped(indexes: str, limit: int = 50) -> str:
    """Cut a list of indexes at the first comma behind the limit."""
    comma = indexes.find(",", limit)
    return (indexes if comma < 0 else indexes[:comma + 1] + "...") or "<none>"
