"""What a HorizontalPodAutoscaler has to be (validateHorizontalPodAutoscalerSpec)."""

from __future__ import annotations

from ....machinery import field, quantity
from ..checks import dns1123_label, path_segment
from .metrics import SOURCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")
_MAX_SECONDS, _MAX_PERIOD = 3600, 1800


def validate(spec: Object, is_new: bool = True) -> FieldErrors:
    """Return the FieldErrors of a spec of autoscaling/v2; `is_new`: its target is new and has to be in a group, as the
    release wants it (ValidateAPIVersion, validateMetrics, validateBehavior)."""
    low, high = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    errors = []
    if low is not None and low < 1:
        errors.append(field.invalid("spec.minReplicas", low, "must be greater than or equal to 1"))
    if high == 0:
        errors.append(field.required("spec.maxReplicas", "must be set and greater than 0"))
    elif high < 0:
        errors.append(field.invalid("spec.maxReplicas", high, "must be greater than or equal to 1"))
    if low is not None and high < low:
        errors.append(field.invalid("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`"))
    target = spec.get("scaleTargetRef") or {}
    errors += _reference("spec.scaleTargetRef", target)
    if is_new and "/" not in target.get("apiVersion", "") and target.get("kind") != "ReplicationController":
        errors.append(field.invalid("spec.scaleTargetRef.apiVersion", target.get("apiVersion", ""),
                                    "apiVersion must specify API group"))
    metrics = spec.get("metrics") or []
    for i, metric in enumerate(metrics):
        errors += _metric(f"spec.metrics[{i}]", metric)
    if low == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        errors.append(field.forbidden("spec.metrics", "must specify at least one Object or External metric to support "
                                      "scaling to zero replicas"))
    for key in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(key)
        if rules is not None:
            errors += _rules(f"spec.behavior.{key}", rules)
    return errors


def _reference(path: str, ref: Object) -> FieldErrors:
    """ValidateCrossVersionObjectReference."""
    errors: FieldErrors = []
    for key in ("kind", "name"):
        errors += path_segment(f"{path}.{key}", ref[key]) if ref.get(key) else [field.required(f"{path}.{key}")]
    version = ref.get("apiVersion", "")
    if version.count("/") > 1:
        errors.append(field.invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}"))
    return errors


def _metric(path: str, metric: Object) -> FieldErrors:
    """validateMetricSpec."""
    type_ = metric.get("type", "")
    errors = []
    if not type_:
        errors.append(field.required(f"{path}.type", "must specify a metric source type"))
    if type_ not in _TYPES:
        errors.append(field.not_supported(f"{path}.type", type_, _TYPES))
    present = [key for key in ("object", "external", "pods", "resource", "containerResource")
               if metric.get(key) is not None]
    if present:
        errors += _source(f"{path}.{present[0]}", present[0], metric[present[0]])
    wanted = SOURCES.get(type_)
    if wanted is None:
        errors.append(field.not_supported(f"{path}.type", type_, _TYPES))
    elif wanted not in present:
        errors.append(field.required(f"{path}.{wanted}", "must populate information for the given metric source"))
    if len(present) != 1:
        errors += [field.forbidden(f"{path}.{key}", "must populate the given metric source only")
                   for key in present if key != wanted]
    return errors


def _source(path: str, key: str, source: Object) -> FieldErrors:
    """validateObjectSource, validateExternalSource, validatePodsSource, validateContainerResourceSource,
    validateResourceSource, validateMetricIdentifier."""
    target = source.get("target") or {}
    errors: FieldErrors = []
    if key in ("resource", "containerResource"):
        if not source.get("name"):
            errors.append(field.required(f"{path}.name", "must specify a resource name"))
        if key == "containerResource":
            container = source.get("container")
            errors += dns1123_label(f"{path}.container", container) if container else [
                field.required(f"{path}.container", "must specify a container")]
        errors += _target(f"{path}.target", target)
        use, average = target.get("averageUtilization"), target.get("averageValue")
        if use is None and average is None:
            errors.append(field.required(f"{path}.target.averageUtilization",
                                         "must set either a target raw value or a target utilization"))
        elif use is not None and average is not None:
            errors.append(field.forbidden(f"{path}.target.averageValue",
                                          "may not set both a target raw value and a target utilization"))
        return errors
    if key == "object":
        errors += _reference(f"{path}.describedObject", source.get("describedObject") or {})
    name = (source.get("metric") or {}).get("name")
    errors += path_segment(f"{path}.metric.name", name) if name else [
        field.required(f"{path}.metric.name", "must specify a metric name")]
    errors += _target(f"{path}.target", target)
    value, average = target.get("value"), target.get("averageValue")
    at = f"{path}.target.averageValue"
    if key == "pods" and average is None:
        errors.append(field.required(at, "must specify a positive target averageValue"))
    elif key == "object" and value is None and average is None:
        errors.append(field.required(at, "must set either a target value or averageValue"))
    elif key == "external" and value is None and average is None:
        errors.append(field.required(at, "must set either a target value for metric or a per-pod target"))
    elif key == "external" and value is not None and average is not None:
        errors.append(field.forbidden(f"{path}.target.value",
                                      "may not set both a target value for metric and a per-pod target"))
    return errors


def _target(path: str, target: Object) -> FieldErrors:
    """validateMetricTarget."""
    type_ = target.get("type", "")
    errors = []
    if not type_:
        errors.append(field.required(f"{path}.type", "must specify a metric target type"))
    if type_ not in ("Utilization", "Value", "AverageValue"):
        errors.append(field.invalid(f"{path}.type", type_, "must be either Utilization, Value, or AverageValue"))
    for key in ("value", "averageValue"):
        if target.get(key) is not None and quantity.compare(target[key], 0) <= 0:
            errors.append(field.invalid(f"{path}.{key}", target[key], "must be positive"))
    use = target.get("averageUtilization")
    if use is not None and use < 1:
        errors.append(field.invalid(f"{path}.averageUtilization", use, "must be greater than 0"))
    return errors


def _rules(path: str, rules: Object) -> FieldErrors:
    """validateScalingRules, validateScalingPolicy."""
    errors = []
    window = rules.get("stabilizationWindowSeconds")
    at = f"{path}.stabilizationWindowSeconds"
    if window is not None and window < 0:
        errors.append(field.invalid(at, window, "must be greater than or equal to zero"))
    if window is not None and window > _MAX_SECONDS:
        errors.append(field.invalid(at, window, f"must be less than or equal to {_MAX_SECONDS}"))
    select = rules.get("selectPolicy")
    if select is not None and select not in ("Disabled", "Max", "Min"):
        errors.append(field.not_supported(f"{path}.selectPolicy", select, ("Disabled", "Max", "Min")))
    if not rules.get("policies"):
        errors.append(field.required(f"{path}.policies", "must specify at least one Policy"))
    for i, policy in enumerate(rules.get("policies") or ()):
        here = f"{path}.policies[{i}]"
        if policy.get("type") not in ("Pods", "Percent"):
            errors.append(field.not_supported(f"{here}.type", policy.get("type", ""), ("Percent", "Pods")))
        for key in ("value", "periodSeconds"):
            if policy.get(key, 0) <= 0:
                errors.append(field.invalid(f"{here}.{key}", policy.get(key, 0), "must be greater than zero"))
        if policy.get("periodSeconds", 0) > _MAX_PERIOD:
            errors.append(field.invalid(f"{here}.periodSeconds", policy["periodSeconds"],
                                        f"must be less than or equal to {_MAX_PERIOD}"))
    if rules.get("tolerance") is not None and quantity.compare(rules["tolerance"], 0) < 0:
        errors.append(field.invalid(f"{path}.tolerance", rules["tolerance"], "must be greater than or equal to 0"))
    return errors
