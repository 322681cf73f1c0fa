"""Users of MySQL: CREATE USER, GRANT, passwords; and who is a replica of whom."""

from __future__ import annotations

from .errors import SqlError
from .mysqlpasswords import kept_of
from .results import Result
from .session import Session
from .words import Words


class Accounts(Session):
    """Statements about users and replicas."""

    def _user(self, words: Words) -> tuple[str, str]:
        name = words.name()
        if words.accept("@"):
            return name, words.name()
        return name, "%"

    def _password(self, words: Words) -> str | None:
        if not words.accept("IDENTIFIED"):
            return None
        if words.accept("WITH", "VIA"):
            words.name()
            if not words.accept("BY", "AS", "USING"):
                return ""
        else:
            words.need("BY")
        if words.accept("PASSWORD"):
            return "hash:" + words.name()
        return words.name()

    def _create_user(self, words: Words, text: str) -> Result:
        exists = words.accept("IF") and words.accept("NOT") and words.accept("EXISTS")
        notices: list[tuple[str, int, str]] = []
        while True:
            name, host = self._user(words)
            password = self._password(words)
            if f"{name}@{host}" in self.server.users:
                if not exists:
                    raise SqlError(1396, "HY000", f"Operation CREATE USER failed for '{name}'@'{host}'")
                notices.append(("Note", 3163, f"Authorization ID '{name}'@'{host}' already exists."))
            else:
                self.server.users[f"{name}@{host}"] = {"password": kept_of(password or ""), "grants": []}
            if not words.accept(","):
                break
        self._users(text)
        return Result(notices=notices)

    def _users(self, text: str) -> None:
        self.server.users_changed = True
        self.wrote(text)

    def _drop_user(self, words: Words, text: str) -> Result:
        exists = words.accept("IF") and words.accept("EXISTS")
        while True:
            name, host = self._user(words)
            if self.server.users.pop(f"{name}@{host}", None) is None and not exists:
                raise SqlError(1396, "HY000", f"Operation DROP USER failed for '{name}'@'{host}'")
            if not words.accept(","):
                break
        self._users(text)
        return Result()

    def _set_password(self, words: Words, text: str) -> Result:
        name, host = self.state["user"], self.state.get("account_host", "%")
        if words.accept("FOR"):
            name, host = self._user(words)
        words.need("=")
        if words.accept("PASSWORD"):
            words.need("(")
        user = self.server.users.get(f"{name}@{host}")
        if user is None:
            raise SqlError(1133, "28000" if self.maria else "42000", "Can't find any matching row in the user table")
        user["password"] = kept_of(words.name())
        self._users(text)
        return Result()

    def _do_grant(self, words: Words, text: str) -> Result:
        return self._granted(words, text, True)

    def _do_revoke(self, words: Words, text: str) -> Result:
        return self._granted(words, text, False)

    def _granted(self, words: Words, text: str, give: bool) -> Result:
        words.take()
        rights = words.until("ON").upper()
        words.need("ON")
        words.accept("TABLE", "FUNCTION", "PROCEDURE")
        schema, table = words.starred()
        words.need("TO" if give else "FROM")
        while True:
            name, host = self._user(words)
            password = self._password(words)
            key = f"{name}@{host}"
            if key not in self.server.users:
                if not give or (password is None and self._strict_users()):
                    if self.maria or not give:
                        raise SqlError(1133, "28000", "Can't find any matching row in the user table")
                    raise SqlError(1410, "42000", "You are not allowed to create a user with GRANT")
                self.server.users[key] = {"password": "", "grants": []}
            user = self.server.users[key]
            if password is not None:
                user["password"] = kept_of(password)
            if rights in ("ALL", "ALL PRIVILEGES"):
                rights = "ALL PRIVILEGES"
            kept = [each for each in user["grants"] if each[1:3] != [schema or self.database, table]]
            user["grants"] = kept + ([[rights, schema or self.database, table]] if give else [])
            if not words.accept(","):
                break
        self._users(text)
        return Result()

    def _strict_users(self) -> bool:
        return self.maria or not self.server.version.startswith("5.")

    def _do_change(self, words: Words, text: str) -> Result:
        words.take()
        if words.accept("MASTER"):
            prefix = "MASTER_"
        else:
            words.need("REPLICATION")
            words.need("SOURCE")
            prefix = "SOURCE_"
        words.need("TO")
        if self.server.replica.get("running"):
            raise SqlError(
                1198, "HY000", "This operation cannot be performed with a running slave; run STOP SLAVE first"
            )
        while True:
            name = words.take().upper().removeprefix(prefix).lower()
            words.need("=")
            value = words.name()
            self.server.replica[name] = (
                int(value) if value.isdigit() and name in ("log_pos", "port", "connect_retry") else value
            )
            if not words.accept(","):
                break
        self.server.users_changed = True
        return Result(
            notices=[]
            if self.maria
            else [("Note", 1759, "Sending passwords in plain text without SSL/TLS is extremely insecure.")]
        )

    def _replicate(self, what: str) -> Result:
        replica = self.server.replica
        if what == "RESET":
            replica.clear()
        elif "host" not in replica:
            raise (
                SqlError(
                    1200,
                    "HY000",
                    "Misconfigured slave: MASTER_HOST was not set; Fix in config file or with CHANGE MASTER TO",
                )
                if self.maria
                else SqlError(
                    1200, "HY000", "The server is not configured as slave; fix in config file or with CHANGE MASTER TO"
                )
            )
        else:
            replica["running"] = what == "START"
        self.server.asked_replica = what
        self.server.users_changed = True
        return Result()
