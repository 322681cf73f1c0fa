"""Deployment."""

from __future__ import annotations

from ....machinery.field import FieldError, forbidden, invalid, not_supported, required
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME
from ..workloads import CONTAINERS, IMAGES, SELECTOR, containers_and_images


class Deployment(Kind):
    columns = (NAME, Column("Ready"), Column("Up-to-date"), Column("Available"), AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        from ....machinery import selectors

        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        try:
            selector = selectors.format(selectors.of_label_selector(spec.get("selector")) or [])
        except ValueError:
            selector = "<invalid>"
        return [obj["metadata"]["name"], f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
                status.get("updatedReplicas", 0), status.get("availableReplicas", 0), age(obj, ctx.now),
                *containers_and_images(spec.get("template")), selector]

    def default(self, obj: dict, ctx: Context) -> None:
        from ..core.podspec import default_pod_template

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

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def prepare_update(self, obj: dict, old: dict, ctx: Context) -> None:
        meta, before = obj["metadata"], old["metadata"]
        # Annotations count as well: they are copied to replica sets.
        if not ctx.subresource and (meta.get("annotations") or {}) != (before.get("annotations") or {}):
            meta["generation"] = before.get("generation", 0) + 1

    def validate(self, obj: dict, ctx: Context) -> list:
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

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec.selector", obj["spec"].get("selector"),
                                                   old["spec"].get("selector"))

    def validate_status(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..workloads import counts, not_decremented, replicas_within

        status = obj.get("status") or {}
        return (counts("status", status, ("observedGeneration", "replicas", "updatedReplicas", "readyReplicas",
                                          "availableReplicas", "unavailableReplicas", "terminatingReplicas",
                                          "collisionCount"))
                + replicas_within(status, ("updatedReplicas", "readyReplicas", "availableReplicas"))
                + not_decremented(status, old))

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "spec.template", obj["spec"]["template"], ctx.release)


def _strategy(strategy: dict) -> list[FieldError]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        return [] if rolling is None else [
            forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")]
    if kind == "RollingUpdate":
        return _rolling_update(rolling) if rolling is not None else [
            required("spec.strategy.rollingUpdate", "this should be defaulted and never be nil")]
    from ...internaltypes import internal

    return [not_supported("spec.strategy", internal(strategy, "DeploymentStrategy"), ["Recreate", "RollingUpdate"])]


def _rolling_update(found: dict) -> list[FieldError]:
    from ..workloads import amount, at_most_100_percent, int_or_percent

    path, unavailable = "spec.strategy.rollingUpdate", found.get("maxUnavailable", 0)
    errors = int_or_percent(f"{path}.maxUnavailable", unavailable)
    errors += int_or_percent(f"{path}.maxSurge", found.get("maxSurge", 0))
    if not amount(unavailable) and not amount(found.get("maxSurge", 0)):
        errors.append(invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return errors + at_most_100_percent(f"{path}.maxUnavailable", unavailable)


KIND = Deployment()
