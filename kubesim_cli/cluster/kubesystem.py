"""What kubeadm and minikube put into a fresh cluster, with the pods that run of it (kubesystem.json), or kubeadm and
kind (kindsystem.json).

Objects of the data have the defaults of the API server filled in; what follows from them (replica sets, pods,
endpoints, statuses) is made here as the controllers and the kubelet would have left it. A test compares both with what
these make.
"""

from __future__ import annotations

import os
from itertools import chain

from ..apiserver.admission.defaulttolerationseconds import tolerate
from ..apiserver.admission.serviceaccount import mount_token
from ..apiserver.bootstrap import ROOT_CA, ROOT_CA_ANNOTATIONS
from ..apiserver.leases import API_VERSION, LEADERS, LEASES, spec_of_leader
from ..controllers.daemonset import nodes as daemons
from ..controllers.deployment import revisions
from ..controllers.history import RESOURCE as REVISIONS
from ..controllers.history import template_patch
from ..controllers.ipallocatorrepair import IP_ADDRESSES, ip_address
from ..controllers.pods import from_template
from ..controllers.refs import controller_ref
from ..go.jsontext import loads
from ..helpers.nodes import internal_ip
from ..kubelet.addresses import Addresses
from ..kubelet.containers import adopted
from ..kubelet.images import names
from ..kubelet.staticpods import mirror_pods
from ..machinery import timestamps
from ..machinery.names import template_hash
from ..machinery.objects import key_of
from ..machinery.wellknown import (
    CONTROLLER_REVISION_HASH_LABEL_KEY,
    DEPRECATED_TEMPLATE_GENERATION,
    LABEL_SERVICE_NAME,
    REVISION_ANNOTATION,
)
from ..releases import within_minors
from ..releases.gates import enabled
from ..releases.makers import maker_of
from ..releases.server import PATCH
from ..releases.system import KINDNET_IMAGE, LOCAL_PATH_PROVISIONER_IMAGE, STORAGE_PROVISIONER_IMAGE, image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..apiserver.client import Client
    from ..machinery.entropy import Entropy
    from ..machinery.types import Object, Release
    from ..store.store import Store

NAMESPACE = "kube-system"
_PRIORITIES = {"system-node-critical": 2000001000, "system-cluster-critical": 2000000000}


def images(release: Release, nodes: list[Object]) -> tuple[list[Object], list[Object]]:
    """Return what the status of the first of the nodes, and that of the others, tells of images."""
    kind = maker_of(nodes).kind
    common = [image("kube-proxy", release), image("pause", release),
              *([KINDNET_IMAGE] if kind or len(nodes) > 1 else ())]
    provisioner = LOCAL_PATH_PROVISIONER_IMAGE if kind else STORAGE_PROVISIONER_IMAGE
    first = [image(name, release) for name in ("etcd", "coredns", "kube-apiserver", "kube-controller-manager",
                                               "kube-scheduler")]
    return ([_listed(each) for each in (*first, *common, provisioner)],
            [_listed(each) for each in common])


def _listed(image: str) -> Object:
    return names.listed(image, names.made_up_size(image))


def known_objects() -> set[tuple[str, str]]:
    """Return (kind, name) of the objects in kube-system that somebody has written."""
    text = "".join(part.replace("replicas\": ", "replicas\": 0") for part in _parts("kubesystem")[::2])
    objects = [each["object"] for each in loads(text)["objects"]]
    return {(obj["kind"], obj["metadata"]["name"]) for obj in objects if obj["metadata"].get("namespace") == NAMESPACE}


class KubeSystem:
    """Puts the objects into a cluster whose Nodes are there already, the control plane's first."""

    def __init__(self, api: Client, store: Store, entropy: Entropy, kind: Object):
        """`entropy` gives UIDs and suffixes: one of its own, so that a bare cluster is otherwise the same. `kind`: what
        was asked of kind (helpers.kindnodes), empty for minikube."""
        self.kind = kind
        self.api, self.store, self.entropy, self.nodes = api, store, entropy, api.items("nodes")
        self.release, self.now, self.stamp = api.release, api.now, timestamps.format(api.now)
        self.addresses = Addresses(api)

    def make(self) -> None:
        """Put everything, pods before what tells of them."""
        ranges = self.api.server.service_ranges
        for node in self.nodes:
            for pod in mirror_pods(node, self.release, ranges.cidr, self.api.server.cluster_cidr):
                self._run(pod, node)
        for resource, obj in _data(self.api, self.nodes, self.kind):
            if "template" in obj.get("spec", ()) and not enabled("OmitZeroTimes", self.release):
                obj["spec"]["template"]["metadata"]["creationTimestamp"] = None
            if resource == "pods":
                self._place(obj, self.nodes[0])
            elif resource == "deployments.apps":
                self._deploy(obj)
            elif resource == "daemonsets.apps":
                self._daemons(obj)
            else:
                self._put(resource, obj)
                if resource == "services" and enabled("MultiCIDRServiceAllocator", self.release):
                    self._put(IP_ADDRESSES, ip_address(obj["spec"]["clusterIP"], NAMESPACE, obj["metadata"]["name"]))

        for name in LEADERS:
            holder = f"{self.nodes[0]['metadata']['name']}_{self.entropy.uid('leader', name)}"
            self._put(LEASES, {"kind": "Lease", "apiVersion": API_VERSION, "metadata": {
                "name": name, "namespace": NAMESPACE}, "spec": spec_of_leader(holder, self.now)})

    def _put(self, resource: str, obj: Object) -> Object:
        meta = obj["metadata"]
        meta["uid"] = self.entropy.uid(resource, key_of(obj))
        meta["creationTimestamp"] = self.stamp
        self.store.put("ADDED", resource, key_of(obj), obj)
        return obj

    # Pods

    def _pod(self, template: Object, owner: Object) -> Object:
        pod = from_template(template, owner)
        meta = pod["metadata"]
        meta.update(name=meta["generateName"] + self.entropy.suffix(), namespace=owner["metadata"]["namespace"])
        return pod

    def _place(self, pod: Object, node: Object) -> Object:
        """Have a pod run on a node, with what admission and the scheduler add to it."""
        spec = pod["spec"]
        tolerate(spec)
        mount_token(spec, self.entropy.suffix)
        spec.update(enableServiceLinks=True, nodeName=node["metadata"]["name"], preemptionPolicy="PreemptLowerPriority",
                    priority=_PRIORITIES.get(spec.get("priorityClassName"), 0))
        return self._run(pod, node)

    def _run(self, pod: Object, node: Object) -> Object:
        """Put a pod whose containers run since the cluster is there."""
        meta, asked = pod["metadata"], [container["resources"] for container in pod["spec"]["containers"]]
        if enabled("PodGeneration", self.release):
            meta["generation"] = 1
        meta["uid"] = self.entropy.uid("pods", key_of(pod))
        pod["status"] = {"phase": "Pending", "qosClass": "Burstable" if any(asked) else "BestEffort"}
        pod["status"] = adopted(self.api, pod, node, self.addresses, self.now)
        meta["creationTimestamp"] = self.stamp
        self.store.put("ADDED", "pods", key_of(pod), pod)
        return pod

    # Workloads

    def _deploy(self, deployment: Object) -> None:
        """Put a Deployment whose pods are there."""
        count = deployment["spec"]["replicas"]
        hash_ = template_hash(deployment["spec"]["template"], self.release)
        name = f"{deployment['metadata']['name']}-{hash_}"
        counts = {"availableReplicas": count, "observedGeneration": 1, "readyReplicas": count, "replicas": count}
        if enabled("DeploymentReplicaSetTerminatingReplicas", self.release):
            counts["terminatingReplicas"] = 0
        times = {"lastTransitionTime": self.stamp, "lastUpdateTime": self.stamp, "status": "True"}
        deployment["status"] = {**counts, "updatedReplicas": count, "conditions": [
            {**times, "message": "Deployment has minimum availability.", "reason": "MinimumReplicasAvailable",
             "type": "Available"},
            {**times, "message": f'ReplicaSet "{name}" has successfully progressed.',
             "reason": "NewReplicaSetAvailable", "type": "Progressing"}]}
        template, selector = revisions.with_hash(deployment, hash_)
        deployment["metadata"]["annotations"] = {REVISION_ANNOTATION: "1"}
        self._put("deployments.apps", deployment)
        rs: Object = {"kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": {
            "name": name, "namespace": deployment["metadata"]["namespace"], "generation": 1,
            "labels": dict(template["metadata"]["labels"]),
            "ownerReferences": [controller_ref(deployment)]},
            "spec": {"replicas": count, "selector": selector, "template": template},
            "status": {**counts, "fullyLabeledReplicas": count}}
        revisions.set_annotations(deployment, rs, 1, False)
        self._put("replicasets.apps", rs)
        pods = [self._place(self._pod(template, rs), self.nodes[0]) for _ in range(count)]
        if deployment["metadata"]["name"] == "coredns":
            self._endpoints(pods)

    def _daemons(self, ds: Object) -> None:
        """Put a DaemonSet, its revision, and a pod on each node."""
        meta, count = ds["metadata"], len(self.nodes)
        meta["annotations"] = {DEPRECATED_TEMPLATE_GENERATION: "1"}
        ds["status"] = {"currentNumberScheduled": count, "desiredNumberScheduled": count, "numberAvailable": count,
                        "numberMisscheduled": 0, "numberReady": count, "observedGeneration": 1,
                        "updatedNumberScheduled": count}
        self._put("daemonsets.apps", ds)
        hash_ = template_hash(ds["spec"]["template"], self.release)
        labels = {**ds["spec"]["template"]["metadata"]["labels"], CONTROLLER_REVISION_HASH_LABEL_KEY: hash_}
        self._put(REVISIONS, {"kind": "ControllerRevision", "apiVersion": "apps/v1", "metadata": {
            "name": f"{meta['name']}-{hash_}", "namespace": NAMESPACE, "labels": labels,
            "annotations": dict(meta["annotations"]), "ownerReferences": [controller_ref(ds)]},
            "data": template_patch(ds, self.release), "revision": 1})
        template = daemons.template(ds, hash_)
        for node in self.nodes:
            pod = self._pod(template, ds)
            daemons.send_to(pod, node["metadata"]["name"])
            self._place(pod, node)

    def _endpoints(self, pods: list[Object]) -> None:
        """Put the endpoints of the service that leads to CoreDNS' pods."""
        service = self.store.get("services", f"{NAMESPACE}/kube-dns") or {}
        meta, ports = service["metadata"], service["spec"]["ports"]
        ports = [{"name": port["name"], "port": port["port"], "protocol": port["protocol"]} for port in ports]
        family = self.api.server.service_ranges.family
        targets = [(_ip(pod, family), pod["spec"]["nodeName"], {
            "kind": "Pod", "name": pod["metadata"]["name"], "namespace": NAMESPACE, "uid": pod["metadata"]["uid"]})
            for pod in pods]
        labels, notes = meta["labels"], {"endpoints.kubernetes.io/last-change-trigger-time": self.stamp}
        managed = {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        self._put("endpoints", {"kind": "Endpoints", "apiVersion": "v1", "metadata": {
            "name": meta["name"], "namespace": NAMESPACE, "annotations": notes,
            "labels": {**(managed if enabled("EndpointsManagedBy", self.release) else {}), **labels}},
            "subsets": [{"addresses": [{"ip": ip, "nodeName": node, "targetRef": target}
                                       for ip, node, target in targets], "ports": ports[::-1]}]})
        self._put("endpointslices.discovery.k8s.io", {
            "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "metadata": {
                "name": f"{meta['name']}-{self.entropy.suffix()}", "generateName": f"{meta['name']}-",
                "namespace": NAMESPACE, "generation": 1, "annotations": dict(notes), "labels": {
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", **labels,
                    LABEL_SERVICE_NAME: meta["name"]}, "ownerReferences": [controller_ref(service)]},
            "addressType": family, "ports": ports, "endpoints": [{
                "addresses": [ip], "conditions": {"ready": True, "serving": True, "terminating": False},
                "nodeName": node, "targetRef": target} for ip, node, target in targets]})


def _ip(pod: Object, family: str) -> str:
    return next(str(each["ip"]) for each in pod["status"]["podIPs"] if (":" in each["ip"]) == (family == "IPv6"))


def _parts(file: str) -> list[str]:
    """Return the text of a file of data; every second part is the name of what is to stand there."""
    with open(os.path.join(os.path.dirname(__file__), f"{file}.json"), encoding="utf-8") as opened:
        return opened.read().split("@")


def _data(api: Client, nodes: list[Object], kind: Object) -> Iterator[tuple[str, Object]]:
    """Yield (resource, object) of the data, as far as the cluster has it; `@name@` stands for what it differs in.

    An entry tells the minor releases that have it (`since`, `until`), how many nodes there are at least (`nodes`), that
    it is of one maker only (`by`), and that it belongs to kind's own network (`cni`).
    """
    release, values = api.release, _values(api, nodes, kind)

    def read(file: str) -> Object:
        parts = _parts(file)
        parts[1::2] = [str(values[name]).replace("\n", "\\n") for name in parts[1::2]]
        found: Object = loads("".join(parts))
        return found

    data = read("kubesystem")
    accounts = ({**each, "resource": "serviceaccounts", "object": {
        "kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": each["name"], "namespace": NAMESPACE}}}
        for each in data["controllers"])
    for entry in chain(accounts, data["objects"], read("kindsystem")["objects"] if kind else ()):
        if (within_minors(release, entry.get("since"), entry.get("until")) and len(nodes) >= entry.get("nodes", 1)
                and not (kind and entry.get("by") == "minikube") and not (entry.get("cni") and not kind["cni"])
                and not (kind.get("proxy") == "none" and entry["object"]["metadata"]["name"] == "kube-proxy"
                         and "rbac" not in entry["resource"])):
            yield entry["resource"], entry["object"]


def _values(api: Client, nodes: list[Object], kind: Object) -> dict[str, str | int]:
    from binascii import b2a_base64  # base64 imports re, which takes longer than all that is made here

    release, ranges, maker = api.release, api.server.service_ranges, maker_of(nodes)
    hosts = f"    hosts {{\n       {maker.host} host.minikube.internal\n       fallthrough\n    }}\n"
    differing = {"log": "", "hosts": "", "runtime": "unix:///run/containerd/containerd.sock", "tcp": "null",
                 "cgroup": "cgroupRoot: /kubelet\n", "sync": "1s", "mode": kind["proxy"], "replicas": 2} if kind else {
        "log": "    log\n", "hosts": hosts, "runtime": "unix:///var/run/cri-dockerd.sock", "tcp": "0s",
        "cgroup": "", "sync": "0s", "mode": "", "replicas": 1}
    return {"cidr": ranges.cidr, "dns": ranges.of_dns, "version": PATCH[release], "ip": internal_ip(nodes[0]),
            "pods": api.server.cluster_cidr, "family": ranges.family, "ca": ROOT_CA,
            "ca64": b2a_base64(ROOT_CA.encode(), newline=False).decode(),
            "ca-description": ROOT_CA_ANNOTATIONS["kubernetes.io/description"], "name": maker.cluster_name,
            "endpoint": f"{maker.endpoint}:{maker.port}", "certs": maker.certs,
            "coredns": image("coredns", release), "kube-proxy": image("kube-proxy", release),
            "kindnet": KINDNET_IMAGE, "storage-provisioner": STORAGE_PROVISIONER_IMAGE,
            "local-path-provisioner": LOCAL_PATH_PROVISIONER_IMAGE, **differing}
