from __future__ import annotations

import pytest

from kubesim_cli.controllers.job import indexes, policies

JOBS = "jobs.batch"


def job(name="work", outcome="Succeeded", restart="Never", **spec):
    labels = {"job-name": name, "batch.kubernetes.io/job-name": name, "outcome": outcome}
    spec = {"parallelism": 1, "completions": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": False,
            "selector": {"matchLabels": {"job-name": name}},
            "template": {"metadata": {"labels": labels},
                         "spec": {"restartPolicy": restart, "containers": [{"name": "main", "image": "busybox"}]}},
            **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def w(world):
    return world("job", "garbagecollector")


def status(w):
    return w.get(JOBS, "work")["status"]


def told(w):
    return [(c["type"], c["status"], c.get("reason")) for c in status(w).get("conditions", ())]


def set_outcome(w, pod, outcome):
    """Have a stuck pod end."""
    w.change("pods", pod, lambda obj: obj["metadata"]["labels"].update(outcome=outcome))


def test_completions_and_parallelism(w):
    w.create(JOBS, job(completions=3, parallelism=2))
    w.advance()
    assert len(w.names("pods")) == 2 and status(w)["active"] == 2 and status(w)["ready"] == 0
    pod = w.api.items("pods")[0]
    assert pod["metadata"]["finalizers"] == ["batch.kubernetes.io/job-tracking"]
    assert pod["metadata"]["generateName"] == "work-"
    w.advance(4)
    assert len(w.names("pods")) == 3
    assert all("finalizers" not in p["metadata"] or not p["metadata"]["finalizers"] for p in w.api.items("pods"))
    assert told(w) == [("SuccessCriteriaMet", "True", "CompletionsReached"), ("Complete", "True", "CompletionsReached")]
    assert status(w)["succeeded"] == 3 and status(w)["completionTime"] > status(w)["startTime"]
    assert {k: status(w)[k] for k in ("ready", "terminating", "uncountedTerminatedPods")} == {
        "ready": 0, "terminating": 0, "uncountedTerminatedPods": {}}
    assert w.events("Completed") == ["Job completed"] and len(w.events("SuccessfulCreate")) == 3


def test_older_releases_know_only_complete(world):
    w = world("job", release=(1, 28))
    w.create(JOBS, job())
    w.advance(3)
    assert told(w) == [("Complete", "True", None)] and "terminating" not in status(w)


def test_failures_are_retried_later_and_later_up_to_the_limit(w):
    w.create(JOBS, job(outcome="Failed", backoffLimit=2))
    w.advance(5)
    assert len(w.names("pods")) == 1 and status(w)["failed"] == 1
    w.advance(7)
    assert len(w.names("pods")) == 2
    w.advance(15)
    assert len(w.names("pods")) == 2 and status(w)["failed"] == 2
    w.advance(8)
    assert len(w.names("pods")) == 3 and status(w)["failed"] == 3
    assert told(w) == [("FailureTarget", "True", "BackoffLimitExceeded"), ("Failed", "True", "BackoffLimitExceeded")]
    assert w.events("BackoffLimitExceeded") == ["Job has reached the specified backoff limit"]
    assert w.manager.next_due() is None


def test_the_active_deadline_ends_what_runs(w):
    w.create(JOBS, job(outcome="runs", activeDeadlineSeconds=10, parallelism=2, completions=2))
    w.advance(9)
    assert status(w)["ready"] == 2 and told(w) == []
    w.advance(1)
    assert told(w) == [("FailureTarget", "True", "DeadlineExceeded")] and status(w)["terminating"] == 2
    w.advance(1)
    assert told(w)[1] == ("Failed", "True", "DeadlineExceeded") and w.names("pods") == []
    assert status(w)["failed"] == 2
    assert w.events("DeadlineExceeded") == ["Job was active longer than specified deadline"]


def test_suspending_and_resuming(w):
    w.create(JOBS, job(outcome="runs", suspend=True))
    w.advance(2)
    assert w.names("pods") == [] and "startTime" not in status(w)
    assert told(w) == [("Suspended", "True", "JobSuspended")]
    w.change(JOBS, "work", lambda obj: obj["spec"].update(suspend=False))
    w.advance(2)
    assert status(w)["ready"] == 1 and told(w) == [("Suspended", "False", "JobResumed")]
    assert status(w)["startTime"]
    w.change(JOBS, "work", lambda obj: obj["spec"].update(suspend=True))
    w.advance(2)
    assert w.names("pods") == [] and status(w).get("failed", 0) == 0
    assert w.events("Suspended") == ["Job suspended"] and w.events("Resumed") == ["Job resumed"]


def test_indexed_jobs(w):
    w.create(JOBS, job(completionMode="Indexed", completions=3, parallelism=2))
    w.advance()
    pods = {indexes.index_of(p): p for p in w.api.items("pods")}
    assert set(pods) == {0, 1}
    assert pods[1]["spec"]["hostname"] == "work-1" and pods[1]["metadata"]["generateName"] == "work-1-"
    assert pods[1]["metadata"]["labels"][indexes.INDEX] == "1"
    assert pods[1]["spec"]["containers"][0]["env"][0]["name"] == "JOB_COMPLETION_INDEX"
    w.advance(4)
    assert status(w)["completedIndexes"] == "0-2" and told(w)[-1][0] == "Complete"


def test_backoff_limit_per_index(w):
    w.create(JOBS, job(completionMode="Indexed", completions=2, parallelism=2, backoffLimitPerIndex=1,
                       backoffLimit=2**31 - 1, outcome="stuck"))
    w.advance()
    first, second = sorted(w.api.items("pods"), key=indexes.index_of)
    set_outcome(w, first["metadata"]["name"], "Failed")
    set_outcome(w, second["metadata"]["name"], "Succeeded")
    w.advance(3)
    assert status(w)["completedIndexes"] == "1" and status(w)["failedIndexes"] == ""
    w.advance(10)
    (again,) = [p for p in w.api.items("pods") if p["status"]["phase"] == "Pending"]
    assert indexes.failures(again) == 1
    set_outcome(w, again["metadata"]["name"], "Failed")
    w.advance(3)
    assert status(w)["failedIndexes"] == "0"
    assert told(w)[-1] == ("Failed", "True", "FailedIndexes")


def test_a_success_policy_ends_a_job_early(w):
    w.create(JOBS, job(completionMode="Indexed", completions=3, parallelism=3, outcome="stuck",
                       successPolicy={"rules": [{"succeededIndexes": "0", "succeededCount": 1}]}))
    w.advance()
    leader = min(w.api.items("pods"), key=indexes.index_of)["metadata"]["name"]
    set_outcome(w, leader, "Succeeded")
    w.advance(3)
    assert told(w) == [("SuccessCriteriaMet", "True", "SuccessPolicy"), ("Complete", "True", "SuccessPolicy")]
    assert w.names("pods") == [leader] and status(w).get("failed", 0) == 0
    assert status(w)["conditions"][0]["message"] == "Matched rules at index 0"


def test_a_failure_policy_fails_the_job_at_once_or_ignores(w):
    rules = [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [42]}},
             {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "NotIn", "values": [1]}}]
    w.create(JOBS, job(outcome="Failed", podFailurePolicy={"rules": rules}))
    w.advance(3)
    (pod,) = w.names("pods")
    assert told(w) == [("FailureTarget", "True", "PodFailurePolicy"), ("Failed", "True", "PodFailurePolicy")]
    assert status(w)["conditions"][0]["message"] == (
        f"Container main for pod default/{pod} failed with exit code 3 matching FailJob rule at index 1")


def test_an_ignored_failure_does_not_count(w):
    rules = [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [3]}}]
    w.create(JOBS, job(outcome="Failed", backoffLimit=0, podFailurePolicy={"rules": rules}))
    w.advance(13)
    assert len(w.names("pods")) == 2 and status(w).get("failed", 0) == 0 and told(w) == []


def test_a_deleted_pod_counts_as_failed_and_comes_again(w):
    w.create(JOBS, job(outcome="runs"))
    w.advance(2)
    w.delete("pods", w.names("pods")[0])
    w.advance(12)
    assert status(w)["failed"] == 1 and status(w)["active"] == 1 and len(w.names("pods")) == 1


def test_pods_go_with_a_deleted_job_and_are_let_go_by_an_orphaning_one(w):
    w.create(JOBS, job(outcome="runs"))
    w.advance(2)
    w.delete(JOBS, "work", propagation="Background")
    w.advance(2)
    assert w.names("pods") == []
    w.create(JOBS, job(outcome="runs"))
    w.advance(2)
    w.delete(JOBS, "work", propagation="Orphan")
    w.advance(2)
    (pod,) = w.api.items("pods")
    assert not pod["metadata"].get("finalizers") and not pod["metadata"].get("ownerReferences")


def test_fewer_pods_when_parallelism_is_lowered(w):
    w.create(JOBS, job(outcome="runs", parallelism=3, completions=5))
    w.advance(2)
    w.change(JOBS, "work", lambda obj: obj["spec"].update(parallelism=1))
    w.advance(2)
    assert len(w.names("pods")) == 1 and status(w)["active"] == 1 and status(w).get("failed", 0) == 0


def test_a_work_queue_is_done_when_all_are(w):
    spec = job(outcome="stuck", parallelism=2)
    del spec["spec"]["completions"]
    w.create(JOBS, spec)
    w.advance()
    one, other = w.names("pods")
    set_outcome(w, one, "Succeeded")
    w.advance(2)
    assert len(w.names("pods")) == 2 and told(w) == []
    set_outcome(w, other, "Succeeded")
    w.advance(2)
    assert told(w)[-1][0] == "Complete" and status(w)["succeeded"] == 2


def test_index_sets():
    assert indexes.text_of({0, 2, 3, 5, 6, 7}) == "0,2,3,5-7"
    assert indexes.parse("0,2,3,5-7", 7) == {0, 2, 3, 5, 6}
    assert indexes.parse("", 3) == set() and indexes.text_of(set()) == ""


def test_backoff_doubles_and_ends():
    assert [policies.backoff_after(n, 0.0) for n in (1, 2, 3, 7, 50)] == [10, 20, 40, 600, 600]
