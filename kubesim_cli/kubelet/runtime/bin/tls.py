"""What stands in for TLS: each side tells in its first bytes what the other may check; what follows is not encrypted.

A client's greeting names the host that it wants, a server's names the certificate that it shows. Both begin with the
bytes of a real handshake record, so that a server of plain HTTP, or a client of it, sees no HTTP.
"""

from __future__ import annotations

_CLIENT, _SERVER = b"\x16\x03\x01", b"\x16\x03\x03"
PUBLIC = "public"  # the authority that signs for hosts outside the cluster, which everybody trusts


def hello(host: str) -> bytes:
    """Return a client's greeting."""
    return _CLIENT + host.encode() + b"\n"


def is_hello(data: bytes | bytearray) -> bool:
    """Tell whether bytes begin with a client's greeting."""
    return data[:3] == _CLIENT


def split_hello(data: bytes | bytearray) -> tuple[str, bytes] | None:
    """Return (host, what follows) of a client's greeting, None where more of it must come."""
    line, found, rest = bytes(data).partition(b"\n")
    return (line[3:].decode("latin-1"), rest) if found else None


def greeting(authority: str, names: list[str]) -> bytes:
    """Return a server's greeting: who has signed its certificate (`authority_of`), and the names in it, [] for all."""
    return _SERVER + f"{authority} {','.join(names)}\n".encode()


def is_greeting(data: bytes | bytearray) -> bool:
    """Tell whether bytes are, or may become, a server's greeting."""
    return _SERVER.startswith(data[:3])


def split_greeting(data: bytes | bytearray) -> tuple[str, list[str], bytes] | None:
    """Return (authority, names, what follows) of a server's greeting, None where more of it must come."""
    line, found, rest = bytes(data).partition(b"\n")
    if not found:
        return None
    authority, _, names = line[3:].decode("latin-1").partition(" ")
    return authority, names.split(",") if names else [], rest


def authorities(text: str) -> list[str]:
    """Return the authorities of all certificates in PEM that a text has."""
    from ....machinery.digest import sha256

    return [sha256("".join(part.partition("-----END CERTIFICATE-----")[0].split()).encode()).hexdigest()[:40]
            for part in text.split("-----BEGIN CERTIFICATE-----")[1:]]
