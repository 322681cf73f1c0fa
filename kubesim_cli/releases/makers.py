"""What makes clusters with kubeadm, minikube and kind: where each puts things, and what it asks kubeadm for.

minikube: pkg/minikube/bootstrapper/bsutil/ktmpl; kind: pkg/cluster/internal/kubeadm/config.go. A node tells by its
spec.providerID who made it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KIND = "kind://docker/"


class Maker:
    """`certs`, `etcd`: folders of the first node; `port`: the API server's; `host`: the machine that the nodes run on;
    `endpoint`: the control plane's name in the nodes' network; `cluster_name`, `leader_elect`: what the controller
    manager is told; `admission`: the plugins that the API server is told to enable; `kind`: whether it is kind."""

    certs, etcd, port = "/var/lib/minikube/certs", "/var/lib/minikube/etcd", 8443
    host, network = "192.168.49.1", ("192.168.49.0", 24)
    endpoint, cluster_name, leader_elect = "control-plane.minikube.internal", "mk", "false"
    kind = False

    admission = ("NamespaceLifecycle,LimitRanger,ServiceAccount,DefaultStorageClass,DefaultTolerationSeconds,"
                 "NodeRestriction,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,ResourceQuota")


class Kind(Maker):
    """kind, for its cluster of a name."""

    certs, etcd, port = "/etc/kubernetes/pki", "/var/lib/etcd", 6443
    host, network = "172.18.0.1", ("172.18.0.0", 16)
    leader_elect = "true"
    kind = True
    admission = "NodeRestriction"

    def __init__(self, name: str):
        self.cluster_name, self.endpoint = name, f"{name}-control-plane"


MINIKUBE = Maker()


def provider_id(cluster: str, node: str) -> str:
    """Return the spec.providerID of a node in a cluster of kind's."""
    return f"{_KIND}{cluster}/{node}"


def maker_of(nodes: list[dict[str, Any]]) -> Maker:
    """Return what made a cluster with these nodes, MINIKUBE where none of them tells."""
    for node in nodes:
        told = (node.get("spec") or {}).get("providerID") or ""
        if told.startswith(_KIND):
            return Kind(told.removeprefix(_KIND).partition("/")[0])
    return MINIKUBE
