"""ClusterTrustBundleAttest: a bundle of a signer needs the verb `attest` on it."""

from __future__ import annotations

from .refusal import forbidden
from .signers import may

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes

_COLLECTED = ("ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation")


def validate(a: Attributes) -> None:
    if a.operation not in ("CREATE", "UPDATE"):
        return
    signer = (a.obj.get("spec") or {}).get("signerName")
    if not signer or (a.old is not None and a.operation == "UPDATE" and _rest(a.obj) == _rest(a.old)):
        return
    if not may(a.ctx, "attest", signer):
        raise forbidden(a, f'user not permitted to attest for signerName "{signer}"')


def _rest(obj: Object) -> Object:
    """An object without what the garbage collector changes (IsOnlyMutatingGCFields)."""
    return {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key not in _COLLECTED}}
