"""Elements of ASN.1 in DER, as encoding/asn1 reads and writes them: a tag, a length and contents."""

from __future__ import annotations

SEQUENCE, SET, INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8_STRING, UTC_TIME = (
    0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x0C, 0x17)


class Element:
    """One element: its `tag`, its `body`, and `der`, all of it."""

    __slots__ = ("body", "der", "tag")

    def __init__(self, tag: int, body: bytes, der: bytes):
        self.tag, self.body, self.der = tag, body, der


def elements(der: bytes) -> list[Element]:
    """Return the elements that follow one another; ValueError where the last one is cut off."""
    found, at = [], 0
    while at < len(der):
        start = at + 2
        if start > len(der):
            raise ValueError("asn1: syntax error: data truncated")
        length = der[at + 1]
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[start:start + size], "big")
            start += size
        end = start + length
        if end > len(der):
            raise ValueError("asn1: syntax error: data truncated")
        found.append(Element(der[at], der[start:end], der[at:end]))
        at = end
    return found


def oid(body: bytes) -> str:
    """Return the dotted form of an object identifier's contents; ValueError where it has none."""
    if not body:
        raise ValueError("asn1: syntax error: zero length OBJECT IDENTIFIER")
    numbers, value = [body[0] // 40, body[0] % 40], 0
    for octet in body[1:]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def element(tag: int, *parts: bytes) -> bytes:
    """Return an element whose contents are the joined parts."""
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def integer(number: int) -> bytes:
    """Return the element of a number that is not negative."""
    return element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def identifier(text: str) -> bytes:
    """Return the element of an object identifier, as in 2.5.4.3."""
    first, second, *rest = (int(part) for part in text.split("."))
    out = bytes((first * 40 + second,))
    for number in rest:
        digits = bytes((number & 0x7F,))
        while number := number >> 7:
            digits = bytes((number & 0x7F | 0x80,)) + digits
        out += digits
    return element(OID, out)
