"""PodTemplate."""

from __future__ import annotations

from ....machinery.objects import dig
from ..base import NAME, Column, Kind
from ..columns import labels
from ..workloads import of_containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class PodTemplate(Kind):
    columns = (NAME,
               Column("Containers", lambda obj, ctx: of_containers(obj.get("template"), "name")),
               Column("Images", lambda obj, ctx: of_containers(obj.get("template"), "image")),
               Column("Pod Labels", lambda obj, ctx: labels(dig(obj, "template", "metadata", "labels"))))
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        from .podspec.defaults import default_pod_template

        default_pod_template(obj.setdefault("template", {}), ctx.release)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidatePodTemplate, ValidatePodTemplateUpdate."""
        from .podspec.spec import validate_pod_template

        return validate_pod_template(obj["template"], "template", ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from ..workloads import template_warnings

        return template_warnings(obj, old, "template", obj["template"], ctx.release, name=False)


KIND = PodTemplate()
