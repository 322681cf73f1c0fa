"""kubectl expose: a Service for what a Pod, Service, Deployment, ReplicaSet or ReplicationController runs."""

from __future__ import annotations

import re

from ..go.fmt import quote
from .failures import Failure
from .resource import builder
from .resource.scheme import KUBECTL
from .util import cmdutil
from .util.overrides import overridden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context
    from .resource.info import Info

_EXPOSABLE = (("", "ReplicationController"), ("", "Service"), ("", "Pod"), ("apps", "Deployment"),
              ("apps", "ReplicaSet"))


def run(ctx: Context) -> None:
    """kubectl expose (-f FILENAME | TYPE NAME) [--port=P] [--target-port=N] [--name=NAME] [--type=TYPE]"""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    print_obj = cmdutil.printer(ctx, "exposed", strategy, typed=True)
    known = {"selector": flags["selector"], "port": flags["port"], "labels": flags["labels"], "protocols": {}}

    def expose(info: Info) -> None:
        group, kind = info.mapping.group, info.mapping.kind
        if (group, kind) not in _EXPOSABLE:
            raise Failure(f"cannot expose a {kind}{'.' + group if group else ''}")
        _introspect(info.obj, flags, known)
        obj = overridden(ctx, _service(flags, info.name[:63], known))
        cmdutil.record(ctx, obj)
        if strategy == "client":
            if ctx.namespace_given:
                obj["metadata"]["namespace"] = ctx.namespace
        else:
            cmdutil.save_typed_config(obj, flags["save-config"], ctx.release)
            obj = ctx.client.create("services", obj, ctx.namespace, dry_run=strategy == "server",
                                    field_manager=flags["field-manager"])
        print_obj(obj)

    builder.from_flags(ctx, ctx.args, selector="", scheme=KUBECTL).visit(expose)


def _introspect(obj: Object, flags: Flags, known: Object) -> None:
    """Fill in what the flags did not say, for this object and, as kubectl has it, for those after it."""
    if not known["selector"]:
        known["selector"] = _join(_selector(obj))
    if not known["port"]:
        ports = list(dict.fromkeys(str(number) for number, _ in _ports(obj)))
        if not ports and flags["cluster-ip"] != "None":
            raise Failure("couldn't find port via --port flag or introspection")
        known["port"] = ",".join(ports)
    protocols: dict[str, list[str]] = {}
    for number, protocol in _ports(obj):
        protocols.setdefault(str(number), []).append(protocol)
    known["protocols"] = protocols or known["protocols"]
    if not known["labels"]:
        known["labels"] = _join(obj["metadata"].get("labels") or {})


def _selector(obj: Object) -> Object:
    failed = "couldn't retrieve selectors via --selector flag or introspection: "
    kind, spec = obj["kind"], obj.get("spec") or {}
    if kind == "Pod":
        if not obj["metadata"].get("labels"):
            raise Failure(f"{failed}the pod has no labels and cannot be exposed")
        labels: Object = obj["metadata"]["labels"]
        return labels
    selector = spec.get("selector")
    if kind == "Service" and selector is None:
        raise Failure(f"{failed}the service has no pod selector set")
    if kind not in ("Deployment", "ReplicaSet"):
        return selector or {}
    if not selector or not selector.get("matchLabels"):
        name = "deployment" if kind == "Deployment" else "replicaset"
        raise Failure(f"{failed}invalid {name}: no selectors, therefore cannot be exposed")
    if selector.get("matchExpressions"):
        told = " ".join(f"{{Key:{e['key']} Operator:{e['operator']} Values:[{' '.join(e.get('values') or ())}]}}"
                        for e in selector["matchExpressions"])
        raise Failure(f"{failed}couldn't convert expressions - \"[{told}]\" to map-based selector format")
    labels = selector["matchLabels"]
    return labels


def _ports(obj: Object) -> list[tuple[int, str]]:
    """Return (port, protocol) of every container's or the service's ports."""
    spec = obj.get("spec") or {}
    if obj["kind"] == "Service":
        return [(port["port"], port.get("protocol") or "TCP") for port in spec.get("ports") or ()]
    pod = spec if obj["kind"] == "Pod" else (spec.get("template") or {}).get("spec") or {}
    return [(port["containerPort"], port.get("protocol") or "TCP") for container in pod.get("containers") or ()
            for port in container.get("ports") or ()]


def _join(labels: Object) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _service(flags: Flags, default_name: str, known: Object) -> Object:
    if not known["selector"]:
        raise Failure("selector must be specified")
    selector = parse_labels(known["selector"])
    labels = parse_labels(known["labels"]) if known["labels"] else None
    obj = service(flags["name"] or default_name, selector, labels, known["port"], flags["protocol"],
                  known["protocols"], flags["target-port"])
    spec = obj["spec"]
    if flags["external-ip"]:
        spec["externalIPs"] = [flags["external-ip"]]
    if flags["type"]:
        spec["type"] = flags["type"]
    if flags["type"] == "LoadBalancer" and flags["load-balancer-ip"]:
        spec["loadBalancerIP"] = flags["load-balancer-ip"]
    if flags["session-affinity"] not in ("", "None", "ClientIP"):
        raise Failure(f"unknown session affinity: {flags['session-affinity']}")
    if flags["session-affinity"]:
        spec["sessionAffinity"] = flags["session-affinity"]
    if flags["cluster-ip"]:
        spec["clusterIP"] = flags["cluster-ip"]
    return obj


def service(name: str, selector: Object, labels: Object | None, ports: str, protocol: str = "",
            protocols: Mapping[str, list[str]] | None = None, target_port: str = "") -> Object:
    """Return a Service. `ports`: numbers with commas between; `protocols`: port -> protocols of what it exposes, used
    where `protocol` is empty; `target_port`: number or name, else each port's own number. Raises Failure."""
    entries: list[Object] = []
    numbers = ports.split(",") if ports else []
    for index, text in enumerate(numbers):
        port = atoi(text)
        found = [protocol] if protocol else (protocols or {}).get(text, ["TCP"])
        for each in found:
            port_name = f"port-{index + 1}" if len(numbers) > 1 else ""
            if len(found) > 1:
                port_name = f"port-{index + 1}-{each.lower()}"
            target = int_or_string(target_port) if target_port else port
            entry = {"name": port_name, "protocol": each, "port": port, "targetPort": target}
            entries.append({key: value for key, value in entry.items() if value != ""})
    obj: Object = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
                 "spec": {"ports": entries, "selector": selector}}
    if labels:
        obj["metadata"]["labels"] = labels
    return obj


def parse_labels(text: str) -> dict[str, str]:
    """Return the labels of `a=1,b=2`; raises Failure."""
    labels = {}
    for spec in text.split(","):
        parts = spec.split("=")
        if len(parts) != 2:
            raise Failure(f"unexpected label spec: {spec}")
        if not parts[0]:
            raise Failure("unexpected empty label key")
        labels[parts[0]] = parts[1]
    return labels


def atoi(text: str) -> int:
    """Read a decimal number as strconv.Atoi; raises Failure with its words."""
    if not re.fullmatch("[+-]?[0-9]+", text):
        raise Failure(f"strconv.Atoi: parsing {quote(text)}: invalid syntax")
    if not -(1 << 63) <= int(text) < 1 << 63:
        raise Failure(f"strconv.Atoi: parsing {quote(text)}: value out of range")
    return int(text)


def int_or_string(text: str) -> int | str:
    """Return a number where the text is one (intstr.Parse)."""
    return int(text) if re.fullmatch("[+-]?[0-9]+", text) else text
