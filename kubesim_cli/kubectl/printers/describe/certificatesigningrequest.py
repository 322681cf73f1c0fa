"""CertificateSigningRequests, and who their PKCS#10 request is about."""

from __future__ import annotations

import base64

from ....machinery import duration, x509
from ... import printers
from .writer import Writer, format_labels, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "certificates.k8s.io"
_SUBJECT = {"Organization": x509.ORGANIZATION, "Organizational Unit": "2.5.4.11", "Country": "2.5.4.6",
            "Locality": "2.5.4.7", "Province": "2.5.4.8", "StreetAddress": "2.5.4.9", "PostalCode": "2.5.4.17"}
_ALTERNATIVES = {"DNS Names": x509.DNS, "Email Addresses": x509.EMAIL, "URIs": x509.URI, "IP Addresses": x509.IP}


def describe(csr: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = csr["metadata"], csr["spec"], csr.get("status") or {}
    try:
        request = x509.parse_request(base64.b64decode(spec.get("request", "")))
    except ValueError as error:
        raise printers.PrinterError(f"Error parsing CSR: {error}") from None
    w.line(0, "Name", meta["name"])
    w.line(0, "Labels", format_labels(meta.get("labels")))
    w.line(0, "Annotations", format_labels(meta.get("annotations")))
    w.line(0, "CreationTimestamp", time_text(meta.get("creationTimestamp")))
    w.line(0, "Requesting User", spec.get("username", ""))
    if spec.get("signerName"):
        w.line(0, "Signer", spec["signerName"])
    if spec.get("expirationSeconds") is not None:
        w.line(0, "Requested Duration", duration.human(spec["expirationSeconds"]))
    w.line(0, "Status", _status(status))
    w.write(0, "Subject:\n")
    w.line(0, "\tCommon Name", "".join(_values(request.subject, x509.COMMON_NAME)[-1:]))
    w.line(0, "\tSerial Number", "".join(_values(request.subject, "2.5.4.5")[-1:]))
    for name, type_ in _SUBJECT.items():
        _list(name, _values(request.subject, type_), w)
    if any(tag in _ALTERNATIVES.values() for tag, _ in request.alternative_names):
        w.write(0, "Subject Alternative Names:\n")
        for name, tag in _ALTERNATIVES.items():
            _list(name, _values(request.alternative_names, tag), w)
    ctx.events(csr)


def _values(pairs: list[tuple[str, str]] | list[tuple[int, str]], wanted: str | int) -> list[str]:
    return [value for key, value in pairs if key == wanted]


def _list(name: str, values: list[str], w: Writer) -> None:
    if values:
        separator = "\n\t\t"
        w.line(0, f"\t{name}", separator.join(values))


def _status(status: Object) -> str:
    types = {condition["type"] for condition in status.get("conditions") or ()}
    text = "Denied" if "Denied" in types else "Approved" if "Approved" in types else "Pending"
    return text + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")
