"""CertificateSubjectRestriction: nobody asks for a client certificate of the group system:masters."""

from __future__ import annotations

import base64

from ...machinery.wellknown import KUBE_API_SERVER_CLIENT_SIGNER_NAME as SIGNER
from ..authorization import MASTERS
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes

_ORGANIZATION = b"\x06\x03\x55\x04\x0a"  # 2.5.4.10 in DER


def validate(a: Attributes) -> None:
    if a.operation != "CREATE" or a.subresource or a.obj["spec"].get("signerName") != SIGNER:
        return
    if MASTERS in _organizations(a.obj["spec"]["request"]):
        raise forbidden(a, f"use of {SIGNER} signer with {MASTERS} group is not allowed")


def _organizations(request: str) -> list[str]:
    """Return the values of O in a base64 PEM request that validation has let pass."""
    pem = base64.b64decode(request).decode("ascii", "replace")
    body = pem.partition("REQUEST-----")[2].partition("-----END")[0]
    der = base64.b64decode("".join(body.split()))
    # After the type's OID comes a string: its tag, its length (one byte: names are short), its bytes.
    return [part[2:2 + part[1]].decode("utf-8", "replace") for part in der.split(_ORGANIZATION)[1:] if len(part) > 1]
