"""Passwords as mysql.user keeps them, and letting clients in."""

from __future__ import annotations

from .....machinery.digest import sha1
from .errors import SqlError
from .session import Server


def hashed(password: str) -> str:
    """Return a password as mysql.user keeps it."""
    return "*" + sha1(bytes.fromhex(sha1(password.encode()))).upper() if password else ""


def kept_of(password: str) -> str:
    return password.removeprefix("hash:") if password.startswith("hash:") else hashed(password)


def login(server: Server, user: str, host: str, password: str) -> str:
    """Return the host of the account that a client is let in as; raise SqlError."""
    known = sorted((each.rpartition("@")[2] == "%", each) for each in server.users if each.rpartition("@")[0] == user)
    for _, key in known:
        account = key.rpartition("@")[2]
        if account not in ("%", host) and not (account.startswith(host[:3]) and account.endswith("%")):
            continue
        if server.users[key]["password"] == hashed(password):
            return account
        break
    raise SqlError(
        1045, "28000", f"Access denied for user '{user}'@'{host}' (using password: {'YES' if password else 'NO'})"
    )
