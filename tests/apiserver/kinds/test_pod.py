import pytest

SECONDS_AGO = "2023-12-31T23:59:30Z"


@pytest.fixture
def pods(desk):
    return desk("", "Pod")


def pod(spec=None, **status):
    return {"metadata": {"name": "p", "creationTimestamp": "2023-12-31T23:58:00Z"},
            "spec": {"containers": [{"name": "a"}, {"name": "b"}], **(spec or {})}, "status": status}


def state(kind, name="a", ready=False, **what):
    extra = {key: what.pop(key) for key in ("restartCount", "lastState", "started") if key in what}
    return {"name": name, "ready": ready, "state": {kind: what}, **extra}


RUNNING = [state("running", "a", True), state("running", "b", True)]
READY = [{"type": "Ready", "status": "True"}]
INIT = {"initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}]}


@pytest.mark.parametrize("obj,ready,status,restarts", [
    (pod(phase="Pending"), "0/2", "Pending", "0"),
    (pod(phase="Running", containerStatuses=RUNNING, conditions=READY), "2/2", "Running", "0"),
    (pod(phase="Failed", reason="Evicted"), "0/2", "Evicted", "0"),
    (pod(phase="Pending", containerStatuses=[state("waiting", reason="ImagePullBackOff")]), "0/2", "ImagePullBackOff",
     "0"),
    (pod(phase="Running", containerStatuses=[state("running", "a", True), state("terminated", "b", exitCode=1,
                                                                                reason="Error")]), "1/2", "Error", "0"),
    (pod(phase="Running", conditions=READY, containerStatuses=[state("terminated", "a", reason="Completed"),
                                                               state("running", "b", True)]), "1/2", "Running", "0"),
    (pod(phase="Running", containerStatuses=[state("terminated", "a", reason="Completed"),
                                             state("running", "b", True)]), "1/2", "NotReady", "0"),
    (pod(phase="Failed", containerStatuses=[state("terminated", exitCode=3)]), "0/2", "ExitCode:3", "0"),
    (pod(phase="Failed", containerStatuses=[state("terminated", exitCode=137, signal=9)]), "0/2", "Signal:9", "0"),
    (pod(phase="Pending", conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]),
     "0/2", "SchedulingGated", "0"),
    (pod(INIT, phase="Pending", initContainerStatuses=[state("running", "i"), state("waiting", "s")]),
     "0/3", "Init:0/2", "0"),
    (pod(INIT, phase="Pending", initContainerStatuses=[state("waiting", "i", reason="CrashLoopBackOff",
                                                             restartCount=2)]),
     "0/3", "Init:CrashLoopBackOff", "2"),
    (pod(INIT, phase="Pending", initContainerStatuses=[state("terminated", "i", exitCode=2)]), "0/3", "Init:ExitCode:2",
     "0"),
    (pod(INIT, phase="Running", containerStatuses=RUNNING, conditions=READY, initContainerStatuses=[
        state("terminated", "i", exitCode=0, restartCount=4), state("running", "s", True, started=True,
                                                                    restartCount=1)]), "3/3", "Running", "1"),
    (pod(phase="Running", containerStatuses=[state("running", "a", True, restartCount=3, lastState={
        "terminated": {"finishedAt": SECONDS_AGO}})], conditions=READY), "1/2", "Running", "3 (30s ago)")])
def test_the_row_of_a_pod(pods, obj, ready, status, restarts):
    assert pods.row(obj) == ["p", ready, status, restarts, "2m", "<none>", "<none>", "<none>", "<none>"]


def test_a_pod_that_is_going(pods):
    going = pod(phase="Running", containerStatuses=RUNNING)
    going["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:30Z"
    assert pods.row(going)[2] == "Terminating"
    going["status"]["reason"] = "NodeLost"
    assert pods.row(going)[2] == "Unknown"
    done = pod(phase="Succeeded", containerStatuses=[state("terminated", exitCode=0, reason="Completed")])
    done["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:30Z"
    assert pods.row(done)[2] == "Completed"


def test_the_wide_cells(pods):
    obj = pod({"nodeName": "n1", "readinessGates": [{"conditionType": "a/b"}, {"conditionType": "c/d"}]},
              phase="Running",
              podIPs=[{"ip": "10.0.0.1"}], nominatedNodeName="n2", conditions=[{"type": "a/b", "status": "True"}])
    assert pods.row(obj)[5:] == ["10.0.0.1", "n1", "n2", "1/2"]


def test_what_a_new_pod_has(pods, desk, container):
    new = pods.new({"spec": {"containers": [{**container, "resources": {"limits": {"cpu": "0.5"}}}],
                             "serviceAccount": "bot", "hostNetwork": True}})
    assert new["metadata"]["generation"] == 1
    assert new["status"] == {"phase": "Pending", "qosClass": "Burstable"}
    assert new["spec"]["serviceAccountName"] == "bot"
    assert new["spec"]["enableServiceLinks"] is True
    assert new["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "0.5"}
    assert "generation" not in desk("", "Pod", (1, 32)).new({"spec": {"containers": [container]}})["metadata"]


def test_a_gated_pod_says_so(pods, container):
    status = pods.new({"spec": {"containers": [container], "schedulingGates": [{"name": "a/b"}]}})["status"]
    assert [c["reason"] for c in status["conditions"]] == ["SchedulingGated"]


def test_label_keys_become_expressions(pods, container):
    term = {"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "b"}}, "matchLabelKeys": ["app"],
            "mismatchLabelKeys": ["team", "none"]}
    new = pods.new({"metadata": {"labels": {"app": "web", "team": "x"}},
                    "spec": {"containers": [container], "affinity": {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}})
    made = new["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]
    assert made["labelSelector"]["matchExpressions"] == [{"key": "app", "operator": "In", "values": ["web"]},
                                                         {"key": "team", "operator": "NotIn", "values": ["x"]}]


@pytest.mark.parametrize("resources,qos", [
    ([{}], "BestEffort"), ([{"requests": {"cpu": "1"}}], "Burstable"),
    ([{"limits": {"cpu": "1", "memory": "1Gi"}}], "Guaranteed"),
    ([{"limits": {"cpu": "1", "memory": "1Gi"}}, {}], "Burstable"),
    ([{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}], "Burstable"),
    ([{"requests": {"nvidia.com/gpu": "1"}}], "BestEffort")])
def test_quality_of_service(pods, resources, qos):
    found = [{"name": f"c{i}", "image": "i", "resources": r} for i, r in enumerate(resources)]
    assert pods.new({"spec": {"containers": found}})["status"]["qosClass"] == qos


@pytest.mark.parametrize("spec,asked,seconds", [
    ({"nodeName": "n"}, None, 30), ({"nodeName": "n"}, 5, 5), ({"nodeName": "n"}, 0, 0), ({}, None, 0),
    ({"nodeName": "n", "terminationGracePeriodSeconds": -7}, None, 1)])
def test_grace_period(pods, container, spec, asked, seconds):
    new = pods.new({"spec": {"containers": [container], **spec}})
    assert pods.kind.grace_period(new, asked) == seconds
    new["status"]["phase"] = "Failed"
    assert pods.kind.grace_period(new, asked) == 0


def test_selectable_fields(pods, container):
    fields = pods.kind.fields(pods.new({"spec": {"containers": [container], "nodeName": "n1"}}))
    assert fields == {"spec.nodeName": "n1", "spec.restartPolicy": "Always", "spec.schedulerName": "default-scheduler",
                      "spec.serviceAccountName": "", "spec.hostNetwork": "false", "status.phase": "Pending",
                      "status.podIP": "", "status.nominatedNodeName": ""}


def test_the_image_and_little_else_may_change(pods, container):
    old = pods.new({"spec": {"containers": [container], "activeDeadlineSeconds": 60,
                             "tolerations": [{"key": "a", "operator": "Exists"}]}})
    assert pods.change(old, containers=[{**old["spec"]["containers"][0], "image": "nginx:2"}]) == []
    assert pods.change(old, tolerations=[*old["spec"]["tolerations"], {"operator": "Exists"}]) == []
    assert pods.change(old, activeDeadlineSeconds=30) == []
    assert pods.change(old, activeDeadlineSeconds=90) == [
        "spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value"]
    assert pods.change(old, tolerations=[]) == [
        "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"]
    assert pods.change(old, containers=[]) == [
        "spec.containers: Required value", "spec.containers: Forbidden: pod updates may not add or remove containers"]
    refused, = pods.change(old, priority=5)
    words, diff = refused.split("\n", 1)
    assert words.startswith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,")
    assert '- "Priority": null,\n+ "Priority": 5,' in diff


def test_gates_can_only_go_and_gated_pods_may_be_narrowed(pods, container):
    old = pods.new({"spec": {"containers": [container], "schedulingGates": [{"name": "a/b"}],
                             "nodeSelector": {"x": "y"}}})
    assert pods.change(old, schedulingGates=None, nodeSelector={"x": "y", "z": "1"}) == []
    assert pods.change(old, schedulingGates=[{"name": "c/d"}]) == [
        "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'c/d'"]
    assert pods.change(old, nodeSelector={"x": "other"}) == [
        'spec.nodeSelector: Invalid value: {"x":"other"}: only additions to spec.nodeSelector are allowed (no '
        'mutations '
        "or deletions)"]


def test_ephemeral_containers_come_and_stay(pods, container):
    old = pods.new({"spec": {"containers": [container]}})
    debugger = {"name": "debugger", "image": "busybox", "targetContainerName": "c"}
    assert pods.change(old, "ephemeralcontainers", ephemeralContainers=[debugger], priority=9) == []
    assert pods.change(old, "ephemeralcontainers", ephemeralContainers=[
        {**debugger, "targetContainerName": "x", "ports": [{"containerPort": 1}]}]) == [
            'spec.ephemeralContainers[0].targetContainerName: Not found: "x"',
            "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container"]
    assert pods.change(old, "ephemeralcontainers", ephemeralContainers=[
        {**debugger, "resources": {}, "lifecycle": {}, "volumeMounts": [{"name": "v", "mountPath": "/", "subPath": "x"}]
         }]) == [
            'spec.ephemeralContainers[0].volumeMounts[0].name: Not found: "v"',
            "spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container",
            "spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container"]
    old["spec"]["ephemeralContainers"] = [debugger]
    assert pods.change(old, "ephemeralcontainers", ephemeralContainers=[]) == [
        'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be removed\n']


def test_resizing(pods, container):
    old = pods.new({"spec": {"containers": [{**container, "resources": {"requests": {"cpu": "1"}}}]}})
    grown = [{**old["spec"]["containers"][0], "resources": {"requests": {"cpu": "2"}}}]
    assert pods.change(old, "resize", containers=grown) == []
    bare = [{**old["spec"]["containers"][0], "resources": {}}]
    assert pods.change(old, "resize", containers=bare) == [
        "spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing",
        "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"]


def test_warnings(pods, container):
    found = pods.warnings({"metadata": {"name": "a.b"}, "spec": {
        "containers": [{**container, "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}],
                        "ports": [{"containerPort": 80}, {"containerPort": 80}],
                        "resources": {"requests": {"memory": "100m"}}}],
        "nodeSelector": {"beta.kubernetes.io/os": "linux"}, "terminationGracePeriodSeconds": -1}})
    assert found == [
        "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is "
        "recommended: [must not contain dots]",
        'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
        'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
        'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
        "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"]


@pytest.mark.parametrize(("release", "status"), [((1, 30), "Terminating"), ((1, 31), "Completed")])
def test_a_deleted_pod_that_has_ended_is_told_so_since_1_31(desk, release, status):
    pods = desk("", "Pod", release)
    pod = pods.new({"spec": {"containers": [{"name": "a", "image": "b"}]}, "status": {
        "phase": "Succeeded",
        "containerStatuses": [{"name": "a", "state": {"terminated": {"reason": "Completed", "exitCode": 0}}}]}})
    pod["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z"
    assert pods.row(pod)[2] == status
