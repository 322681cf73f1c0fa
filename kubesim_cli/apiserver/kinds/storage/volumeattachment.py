"""VolumeAttachment."""

from __future__ import annotations

from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_MAX_METADATA, _MAX_MESSAGE = 256 * 1024, 1024


def _attached_cell(obj: Object, ctx: Context) -> Cell:
    return bool((obj.get("status") or {}).get("attached"))


class VolumeAttachment(Kind):
    columns = (NAME,
               Column("Attacher", lambda obj, ctx: obj["spec"].get("attacher", ""), format="name"),
               Column("PV", lambda obj, ctx: (obj["spec"].get("source") or {}).get("persistentVolumeName") or ""),
               Column("Node", lambda obj, ctx: obj["spec"].get("nodeName", "")),
               Column("Attached", _attached_cell, type="boolean"),
               AGE)
    has_status = True
    status_keeps = METADATA
    unconditional_update = False

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"attached": False}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateVolumeAttachment, validateVolumeAttachmentSpec, validateVolumeAttachmentSource, validateNodeName."""
        from ....machinery import field
        from ..checks import dns1123_subdomain, driver_name

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
        elif inline is not None:
            from ..core.persistentvolume_validation import validate_inline

            errors += validate_inline(inline, "spec.source.inlineVolumeSpec", ctx.release)
        errors += dns1123_subdomain("spec.nodeName", spec.get("nodeName", ""))
        errors += _status(obj.get("status") or {})
        return errors if name is None else errors + dns1123_subdomain("spec.source.persistentVolumeName", name)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        return self.validate_update(obj, old, ctx)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateVolumeAttachmentUpdate."""
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec", obj.get("spec"), old.get("spec"))


def _status(status: Object) -> FieldErrors:
    """validateVolumeAttachmentStatus, validateAttachmentMetadata, validateVolumeError."""
    from ....machinery import field, names

    metadata = status.get("attachmentMetadata") or {}
    errors = []
    if sum(len(key) + len(value) for key, value in metadata.items()) > _MAX_METADATA:
        errors.append(field.too_long("status.attachmentMetadata", _MAX_METADATA))
    for key in ("attachError", "detachError"):
        told = status.get(key) or {}
        if len(told.get("message", "").encode()) > _MAX_MESSAGE:
            errors.append(field.too_long(f"status.{key}.message", _MAX_METADATA))  # the limit that Kubernetes tells
        if told.get("errorCode") is not None and told["errorCode"] < 0:
            errors.append(field.invalid(f"status.{key}.errorCode", told["errorCode"], names.in_range(0, 2**31 - 1)))
    return errors


KIND = VolumeAttachment()
