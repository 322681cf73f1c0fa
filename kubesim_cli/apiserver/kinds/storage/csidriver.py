"""CSIDriver."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class CSIDriver(Kind):
    columns = (NAME, Column("AttachRequired", type="boolean"), Column("PodInfoOnMount", type="boolean"),
               Column("StorageCapacity", type="boolean"), Column("TokenRequests"),
               Column("RequiresRepublish", type="boolean"), Column("Modes"), AGE)
    has_generation = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj["spec"]
        tokens = spec.get("tokenRequests")
        audiences = "<unset>" if tokens is None else ",".join(token.get("audience", "") for token in tokens)
        return [obj["metadata"]["name"], spec.get("attachRequired") is not False, bool(spec.get("podInfoOnMount")),
                bool(spec.get("storageCapacity")), audiences, bool(spec.get("requiresRepublish")),
                ",".join(spec.get("volumeLifecycleModes") or ()) or "<none>", age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        for key, value in (("attachRequired", True), ("podInfoOnMount", False), ("storageCapacity", False),
                           ("fsGroupPolicy", "ReadWriteOnceWithFSType"), ("requiresRepublish", False),
                           ("seLinuxMount", False)):
            spec.setdefault(key, value)
        if not spec.get("volumeLifecycleModes"):
            spec["volumeLifecycleModes"] = ["Persistent"]

    def validate(self, obj: dict, ctx: Context) -> list:
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
        modes = ("Persistent", "Ephemeral")
        return errors + [field.not_supported("spec.volumeLifecycleModes", mode, modes)
                         for mode in spec["volumeLifecycleModes"] if mode not in modes]

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        spec, before = obj["spec"], old["spec"]
        return (self.validate(obj, ctx)
                + immutable("spec.attachedRequired", spec.get("attachRequired"), before.get("attachRequired"))
                + immutable("spec.volumeLifecycleModes", spec.get("volumeLifecycleModes"),
                            before.get("volumeLifecycleModes")))


KIND = CSIDriver()
