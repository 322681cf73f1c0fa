from __future__ import annotations

import pytest

BUDGETS = "poddisruptionbudgets.policy"


def budget(name="web", app="web", **spec):
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": {"app": app}}, **spec}}


def workload(kind="Deployment", replicas=3):
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "nginx"}]}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template,
        "strategy": {"type": "Recreate"}}}


@pytest.fixture
def w(world):
    made = world("disruption", "deployment", "replicaset")
    made.create("deployments.apps", workload())
    made.advance(2)
    return made


def status(w, name="web"):
    return w.get(BUDGETS, name)["status"]


@pytest.mark.parametrize(("spec", "desired", "allowed"), [
    ({"minAvailable": 2}, 2, 1), ({"minAvailable": 3}, 3, 0), ({"minAvailable": "50%"}, 2, 1),
    ({"maxUnavailable": "50%"}, 1, 2), ({"maxUnavailable": 1}, 2, 1), ({"maxUnavailable": 5}, 0, 3)])
def test_allowed_disruptions(w, spec, desired, allowed):
    w.create(BUDGETS, budget(**spec))
    w.advance()
    made = status(w)
    assert (made["currentHealthy"], made["expectedPods"]) == (3, 3)
    assert (made["desiredHealthy"], made["disruptionsAllowed"]) == (desired, allowed)
    (condition,) = made["conditions"]
    assert (condition["type"], condition["status"], condition["reason"], condition["message"]) == (
        ("DisruptionAllowed", "True", "SufficientPods", "") if allowed else
        ("DisruptionAllowed", "False", "InsufficientPods", ""))


def test_it_follows_the_pods(w):
    w.create(BUDGETS, budget(minAvailable=2))
    w.advance()
    w.delete("pods", w.names("pods")[0])
    w.advance()
    assert (status(w)["currentHealthy"], status(w)["disruptionsAllowed"]) == (2, 0)
    w.advance(2)
    assert (status(w)["currentHealthy"], status(w)["disruptionsAllowed"]) == (3, 1)


def test_no_pods(w):
    w.create(BUDGETS, budget("none", "nothing", minAvailable=0))
    w.advance()
    assert status(w, "none")["disruptionsAllowed"] == 0
    assert w.events("NoPods") == ["No matching pods found"]


def test_pods_without_a_controller(w):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "labels": {"app": "bare"}},
           "spec": {"containers": [{"name": "main", "image": "nginx"}]}}
    w.create("pods", pod)
    w.create(BUDGETS, budget("bare", "bare", maxUnavailable=1))
    w.advance(2)
    assert status(w, "bare")["expectedPods"] == 0
    (message,) = w.events("UnmanagedPods")
    assert "(selector: &LabelSelector{MatchLabels:map[string]string{app: bare,},Match" in message


def test_a_controller_without_scale_stops_it(world):
    w = world("disruption", "job")
    template = workload()["spec"]["template"]
    template["spec"]["restartPolicy"] = "Never"
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "web"}, "spec": {"template": template}}
    w.create("jobs.batch", job)
    w.create(BUDGETS, budget(maxUnavailable=1))
    w.advance(0.5)
    assert status(w)["conditions"][0]["reason"] == "SyncFailed"
    assert w.events("CalculateExpectedPodCountFailed") == [
        "Failed to calculate the number of expected pods: jobs.batch does not implement the scale subresource"]
