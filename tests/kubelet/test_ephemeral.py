"""Ephemeral containers on their node: started once, never restarted, gone with their pod."""

from __future__ import annotations

import pytest


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet")


def add(w, name, image="busybox", **fields):
    """Add an ephemeral container to the pod `a`, a shell that waits for its input unless `fields` say otherwise."""
    container = {"name": name, "image": image, **(fields or {"stdin": True})}
    w.change("pods", "a", lambda pod: pod["spec"].setdefault("ephemeralContainers", []).append(container))
    w.advance()


def statuses(w):
    return w.get("pods", "a")["status"]["ephemeralContainerStatuses"]


def state(w, name="debug"):
    """(state, its reason or None) of an ephemeral container."""
    kind, details = next(iter(next(each for each in statuses(w) if each["name"] == name)["state"].items()))
    return kind, details.get("reason")


def test_its_status_has_no_probes_and_its_events_tell_the_field(w):
    w.pod("a")
    w.advance(2)
    add(w, "debug")
    add(w, "before")
    assert [each["name"] for each in statuses(w)] == ["before", "debug"]
    status = statuses(w)[1]
    assert state(w) == ("running", None)
    assert (status["ready"], status["restartCount"], "started" in status) == (False, 0, False)
    assert (status["image"], status["containerID"][:9]) == ("busybox:latest", "docker://")
    assert w.condition("a", "Ready")["status"] == "True"
    paths = {event["involvedObject"]["fieldPath"] for event in w.api.items("events")
             if event["source"].get("component") == "kubelet"}
    assert paths == {"spec.containers{main}", "spec.ephemeralContainers{before}", "spec.ephemeralContainers{debug}"}


def test_what_ends_stays_ended(w):
    w.pod("a")
    w.advance(2)
    add(w, "debug", command=["sh", "-c", "sleep 3; exit 4"])
    assert state(w) == ("running", None)
    w.advance(1000)
    ended = statuses(w)[0]
    assert ended["state"]["terminated"]["exitCode"] == 4 and ended["restartCount"] == 0 and not ended["ready"]
    assert w.get("pods", "a")["status"]["phase"] == "Running" and "started" not in ended


def test_it_starts_beside_init_containers_that_go_on(w):
    w.pod("a", initContainers=[{"name": "i", "image": "busybox", "command": ["sleep", "100"]}])
    add(w, "debug")
    assert state(w) == ("waiting", "PodInitializing")
    w.advance(2)
    assert state(w) == ("running", None) and w.get("pods", "a")["status"]["phase"] == "Pending"
    w.advance(100)
    assert w.get("pods", "a")["status"]["phase"] == "Running"


def test_it_is_pulled_with_back_offs_of_its_own(w):
    w.pod("a")
    w.advance(1000)
    add(w, "debug", "nginx:doesnotexist", stdin=True)
    assert state(w) == ("waiting", "ErrImagePull")
    w.advance(1.6)
    assert state(w) == ("waiting", "ImagePullBackOff")
    before = len(w.events("Pulling"))
    w.advance(9)
    assert len(w.events("Pulling")) == before and w.store.timers
    w.advance(1000)
    told = [event for event in w.api.items("events") if event["reason"] == "Pulling" and "nginx:d" in event["message"]]
    assert [event["count"] for event in told] == [7]
    assert w.get("pods", "a")["status"]["phase"] == "Running" and w.condition("a", "Ready")["status"] == "True"


def test_it_waits_for_its_configuration(w):
    w.pod("a")
    w.advance(2)
    add(w, "debug", stdin=True, envFrom=[{"configMapRef": {"name": "late"}}])
    assert state(w) == ("waiting", "CreateContainerConfigError")
    w.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late"}, "data": {"A": "b"}})
    w.advance(0)
    assert state(w) == ("running", None)


def test_it_ends_when_all_else_has_ended(w):
    w.pod("a", restartPolicy="Never", containers=[{"name": "main", "image": "busybox", "command": ["sleep", "10"]}])
    w.advance(2)
    add(w, "debug")
    w.advance(20)
    assert w.get("pods", "a")["status"]["phase"] == "Succeeded"
    assert statuses(w)[0]["state"]["terminated"]["exitCode"] == 137
    add(w, "late")
    assert [each["name"] for each in statuses(w)] == ["debug"]


@pytest.mark.parametrize("finalizers", [[], ["example.com/wait"]])
def test_it_ends_with_its_pod(w, finalizers):
    w.pod("a")
    w.advance(2)
    add(w, "debug")
    w.change("pods", "a", lambda pod: pod["metadata"].update(finalizers=finalizers))
    w.api.delete("pods", "a", "default")
    w.advance(31)  # a shell as process 1 does not mind its signal
    assert sorted(w.events("Killing")) == ["Stopping container debug", "Stopping container main"]
    if finalizers:
        assert state(w) == ("terminated", "Error")
    else:
        assert w.get("pods", "a") is None


def test_it_ends_at_the_pods_deadline(w):
    w.pod("a", activeDeadlineSeconds=10)
    w.advance(2)
    add(w, "debug")
    w.advance(10)
    assert w.get("pods", "a")["status"]["reason"] == "DeadlineExceeded" and state(w) == ("terminated", "Error")
