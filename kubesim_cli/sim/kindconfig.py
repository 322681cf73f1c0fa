"""What a file of kind's says, and what becomes of it: a cluster, and settings of its API server.

kind: pkg/internal/apis/config (encoding/load.go, default.go, validate.go), pkg/apis/config/v1alpha4/types.go. Of what
is handed on to kubeadm, the flags that `sim reset` knows are heeded, and nodes' labels and taints.
"""

from __future__ import annotations

import os
import re
from functools import partial

from ..helpers.kindnodes import CONTROL_PLANE, WORKER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..machinery.types import Json, Object

NAMES = "^[a-z0-9.-]+$"
FLAGS = ("admission-control-config-file", "authorization-mode", "cluster-cidr", "controllers",
         "disable-admission-plugins", "enable-admission-plugins", "service-cluster-ip-range",
         "service-node-port-range", "token-auth-file")
_SUBNETS = {"ipv4": ("10.244.0.0/16", "10.96.0.0/16"), "ipv6": ("fd00:10:244::/56", "fd00:10:96::/112")}
_SUBNETS["dual"] = (",".join((_SUBNETS["ipv4"][0], _SUBNETS["ipv6"][0])),
                    ",".join((_SUBNETS["ipv4"][1], _SUBNETS["ipv6"][1])))
_PROXIES = ("iptables", "ipvs", "nftables", "none")
_PATCHES = {"kubeadmConfigPatches", "kubeadmConfigPatchesJSON6902"}
_FIELDS = {
    "Cluster": {"kind", "apiVersion", "name", "nodes", "networking", "featureGates", "runtimeConfig",
                "containerdConfigPatches", "containerdConfigPatchesJSON6902", *_PATCHES},
    "Node": {"role", "image", "labels", "extraMounts", "extraPortMappings", *_PATCHES},
    "Networking": {"ipFamily", "apiServerPort", "apiServerAddress", "podSubnet", "serviceSubnet", "disableDefaultCNI",
                   "kubeProxyMode", "dnsSearch"}}


def read(text: str) -> Object:
    """Return the config in a file's text; raises ValueError, in kind's words, where it is none."""
    from ..go.yaml import load

    try:
        found = load(text)
    except ValueError as why:
        raise ValueError(f"could not determine kind / apiVersion for config: {why}") from None
    head = found if isinstance(found, dict) else {}
    version, kind = head.get("apiVersion") or "", head.get("kind") or ""
    if version != "kind.x-k8s.io/v1alpha4":
        raise ValueError(f"unknown apiVersion: {version}")
    if kind != "Cluster":
        raise ValueError(f"unknown kind {kind} for apiVersion: {version}")
    wrong = list(_misfits(head, text))
    if wrong:
        raise ValueError("unable to decode config: yaml: unmarshal errors:" + "".join(f"\n  {each}" for each in wrong))
    return head


def _misfits(config: Object, text: str) -> Iterator[str]:
    """Yield what a strict decoder would not take."""
    nodes, networking = config.get("nodes") or [], config.get("networking") or {}
    if not isinstance(nodes, list) or not all(isinstance(each, dict) for each in nodes):
        yield f"line {_line('nodes', text)}: cannot unmarshal nodes into []v1alpha4.Node"
        return
    if not isinstance(networking, dict):
        yield f"line {_line('networking', text)}: cannot unmarshal networking into v1alpha4.Networking"
        return
    for type_, structs in (("Cluster", [config]), ("Node", nodes), ("Networking", [networking])):
        for name in (name for struct in structs for name in struct if name not in _FIELDS[type_]):
            yield f"line {_line(name, text)}: field {name} not found in type v1alpha4.{type_}"
    for struct in (config, *nodes):
        patches = struct.get("kubeadmConfigPatches") or []
        if not isinstance(patches, list) or not all(isinstance(each, str) for each in patches):
            yield f"line {_line('kubeadmConfigPatches', text)}: cannot unmarshal kubeadmConfigPatches into []string"
    for node in nodes:
        mappings = node.get("extraPortMappings") or []
        if not isinstance(mappings, list) or not all(
                isinstance(each, dict) and all(type(each.get(key, 0)) is int for key in ("containerPort", "hostPort"))
                for each in mappings):
            name = "extraPortMappings"
            yield f"line {_line(name, text)}: cannot unmarshal {name} into []v1alpha4.PortMapping"


def _line(name: str, text: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1)
                 if re.match(rf"[\s-]*[\"']?{re.escape(name)}[\"']?\s*:", line)), 1)


def complete(config: Object, name: str, image: str, default_image: str) -> Object:
    """Return a config with kind's defaults; `name` and `image`: those of the command line, "" for none."""
    given = config.get("networking") or {}
    family = given.get("ipFamily") or "ipv4"
    pods, services = _SUBNETS.get(family, ("", ""))
    networking = {"disableDefaultCNI": False, **given, "ipFamily": family,
                  "kubeProxyMode": given.get("kubeProxyMode") or "iptables",
                  "podSubnet": given.get("podSubnet") or pods, "serviceSubnet": given.get("serviceSubnet") or services}
    nodes = [{**node, "role": node.get("role") or CONTROL_PLANE, "image": image or node.get("image") or default_image}
             for node in config.get("nodes") or [{}]]
    return {**config, "name": name or str(config.get("name") or "kind"), "nodes": nodes, "networking": networking}


def check(config: Object) -> None:
    """Raise ValueError, in kind's words, for a complete config that is not valid (Cluster.Validate)."""
    networking = config["networking"]
    wrong = []
    if not re.fullmatch(NAMES, config["name"]):
        wrong.append(f"'{config['name']}' is not a valid cluster name, cluster names must match `{NAMES}`")
    if networking["ipFamily"] not in _SUBNETS:
        wrong.append(f"invalid ipFamily: {networking['ipFamily']}")
    else:
        wrong += [f"invalid {what} subnet {why}" for what in ("pod", "service")
                  if (why := _wrong_subnets(networking[f"{what}Subnet"], networking["ipFamily"]))]
    if networking["kubeProxyMode"] not in _PROXIES:
        wrong.append(f"invalid kubeProxyMode: {networking['kubeProxyMode']}")
    roles = [node["role"] for node in config["nodes"]]
    wrong += [f'invalid configuration for node {i}: "{role}" is not a valid node role'
              for i, role in enumerate(roles) if role not in (CONTROL_PLANE, WORKER)]
    if CONTROL_PLANE not in roles:
        wrong.append("must have at least one control-plane node")
    if wrong:
        raise ValueError(wrong[0] if len(wrong) == 1 else f"[{', '.join(wrong)}]")


def _wrong_subnets(text: str, family: str) -> str:
    from ipaddress import ip_network

    found = []
    for each in text.split(","):
        try:
            found.append(ip_network(each, strict=False).version if "/" in each else 0)
        except ValueError:
            found.append(0)
        if not found[-1]:
            return f'failed to parse cidr value:"{each}" with error: invalid CIDR address: {each}'
    if family == "dual":
        fits = len(found) == 1 or sorted(found) == [4, 6]
        return "" if fits else ("expected one (IPv4 or IPv6) CIDR or two CIDRs from each family for dual-stack "
                                "networking")
    if len(found) > 1:
        return "only one CIDR allowed for single-stack networking"
    wanted = family.replace("ip", "IP")
    return "" if f"ipv{found[0]}" == family else f"expected {wanted} CIDR for {wanted} family"


def cluster_of(config: Object) -> Object:
    """Return the cluster that a complete config asks for, as helpers.kindnodes has it."""
    networking = config["networking"]
    nodes = []
    for number, node in enumerate(config["nodes"]):
        labels = {str(key): str(value) for key, value in (node.get("labels") or {}).items()}
        made: Object = {"role": node["role"], "labels": labels}
        first = number == [each["role"] for each in config["nodes"]].index(CONTROL_PLANE)
        for patch in _patches(config, node, "InitConfiguration" if first else "JoinConfiguration"):
            registration = patch.get("nodeRegistration") or {}
            told = dict(_arguments(registration.get("kubeletExtraArgs"))).get("node-labels", "")
            labels.update(dict(each.split("=", 1) for each in told.split(",") if "=" in each))
            if isinstance(registration.get("taints"), list):
                made["taints"] = registration["taints"]
        if published := [_published(each) for each in node.get("extraPortMappings") or () if each.get("hostPort")]:
            made["ports"] = published
        nodes.append(made)
    return {"name": config["name"], "nodes": nodes, "cni": not networking["disableDefaultCNI"],
            "proxy": networking["kubeProxyMode"]}


def _published(mapping: Object) -> Object:
    """Return a port of the machine that leads to one of a node, as helpers.kindnodes has it."""
    return {"host": mapping["hostPort"], "node": mapping.get("containerPort") or 0,
            "protocol": str(mapping.get("protocol") or "TCP").upper()}


def flags_of(config: Object) -> tuple[dict[str, str], str]:
    """Return (settings of the control plane, as `sim reset` has them: of files, what they hold; feature gates).

    Raises ValueError, OSError where the API server would find no such file.
    """
    from ..apiserver import settings

    networking = config["networking"]
    found = {"cluster-cidr": networking["podSubnet"], "service-cluster-ip-range": networking["serviceSubnet"]}
    gates = [f"{name}={'true' if value is True else 'false' if value is False else value}"
             for name, value in sorted((config.get("featureGates") or {}).items())]
    node = next(each for each in config["nodes"] if each["role"] == CONTROL_PLANE)
    for patch in _patches(config, node, "ClusterConfiguration"):
        for part in ("apiServer", "controllerManager"):
            component = patch.get(part) or {}
            for name, value in _arguments(component.get("extraArgs")):
                if name in settings.FILES:
                    value = settings.kept(name, value, partial(_read, component, node))
                if name in FLAGS:
                    found[name] = value
                elif name == "feature-gates" and part == "apiServer":
                    gates.append(value)
    return found, ",".join(gates)


def _patches(config: Object, node: Object, kind: str) -> Iterator[Object]:
    """Yield the patches of kubeadm's object of a kind: the cluster's, then the node's."""
    from ..go.yaml import load

    for text in (*(config.get("kubeadmConfigPatches") or ()), *(node.get("kubeadmConfigPatches") or ())):
        found = load(text)
        if isinstance(found, dict) and found.get("kind") == kind:
            yield found


def _arguments(extra: Json) -> Iterable[tuple[str, str]]:
    """Yield the extra arguments of one of kubeadm's components: a map, or since v1beta4 a list."""
    if isinstance(extra, dict):
        for name, value in extra.items():
            yield str(name), str(value)
    for each in extra if isinstance(extra, list) else ():
        yield str(each.get("name", "")), str(each.get("value", ""))


def _read(component: Object, node: Object, path: str) -> str:
    with open(_on_this_machine(path, component, node), encoding="utf-8") as file:
        return file.read()


def _on_this_machine(path: str, component: Object, node: Object) -> str:
    """Return where a file is that the API server's pod finds at a path: by its volumes, and by the node's mounts."""
    for inside, outside, mounts in (("mountPath", "hostPath", component.get("extraVolumes")),
                                    ("containerPath", "hostPath", node.get("extraMounts"))):
        for mount in mounts or ():
            folder = str(mount.get(inside, "")).rstrip("/")
            if folder and (path == folder or path.startswith(folder + "/")):
                path = str(mount.get(outside, "")).rstrip("/") + path[len(folder):]
                break
    return os.path.expanduser(path)
