"""Job."""

from __future__ import annotations

from ....machinery.conditions import status_of
from ....releases.gates import enabled
from ..base import AGE, NAME, Column, Kind
from ..workloads import CONTAINERS, IMAGES, SELECTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release
    from ..base import Cell, Context

# Condition -> STATUS, in the order in which they win; "": being deleted. A job with none of them runs.
_STATES = (("Complete", "Complete"), ("Failed", "Failed"), ("", "Terminating"), ("Suspended", "Suspended"),
           ("FailureTarget", "FailureTarget"), ("SuccessCriteriaMet", "SuccessCriteriaMet"))


def state(obj: Object) -> str:
    """Return the cell STATUS of a job."""
    found = (obj.get("status") or {}).get("conditions")
    for condition, shown in _STATES:
        if status_of(found, condition) == "True" if condition else obj["metadata"].get("deletionTimestamp"):
            return shown
    return "Running"


def _completions_cell(obj: Object, ctx: Context) -> Cell:
    spec, done = obj.get("spec") or {}, (obj.get("status") or {}).get("succeeded", 0)
    if spec.get("completions") is not None:
        return f"{done}/{spec['completions']}"
    parallelism = spec.get("parallelism") or 0
    return f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"


def _duration_cell(obj: Object, ctx: Context) -> Cell:
    from ....machinery import duration, timestamps

    status = obj.get("status") or {}
    if not status.get("startTime"):
        return ""
    end = timestamps.parse(status["completionTime"]) if status.get("completionTime") else ctx.now
    return duration.human(end - timestamps.parse(status["startTime"]))


class Job(Kind):
    columns = (NAME,
               Column("Status", lambda obj, ctx: state(obj), since=(1, 30)),
               Column("Completions", _completions_cell),
               Column("Duration", _duration_cell),
               AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        from ..core.podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        template = spec.setdefault("template", {})
        _default_spec(spec, ctx.release)
        default_pod_template(template, ctx.release)
        own = template["metadata"].get("labels")
        if own and not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = own  # one map, as in defaults.go: what the template's gets, the job's gets

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        if not obj["spec"].get("manualSelector"):
            _generate_selector(obj)
        if not obj["metadata"].get("labels"):  # the defaults run again whenever the server reads a job
            obj["metadata"]["labels"] = dict(obj["spec"]["template"]["metadata"].get("labels") or {})

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from . import job_validation

        return job_validation.validate(obj, ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import job_validation

        return job_validation.validate_update(obj, old, ctx.release)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import job_status

        return job_status.validate(obj, old, ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        return job_warnings(obj, old, "spec", obj["spec"], ctx.release)

    def fields(self, obj: Object) -> dict[str, str]:
        return {"status.successful": str((obj.get("status") or {}).get("succeeded", 0))}


KIND = Job()


def _default_spec(spec: Object, release: Release) -> None:
    """Fill in, in place, a JobSpec, its template aside (SetDefaults_Job)."""
    if spec.get("parallelism") is None:
        if spec.get("completions") is None:
            spec["completions"] = 1
        spec["parallelism"] = 1
    spec.setdefault("backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else 2**31 - 1)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    policy = spec.get("podFailurePolicy")
    if enabled("JobPodReplacementPolicy", release):
        spec.setdefault("podReplacementPolicy", "TerminatingOrFailed" if policy is None else "Failed")
    if enabled("JobManualSelector", release):
        spec.setdefault("manualSelector", False)
    default_failure_policy(policy)


def default_failure_policy(policy: Object | None) -> None:
    """Fill in, in place, the status that a pod failure policy's condition has to have."""
    for rule in (policy or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            if not pattern.get("status"):
                pattern["status"] = "True"


def _generate_selector(obj: Object) -> None:
    """Give a job's template labels that no other job has, and the selector one of them (generateSelector)."""
    meta, spec = obj["metadata"], obj["spec"]
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    for prefix in ("", "batch.kubernetes.io/"):
        labels.setdefault(f"{prefix}job-name", meta.get("name", ""))
        labels.setdefault(f"{prefix}controller-uid", meta["uid"])
    wanted = spec.setdefault("selector", {}).setdefault("matchLabels", {})
    wanted.setdefault("batch.kubernetes.io/controller-uid", meta["uid"])


def job_warnings(obj: Object, old: Object | None, path: str, spec: Object, release: Release) -> list[str]:
    """Return the warnings on a JobSpec at `path` of a Job or a CronJob (WarningsForJobSpec)."""
    from ..workloads import template_warnings

    found = template_warnings(obj, old, f"{path}.template", spec["template"], release)
    changed = old is None or obj["metadata"].get("generation") != old["metadata"].get("generation")
    if changed and spec.get("completionMode") == "Indexed" and (spec.get("completions") or 0) > 100_000 \
            and (spec.get("parallelism") or 0) > 10_000:
        place = 1 if found and found[0].startswith("metadata.name") else 0
        found.insert(place, f"{path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism "
                     "higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of "
                     "indexes fail")
    return found
