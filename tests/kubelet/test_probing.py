"""Probes over the network, in the life of a pod."""

from __future__ import annotations

import json

import pytest

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.40"


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet")


def running(w, container):
    w.pod("a", containers=[{"name": "main", **container}])
    while "running" not in status(w).get("state", {}):
        w.advance(0.1)
        assert w.now < 60


def status(w):
    return next(iter(w.get("pods", "a")["status"].get("containerStatuses", ())), {})


def test_a_liveness_probe_by_http(w):
    """The example of the official page: well for ten seconds, then no more."""
    running(w, {"image": AGNHOST, "args": ["liveness"], "livenessProbe": {
        "httpGet": {"path": "/healthz", "port": 8080}, "initialDelaySeconds": 3, "periodSeconds": 3}})
    w.advance(10)
    assert not w.events("Unhealthy")
    w.advance(9)
    assert w.events("Unhealthy") == ["Liveness probe failed: HTTP probe failed with statuscode: 500"]
    assert w.events("Killing") == ["Container main failed liveness probe, will be restarted"]
    w.advance(2)
    assert status(w)["restartCount"] == 1 and status(w)["lastState"]["terminated"]["exitCode"] == 2


@pytest.mark.parametrize(("image", "probe", "ready"), [
    ("nginx", {"httpGet": {"path": "/", "port": 80}}, True), ("nginx", {"tcpSocket": {"port": 80}}, True),
    ("nginx", {"httpGet": {"path": "/no", "port": 80}}, False), ("nginx", {"tcpSocket": {"port": 81}}, False),
    ("example.com/own:1", {"tcpSocket": {"port": 81}}, True)])
def test_readiness_is_what_the_server_answers(w, image, probe, ready):
    running(w, {"image": image, "readinessProbe": probe})
    w.advance(1)
    assert status(w)["ready"] is ready
    assert bool(w.events("Unhealthy")) is not ready


def test_a_probe_that_spins_costs_next_to_nothing(terminal):
    """It is known to be in a loop that does nothing, so that its rounds need not be made."""
    from kubesim_cli.kubelet.runtime.kernel.kernel import Kernel

    worked, rest = [], Kernel.rest

    def counted(kernel, process, steps):
        worked.append(steps)
        rest(kernel, process, steps)

    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{
            "name": "c", "image": "busybox", "command": ["sleep", "infinity"], "readinessProbe": {
                "exec": {"command": ["sh", "-c", "while :; do :; done"]}}}]}}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Kernel, "rest", counted)
        terminal.advance("1m")
    assert worked == []
    assert 'Readiness probe failed: command "sh -c while :; do :; done" timed out' in terminal.ok("kubectl get events")
