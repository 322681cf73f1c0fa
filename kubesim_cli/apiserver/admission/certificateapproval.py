"""CertificateApproval: approving needs the verb `approve` on the request's signer."""

from __future__ import annotations

from .refusal import forbidden
from .signers import may

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation != "UPDATE" or a.subresource != "approval" or a.old is None:
        return
    signer = a.old["spec"]["signerName"]
    if not may(a.ctx, "approve", signer):
        raise forbidden(a, f'user not permitted to approve requests with signerName "{signer}"')
