"""What a CertificateSigningRequest has to be (pkg/apis/certificates/validation)."""

from __future__ import annotations

import base64
import binascii

from ....machinery import field, names
from ....machinery.wellknown import LEGACY_UNKNOWN_SIGNER_NAME
from ..checks import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object

_USAGES = ("any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
           "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system",
           "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc",
           "ocsp signing", "s/mime", "server auth", "signing", "timestamping")
_HEADER = "-----BEGIN CERTIFICATE REQUEST-----"
_FINAL = ("Approved", "Denied", "Failed")


def validate(obj: Object) -> FieldErrors:
    """Return the FieldErrors of a new request (validateCertificateSigningRequest)."""
    spec = obj["spec"]
    errors = []
    wrong = _request(spec.get("request", ""))
    if wrong:
        errors.append(field.invalid("spec.request", spec.get("request", ""), wrong))
    usages = spec.get("usages") or []
    if not usages:
        errors.append(field.required("spec.usages"))
    errors += [field.not_supported(f"spec.usages[{i}]", usage, _USAGES)
               for i, usage in enumerate(usages) if usage not in _USAGES]
    errors += [field.duplicate(f"spec.usages[{i}]", usage)
               for i, usage in enumerate(usages) if usage in usages[:i]]
    signer = spec.get("signerName", "")
    if signer == LEGACY_UNKNOWN_SIGNER_NAME:
        errors.append(field.invalid("spec.signerName", signer, "the legacy signerName is not allowed via this API "
                                    "version"))
    else:
        errors += signer_name("spec.signerName", signer)
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < 600:
        errors.append(field.invalid("spec.expirationSeconds", seconds,
                                    "may not specify a duration less than 600 seconds (10 minutes)"))
    return errors + _conditions((obj.get("status") or {}).get("conditions") or ())


def _certificate(status: Object) -> str:
    """Why what was signed is no certificate, "" where it is one or nothing was (validateCertificate)."""
    from ....machinery.x509 import check_certificates

    try:
        if status.get("certificate"):
            check_certificates(base64.b64decode(status["certificate"]))
    except ValueError as wrong:
        return str(wrong)
    return ""


def _request(text: str | None) -> str:
    """Why a request is not one; "" if it looks like one (validateCSR)."""
    try:
        pem = base64.b64decode(text or "").decode("ascii", "replace")
    except (binascii.Error, ValueError):
        pem = ""
    if _HEADER not in pem:
        return "PEM block type must be CERTIFICATE REQUEST"
    body = pem.partition(_HEADER)[2].partition("-----END")[0]
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return "PEM block type must be CERTIFICATE REQUEST"
    return "" if der[:1] == b"\x30" else "asn1: structure error: tags don't match"


def signer_name(path: str, signer: str) -> FieldErrors:
    """ValidateSignerName: a domain, a slash and a name."""
    if not signer:
        return [field.required(path)]
    parts = signer.split("/")
    if len(parts) != 2:
        return [field.invalid(path, signer, "must be a fully qualified domain and path of the form "
                              "'example.com/signer-name'")]
    domain, name = parts
    errors = said(path, domain, names.dns1123_subdomain(domain))
    if "." not in domain:
        errors.append(field.invalid(path, signer, "should be a domain with at least two segments separated by dots"))
    return errors + said(path, name, names.dns1123_subdomain(name))


def _conditions(conditions: Sequence[Object]) -> FieldErrors:
    """validateConditions."""
    errors = []
    seen: list[str] = []
    for i, condition in enumerate(conditions):
        path, type_, status = f"status.conditions[{i}]", condition.get("type", ""), condition.get("status", "")
        if not type_:
            errors.append(field.required(f"{path}.type"))
        allowed = ("True",) if type_ in _FINAL else ("False", "True", "Unknown")
        if not status:
            errors.append(field.required(f"{path}.status"))
        elif status not in allowed:
            errors.append(field.not_supported(f"{path}.status", status, allowed))
        if (type_ == "Approved" and "Denied" in seen) or (type_ == "Denied" and "Approved" in seen):
            errors.append(field.invalid("status.conditions", type_,
                                        "Approved and Denied conditions are mutually exclusive"))
        if type_ in seen:
            errors.append(field.duplicate(f"{path}.type", type_))
        seen.append(type_)
    return errors


def validate_update(obj: Object, old: Object, subresource: str) -> FieldErrors:
    """Return the FieldErrors of a change; decisions come through approval, certificates through status
    (validateCertificateSigningRequestUpdate)."""
    errors = validate(obj)
    status, before = obj.get("status") or {}, old.get("status") or {}
    wrong = _certificate(status)
    if wrong and status.get("certificate") != before.get("certificate") and not _certificate(before):
        errors.append(field.invalid("status.certificate", "<certificate data>", wrong))
    for type_ in _FINAL:
        new, was = _of_type(status, type_), _of_type(before, type_)
        if len(new) < len(was):
            errors.append(field.forbidden("status.conditions", f'updates may not remove a condition of type "{type_}"'))
        elif len(new) > len(was) and subresource != "approval" and type_ != "Failed":
            errors.append(field.forbidden("status.conditions", f'updates may not add a condition of type "{type_}"'))
    if status.get("certificate") != before.get("certificate"):
        if subresource != "status":
            errors.append(field.forbidden("status.certificate", "updates may not set certificate content"))
        elif before.get("certificate"):
            errors.append(field.forbidden("status.certificate", "updates may not modify existing certificate content"))
    return errors


def _of_type(status: Object, type_: str) -> list[Object]:
    """findConditions."""
    return [condition for condition in status.get("conditions") or () if condition.get("type") == type_]
