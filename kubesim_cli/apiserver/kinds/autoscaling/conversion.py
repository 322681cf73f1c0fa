"""autoscaling/v1 <-> v2: what v1 has no field for, it keeps in annotations (pkg/apis/autoscaling/v1/conversion.go)."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object

_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR = (
    _PREFIX + name for name in ("metrics", "current-metrics", "conditions", "behavior"))
_STATUS = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
_SPEC = ("scaleTargetRef", "minReplicas", "maxReplicas")


def to_v1(obj: Object) -> Object:
    """Return an autoscaling/v2 object as autoscaling/v1."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    new_spec = {key: spec[key] for key in _SPEC if key in spec}
    new_status = {key: status[key] for key in _STATUS if key in status}
    new_status.setdefault("currentReplicas", 0)
    new_status.setdefault("desiredReplicas", 0)
    kept: dict[str, object] = {}
    others = []
    for metric in spec.get("metrics") or ():
        target = (metric.get("resource") or {}).get("target") or {}
        if _is_cpu(metric) and target.get("averageUtilization") is not None:
            new_spec["targetCPUUtilizationPercentage"] = target["averageUtilization"]
        else:
            others.append(_old_metric(metric, "target"))
    current = []
    for metric in status.get("currentMetrics") or ():
        use = ((metric.get("resource") or {}).get("current") or {}).get("averageUtilization")
        if _is_cpu(metric) and use is not None:
            new_status["currentCPUUtilizationPercentage"] = use
        current.append(_old_metric(metric, "current"))
    for key, value in ((_METRICS, others), (_CURRENT, current), (_CONDITIONS, status.get("conditions")),
                       (_BEHAVIOR, spec.get("behavior"))):
        if value:
            kept[key] = json.dumps(value, separators=(",", ":"))
    meta = dict(obj.get("metadata") or {})
    if kept:
        meta["annotations"] = {**(meta.get("annotations") or {}), **kept}
    return {**obj, "apiVersion": "autoscaling/v1", "metadata": meta, "spec": new_spec, "status": new_status}


def to_v2(obj: Object) -> Object:
    """Return an autoscaling/v1 object as autoscaling/v2."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    meta = dict(obj.get("metadata") or {})
    annotations = dict(meta.get("annotations") or {})
    kept = {key: _read(annotations.pop(key, None)) for key in (_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR)}
    if annotations:
        meta["annotations"] = annotations
    else:
        meta.pop("annotations", None)
    new_spec = {key: spec[key] for key in _SPEC if key in spec}
    metrics = [_new_metric(metric, "target") for metric in kept[_METRICS] or ()]
    use = spec.get("targetCPUUtilizationPercentage")
    if use is not None:
        metrics.insert(0, {"type": "Resource", "resource": {
            "name": "cpu", "target": {"type": "Utilization", "averageUtilization": use}}})
    if metrics:
        new_spec["metrics"] = metrics
    if kept[_BEHAVIOR]:
        new_spec["behavior"] = kept[_BEHAVIOR]
    new_status = {key: status[key] for key in _STATUS if key in status}
    new_status["currentMetrics"] = [_new_metric(metric, "current") for metric in kept[_CURRENT] or ()] or None
    if kept[_CONDITIONS]:
        new_status["conditions"] = kept[_CONDITIONS]
    return {**obj, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": new_spec, "status": new_status}


def _read(text: str | None) -> Json:
    try:
        from ....go.json import loads
        return loads(text) if text else None
    except ValueError:
        return None


def _is_cpu(metric: Object) -> bool:
    return metric.get("type") == "Resource" and (metric.get("resource") or {}).get("name") == "cpu"


# v2's name of a source -> v1's names: of the metric, its selector, its plain value and its average.
_OLD_NAMES = {"pods": ("metricName", "selector", None, "AverageValue"),
              "object": ("metricName", "selector", "Value", "averageValue"),
              "external": ("metricName", "metricSelector", "Value", "AverageValue")}


def _named(step: str, name: str | None) -> str | None:
    """`Value` is targetValue or currentValue; a name that starts small is the same in both."""
    return step + name if name and name[0].isupper() else name


def _old_metric(metric: Object, step: str) -> Object:
    """Write a v2 metric or its status as v1 has it in its annotations; `step`: target or current."""
    key = next((key for key in metric if key != "type"), None)
    if key is None:
        return dict(metric)
    source = metric[key]
    numbers = source.get(step) or {}
    old: Object = {}
    if key in ("resource", "containerResource"):
        old = {name: source[name] for name in ("name", "container") if name in source}
        found: dict[str | None, Json] = {f"{step}AverageUtilization": numbers.get("averageUtilization"),
                                         f"{step}AverageValue": numbers.get("averageValue")}
    else:
        name, selector, value, average = _OLD_NAMES[key]
        identity = source.get("metric") or {}
        found = {"target": source.get("describedObject"), name: identity.get("name"),
                 selector: identity.get("selector"), _named(step, value): numbers.get("value"),
                 _named(step, average): numbers.get("averageValue")}
    old.update({name: value for name, value in found.items() if name and value is not None})
    return {"type": metric.get("type"), key: old}


def _new_metric(metric: Object, step: str) -> Object:
    """The reverse of _old_metric."""
    key = next((key for key in metric if key != "type"), None)
    if key is None:
        return dict(metric)
    old = metric[key]
    if key in ("resource", "containerResource"):
        new = {name: old[name] for name in ("name", "container") if name in old}
        names: Object = {"averageUtilization": f"{step}AverageUtilization", "averageValue": f"{step}AverageValue"}
    else:
        name, selector, value, average = _OLD_NAMES[key]
        identity = {"name": old.get(name), "selector": old.get(selector)}
        new = {"metric": {part: found for part, found in identity.items() if found is not None}}
        if "target" in old:
            new["describedObject"] = old["target"]
        names = {"value": _named(step, value), "averageValue": _named(step, average)}
    numbers = {new_name: old[old_name] for new_name, old_name in names.items() if old_name in old}
    if step == "target":
        type_ = "Utilization" if "averageUtilization" in numbers else "AverageValue" if "averageValue" in numbers \
            else "Value"
        numbers = {"type": type_, **numbers}
    return {"type": metric.get("type"), key: {**new, step: numbers}}
