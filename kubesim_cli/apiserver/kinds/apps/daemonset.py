"""DaemonSet."""

from __future__ import annotations

from ....machinery.objects import dig
from ....machinery.wellknown import DEPRECATED_TEMPLATE_GENERATION
from ..base import AGE, NAME, Column, Kind
from ..columns import labels
from ..workloads import CONTAINERS, IMAGES, SELECTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class DaemonSet(Kind):
    columns = (NAME,
               Column("Desired", lambda obj, ctx: (obj.get("status") or {}).get("desiredNumberScheduled", 0)),
               Column("Current", lambda obj, ctx: (obj.get("status") or {}).get("currentNumberScheduled", 0)),
               Column("Ready", lambda obj, ctx: (obj.get("status") or {}).get("numberReady", 0)),
               Column("Up-to-date", lambda obj, ctx: (obj.get("status") or {}).get("updatedNumberScheduled", 0)),
               Column("Available", lambda obj, ctx: (obj.get("status") or {}).get("numberAvailable", 0)),
               Column("Node Selector", lambda obj, ctx: labels(dig(obj, "spec", "template", "spec", "nodeSelector"))),
               AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        from ..core.podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        strategy = spec.setdefault("updateStrategy", {})
        if not strategy.get("type"):
            strategy["type"] = "RollingUpdate"
        if strategy["type"] == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", 1)
            rolling.setdefault("maxSurge", 0)
        spec.setdefault("revisionHistoryLimit", 10)
        default_pod_template(spec.setdefault("template", {}), ctx.release)
        meta = obj.setdefault("metadata", {})  # Convert_apps_DaemonSet_To_v1
        meta["annotations"] = {DEPRECATED_TEMPLATE_GENERATION: "0", **(meta.get("annotations") or {})}

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0,
                         "numberReady": 0}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        annotations = obj["metadata"]["annotations"]
        number = _number(annotations.get(DEPRECATED_TEMPLATE_GENERATION))
        annotations[DEPRECATED_TEMPLATE_GENERATION] = str(max(number, 1))

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        if ctx.subresource:
            return
        number = _number((old["metadata"].get("annotations") or {}).get(DEPRECATED_TEMPLATE_GENERATION))
        if obj["spec"].get("template") != old["spec"].get("template"):
            number += 1
        obj["metadata"].setdefault("annotations", {})[DEPRECATED_TEMPLATE_GENERATION] = str(number)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateDaemonSet, ValidateDaemonSetSpec."""
        from ....machinery import field
        from ..checks import label_selector
        from ..core.podspec.spec import unmatched, validate_replicated_template
        from ..workloads import counts, requirements

        spec = obj["spec"]
        selector, template = spec.get("selector"), spec.get("template") or {}
        errors = label_selector("spec.selector", selector)
        try:
            from ....machinery.selectors import matches

            if not matches(requirements(selector), (template.get("metadata") or {}).get("labels")):
                errors.append(unmatched("spec.template", template))
        except ValueError:
            pass  # told by label_selector
        if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
            errors.append(field.invalid("spec.selector", selector, "empty selector is invalid for daemonset"))
        errors += validate_replicated_template(template, [], "spec.template", "DaemonSet", ctx.release)
        errors += counts("spec", spec, ("minReadySeconds",))
        errors += _update_strategy(spec.get("updateStrategy") or {})
        return errors + counts("spec", spec, ("revisionHistoryLimit",))

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateDaemonSetUpdate, ValidateDaemonSetSpecUpdate."""
        from ..checks import immutable

        return immutable("spec.selector", obj["spec"].get("selector"),
                         old["spec"].get("selector")) + self.validate(obj, ctx)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """validateDaemonSetStatus, ValidateDaemonSetStatusUpdate."""
        from ..workloads import counts, not_decremented

        status = obj.get("status") or {}
        return counts("status", status, (
            "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
            "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
            "collisionCount")) + not_decremented(status, old)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        if old is not None and obj["spec"].get("template") == old["spec"].get("template"):
            return []
        from ..core.podspec.warnings import of_template

        return of_template(obj["spec"]["template"], "spec.template", ctx.release)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0


def _update_strategy(strategy: Object) -> FieldErrors:
    """ValidateDaemonSetUpdateStrategy, ValidateRollingUpdateDaemonSet."""
    from ....machinery import field
    from ..checks import int_or_percent_value, not_more_than_100_percent, positive_int_or_percent

    kind, rolling, path = strategy.get("type", ""), strategy.get("rollingUpdate"), "spec.updateStrategy.rollingUpdate"
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        from ...internaltypes import internal

        return [field.not_supported("spec.updateStrategy", internal(strategy, "DaemonSetUpdateStrategy"),
                                    ["RollingUpdate", "OnDelete"])]
    if rolling is None:
        return [field.required(path)]
    errors: FieldErrors = []
    keys = ("maxUnavailable", "maxSurge")
    for check in (positive_int_or_percent, not_more_than_100_percent):
        for key in keys:
            errors += check(f"{path}.{key}", rolling.get(key, 0))
    unavailable, surge = (int_or_percent_value(rolling.get(key, 0)) for key in keys)
    if unavailable and surge:
        errors.append(field.invalid(f"{path}.maxSurge", rolling["maxSurge"],
                                    "may not be set when maxUnavailable is non-zero"))
    elif not unavailable and not surge:
        errors.append(field.required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return errors


KIND = DaemonSet()
