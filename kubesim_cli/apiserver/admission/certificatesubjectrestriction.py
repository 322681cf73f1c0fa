"""CertificateSubjectRestriction: nobody asks for a client certificate of the group system:masters."""

from __future__ import annotations

import base64

from ...machinery.wellknown import KUBE_API_SERVER_CLIENT_SIGNER_NAME as SIGNER
from ...machinery.x509 import ORGANIZATION, parse_request
from ..authorization import MASTERS
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation != "CREATE" or a.subresource or a.obj["spec"].get("signerName") != SIGNER:
        return
    if MASTERS in _organizations(a.obj["spec"]["request"]):
        raise forbidden(a, f"use of {SIGNER} signer with {MASTERS} group is not allowed")


def _organizations(request: str) -> list[str]:
    """Return the values of O in a base64 PEM request that validation has let pass; none in a damaged one."""
    try:
        parsed = parse_request(base64.b64decode(request))
    except ValueError:
        return []
    return [value for type_, value in parsed.subject if type_ == ORGANIZATION]
