"""PodTemplate."""

from __future__ import annotations

from ..base import Column, Context, Kind
from ..columns import NAME, labels
from ..workloads import containers_and_images


class PodTemplate(Kind):
    columns = (NAME, Column("Containers"), Column("Images"), Column("Pod Labels"))
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        template = obj.get("template") or {}
        return [obj["metadata"]["name"], *containers_and_images(template),
                labels((template.get("metadata") or {}).get("labels"))]

    def default(self, obj: dict, ctx: Context) -> None:
        from .podspec import default_pod_template

        default_pod_template(obj.setdefault("template", {}), ctx.release)

    def validate(self, obj: dict, ctx: Context) -> list:
        from .podspec import validate_pod_template

        return validate_pod_template(obj["template"], "template", ctx.release)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "template", obj["template"], ctx.release, name=False)


KIND = PodTemplate()
