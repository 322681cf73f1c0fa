"""Passwords as mysql.user keeps them, and letting clients in."""

from __future__ import annotations

from collections.abc import Callable

from .....machinery.digest import sha1
from .errors import SqlError
from .session import Server


def hashed(password: str) -> str:
    """Return a password as mysql.user keeps it."""
    return "*" + sha1(bytes.fromhex(sha1(password.encode()))).upper() if password else ""


def kept_of(password: str) -> str:
    return password.removeprefix("hash:") if password.startswith("hash:") else hashed(password)


def proves(kept: str, salt: bytes, scramble: bytes) -> bool:
    """Tell whether mysql_native_password's proof is that of a password that is kept."""
    if not kept or not scramble:
        return not kept and not scramble
    stored = bytes.fromhex(kept[1:])
    mask = bytes.fromhex(sha1(salt + stored))
    return bytes.fromhex(sha1(bytes(a ^ b for a, b in zip(mask, scramble, strict=False)))) == stored


def login(server: Server, user: str, host: str, password: str, good: Callable[[str], bool] | None = None) -> str:
    """Return the host of the account that a client is let in as; raise SqlError.

    `good` tells whether the password that is kept is the client's, where that is not told but proved.
    """
    good = good or (lambda kept: kept == hashed(password))
    known = sorted((each.rpartition("@")[2] == "%", each) for each in server.users if each.rpartition("@")[0] == user)
    for _, key in known:
        account = key.rpartition("@")[2]
        if account not in ("%", host) and not (account.startswith(host[:3]) and account.endswith("%")):
            continue
        if good(server.users[key]["password"]):
            return account
        break
    raise SqlError(
        1045, "28000", f"Access denied for user '{user}'@'{host}' (using password: {'YES' if password else 'NO'})"
    )
