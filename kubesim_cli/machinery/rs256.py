"""The key that signs tokens: RSA of 2048 bits, as JSON Web Tokens have it (RS256, RFC 7518; PKCS #1 v1.5 with SHA-256).

It is the same for all clusters and no secret. Its modulus is of sixteen small primes, not of two large ones: nobody who
checks a signature sees that, and signing takes 0.5 ms instead of 7.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object

_PRIMES = (
    0xffec6a1cbb7de4d111bef54135bd48d3, 0xff2cb13ffb6bd7c5c68013f9682aa0ed, 0xff5af3550d77f84e0992ba5cbb55cb39,
    0xff333bf2ca378b54156652ba27ee1025, 0xffa64d403d6836247fefe80a8a440417, 0xff4cf0c7ee18e31e9f20be2d3fd5f3ef,
    0xff203e807046469354bc4a7f5c7df131, 0xff0aa59e8f90650b790fd0bf78384d29, 0xfff69947953f881d0c3bf3dc6246b43f,
    0xff7933f3b2010d887853adb8abe8239d, 0xff3f48652eec63ea7e4eca98a6702f6b, 0xff97230c64d164d7b06836b0c0f67a2f,
    0xff55d1fa51c48bc6026f9cbc97fa8ee5, 0xff9b16389a6bb2efcbd00ebf496e2cdb, 0xfffee1769e61f6d7cc4faf0cc5fed335,
    0xff7d086b413bffec2c7425f380651c39)
_EXPONENT = 65537
_BYTES = 256
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # the DigestInfo of SHA-256, but for the digest

_parts: list[tuple[int, int, int]] = []  # prime, its private exponent, its share in the whole (Chinese remainders)


def _modulus() -> int:
    found = 1
    for prime in _PRIMES:
        found *= prime
    return found


def _padded(data: bytes) -> int:
    """EMSA-PKCS1-v1_5."""
    from .digest import sha256

    digest = _SHA256 + sha256(data).digest()
    return int.from_bytes(b"\0\1" + b"\xff" * (_BYTES - 3 - len(digest)) + b"\0" + digest, "big")


def sign(data: bytes) -> bytes:
    """Return the signature of some bytes."""
    modulus = _modulus()
    if not _parts:
        for prime in _PRIMES:
            others = modulus // prime
            _parts.append((prime, pow(_EXPONENT, -1, prime - 1), others * pow(others, -1, prime)))
    number = _padded(data)
    signed = sum(pow(number % prime, exponent, prime) * share for prime, exponent, share in _parts) % modulus
    return signed.to_bytes(_BYTES, "big")


def is_signed(data: bytes, signature: bytes) -> bool:
    """Tell whether a signature is that of some bytes."""
    return len(signature) == _BYTES and pow(int.from_bytes(signature, "big"), _EXPONENT, _modulus()) == _padded(data)


def key_id() -> str:
    """Return how tokens name the key: by the digest of its public part (pkg/serviceaccount, keyIDFromPublicKey)."""
    from ..go.asn1 import element, identifier, integer
    from .digest import sha256

    public = element(0x30, integer(_modulus()), integer(_EXPONENT))
    info = element(0x30, element(0x30, identifier("1.2.840.113549.1.1.1"), element(0x05)), element(0x03, b"\0", public))
    return base64url(sha256(info).digest())


def key_set() -> Object:
    """Return the JSON Web Key Set (RFC 7517) with the public part of the key."""
    return {"keys": [{"use": "sig", "kty": "RSA", "kid": key_id(), "alg": "RS256",
                      "n": base64url(_modulus().to_bytes(_BYTES, "big")),
                      "e": base64url(_EXPONENT.to_bytes(3, "big"))}]}


def base64url(data: bytes) -> str:
    """Return bytes as tokens have them: base64 of URLs, without padding."""
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).rstrip(b"=").decode()
