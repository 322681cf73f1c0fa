"""The horizontal pod autoscaler: replicas after the usage of pods.

Kubernetes: pkg/controller/podautoscaler/horizontal.go.
"""

from __future__ import annotations

from ..apiserver.metrics import usage_annotations
from ..helpers.controller import Change, Controller, itself
from ..machinery import conditions, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import key_of, split_key
from . import pods, replicacalculator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..apiserver.client import Client
    from ..helpers.controller import Watch
    from ..machinery.discovery import Resource
    from ..machinery.types import Key, Object

AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
COMPONENT = "horizontal-pod-autoscaler"
INTERVAL = 15      # seconds from creation to the first look, and from look to look
DOWN_WINDOW = 300  # seconds that a lower recommendation has to last
_TARGETS = ("deployments.apps", "replicasets.apps", "replicationcontrollers", "statefulsets.apps")
_STABILIZED = {
    "ScaleDownStabilized": "recent recommendations were higher than current one, applying the highest recent "
                           "recommendation",
    "ScaleUpStabilized": "recent recommendations were lower than current one, applying the lowest recent "
                         "recommendation"}


def _of_namespace(relevant: Callable[[Object], object]) -> Watch:
    """Return a watch function: the namespace's autoscalers, when `relevant(object)` has changed."""

    def keys(change: Change) -> Iterable[Key]:
        if change.old is not None and change.new is not None and relevant(change.old) == relevant(change.new):
            return ()
        return (change.object["metadata"]["namespace"] + "/",)

    return keys


def _pod_facts(pod: Object) -> tuple[object, ...]:
    return usage_annotations(pod), pods.is_ready(pod), pods.phase(pod)


def _size(target: Object) -> tuple[object, ...]:
    return target["spec"].get("replicas"), target.get("status", {}).get("replicas")


class HorizontalPodAutoscalerController(Controller):
    name = "horizontalpodautoscaler"
    watches = {AUTOSCALERS: itself, "pods": _of_namespace(_pod_facts),
               **{resource: _of_namespace(_size) for resource in _TARGETS}}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not name:
            for each in api.items(AUTOSCALERS, namespace):
                self.manager.enqueue(self.name, key_of(each))
            return None
        autoscaler = api.find(AUTOSCALERS, name, namespace)
        if autoscaler is None:
            return None
        age = api.now - timestamps.parse(autoscaler["metadata"]["creationTimestamp"])
        scaled = (autoscaler.get("status") or {}).get("lastScaleTime")
        if age % INTERVAL or age == 0 or (scaled and api.now - timestamps.parse(scaled) < INTERVAL):
            return api.now - age % INTERVAL + INTERVAL
        again = _Sync(api, autoscaler).run()
        if again or replicacalculator.settling(api, namespace) or api.server.tally.usage_changes(api):
            return api.now + INTERVAL
        return None


class MetricError(Exception):
    """A metric cannot be had: `reason` is of the condition ScalingActive, the text what is said of it."""

    def __init__(self, reason: str, text: str, context: str):
        super().__init__(text)
        self.reason, self.context = reason, context


class _Sync:
    """One look at one autoscaler; `status` takes on the changes."""

    def __init__(self, api: Client, autoscaler: Object):
        self.api, self.autoscaler, self.spec = api, autoscaler, autoscaler["spec"]
        self.namespace = autoscaler["metadata"]["namespace"]
        self.status = {"desiredReplicas": 0, "currentMetrics": None, **(autoscaler.get("status") or {})}
        self.status["conditions"] = list(self.status.get("conditions") or ())
        self.before = conditions.find(self.status["conditions"], "AbleToScale") or {}

    def run(self) -> bool:
        """Take the next step (reconcileAutoscaler); says whether time alone may ask for another."""
        try:
            return self._reconcile()
        finally:
            pods.write_status(self.api, AUTOSCALERS, self.autoscaler, self.status)

    def _event(self, type_: str, reason: str, message: str) -> None:
        self.api.record(self.autoscaler, type_, reason, message, COMPONENT)

    def _condition(self, type_: str, status: str, reason: str, message: str) -> None:
        conditions.set_condition(self.status["conditions"], {"type": type_, "status": status, "reason": reason,
                                                             "message": message}, self.api.now)

    def _reconcile(self) -> bool:
        ref = self.spec["scaleTargetRef"]
        res = self.api.discovery.of_kind(ref.get("apiVersion", "v1"), ref["kind"])
        try:
            if res is None:
                raise pods.failure(f'no matches for kind "{ref["kind"]}" in group '
                                   f'"{ref.get("apiVersion", "").rpartition("/")[0]}"')
            scale = self.api.get(res.name, ref["name"], self.namespace, subresource="scale")
        except StatusError as error:
            self._event("Warning", "FailedGetScale", error.message)
            self._condition("AbleToScale", "False", "FailedGetScale",
                            f"the HPA controller was unable to get the target's current scale: {error.message}")
            return False
        self._condition("AbleToScale", "True", "SucceededGetScale",
                        "the HPA controller was able to get the target's current scale")
        current = scale["spec"].get("replicas", 0)
        least, most = self.spec.get("minReplicas", 1), self.spec["maxReplicas"]
        self.status.pop("currentReplicas", None)
        if current:
            self.status["currentReplicas"] = current
        metrics: list[Object] | None = None
        if current == 0 and least != 0:
            self._condition("ScalingActive", "False", "ScalingDisabled",
                            "scaling is disabled since the replica count of the target is zero")
            desired, why = 0, ""
        elif current > most:
            desired, why = most, "Current number of replicas above Spec.MaxReplicas"
        elif current < least:
            desired, why = least, "Current number of replicas below Spec.MinReplicas"
        else:
            found = self._from_metrics(current, scale)
            if found is None:
                return False
            wanted, name, metrics = found
            why = f"{name} above target" if wanted > current else "All metrics below target"
            desired = self._limited(current, self._stabilized(current, wanted, least), least, most)
        self.status.update(desiredReplicas=desired, currentMetrics=metrics)
        if desired == current:
            return metrics is not None and (self._reason("AbleToScale") in _STABILIZED
                                            or self._reason("ScalingLimited") in ("ScaleUpLimit", "ScaleDownLimit"))
        return self._rescale(res, scale, desired, why)

    def _reason(self, type_: str) -> str:
        return (conditions.find(self.status["conditions"], type_) or {}).get("reason", "")

    def _rescale(self, res: Resource, scale: Object, desired: int, why: str) -> bool:
        body = {**scale, "spec": {**scale["spec"], "replicas": desired}}
        try:
            self.api.update(res.name, body, self.namespace, subresource="scale")
        except StatusError as error:
            self._event("Warning", "FailedRescale", f"New size: {desired}; reason: {why}; error: {error.message}")
            self._condition("AbleToScale", "False", "FailedUpdateScale",
                            f"the HPA controller was unable to update the target scale: {error.message}")
            return True
        self._condition("AbleToScale", "True", "SucceededRescale",
                        f"the HPA controller was able to update the target scale to {desired}")
        self._event("Normal", "SuccessfulRescale", f"New size: {desired}; reason: {why}")
        self.status["lastScaleTime"] = timestamps.format(self.api.now)
        return True

    # Metrics

    def _from_metrics(self, current: int, scale: Object) -> tuple[int, str, list[Object]] | None:
        """Return (replicas, the metric that asks for them, status of all metrics); None where too few can be had."""
        selector = scale["status"].get("selector", "")
        specs = self.spec.get("metrics") or []
        best, name = 0, ""
        statuses: list[Object] = []
        errors: list[MetricError] = []
        for spec in specs:
            try:
                wanted, title, status = _compute(self.api, self.namespace, selector, spec, current)
            except MetricError as error:
                self._event("Warning", error.reason, str(error))
                errors.append(error)
                statuses.append({"type": ""})
                continue
            statuses.append(status)
            if not name or wanted > best:
                best, name = wanted, title
        if errors and (len(errors) == len(specs) or best < current):
            first = errors[0]
            self._condition("ScalingActive", "False", first.reason,
                            f"the HPA was unable to compute the replica count: {first}")
            self.status["currentMetrics"] = statuses
            self._event("Warning", "FailedComputeMetricsReplicas",
                        f"invalid metrics ({len(errors)} invalid out of {len(specs)}), first error is: "
                        f"{first.context}{first}")
            return None
        self._condition("ScalingActive", "True", "ValidMetricFound",
                        f"the HPA was able to successfully calculate a replica count from {name}")
        return best, name, statuses

    # Limits

    def _rules(self, direction: str) -> Object:
        return (self.spec.get("behavior") or {}).get(direction) or {}

    def _stabilized(self, current: int, wanted: int, least: int) -> int:
        """Hold a change back until it has been asked for long enough (stabilizeRecommendation).

        The real controller keeps a list of recommendations; here the time since when they differ is that of the
        condition AbleToScale.
        """
        direction = "scaleDown" if wanted < current else "scaleUp"
        reason = "ScaleDownStabilized" if wanted < current else "ScaleUpStabilized"
        window = self._rules(direction).get("stabilizationWindowSeconds")
        if window is None:
            window = DOWN_WINDOW if wanted < current else 0
        since = self.api.now
        if self.before.get("reason") == reason:
            since = timestamps.parse(self.before["lastTransitionTime"])
        if wanted == current or wanted < current == least or self.api.now - since >= window:
            self._condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
            return wanted
        self._condition("AbleToScale", "True", reason, _STABILIZED[reason])
        listed = self.status["conditions"]
        at = next(i for i, entry in enumerate(listed) if entry["type"] == "AbleToScale")
        listed[at] = {**listed[at], "lastTransitionTime": timestamps.format(since)}
        return current

    def _limited(self, current: int, wanted: int, least: int, most: int) -> int:
        """Keep a change within what is allowed at a time, and within the bounds."""
        low, high = self._pace("scaleDown", current), self._pace("scaleUp", current)
        if wanted < max(low, least):
            found = max(low, least), *(
                ("TooFewReplicas", "the desired replica count is less than the minimum replica count") if least >= low
                else ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate"))
        elif wanted > min(high, most):
            found = min(high, most), *(
                ("TooManyReplicas", "the desired replica count is more than the maximum replica count") if most <= high
                else ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate"))
        else:
            found = wanted, "DesiredWithinRange", "the desired count is within the acceptable range"
        self._condition("ScalingLimited", "False" if found[0] == wanted else "True", *found[1:])
        return found[0]

    def _pace(self, direction: str, current: int) -> int:
        """Return how far replicas may go up or down now."""
        rules, up = self._rules(direction), direction == "scaleUp"
        if not self.spec.get("behavior"):
            return max(2 * current, 4) if up else 0
        if rules.get("selectPolicy") == "Disabled":
            return current
        changes = []
        last = self.status.get("lastScaleTime")
        for policy in rules.get("policies") or [{"type": "Percent", "value": 100, "periodSeconds": 15}]:
            waiting = last is not None and timestamps.parse(last) + policy["periodSeconds"] > self.api.now
            share = policy["value"] if policy["type"] == "Pods" else -(-current * policy["value"] // 100)
            changes.append(0 if waiting else share)
        change = (min if rules.get("selectPolicy") == "Min" else max)(changes)
        return current + change if up else max(0, current - change)


def _compute(api: Client, namespace: str, selector: str, spec: Object, current: int) -> tuple[int, str, Object]:
    """Return (replicas, title, MetricStatus) that one MetricSpec asks for. Raises MetricError."""
    type_ = spec["type"]
    if type_ not in ("Resource", "ContainerResource"):
        word, field = type_.lower(), {"Pods": "pods", "Object": "object", "External": "external"}[type_]
        metric = spec[field]["metric"]["name"]
        kind = "external" if type_ == "External" else "custom"
        raise MetricError(f"FailedGet{type_}Metric", f"unable to get {'external ' * (type_ == 'External')}metric "
                          f"{metric}: unable to fetch metrics from {kind} metrics API: no {kind} metrics API "
                          f"({kind}.metrics.k8s.io) registered", f"failed to get {word} metric value: ")
    field = type_[0].lower() + type_[1:]
    source = spec[field]
    name, target = source["name"], source["target"]
    what = "usage" if target.get("averageValue") is not None else "utilization"
    context = (f"failed to get {name} resource metric value: " if type_ == "Resource"
               else f"failed to get {source['container']} container metric value: ")
    try:
        count, value = replicacalculator.replicas(api, namespace, selector, source, current)
    except ValueError as error:
        raise MetricError(f"FailedGet{type_}Metric", f"failed to get {name} {what}: {error}", context) from None
    title = f"{name} resource"
    current_metric = {"name": name, "current": value}
    if type_ == "ContainerResource":
        current_metric["container"] = source["container"]
    if what == "utilization":
        title = f"{name} {'container ' * (type_ == 'ContainerResource')}resource utilization (percentage of request)"
    return count, title, {"type": type_, field: current_metric}
