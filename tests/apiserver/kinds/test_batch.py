import pytest


@pytest.fixture
def template(container):
    return {"spec": {"restartPolicy": "Never", "containers": [container]}}


def job(template, **more):
    return {"spec": {"template": template, **more}}


def cron(template, schedule="0 3 * * *", **more):
    return {"spec": {"schedule": schedule, "jobTemplate": {"spec": {"template": template}}, **more}}


def test_a_new_job(desk, template):
    new = desk("batch", "Job").new(job(template))
    labels = {"controller-uid": "3f0b", "job-name": "web", "batch.kubernetes.io/controller-uid": "3f0b",
              "batch.kubernetes.io/job-name": "web"}
    own = {key: value for key, value in new["spec"].items() if key != "template"}
    assert own == {"backoffLimit": 6, "completionMode": "NonIndexed", "completions": 1, "parallelism": 1,
                   "suspend": False,
                   "manualSelector": False, "podReplacementPolicy": "TerminatingOrFailed",
                   "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "3f0b"}}}
    assert new["spec"]["template"]["metadata"]["labels"] == labels
    assert desk("batch", "Job").errors(job(template)) == []
    old = desk("batch", "Job", (1, 28)).new(job(template))["spec"]
    assert "manualSelector" not in old
    assert "podReplacementPolicy" not in old
    assert "completions" not in desk("batch", "Job").new(job(template, parallelism=2))["spec"]


@pytest.mark.parametrize("more,expected", [
    ({"completions": -1}, ["spec.completions: Invalid value: -1: must be greater than or equal to 0"]),
    ({"completionMode": "Indexed", "parallelism": 2},
     ["spec.completions: Required value: when completion mode is Indexed"]),
    ({"backoffLimitPerIndex": 1}, ["spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"]),
    ({"manualSelector": True}, ["spec.selector: Required value",]),
    ({"selector": {"matchLabels": {"a": "b"}}},
     ['spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"3f0b"}}: '
      '`selector` not '
      "auto-generated"]),
    ({"managedBy": "me"}, ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as '
                           '"acme.io/foo")']),
    ({"podFailurePolicy": {"rules": [{"action": "Count", "onExitCodes": {"operator": "In", "values": [3, 0]}}]}},
     ["spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
      "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,0]: must be ordered"]),
    ({"podFailurePolicy": {"rules": [{}]}},
     ['spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
      "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"]),
    ({"completionMode": "Indexed", "completions": 5, "successPolicy": {"rules": [{"succeededIndexes": "0-2,7"}]}},
     ['spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-2,7": error parsing succeededIndexes: too large '
      'index: "7"'])])
def test_jobs(desk, template, more, expected):
    found = desk("batch", "Job").errors(job(template, **more))
    assert [text for text in found if "does not match template" not in text] == expected


def test_a_job_ends(desk, template):
    template["spec"]["restartPolicy"] = "Always"
    assert desk("batch", "Job").errors(job(template)) == [
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']


def test_what_of_a_job_may_change(desk, template, container):
    made = desk("batch", "Job")
    old = made.new(job(template))
    assert made.change(old, parallelism=3, backoffLimit=1, suspend=True) == []
    assert made.change(old, completions=5) == ["spec.completions: Invalid value: 5: field is immutable"]
    moved = {**old["spec"]["template"], "spec": {**old["spec"]["template"]["spec"], "nodeSelector": {"a": "b"}}}
    refused, = made.change(old, template=moved)
    assert refused.startswith('spec.template: Invalid value: {"labels":{')
    assert refused.endswith("field is immutable")
    waiting = made.new(job(template, suspend=True))
    assert made.change(waiting, template=moved) == []
    other = {**moved, "spec": {**moved["spec"], "containers": [{**container, "image": "other"}]}}
    assert len(made.change(waiting, template=other)) == 1
    indexed = made.new(job(template, completionMode="Indexed", completions=2, parallelism=2))
    assert made.change(indexed, completions=3, parallelism=3) == []
    assert made.change(indexed, completions=3) == [
        "spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism"]


CONDITION = {"type": "Complete", "status": "True"}


@pytest.mark.parametrize("status,expected", [
    ({}, ["web", "Running", "0/1", "", "2m"]),
    ({"startTime": "2023-12-31T23:59:00Z", "active": 1}, ["web", "Running", "0/1", "60s", "2m"]),
    ({"startTime": "2023-12-31T23:58:00Z", "completionTime": "2023-12-31T23:58:05Z", "succeeded": 1,
      "conditions": [CONDITION]}, ["web", "Complete", "1/1", "5s", "2m"]),
    ({"conditions": [{"type": "Suspended", "status": "True"}]}, ["web", "Suspended", "0/1", "", "2m"])])
def test_the_row_of_a_job(desk, template, status, expected):
    made = desk("batch", "Job")
    new = {**made.new(job(template)), "status": status}
    assert made.row(new)[:5] == expected
    assert desk("batch", "Job", (1, 29)).row(new)[:4] == [expected[0], *expected[2:]]


def test_a_jobs_status_only_goes_forward(desk, template):
    made = desk("batch", "Job")
    old = {**made.new(job(template)), "status": {"startTime": "2024-01-01T00:00:00Z", "failed": 2}}
    new = {**old, "status": {"startTime": "2024-01-01T00:00:00Z", "conditions": [CONDITION]}}
    assert [str(e) for e in made.kind.validate_status(new, old, made.ctx)] == [
        "status.completionTime: Required value: completionTime is required for Complete jobs",
        "status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true "
        "condition",
        "status.failed: Invalid value: 0: cannot decrease the failed counter"]


DONE = {"startTime": "2024-01-01T00:00:00Z", "completionTime": "2024-01-01T00:00:01Z", "conditions": [
    {"type": "SuccessCriteriaMet", "status": "True"}, CONDITION]}


@pytest.mark.parametrize("spec,before,status,expected", [
    ({}, {}, DONE, []),
    ({}, DONE, {**DONE, "completionTime": "2024-01-01T00:00:02Z"}, ["status.completionTime: field is immutable"]),
    ({}, {}, {**DONE, "active": 1, "terminating": 2, "uncountedTerminatedPods": {"failed": ["u"]}}, [
        "status.active: 1: active>0 is invalid for finished job",
        'status.uncountedTerminatedPods: {"Succeeded":null,"Failed":["u"]}: must be empty for finished job',
        "status.terminating: 2: terminating>0 is invalid for finished job"]),
    ({}, {}, {"completedIndexes": "0"}, [
        'status.completedIndexes: "0": cannot set non-empty completedIndexes when non-indexed completion mode']),
    ({"completionMode": "Indexed", "completions": 4, "backoffLimitPerIndex": 1}, {},
     {"completedIndexes": "0-2", "failedIndexes": "1,3"}, [
         'status.failedIndexes: "1,3": failedIndexes and completedIndexes overlap at index: 1']),
    ({}, {"startTime": "2024-01-01T00:00:00Z"}, {}, [
        "status.startTime: null: field is immutable for unsuspended job once set"]),
    ({}, {"active": 1, "ready": 2}, {"active": 1, "ready": 2, "failed": 1}, [])])
def test_rules_of_a_jobs_status(desk, template, spec, before, status, expected):
    made = desk("batch", "Job")
    old = {**made.new(job(template, **spec)), "status": before}
    found = [str(e) for e in made.kind.validate_status({**old, "status": status}, old, made.ctx)]
    assert [text.replace("Invalid value: ", "").replace('"2024-01-01T00:00:02Z": ', "") for text in found] == expected


def test_a_schedule_is_asked_for_first(desk, template):
    made = desk("batch", "CronJob")
    assert made.errors(cron(template, schedule="", concurrencyPolicy="x"))[0] == "spec.schedule: Required value"


def test_cron_jobs(desk, template):
    made = desk("batch", "CronJob")
    new = made.new(cron(template))
    own = {key: value for key, value in new["spec"].items() if key != "jobTemplate"}
    assert own == {"schedule": "0 3 * * *", "concurrencyPolicy": "Allow", "suspend": False,
                   "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}
    assert set(new["spec"]["jobTemplate"]["spec"]) == {"template"}
    new["status"] = {"active": [{}], "lastScheduleTime": "2023-12-31T23:59:00Z"}
    row = ["web", "0 3 * * *", "<none>", "False", 1, "60s", "2m", "c", "nginx:1.27", "<none>"]
    assert made.row(new) == row
    assert desk("batch", "CronJob", (1, 28)).row(new) == row[:2] + row[3:]


@pytest.mark.parametrize("more,expected", [
    ({"schedule": "61 * * * *"}, ['spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): '
                                  '61']),
    ({"schedule": "every day"}, ['spec.schedule: Invalid value: "every day": expected exactly 5 fields, found 2: '
                                 '[every day]']),
    ({"schedule": ""}, ["spec.schedule: Required value"]),
    ({"schedule": "CRON_TZ=UTC 0 0 * * *"},
     ['spec.schedule: Invalid value: "CRON_TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field '
      "instead"]),
    ({"timeZone": "Mars/Olympus"}, ['spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus']),
    ({"concurrencyPolicy": "Queue"},
     ['spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"'])])
def test_cron_job_fields(desk, template, more, expected):
    assert desk("batch", "CronJob").errors(cron(template, **more)) == expected


def test_a_cron_jobs_name_leaves_room_for_its_jobs(desk, template):
    long = "a" * 53
    assert desk("batch", "CronJob").errors({"metadata": {"name": long}, **cron(template)}) == [
        f'metadata.name: Invalid value: "{long}": must be no more than 52 characters']
