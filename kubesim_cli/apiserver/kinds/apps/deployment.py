"""Deployment."""

from __future__ import annotations

from ....machinery.field import forbidden, invalid, not_supported, required
from ..base import AGE, NAME, Column, Kind
from ..workloads import CONTAINERS, IMAGES, READY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _selector_cell(obj: Object, ctx: Context) -> Cell:
    from ....machinery import selectors

    try:
        return selectors.format(selectors.of_label_selector((obj.get("spec") or {}).get("selector")) or [])
    except ValueError:
        return "<invalid>"


class Deployment(Kind):
    columns = (NAME,
               READY,
               Column("Up-to-date", lambda obj, ctx: (obj.get("status") or {}).get("updatedReplicas", 0)),
               Column("Available", lambda obj, ctx: (obj.get("status") or {}).get("availableReplicas", 0)),
               AGE, CONTAINERS, IMAGES,
               Column("Selector", _selector_cell, 1))
    has_status = True
    status_keeps = ("labels",)
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        from ..core.podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        strategy = spec.setdefault("strategy", {})
        if not strategy.get("type"):
            strategy["type"] = "RollingUpdate"
        if strategy["type"] == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxUnavailable", "25%")
            rolling.setdefault("maxSurge", "25%")
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)
        default_pod_template(spec.setdefault("template", {}), ctx.release)

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        meta, before = obj["metadata"], old["metadata"]
        # Annotations count as well: they are copied to replica sets.
        if not ctx.subresource and (meta.get("annotations") or {}) != (before.get("annotations") or {}):
            meta["generation"] = before.get("generation", 0) + 1

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateDeployment, ValidateDeploymentSpec."""
        from ..workloads import counts, selector_and_template

        spec = obj["spec"]
        errors = counts("spec", spec, ("replicas",))
        errors += selector_and_template(spec, "ReplicaSet", "deployment", ctx.release)
        errors += _strategy(spec.get("strategy") or {})
        errors += counts("spec", spec, ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"))
        deadline = spec.get("progressDeadlineSeconds")
        if deadline is not None and deadline <= spec.get("minReadySeconds", 0):
            errors.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateDeploymentUpdate."""
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec.selector", obj["spec"].get("selector"),
                                                   old["spec"].get("selector"))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateDeploymentStatus, ValidateDeploymentStatusUpdate."""
        from ..workloads import counts, not_decremented, replicas_within

        status = obj.get("status") or {}
        return (counts("status", status, ("observedGeneration", "replicas", "updatedReplicas", "readyReplicas",
                                          "availableReplicas", "unavailableReplicas", "terminatingReplicas",
                                          "collisionCount"))
                + replicas_within(status, ("updatedReplicas", "readyReplicas", "availableReplicas"))
                + not_decremented(status, old))

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "spec.template", obj["spec"]["template"], ctx.release)


def _strategy(strategy: Object) -> FieldErrors:
    """ValidateDeploymentStrategy."""
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        return [] if rolling is None else [
            forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")]
    if kind == "RollingUpdate":
        return _rolling_update(rolling) if rolling is not None else [
            required("spec.strategy.rollingUpdate", "this should be defaulted and never be nil")]
    from ...internaltypes import internal

    return [not_supported("spec.strategy", internal(strategy, "DeploymentStrategy"), ["Recreate", "RollingUpdate"])]


def _rolling_update(found: Object) -> FieldErrors:
    """ValidateRollingUpdateDeployment."""
    from ..checks import int_or_percent_value, not_more_than_100_percent, positive_int_or_percent

    path, unavailable = "spec.strategy.rollingUpdate", found.get("maxUnavailable", 0)
    errors = positive_int_or_percent(f"{path}.maxUnavailable", unavailable)
    errors += positive_int_or_percent(f"{path}.maxSurge", found.get("maxSurge", 0))
    if not int_or_percent_value(unavailable) and not int_or_percent_value(found.get("maxSurge", 0)):
        errors.append(invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return errors + not_more_than_100_percent(f"{path}.maxUnavailable", unavailable)


KIND = Deployment()
