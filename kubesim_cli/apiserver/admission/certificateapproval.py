"""CertificateApproval: approving needs the verb `approve` on the request's signer."""

from __future__ import annotations

from .refusal import forbidden
from .signers import may


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    if verb != "update" or subresource != "approval" or obj is None or old is None:
        return
    signer = old["spec"]["signerName"]
    if not may(ctx, "approve", signer):
        raise forbidden(res, obj, f'user not permitted to approve requests with signerName "{signer}"')
