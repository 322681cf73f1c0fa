"""Just enough of X.509 to issue a certificate that programs can read.

Its signature is made up, for the cluster's CA has no key: nothing in kubesim checks it.
"""

from __future__ import annotations

import base64
import time

from ...go import asn1
from ...go.asn1 import element, identifier, integer
from ...machinery.digest import sha256
from ...machinery.x509 import COMMON_NAME, parse_request

_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE = "2.5.29.15", "2.5.29.19", "2.5.29.37"
_KEY_USAGES = {"digital signature": 0, "signing": 0, "content commitment": 1, "key encipherment": 2,
               "data encipherment": 3, "key agreement": 4, "cert sign": 5, "crl sign": 6}
_EXTENDED = {"server auth": "1.3.6.1.5.5.7.3.1", "client auth": "1.3.6.1.5.5.7.3.2"}


def _moment(seconds: float) -> bytes:
    return element(asn1.UTC_TIME, time.strftime("%y%m%d%H%M%SZ", time.gmtime(seconds)).encode())


def _extension(oid: str, critical: bool, value: bytes) -> bytes:
    flag = b"\x01\x01\xff" if critical else b""
    return element(asn1.SEQUENCE, identifier(oid), flag, element(asn1.OCTET_STRING, value))


def _extensions(usages: list[str]) -> bytes:
    bits = 0
    for usage in usages:
        if usage in _KEY_USAGES:
            bits |= 0x80 >> _KEY_USAGES[usage]
    found = []
    if bits:
        found.append(_extension(_KEY_USAGE, True, element(asn1.BIT_STRING, bytes((_trailing_zeros(bits), bits)))))
    extended = [identifier(_EXTENDED[usage]) for usage in usages if usage in _EXTENDED]
    if extended:
        found.append(_extension(_EXTENDED_KEY_USAGE, False, element(asn1.SEQUENCE, *extended)))
    found.append(_extension(_BASIC_CONSTRAINTS, True, element(asn1.SEQUENCE)))
    return element(0xA3, element(asn1.SEQUENCE, *found))


def _trailing_zeros(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def issue(request_pem: bytes, issuer: str, start: float, end: float, usages: list[str]) -> str:
    """Return the PEM of a certificate for a PEM certificate request, valid from `start` to `end` (seconds since 1970).

    `issuer` is the CA's common name. ValueError where the request cannot be read.
    """
    request = parse_request(request_pem)
    algorithm = element(asn1.SEQUENCE, identifier(_ECDSA_SHA256))
    common_name = element(asn1.SEQUENCE, identifier(COMMON_NAME), element(asn1.UTF8_STRING, issuer.encode()))
    name = element(asn1.SEQUENCE, element(asn1.SET, common_name))
    serial = int.from_bytes(sha256(request.der + str(start).encode()).digest()[:16], "big") >> 1
    body = element(asn1.SEQUENCE, element(0xA0, integer(2)), integer(serial), algorithm, name,
                   element(asn1.SEQUENCE, _moment(start), _moment(end)), request.subject_der, request.public_key_der,
                   _extensions(usages))
    digest = sha256(body).digest()
    signature = element(asn1.SEQUENCE, integer(int.from_bytes(digest, "big") >> 1),
                        integer(int.from_bytes(sha256(digest).digest(), "big") >> 1))
    signed = element(asn1.SEQUENCE, body, algorithm, element(asn1.BIT_STRING, b"\0", signature))
    text = base64.b64encode(signed).decode()
    rows = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{rows}\n-----END CERTIFICATE-----\n"
