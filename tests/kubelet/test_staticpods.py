"""The control plane's pods, as kubeadm of each release writes them for minikube."""

from __future__ import annotations

import pytest

from kubesim_cli.helpers.nodes import node_object
from kubesim_cli.kubelet.staticpods import mirror_pods

NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


def pods(release, index=0):
    node = node_object(index, release, 1_700_000_000.25)
    node["metadata"]["uid"] = "u"
    return {pod["spec"]["containers"][0]["name"]: pod for pod in mirror_pods(
        node, release, "10.96.0.0/12", "10.244.0.0/16")}


def container(release, name):
    return pods(release)[name]["spec"]["containers"][0]


def test_only_the_control_plane_has_them():
    found = pods((1, 36))
    assert tuple(found) == NAMES and not pods((1, 36), 1)
    for name, pod in found.items():
        meta = pod["metadata"]
        assert (meta["name"], meta["namespace"]) == (f"{name}-minikube", "kube-system")
        assert meta["ownerReferences"] == [
            {"apiVersion": "v1", "controller": True, "kind": "Node", "name": "minikube", "uid": "u"}]
        notes = meta["annotations"]
        assert notes["kubernetes.io/config.mirror"] == notes["kubernetes.io/config.hash"]
        assert notes["kubernetes.io/config.seen"] == "2023-11-14T22:13:20.000000000Z"
        assert notes["kubernetes.io/config.source"] == "file"
    hashes = {pod["metadata"]["annotations"]["kubernetes.io/config.hash"] for pod in found.values()}
    assert len(hashes) == 4 and {len(each) for each in hashes} == {32}


@pytest.mark.parametrize("release, images", [
    ((1, 28), ["etcd:3.5.15-0", "kube-apiserver:v1.28.15", "kube-controller-manager:v1.28.15",
               "kube-scheduler:v1.28.15"]),
    ((1, 36), ["etcd:3.6.8-0", "kube-apiserver:v1.36.2", "kube-controller-manager:v1.36.2", "kube-scheduler:v1.36.2"])])
def test_images_are_those_of_the_release(release, images):
    assert [container(release, name)["image"] for name in NAMES] == [f"registry.k8s.io/{image}" for image in images]


# What differs: (component, release, probe) -> (path, port), None where there is no such probe.
@pytest.mark.parametrize("name, release, kind, asked", [
    ("etcd", (1, 30), "liveness", ("/health?exclude=NOSPACE&serializable=true", 2381)),
    ("etcd", (1, 30), "readiness", None), ("etcd", (1, 31), "readiness", ("/readyz", 2381)),
    ("etcd", (1, 34), "startup", ("/readyz", "probe-port")),
    ("kube-apiserver", (1, 28), "readiness", ("/readyz", 8443)),
    ("kube-scheduler", (1, 31), "liveness", ("/healthz", 10259)), ("kube-scheduler", (1, 31), "readiness", None),
    ("kube-scheduler", (1, 32), "readiness", ("/readyz", 10259)),
    ("kube-controller-manager", (1, 36), "startup", ("/healthz", "probe-port"))])
def test_probes(name, release, kind, asked):
    found = container(release, name)
    probe = found.get(f"{kind}Probe")
    assert asked == (probe and (probe["httpGet"]["path"], probe["httpGet"]["port"]))
    ports = [port["name"] for port in found.get("ports", ())]
    assert ports == (["probe-port"] if release >= (1, 34) else [])


@pytest.mark.parametrize("name, flag, having", [
    ("etcd", "--experimental-initial-corrupt-check=true", {(1, 28), (1, 31)}),
    ("etcd", "--feature-gates=InitialCorruptCheck=true", {(1, 34), (1, 36)}),
    ("etcd", "--proxy-refresh-interval=70000", {(1, 28)}),
    ("kube-scheduler", "--feature-gates=ExtendWebSocketsToKubelet=false", {(1, 36)}),
    ("kube-apiserver", "--advertise-address=192.168.49.2", {(1, 28), (1, 31), (1, 34), (1, 36)})])
def test_flags(name, flag, having):
    assert {release for release in ((1, 28), (1, 31), (1, 34), (1, 36))
            if flag in container(release, name)["command"]} == having


def test_folders_for_flex_volumes_went_with_1_36():
    def volumes(release):
        return [volume["name"] for volume in pods(release)["kube-controller-manager"]["spec"]["volumes"]]

    assert set(volumes((1, 35))) - set(volumes((1, 36))) == {"flexvolume-dir"}
    mounts = {mount["name"]: mount.get("readOnly", False) for mount in container((1, 35), "kube-controller-manager")[
        "volumeMounts"]}
    assert mounts["k8s-certs"] and not mounts["flexvolume-dir"]
