"""CertificateSigning: issuing needs the verb `sign` on the request's signer."""

from __future__ import annotations

from .refusal import forbidden
from .signers import may

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation != "UPDATE" or a.subresource != "status" or a.old is None:
        return
    status, before = a.obj.get("status") or {}, a.old.get("status") or {}
    if all(status.get(key) == before.get(key) for key in ("certificate", "conditions")):
        return
    signer = a.old["spec"]["signerName"]
    if not may(a.ctx, "sign", signer):
        raise forbidden(a, f'user not permitted to sign requests with signerName "{signer}"')
