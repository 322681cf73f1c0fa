from __future__ import annotations

import pytest


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet")


def box(command, name="main", image="busybox", **fields):
    return {"name": name, "image": image, "command": command, **fields}


def script(text, **fields):
    return box(["sh", "-c", text], **fields)


def state(w, pod="a", container=None):
    """(state, its reason, restarts) of a container."""
    status = w.get("pods", pod)["status"]
    every = status.get("initContainerStatuses", []) + status.get("containerStatuses", [])
    found = next(each for each in every if container in (None, each["name"]))
    kind, details = next(iter(found["state"].items()))
    return kind, details.get("reason"), found["restartCount"]


def phase(w, pod="a"):
    return w.get("pods", pod)["status"]["phase"]


def ready(w, pod="a"):
    return w.condition(pod, "Ready")["status"] == "True"


def test_a_pod_comes_and_goes(w):
    w.pod("a")
    w.advance()
    assert state(w) == ("waiting", "ContainerCreating", 0) and phase(w) == "Pending"
    assert w.condition("a", "Ready")["message"] == "containers with unready status: [main]"
    w.advance(1.19)
    assert phase(w) == "Pending"
    w.advance(0.02)
    status = w.get("pods", "a")["status"]
    assert status["phase"] == "Running" and ready(w)
    assert status["podIP"] == "10.244.0.2" and status["hostIP"] == "192.168.49.2"
    assert [c["type"] for c in status["conditions"]] == [
        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    container = status["containerStatuses"][0]
    assert container["image"] == "nginx:latest" and container["imageID"].startswith("docker-pullable://nginx@sha256:")
    assert container["containerID"].startswith("docker://") and container["started"] is True
    w.api.delete("pods", "a", "default")
    w.advance(0.59)
    assert w.get("pods", "a") is not None
    w.advance(0.02)
    assert w.get("pods", "a") is None
    assert ("Killing", "Stopping container main") in w.events()
    assert not w.store.timers


@pytest.mark.parametrize(("release", "created", "started", "pulled"), [
    ((1, 28), "Created container main", "Started container main", " in 900ms (900ms including waiting)"),
    ((1, 33), "Created container: main", "Started container main", "Image size:"),
    ((1, 36), "Container created", "Container started", "Image size:")])
def test_events_are_worded_as_the_release_does(node_world, release, created, started, pulled):
    w = node_world("scheduler", "kubelet", release=release)
    w.pod("a")
    w.advance(2)
    told = dict(w.events())
    assert told["Created"] == created and told["Started"] == started and told["Pulling"] == 'Pulling image "nginx"'
    assert told["Pulled"].startswith('Successfully pulled image "nginx" in 900ms (') and pulled in told["Pulled"]
    w.pod("b")
    w.advance(2)
    assert any(m.startswith('Container image "nginx" already present on machine') for m in w.events("Pulled", "b"))


def test_each_address_has_its_turn(w):
    """What a pod gives back is not what the next one gets, so that who reads along sees that addresses change."""
    for name in "abc":
        w.pod(name)
    w.advance(2)
    assert [w.get("pods", name)["status"]["podIP"] for name in "abc"] == ["10.244.0.2", "10.244.0.3", "10.244.0.4"]
    w.api.delete("pods", "b", "default")
    w.advance(1)
    w.pod("d")
    w.pod("e", hostNetwork=True)
    w.advance(2)
    assert w.get("pods", "d")["status"]["podIP"] == "10.244.0.5"
    assert w.get("pods", "e")["status"]["podIP"] == "192.168.49.2"


@pytest.mark.parametrize(("command", "policy", "outcome"), [
    (["true"], "Never", "Succeeded"), (["false"], "Never", "Failed"),
    (["sh", "-c", "exit 0"], "OnFailure", "Succeeded"),
    (["seq", "3"], "Never", "Succeeded"),
    (["sh", "-c", "exit 1"], "OnFailure", "Running"), (["echo", "hi"], "Always", "Running"),
    (["my-server"], "Never", "Failed")])
def test_restart_policy(w, command, policy, outcome):
    w.pod("a", containers=[box(command)], restartPolicy=policy)
    w.advance(5)
    assert phase(w) == outcome


def test_sleeping_takes_its_time(w):
    w.pod("a", containers=[box(["sleep", "5"])], restartPolicy="Never")
    w.advance(6.1)
    assert phase(w) == "Running"
    w.advance(0.2)
    assert phase(w) == "Succeeded" and w.condition("a", "Ready")["reason"] == "PodCompleted"
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"


def test_a_jobs_pod_completes_after_a_second(w):
    owner = [{"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "j", "controller": True}]
    w.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "ownerReferences": owner},
                      "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example.com/pg:1",
                                                                        "command": ["pg_dumpall"]}]},
                      "status": {"phase": "Pending"}})
    w.advance(2.1)
    assert phase(w) == "Running"
    w.advance(0.2)
    assert phase(w) == "Succeeded"


def test_crash_loop_back_off(w):
    w.pod("a", containers=[script("exit 1")])
    seen = []
    for _ in range(90):
        w.advance(1)
        if not seen or seen[-1][1:] != state(w):
            seen.append((round(w.now), *state(w)))
    assert [each[1:] for each in seen[:8]] == [
        ("waiting", "ContainerCreating", 0), ("running", None, 0), ("terminated", "Error", 0),
        ("running", None, 1), ("terminated", "Error", 1), ("waiting", "CrashLoopBackOff", 1),
        ("running", None, 2), ("terminated", "Error", 2)]
    starts = [at for at, kind, _, _ in seen if kind == "running"]
    assert [starts[i + 1] - starts[i] for i in (1, 2, 3)] == [10, 21, 41]
    waiting = w.get("pods", "a")["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["message"].startswith("back-off 1m20s restarting failed container=main pod=a_default(")
    assert w.events("BackOff")[0].startswith("Back-off restarting failed container main in pod a_default(")


def test_a_long_crash_loop_costs_little_and_counts_on(w):
    w.pod("a", containers=[script("exit 1")])
    w.advance(3600)
    before, revision = state(w)[2], w.store.revision
    w.advance(30 * 86400)
    assert w.store.revision - revision < 200
    assert 8500 < state(w)[2] - before < 8650


def test_back_off_starts_anew_after_a_long_run(w):
    w.pod("a", containers=[script("sleep 700; exit 1")])
    w.advance(1.2 + 700 + 1 + 0.2)
    assert state(w) == ("running", None, 1)
    w.advance(701.2)
    assert state(w) == ("running", None, 2)


def test_images_that_do_not_exist(w):
    w.pod("a", containers=[{"name": "main", "image": "nginx:doesnotexist"}])
    w.advance(1.3)
    assert state(w) == ("waiting", "ErrImagePull", 0)
    w.advance(1.5)
    assert state(w) == ("waiting", "ImagePullBackOff", 0)
    assert "podIP" not in w.get("pods", "a")["status"] and phase(w) == "Pending"
    error = "Error response from daemon: manifest for nginx:doesnotexist not found: manifest unknown: manifest unknown"
    assert w.events("Failed") == [
        f'Failed to pull image "nginx:doesnotexist": {error}', "Error: ErrImagePull", "Error: ImagePullBackOff"]
    w.advance(3600)
    pulls = next(e for e in w.api.items("events") if e["reason"] == "Pulling")
    assert pulls["count"] == 7 and not w.store.timers
    w.change("pods", "a", lambda pod: pod["spec"]["containers"][0].update(image="nginx:1.27"))
    w.advance()
    assert phase(w) == "Running"


@pytest.mark.parametrize(("image", "policy", "reason"), [
    ("Nginx", "Always", "InvalidImageName"), ("nginx:1", "Never", "ErrImageNeverPull")])
def test_images_that_are_refused(w, image, policy, reason):
    w.pod("a", containers=[{"name": "main", "image": image, "imagePullPolicy": policy}])
    w.advance(2)
    assert state(w) == ("waiting", reason, 0) and f"Error: {reason}" in w.events("Failed")


def config(w, name, data, kind="ConfigMap"):
    return w.create(f"{kind.lower()}s", {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "data": data})


def test_missing_environment(w):
    ref = {"name": "KEY", "valueFrom": {"configMapKeyRef": {"name": "cfg", "key": "k"}}}
    w.pod("a", containers=[{"name": "main", "image": "nginx", "env": [ref]}])
    w.advance(2)
    assert state(w) == ("waiting", "CreateContainerConfigError", 0)
    assert 'Error: configmap "cfg" not found' in w.events("Failed")
    config(w, "cfg", {"other": "x"})
    w.advance()
    assert "Error: couldn't find key k in ConfigMap default/cfg" in w.events("Failed")
    w.change("configmaps", "cfg", lambda obj: obj["data"].update(k="v"))
    w.advance()
    assert phase(w) == "Running"


def test_missing_volumes(w):
    volume = {"name": "conf", "secret": {"secretName": "s"}}
    w.pod("a", volumes=[volume, {"name": "o", "configMap": {"name": "none", "optional": True}}])
    w.advance(3)
    assert state(w) == ("waiting", "ContainerCreating", 0)
    assert w.events("FailedMount") == ['MountVolume.SetUp failed for volume "conf" : secret "s" not found']
    w.advance(3600)
    assert not w.store.timers
    config(w, "s", {}, "Secret")
    w.advance()
    assert phase(w) == "Running"


def test_init_containers_go_first(w):
    w.pod("a", initContainers=[script("sleep 3", name="one"), script("exit 0", name="two")])
    w.advance()
    assert state(w, container="main") == ("waiting", "PodInitializing", 0)
    w.advance(4.1)
    assert state(w, container="one") == ("running", None, 0) and phase(w) == "Pending"
    assert w.condition("a", "Initialized")["message"] == "containers with incomplete status: [one two]"
    w.advance(0.2)
    assert state(w, container="two") == ("terminated", "Completed", 0) and phase(w) == "Running" and ready(w)


def test_failing_init_containers(w):
    w.pod("a", initContainers=[script("exit 2", name="one")])
    w.pod("b", initContainers=[script("exit 2", name="one")], restartPolicy="Never")
    w.advance(6)
    assert state(w, container="one") == ("waiting", "CrashLoopBackOff", 1) and phase(w) == "Pending"
    assert phase(w, "b") == "Failed"


def test_init_containers_wait_for_services(w):
    wait = script("until nslookup db.default; do sleep 2; done", name="wait", image="busybox:1.28")
    w.pod("a", initContainers=[wait])
    w.advance(600)
    assert state(w) == ("running", None, 0) and phase(w) == "Pending"
    w.create("services", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"},
                          "spec": {"clusterIP": "10.96.0.7", "ports": [{"port": 80}]}})
    w.advance(3)
    assert phase(w) == "Running"


def test_sidecars(w):
    side = {"name": "side", "image": "example.com/proxy", "restartPolicy": "Always"}
    w.pod("a", initContainers=[side], containers=[box(["sleep", "3"])], restartPolicy="Never")
    w.advance(2)
    assert state(w, container="side") == ("running", None, 0) and phase(w) == "Running"
    w.advance(3)
    assert phase(w) == "Succeeded" and state(w, container="side")[0] == "terminated"


def test_readiness_waits_for_its_probe(w):
    probe = {"httpGet": {"port": 80}, "initialDelaySeconds": 3, "periodSeconds": 10, "successThreshold": 2}
    w.pod("a", containers=[{"name": "main", "image": "nginx", "readinessProbe": probe}])
    w.advance(14)
    assert phase(w) == "Running" and not ready(w)
    w.advance(0.3)
    assert ready(w)


def test_exec_probes_find_what_the_container_does(w):
    probe = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 1, "failureThreshold": 2}
    text = "sleep 4; touch /tmp/ready; sleep 10; rm /tmp/ready; sleep 600"
    w.pod("a", containers=[script(text, readinessProbe=probe)])
    w.advance(5)
    assert not ready(w)
    w.advance(1)
    assert ready(w)
    w.advance(11)
    assert not ready(w)
    missing = "cat: can't open '/tmp/ready': No such file or directory\n"
    assert w.events("Unhealthy") == [f"Readiness probe failed: {missing}"]


def test_liveness(w):
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "initialDelaySeconds": 5, "periodSeconds": 5}
    text = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    w.pod("a", containers=[script(text, livenessProbe=probe)])
    w.advance(40)
    assert state(w) == ("running", None, 0)
    w.advance(5)
    assert w.events("Killing") == ["Container main failed liveness probe, will be restarted"]
    assert state(w) == ("running", None, 0)  # its shell does not mind the signal
    w.advance(31)
    assert state(w) == ("running", None, 1)
    last = w.get("pods", "a")["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert last["exitCode"] == 137


def test_startup_probes_hold_the_others_back(w):
    probe = {"exec": {"command": ["test", "-f", "/tmp/up"]}, "periodSeconds": 2, "failureThreshold": 30}
    w.pod("a", containers=[script("sleep 7; touch /tmp/up; sleep 600", startupProbe=probe)])
    w.advance(9)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["started"] is False
    w.advance(1)
    assert w.get("pods", "a")["status"]["containerStatuses"][0]["started"] is True and ready(w)


def test_readiness_gates(w):
    w.pod("a", readinessGates=[{"conditionType": "example.com/up"}])
    w.advance(2)
    assert w.condition("a", "Ready")["reason"] == "ReadinessGatesNotReady"
    assert w.condition("a", "ContainersReady")["status"] == "True"
    w.change("pods", "a", lambda pod: pod["status"]["conditions"].append({"type": "example.com/up", "status": "True"}))
    w.advance()
    assert ready(w) and w.condition("a", "example.com/up")["status"] == "True"


def test_changing_an_image_restarts_the_container(w):
    w.pod("a")
    w.advance(2)
    w.change("pods", "a", lambda pod: pod["spec"]["containers"][0].update(image="nginx:1.27"))
    w.advance()
    assert state(w) == ("running", None, 1)
    assert w.events("Killing") == ["Container main definition changed, will be restarted"]


def test_resources_and_ephemeral_containers_may_come_later(w):
    w.pod("a")
    w.advance(2)
    w.change("pods", "a", lambda pod: pod["spec"]["containers"][0].update(resources={"requests": {"cpu": "1"}}))
    w.change("pods", "a", lambda pod: pod["spec"].update(ephemeralContainers=[box(["sh"], "debug", stdin=True)]))
    w.advance()
    status = w.get("pods", "a")["status"]
    assert status["containerStatuses"][0]["allocatedResources"] == {"cpu": "1"}
    assert status["containerStatuses"][0]["restartCount"] == 0
    assert "running" in status["ephemeralContainerStatuses"][0]["state"]


def test_active_deadline(w):
    w.pod("a", activeDeadlineSeconds=10)
    w.advance(9)
    assert phase(w) == "Running"
    w.advance(2)
    assert phase(w) == "Failed" and w.get("pods", "a")["status"]["reason"] == "DeadlineExceeded"


def test_out_of_memory(w):
    stress = {"name": "main", "image": "polinux/stress", "command": ["stress"],
              "args": ["--vm", "1", "--vm-bytes", "250M", "--vm-hang", "1"],
              "resources": {"limits": {"memory": "100Mi"}}}
    w.pod("a", containers=[stress], restartPolicy="Never")
    w.advance(3)
    ended = w.get("pods", "a")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


def test_a_pod_that_was_not_scheduled_may_be_refused(w):
    big = [{"name": "main", "image": "x", "resources": {"requests": {"cpu": "3"}}}]
    w.pod("a", nodeName="minikube", containers=big)
    w.pod("b", nodeName="minikube")
    w.advance(2)
    status = w.get("pods", "a")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "OutOfcpu")
    assert status["message"] == ("Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 0, "
                                 "capacity: 2000")
    assert phase(w, "b") == "Running" and w.condition("b", "PodScheduled")["status"] == "True"


def test_finalizers_keep_the_last_status(w):
    w.pod("a")
    w.change("pods", "a", lambda pod: pod["metadata"].update(finalizers=["example.com/hold"]))
    w.advance(2)
    w.api.delete("pods", "a", "default")
    w.advance(1)
    pod = w.get("pods", "a")
    assert pod["status"]["phase"] == "Succeeded" and pod["metadata"]["deletionGracePeriodSeconds"] == 0


def test_older_releases_tell_less(node_world):
    w = node_world("scheduler", "kubelet", release=(1, 28))
    w.pod("a")
    w.advance(2)
    status = w.get("pods", "a")["status"]
    assert "hostIPs" not in status and "resources" not in status["containerStatuses"][0]
    assert [c["type"] for c in status["conditions"]] == ["Initialized", "Ready", "ContainersReady", "PodScheduled"]
