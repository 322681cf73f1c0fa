"""What exec probes and hooks leave behind: once, in order, seen by all, whether somebody has touched the container or
it is played again."""

from __future__ import annotations

import json

import pytest

SHARED = {"volumes": [{"name": "v", "emptyDir": {}}]}
MOUNT = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
FOLLOW = {"name": "d", "command": ["sh", "-c", "touch /v/log; tail -f /v/log"], **MOUNT}


def sh(script):
    return {"exec": {"command": ["sh", "-c", script]}}


@pytest.fixture
def make(terminal):
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")

    def make(*containers, **spec):
        terminal.ok("kubectl apply -f -", json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
                "terminationGracePeriodSeconds": 10, **spec,
                "containers": [{"name": "c", "image": "busybox", **each} for each in containers]}}))

    return make


def restarts(terminal):
    return terminal.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].restartCount}")


@pytest.mark.parametrize("touched", [False, True])
def test_what_a_probe_writes_is_there_once_and_in_order(terminal, make, touched):
    make({"command": ["sleep", "infinity"], "livenessProbe": {**sh("date +%s >> /v/log"), "periodSeconds": 5}, **MOUNT},
         FOLLOW, **SHARED)
    terminal.advance("3s")
    if touched:
        terminal.ok("kubectl exec a -c d -- true")
    terminal.advance("20s")
    told = [int(each) for each in terminal.ok("kubectl logs a -c d").split()]
    assert len(told) == 4 and [each - told[0] for each in told] == [0, 5, 10, 15]
    assert terminal.ok("kubectl logs a -c d") == terminal.ok("kubectl exec a -c c -- cat /v/log")
    terminal.advance("10s")
    assert [int(each) for each in terminal.ok("kubectl exec a -c c -- cat /v/log").split()] == [
        *told, told[-1] + 5, told[-1] + 10]


@pytest.mark.parametrize("touched", [False, True])
def test_the_main_program_sees_it(terminal, make, touched):
    """It takes away what the probe has put there, and finds what the hook has put there first."""
    make({"command": ["sh", "-c", "while sleep 1; do [ -f /p ] && cat /p && rm /p; done"],
          "lifecycle": {"postStart": sh("echo hook >> /p")},
          "readinessProbe": {**sh("echo probe >> /p"), "periodSeconds": 5}})
    terminal.advance("4s")
    if touched:
        terminal.ok("kubectl exec a -- true")
    terminal.advance("15s")
    assert terminal.ok("kubectl logs a").splitlines()[:4] == ["hook", "probe", "probe", "probe"]


@pytest.mark.parametrize("touched", [False, True])
def test_a_probe_that_counts_fails_when_it_has_counted(terminal, make, touched):
    make({"command": ["sleep", "infinity"], "livenessProbe": {
        **sh("echo x >> /tmp/n; [ $(wc -l < /tmp/n) -lt 4 ]"), "periodSeconds": 5, "failureThreshold": 1}})
    terminal.advance("3s")
    if touched:
        terminal.ok("kubectl exec a -- true")
    terminal.advance("17s")
    assert terminal.ok("kubectl exec a -- wc -l /tmp/n") == "3 /tmp/n\n" and restarts(terminal) == "0"
    terminal.advance("15s")  # the fourth fails, and sleep heeds no signal
    assert restarts(terminal) == "1"
    assert terminal("kubectl exec a -- cat /tmp/n").code == 1


@pytest.mark.parametrize("touched", [False, True])
def test_what_is_said_at_the_end_is_in_the_log_before(terminal, make, touched):
    trap = "trap 'echo bye; echo bye >> /v/log; exit 3' TERM; echo start; while :; do sleep 1; done"
    make({"command": ["sh", "-c", trap], **MOUNT,
          "lifecycle": {"preStop": sh("echo pre >> /v/log; echo pre > /proc/1/fd/1; sleep 2")},
          "livenessProbe": {"exec": {"command": ["cat", "/nope"]}, "periodSeconds": 5, "failureThreshold": 1}},
         FOLLOW, **SHARED)
    terminal.advance("3s")
    if touched:
        terminal.ok("kubectl exec a -c d -- true")
    terminal.advance("9s")
    assert restarts(terminal) == "1"
    assert terminal.ok("kubectl logs a -c c -p") == "start\npre\nbye\n"
    assert terminal.ok("kubectl logs a -c c") == "start\n"
    assert terminal.ok("kubectl logs a -c d") == "pre\nbye\n"


def test_liveness_waits_for_the_startup_probe(terminal, make):
    make({"command": ["sh", "-c", "sleep 62; touch /ready; sleep 9999"],
          "startupProbe": {**sh("cat /ready"), "failureThreshold": 30}, "livenessProbe": sh("cat /ready"),
          "readinessProbe": sh("echo x >> /n")})
    terminal.advance("60s")
    assert restarts(terminal) == "0" and "0/1" in terminal.ok("kubectl get pod a")
    assert terminal("kubectl exec a -- cat /n").code == 1  # nor is it asked whether it is ready
    terminal.advance("15s")
    assert "1/1" in terminal.ok("kubectl get pod a") and terminal.ok("kubectl exec a -- cat /n") == "x\n"


def test_a_probe_that_takes_too_long_is_killed(terminal, make):
    make({"command": ["sleep", "infinity"], "readinessProbe": {**sh("echo $$ >> /n; sleep 5; touch /late"),
                                                             "periodSeconds": 10, "timeoutSeconds": 2}})
    terminal.advance("25s")
    assert "timed out" in terminal.ok("kubectl describe pod a")
    assert terminal("kubectl exec a -- cat /late").code == 1
    assert len(terminal.ok("kubectl exec a -- cat /n").split()) == 3
    assert terminal.ok("kubectl exec a -- ps").count("sh -c") == 0


def test_others_see_what_a_hook_of_a_pod_in_deletion_writes(terminal, make):
    make({"command": ["sleep", "infinity"], "lifecycle": {"preStop": sh("echo pre >> /v/log; sleep 3")}, **MOUNT},
         FOLLOW, **SHARED)
    terminal.advance("5s")
    terminal.ok("kubectl delete pod a --wait=false")
    terminal.advance("2s")
    assert terminal.ok("kubectl logs a -c d") == "pre\n"


def test_a_probe_that_writes_is_made_as_long_as_its_container_runs(terminal):
    terminal.ok("kubectl apply -f -", """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: busybox
    command: [sh, -c, "sleep 300; touch /tmp/ready; sleep 100000"]
    readinessProbe: {exec: {command: [sh, -c, "date > /tmp/log; test -e /tmp/ready"]}, periodSeconds: 5}
""")
    terminal.advance("10s")
    terminal.ok("kubectl exec p -- true")
    terminal.advance("4m")
    assert terminal.ok("kubectl get pod p --no-headers").split()[1] == "0/1"
    terminal.advance("2m")
    assert terminal.ok("kubectl get pod p --no-headers").split()[1] == "1/1"


@pytest.mark.parametrize("touched", [False, True])
def test_the_request_of_a_hook_is_in_the_log_of_who_serves(terminal, make, touched):
    make({"image": "nginx", "lifecycle": {"preStop": {"httpGet": {"path": "/bye", "port": 80}}}},
         {"name": "d", "command": ["sleep", "infinity"]})
    terminal.advance("5s")
    if touched:
        terminal.ok("kubectl exec a -c c -- true")
    terminal.ok("kubectl delete pod a --wait=false")
    terminal.advance("3s")
    log = terminal.ok("kubectl logs a -c c")
    assert log.count('"GET /bye HTTP/1.1" 404') == 1 and '"kube-probe/' in log


@pytest.mark.parametrize("script", ["while true; do echo a; done", "yes a"])
def test_the_log_of_who_says_more_than_is_played_has_lines(terminal, make, script):
    """Its end by that is none of the container's life."""
    make({"command": ["sh", "-c", script]})
    terminal.advance("1h")
    assert terminal.ok("kubectl logs a --tail=2") == "a\na\n"
    assert restarts(terminal) == "0"


@pytest.mark.parametrize("script", ["sleep 2.5; echo bye", "sleep 0.001; sleep 5; echo bye"])
def test_the_last_line_of_who_ends_within_a_second_is_told(terminal, make, script):
    """A status tells its end in whole seconds."""
    make({"command": ["sh", "-c", script]}, restartPolicy="Never")
    terminal.advance("1m")
    assert terminal.ok("kubectl logs a") == "bye\n"


def test_what_nobody_lived_to_say_is_not_told(terminal, make):
    make({"command": ["sh", "-c", "sleep 0.5; while :; do echo $((n += 1)); sleep 5; done"]}, restartPolicy="Never",
         activeDeadlineSeconds=20)
    terminal.advance("1m")
    ended = terminal.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].state.terminated.finishedAt}")
    began = terminal.ok("kubectl get pod a -o jsonpath={.status.containerStatuses[0].state.terminated.startedAt}")
    lived = int(ended[17:19]) - int(began[17:19])
    assert terminal.ok("kubectl logs a") == "".join(f"{n + 1}\n" for n in range((lived + 4) // 5))
