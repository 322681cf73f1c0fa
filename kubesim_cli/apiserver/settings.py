"""Settings of the API server, named as kube-apiserver's flags: what of a cluster is otherwise than by default.

A Server without them (`None`) is the default one. They are made from a dict of flags, as `{"authorization-mode":
"AlwaysAllow"}`, which the cluster's state keeps.
"""

from __future__ import annotations

import ipaddress

from ..go.jsontext import loads
from .serviceranges import Range, ServiceRanges, address_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object

FILES = ("admission-control-config-file", "token-auth-file")  # flags that name files
MODES = ("AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node")  # authorizer/modes
_NOT_PLAYED = ("ABAC", "Webhook")
# pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins
PLUGINS = (
    "AlwaysAdmit", "NamespaceAutoProvision", "NamespaceLifecycle", "NamespaceExists",
    "LimitPodHardAntiAffinityTopology", "LimitRanger", "ServiceAccount", "NodeRestriction", "TaintNodesByCondition",
    "AlwaysPullImages", "ImagePolicyWebhook", "PodSecurity", "PodNodeSelector", "Priority", "DefaultTolerationSeconds",
    "PodTolerationRestriction", "EventRateLimit", "ExtendedResourceToleration", "DefaultStorageClass",
    "StorageObjectInUseProtection", "PodGroupProtection", "OwnerReferencesPermissionEnforcement",
    "PersistentVolumeClaimResize", "RuntimeClass", "CertificateApproval", "CertificateSigning",
    "ClusterTrustBundleAttest", "CertificateSubjectRestriction", "DefaultIngressClass", "DenyServiceExternalIPs",
    "PodTopologyLabels", "PodGroupWorkloadExists", "NodeDeclaredFeatureValidator", "JobValidation",
    "PodResizeValidator", "MutatingAdmissionPolicy", "MutatingAdmissionWebhook", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook", "ResourceQuota", "AlwaysDeny")
_OFF_BY_DEFAULT = frozenset({
    "AlwaysAdmit", "NamespaceAutoProvision", "NamespaceExists", "LimitPodHardAntiAffinityTopology", "NodeRestriction",
    "AlwaysPullImages", "ImagePolicyWebhook", "PodNodeSelector", "PodTolerationRestriction", "EventRateLimit",
    "ExtendedResourceToleration", "OwnerReferencesPermissionEnforcement", "DenyServiceExternalIPs", "AlwaysDeny"})
# A kubelet here does only what NodeRestriction would let it do.
PLAYED_WHEN_ENABLED = frozenset({"AlwaysAdmit", "NodeRestriction", "NamespaceExists", "NamespaceAutoProvision",
                                 "AlwaysPullImages", "DenyServiceExternalIPs", "AlwaysDeny"})

# Groups that a server knows and that have nothing to serve here (pkg/controlplane/import_known_versions.go)
_WITHOUT_RESOURCES = ("admission.k8s.io", "extensions", "imagepolicy.k8s.io", "internal.apiserver.k8s.io")


class Settings:
    """What the flags say: `modes` of authorization, admission plugins that are `off` or `on` (their modules' names),
    the `services`' ranges, the pods' (`cluster_cidr`), the `plugins`' configurations
    (admissionconfig.py), and the users of static `tokens`."""

    def __init__(self, flags: dict[str, str]) -> None:
        self.modes = _list(flags.get("authorization-mode", "RBAC"))
        self.off = frozenset(name.lower() for name in _list(flags.get("disable-admission-plugins", "")))
        self.on = frozenset(name.lower() for name in _list(flags.get("enable-admission-plugins", "")))
        names = {"cidr": "service-cluster-ip-range", "ports": "service-node-port-range"}
        self.services = ServiceRanges(**{key: flags[name] for key, name in names.items() if name in flags})
        self.cluster_cidr = flags.get("cluster-cidr", "")
        self.plugins: dict[str, Object] = loads(flags.get("admission-control-config-file", "{}"))
        self.tokens = users(flags.get("token-auth-file", ""))


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in text.split(","))))


def users(text: str, path: str = "") -> dict[str, Object]:
    """Return token -> user of a token file's lines `token,name,uid,"group,group"`.

    Raises ValueError for a line that is shorter (authentication/token/tokenfile).
    """
    if not text:
        return {}
    import csv

    found: dict[str, Object] = {}
    for row in csv.reader(line for line in text.splitlines() if line.strip()):
        if len(row) < 3:
            raise ValueError(f"token file '{path}' must have at least 3 columns (token, user name, user uid), "
                             f"found {len(row)}")
        if row[0]:
            groups = row[3].split(",") if len(row) > 3 else []
            found[row[0]] = {"name": row[1], "uid": row[2], "groups": [*groups, "system:authenticated"], "extra": {}}
    return found


def kept(name: str, path: str, read: Callable[[str], str]) -> str:
    """Return what is kept of the file at a path that a flag (of FILES) names; `read` gives the text of a file.

    Raises ValueError, and what `read` raises.
    """
    text = read(path)
    if name == "token-auth-file":
        users(text, path)
        return text
    from os.path import dirname, join

    from .admissionconfig import compact

    return compact(text, lambda other: read(join(dirname(path), other)))


def check(flags: dict[str, str]) -> None:
    """Raise ValueError, in kube-apiserver's words, for flags that it would not start with."""
    _check_modes(flags)
    _check_plugins(flags)
    if flags.get("runtime-config"):
        _check_apis(flags["runtime-config"])
    if "service-cluster-ip-range" in flags:
        _check_ranges(flags["service-cluster-ip-range"])
    if "cluster-cidr" in flags:
        _check_cluster_cidr(flags["cluster-cidr"])
    _check_families(flags)
    if "service-node-port-range" in flags:
        _check_ports(flags["service-node-port-range"])


def _check_apis(text: str) -> None:
    """Validate of k8s.io/apiserver's server/options/api_enablement.go, beside what runtimeconfig.parse refuses."""
    from ..machinery.discovery import builtin_groups
    from ..releases.runtimeconfig import STAGES, parse

    known = {"", *builtin_groups(), *_WITHOUT_RESOURCES}
    versions = {key.rpartition("/")[0] if key.count("/") == 2 else key for key in parse(text) if key not in STAGES}
    unknown = sorted(version for version in versions if version.partition("/")[0] not in known)
    if unknown:
        raise ValueError(f"unknown api groups {','.join(unknown)}")


def _check_modes(flags: dict[str, str]) -> None:
    if "authorization-mode" not in flags:
        return
    modes = _list(flags["authorization-mode"])
    if not modes:
        raise ValueError("at least one authorization-mode must be passed")
    for mode in modes:
        if mode not in MODES:
            raise ValueError(f'authorization-mode "{mode}" is not a valid mode')
        if mode in _NOT_PLAYED:
            raise ValueError(f"kubesim does not play authorization-mode {mode}")
    if len(set(modes)) < len(modes):
        quoted = " ".join(f'"{mode}"' for mode in modes)
        raise ValueError(f"authorization-mode [{quoted}] has mode specified more than once")


def _check_plugins(flags: dict[str, str]) -> None:
    on, off = (_list(flags.get(f"{what}-admission-plugins", "")) for what in ("enable", "disable"))
    for what, names in (("enable", on), ("disable", off)):
        for name in names:
            if name not in PLUGINS:
                raise ValueError(f'{what}-admission-plugins plugin "{name}" is unknown')
    both = sorted({*on} & {*off})
    if both:
        raise ValueError(f"[{' '.join(both)}] in enable-admission-plugins and disable-admission-plugins overlapped")
    for name in on:
        if name in _OFF_BY_DEFAULT and name not in PLAYED_WHEN_ENABLED:
            raise ValueError(f"kubesim does not play the admission plugin {name}")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Return a CIDR that has no host bits; raises ValueError. A mask in the place of its length is none."""
    if not text.partition("/")[2].isdecimal():
        raise ValueError(text)
    return ipaddress.ip_network(text)


def _check_ranges(text: str) -> None:
    """validateClusterIPFlags"""
    parts = text.split(",")
    if len(parts) > 2:
        raise ValueError("--service-cluster-ip-range must not contain more than two entries")
    try:
        networks = [_network(part) for part in parts]
    except ValueError:
        raise ValueError("--service-cluster-ip-range must contain at least one valid cidr") from None
    if len(networks) == 2 and networks[0].version == networks[1].version:
        raise ValueError("--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP "
                         "family")
    for i, network in enumerate(networks):
        bits = network.max_prefixlen
        if bits - network.prefixlen > 20:
            name = "--service-cluster-ip-range[1]" if i else "--service-cluster-ip-range"
            raise ValueError(f"specified {name} is too large; for {bits}-bit addresses, the mask must be >= "
                             f"{bits - 20}")
        if bits - network.prefixlen < 4:
            raise ValueError("kubesim wants a service-cluster-ip-range of at least 16 addresses")


def _check_cluster_cidr(text: str) -> None:
    """validateCIDRs of cmd/kube-controller-manager, and that a node's subnet fits into each range."""
    networks = []
    for part in text.split(","):
        try:
            networks.append(_network(part))
        except ValueError:
            raise ValueError(f"invalid CIDR address: {part}") from None
    if len(networks) > 2:
        raise ValueError(f"length of clusterCIDRs is:{len(networks)} more than max allowed of 2")
    if len(networks) > 1 and networks[0].version == networks[1].version:
        raise ValueError(f"len of ClusterCIDRs=={len(networks)} and they are not configured as dual stack (at least "
                         "one from each IPFamily")
    for network in networks:
        mask = 24 if network.version == 4 else 64
        if network.prefixlen > mask:
            raise ValueError(f"kubesim's nodes have subnets of /{mask}, which do not fit into {network}")


def check_nodes(flags: dict[str, str], nodes: int) -> None:
    """Raise ValueError where so many nodes cannot have the first subnets of the cluster-cidr."""
    if not {"cluster-cidr", "service-cluster-ip-range"} & set(flags):
        return
    pods, services = flags.get("cluster-cidr", ""), flags.get("service-cluster-ip-range", "10.96.0.0/12")
    for index in range(nodes):
        found = []
        for each in map(Range, (pods or "10.244.0.0/16").split(",")):
            bits, mask = (32, 24) if each.family == "IPv4" else (128, 64)
            found.append(f"{address_of(each.first + (index << bits - mask))}/{mask}")
        check_subnets(found, pods, services)


def check_subnets(found: list[str], pods: str, services: str) -> None:
    """Raise ValueError where a node's subnets are outside of the pods' ranges, unless those are "", or in the
    services'.

    kube-controller-manager gives a node neither (pkg/controller/nodeipam/ipam/range_allocator.go), so that it never
    becomes ready.
    """
    for subnet, cidr in zip(found, pods.split(",") if pods else ()):
        if not _overlap(subnet, cidr):
            bits = subnet.partition("/")[2]
            raise ValueError(f"kubesim's nodes have subnets of /{bits}, of which {cidr} has no more")
    for subnet in found:
        for cidr in services.split(","):
            if _overlap(subnet, cidr):
                raise ValueError(f"a node would have the subnet {subnet}, whose addresses {cidr} gives to services")


def _overlap(one: str, other: str) -> bool:
    a, b = Range(one), Range(other)
    return a.family == b.family and a.first < b.first + b.count and b.first < a.first + a.count


def _check_families(flags: dict[str, str]) -> None:
    """Services need pods of their families, which Kubernetes leaves to the user."""
    services = flags.get("service-cluster-ip-range", "10.96.0.0/12")
    pods = flags.get("cluster-cidr", "10.244.0.0/16")
    if not {":" in part for part in services.split(",")} <= {":" in part for part in pods.split(",")}:
        raise ValueError("kubesim wants a cluster-cidr of each family that service-cluster-ip-range has")


def _check_ports(text: str) -> None:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and 0 < int(low) <= int(high) <= 65535):
        raise ValueError(f'invalid port range "{text}": use LOW-HIGH, from 1 to 65535')
