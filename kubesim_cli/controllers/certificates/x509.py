"""Just enough of X.509 to issue a certificate that programs can read.

Its signature is made up, for the cluster's CA has no key: nothing in kubesim checks it.
"""

from __future__ import annotations

import base64
import time
from hashlib import sha256

_SEQUENCE, _SET, _INTEGER, _BITS, _OCTETS, _OID, _UTF8, _UTC_TIME = 0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x0C, 0x17
_ECDSA_SHA256, _COMMON_NAME = "1.2.840.10045.4.3.2", "2.5.4.3"
_KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE = "2.5.29.15", "2.5.29.19", "2.5.29.37"
_KEY_USAGES = {"digital signature": 0, "signing": 0, "content commitment": 1, "key encipherment": 2,
               "data encipherment": 3, "key agreement": 4, "cert sign": 5, "crl sign": 6}
_EXTENDED = {"server auth": "1.3.6.1.5.5.7.3.1", "client auth": "1.3.6.1.5.5.7.3.2"}


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _integer(number: int) -> bytes:
    return _tlv(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(text: str) -> bytes:
    first, second, *rest = (int(part) for part in text.split("."))
    out = bytes((first * 40 + second,))
    for number in rest:
        digits = bytes((number & 0x7F,))
        while number := number >> 7:
            digits = bytes((number & 0x7F | 0x80,)) + digits
        out += digits
    return _tlv(_OID, out)


def _children(der: bytes) -> list[bytes]:
    """Split the contents of a constructed element into its elements; ValueError where it is damaged."""
    body, found = _body(der), []
    while body:
        size = len(body) - len(_rest(body))
        found.append(body[:size])
        body = body[size:]
    return found


def _header(der: bytes) -> tuple[int, int]:
    """Return where an element's contents begin and end."""
    if len(der) < 2:
        raise ValueError("the request is damaged")
    start, length = 2, der[1]
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(der[2:start], "big")
    if start + length > len(der):
        raise ValueError("the request is damaged")
    return start, start + length


def _body(der: bytes) -> bytes:
    start, end = _header(der)
    return der[start:end]


def _rest(der: bytes) -> bytes:
    return der[_header(der)[1]:]


def _moment(seconds: float) -> bytes:
    return _tlv(_UTC_TIME, time.strftime("%y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def _extension(oid: str, critical: bool, value: bytes) -> bytes:
    return _tlv(_SEQUENCE, _oid(oid), b"\x01\x01\xff" if critical else b"", _tlv(_OCTETS, value))


def _extensions(usages: list[str]) -> bytes:
    bits = 0
    for usage in usages:
        if usage in _KEY_USAGES:
            bits |= 0x80 >> _KEY_USAGES[usage]
    found = [_extension(_KEY_USAGE, True, _tlv(_BITS, bytes((_trailing_zeros(bits), bits))))] if bits else []
    extended = [_oid(_EXTENDED[usage]) for usage in usages if usage in _EXTENDED]
    if extended:
        found.append(_extension(_EXTENDED_KEY_USAGE, False, _tlv(_SEQUENCE, *extended)))
    found.append(_extension(_BASIC_CONSTRAINTS, True, _tlv(_SEQUENCE)))
    return _tlv(0xA3, _tlv(_SEQUENCE, *found))


def _trailing_zeros(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def issue(request_pem: str, issuer: str, start: float, end: float, usages: list[str]) -> str:
    """Return the PEM of a certificate for a PEM certificate request, valid from `start` to `end` (seconds since 1970).

    `issuer` is the CA's common name. ValueError where the request cannot be read.
    """
    lines = request_pem.partition("-----BEGIN CERTIFICATE REQUEST-----")[2].partition("-----END")[0]
    request = base64.b64decode("".join(lines.split()))
    _, subject, key, *_ = _children(_children(request)[0])
    algorithm = _tlv(_SEQUENCE, _oid(_ECDSA_SHA256))
    name = _tlv(_SEQUENCE, _tlv(_SET, _tlv(_SEQUENCE, _oid(_COMMON_NAME), _tlv(_UTF8, issuer.encode()))))
    serial = int.from_bytes(sha256(request + str(start).encode()).digest()[:16], "big") >> 1
    body = _tlv(_SEQUENCE, _tlv(0xA0, _integer(2)), _integer(serial), algorithm, name,
                _tlv(_SEQUENCE, _moment(start), _moment(end)), subject, key, _extensions(usages))
    digest = sha256(body).digest()
    signature = _tlv(_SEQUENCE, _integer(int.from_bytes(digest, "big") >> 1),
                     _integer(int.from_bytes(sha256(digest).digest(), "big") >> 1))
    text = base64.b64encode(_tlv(_SEQUENCE, body, algorithm, _tlv(_BITS, b"\0", signature))).decode()
    rows = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{rows}\n-----END CERTIFICATE-----\n"
