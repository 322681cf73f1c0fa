"""SET and PREPARE of a MySQL session."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from . import mysqlsystem, prepared
from .compiler import Scope
from .definitions import Definitions
from .dialects import parse
from .errors import SqlError
from .mysqlaccounts import Accounts
from .results import Result
from .words import Words


class Settings(Accounts):
    """Variables, those of the server and those of the user."""

    def _do_prepare(self, words: Words, text: str) -> Result:
        return prepared.mysql_prepare(self, words)

    def _do_execute(self, words: Words, text: str) -> Result:
        return prepared.mysql_execute(self, words)

    def _do_deallocate(self, words: Words, text: str) -> Result:
        return prepared.mysql_deallocate(self, words)

    def _do_set(self, words: Words, text: str) -> Result:
        words.take()
        if words.accept("NAMES") or (words.accept("CHARACTER") and words.accept("SET")):
            return Result()
        if words.accept("PASSWORD"):
            return self._set_password(words, text)
        if words.peek() in ("TRANSACTION", "ROLE", "DEFAULT") or words.peek(1) == "TRANSACTION":
            return Result()
        while True:
            self._set_one(words)
            if not words.accept(","):
                return Result()

    def _set_one(self, words: Words) -> None:
        scope = ""
        if words.peek() in ("GLOBAL", "SESSION", "LOCAL", "PERSIST"):
            scope = words.take()
        ats = 0
        while words.peek() in ("@", "@@"):
            ats += len(words.take())
        if ats == 2 and words.peek() in ("GLOBAL", "SESSION", "LOCAL", "PERSIST") and words.peek(1) == ".":
            scope = words.take()
            words.take()
        name = words.name().lower()
        if not words.accept("=") and not words.accept(":="):
            raise words.error(self.maria)
        value = self._value(words.until(","))
        if ats == 1:
            self.variables[name] = value
            return
        self.setting(name, "global")
        if isinstance(mysqlsystem.settings(self, True)[name], bool):
            value = str(value).upper() in ("ON", "1", "TRUE")
        if name in mysqlsystem.READ_ONLY:
            raise SqlError(1238, "HY000", f"Variable '{name}' is a read only variable")
        if scope in ("GLOBAL", "PERSIST"):
            self.server.settings[name] = value
        elif name in mysqlsystem.GLOBAL:
            raise SqlError(1229, "HY000", f"Variable '{name}' is a GLOBAL variable and should be set with SET GLOBAL")
        else:
            self.settings[name] = value
        if name == "autocommit" and scope not in ("GLOBAL", "PERSIST"):
            self.state["autocommit"] = value
            if value:
                self.commit()

    def _value(self, text: str) -> Any:
        node = parse(f"SELECT {text}", True, self.maria).expressions[0]
        if isinstance(node, (exp.Column, exp.Var)) and not node.args.get("table"):
            return None if node.name.upper() == "DEFAULT" else node.name
        found = Definitions(self).expr(node, Scope(clause="SELECT"))
        return self.data.run(f"SELECT {found.sql}")[0][0]
