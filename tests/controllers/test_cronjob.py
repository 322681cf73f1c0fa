from __future__ import annotations

import copy

import pytest

CRON_JOBS, JOBS = "cronjobs.batch", "jobs.batch"  # the clock starts at 2027-01-15T08:00:00Z


def cron_job(schedule="*/10 * * * *", outcome="Succeeded", **spec):
    labels = {"outcome": outcome}
    job = {"parallelism": 1, "completions": 1, "backoffLimit": 0,
           "template": {"metadata": {"labels": labels}, "spec": {
               "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}
    spec = {"schedule": schedule, "concurrencyPolicy": "Allow", "suspend": False, "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1, "jobTemplate": {"metadata": {"labels": {"app": "tick"}}, "spec": job}, **spec}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"}, "spec": spec}


@pytest.fixture
def w(world):
    return world("cronjob", "job", "garbagecollector", "ttl-after-finished")


def status(w):
    return w.get(CRON_JOBS, "tick")["status"]


def test_a_job_at_each_time(w):
    w.create(CRON_JOBS, cron_job())
    w.advance(600)
    assert w.names(JOBS) == []
    w.advance(0.2)
    (job,) = w.api.items(JOBS)
    assert job["metadata"]["name"] == f"tick-{1_800_000_600 // 60}"
    assert job["metadata"]["annotations"] == {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2027-01-15T08:10:00Z"}
    assert job["metadata"]["labels"]["app"] == "tick"
    assert status(w)["lastScheduleTime"] == "2027-01-15T08:10:00Z"
    assert [ref["name"] for ref in status(w)["active"]] == [job["metadata"]["name"]]
    w.advance(3)
    assert "active" not in status(w) and status(w)["lastSuccessfulTime"]
    name = job["metadata"]["name"]
    assert [e for e in w.events() if e[0] in ("SuccessfulCreate", "SawCompletedJob") and "pod" not in e[1]] == [
        ("SuccessfulCreate", f"Created job {name}"),
        ("SawCompletedJob", f"Saw completed job: {name}, condition: Complete")]


def test_history_limits(w):
    w.create(CRON_JOBS, cron_job(successfulJobsHistoryLimit=2))
    w.advance(4 * 600 + 10)
    assert len(w.names(JOBS)) == 2 and len(w.names("pods")) == 2
    assert len(w.events("SuccessfulDelete")) == 2


def test_time_zones(w):
    w.create(CRON_JOBS, cron_job("15 10 * * *", timeZone="Europe/Helsinki"))
    w.advance(1000)
    notes = w.api.items(JOBS)[0]["metadata"]["annotations"]
    assert notes["batch.kubernetes.io/cronjob-scheduled-timestamp"] == "2027-01-15T10:15:00+02:00"
    assert status(w)["lastScheduleTime"] == "2027-01-15T08:15:00Z"


@pytest.mark.parametrize(("policy", "jobs", "deleted"), [("Allow", 2, 0), ("Forbid", 1, 0), ("Replace", 1, 1)])
def test_concurrency(w, policy, jobs, deleted):
    w.create(CRON_JOBS, cron_job(outcome="runs", concurrencyPolicy=policy))
    w.advance(1201)
    assert len(w.names(JOBS)) == jobs
    assert len([m for m in w.events("SuccessfulDelete") if m.startswith("Deleted job")]) == deleted
    assert len(w.events("JobAlreadyActive")) == (policy == "Forbid")


def test_suspended_ones_start_nothing(w):
    w.create(CRON_JOBS, cron_job(suspend=True, startingDeadlineSeconds=30))
    w.advance(700)
    assert w.names(JOBS) == [] and w.manager.next_due() is None
    w.change(CRON_JOBS, "tick", lambda obj: obj["spec"].update(suspend=False))
    w.advance(100)
    assert w.names(JOBS) == []
    w.advance(500)
    assert len(w.names(JOBS)) == 1


def test_a_missed_time_is_made_up_for(w):
    w.create(CRON_JOBS, cron_job(suspend=True))
    w.advance(700)
    w.change(CRON_JOBS, "tick", lambda obj: obj["spec"].update(suspend=False))
    w.advance(1)
    assert len(w.names(JOBS)) == 1


def test_a_changed_schedule_begins_with_its_next_time(w):
    w.create(CRON_JOBS, cron_job("0 0 1 1 *"))
    w.advance(630)
    w.change(CRON_JOBS, "tick", lambda obj: obj["spec"].update(schedule="* * * * *"))
    w.advance(1)
    assert w.names(JOBS) == []
    w.advance(30)
    assert len(w.names(JOBS)) == 1
    w.advance(60)
    assert len(w.names(JOBS)) == 2


def test_a_job_started_by_hand(w):
    owner = w.create(CRON_JOBS, cron_job(suspend=True))
    meta = {"name": "now", "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "tick",
                                                "uid": owner["metadata"]["uid"], "controller": True}]}
    spec = cron_job()["spec"]["jobTemplate"]["spec"]
    w.create(JOBS, {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec})
    w.advance(3)
    assert w.events("UnexpectedJob") == ["Saw a job that the controller did not create or forgot: now"]
    assert status(w)["lastSuccessfulTime"]
    w.delete(CRON_JOBS, "tick")
    w.advance(1)
    assert w.names(JOBS) == []


def test_a_job_goes_some_time_after_it_ended(w):
    made = cron_job()
    made["spec"]["jobTemplate"]["spec"]["ttlSecondsAfterFinished"] = 20
    w.create(CRON_JOBS, made)
    w.advance(610)
    assert len(w.names(JOBS)) == 1
    w.advance(15)
    assert w.names(JOBS) == [] and w.names("pods") == []


def test_jobs_of_a_status_that_somebody_wrote_are_missing(w):
    w.create(CRON_JOBS, {**cron_job(), "status": {"active": [{"name": "other"}, {}]}})
    w.advance(601)
    assert w.events("MissingJob") == ["Active job went missing: other", "Active job went missing: "]
    assert "active" not in status(w) and len(w.names(JOBS)) == 1


@pytest.mark.parametrize("changed", [False, True])
def test_a_day_that_never_comes(w, changed):
    """The 31st of February: the schedule is well formed, and has no times."""
    if not changed:
        w.create(CRON_JOBS, cron_job(schedule="59 23 31 2 *"))
    else:
        w.create(CRON_JOBS, cron_job())
        w.advance(1)
        new = copy.deepcopy(w.get(CRON_JOBS, "tick"))
        new["spec"]["schedule"] = "59 23 31 2 *"
        w.api.update(CRON_JOBS, new, "default")
    w.advance(1)
    w.advance(3600)
    assert w.events() == [("InvalidSchedule", "invalid schedule: 59 23 31 2 * : time difference between two schedules "
                           "is less than 1 second")]
    assert w.names(JOBS) == []
