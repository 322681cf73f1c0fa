"""SHA-256 without hashlib, whose import loads OpenSSL and takes as long as all else that a first command does."""

from __future__ import annotations

try:
    from _sha2 import sha256  # CPython 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # CPython before
    except ImportError:
        from hashlib import sha256

__all__ = ["sha256"]
