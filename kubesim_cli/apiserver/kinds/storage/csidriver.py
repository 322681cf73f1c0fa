"""CSIDriver."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _attach_required_cell(obj: Object, ctx: Context) -> Cell:
    return obj["spec"].get("attachRequired") is not False


def _storage_capacity_cell(obj: Object, ctx: Context) -> Cell:
    return bool(obj["spec"].get("storageCapacity"))


def _token_requests_cell(obj: Object, ctx: Context) -> Cell:
    spec = obj["spec"]
    tokens = spec.get("tokenRequests")
    return "<unset>" if tokens is None else ",".join(token.get("audience", "") for token in tokens)


def _requires_republish_cell(obj: Object, ctx: Context) -> Cell:
    return bool(obj["spec"].get("requiresRepublish"))


def _modes_cell(obj: Object, ctx: Context) -> Cell:
    return ",".join(obj["spec"].get("volumeLifecycleModes") or ()) or "<none>"


class CSIDriver(Kind):
    columns = (NAME,
               Column("AttachRequired", _attach_required_cell, type="boolean"),
               Column("PodInfoOnMount", lambda obj, ctx: bool(obj["spec"].get("podInfoOnMount")), type="boolean"),
               Column("StorageCapacity", _storage_capacity_cell, type="boolean"),
               Column("TokenRequests", _token_requests_cell),
               Column("RequiresRepublish", _requires_republish_cell, type="boolean"),
               Column("Modes", _modes_cell),
               AGE)
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        for key, value in (("attachRequired", True), ("podInfoOnMount", False), ("storageCapacity", False),
                           ("fsGroupPolicy", "ReadWriteOnceWithFSType"), ("requiresRepublish", False),
                           ("seLinuxMount", False)):
            spec.setdefault(key, value)
        if not spec.get("volumeLifecycleModes"):
            spec["volumeLifecycleModes"] = ["Persistent"]

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        """Changes are counted, but the beginning is not."""
        if obj.get("spec") != old.get("spec"):
            obj["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCSIDriver, validateCSIDriverSpec, validateFSGroupPolicy, validateTokenRequests,
        validateVolumeLifecycleModes, validateNodeAllocatableUpdatePeriodSeconds,
        validateServiceAccountTokenInSecrets."""
        from ....machinery import field
        from ..checks import one_of

        spec = obj["spec"]
        errors = one_of("spec.fsGroupPolicy", spec["fsGroupPolicy"], ("File", "None", "ReadWriteOnceWithFSType"))
        audiences: set[str] = set()
        for i, token in enumerate(spec.get("tokenRequests") or ()):
            path, audience = f"spec.tokenRequests[{i}]", token.get("audience", "")
            if audience in audiences:
                errors.append(field.duplicate(f"{path}.audience", audience))
                continue
            audiences.add(audience)
            seconds = token.get("expirationSeconds")
            if seconds is not None and seconds < 600:
                errors.append(field.invalid(f"{path}.expirationSeconds", seconds,
                                            "may not specify a duration less than 10 minutes"))
            if seconds is not None and seconds > 1 << 32:
                errors.append(field.invalid(f"{path}.expirationSeconds", seconds,
                                            "may not specify a duration larger than 2^32 seconds"))
        modes = ("Persistent", "Ephemeral")
        errors += [field.not_supported("spec.volumeLifecycleModes", mode, modes)
                   for mode in spec["volumeLifecycleModes"] if mode not in modes]
        period, in_secrets = spec.get("nodeAllocatableUpdatePeriodSeconds"), spec.get("serviceAccountTokenInSecrets")
        if period is not None and period < 10:
            errors.append(field.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period,
                                        "must be greater than or equal to 10 seconds"))
        if in_secrets is not None and not spec.get("tokenRequests"):
            errors.append(field.invalid("spec.serviceAccountTokenInSecrets", in_secrets,
                                        "serviceAccountTokenInSecrets is set but no tokenRequests are specified"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCSIDriverUpdate."""
        from ..checks import immutable

        spec, before = obj["spec"], old["spec"]
        return (self.validate(obj, ctx)
                + immutable("spec.attachedRequired", spec.get("attachRequired"), before.get("attachRequired"))
                + immutable("spec.volumeLifecycleModes", spec.get("volumeLifecycleModes"),
                            before.get("volumeLifecycleModes")))


KIND = CSIDriver()
