"""ServiceAccount."""

from __future__ import annotations

from ....machinery.wellknown import ENFORCE_MOUNTABLE_SECRETS_ANNOTATION
from ....releases.gates import enabled
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..base import Context


class ServiceAccount(Kind):
    """ValidateServiceAccount, ValidateServiceAccountUpdate."""

    columns = (NAME, Column("Secrets", lambda obj, ctx: len(obj.get("secrets") or ()), until=(1, 35)), AGE)

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        if obj.get("secrets"):
            obj["secrets"] = [{"name": ref["name"]} if ref.get("name") else {} for ref in obj["secrets"]]

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        self.prepare_create(obj, ctx)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        def has(one: Object | None) -> bool:
            annotations = one["metadata"].get("annotations") if one is not None else None
            return ENFORCE_MOUNTABLE_SECRETS_ANNOTATION in (annotations or {})

        if not enabled("EnforceMountableSecretsDeprecated", ctx.release) or has(old) or not has(obj):
            return []
        return [f"metadata.annotations[{ENFORCE_MOUNTABLE_SECRETS_ANNOTATION}]: deprecated in v1.32+; "
                "prefer separate namespaces to isolate access to mounted secrets"]


KIND = ServiceAccount()
