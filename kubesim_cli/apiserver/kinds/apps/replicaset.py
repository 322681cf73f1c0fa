"""ReplicaSet."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME
from ..workloads import CONTAINERS, IMAGES, SELECTOR, containers_and_images


class ReplicaSet(Kind):
    columns = (NAME, Column("Desired"), Column("Current"), Column("Ready"), AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        from ....machinery.selectors import format_selector

        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        return [obj["metadata"]["name"], spec.get("replicas", 0), status.get("replicas", 0),
                status.get("readyReplicas", 0), age(obj, ctx.now), *containers_and_images(spec.get("template")),
                format_selector(spec.get("selector"))]

    def default(self, obj: dict, ctx: Context) -> None:
        from ..core.podspec import default_pod_template

        spec = obj.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        default_pod_template(spec.setdefault("template", {}), ctx.release)

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {"replicas": 0}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ..workloads import counts, selector_and_template

        spec = obj["spec"]
        return (counts("spec", spec, ("replicas", "minReadySeconds"))
                + selector_and_template(spec, "ReplicaSet", "deployment", ctx.release))

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec.selector", obj["spec"].get("selector"),
                                                   old["spec"].get("selector"))

    def validate_status(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..workloads import counts, replicas_within

        status = obj.get("status") or {}
        return (counts("status", status, ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
                                          "observedGeneration", "terminatingReplicas"))
                + replicas_within(status, ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")))

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "spec.template", obj["spec"]["template"], ctx.release)

    def fields(self, obj: dict) -> dict[str, str]:
        return {"status.replicas": str((obj.get("status") or {}).get("replicas", 0))}


KIND = ReplicaSet()
