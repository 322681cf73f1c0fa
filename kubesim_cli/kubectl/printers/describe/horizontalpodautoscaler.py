"""HorizontalPodAutoscalers (autoscaling/v2)."""

from __future__ import annotations

from ....go.fmt import quote
from ....machinery import quantity
from .writer import Writer, or_unset, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "autoscaling"


def describe(hpa: Object, w: Writer, ctx: Context) -> None:
    meta = hpa["metadata"]
    if hpa["apiVersion"] != "autoscaling/v2":
        hpa = ctx.client.get("horizontalpodautoscalers.v2.autoscaling", meta["name"], meta.get("namespace", ""))
    spec, status = hpa["spec"], hpa.get("status") or {}
    target = spec["scaleTargetRef"]
    w.metadata(hpa)
    w.line(0, "CreationTimestamp", time_text(meta.get("creationTimestamp")))
    w.line(0, "Reference", f"{target['kind']}/{target['name']}")
    w.line(0, "Metrics", "( current / target )")
    current = status.get("currentMetrics") or []
    for i, metric in enumerate(spec.get("metrics") or ()):
        _metric(metric, current[i] if i < len(current) else {}, w)
    w.line(0, "Min replicas", or_unset(spec.get("minReplicas")))
    w.line(0, "Max replicas", spec.get("maxReplicas", 0))
    behavior = spec.get("behavior")
    if behavior is not None:
        w.write(0, "Behavior:\n")
        _rules("Scale Up", behavior.get("scaleUp"), w)
        _rules("Scale Down", behavior.get("scaleDown"), w)
    w.line(0, f"{target['kind']} pods", f"{status.get('currentReplicas', 0)} current / "
                                        f"{status.get('desiredReplicas', 0)} desired")
    if status.get("conditions"):
        w.write(0, "Conditions:\n")
        w.columns(1, "Type", "Status", "Reason", "Message")
        for c in status["conditions"]:
            w.write(1, f"{c['type']}\t{c['status']}\t{c.get('reason', '')}\t{c.get('message', '')}\n")
    ctx.events(hpa)


def _metric(metric: Object, status: Object, w: Writer) -> None:
    type_ = metric["type"]
    key = type_[:1].lower() + type_[1:]
    source = metric.get(key) or {}
    target = source.get("target") or {}
    current = (status.get(key) or {}).get("current")
    name = (source.get("metric") or {}).get("name", "")
    average = target.get("averageValue") is not None
    if type_ == "External":
        if average:
            shown = _amount((current or {}).get("averageValue"), "<unknown>")
            w.line(1, f"{quote(name)} (target average value)", f"{shown} / {_amount(target['averageValue'])}")
        else:
            w.line(1, f"{quote(name)} (target value)", f"{_shown(current, 'value')} / {_amount(target.get('value'))}")
    elif type_ == "Pods":
        now = _shown(current, "averageValue")
        w.line(1, f"{quote(name)} on pods", f"{now} / {_amount(target.get('averageValue'))}")
    elif type_ == "Object":
        described = source.get("describedObject") or {}
        field = "averageValue" if target.get("type") == "AverageValue" else "value"
        w.write(1, f"\"{name}\" on {described.get('kind', '')}/{described.get('name', '')} ")
        w.line(0, f"(target {'average ' if field == 'averageValue' else ''}value)",
               f"{_shown(current, field)} / {_amount(target.get(field))}")
    elif type_ in ("Resource", "ContainerResource"):
        of_container = f" of container \"{source.get('container', '')}\"" if type_ == "ContainerResource" else ""
        w.write(1, f"resource {source.get('name', '')}{of_container} on pods")
        if average:
            w.write(0, f":\t{_shown(current, 'averageValue')} / {_amount(target['averageValue'])}\n")
            return
        usage = (current or {}).get("averageUtilization")
        now = "<unknown>" if usage is None else f"{usage}% ({_amount((current or {}).get('averageValue'))})"
        wanted = target.get("averageUtilization")
        w.line(1, "(as a percentage of request)", f"{now} / {'<auto>' if wanted is None else f'{wanted}%'}")
    else:
        w.write(1, f"<unknown metric type {quote(type_)}>\n")


def _shown(current: Object | None, field: str) -> str:
    return "<unknown>" if current is None else _amount(current.get(field))


def _amount(text: str | None, missing: str = "<nil>") -> str:
    return missing if text is None else quantity.canonical(text)


def _rules(direction: str, rules: Object | None, w: Writer) -> None:
    if rules is None:
        return
    w.write(1, f"{direction}:\n")
    if rules.get("stabilizationWindowSeconds") is not None:
        w.write(2, f"Stabilization Window: {rules['stabilizationWindowSeconds']} seconds\n")
    if rules.get("policies"):
        w.write(2, f"Select Policy: {rules.get('selectPolicy') or 'Max'}\n")
        w.write(2, "Policies:\n")
        for policy in rules["policies"]:
            w.write(3, f"- Type: {policy['type']}\tValue: {policy['value']}\t"
                       f"Period: {policy['periodSeconds']} seconds\n")
