"""The CronJob controller: a job whenever the schedule says so.

Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go and utils.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller, owner
from ..machinery import timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import clone, key_of, split_key
from ..releases.gates import enabled
from . import pods, refs
from .job import JOBS, finished_condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..go.cron import Schedule
    from ..machinery.types import Key, Object

CRON_JOBS = "cronjobs.batch"
COMPONENT = "cronjob-controller"
SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
DELAY = 0.1           # seconds after its time that a job is started (nextScheduleDelta)
RESCHEDULED = "@"     # ends the key of a CronJob whose schedule was changed


def _itself(change: Change) -> Iterable[Key]:
    """Watch function: a new schedule begins with its next time, whatever it would have had in the past."""
    old, new = change.old, change.new
    if old is not None and new is not None and any(
            old["spec"].get(field) != new["spec"].get(field) for field in ("schedule", "timeZone")):
        return (key_of(new) + RESCHEDULED,)
    return (key_of(change.object),)


def _parent(change: Change) -> Iterable[Key]:
    """Watch function: a CronJob wants to know when a job comes, ends or goes, and not how it gets on."""
    old, new = change.old, change.new
    if old is not None and new is not None and finished_condition(old) == finished_condition(new) \
            and old["metadata"].get("ownerReferences") == new["metadata"].get("ownerReferences"):
        return ()
    return owner("CronJob")(change)


class CronJobController(Controller):
    name = "cronjob"
    watches = {CRON_JOBS: _itself, JOBS: _parent}
    thorough = True

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key.removesuffix(RESCHEDULED))
        cron_job = api.find(CRON_JOBS, name, namespace)
        if cron_job is None:
            return None
        look = _Sync(api, cron_job)
        if key.endswith(RESCHEDULED) and (self.due(key) or api.now + 1) > api.now:
            return look.first()
        return look.run()


class _Sync:
    """One look at one CronJob; `status` takes on the changes."""

    def __init__(self, api: Client, cron_job: Object):
        self.api, self.cron_job, self.spec = api, cron_job, cron_job["spec"]
        self.meta = cron_job["metadata"]
        self.status = dict(cron_job.get("status") or {})
        nobody = {"uid": "", "name": "", "namespace": ""}  # a status that somebody else wrote may tell less
        self.status["active"] = [{**nobody, **ref} for ref in self.status.get("active") or ()]

    def run(self) -> float | None:
        """Take the next steps; returns when to look again. Raises StatusError."""
        jobs = [job for job in self.api.owned(JOBS, self.cron_job) if refs.controlled_by(job, self.cron_job)]
        self._clean_up(jobs)
        try:
            return self._follow(jobs)
        finally:
            pods.write_status(self.api, CRON_JOBS, self.cron_job, pods.compact(self.status))

    def first(self) -> float | None:
        """Return when a new schedule falls due for the first time."""
        schedule = self._schedule()
        at = self._next(schedule) if schedule is not None and not self.spec.get("suspend") else None
        return at if at is not None else self.run()

    def _event(self, type_: str, reason: str, message: str) -> None:
        self.api.record(self.cron_job, type_, reason, message, COMPONENT)

    # Jobs

    def _clean_up(self, jobs: list[Object]) -> None:
        """Delete the oldest finished jobs beyond the history limits (cleanupFinishedJobs)."""
        for type_, field in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
            if self.spec.get(field) is None:
                continue
            ended = [job for job in jobs if (finished_condition(job) or {}).get("type") == type_]
            ended.sort(key=lambda job: (job["status"].get("startTime", "~"), job["metadata"]["name"]))
            for job in ended[:max(0, len(ended) - self.spec[field])]:
                self._delete(job)

    def _delete(self, job: Object) -> bool:
        meta = job["metadata"]
        try:
            self.api.delete(JOBS, meta["name"], meta["namespace"], propagation="Background")
        except StatusError as error:
            self._event("Warning", "FailedDelete", f"Deleted job: {error.message}")
            return False
        self._forget(meta["uid"])
        self._event("Normal", "SuccessfulDelete", f"Deleted job {meta['name']}")
        return True

    def _forget(self, uid: str) -> None:
        self.status["active"] = [ref for ref in self.status["active"] if ref["uid"] != uid]

    def _observe(self, jobs: list[Object]) -> None:
        """Bring the list of active jobs up to date."""
        active = {ref["uid"] for ref in self.status["active"]}
        for job in jobs:
            meta, ended = job["metadata"], finished_condition(job)
            if ended is None:
                if meta["uid"] not in active:
                    self._event("Warning", "UnexpectedJob",
                                f"Saw a job that the controller did not create or forgot: {meta['name']}")
                continue
            if meta["uid"] in active:
                self._forget(meta["uid"])
                word = "condition" if enabled("CronJobTellsCondition", self.api.release) else "status"
                self._event("Normal", "SawCompletedJob", f"Saw completed job: {meta['name']}, {word}: {ended['type']}")
            done = job["status"].get("completionTime")
            if ended["type"] == "Complete" and done and done > self.status.get("lastSuccessfulTime", ""):
                self.status["lastSuccessfulTime"] = done
        children = {job["metadata"]["uid"] for job in jobs}
        for ref in self.status["active"]:
            if ref["uid"] not in children and self.api.find(JOBS, ref["name"], ref["namespace"]) is None:
                self._event("Normal", "MissingJob", f"Active job went missing: {ref['name']}")
                self._forget(ref["uid"])

    # Time

    def _schedule(self) -> Schedule | None:
        """Return the parsed schedule, None where it or its time zone cannot be used."""
        from ..go import cron

        zone, text = self.spec.get("timeZone"), self.spec["schedule"]
        try:
            self.zone = cron.load_zone(zone) if zone is not None else None
        except ValueError as error:
            self._event("Warning", "UnknownTimeZone", f'invalid timeZone: "{zone}": {error}')
            return None
        if "TZ" in text:
            self._event("Warning", "UnsupportedSchedule", f'CRON_TZ or TZ used in schedule "{text}" is not officially '
                        "supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more "
                        "details")
        try:
            return cron.parse(text)
        except ValueError as error:
            self._event("Warning", "UnparseableSchedule", f'unparseable schedule: "{text}" : {error}')
            return None

    def _missed(self, schedule: Schedule, with_deadline: bool = False) -> tuple[float | None, bool]:
        """Return the last time that has come and was not acted upon, and whether there were very many
        (mostRecentScheduleTime). Raises ValueError for a schedule that has no times, as on the 31st of February."""
        now, deadline = self.api.now, self.spec.get("startingDeadlineSeconds")
        since = timestamps.parse(self.status.get("lastScheduleTime") or self.meta["creationTimestamp"])
        if with_deadline and deadline is not None:
            since = max(since, now - deadline)
        first = schedule.next(since, self.zone)
        if first is not None and now < first:
            return None, False
        second = schedule.next(first, self.zone) if first is not None else None
        if first is None or second is None:
            raise ValueError("time difference between two schedules is less than 1 second")
        if now < second:
            return first, False
        missed = int(now - first) // int(second - first) + 1
        last, at = first, schedule.next(first + (missed - 2) * (second - first), self.zone)
        while at is not None and at <= now:
            last, at = at, schedule.next(at, self.zone)
        return last, missed > 100

    def _next(self, schedule: Schedule) -> float | None:
        """Return when to look again: shortly after the next time that has not come yet."""
        at = schedule.next(self.api.now, self.zone)
        return at + DELAY if at is not None else None

    def _follow(self, jobs: list[Object]) -> float | None:
        """Start the job that is due (syncCronJob)."""
        self._observe(jobs)
        if "deletionTimestamp" in self.meta:
            return None
        schedule = self._schedule()
        if schedule is None or self.spec.get("suspend"):
            return None
        try:
            time, many = self._missed(schedule, with_deadline=True)
        except ValueError as error:
            self._event("Warning", "InvalidSchedule", f"invalid schedule: {self.spec['schedule']} : {error}")
            return None
        if many:
            self._event("Warning", "TooManyMissedTimes", "too many missed start times. Set or decrease "
                                                         ".spec.startingDeadlineSeconds or check clock skew")
        if time is not None and self._may_start(time):
            self._start(time)
        return self._next(schedule)

    def _may_start(self, time: float) -> bool:
        deadline = self.spec.get("startingDeadlineSeconds")
        if deadline is not None and time + deadline < self.api.now:
            self._event("Warning", "MissSchedule",
                        f"Missed scheduled time to start a job: {timestamps.format_rfc1123z(time)}")
            return False
        if (self.status.get("lastScheduleTime") == timestamps.format(time)
                or any(ref["name"] == self._job_name(time) for ref in self.status["active"])):
            return False
        if self.spec.get("concurrencyPolicy") == "Forbid" and self.status["active"]:
            self._event("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and "
                                                      "concurrency policy is Forbid")
            return False
        return True

    def _job_name(self, time: float) -> str:
        return f"{self.meta['name']}-{int(time) // 60}"

    def _start(self, time: float) -> None:
        if self.spec.get("concurrencyPolicy") == "Replace":
            for ref in self.status["active"]:
                job = self.api.get(JOBS, ref["name"], ref["namespace"])
                if not self._delete(job):
                    raise pods.failure(f"could not replace job {ref['namespace']}/{ref['name']}")
        try:
            job = self.api.create(JOBS, self._new_job(time), self.meta["namespace"])
        except StatusError as error:
            if error.reason == "AlreadyExists":
                job = self.api.get(JOBS, self._job_name(time), self.meta["namespace"])
                if not refs.controlled_by(job, self.cron_job):
                    return
            else:
                if not pods.namespace_terminating(error):
                    self._event("Warning", "FailedCreate", f"Error creating job: {error.message}")
                raise
        else:
            self._event("Normal", "SuccessfulCreate", f"Created job {job['metadata']['name']}")
        meta = job["metadata"]
        self.status["active"] = [*self.status["active"], {
            "apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "namespace": meta["namespace"],
            "resourceVersion": meta["resourceVersion"], "uid": meta["uid"]}]
        self.status["lastScheduleTime"] = timestamps.format(time)

    def _new_job(self, time: float) -> Object:
        template = self.spec["jobTemplate"]
        source = template.get("metadata") or {}
        meta: Object = {"name": self._job_name(time), "ownerReferences": [refs.controller_ref(self.cron_job)],
                      "annotations": {**(source.get("annotations") or {}), SCHEDULED_AT: self._local(time)}}
        if source.get("labels"):
            meta["labels"] = dict(source["labels"])
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": clone(template["spec"])}

    def _local(self, time: float) -> str:
        """Return a time as RFC 3339 in the CronJob's time zone."""
        if self.zone is None:
            return timestamps.format(time)
        from datetime import datetime

        text = datetime.fromtimestamp(int(time), self.zone).isoformat()
        return text[:-6] + "Z" if text.endswith("+00:00") else text
