"""The Job controller: pods that run until enough of them have succeeded.

All that one sync does is one transaction: a pod that has ended is counted and loses its finalizer at once, so that
status.uncountedTerminatedPods is empty whenever anyone can look.
Kubernetes: pkg/controller/job/job_controller.go.
"""

from __future__ import annotations

from ...helpers.controller import Change, Controller, itself, owner
from ...machinery import conditions, selectors, timestamps
from ...machinery.errors import StatusError
from ...machinery.objects import clone, controller_of, split_key
from ...releases.gates import enabled
from .. import pods, refs, victims
from . import indexes, policies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...apiserver.client import Client
    from ...machinery.types import Key, Object

JOBS = "jobs.batch"
COMPONENT = "job-controller"
FINALIZER = "batch.kubernetes.io/job-tracking"
BURST = 500  # pods deleted in one sync


def is_finished(job: Object) -> bool:
    """Tell whether the job is Complete or Failed."""
    return finished_condition(job) is not None


def finished_condition(job: Object) -> Object | None:
    """Return the condition Complete or Failed that is True, or None."""
    for entry in job.get("status", {}).get("conditions") or ():
        if entry["type"] in ("Complete", "Failed") and entry["status"] == "True":
            return entry
    return None


_of_pod = owner("Job")


def _owner(change: Change) -> Iterable[Key]:
    """Watch function: the job of a pod, where what has changed of that is anything to the job."""
    old, new = change.old, change.new
    if old is not None and new is not None and _relevant(old) == _relevant(new):
        return ()
    return _of_pod(change)


def _relevant(pod: Object) -> tuple[object, ...]:
    """What a job reads of its pods."""
    meta, status = pod["metadata"], pod.get("status") or {}
    restarts = [each.get("restartCount", 0) for field in ("initContainerStatuses", "containerStatuses")
                for each in status.get(field) or ()]
    return (pods.phase(pod), pods.is_ready(pod), sum(restarts), "deletionTimestamp" in meta, meta.get("labels"),
            meta.get("annotations"), meta.get("ownerReferences"), _is_tracked(pod))


class JobController(Controller):
    name = "job"
    watches = {JOBS: itself, "pods": refs.both(_owner, refs.orphaned)}
    thorough = True

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not name:
            for each in api.items(JOBS, namespace):
                if not is_finished(each):
                    _pods_of(api, each)
            return None
        job = api.find(JOBS, name, namespace)
        if job is None or is_finished(job):
            _let_go(api, namespace, name, job)
            return None
        if job["spec"].get("managedBy") not in (None, "kubernetes.io/job-controller"):
            return None
        return _Sync(api, job).run()


def _pods_of(api: Client, job: Object) -> list[Object]:
    """Return the job's pods, having adopted and released."""
    selector = job["spec"]["selector"]
    found = refs.claim(api, job, "pods", refs.candidates(api, job, "pods"),
                       lambda pod: selectors.selector_matches(selector, pod["metadata"].get("labels")), (FINALIZER,))
    if any(controller_of(pod) is None for pod in found):  # adopted just now: look again
        found = [pod for pod in api.owned("pods", job) if refs.controlled_by(pod, job)]
    return found


def _is_tracked(pod: Object) -> bool:
    return FINALIZER in (pod["metadata"].get("finalizers") or ())


def _untrack(api: Client, pod: Object) -> None:
    """Take the finalizer off a pod, which may have changed since it was read."""
    now = api.find("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
    if now is None or now["metadata"]["uid"] != pod["metadata"]["uid"] or not _is_tracked(now):
        return
    meta = {**now["metadata"], "finalizers": [name for name in now["metadata"]["finalizers"] if name != FINALIZER]}
    if not meta["finalizers"]:
        del meta["finalizers"]
    try:
        api.update("pods", {**now, "metadata": meta}, meta["namespace"])
    except StatusError as error:
        if error.reason != "NotFound":
            raise


def _let_go(api: Client, namespace: str, name: str, job: Object | None) -> None:
    """Take the finalizer off pods whose job has ended or is gone (syncOrphanPod)."""
    for pod in api.owned("pods", job) if job is not None else api.items("pods", namespace):
        ref = controller_of(pod)
        if _is_tracked(pod) and (ref is None or (ref["kind"] == "Job" and ref["name"] == name)):
            _untrack(api, pod)


class _Sync:
    """One look at one job. `end` is the condition that ends it, or is about to."""

    def __init__(self, api: Client, job: Object):
        self.api, self.job, self.spec = api, job, job["spec"]
        self.status: Object = {**job.get("status", {}), "uncountedTerminatedPods": {}}
        self.status["conditions"] = list(self.status.get("conditions") or ())
        self.indexed = self.spec.get("completionMode") == "Indexed"
        self.completions = self.spec.get("completions")
        self.suspended = bool(self.spec.get("suspend"))
        self.policy = self.spec.get("podFailurePolicy")
        self.per_index = self.spec.get("backoffLimitPerIndex")
        self.only_failed = self.policy is not None or self.spec.get("podReplacementPolicy") == "Failed"
        self.end: Object | None = None
        self.due: list[float] = []

    def run(self) -> float | None:
        """Take the next steps; returns when to look again. Raises StatusError."""
        self.pods = _pods_of(self.api, self.job)
        self.active = [pod for pod in self.pods if pods.is_active(pod)]
        self.count = len(self.active)
        self.ready = sum(pods.is_ready(pod) for pod in self.active)
        self.terminating = sum(pods.is_terminating(pod) for pod in self.pods)
        self._count_finished()
        if "startTime" not in self.status and not self.suspended:
            self.status["startTime"] = timestamps.format(self.api.now)
        self._find_end()
        failure = None
        try:
            if self.end is not None:
                self._stop(self.active, untrack=False)
            else:
                self._go_on()
        except StatusError as error:
            failure = error
            if self.end is not None:
                self.end = None
        self.status.update(active=self.count, ready=self.ready)
        if enabled("JobPodReplacementPolicy", self.api.release):
            self.status["terminating"] = self.terminating
        self._track()
        if failure:
            raise failure
        return min(self.due, default=None)

    # What has ended

    def _has_failed(self, pod: Object) -> bool:
        if pods.phase(pod) == "Failed":
            return True
        return not self.only_failed and "deletionTimestamp" in pod["metadata"] and pods.phase(pod) != "Succeeded"

    def _counts(self, pod: Object) -> bool:
        """Tell whether a failed pod counts against the job."""
        return policies.match_failure(self.policy, pod)[1]

    def _is_valid(self, pod: Object) -> bool:
        return not self.indexed or 0 <= indexes.index_of(pod) < self.completions

    def _count_finished(self) -> None:
        """Find what is succeeded and failed by now, with the pods that are yet to be counted in status."""
        tracked = [pod for pod in self.pods if _is_tracked(pod) and self._is_valid(pod)]
        done = [pod for pod in tracked if pods.phase(pod) == "Succeeded"]
        failed = [pod for pod in tracked if self._has_failed(pod)]
        self.succeeded = self.status.get("succeeded", 0) + len(done)
        self.failed = self.status.get("failed", 0) + sum(self._counts(pod) for pod in failed)
        if not self.indexed:
            return
        self.done = indexes.parse(self.status.get("completedIndexes", ""), self.completions)
        self.done |= {indexes.index_of(pod) for pod in done}
        self.succeeded = len(self.done)
        self.lost: set[int] = set()
        self.replaceable: dict[int, Object] = {}
        if self.per_index is None:
            return
        self.lost = indexes.parse(self.status.get("failedIndexes", ""), self.completions)
        self.lost |= {indexes.index_of(pod) for pod in failed if self._loses_index(pod)}
        busy = self.done | self.lost | {indexes.index_of(pod) for pod in self.active}
        for pod in sorted(failed, key=lambda p: (indexes.all_failures(p), policies.finished_at(p))):
            if indexes.index_of(pod) not in busy:
                self.replaceable[indexes.index_of(pod)] = pod

    def _loses_index(self, pod: Object) -> bool:
        _, counts, action = policies.match_failure(self.policy, pod)
        return action == "FailIndex" or (counts and indexes.failures(pod) >= self.per_index)

    # Whether the job ends

    def _condition(self, type_: str, reason: str, message: str) -> Object:
        now = timestamps.format(self.api.now)
        made = {"type": type_, "status": "True", "lastProbeTime": now, "lastTransitionTime": now}
        return pods.compact({**made, "reason": reason, "message": message})

    def _failure(self, reason: str, message: str) -> Object:
        delayed = enabled("DelayedJobConditions", self.api.release)
        return self._condition("FailureTarget" if delayed else "Failed", reason, message)

    def _told(self, type_: str) -> Object | None:
        """Return a condition of status that is True."""
        found = conditions.find(self.status["conditions"], type_)
        return found if found is not None and found["status"] == "True" else None

    def _find_end(self) -> None:
        """Find the condition that ends the job, in the order in which they count (syncJob)."""
        self.end = self._told("SuccessCriteriaMet")
        if self.end is None:
            target = self._told("FailureTarget")
            if target is not None:
                self.end = self._condition("Failed", target.get("reason", ""), target.get("message", ""))
        if self.end is None and self.policy is not None:
            messages = (policies.match_failure(self.policy, pod)[0] for pod in self.pods if self._has_failed(pod))
            message = next((message for message in messages if message), None)
            if message:
                self.end = self._condition("FailureTarget", "PodFailurePolicy", message)
        if self.end is None:
            self._check_limits()
        if self.end is None and self.indexed:
            self._check_indexes()

    def _check_limits(self) -> None:
        limit, deadline = self.spec.get("backoffLimit", 6), self.spec.get("activeDeadlineSeconds")
        if self.failed > limit or self._restarted_too_often(limit):
            self.end = self._failure("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        elif deadline is not None and not self.suspended:
            end = timestamps.parse(self.status["startTime"]) + deadline
            if end <= self.api.now:
                self.end = self._failure("DeadlineExceeded", "Job was active longer than specified deadline")
            else:
                self.due.append(end)

    def _restarted_too_often(self, limit: int) -> bool:
        if self.spec["template"]["spec"].get("restartPolicy") != "OnFailure":
            return False
        living = [pod for pod in self.pods if pods.phase(pod) in ("Running", "Pending")]
        restarts = sum(container.get("restartCount", 0) for pod in living
                       for field in ("initContainerStatuses", "containerStatuses")
                       for container in pod["status"].get(field) or ())
        return restarts >= max(limit, 1)

    def _check_indexes(self) -> None:
        most = self.spec.get("maxFailedIndexes")
        if most is not None and len(self.lost) > most:
            self.end = self._failure("MaxFailedIndexesExceeded",
                                     "Job has exceeded the specified maximal number of failed indexes")
        elif self.lost and len(self.lost) + len(self.done) >= self.completions:
            self.end = self._failure("FailedIndexes", "Job has failed indexes")
        else:
            message = policies.match_success(self.spec.get("successPolicy"), self.completions, self.done)
            if message:
                self.end = self._condition("SuccessCriteriaMet", "SuccessPolicy", message)

    # Pods

    def _stop(self, chosen: list[Object], untrack: bool) -> None:
        """Delete active pods; those that are `untrack`ed first do not count as failed. Raises StatusError."""
        failure = None
        for pod in chosen:
            try:
                if untrack:
                    _untrack(self.api, pod)
                pods.delete(self.api, self.job, pod, COMPONENT)
            except StatusError as error:
                failure = failure or error
                continue
            self.count -= 1
            self.terminating += 1
            self.ready -= pods.is_ready(pod)
        if failure:
            raise failure

    def _go_on(self) -> None:
        """Create and delete pods as needed, and see whether that was all (syncJob's other half)."""
        going = "deletionTimestamp" in self.job["metadata"]
        if not going:
            self._manage()
        enough = self.completions if self.completions is not None else 1
        if self.succeeded >= enough and self.count == 0:
            if enabled("DelayedJobConditions", self.api.release):
                self.end = self._condition("SuccessCriteriaMet", "CompletionsReached",
                                           "Reached expected number of succeeded pods")
            else:
                self.end = self._condition("Complete", "", "")
        elif not going:
            self._note_suspension()

    def _note_suspension(self) -> None:
        there = conditions.find(self.status["conditions"], "Suspended")
        word = "Suspended" if self.suspended else "Resumed"
        if (there["status"] == "True" if there is not None else False) == self.suspended:
            return
        made = self._condition("Suspended", f"Job{word}", f"Job {word.lower()}")
        made["status"] = "True" if self.suspended else "False"
        self._set_condition(made)
        self.api.record(self.job, "Normal", word, f"Job {word.lower()}", COMPONENT)
        if not self.suspended:
            self.status["startTime"] = timestamps.format(self.api.now)
        elif enabled("SuspendedJobRestartsClock", self.api.release):
            self.status.pop("startTime", None)

    def _set_condition(self, new: Object) -> None:
        """Put a condition in the place of the one of its type, or behind the others."""
        listed = self.status["conditions"]
        at = next((i for i, entry in enumerate(listed) if entry["type"] == new["type"]), len(listed))
        listed[at:at + 1] = [new]

    def _manage(self) -> None:
        """Bring the number of active pods to what is wanted (manageJob). Raises StatusError."""
        if self.suspended:
            self._stop(self.active, untrack=True)
            return
        parallelism = self.spec.get("parallelism", 1)
        if self.completions is None:
            wanted = self.count if self.succeeded > 0 else parallelism
        else:
            wanted = max(0, min(self.completions - self.succeeded, parallelism))
        surplus = self._surplus(max(0, self.count - wanted))
        if surplus:
            self._stop(surplus[:BURST], untrack=True)
            return
        missing = wanted - self.count - (self.terminating if self.only_failed else 0)
        if missing > 0:
            count, later = pods.pace(wanted, self.pods, self.api.now)
            if missing > count:
                self.due.append(later)
            if count:
                self._start(min(missing, count))

    def _surplus(self, least: int) -> list[Object]:
        """Return the pods to delete: those that double an index, and as many more as `least` asks for."""
        surplus, left = indexes.duplicates(self.active, self.completions) if self.indexed else ([], self.active)
        if len(surplus) < least:
            surplus = surplus + victims.choose(left, [], least - len(surplus), self.api.now)
        return surplus

    def _start(self, missing: int) -> None:
        """Create pods, unless failures call for a pause first."""
        if self.per_index is None:
            until = policies.backoff_until([pod for pod in self.pods if pods.phase(pod) == "Succeeded"],
                                           [pod for pod in self.pods if self._has_failed(pod)])
            if until > self.api.now:
                self.due.append(until)
                self.count = 0  # as the real controller tells while it waits
                return
        chosen = self._indexes_to_start(missing) if self.indexed else [-1] * missing
        template = clone(self.spec["template"])
        finalizers = template.setdefault("metadata", {}).setdefault("finalizers", [])
        if FINALIZER not in finalizers:
            finalizers.append(FINALIZER)

        def create(i: int) -> None:
            pod = pods.from_template(template, self.job)
            if chosen[i] >= 0:
                indexes.prepare(pod, self.job["metadata"]["name"], chosen[i])
                if self.per_index is not None:
                    last = self.replaceable.get(chosen[i])
                    indexes.note_failures(pod, last, last is not None and self._counts(last))
            pods.create(self.api, self.job, pod, COMPONENT)
            self.count += 1

        failure = pods.slow_start(len(chosen), create)
        if failure:
            raise failure

    def _indexes_to_start(self, missing: int) -> list[int]:
        taken = self.done | self.lost | {indexes.index_of(pod) for pod in self.active}
        if self.only_failed:
            taken |= {indexes.index_of(pod) for pod in self.pods if pods.is_terminating(pod)}
        chosen = indexes.first_pending(missing, self.completions, taken)
        waiting = {index: policies.backoff_after(indexes.all_failures(pod) + 1, policies.finished_at(pod))
                   for index in chosen if (pod := self.replaceable.get(index)) is not None}
        later = [at for at in waiting.values() if at > self.api.now]
        self.due += later
        return [index for index in chosen if waiting.get(index, 0) <= self.api.now]

    # Status

    def _track(self) -> None:
        """Count what has ended, let its pods go, and write the status (trackJobStatusAndRemoveFinalizers)."""
        succeeding = self.end is not None and self.end["type"] in ("SuccessCriteriaMet", "Complete")
        going = "deletionTimestamp" in self.job["metadata"]
        for pod in self.pods:
            if not _is_tracked(pod):
                continue
            phase, failed = pods.phase(pod), self._has_failed(pod)
            delayed = failed and self.indexed and self.replaceable.get(indexes.index_of(pod)) is pod
            if not (going or self.end is not None or phase == "Succeeded" or (failed and not delayed)):
                continue
            if phase == "Succeeded":
                if not self.indexed:
                    self.status["succeeded"] = self.status.get("succeeded", 0) + 1
            elif (failed or (self.end is not None and not succeeding)) and self._is_valid(pod) and self._counts(pod):
                self.status["failed"] = self.status.get("failed", 0) + 1
            _untrack(self.api, pod)
        if self.indexed:
            self.status.update(succeeded=len(self.done), completedIndexes=indexes.text_of(self.done))
            if self.per_index is not None:
                self.status["failedIndexes"] = indexes.text_of(self.lost)
        event = self._enact_end()
        pods.write_status(self.api, JOBS, self.job, pods.compact(
            self.status, ("ready", "terminating", "failedIndexes", "uncountedTerminatedPods")))
        if event:
            self.api.record(self.job, *event, COMPONENT)

    def _enact_end(self) -> tuple[str, str, str] | None:
        """Put the conditions of the end into status; returns the event to tell of it with, once it is final."""
        end = self.end
        if end is None:
            return None
        reason, message = end.get("reason", ""), end.get("message", "")
        if end["type"] in ("FailureTarget", "SuccessCriteriaMet"):
            if self._told(end["type"]) is None:
                self._set_condition(end)
            end = self._condition("Failed" if end["type"] == "FailureTarget" else "Complete", reason, message)
        if self.terminating and enabled("DelayedJobConditions", self.api.release):
            return None
        self._set_condition(end)
        if end["type"] == "Failed":
            return "Warning", reason, message
        self.status["completionTime"] = end["lastTransitionTime"]
        if self.completions is not None and self.status.get("succeeded", 0) > self.completions:
            self.api.record(self.job, "Warning", "TooManySucceededPods",
                            "Too many succeeded pods running after completion count reached", COMPONENT)
        return "Normal", "Completed", "Job completed"
