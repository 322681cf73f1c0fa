"""create ingress and create service clusterip|externalname|loadbalancer|nodeport."""

from __future__ import annotations

import re

from ...go.fmt import quote
from ...machinery import names
from ..failures import Failure
from .creation import Creation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context

_RULE = re.compile(r"[\w*\-.]*/.*=[\w\-]+:[\w\-]+(,tls=?([\w\-]+)?)?", re.ASCII)


def clusterip(ctx: Context) -> None:
    """kubectl create service clusterip NAME --tcp=..."""
    _service(ctx, "ClusterIP", cluster_ip=ctx.flags["clusterip"])


def nodeport(ctx: Context) -> None:
    """kubectl create service nodeport NAME --tcp=... [--node-port=...]"""
    _service(ctx, "NodePort", node_port=ctx.flags["node-port"])


def loadbalancer(ctx: Context) -> None:
    """kubectl create service loadbalancer NAME --tcp=..."""
    _service(ctx, "LoadBalancer")


def externalname(ctx: Context) -> None:
    """kubectl create service externalname NAME --external-name=..."""
    _service(ctx, "ExternalName", external_name=ctx.flags["external-name"])


def _service(ctx: Context, type_: str, cluster_ip: str = "", node_port: int = 0, external_name: str = "") -> None:
    flags = ctx.flags
    creation = Creation(ctx)
    if cluster_ip != "None" and not flags["tcp"] and type_ != "ExternalName":
        raise Failure("at least one tcp port specifier must be provided")
    if type_ == "ExternalName" and names.dns1123_subdomain(external_name):
        raise Failure(f"invalid service external name {external_name}")
    ports = []
    for text in flags["tcp"]:
        port, target = _ports(text)
        entry = {"name": text.replace(":", "-"), "protocol": "TCP", "port": port, "targetPort": target}
        ports.append({**entry, "nodePort": node_port} if node_port else entry)
    labels = {"app": creation.name}
    spec = {"ports": ports, "selector": labels, "clusterIP": cluster_ip, "type": type_, "externalName": external_name}
    obj = creation.object("v1", "Service", spec={key: value for key, value in spec.items() if value})
    obj["metadata"]["labels"] = labels
    creation.submit("services", obj, f"failed to create {type_} service: ")


def _ports(text: str) -> tuple[int, int | str]:
    """Return (port, target port) of `80`, `80:8080` or `80:http`."""
    parts = text.split(":")
    port = _parse_port(parts[0])
    if len(parts) == 1:
        return port, port
    target = parts[1]
    if re.fullmatch(r"[+-]?[0-9]+", target):
        problems = names.port_number(int(target))
    else:
        problems = names.port_name(target)
    if problems:
        raise Failure(",".join(problems))
    return port, int(target) if re.fullmatch(r"[+-]?[0-9]+", target) else target


def _parse_port(text: str) -> int:
    """utilsnet.ParsePort, zero allowed."""
    if not re.fullmatch("[0-9]+", text):
        raise Failure(f"strconv.ParseUint: parsing {quote(text)}: invalid syntax")
    if int(text) > 65535:
        raise Failure(f"strconv.ParseUint: parsing {quote(text)}: value out of range")
    return int(text)


def ingress(ctx: Context) -> None:
    """kubectl create ingress NAME --rule=host/path=service:port[,tls[=secret]] [--default-backend=service:port]"""
    flags = ctx.flags
    creation = Creation(ctx)
    rules, backend = flags["rule"], flags["default-backend"]
    if not backend and not rules:
        raise Failure("not enough information provided: every ingress has to either specify a default-backend (which "
                      "catches all traffic) or a list of rules (which catch specific paths)")
    for rule in rules:
        if not _RULE.match(rule):
            raise Failure(f"rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]")
    for annotation in flags["annotation"]:
        if "=" not in annotation:
            raise Failure(f"annotation {annotation} is invalid and should be in format key=[value]")
    if backend and backend.count(":") != 1:
        raise Failure("default-backend should be in format servicename:serviceport")
    spec: Object = {"tls": _tls(rules), "rules": _rules(rules)}
    if flags["class"]:
        spec["ingressClassName"] = flags["class"]
    if backend:
        spec["defaultBackend"] = _backend(backend)
    obj = creation.object("networking.k8s.io/v1", "Ingress", spec={key: value for key, value in spec.items() if value})
    if flags["annotation"]:
        obj["metadata"]["annotations"] = dict(text.split("=", 1) for text in flags["annotation"])
    creation.submit("ingresses.networking.k8s.io", obj, "failed to create ingress: ")


def _tls(rules: list[str]) -> list[Object]:
    """One entry for each secret, with the hosts of the rules that ask for it."""
    entries: list[Object] = []
    hosts = set()
    for rule in rules:
        parts = rule.split(",")
        host = rule.partition("/")[0]
        if len(parts) != 2 or host in hosts:
            continue
        hosts.add(host)
        secret = parts[1].partition("=")[2]
        same = next((entry for entry in entries if entry.get("secretName", "") == secret), None)
        if same is not None:
            same.setdefault("hosts", []).append(host)
            continue
        entry: Object = {}
        if host:
            entry["hosts"] = [host]
        if secret:
            entry["secretName"] = secret
        if entry:
            entries.append(entry)
    return entries


def _rules(rules: list[str]) -> list[Object]:
    by_host: dict[str, Object] = {}
    for text in rules:
        host, _, rest = text.partition(",")[0].partition("/")
        rule = by_host.setdefault(host, {**({"host": host} if host else {}), "http": {"paths": []}})
        path, service = ("/" + rest).split("=")[:2]
        prefix = path.endswith("*")
        rule["http"]["paths"].append({"path": path[:-1] if prefix else path,
                                      "pathType": "Prefix" if prefix else "Exact", "backend": _backend(service)})
    return list(by_host.values())


def _backend(text: str) -> Object:
    name, port = text.split(":")[:2]
    number = re.fullmatch(r"[+-]?[0-9]+", port)
    return {"service": {"name": name, "port": {"number": int(port)} if number else {"name": port}}}
