"""Settings of the API server, named as kube-apiserver's flags: what of a cluster is otherwise than by default.

A Server without them (`None`) is the default one. They are made from a dict of flags, as `{"authorization-mode":
"AlwaysAllow"}`, which the cluster's state keeps.
"""

from __future__ import annotations

import ipaddress

from .serviceranges import ServiceRanges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

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


class Settings:
    """What the flags say: `modes` of authorization, admission plugins that are `off` or `on` (their modules' names),
    the `services`' ranges, and the users of static `tokens`."""

    def __init__(self, flags: dict[str, str]) -> None:
        self.modes = _list(flags.get("authorization-mode", "RBAC"))
        self.off = frozenset(name.lower() for name in _list(flags.get("disable-admission-plugins", "")))
        self.on = frozenset(name.lower() for name in _list(flags.get("enable-admission-plugins", "")))
        names = {"cidr": "service-cluster-ip-range", "ports": "service-node-port-range"}
        self.services = ServiceRanges(**{key: flags[name] for key, name in names.items() if name in flags})
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


def check(flags: dict[str, str]) -> None:
    """Raise ValueError, in kube-apiserver's words, for flags that it would not start with."""
    _check_modes(flags)
    _check_plugins(flags)
    if "service-cluster-ip-range" in flags:
        _check_range(flags["service-cluster-ip-range"])
    if "service-node-port-range" in flags:
        _check_ports(flags["service-node-port-range"])


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


def _check_range(text: str) -> None:
    try:
        network = ipaddress.IPv4Network(text)
        if not text.partition("/")[2].isdecimal():
            raise ValueError  # a mask in the place of its length
    except ValueError:
        if ":" in text or "," in text:
            raise ValueError("kubesim has services of one IPv4 range only") from None
        raise ValueError("--service-cluster-ip-range must contain at least one valid cidr") from None
    if network.prefixlen < 12:
        raise ValueError("specified --service-cluster-ip-range is too large; for 32-bit addresses, the mask must be "
                         ">= 12")
    if network.prefixlen > 28:
        raise ValueError("kubesim wants a service-cluster-ip-range of at least 16 addresses")


def _check_ports(text: str) -> None:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and 0 < int(low) <= int(high) <= 65535):
        raise ValueError(f'invalid port range "{text}": use LOW-HIGH, from 1 to 65535')
