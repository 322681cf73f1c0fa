"""What a kubelet remembers of a pod from one command to the next."""

from __future__ import annotations

from kubesim_cli.kubelet.memory import Memory
from kubesim_cli.machinery import timestamps

STAMP = "2024-01-01T00:00:07Z"
SECOND = timestamps.parse(STAMP)


def test_an_instant_keeps_its_fraction_of_a_second():
    memory = Memory("u1", {})
    assert memory.instant("main startedAt", STAMP, SECOND + 0.25) == SECOND + 0.25
    later = Memory("u1", memory.note())
    assert later.instant("main startedAt", STAMP, SECOND + 0.75) == SECOND + 0.25
    assert later.knows("main startedAt", STAMP)


def test_what_nobody_noticed_began_with_its_second():
    assert Memory("u1", {}).instant("begin", STAMP, SECOND + 30) == SECOND


def test_another_beginning_is_another_instant():
    memory = Memory("u1", {"uid": "u1", "instants": {"main startedAt": SECOND - 30.5}})
    assert not memory.knows("main startedAt", STAMP)
    assert memory.instant("main startedAt", STAMP, SECOND + 0.5) == SECOND + 0.5


def test_a_pod_of_the_same_name_is_another_one():
    note = {"uid": "u1", "instants": {"begin": SECOND}, "backOffs": {"main": 40.0}}
    assert Memory("u1", note).note() == note
    assert Memory("u2", note).note() == {"uid": "u2"}


def test_the_message_of_a_back_off_is_for_people_only(node_world):
    """Whoever rewrites it changes nothing: the pod is restarted when it would have been."""
    w = node_world("scheduler", "kubelet")
    w.pod("a", containers=[{"name": "main", "image": "busybox", "command": ["sh", "-c", "exit 1"]}])
    w.advance(8)
    status = w.get("pods", "a")["status"]["containerStatuses"][0]
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff" and status["restartCount"] == 1
    due = w.store.timers.get("kubelet", "default/a")[0]

    def rewrite(pod):
        pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"] = "back-off 5m0s restarting"
        pod["spec"]["activeDeadlineSeconds"] = 3600

    w.change("pods", "a", rewrite)
    w.advance()
    assert w.store.timers.get("kubelet", "default/a")[0] == due
    w.advance(due - w.server.now)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["restartCount"] == 2
