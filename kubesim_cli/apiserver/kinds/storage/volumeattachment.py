"""VolumeAttachment."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class VolumeAttachment(Kind):
    columns = (NAME, Column("Attacher", format="name"), Column("PV"), Column("Node"),
               Column("Attached", type="boolean"), AGE)
    has_status = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj["spec"]
        return [obj["metadata"]["name"], spec.get("attacher", ""),
                (spec.get("source") or {}).get("persistentVolumeName") or "", spec.get("nodeName", ""),
                bool((obj.get("status") or {}).get("attached")), age(obj, ctx.now)]

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {"attached": False}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import dns1123_subdomain
        from ..core.persistentvolume_validation import driver_name

        spec = obj.get("spec") or {}
        errors = driver_name("spec.attacher", spec.get("attacher", ""))
        source = spec.get("source") or {}
        name, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
        only = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
        if name is None and inline is None:
            errors.append(field.required("spec.source", only))
        elif name is not None and inline is not None:
            errors.append(field.forbidden("spec.source", only))
        elif name == "":
            errors.append(field.required("spec.source.persistentVolumeName",
                                         "must specify non empty persistentVolumeName"))
        return errors + dns1123_subdomain("spec.nodeName", spec.get("nodeName", ""))

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec", obj.get("spec"), old.get("spec"))



KIND = VolumeAttachment()
