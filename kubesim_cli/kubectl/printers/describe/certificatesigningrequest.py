"""CertificateSigningRequests, and who their PKCS#10 request is about."""

from __future__ import annotations

import base64

from ....machinery import duration
from ... import printers
from .writer import Writer, format_labels, time_text
from .x509 import parse_request

_SUBJECT = ("Organization", "Organizational Unit", "Country", "Locality", "Province", "StreetAddress", "PostalCode")


def describe(csr: dict, w: Writer, ctx) -> None:
    meta, spec, status = csr["metadata"], csr["spec"], csr.get("status") or {}
    try:
        request = parse_request(base64.b64decode(spec.get("request", "")))
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
    w.line(0, "\tCommon Name", "".join(request.get("Common Name", [])[-1:]))
    w.line(0, "\tSerial Number", "".join(request.get("Serial Number", [])[-1:]))
    for name in _SUBJECT:
        _list(name, request.get(name), w)
    alternatives = ("DNS Names", "Email Addresses", "URIs", "IP Addresses")
    if any(request.get(name) for name in alternatives):
        w.write(0, "Subject Alternative Names:\n")
        for name in alternatives:
            _list(name, request.get(name), w)
    ctx.events(csr)


def _list(name: str, values: list[str] | None, w: Writer) -> None:
    if values:
        separator = "\n\t\t"
        w.line(0, f"\t{name}", separator.join(values))


def _status(status: dict) -> str:
    types = {condition["type"] for condition in status.get("conditions") or ()}
    text = "Denied" if "Denied" in types else "Approved" if "Approved" in types else "Pending"
    return text + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")
