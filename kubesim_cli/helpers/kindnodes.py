"""The nodes of a cluster that kind makes (sigs.k8s.io/kind, pkg/cluster/internal/create and providers/common/namer.go).

Such a cluster is told by a dict: `name`; `nodes`, each with its `role`, control-plane or worker, `labels`, `taints`
where others were asked for, and `ports` of the machine (`host`) that lead to its own (`node`) by a `protocol`; `cni`
and `proxy`, whether kindnet, and in which mode kube-proxy runs, "none" for not at all.
"""

from __future__ import annotations

from ..machinery.wellknown import LABEL_HOSTNAME
from ..releases.makers import maker_of, provider_id
from .nodenetworks import addresses, give
from .nodes import internal_ip, registered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object, Release

_FIRST = {4: "172.18.0.2", 6: "fc00:f853:ccd:e793::2"}  # of Docker's network `kind`
CONTROL_PLANE, WORKER = "control-plane", "worker"
_ROLE, _NO_BALANCER = "node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers"
# What the node images of kind for each release run: containerd, of images/base/Dockerfile.
_RUNTIMES = {(1, 28): "1.7.18", (1, 29): "1.7.18", (1, 30): "1.7.18", (1, 31): "1.7.24", (1, 32): "2.1.3",
             (1, 33): "2.1.3", (1, 34): "2.2.0", (1, 35): "2.2.1", (1, 36): "2.3.1", (1, 37): "2.3.4"}


def kind_nodes(kind: Object, release: Release, now: float, cidrs: str) -> list[Object]:
    """Return the Nodes of a cluster, the control plane's first, without UIDs; `cidrs`: pods' ranges."""
    found: list[Object] = []
    roles = [each for role in (CONTROL_PLANE, WORKER) for each in kind["nodes"] if each["role"] == role]
    for each in roles:
        found.append(_node(kind["name"], each["role"], found, release, now, cidrs))
        found[-1]["metadata"]["labels"].update(each.get("labels") or {})
        if "taints" in each:
            found[-1]["spec"]["taints"] = list(each["taints"])
    if len(found) == 1:  # it has to run everything
        found[0]["spec"].pop("taints", None)
        del found[0]["metadata"]["labels"][_NO_BALANCER]
    return found


def published(kind: Object, port: int, protocol: str) -> tuple[str, int] | None:
    """Return (node's name, its port) that a port of the machine leads to, None for none (extraPortMappings)."""
    counts: dict[str, int] = {}
    for node in kind["nodes"]:
        role = node["role"]
        counts[role] = counts.get(role, 0) + 1
        for each in node.get("ports") or ():
            if (each["host"], each["protocol"]) == (port, protocol):
                return f"{kind['name']}-{role}{counts[role] if counts[role] > 1 else ''}", each["node"]
    return None


def another(there: list[Object], release: Release, now: float, cidrs: str, name: str = "") -> Object:
    """Return one worker more of a cluster of kind's with the nodes `there`, without UID."""
    return _node(maker_of(there).cluster_name, WORKER, there, release, now, cidrs, name)


def _node(cluster: str, role: str, there: list[Object], release: Release, now: float, cidrs: str,
          name: str = "") -> Object:
    taken = {node["metadata"]["name"] for node in there}
    number = 1
    while not name or name in taken:
        name = f"{cluster}-{role}{number if number > 1 else ''}"
        number += 1
    there_already, index = {internal_ip(node) for node in there}, 0
    while addresses(cidrs, _FIRST, index)[0] in there_already:
        index += 1
    labels = {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
              LABEL_HOSTNAME: name, "kubernetes.io/os": "linux"}
    if role == CONTROL_PLANE:
        labels.update({_ROLE: "", _NO_BALANCER: ""})
    node = registered(name, labels, addresses(cidrs, _FIRST, index), release, now, runtime=f"containerd://{_RUNTIMES[release]}",
                      os_image="Debian GNU/Linux 12 (bookworm)")
    node["metadata"]["annotations"] = {
        "kubeadm.alpha.kubernetes.io/cri-socket": "unix:///run/containerd/containerd.sock",
        "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true"}
    give(node, cidrs, index)
    node["spec"]["providerID"] = provider_id(cluster, name)
    if role == CONTROL_PLANE:
        node["spec"]["taints"] = [{"effect": "NoSchedule", "key": _ROLE}]
    return node
