"""Nodes and what happens to pods when they fall silent, are tainted or deleted."""

from __future__ import annotations

import pytest

from kubesim_cli.helpers import nodes
from kubesim_cli.machinery import timestamps

TOLERATIONS = [{"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": 300} for key in ("not-ready", "unreachable")]


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet", "nodelifecycle", "tainteviction", "podgc", nodes=2)


def stop(w, name):
    w.node(name, lambda node: node["metadata"]["annotations"].update({nodes.STOPPED: timestamps.format(w.server.now)}))


def start(w, name):
    w.node(name, lambda node: node["metadata"]["annotations"].pop(nodes.STOPPED))


def ready(w, name):
    found = w.get("nodes", name, "")["status"]["conditions"]
    return next((c["status"], c["reason"]) for c in found if c["type"] == "Ready")


def taints(w, name):
    return [(t["key"].rpartition("/")[2], t["effect"]) for t in w.get("nodes", name, "")["spec"].get("taints") or ()]


def on(w, pod, node, **spec):
    w.pod(pod, nodeSelector={"kubernetes.io/hostname": node}, tolerations=TOLERATIONS, **spec)


def test_cordoning_taints(w):
    w.node("minikube", lambda node: node["spec"].update(unschedulable=True))
    w.advance()
    assert taints(w, "minikube") == [("unschedulable", "NoSchedule")]
    w.node("minikube", lambda node: node["spec"].pop("unschedulable"))
    w.advance()
    assert "taints" not in w.get("nodes", "minikube", "")["spec"]


def test_a_silent_kubelet(w):
    on(w, "a", "minikube-m02")
    w.advance(2)
    stop(w, "minikube-m02")
    w.advance(49)
    assert ready(w, "minikube-m02") == ("True", "KubeletReady")
    w.advance(1)
    assert ready(w, "minikube-m02") == ("Unknown", "NodeStatusUnknown")
    assert taints(w, "minikube-m02") == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]
    assert w.condition("a", "Ready")["status"] == "False"
    assert "Node minikube-m02 status is now: NodeNotReady" in w.events("NodeNotReady")
    w.advance(299)
    assert "deletionTimestamp" not in w.get("pods", "a")["metadata"]
    w.advance(2)
    assert "deletionTimestamp" in w.get("pods", "a")["metadata"]
    assert w.condition("a", "DisruptionTarget")["reason"] == "DeletionByTaintManager"
    w.advance(3600)
    assert w.get("pods", "a") is not None
    start(w, "minikube-m02")
    w.advance(1)
    assert ready(w, "minikube-m02")[0] == "True" and taints(w, "minikube-m02") == []
    assert w.get("pods", "a") is None


def test_a_kubelet_that_comes_back_in_time(w):
    on(w, "a", "minikube-m02")
    w.advance(2)
    stop(w, "minikube-m02")
    w.advance(100)
    start(w, "minikube-m02")
    w.advance(400)
    assert w.condition("a", "Ready")["status"] == "True" and "deletionTimestamp" not in w.get("pods", "a")["metadata"]
    assert "Cancelling deletion of Pod default/a" in w.events("TaintManagerEviction")


def test_stopping_by_annotation_needs_no_time(w):
    w.node("minikube-m02", lambda node: node["metadata"]["annotations"].update({nodes.STOPPED: "yes"}))
    w.advance(49)
    assert ready(w, "minikube-m02")[0] == "True"
    w.advance(1)
    assert ready(w, "minikube-m02")[0] == "Unknown"


def test_no_pods_are_evicted_where_no_node_is_ready(w, node_world):
    """As in a cluster of one node: it is rather the network. What is ready again ends that."""
    w.advance(2)
    on(w, "a", "minikube-m02")
    for name in ("minikube", "minikube-m02"):
        stop(w, name)
    w.advance(600)
    assert [taints(w, name) for name in ("minikube", "minikube-m02")] == [[("unreachable", "NoSchedule")]] * 2
    assert "deletionTimestamp" not in w.get("pods", "a")["metadata"]
    start(w, "minikube")
    w.advance(2)
    assert taints(w, "minikube-m02") == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]
    stop(w, "minikube")
    w.advance(100)
    assert taints(w, "minikube-m02") == [("unreachable", "NoSchedule")]
    w.advance(300)
    assert "deletionTimestamp" not in w.get("pods", "a")["metadata"]


def test_no_more_nodes_are_emptied_where_most_of_a_zone_is_lost(node_world):
    w = node_world("scheduler", "kubelet", "nodelifecycle", "tainteviction", "podgc", nodes=6)
    names = ["minikube", *(f"minikube-m0{n}" for n in range(2, 7))]
    for name in names[:4]:
        w.node(name, lambda node: node["metadata"]["labels"].update({"topology.kubernetes.io/zone": "a"}))
    w.node("minikube-m05", lambda node: node["metadata"]["labels"].update(
        {"node.kubernetes.io/exclude-disruption": ""}))
    stop(w, names[0])
    w.advance(60)
    stop(w, names[1])
    stop(w, names[2])
    stop(w, names[4])
    w.advance(60)
    evicting = [("unreachable", "NoExecute") in taints(w, name) for name in names]
    assert evicting == [True, False, False, False, True, False]
    start(w, names[1])
    w.advance(60)
    assert ("unreachable", "NoExecute") in taints(w, names[2])


def test_out_of_service(w):
    on(w, "a", "minikube-m02")
    w.advance(2)
    stop(w, "minikube-m02")
    w.advance(400)
    assert "deletionTimestamp" in w.get("pods", "a")["metadata"]
    w.node("minikube-m02", lambda node: node["spec"]["taints"].append(
        {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}))
    w.advance()
    assert w.get("pods", "a") is None


def test_a_deleted_node(w):
    on(w, "a", "minikube-m02")
    w.advance(2)
    w.api.delete("nodes", "minikube-m02")
    w.advance(59)
    assert w.get("pods", "a")["status"]["phase"] == "Running"
    w.advance(2)
    assert w.get("pods", "a") is None
    assert w.events("RemovingNode") == ["Node minikube-m02 event: Removing Node minikube-m02 from Controller"]


def test_taints_evict(w):
    on(w, "a", "minikube")
    on(w, "b", "minikube")
    w.change("pods", "b", lambda pod: pod["spec"]["tolerations"].append(
        {"key": "evict", "operator": "Exists", "tolerationSeconds": 10}))
    w.advance(2)
    w.node("minikube", lambda node: node["spec"].update(taints=[{"key": "evict", "effect": "NoExecute"}]))
    w.advance(1)
    assert w.get("pods", "a") is None
    assert w.events("TaintManagerEviction") == ["Marking for deletion Pod default/a"]
    w.advance(8)
    assert "deletionTimestamp" not in w.get("pods", "b")["metadata"]
    w.advance(2)
    assert w.get("pods", "b") is None


def test_a_node_that_somebody_made_up(w):
    w.create("nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "paper"}, "spec": {}, "status": {}})
    w.advance(59)
    assert taints(w, "paper") == []
    w.advance(2)
    assert ready(w, "paper") == ("Unknown", "NodeStatusNeverUpdated")
    assert ("unreachable", "NoSchedule") in taints(w, "paper")


def test_a_quiet_cluster_has_no_timers(w):
    for name in "abc":
        w.pod(name)
    w.advance(10)
    assert not w.store.timers
