"""The digests that kubesim uses, without hashlib: its import loads OpenSSL and takes 3 ms, more than `get` does itself.

Everything imports them from here.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256, shake_256
    from typing import Any

# Where CPython has each; hashlib has both, everywhere.
_PLACES = {"sha256": ("_sha2" if sys.hexversion >= 0x030C0000 else "_sha256", "hashlib"),
           "shake_256": ("_sha3", "hashlib")}

__all__ = ["md5", "new", "sha1", "sha256", "shake_256"]


def __getattr__(name: str) -> Any:
    """Import one of the digests when it is first asked for."""
    for place in _PLACES.get(name, ()):
        try:
            found = globals()[name] = getattr(__import__(place), name)
        except ImportError:
            continue
        return found
    raise AttributeError(name)


def md5(data: bytes) -> str:
    """Return the hex digits of an MD5."""
    try:
        from _md5 import md5 as made
    except ImportError:
        from hashlib import md5 as made
    return str(made(data).hexdigest())


def sha1(data: bytes) -> str:
    """Return the hex digits of a SHA-1."""
    try:
        from _sha1 import sha1 as made
    except ImportError:
        from hashlib import sha1 as made
    return str(made(data).hexdigest())


def new(name: str, data: bytes = b"") -> Any:
    """Return a hash object by the name of its algorithm. This is what loads OpenSSL: for programs that digest."""
    import hashlib

    return hashlib.new(name, data)
