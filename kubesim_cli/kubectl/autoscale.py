"""kubectl autoscale."""

from __future__ import annotations

import re

from ..machinery import quantity
from ..machinery.errors import StatusError
from ..releases.kubectl import does
from .failures import Failure
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context
    from .resource.info import Info

_UNITS = {"cpu": "m", "memory": "Mi"}
_HPAS = "horizontalpodautoscalers"


def run(ctx: Context) -> None:
    """kubectl autoscale (-f FILENAME | TYPE NAME) [--min=N] --max=N [--cpu=70%] [--memory=500Mi]"""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    if flags["max"] < 1:
        raise Failure(f"--max=MAXPODS is required and must be at least 1, max: {flags['max']}")
    if flags["max"] < flags["min"]:
        raise Failure("--max=MAXPODS must be larger or equal to --min=MINPODS, "
                      f"max: {flags['max']}, min: {flags['min']}")
    if flags["cpu-percent"] > 0 and flags["cpu"]:
        raise Failure("--cpu-percent and --cpu are mutually exclusive")
    metrics = _metrics(flags)
    count = 0

    def autoscale(info: Info) -> None:
        nonlocal count
        if "scale" not in info.mapping.subresources:
            raise Failure(f"cannot autoscale a {info.mapping.kind}: could not find scale subresource for "
                          f"{info.mapping.group}/{info.mapping.version}, Resource={info.mapping.plural} in discovery "
                          "information")
        older = _object(ctx, info, "autoscaling/v1")
        if flags["cpu-percent"] >= 0:
            older["spec"]["targetCPUUtilizationPercentage"] = flags["cpu-percent"]
        if not does("AutoscaleV2", ctx.release):
            _create(ctx, older, strategy)
        else:
            newer = _object(ctx, info, "autoscaling/v2")
            if metrics:
                newer["spec"]["metrics"] = metrics
            try:
                _create(ctx, newer, strategy)
            except StatusError:
                _need_v1(flags)
                _create(ctx, older, strategy)
        count += 1

    builder.from_flags(ctx, ctx.args).visit(autoscale)
    if not count:
        raise Failure("no objects passed to autoscale")


def _object(ctx: Context, info: Info, api_version: str) -> Object:
    flags = ctx.flags
    metadata = {"name": flags["name"] or info.name}
    if ctx.namespace_given:
        metadata["namespace"] = ctx.namespace
    target = {"kind": info.mapping.kind, "name": info.name, "apiVersion": info.mapping.api_version}
    spec = {"scaleTargetRef": target, "maxReplicas": flags["max"]}
    if flags["min"] > 0:
        spec["minReplicas"] = flags["min"]
    return {"apiVersion": api_version, "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}


def _create(ctx: Context, obj: Object, strategy: str) -> None:
    flags = ctx.flags
    cmdutil.record(ctx, obj)
    if strategy == "client":
        cmdutil.printer(ctx, "created", strategy, typed=True)(obj)
        return
    cmdutil.save_typed_config(obj, flags["save-config"], ctx.release)
    version = obj["apiVersion"].rpartition("/")[2]
    obj = ctx.client.create(f"{_HPAS}.{version}.autoscaling", obj, ctx.namespace, dry_run=strategy == "server",
                            field_manager=flags["field-manager"])
    cmdutil.printer(ctx, "autoscaled", strategy, typed=True)(obj)


def _need_v1(flags: Flags) -> None:
    """Refuse to fall back where autoscaling/v1 cannot say what the flags do."""
    try:
        _target("cpu", flags["cpu"])
    except Failure as failure:
        raise Failure("failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: "
                      f"{failure}") from None
    if flags["memory"] or not (flags["cpu-percent"] >= 0 or flags["cpu"].strip().endswith("%")):
        raise Failure("failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: "
                      "%!w(<nil>)")


def _metrics(flags: Flags) -> list[Object]:
    targets = []
    if flags["cpu-percent"] > 0:
        targets.append(("cpu", {"type": "Utilization", "averageUtilization": flags["cpu-percent"]}))
    targets += [(name, _target(name, flags[name])) for name in ("cpu", "memory") if flags[name]]
    return [{"type": "Resource", "resource": {"name": name, "target": target}} for name, target in targets]


def _target(name: str, text: str) -> Object:
    """Return the metric target of `70%`, `500m` or `500` (parseResourceInput); raises Failure."""
    text = text.strip()
    if not text:
        raise Failure("empty input")
    if text.endswith("%"):
        number = text[:-1]
        if not number.removeprefix("+").isdecimal() or int(number) >= 1 << 31:
            raise Failure(f"invalid percentage value: {number}")
        return {"type": "Utilization", "averageUtilization": int(number)}
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        text = f"{float(text):g}{_UNITS[name]}"
    try:
        return {"type": "AverageValue", "averageValue": quantity.canonical(text)}
    except ValueError:
        raise Failure(f"invalid resource {name} value: {text}") from None
