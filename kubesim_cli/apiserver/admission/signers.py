"""Who may act for a signer of certificates (pkg/apis/certificates/authorization)."""

from __future__ import annotations

from ..authorization import decide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kinds.base import Context


def may(ctx: Context, verb: str, signer: str) -> bool:
    """Whether the user has a verb on the signer, or on all of its domain."""
    asked = {"verb": verb, "group": "certificates.k8s.io", "resource": "signers"}
    return any(decide(ctx.client, ctx.user or {}, {**asked, "name": name})[0]
               for name in (signer, f"{signer.partition('/')[0]}/*"))
