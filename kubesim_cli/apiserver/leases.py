"""Leases that programs renew as long as they run: those of nodes, of the API server, and of who leads.

Kubernetes: pkg/kubelet (nodelease), pkg/controlplane/apiserver/server.go, client-go's leaderelection. That they are
renewed is worked out when somebody looks; what is stored tells when that began.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.wellknown import LABEL_HOSTNAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

LEASES, API_VERSION = "leases.coordination.k8s.io", "coordination.k8s.io/v1"
NODES, CONTROL_PLANE = "kube-node-lease", "kube-system"  # the namespaces of nodes' leases, and of the others
LEADERS = ("kube-controller-manager", "kube-scheduler")
_SERVER = "apiserver-"
_PERIODS = {_SERVER: 10.0, NODES: 10.0, **dict.fromkeys(LEADERS, 2.0)}  # seconds from one renewal to the next


def spec_of_node(name: str, now: float) -> Object:
    """Return the spec of a node's lease."""
    return {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": timestamps.format_micro(now)}


def spec_of_server(holder: str, now: float) -> Object:
    """Return the spec of the lease by which an API server tells that it is there."""
    return {"holderIdentity": holder, "leaseDurationSeconds": 3600, "renewTime": timestamps.format_micro(now)}


def spec_of_leader(holder: str, now: float) -> Object:
    """Return the spec of the lease of a program that has just begun to lead."""
    stamp = timestamps.format_micro(now)
    return {"holderIdentity": holder, "leaseDurationSeconds": 15, "acquireTime": stamp, "renewTime": stamp,
            "leaseTransitions": 0}


def labels_of_server(hostname: str) -> dict[str, str]:
    """Return the labels of such a lease."""
    return {"apiserver.kubernetes.io/identity": "kube-apiserver", LABEL_HOSTNAME: hostname}


def period(namespace: str, name: str) -> float | None:
    """Return the seconds after which a lease is renewed, None where nobody does that."""
    if namespace == NODES:
        return _PERIODS[NODES]
    if namespace != CONTROL_PLANE:
        return None
    return _PERIODS.get(_SERVER if name.startswith(_SERVER) else name)


def renewed(lease: Object, until: float) -> Object:
    """Return a lease as it has been renewed up to a time; one that nobody renews as it is."""
    meta, spec = lease["metadata"], lease.get("spec") or {}
    seconds = period(meta.get("namespace", ""), meta["name"])
    if seconds is None or not spec.get("renewTime"):
        return lease
    times = (until - timestamps.parse(spec["renewTime"])) // seconds
    if times < 1:
        return lease
    at = timestamps.parse(spec["renewTime"]) + times * seconds
    return {**lease, "spec": {**spec, "renewTime": timestamps.format_micro(at)}}
