from __future__ import annotations

import pytest

from kubesim_cli.controllers import replicacalculator

AUTOSCALERS, DEPLOYMENTS = "horizontalpodautoscalers.autoscaling", "deployments.apps"


def deployment(replicas):
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    template = {"metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "nginx", "resources": resources}]}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}}


def autoscaler(target=50, least=1, most=10, **spec):
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
                                                                        "averageUtilization": target}}}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": least,
        "maxReplicas": most, "metrics": [metric], **spec}}


@pytest.fixture
def w(world):
    made = world("horizontalpodautoscaler", "deployment", "replicaset")
    made.create(DEPLOYMENTS, deployment(2))
    made.advance(2)
    return made


def use(w, cpu):
    """Have all pods use that much."""
    for name in w.names("pods"):
        w.change("pods", name, lambda obj: obj["metadata"].setdefault("annotations", {}).update(
            {"kubesim.io/usage-cpu": cpu}))


def replicas(w):
    return w.get(DEPLOYMENTS, "web")["spec"]["replicas"]


def told(w):
    return {c["type"]: (c["status"], c["reason"]) for c in w.get(AUTOSCALERS, "web")["status"]["conditions"]}


def test_without_metrics_it_says_so_and_rests(w):
    w.create(AUTOSCALERS, autoscaler())
    w.advance(14)
    assert "conditions" not in w.get(AUTOSCALERS, "web").get("status", {})
    w.advance(1)
    status = w.get(AUTOSCALERS, "web")["status"]
    assert [(c["type"], c["status"], c["reason"]) for c in status["conditions"]] == [
        ("AbleToScale", "True", "SucceededGetScale"), ("ScalingActive", "False", "FailedGetResourceMetric")]
    text = ("failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from "
            "resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)")
    assert status["conditions"][1]["message"] == f"the HPA was unable to compute the replica count: {text}"
    assert status["currentReplicas"] == 2 and status["desiredReplicas"] == 0
    assert status["currentMetrics"] == [{"type": ""}]
    assert w.events("FailedGetResourceMetric") == [text]
    assert w.events("FailedComputeMetricsReplicas") == [
        f"invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: {text}"]
    w.advance(20)
    assert w.manager.next_due() is None


def test_it_follows_usage_up_and_after_a_while_down(w):
    w.create(AUTOSCALERS, autoscaler())
    use(w, "90m")
    w.advance(15)
    assert replicas(w) == 4
    assert w.events("SuccessfulRescale") == [
        "New size: 4; reason: cpu resource utilization (percentage of request) above target"]
    current = w.get(AUTOSCALERS, "web")["status"]["currentMetrics"][0]["resource"]["current"]
    assert current == {"averageUtilization": 90, "averageValue": "90m"}
    w.advance(2)
    use(w, "10m")
    w.advance(200)
    assert replicas(w) == 4 and told(w)["AbleToScale"] == ("True", "ScaleDownStabilized")
    w.advance(200)
    assert replicas(w) == 1
    assert w.events("SuccessfulRescale")[-1] == "New size: 1; reason: All metrics below target"


def test_within_tolerance_nothing_happens(w):
    w.create(AUTOSCALERS, autoscaler())
    use(w, "53m")
    w.advance(40)
    assert replicas(w) == 2 and told(w)["ScalingLimited"] == ("False", "DesiredWithinRange")
    assert told(w)["AbleToScale"] == ("True", "ReadyForNewScale")


def test_bounds(w):
    w.create(AUTOSCALERS, autoscaler(least=3, most=3))
    w.advance(15)
    assert replicas(w) == 3
    assert w.events("SuccessfulRescale") == ["New size: 3; reason: Current number of replicas below Spec.MinReplicas"]
    w.advance(2)
    use(w, "400m")
    w.advance(15)
    assert replicas(w) == 3 and told(w)["ScalingLimited"] == ("True", "TooManyReplicas")


def test_behavior_sets_the_pace(w):
    rules = {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}], "selectPolicy": "Max"}
    w.create(AUTOSCALERS, autoscaler(behavior={"scaleUp": {"stabilizationWindowSeconds": 0, **rules}}))
    use(w, "300m")
    w.advance(15)
    assert replicas(w) == 3 and told(w)["ScalingLimited"] == ("True", "ScaleUpLimit")
    use(w, "300m")
    w.advance(40)
    assert replicas(w) == 3
    w.advance(30)
    assert replicas(w) == 4


def test_a_target_that_is_not_there(w):
    w.delete(DEPLOYMENTS, "web")
    w.create(AUTOSCALERS, autoscaler())
    w.advance(15)
    assert told(w) == {"AbleToScale": ("False", "FailedGetScale")}
    assert w.events("FailedGetScale") == ['deployments.apps "web" not found']


def test_at_zero_replicas_it_rests(w):
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=0))
    w.create(AUTOSCALERS, autoscaler())
    w.advance(16)
    assert replicas(w) == 0 and told(w)["ScalingActive"] == ("False", "ScalingDisabled")


def test_metrics_of_other_pods_only(w):
    w.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": "other", "annotations": {"kubesim.io/usage-cpu": "1"}}, "spec": {"containers": [{"name": "a"}]}})
    w.create(AUTOSCALERS, autoscaler())
    w.advance(15)
    assert w.events("FailedGetResourceMetric") == [
        "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource "
        "metrics API"]


def test_a_containers_usage(w):
    metric = {"type": "ContainerResource", "containerResource": {
        "name": "cpu", "container": "main", "target": {"type": "Utilization", "averageUtilization": 50}}}
    w.create(AUTOSCALERS, autoscaler(metrics=[metric]))
    use(w, "main=100m")
    w.advance(15)
    assert w.events("SuccessfulRescale") == [
        "New size: 4; reason: cpu container resource utilization (percentage of request) above target"]


def test_memory_as_an_amount(w):
    metric = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue",
                                                                           "averageValue": "32Mi"}}}
    w.create(AUTOSCALERS, autoscaler(metrics=[metric]))
    for name in w.names("pods"):
        w.change("pods", name, lambda obj: obj["metadata"].update(annotations={"kubesim.io/usage-memory": "48Mi"}))
    w.advance(15)
    assert replicas(w) == 3
    assert w.get(AUTOSCALERS, "web")["status"]["currentMetrics"][0]["resource"]["current"] == {"averageValue": "48Mi"}


@pytest.mark.parametrize("cpu, wanted", [("90m", 2), ("200m", 4), ("10m", 2)])
def test_a_pod_without_metrics_counts_against_the_change(w, cpu, wanted):
    w.create(AUTOSCALERS, autoscaler())
    w.change("pods", w.names("pods")[0], lambda obj: obj["metadata"].update(annotations={"kubesim.io/usage-cpu": cpu}))
    w.advance(400)
    assert replicas(w) == wanted


def test_a_template_that_says_what_its_pods_use(w):
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"]["template"]["metadata"].update(
        annotations={"kubesim.io/usage-cpu": "100m"}))
    w.advance(5)
    w.create(AUTOSCALERS, autoscaler(most=8))
    w.advance(15)
    assert replicas(w) == 4
    w.advance(60)
    assert replicas(w) == 8 and told(w)["ScalingLimited"] == ("True", "TooManyReplicas")


@pytest.mark.parametrize(("target", "wanted"), [(50, 3), (150, 2)])
def test_a_pod_without_metrics_counts_as_busy_before_fewer_are_asked_for(w, target, wanted):
    """It is taken to use all that it requests, or the target where that is more (100m, of which 150% are 150m)."""
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=4))
    w.advance(20)
    use(w, "10m")
    w.change("pods", w.names("pods")[0], lambda obj: obj["metadata"].update(annotations={}))
    source = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}
    count, status = replicacalculator.replicas(w.api, "default", "app=web", source, 4)
    assert (count, status["averageUtilization"]) == (wanted, 10)


def test_no_replicas_are_not_written(w):
    """`currentReplicas` is omitted when empty, `desiredReplicas` is not (autoscaling/v2 types)."""
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=0))
    w.create(AUTOSCALERS, autoscaler())
    w.advance(16)
    status = w.get(AUTOSCALERS, "web")["status"]
    assert "currentReplicas" not in status
    assert status["desiredReplicas"] == 0
