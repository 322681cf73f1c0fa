"""What a file of kind's says: read, completed and checked. What becomes of it is kubeadmconfig.py's.

kind: pkg/internal/apis/config (encoding/load.go, default.go, validate.go), pkg/apis/config/v1alpha4/types.go.
"""

from __future__ import annotations

import re

from ..helpers.kindnodes import CONTROL_PLANE, WORKER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Json, Object

NAMES = "^[a-z0-9.-]+$"
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
