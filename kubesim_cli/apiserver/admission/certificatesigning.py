"""CertificateSigning: issuing needs the verb `sign` on the request's signer."""

from __future__ import annotations

from .refusal import forbidden
from .signers import may


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    if verb != "update" or subresource != "status" or obj is None or old is None:
        return
    status, before = obj.get("status") or {}, old.get("status") or {}
    if all(status.get(key) == before.get(key) for key in ("certificate", "conditions")):
        return
    signer = old["spec"]["signerName"]
    if not may(ctx, "sign", signer):
        raise forbidden(res, obj, f'user not permitted to sign requests with signerName "{signer}"')
