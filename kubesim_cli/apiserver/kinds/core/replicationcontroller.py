"""ReplicationController."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME, labels
from ..workloads import CONTAINERS, IMAGES, SELECTOR, containers_and_images


class ReplicationController(Kind):
    columns = (NAME, Column("Desired"), Column("Current"), Column("Ready"), AGE, CONTAINERS, IMAGES, SELECTOR)
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        spec, status = obj.get("spec") or {}, obj.get("status") or {}
        return [obj["metadata"]["name"], spec.get("replicas", 0), status.get("replicas", 0),
                status.get("readyReplicas", 0), age(obj, ctx.now), *containers_and_images(spec.get("template")),
                labels(spec.get("selector"))]

    def default(self, obj: dict, ctx: Context) -> None:
        from .podspec import default_pod_template

        spec = obj.setdefault("spec", {})
        template = spec.get("template")
        if template is not None:
            default_pod_template(template, ctx.release)
            own = template["metadata"].get("labels")
            if own:
                if not spec.get("selector"):
                    spec["selector"] = dict(own)
                if not obj["metadata"].get("labels"):
                    obj["metadata"]["labels"] = dict(own)
        spec.setdefault("replicas", 1)

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {"replicas": 0}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ....machinery.selectors import of_map
        from ..workloads import counts
        from .podspec import validate_replicated_template

        spec = obj["spec"]
        errors = [] if spec.get("selector") else [field.required("spec.selector")]
        template = spec.get("template")
        if template is None:
            errors.append(field.required("spec.template"))
        else:
            errors += validate_replicated_template(template, of_map(spec.get("selector")), "spec.template",
                                                   "ReplicationController", ctx.release)
        return errors + counts("spec", spec, ("minReadySeconds", "replicas"))

    def validate_status(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..workloads import counts, replicas_within

        status = obj.get("status") or {}
        return (counts("status", status, ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas",
                                          "observedGeneration"))
                + replicas_within(status, ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")))

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "spec.template", obj["spec"]["template"], ctx.release)

    def fields(self, obj: dict) -> dict[str, str]:
        return {"status.replicas": str((obj.get("status") or {}).get("replicas", 0))}


KIND = ReplicationController()
