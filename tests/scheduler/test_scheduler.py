from __future__ import annotations

import pytest

NO_CLAIMS = "no new claims to deallocate, "
NOT_HELPFUL = "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."


@pytest.fixture
def w(node_world):
    return node_world("scheduler")


def asks(**requests):
    return [{"name": "main", "image": "nginx", "resources": {"requests": requests}}]


def label(**labels):
    return lambda node: node["metadata"]["labels"].update(labels)


def taint(key, effect="NoSchedule", value=""):
    return lambda node: node["spec"].setdefault("taints", []).append({"key": key, "effect": effect, "value": value})


def message(w, name):
    condition = w.condition(name, "PodScheduled")
    assert condition["status"] == "False" and condition["reason"] == "Unschedulable"
    return condition["message"]


def test_binds_and_tells(w):
    w.pod("a")
    w.advance()
    assert w.where("a") == "minikube"
    assert w.condition("a", "PodScheduled")["status"] == "True"
    assert w.events() == [("Scheduled", "Successfully assigned default/a to minikube")]


@pytest.mark.parametrize(("release", "expected"), [
    ((1, 28), "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.."),
    ((1, 33), "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."),
    ((1, 36), NO_CLAIMS + NOT_HELPFUL),
])
def test_too_large_for_any_node(node_world, release, expected):
    w = node_world("scheduler", release=release)
    w.pod("a", containers=asks(cpu="16", memory="64Gi"))
    w.advance()
    expected = "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. " + expected
    assert message(w, "a") == expected
    assert w.events() == [("FailedScheduling", expected)]


def test_an_event_is_shortened_and_the_condition_is_not(w):
    w.pod("a", containers=asks(**{f"example.com/{number}{'x' * 50}": "1" for number in range(20)}))
    w.advance()
    (_, told), = w.events()
    assert len(told) == 1024 < len(message(w, "a"))
    assert told == message(w, "a")[:1020] + " ..."


def test_no_room_left(w):
    w.pod("a", containers=asks(cpu="1500m"))
    w.pod("b", containers=asks(cpu="1"))
    w.advance()
    assert message(w, "b") == ("0/1 nodes are available: 1 Insufficient cpu. " + NO_CLAIMS +
                               "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.")
    w.api.delete("pods", "a", "default", grace_period=0)
    w.advance()
    assert w.where("b") == "minikube"


def test_init_containers_sidecars_and_overhead_count(w):
    inits = [{"name": "s", "image": "x", "restartPolicy": "Always", "resources": {"requests": {"cpu": "500m"}}},
             {"name": "i", "image": "x", "resources": {"requests": {"cpu": "1"}}}]
    w.pod("a", containers=asks(cpu="100m"), initContainers=inits, overhead={"cpu": "400m"})
    w.advance()
    assert w.where("a") == "minikube"
    w.pod("b", containers=asks(cpu="200m"))
    w.advance()
    assert "Insufficient cpu" in message(w, "b")


def test_selector_and_retry_when_the_node_changes(w):
    w.pod("a", nodeSelector={"disk": "ssd"})
    w.advance()
    expected = f"0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. {NO_CLAIMS}{NOT_HELPFUL}"
    assert message(w, "a") == expected
    w.node("minikube", label(other="x"))
    w.advance()
    assert w.events() == [("FailedScheduling", expected)]
    w.node("minikube", label(disk="ssd"))
    w.advance()
    assert w.where("a") == "minikube"


def test_node_affinity_required_and_preferred(node_world):
    w = node_world("scheduler", nodes=3)
    w.node("minikube-m03", label(zone="b", size="9"))
    required = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]},
                                                            {"key": "size", "operator": "Gt", "values": ["5"]}]}]}
    w.pod("a", affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}})
    w.node("minikube-m02", label(fast="yes"))
    preferred = [{"weight": 50, "preference": {"matchExpressions": [{"key": "fast", "operator": "Exists"}]}}]
    w.pod("b", affinity={"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}})
    w.advance()
    assert (w.where("a"), w.where("b")) == ("minikube-m03", "minikube-m02")


@pytest.mark.parametrize(("release", "told"), [((1, 34), "taint {gpu: yes}"), ((1, 35), "taint(s)")])
def test_taints(node_world, release, told):
    w = node_world("scheduler", release=release)
    w.node("minikube", taint("gpu", value="yes"))
    w.pod("a")
    w.pod("b", tolerations=[{"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}])
    w.pod("c", tolerations=[{"operator": "Exists"}])
    w.advance()
    assert message(w, "a").startswith(f"0/1 nodes are available: 1 node(s) had untolerated {told}. ")
    assert w.where("b") == w.where("c") == "minikube"


def test_cordoned_node(w):
    w.node("minikube", lambda node: node["spec"].update(unschedulable=True))
    w.pod("a")
    w.advance()
    assert message(w, "a").startswith("0/1 nodes are available: 1 node(s) were unschedulable. ")
    w.node("minikube", lambda node: node["spec"].pop("unschedulable"))
    w.advance()
    assert w.where("a") == "minikube"


def test_host_ports(w):
    port = [{"name": "main", "image": "nginx", "ports": [{"containerPort": 80, "hostPort": 8080, "protocol": "TCP"}]}]
    w.pod("a", containers=port)
    w.pod("b", containers=port)
    w.advance()
    assert message(w, "b").startswith(
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. ")


def test_no_nodes(node_world):
    w = node_world("scheduler", nodes=0)
    w.pod("a")
    w.advance()
    assert message(w, "a") == "no nodes available to schedule pods"


def test_pods_spread_over_nodes(node_world):
    w = node_world("scheduler", nodes=3)
    for i in range(6):
        w.pod(f"p{i}")
    w.advance()
    assert sorted(w.where(f"p{i}") for i in range(6)) == ["minikube"] * 2 + ["minikube-m02"] * 2 + ["minikube-m03"] * 2


def term(app, key="kubernetes.io/hostname"):
    return {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def test_anti_affinity(w):
    for name in ("a", "b"):
        w.pod(name, labels={"app": "web"}, affinity={"podAntiAffinity": {REQUIRED: [term("web")]}})
    w.pod("c", labels={"app": "web"})
    w.advance()
    assert w.where("a") == "minikube"
    assert "1 node(s) didn't match pod anti-affinity rules" in message(w, "b")
    assert "1 node(s) didn't satisfy existing pods anti-affinity rules" in message(w, "c")
    w.api.delete("pods", "a", "default", grace_period=0)
    w.advance()
    assert w.where("b") == "minikube" and w.where("c") is None


def test_affinity(node_world):
    w = node_world("scheduler", nodes=3)
    w.pod("near", affinity={"podAffinity": {REQUIRED: [term("db")]}})
    w.advance()
    assert "3 node(s) didn't match pod affinity rules" in message(w, "near")
    w.pod("db", labels={"app": "db"})
    w.advance()
    assert w.where("near") == w.where("db")
    w.pod("first", labels={"app": "self"}, affinity={"podAffinity": {REQUIRED: [term("self")]}})
    w.advance()
    assert w.where("first")


def test_topology_spread(node_world):
    w = node_world("scheduler", nodes=3)
    for name, zone in (("minikube", "a"), ("minikube-m02", "b")):
        w.node(name, label(zone=zone))
    constraint = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
                  "labelSelector": {"matchLabels": {"app": "web"}}}
    for i in range(4):
        w.pod(f"p{i}", labels={"app": "web"}, topologySpreadConstraints=[constraint])
    w.advance()
    assert sorted(w.where(f"p{i}") for i in range(4)) == ["minikube"] * 2 + ["minikube-m02"] * 2
    w.node("minikube", lambda node: node["spec"].update(unschedulable=True))
    for i in (4, 5):
        w.pod(f"p{i}", labels={"app": "web"}, topologySpreadConstraints=[constraint])
    w.advance()
    assert w.where("p4") == "minikube-m02"
    assert message(w, "p5").startswith(
        "0/3 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) didn't match pod "
        "topology spread constraints (missing required label), 1 node(s) were unschedulable. ")


def test_preemption(w):
    w.pod("low", containers=asks(cpu="1500m"), priority=1)
    w.advance()
    w.pod("high", containers=asks(cpu="1"), priority=100)
    w.advance()
    assert message(w, "high") == "0/1 nodes are available: 1 Insufficient cpu."
    assert w.get("pods", "high")["status"]["nominatedNodeName"] == "minikube"
    low = w.get("pods", "low")
    assert "deletionTimestamp" in low["metadata"]
    assert w.condition("low", "DisruptionTarget")["reason"] == "PreemptionByScheduler"
    uid = w.get("pods", "high")["metadata"]["uid"]
    assert w.events("Preempted") == [f"Preempted by pod {uid} on node minikube"]
    w.pod("other", containers=asks(cpu="1500m"), priority=50)
    w.advance()
    assert w.where("other") is None
    w.api.delete("pods", "low", "default", grace_period=0)
    w.advance()
    assert w.where("high") == "minikube" and w.where("other") is None


def test_preemption_spares_what_it_can(w):
    for name, cpu, priority in (("a", "500m", 5), ("b", "500m", 1), ("c", "500m", 3)):
        w.pod(name, containers=asks(cpu=cpu), priority=priority)
    w.advance()
    w.pod("high", containers=asks(cpu="1"), priority=10)
    w.advance()
    gone = [pod["metadata"]["name"] for pod in w.api.items("pods") if "deletionTimestamp" in pod["metadata"]]
    assert gone == ["b"]


def test_never_preempts(w):
    w.pod("low", containers=asks(cpu="1500m"), priority=1)
    w.pod("high", containers=asks(cpu="1"), priority=100, preemptionPolicy="Never")
    w.advance()
    assert "preemption: not eligible due to preemptionPolicy=Never." in message(w, w.where("low") and "high")


def test_gates_and_other_schedulers_are_left_alone(w):
    w.pod("gated", schedulingGates=[{"name": "wait"}])
    w.pod("other", schedulerName="mine")
    w.advance()
    assert w.where("gated") is None and w.where("other") is None and w.events() == []
    w.change("pods", "gated", lambda pod: pod["spec"].pop("schedulingGates"))
    w.advance()
    assert w.where("gated") == "minikube"


def claim(name, **spec):
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}}


def volumes(name):
    return [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]


def test_missing_and_unbound_claims(w):
    w.pod("a", volumes=volumes("data"))
    w.advance()
    assert message(w, "a") == '0/1 nodes are available: persistentvolumeclaim "data" not found. not found'
    w.create("persistentvolumeclaims", claim("data"))
    w.advance()
    assert message(w, "a") == "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"


def test_daemon_pods_only_look_at_their_node(node_world):
    w = node_world("scheduler", nodes=3)
    w.node("minikube-m02", taint("no"))
    field = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["minikube-m02"]}]}
    w.pod("a", affinity={"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [field]}}})
    w.advance()
    assert message(w, "a").startswith("0/3 nodes are available: 1 node(s) had untolerated taint(s), "
                                      "2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ")


def test_the_cache_starts_from_what_is_there(node_world):
    w = node_world("scheduler")
    w.pod("a", containers=asks(cpu="1500m"))
    w.advance()
    w.manager.forget()
    w.pod("b", containers=asks(cpu="1"))
    w.pod("c", containers=asks(cpu="500m"))
    w.advance()
    assert w.where("b") is None and w.where("c") == "minikube"


def test_labels_that_a_pod_gets_later_may_be_what_another_waits_for(w):
    near = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}]}}
    w.pod("a")
    w.pod("b", affinity=near)
    w.advance()
    assert w.where("a") == "minikube" and w.where("b") is None
    w.change("pods", "a", lambda pod: pod["metadata"]["labels"].update(app="web"))
    w.advance()
    assert w.where("b") == "minikube"
