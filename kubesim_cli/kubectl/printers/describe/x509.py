"""The few parts of ASN.1 that tell the subject and the alternative names of a PKCS#10 certificate request."""

from __future__ import annotations

_NAMES = {"2.5.4.3": "Common Name", "2.5.4.5": "Serial Number", "2.5.4.6": "Country", "2.5.4.7": "Locality",
          "2.5.4.8": "Province", "2.5.4.9": "StreetAddress", "2.5.4.10": "Organization",
          "2.5.4.11": "Organizational Unit", "2.5.4.17": "PostalCode"}
_EXTENSION_REQUEST, _ALTERNATIVE_NAMES = "1.2.840.113549.1.9.14", "2.5.29.17"
_ALTERNATIVES = {0x81: "Email Addresses", 0x82: "DNS Names", 0x86: "URIs", 0x87: "IP Addresses"}
_BEGIN, _END = b"-----BEGIN CERTIFICATE REQUEST-----", b"-----END CERTIFICATE REQUEST-----"


def parse_request(pem: bytes) -> dict[str, list[str]]:
    """Return the subject's parts and the alternative names of a PEM block by what describe calls them."""
    import base64

    if _BEGIN not in pem or _END not in pem:
        raise ValueError("PEM block type must be CERTIFICATE REQUEST")
    try:
        der = base64.b64decode(pem.split(_BEGIN)[1].split(_END)[0])
        body = _children(_children(_children(der)[0][1])[0][1])
        found: dict[str, list[str]] = {}
        for _, names in _children(body[1][1]):
            for _, pair in _children(names):
                (_, oid), (_, value) = _children(pair)
                label = _NAMES.get(_oid(oid))
                if label:
                    found.setdefault(label, []).append(value.decode("utf-8", "replace"))
        for tag, attributes in body[3:]:
            if tag == 0xA0:
                _extensions(attributes, found)
        return found
    except (IndexError, ValueError):
        raise ValueError("x509: malformed certificate request") from None


def _extensions(attributes: bytes, found: dict[str, list[str]]) -> None:
    for _, attribute in _children(attributes):
        (_, oid), (_, values) = _children(attribute)
        if _oid(oid) != _EXTENSION_REQUEST:
            continue
        for _, extension in _children(_children(values)[0][1]):
            parts = _children(extension)
            if _oid(parts[0][1]) == _ALTERNATIVE_NAMES:
                for tag, value in _children(_children(parts[-1][1])[0][1]):
                    if tag in _ALTERNATIVES:
                        found.setdefault(_ALTERNATIVES[tag], []).append(
                            _address(value) if tag == 0x87 else value.decode("ascii", "replace"))


def _address(value: bytes) -> str:
    import ipaddress

    return str(ipaddress.ip_address(value))


def _children(der: bytes) -> list[tuple[int, bytes]]:
    """Return (tag, content) of the elements that follow one another."""
    found, at = [], 0
    while at < len(der):
        tag, length, start = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[start:start + size], "big")
            start += size
        if start + length > len(der):
            raise ValueError("truncated")
        found.append((tag, der[start:start + length]))
        at = start + length
    return found


def _oid(content: bytes) -> str:
    numbers = [content[0] // 40, content[0] % 40]
    value = 0
    for octet in content[1:]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))
