"""What containers use of CPU: their load shows in `top` and moves autoscalers."""

import json

import pytest

METRICS_SERVER = """
apiVersion: v1
kind: Pod
metadata: {name: metrics-server, namespace: kube-system, labels: {k8s-app: metrics-server}}
spec:
  containers: [{name: metrics-server, image: registry.k8s.io/metrics-server/metrics-server:v0.7.2}]
"""
LOOP = "while sleep 0.1; do wget -q -O- http://web; done"


@pytest.fixture
def newest(newest):
    newest.ok("kubectl apply -f -", METRICS_SERVER)
    return newest


def serve(terminal, limit="500m"):
    container = {"name": "web", "image": "registry.k8s.io/hpa-example",
                 "resources": {"requests": {"cpu": "50m"}, "limits": {"cpu": limit}}}
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}}}))
    terminal.ok("kubectl expose deployment web --port=80")
    terminal.advance("40s")


def load(terminal, namespace="default"):
    loop = LOOP.replace("web", "web.default")
    terminal.ok(f"kubectl run load -n {namespace} --image=busybox --restart=Never -- sh -c '{loop}'")


def cpu(terminal, name="-l app=web"):
    return int(terminal.ok(f"kubectl top pod {name} --no-headers").split()[1].removesuffix("m"))


def test_what_is_asked_of_a_server_costs_cpu(newest):
    serve(newest)
    assert cpu(newest) == 1
    load(newest)
    newest.advance("40s")
    assert 130 < cpu(newest) < 145  # 16 ms of each 116, as the answer takes that long
    assert int(newest.ok("kubectl top node --no-headers").split()[1].removesuffix("m")) > 130
    newest.ok("kubectl delete pod load --now")
    newest.advance("31s")
    assert cpu(newest) == 1


def test_no_more_than_the_limit(newest):
    serve(newest, "100m")
    load(newest)
    newest.advance("40s")
    assert cpu(newest) == 100


def test_an_answer_takes_as_long_as_its_work(newest):
    serve(newest)
    newest.ok("kubectl run box --image=curlimages/curl --command -- sleep 3600")
    newest.advance("10s")
    took = newest.ok("kubectl exec box -- curl -s -o /dev/null -w '%{time_total}' http://web")
    assert 0.016 <= float(took) < 0.03


@pytest.mark.parametrize("namespace", ["default", "other"])
def test_an_autoscaler_follows_the_load_wherever_it_comes_from(newest, namespace):
    serve(newest)
    newest.ok("kubectl create namespace other")
    newest.ok("kubectl autoscale deployment web --cpu=50% --min=1 --max=10")
    newest.advance("30s")
    load(newest, namespace)
    seen = []
    for _ in range(8):
        newest.advance("15s")
        seen.append(newest.ok("kubectl get hpa web --no-headers").split())
    assert int(seen[-1][6]) == 6 and [int(each[6]) for each in seen] == sorted(int(each[6]) for each in seen)
    scaled = [event for event in json.loads(newest.ok("kubectl get events -o json"))["items"]
              if event["reason"] == "SuccessfulRescale"]
    times = sorted(event["lastTimestamp"] for event in scaled)
    assert len(set(times)) == len(times) == sum(event.get("count", 1) for event in scaled)
    newest.ok(f"kubectl delete pod load -n {namespace} --now")
    newest.advance("6m")
    newest.advance("1m")
    assert newest.ok("kubectl get hpa web --no-headers").split()[2:7] == ["cpu:", "2%/50%", "1", "10", "1"]
    told = {each["type"]: each["reason"] for each in json.loads(
        newest.ok("kubectl get hpa web -o json"))["status"]["conditions"]}
    assert told == {"AbleToScale": "ReadyForNewScale", "ScalingActive": "ValidMetricFound",
                    "ScalingLimited": "DesiredWithinRange"}


def test_the_same_seed_gives_the_same_bytes(newest):
    found = []
    for _ in range(2):
        newest.ok("kubectl sim reset --seed test")
        newest.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
        newest.ok("kubectl apply -f -", METRICS_SERVER)
        serve(newest)
        newest.ok("kubectl autoscale deployment web --cpu=50% --min=1 --max=4")
        load(newest)
        newest.advance("1m")
        found.append([newest.ok("kubectl top pod"), newest.ok("kubectl get hpa,pods -o yaml"),
                      newest.ok("kubectl logs -l app=web --tail=3")])
    assert found[0] == found[1]


def test_stress_uses_what_it_is_told_to(newest):
    newest.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "cpu"}, "spec": {"containers": [
            {"name": "cpu", "image": "vish/stress", "args": ["-cpus", "2"], "resources": {"limits": {"cpu": "1"}}}]}}))
    newest.ok("kubectl run memory --image=polinux/stress --command -- stress --vm 1 --vm-bytes 150M")
    newest.advance("30s")
    assert cpu(newest, "cpu") == 1000
    used = newest.ok("kubectl top pod memory --no-headers").split()[2]
    assert 150 < int(used.removesuffix("Mi")) < 165
