"""CertificateSigningRequest."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _requested_duration_cell(obj: Object, ctx: Context) -> Cell:
    from ....machinery import duration

    spec = obj["spec"]
    seconds = spec.get("expirationSeconds")
    return "<none>" if seconds is None else duration.human(seconds)


class CertificateSigningRequest(Kind):
    columns = (NAME,
               AGE,
               Column("SignerName", lambda obj, ctx: obj["spec"].get("signerName") or "<none>"),
               Column("Requestor", lambda obj, ctx: obj["spec"].get("username", "")),
               Column("RequestedDuration", _requested_duration_cell),
               Column("Condition", lambda obj, ctx: condition(obj)))
    has_status = True
    name_rule = "path_segment_name"

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("request", "")
        spec.setdefault("signerName", "")

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        spec = obj["spec"]
        for key, source in (("username", "name"), ("uid", "uid"), ("groups", "groups"), ("extra", "extra")):
            value = (ctx.user or {}).get(source)
            if value:
                spec[key] = value
            else:
                spec.pop(key, None)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        obj["spec"] = old["spec"]
        if ctx.subresource not in ("status", "approval"):
            return
        from ....machinery import timestamps

        before = {(c.get("type"), c.get("status")): c for c in (old.get("status") or {}).get("conditions") or ()}
        conditions = []
        for condition in (obj.get("status") or {}).get("conditions") or ():
            known = before.get((condition.get("type"), condition.get("status"))) or {}
            now = timestamps.format(ctx.now)
            conditions.append({**condition, "lastUpdateTime": condition.get("lastUpdateTime") or now,
                               "lastTransitionTime": condition.get("lastTransitionTime")
                               or known.get("lastTransitionTime") or now})
        if conditions:
            obj["status"]["conditions"] = conditions
        else:
            obj.get("status", {}).pop("conditions", None)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCertificateSigningRequestCreate."""
        from .certificatesigningrequest_validation import validate

        return validate(obj)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCertificateSigningRequestUpdate, ValidateCertificateSigningRequestApprovalUpdate."""
        from .certificatesigningrequest_validation import validate_update

        return validate_update(obj, old, ctx.subresource)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCertificateSigningRequestStatusUpdate."""
        return self.validate_update(obj, old, ctx)

    def fields(self, obj: Object) -> dict[str, str]:
        return {"spec.signerName": obj["spec"].get("signerName", "")}


def condition(obj: Object) -> str:
    """What has become of a request: `Approved,Issued` and so on."""
    status = obj.get("status") or {}
    types = {found.get("type") for found in status.get("conditions") or ()}
    text = "Denied" if "Denied" in types else "Approved" if "Approved" in types else "Pending"
    return text + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")


KIND = CertificateSigningRequest()
