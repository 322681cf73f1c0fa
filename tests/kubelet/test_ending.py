"""How containers end that are told to, and their lifecycle hooks."""

from __future__ import annotations

import pytest

TRAP = ["sh", "-c", "trap 'exit 3' TERM; sleep infinity & wait"]
LOOP = ["sh", "-c", "trap 'echo bye; exit 0' TERM; while true; do sleep 2; done"]
SLEEP = ["sleep", "infinity"]


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet")


def box(command=(), name="main", image="busybox", **fields):
    """A container; hooks are `preStop` and `postStart`, a list is a command."""
    hooks = {kind: {"exec": {"command": hook}} if isinstance(hook, list) else hook
             for kind in ("preStop", "postStart") if (hook := fields.pop(kind, None))}
    return {"name": name, "image": image, **({"command": list(command)} if command else {}),
            **({"lifecycle": hooks} if hooks else {}), **fields}


def status(w, name="main"):
    return next(each for kind in ("containerStatuses", "initContainerStatuses")
                for each in w.get("pods", "a")["status"].get(kind, ()) if each["name"] == name)


def started(w, *containers, **spec):
    """Make a pod that is held, and let its containers start."""
    w.pod("a", containers=list(containers), **spec)
    w.change("pods", "a", lambda pod: pod["metadata"].update(finalizers=["example.com/hold"]))
    w.advance(8)
    assert w.get("pods", "a")["status"]["phase"] == "Running"


def going(w):
    return w.get("pods", "a")["metadata"]["deletionGracePeriodSeconds"] != 0


NGINX = {"image": "nginx"}


@pytest.mark.parametrize(("container", "grace", "seconds", "code"), [
    (box(**NGINX), 30, 0.6, 0), (box(SLEEP), 30, 30.6, 137), (box(SLEEP), 3, 3.6, 137), (box(SLEEP), 1, 2.6, 137),
    (box(TRAP), 30, 0.6, 3), (box(["sh"], stdin=True), 5, 5.6, 137),
    (box(["my-server"], image="example.com/own:1"), 30, 0.6, 0),
    (box(**NGINX, preStop={"sleep": {"seconds": 5}}), 30, 5.6, 0),
    (box(**NGINX, preStop=["sleep", "3"]), 30, 3.6, 0), (box(TRAP, preStop=["sh", "-c", "sleep 4"]), 30, 4.6, 3),
    (box(TRAP, preStop=["sleep", "60"]), 10, 10.6, 3), (box(SLEEP, preStop={"sleep": {"seconds": 9}}), 10, 11.6, 137)])
def test_how_long_it_takes(w, container, grace, seconds, code):
    started(w, container, terminationGracePeriodSeconds=grace)
    w.api.delete("pods", "a", "default", grace_period=grace)
    w.advance(seconds - 0.05)
    assert going(w)
    w.advance(0.1)
    assert not going(w)
    ended = status(w)["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (code, "Error" if code else "Completed")
    assert w.get("pods", "a")["status"]["phase"] == ("Failed" if code else "Succeeded")
    assert w.events("Killing") == ["Stopping container main"] and not w.events("FailedPreStopHook")


def test_a_loop_minds_its_signal_between_two_commands(w):
    started(w, box(LOOP))
    w.api.delete("pods", "a", "default")
    w.advance(0.3)
    assert "running" in status(w)["state"]
    w.advance(2.5)
    assert status(w)["state"]["terminated"]["exitCode"] == 0


def test_meanwhile_it_runs_and_is_ready_and_then_it_is_seen_to_have_ended(w):
    started(w, box(**NGINX, preStop={"sleep": {"seconds": 6}}))
    w.api.delete("pods", "a", "default")
    w.advance(5)
    assert w.condition("a", "Ready")["status"] == "True" and "running" in status(w)["state"]
    w.advance(1.4)
    assert going(w) and "terminated" in status(w)["state"] and w.condition("a", "Ready")["status"] == "False"
    w.advance(0.2)
    assert not going(w)


def test_a_hook_that_fails_is_told_of_when_it_does(w):
    started(w, box(TRAP, preStop=["sh", "-c", "sleep 2; exit 1"]))
    w.api.delete("pods", "a", "default")
    w.advance(1.9)
    assert not w.events("FailedPreStopHook")
    w.advance(0.2)
    assert w.events("FailedPreStopHook") == ["PreStopHook failed"]
    w.advance(1)
    assert w.events("FailedPreStopHook") == ["PreStopHook failed"] and not going(w)


@pytest.mark.parametrize("container", [{"image": "nginx"}, {"command": SLEEP}, {"command": TRAP}])
def test_no_kubelet_runs_a_hook_of_a_socket_and_says_so(w, container):
    started(w, box(**container, preStop={"tcpSocket": {"port": 80}}))
    w.api.delete("pods", "a", "default")
    w.advance(0.1)
    assert w.events("FailedPreStopHook") == ["PreStopHook failed"]


def test_a_second_deletion_may_shorten_it(w):
    started(w, box(SLEEP))
    w.api.delete("pods", "a", "default")
    w.advance(5)
    w.api.delete("pods", "a", "default", grace_period=3)
    w.advance(3.5)
    assert going(w)
    w.advance(0.2)
    assert not going(w) and status(w)["state"]["terminated"]["exitCode"] == 137


def test_without_a_grace_period_it_ends_all_the_same_where_a_finalizer_holds_it(w):
    """A Job's pod that kubectl drain --grace-period=0 evicts: the Job lets go of it when it has ended."""
    started(w, box(SLEEP))
    w.api.delete("pods", "a", "default", grace_period=0)
    w.advance(2.7)
    assert status(w)["state"]["terminated"]["exitCode"] == 137 and w.get("pods", "a")["status"]["phase"] == "Failed"
    w.advance(60)
    assert w.events("Killing") == ["Stopping container main"] and not going(w)


def test_containers_end_each_in_its_time_and_sidecars_last(w):
    started(w, box(TRAP, preStop={"sleep": {"seconds": 4}}), box(TRAP, "other"),
            initContainers=[box(TRAP, "side", restartPolicy="Always")])
    w.api.delete("pods", "a", "default")
    w.advance(1)
    assert ["terminated" in status(w, name)["state"] for name in ("main", "other", "side")] == [False, True, False]
    w.advance(3.1)
    assert not going(w) or "running" in status(w, "main")["state"]
    w.advance(0.9)
    assert not going(w) and status(w, "side")["state"]["terminated"]["exitCode"] == 3


# Probes that kill

FAILING = {"exec": {"command": ["cat", "/tmp/ok"]}, "periodSeconds": 5, "failureThreshold": 2}


def test_failures_are_told_when_they_happen_and_the_container_has_its_grace_period(w):
    w.pod("a", containers=[box(SLEEP, livenessProbe={**FAILING, "terminationGracePeriodSeconds": 7})])
    w.advance(1.2)
    while "running" not in status(w)["state"]:
        w.advance(0.1)
    missing = "Liveness probe failed: cat: can't open '/tmp/ok': No such file or directory\n"
    w.advance(5.5)
    assert w.events("Unhealthy") == [missing] and not w.events("Killing")
    w.advance(5)
    assert w.events("Killing") == ["Container main failed liveness probe, will be restarted"]
    assert [e["count"] for e in w.api.items("events") if e["reason"] == "Unhealthy"] == [2]
    w.advance(6)
    assert status(w)["restartCount"] == 0
    w.advance(3)
    assert status(w)["restartCount"] == 1 and status(w)["lastState"]["terminated"]["exitCode"] == 137


def test_each_readiness_probe_that_fails_is_told(w):
    w.pod("a", containers=[box(SLEEP, readinessProbe=FAILING)])
    w.advance(1.2)
    while "running" not in status(w)["state"]:
        w.advance(0.1)
    for seconds, count in ((0, 1), (4.5, 1), (1, 2), (5, 3), (50, 13)):
        w.advance(seconds)
        assert [e["count"] for e in w.api.items("events") if e["reason"] == "Unhealthy"] == [count]


# postStart

def test_a_container_runs_when_its_hook_is_done(w):
    w.pod("a", containers=[box(SLEEP, postStart=["sh", "-c", "echo hi > /hi; sleep 3"],
                               readinessProbe={"exec": {"command": ["cat", "/hi"]}})])
    w.advance(1.2)
    while not w.events("Started"):
        w.advance(0.1)
    w.advance(2.9)
    assert status(w)["state"] == {"waiting": {"reason": "ContainerCreating"}}
    w.advance(0.2)
    assert "running" in status(w)["state"] and w.condition("a", "Ready")["status"] == "True"


def test_one_whose_hook_fails_is_killed_and_restarted(w):
    w.pod("a", containers=[box(TRAP, postStart=["false"])])
    w.advance(7)
    assert w.events("FailedPostStartHook") == ["PostStartHook failed"]
    assert w.events("Killing") == ["FailedPostStartHook"]
    last = status(w)["lastState"]["terminated"]
    assert last["exitCode"] == 3 and status(w)["restartCount"] == 1


@pytest.mark.parametrize(("port", "shown"), [(80, "{0 80 }"), ("web", "{1 0 web}")])
def test_nor_one_after_the_start(w, port, shown):
    w.pod("a", containers=[box(image="nginx", postStart={"tcpSocket": {"port": port}})])
    for _ in range(80):
        w.advance(0.1)
        there = w.get("pods", "a")["status"].get("containerStatuses") or [{"state": {}}]
        waiting = there[0]["state"].get("waiting") or {}
        if waiting.get("reason") == "PostStartHookError":
            break
    assert waiting["message"] == ("Cannot run handler: invalid handler: &LifecycleHandler{Exec:nil,HTTPGet:nil,"
                                  f"TCPSocket:&TCPSocketAction{{Port:{shown},Host:,}},Sleep:nil,}}")
    assert w.events("FailedPostStartHook") == ["PostStartHook failed"]


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: c, image: busybox, command: [sleep, infinity]}]}
"""
CONDITIONS = ("kubectl get endpointslices -o jsonpath="
              "'{range .items[?(@.addressType==\"IPv4\")]}{.endpoints[*].conditions}{end}'")


def test_its_endpoint_is_terminating_and_serves_and_delete_waits(terminal):
    terminal.ok("kubectl apply -f -", SERVICE)
    terminal.advance("20s")
    terminal.ok("kubectl delete pod web --wait=false")
    terminal.advance("10s")
    shown = terminal.ok(CONDITIONS)
    assert '{"ready":false,"serving":true,"terminating":true}' in shown
    assert "Terminating" in terminal.ok("kubectl get pod web")
    before = terminal.ok("kubectl sim clock")
    terminal.ok("kubectl delete pod web")
    assert terminal.ok("kubectl get pods -o name") == "" and terminal.ok("kubectl sim clock") != before
