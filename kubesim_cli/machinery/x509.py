"""PKCS#10 certificate requests: what the server, its signer and kubectl read of one (crypto/x509); and certificates, as
far as it is told whether something is one."""

from __future__ import annotations

from ..go import asn1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"
EMAIL, DNS, URI, IP = 0x81, 0x82, 0x86, 0x87  # tags of the kinds of alternative names
_EXTENSION_REQUEST, _ALTERNATIVE_NAMES = "1.2.840.113549.1.9.14", "2.5.29.17"
_ATTRIBUTES = 0xA0
_BEGIN, _END = b"-----BEGIN CERTIFICATE REQUEST-----", b"-----END CERTIFICATE REQUEST-----"
_BLOCK_START, _BLOCK_END = b"-----BEGIN ", b"\n-----END "
_BASIC_CONSTRAINTS, _EXTENSIONS, _BOOLEAN = "2.5.29.19", 0xA3, 0x01


class CertificateRequest:
    """`subject` holds (type, value) of its parts, the type as in ORGANIZATION; `alternative_names` (tag, text), the tag
    as in DNS. `der` is all of it, `subject_der` and `public_key_der` are elements of it."""

    __slots__ = ("alternative_names", "der", "public_key_der", "subject", "subject_der")

    def __init__(self, der: bytes):
        self.der = der
        body = asn1.elements(asn1.elements(asn1.elements(der)[0].body)[0].body)
        _, subject, public_key = body[:3]
        self.subject_der, self.public_key_der = subject.der, public_key.der
        self.subject: list[tuple[str, str]] = []
        self.alternative_names: list[tuple[int, str]] = []
        for names in asn1.elements(subject.body):
            for pair in asn1.elements(names.body):
                type_, value = asn1.elements(pair.body)
                self.subject.append((asn1.oid(type_.body), value.body.decode("utf-8", "replace")))
        for part in body[3:]:
            if part.tag == _ATTRIBUTES:
                self._read_attributes(part.body)

    def _read_attributes(self, attributes: bytes) -> None:
        for attribute in asn1.elements(attributes):
            type_, values = asn1.elements(attribute.body)
            if asn1.oid(type_.body) != _EXTENSION_REQUEST:
                continue
            for extension in asn1.elements(asn1.elements(values.body)[0].body):
                parts = asn1.elements(extension.body)
                if asn1.oid(parts[0].body) == _ALTERNATIVE_NAMES:
                    self.alternative_names += [
                        (name.tag, _text(name)) for name in asn1.elements(asn1.elements(parts[-1].body)[0].body)]


def _text(name: asn1.Element) -> str:
    if name.tag != IP:
        return name.body.decode("ascii", "replace")
    import ipaddress

    return str(ipaddress.ip_address(name.body))


def parse_request(pem: bytes) -> CertificateRequest:
    """Read a PEM block. ValueError says what is wrong with it, as x509.ParseCertificateRequest's callers do."""
    import base64

    if _BEGIN not in pem or _END not in pem:
        raise ValueError("PEM block type must be CERTIFICATE REQUEST")
    try:
        return CertificateRequest(base64.b64decode(pem.split(_BEGIN)[1].split(_END)[0]))
    except (IndexError, ValueError):
        raise ValueError("x509: malformed certificate request") from None


def check_certificates(pem: bytes) -> None:
    """Raise ValueError, with what is wrong, where a text that is not empty is not one or more certificates in PEM
    (x509.ParseCertificates)."""
    count = 0
    for type_, headers, der in blocks(pem):
        if type_ != b"CERTIFICATE":
            raise ValueError(f'only CERTIFICATE PEM blocks are allowed, found "{type_.decode("utf-8", "replace")}"')
        if headers:
            raise ValueError("no PEM block headers are permitted")
        count += 1
        _check_certificates(der)
    if not count:
        raise ValueError("must contain at least one CERTIFICATE PEM block")


def blocks(pem: bytes) -> Iterator[tuple[bytes, list[bytes], bytes]]:
    """Yield type, lines of headers and content of each block; what is none is passed over (encoding/pem's Decode)."""
    import base64

    position = 0
    while (end := pem.find(_BLOCK_END, position)) >= 0:
        start, position = pem.rfind(_BLOCK_START, position, end), end + len(_BLOCK_END)
        if start < 0 or (start > 0 and pem[start - 1:start] != b"\n"):
            continue
        first, *lines = pem[start + len(_BLOCK_START):end].split(b"\n")
        stop = pem.find(b"\n", position)
        last = pem[position:stop if stop >= 0 else len(pem)]
        if not first.rstrip().endswith(b"-----") or last.rstrip() != first.rstrip():
            continue
        at = next((at for at, each in enumerate(lines) if b":" not in each), len(lines))
        try:
            der = base64.b64decode(b"".join(b"".join(lines[at:]).split()), validate=True)
        except ValueError:
            continue
        yield first.rstrip()[:-5], lines[:at], der


def is_authority(der: bytes) -> bool:
    """Tell whether a certificate is one of an authority, by its basic constraints. Raises ValueError where it is none.
    """
    _check_certificates(der)
    try:
        certificate = asn1.elements(asn1.elements(der)[0].body)[0]
        wrapped = [each for each in asn1.elements(certificate.body) if each.tag == _EXTENSIONS]
        for extension in asn1.elements(asn1.elements(wrapped[0].body)[0].body) if wrapped else ():
            name, *_, value = asn1.elements(extension.body)
            if asn1.oid(name.body) == _BASIC_CONSTRAINTS:
                found = asn1.elements(asn1.elements(value.body)[0].body)
                return bool(found) and found[0].tag == _BOOLEAN and found[0].body != b"\0"
    except (IndexError, ValueError):
        raise ValueError("x509: malformed certificate") from None
    return False


def _check_certificates(der: bytes) -> None:
    try:
        found = asn1.elements(der)
        parts = [[part.tag for part in asn1.elements(each.body)] if each.tag == asn1.SEQUENCE else [] for each in found]
    except (IndexError, ValueError):
        raise ValueError("x509: malformed certificate") from None
    if not found:
        raise ValueError("found CERTIFICATE PEM block containing 0 certificates")
    if any(each != [asn1.SEQUENCE, asn1.SEQUENCE, asn1.BIT_STRING] for each in parts):
        raise ValueError("x509: malformed certificate")
