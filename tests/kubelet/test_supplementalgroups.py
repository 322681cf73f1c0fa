"""supplementalGroupsPolicy: which nodes can be Strict, and what they tell of a container's user."""

import json

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  securityContext: {runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000], supplementalGroupsPolicy: %s}
  containers: [{name: c, image: busybox, command: [sleep, 1h]}]
"""


def run(terminal, policy):
    terminal.ok("kubectl sim clock freeze")
    terminal.ok("kubectl apply -f -", POD % policy)
    terminal.advance("30s")
    return json.loads(terminal.ok("kubectl get pod a -o json"))["status"]


def features(terminal):
    return json.loads(terminal.ok("kubectl get nodes -o json"))["items"][0]["status"].get("features")


@pytest.mark.parametrize(("release", "policy", "phase"), [
    ("1.33", "Strict", "Failed"), ("1.33", "Merge", "Running"), ("1.32", "Strict", "Running")])
def test_docker_is_not_strict(terminal, release, policy, phase):
    terminal.ok(f"kubectl sim reset --kubernetes-version {release}")
    status = run(terminal, policy)
    assert status["phase"] == phase and features(terminal) is None
    if phase == "Failed":
        assert (status["reason"], status["message"]) == (
            "SupplementalGroupsPolicyNotSupported",
            "Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node")
    else:
        assert "user" not in status["containerStatuses"][0]


@pytest.mark.parametrize(("image", "told"), [("v1.33.1", True), ("v1.31.0", False)])
def test_containerd_tells_who_a_container_is(terminal, image, told):
    terminal.ok(f"kubectl sim kind create cluster --image kindest/node:{image}")
    status = run(terminal, "Strict")
    assert (status["phase"], features(terminal)) == ("Running", {"supplementalGroupsPolicy": True} if told else None)
    assert status["containerStatuses"][0].get("user") == (
        {"linux": {"uid": 1000, "gid": 3000, "supplementalGroups": [3000, 4000]}} if told else None)
