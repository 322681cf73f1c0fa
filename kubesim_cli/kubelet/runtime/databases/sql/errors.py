"""How a statement fails."""

from __future__ import annotations


class SqlError(Exception):
    """`code`: MySQL's number (0 in PostgreSQL); `state`: SQLSTATE; `near`: the part of the statement that it is about,
    by which PostgreSQL's clients show the place; `position`: where that is, from 0."""

    def __init__(self, code: int, state: str, message: str, detail: str = "", hint: str = "", near: str = "",
                 position: int = -1):
        super().__init__(message)
        self.code, self.state, self.message = code, state, message
        self.detail, self.hint, self.near, self.position = detail, hint, near, position


def unsupported(what: str, mysql: bool) -> SqlError:
    """Return the error of what is not played."""
    if mysql:
        return SqlError(1235, "42000", f"This version of MySQL doesn't yet support '{what}'")
    return SqlError(0, "0A000", f"{what} is not supported")
