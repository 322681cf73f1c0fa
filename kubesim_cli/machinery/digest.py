"""The digests that kubesim uses, without hashlib: its import loads OpenSSL and takes 3 ms, more than `get` does itself.

Everything imports them from here.
"""

from __future__ import annotations

try:
    from _sha3 import shake_256
except ImportError:
    from hashlib import shake_256
try:
    from _sha2 import sha256  # CPython 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # CPython before
    except ImportError:
        from hashlib import sha256

__all__ = ["md5", "sha1", "sha256", "shake_256"]


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
