"""The nodes of a cluster: what each kubelet registers, and where pods get their addresses on it.

The first node is minikube's control plane, the others are its workers. Those of kind: kindnodes.py.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.wellknown import ANNOTATION_KUBELET_STOPPED, LABEL_HOSTNAME
from ..releases.gates import enabled
from ..releases.server import PATCH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object, Release


# The annotation of a node whose kubelet does not answer: since when (RFC 3339; anything else: since it is there).
STOPPED = ANNOTATION_KUBELET_STOPPED
# The annotations of a node that is short of something: `memory`, `disk` and `pid` with commas between them, and how
# many pods have to go until it is not any more; without the latter it lasts.
PRESSURE, PRESSURE_PODS = "kubesim.io/pressure", "kubesim.io/pressure-pods"
# The annotation of the first node while services of type LoadBalancer get addresses, as with `minikube tunnel`.
TUNNEL = "kubesim.io/tunnel"

_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def node_name(index: int) -> str:
    """Return minikube's name for its node number `index`: minikube, minikube-m02, minikube-m03 ..."""
    return f"minikube-m{index + 1:02}" if index else "minikube"


def node_object(index: int, release: Release, now: float, name: str = "", addresses: list[str] | None = None) -> Object:
    """Return the Node that kubelet number `index` registers at `now`, without UID; `name` and `addresses`, where they
    are not minikube's."""
    name = name or node_name(index)
    labels = {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
              LABEL_HOSTNAME: name, "kubernetes.io/os": "linux", "minikube.k8s.io/name": "minikube",
              "minikube.k8s.io/primary": "false" if index else "true"}
    if not index:
        labels["node-role.kubernetes.io/control-plane"] = ""
        labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
    return registered(name, labels, addresses or [_address(index)], release, now)


def registered(name: str, labels: Object, addresses: list[str], release: Release, now: float, *,
               runtime: str = "docker://27.4.1", os_image: str = "Ubuntu 22.04.5 LTS") -> Object:
    """Return the Node that a kubelet registers at `now`, without UID; `addresses`: its InternalIPs."""
    tells = runtime.startswith("containerd://") and int(runtime[13:].partition(".")[0]) >= 2
    features = {"features": {"supplementalGroupsPolicy": True}} if tells and enabled(
        "SupplementalGroupsPolicy", release) else {}  # cri-dockerd says nothing of them
    resources = {"cpu": "2", "ephemeral-storage": "100Gi", "memory": "8Gi", "pods": "110"}
    version = PATCH[release]
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"node.alpha.kubernetes.io/ttl": "0"},
                     "creationTimestamp": timestamps.format(now)},
        "spec": {},
        "status": {
            "addresses": [*({"address": each, "type": "InternalIP"} for each in addresses),
                          {"address": name, "type": "Hostname"}],
            "allocatable": dict(resources), "capacity": dict(resources), "conditions": healthy_conditions(now),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}, **features,
            "nodeInfo": {
                "architecture": "amd64", "bootID": _identity(name, "boot", "-"),
                "containerRuntimeVersion": runtime, "kernelVersion": "5.15.0", "kubeProxyVersion": version,
                "kubeletVersion": version, "machineID": _identity(name, "machine", ""), "operatingSystem": "linux",
                "osImage": os_image, "systemUUID": _identity(name, "system", "-")}}}


def healthy_conditions(now: float, known: list[Object] | None = None) -> list[Object]:
    """Return the conditions that a kubelet posts; one that holds already since longer (`known`) keeps its time."""
    stamp = timestamps.format(now)
    before = {condition["type"]: condition for condition in known or ()}
    found = []
    for type_, status, reason, message in _CONDITIONS:
        old = before.get(type_)
        since = old["lastTransitionTime"] if old and old["status"] == status else stamp
        found.append({"lastHeartbeatTime": stamp, "lastTransitionTime": since, "message": message, "reason": reason,
                      "status": status, "type": type_})
    return found


def internal_ip(node: Object) -> str:
    """Return the node's InternalIP, "" where it has none."""
    for address in (node.get("status") or {}).get("addresses") or ():
        if address["type"] == "InternalIP":
            return str(address["address"])
    return ""


def kubelet_runs(node: Object) -> bool:
    """Tell whether the node has a kubelet that answers: one that somebody created by hand has none."""
    if STOPPED in (node["metadata"].get("annotations") or {}):
        return False
    return bool(((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion"))


def internal_ips(node: Object) -> list[str]:
    """Return the node's InternalIPs, of each family the first."""
    found: dict[bool, str] = {}
    for address in (node.get("status") or {}).get("addresses") or ():
        if address["type"] == "InternalIP":
            found.setdefault(":" in address["address"], str(address["address"]))
    return list(found.values())


def pod_networks(node: Object) -> list[tuple[int, int]]:
    """Return, for each family of its pods, the first and the last address, as numbers, that pods on the node may have.

    They are told by the node's podCIDRs; otherwise it is 10.244.N.0/24 for node number N by its InternalIP.
    """
    cidrs = node["spec"].get("podCIDRs") or [node["spec"].get("podCIDR")]
    if cidrs[0]:
        found = []
        for cidr in cidrs:
            base, _, bits = cidr.partition("/")
            first = number_of(base)
            found.append((first + 2, first + 2 ** ((128 if ":" in base else 32) - int(bits)) - 2))
        return found
    index = max(number_of(internal_ip(node) or _address(0)) - number_of(_address(0)), 0)
    first = number_of("10.244.0.0") + 256 * index
    return [(first + 2, first + 254)]


def number_of(address: str) -> int:
    """Return an IP address as a number."""
    if ":" in address:
        from ..machinery import ipv6

        return ipv6.number_of(address)
    a, b, c, d = map(int, address.split("."))
    return (a << 24) + (b << 16) + (c << 8) + d


def address_of(number: int) -> str:
    """Return such a number as an IP address."""
    if number >> 32:
        from ..machinery import ipv6

        return ipv6.address_of(number)
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _address(index: int) -> str:
    return address_of(number_of("192.168.49.2") + index)


def _identity(name: str, what: str, dash: str) -> str:
    """Sixteen bytes in hex that are always the same for a node: no random source is asked for what nobody compares."""
    from ..machinery.digest import sha256

    text = sha256(f"{name}/{what}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return dash.join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
