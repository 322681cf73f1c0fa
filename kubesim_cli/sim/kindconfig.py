"""What a file of kind's says, and what becomes of it: a cluster, and settings of its API server.

kind: pkg/internal/apis/config (encoding/load.go, default.go, validate.go), pkg/apis/config/v1alpha4/types.go. Of what
is handed on to kubeadm, the flags that `sim reset` knows are heeded, and nodes' labels and taints.
"""

from __future__ import annotations

import os
import re
from functools import partial

from ..go.json import type_word
from ..go.unmarshal import Types
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
_PATCHES = {"kubeadmConfigPatches": "[]string", "kubeadmConfigPatchesJSON6902": "[]PatchJSON6902"}
_FIELDS = {
    "Cluster": {"kind": "string", "apiVersion": "string", "name": "string", "nodes": "[]Node",
                "networking": "Networking", "featureGates": "{}bool", "runtimeConfig": "{}string",
                "containerdConfigPatches": "[]string", "containerdConfigPatchesJSON6902": "[]string", **_PATCHES},
    "Node": {"role": "string", "image": "string", "labels": "{}string", "extraMounts": "[]Mount",
             "extraPortMappings": "[]PortMapping", **_PATCHES},
    "Networking": {"ipFamily": "string", "apiServerPort": "int32", "apiServerAddress": "string", "podSubnet": "string",
                   "serviceSubnet": "string", "disableDefaultCNI": "bool", "kubeProxyMode": "string",
                   "dnsSearch": "[]string"},
    "Mount": {"containerPath": "string", "hostPath": "string", "readOnly": "bool", "selinuxRelabel": "bool",
              "propagation": "string"},
    "PortMapping": {"containerPort": "int32", "hostPort": "int32", "listenAddress": "string", "protocol": "string"},
    "PatchJSON6902": {"group": "string", "version": "string", "kind": "string", "patch": "string"}}
# What is looked at of kubeadm's objects; extraArgs are a map, or since v1beta4 a list.
_OF_KUBEADM = Types({
    "ClusterConfiguration": {"apiServer": "APIServer", "controllerManager": "ControlPlaneComponent"},
    "APIServer": {"extraArgs": "any", "extraVolumes": "[]HostPathMount"},
    "ControlPlaneComponent": {"extraArgs": "any"},
    "HostPathMount": {"mountPath": "string", "hostPath": "string"},
    "InitConfiguration": {"nodeRegistration": "NodeRegistrationOptions"},
    "JoinConfiguration": {"nodeRegistration": "NodeRegistrationOptions"},
    "NodeRegistrationOptions": {"kubeletExtraArgs": "any", "taints": "[]Taint"},
    "Taint": {"key": "string", "value": "string", "effect": "TaintEffect=string", "timeAdded": "any"}},
    "v1beta3", {"Taint": "v1", "TaintEffect": "v1"})

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
    wrong = list(_misfits(head, "Cluster", "", text))
    if wrong:
        raise ValueError("unable to decode config: yaml: unmarshal errors:" + "".join(f"\n  {each}" for each in wrong))
    return head


def _misfits(value: Json, type_: str, name: str, text: str) -> Iterator[str]:
    """Yield what a strict decoder (go.yaml.in/yaml/v3) would not take of a field's value. Any scalar is a string."""
    if value is None:
        return
    if type_[:2] in ("[]", "{}") and isinstance(value, list if type_[:2] == "[]" else dict):
        for each in value if isinstance(value, list) else value.values():
            yield from _misfits(each, type_[2:], name, text)
    elif type_ in _FIELDS and isinstance(value, dict):
        for key, each in value.items():
            if key in _FIELDS[type_]:
                yield from _misfits(each, _FIELDS[type_][key], key, text)
            else:
                yield f"line {_line(str(key), text)}: field {key} not found in type v1alpha4.{type_}"
    elif isinstance(value, (dict, list)) or type(value) is not {"int32": int, "bool": bool, "string": type(value)}.get(
            type_):
        kind = {dict: "map", list: "seq", bool: "bool", int: "int", float: "float"}.get(type(value), "str")
        shown = "" if isinstance(value, (dict, list)) else f" `{value}`"
        yield f"line {_line(name, text)}: cannot unmarshal !!{kind}{shown} into {_go(type_)}"


def _go(type_: str) -> str:
    for prefix, told in (("[]", "[]"), ("{}", "map[string]")):
        if type_.startswith(prefix):
            return told + _go(type_[2:])
    return f"v1alpha4.{type_}" if type_ in _FIELDS else type_


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
             for node in (each or {} for each in config.get("nodes") or [{}])]
    return {**config, "name": name or str(config.get("name") or "kind"), "nodes": nodes, "networking": networking}


def check(config: Object) -> None:
    """Raise ValueError, in kind's words, for a complete config that is not valid (Cluster.Validate)."""
    networking = config["networking"]
    wrong = []
    if not re.fullmatch(NAMES, config["name"]):
        wrong.append(f"'{config['name']}' is not a valid cluster name, cluster names must match `{NAMES}`")
    if why := _wrong_port(networking.get("apiServerPort") or 0):
        wrong.append(f"invalid apiServerPort: {why}")
    if networking["ipFamily"] not in _SUBNETS:
        wrong.append(f"invalid ipFamily: {networking['ipFamily']}")
    else:
        wrong += [f"invalid {what} subnet {why}" for what in ("pod", "service")
                  if (why := _wrong_subnets(str(networking[f"{what}Subnet"]), networking["ipFamily"]))]
    if networking["kubeProxyMode"] not in _PROXIES:
        wrong.append(f"invalid kubeProxyMode: {networking['kubeProxyMode']}")
    roles = [node["role"] for node in config["nodes"]]
    for i, node in enumerate(config["nodes"]):
        if found := list(_wrong_node(node)):
            wrong.append(f"invalid configuration for node {i}: {_aggregate(found)}")
    if CONTROL_PLANE not in roles:
        wrong.append("must have at least one control-plane node")
    if wrong:
        raise ValueError(_aggregate(wrong))


def _aggregate(wrong: list[str]) -> str:
    return wrong[0] if len(wrong) == 1 else f"[{', '.join(wrong)}]"


def _wrong_node(node: Object) -> Iterator[str]:
    """Node.Validate, validatePortMappings"""
    if node["role"] not in (CONTROL_PLANE, WORKER):
        yield f'"{node["role"]}" is not a valid node role'
    bound: dict[tuple[int, str], set[str]] = {}
    twice = ""
    for mapping in node.get("extraPortMappings") or ():
        for name in ("hostPort", "containerPort"):
            if why := _wrong_port(mapping.get(name) or 0):
                yield f"invalid {name}: {why}"
        port, protocol = mapping.get("hostPort") or 0, mapping.get("protocol") or "TCP"
        address = mapping.get("listenAddress") or "0.0.0.0"
        there = bound.setdefault((port, protocol), set())
        every = "0.0.0.0" if address == "::" else address
        if port > 0 and not twice and there and (every == "0.0.0.0" or there & {every, "0.0.0.0"}):
            twice = f"{address}:{port}/{protocol}"
        there.add(every)
    if twice:
        yield ("invalid portMapping: port mapping with same listen address, port and protocol already configured: "
               f"{twice}")


def _wrong_port(port: int) -> str:
    return "" if -1 <= port <= 65535 else f"invalid port number: {port}"


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
        mappings = node.get("extraPortMappings") or ()
        if published := [_published(each) for each in mappings if (each.get("hostPort") or 0) > 0]:
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
            fitted: Object = _OF_KUBEADM.fitted(found, kind)
            yield fitted


def _arguments(extra: Json) -> Iterable[tuple[str, str]]:
    """Yield the extra arguments of one of kubeadm's components: a map, or since v1beta4 a list."""
    if isinstance(extra, dict):
        for name, value in extra.items():
            yield str(name), str(value)
    for each in filter(None, extra if isinstance(extra, list) else ()):
        if not isinstance(each, dict):
            raise ValueError(f"json: cannot unmarshal {type_word(each)} into Go value of type v1beta4.Arg")
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
