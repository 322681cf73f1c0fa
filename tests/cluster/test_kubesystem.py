"""What a fresh minikube has beside the API server's own objects, and the switch that leaves it out."""

from __future__ import annotations

import json
import re
from difflib import unified_diff

import pytest

from kubesim_cli.apiserver.client import Client
from kubesim_cli.cluster.cluster import Cluster
from kubesim_cli.machinery.objects import clone, controller_of, key_of
from kubesim_cli.releases import NEWEST, OLDEST, gates

START = 1_700_000_000.0
ADMIN = {"name": "minikube-user", "groups": ["system:masters", "system:authenticated"]}
LAST = ("services", "deployments.apps", "daemonsets.apps", "pods")  # to be created when what they name is there
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAME = re.compile(r"((?:coredns|local-path-provisioner)-[a-z0-9]+|kube-proxy|kindnet|kube-api-access|kube-dns)-"
                  r"[a-z0-9]{5}\b")
RELEASES = sorted({OLDEST, NEWEST, *((1, minor) for minor in range(OLDEST[1], NEWEST[1]))})


KIND = {"name": "k", "nodes": [{"role": "control-plane", "labels": {}}], "cni": True, "proxy": "iptables"}


def opened(folder, release=NEWEST, bare=None, kind=None):
    cluster = Cluster.open(str(folder), release=release, wall=lambda: START, sleep=None, bare=bare)
    if kind:
        cluster.reset(release=release, bare=bare, kind=kind)
        cluster.close()
        cluster = Cluster.open(str(folder), wall=lambda: START, sleep=None)
    return cluster


def everything(cluster):
    """Return the objects of a cluster, by resource and key."""
    return {(resource, key): cluster.store.get(resource, key)
            for resource in cluster.store.resources() if resource not in ("events", "nodes")
            for key in cluster.store.keys(resource)}


def follows(resource, obj):
    """Tell whether a controller makes the object of others."""
    owner = controller_of(obj)
    if owner is not None:
        return owner["kind"] != "Node"
    return (resource, key_of(obj)) == ("endpoints", "kube-system/kube-dns") or resource.startswith("ipaddresses.")


def settled(objects):
    """Return the objects, as lines of their fields, without what time and chance decide, in order."""
    found = []
    for resource, obj in objects:
        obj = clone(obj)
        for field in ("managedFields", "resourceVersion"):
            obj["metadata"].pop(field, None)
        if resource.startswith("endpointslices"):
            del obj["metadata"]["generation"]
        for status in (obj.get("status") or {}).get("containerStatuses") or ():
            status.pop("containerID", None)
        text = json.dumps(obj, sort_keys=True, indent=1)
        text = NAME.sub(r"\1-<rand>", UID.sub("<uid>", TIME.sub("<time>", text)))
        found.append([f"{resource} {json.loads(text)['metadata']['name']}", *text.splitlines()])
    return [line for lines in sorted(found) for line in lines]


@pytest.mark.parametrize("kind", [None, KIND], ids=["minikube", "kind"])
@pytest.mark.parametrize("release", RELEASES)
def test_it_is_what_the_server_its_controllers_and_the_kubelet_make_of_the_manifests(tmp_path, release, kind):
    whole, bare = opened(tmp_path / "whole", release, False, kind), opened(tmp_path / "bare", release, True, kind)
    there, before = everything(whole), everything(bare)
    new = {place: obj for place, obj in there.items() if place not in before}
    assert len(new) > 70 and not set(before) - set(there)
    user = Client(bare.server, user=ADMIN)
    bare.begin()
    for (resource, _), obj in sorted(new.items(), key=lambda each: (
            LAST.index(each[0][0]) if each[0][0] in LAST else -1, each[0][0] != "namespaces", each[0])):
        if not follows(resource, obj):
            manifest = clone(obj)
            for field in ("uid", "creationTimestamp", "resourceVersion", "generation"):
                manifest["metadata"].pop(field, None)
            manifest.pop("status", None)
            for ref in manifest["metadata"].get("ownerReferences", ()):  # the node's UID is not the other's
                ref["uid"] = bare.client.get("nodes", ref["name"])["metadata"]["uid"]
            user.create(resource, manifest, manifest["metadata"].get("namespace", ""))
    bare.commit()
    bare.set_clock(frozen=START + 60)
    bare.commit()
    made = {place: obj for place, obj in everything(bare).items() if place not in before}
    assert "\n".join(unified_diff(settled((place[0], obj) for place, obj in new.items()),
                              settled((place[0], obj) for place, obj in made.items()), lineterm="")) == ""


def test_the_names_that_follow_from_the_seed_are_those_of_a_bare_cluster(terminal):
    """What a user makes is called alike, with kube-system or without."""
    found = []
    for option in ("--bare", "--no-bare"):
        terminal.ok(f"kubectl sim reset --seed names {option}")
        terminal.ok("kubectl create deployment web --image=nginx")
        terminal.advance("10s")
        found.append(terminal.ok("kubectl get deploy,rs,pods -o name"))
    assert found[0] == found[1]


def test_the_same_seed_gives_the_same_kube_system(terminal):
    def pods():
        terminal.ok("kubectl sim reset --seed one --no-bare")
        return terminal.ok("kubectl get pods -n kube-system -o json")

    first = pods()
    assert first == pods() and len(json.loads(first)["items"]) == 7


def test_no_two_objects_have_one_uid(tmp_path):
    uids = [obj["metadata"].get("uid") for (resource, _), obj in everything(opened(tmp_path / "c")).items()
            if resource != "componentstatuses"]
    assert len(uids) == len(set(uids)) > 250


# The switch

def system_pods(terminal):
    return len(terminal.ok("kubectl get pods -n kube-system -o name").splitlines())


def test_a_cluster_is_a_whole_minikube_unless_it_is_to_be_bare(terminal):
    terminal.environ.pop("KUBESIM_BARE", None)
    terminal.ok("kubectl sim reset")
    assert system_pods(terminal) == 7
    terminal.ok("kubectl sim reset --bare")
    assert system_pods(terminal) == 0
    terminal.ok("kubectl sim reset")
    assert system_pods(terminal) == 7


def test_the_variable_decides_where_the_flag_does_not(terminal):
    terminal.environ["KUBESIM_BARE"] = "1"
    terminal.ok("kubectl sim reset")
    assert system_pods(terminal) == 0
    terminal.environ["KUBESIM_BARE"] = "0"
    assert system_pods(terminal) == 0  # reset has settled it
    terminal.ok("kubectl sim reset")
    assert system_pods(terminal) == 7
    terminal.environ["KUBESIM_BARE"] = "1"
    terminal.ok("kubectl sim reset --no-bare")
    assert system_pods(terminal) == 7


def test_a_cluster_remembers_how_it_was_made(terminal):
    """Reset has settled it; without reset whoever looks first decides, and whoever writes first for good."""
    terminal.ok("kubectl sim reset --bare")
    terminal.environ["KUBESIM_BARE"] = "0"
    assert system_pods(terminal) == 0
    del terminal.environ["KUBESIM_BARE"]
    terminal.ok("kubectl sim reset")
    for value, pods in (("1", 0), ("0", 7), ("1", 0), ("", 0)):
        terminal.environ["KUBESIM_BARE"] = value
        assert system_pods(terminal) == pods
    terminal.ok("kubectl create configmap mine")
    terminal.environ["KUBESIM_BARE"] = "0"
    assert system_pods(terminal) == 0


def test_a_value_that_is_neither_is_refused(terminal):
    terminal.environ["KUBESIM_BARE"] = "bare"
    told = 'error: KUBESIM_BARE: "bare" is neither 1 nor 0\n'
    assert terminal("kubectl get pods")[::2] == (1, told)
    assert terminal("kubectl sim reset")[::2] == (1, told)


def test_a_cluster_of_before_stays_as_it_is(tmp_path):
    """One that was used has no note of it; one that nobody used is made anew."""
    for used in (True, False):
        folder = tmp_path / str(used)
        cluster = opened(folder, bare=True)
        if used:
            cluster.client.create("configmaps", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "c"}},
                                  "default")
        cluster.state._meta.pop("bare")
        cluster.store.begin()
        cluster.commit()
        cluster.close()
        again = opened(folder)
        assert bool(again.client.items("pods", "kube-system")) is not used
        assert again.state.bare is used
        again.close()


# How it lives

@pytest.fixture
def minikube(terminal):
    terminal.ok("kubectl sim reset --seed test --no-bare --kubernetes-version 1.36")
    terminal.ok("kubectl get pods")
    terminal.advance("5m")
    return terminal


def ages(terminal, selector="", columns="AGE:.metadata.creationTimestamp"):
    options = f"-n kube-system {selector} --no-headers -o custom-columns=NAME:.metadata.name,{columns}"
    return dict(line.split() for line in terminal.ok(f"kubectl get pods {options}").splitlines())


@pytest.mark.parametrize("how", ["", "--force --grace-period=0", "--now"])
def test_a_mirror_pod_is_made_anew_and_its_container_runs_on(minikube, how):
    minikube.ok("kubectl label pod kube-scheduler-minikube -n kube-system mine=yes")
    uid = minikube.ok("kubectl get pod kube-scheduler-minikube -n kube-system -o jsonpath={.metadata.uid}")
    minikube.ok(f"kubectl delete pod kube-scheduler-minikube -n kube-system {how}")
    pod = json.loads(minikube.ok("kubectl get pod kube-scheduler-minikube -n kube-system -o json"))
    assert pod["metadata"]["uid"] != uid and "mine" not in pod["metadata"]["labels"]
    assert pod["metadata"]["creationTimestamp"] == "2024-01-01T00:05:00Z"
    state, = pod["status"]["containerStatuses"]
    assert (state["restartCount"], state["ready"], state["state"]["running"]["startedAt"]) == (
        0, True, "2024-01-01T00:00:00Z")
    assert minikube.ok("kubectl get events -n kube-system --field-selector reason=Killing") == ""
    minikube.advance("1m")
    assert pod == json.loads(minikube.ok("kubectl get pod kube-scheduler-minikube -n kube-system -o json"))


def test_a_mirror_pod_goes_with_its_node(minikube):
    minikube.ok("kubectl delete node minikube")
    minikube.advance("1m")
    assert not any("-minikube" in name for name in ages(minikube))


def test_no_kubelet_makes_what_its_files_do_not_have(minikube):
    minikube.ok("kubectl delete pod storage-provisioner -n kube-system")
    assert "storage-provisioner" not in ages(minikube)


def test_controllers_take_it_for_their_own(minikube):
    before = ages(minikube)
    minikube.ok("kubectl delete pods -n kube-system -l k8s-app")
    minikube.ok("kubectl scale deployment coredns --replicas=2 -n kube-system")
    minikube.advance("10s")
    after = ages(minikube, columns="PHASE:.status.phase")
    assert set(after.values()) == {"Running"} and len(after) == 8
    assert {name for name in before if "coredns" in name or "proxy" in name}.isdisjoint(after)
    assert minikube.ok("kubectl get endpoints kube-dns -n kube-system -o jsonpath={.subsets[0].addresses[*].ip}"
                       ).split() == ["10.244.0.2", "10.244.0.3"]
    assert minikube.ok("kubectl get rs,controllerrevisions -n kube-system -o name").count("\n") == 2
    assert "Pulling" not in minikube.ok("kubectl get events -n kube-system")


def test_nothing_is_due_while_nobody_asks(tmp_path):
    """A fresh cluster stands still: no controller wants another status, no probe turns bad."""
    cluster = opened(tmp_path / "c")
    cluster.begin()
    for name in ("deployment", "replicaset", "daemonset", "endpoints", "endpointslice", "kubelet"):
        for resource in cluster.manager.loops[name].resources:
            for key in cluster.store.keys(resource, "kube-system"):
                cluster.manager.enqueue(name, key)
    before = cluster.store.revision
    cluster.set_clock(frozen=START + 3600)
    written = {(resource, key) for resource, key in everything(cluster)
               if int(cluster.store.get(resource, key)["metadata"].get("resourceVersion", 0)) > before}
    assert {key for resource, key in written} <= {f"kube-system/{name}-minikube" for name in (
        "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")}, written


def test_a_second_node_gets_its_daemons(minikube):
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "late", "labels": {"kubernetes.io/os": "linux"}}}
    minikube.ok("kubectl create -f -", stdin=json.dumps(node))
    minikube.advance("5s")
    where = "-l k8s-app=kube-proxy -o jsonpath='{.items[*].spec.affinity.nodeAffinity..values[*]}'"
    assert sorted(minikube.ok(f"kubectl get pods -n kube-system {where}").split()) == ["late", "minikube"]


def test_several_nodes_have_kindnet_and_one_control_plane(terminal):
    terminal.ok("kubectl sim reset --no-bare --nodes 3")
    assert terminal.ok("kubectl get ds -n kube-system --no-headers -o custom-columns=:.metadata.name,"
                       ":.status.numberReady").split() == ["kindnet", "3", "kube-proxy", "3"]
    assert len(ages(terminal, "-l tier=control-plane")) == 4
    nodes = ages(terminal, "-l k8s-app=kube-proxy", "NODE:.spec.nodeName")
    assert sorted(nodes.values()) == ["minikube", "minikube-m02", "minikube-m03"]


def test_drain_refuses_what_a_minikube_has(minikube):
    result = minikube("kubectl drain minikube")
    assert result.code == 1
    for told in ("DaemonSet-managed Pods (use --ignore-daemonsets to ignore): kube-system/kube-proxy-",
                 "declare no controller (use --force to override): kube-system/storage-provisioner"):
        assert told in result.err
    assert "etcd" not in result.err


def test_what_is_told_of_it(minikube):
    assert ("CoreDNS is running at https://127.0.0.1:8443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n"
            in minikube.ok("kubectl cluster-info"))
    node = minikube.ok("kubectl describe node minikube")
    assert "(7 in total)" in node and re.search(r"cpu +750m \(37%\) +0 \(0%\)", node)
    assert re.search(r"memory +170Mi \(2%\) +170Mi \(2%\)", node)
    assert "Controlled By:  Node/minikube\n" in minikube.ok("kubectl describe pod etcd-minikube -n kube-system")


def test_gates_that_are_set_show_in_its_pods(terminal):
    assert gates.enabled("PodHostIPs", (1, 29))
    terminal.ok("kubectl sim reset --no-bare --kubernetes-version 1.29 --feature-gates PodHostIPs=false")
    assert terminal.ok("kubectl get pods -A -o jsonpath={.items[*].status.hostIPs}") == ""


def test_the_api_server_tells_that_it_is_there(terminal):
    name, holder, length = terminal.ok(
        "kubectl get lease -n kube-system -l apiserver.kubernetes.io/identity=kube-apiserver,"
        "kubernetes.io/hostname=minikube -o "
        "jsonpath='{.items[*].metadata.name} {.items[*].spec.holderIdentity} {.items[*].spec.leaseDurationSeconds}'"
    ).split()
    assert name == "apiserver-eqt674mfxb4j56mrjjkoe7b7ii"  # the hash of minikube's name
    assert holder.startswith(f"{name}_") and len(holder) == len(name) + 37 and length == "3600"
