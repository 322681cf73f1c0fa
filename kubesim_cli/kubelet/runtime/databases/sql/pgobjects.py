"""Databases, schemas, roles, types and extensions of PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from .catalog import Sequence, Table
from .errors import SqlError
from .pgnames import name_of, new_data
from .results import Result
from .session import Session
from .words import Words

_OWNED = ("TABLE", "SCHEMA", "SEQUENCE", "TYPE", "VIEW", "FUNCTION", "MATERIALIZED")  # which owners are set of


class Objects(Session):
    """Statements about what is not a table."""

    def _do_create(self, words: Words, text: str) -> Result | None:
        words.take()
        what = words.peek()
        method = getattr(self, f"_create_{what.lower()}", None)
        if method is None:
            return None
        words.take()
        exists = words.accept("IF") and words.accept("NOT") and words.accept("EXISTS")
        found: Result = method(words, text, exists)
        return found

    def _create_database(self, words: Words, text: str, exists: bool) -> Result:
        if self.transaction is not None:
            raise SqlError(0, "25001", "CREATE DATABASE cannot run inside a transaction block")
        name = name_of(words)
        if name in self.server.databases:
            raise SqlError(0, "42P04", f'database "{name}" already exists')
        owner = ""
        while words.peek():
            if words.accept("OWNER"):
                words.accept("=")
                owner = name_of(words)
            else:
                words.take()
        data = self.server.databases[name] = new_data()
        data.changed.add(("", ""))
        self.server.settings.setdefault("owners", {})[name] = owner or self.state["user"]
        self.server.users_changed = True
        return Result(tag="CREATE DATABASE")

    def _create_schema(self, words: Words, text: str, exists: bool) -> Result:
        name = name_of(words) if words.peek() != "AUTHORIZATION" else (words.take() and "") or name_of(words)
        schemas = self.data.catalog.schemas
        if name in schemas:
            if exists:
                return Result(tag="CREATE SCHEMA", notices=[("NOTICE", 0, f'schema "{name}" already exists, skipping')])
            raise SqlError(0, "42P06", f'schema "{name}" already exists')
        schemas.append(name)
        self._changed(text)
        return Result(tag="CREATE SCHEMA")

    def _changed(self, text: str) -> None:
        self.data.changed.add(("", ""))
        self.wrote(text)

    def _create_role(self, words: Words, text: str, exists: bool, login: bool = False) -> Result:
        name = name_of(words)
        if name in self.server.users:
            raise SqlError(0, "42710", f'role "{name}" already exists')
        self.server.users[name] = {
            "login": login,
            "password": "",
            "super": False,
            "createdb": False,
            "createrole": False,
        }
        self._role_options(self.server.users[name], words)
        self.server.users_changed = True
        return Result(tag="CREATE ROLE")

    def _create_user(self, words: Words, text: str, exists: bool) -> Result:
        return self._create_role(words, text, exists, True)

    def _role_options(self, role: dict[str, Any], words: Words) -> None:
        names = {"LOGIN": "login", "SUPERUSER": "super", "CREATEDB": "createdb", "CREATEROLE": "createrole",
                 "REPLICATION": "replication"}
        while words.peek():
            word = words.take()
            if word == "PASSWORD":
                role["password"] = words.name()
            elif word in names:
                role[names[word]] = True
            elif word[:2] == "NO" and word[2:] in names:
                role[names[word[2:]]] = False
            elif word in ("VALID", "CONNECTION"):
                words.take()
                words.take()

    def _create_type(self, words: Words, text: str, exists: bool) -> Result:
        name = name_of(words)
        if words.accept("."):
            name = name_of(words)
        words.need("AS")
        words.need("ENUM")
        words.need("(")
        values = []
        while not words.accept(")"):
            values.append(words.name())
            words.accept(",")
        if name in self.data.catalog.types:
            raise SqlError(0, "42710", f'type "{name}" already exists')
        self.data.catalog.types[name] = values
        self._changed(text)
        return Result(tag="CREATE TYPE")

    def _create_extension(self, words: Words, text: str, exists: bool) -> Result:
        name = words.name()
        known = self.data.catalog.types.setdefault("pg extensions", [])
        if name in known:
            if exists:
                return Result(
                    tag="CREATE EXTENSION", notices=[("NOTICE", 0, f'extension "{name}" already exists, skipping')]
                )
            raise SqlError(0, "42710", f'extension "{name}" already exists')
        known.append(name)
        self._changed(text)
        return Result(tag="CREATE EXTENSION")

    def _do_drop(self, words: Words, text: str) -> Result | None:
        words.take()
        what = words.peek()
        if what not in ("DATABASE", "SCHEMA", "ROLE", "USER", "TYPE", "EXTENSION"):
            return None
        words.take()
        exists = words.accept("IF") and words.accept("EXISTS")
        result = Result(tag=f"DROP {'ROLE' if what == 'USER' else what}")
        while True:
            name = name_of(words)
            if not self._dropped(what, name, words, result):
                kind = {"USER": "role"}.get(what, what.lower())
                if not exists:
                    raise SqlError(0, "3D000" if what == "DATABASE" else "42704", f'{kind} "{name}" does not exist')
                result.notices.append(("NOTICE", 0, f'{kind} "{name}" does not exist, skipping'))
            if not words.accept(","):
                return result

    def _dropped(self, what: str, name: str, words: Words, result: Result) -> bool:
        server, catalog = self.server, self.data.catalog
        if what == "DATABASE":
            if name == self.database:
                raise SqlError(0, "55006", "cannot drop the currently open database")
            others = sum(1 for each in server.sessions.values() if each.get("database") == name)
            if others and name in server.databases:
                raise SqlError(
                    0,
                    "55006",
                    f'database "{name}" is being accessed by other users',
                    f"There {'is' if others == 1 else 'are'} {others} other session{'' if others == 1 else 's'} "
                    "using the database.",
                )
            if server.databases.pop(name, None) is None:
                return False
            server.dropped.append(name)
            server.users_changed = True
        elif what == "SCHEMA":
            if name not in catalog.schemas:
                return False
            those = [table for table in catalog.tables.values() if table.schema == name]
            views = [key for key in catalog.views if key[0] == name]
            if (those or views) and words.peek() != "CASCADE":
                raise SqlError(0, "2BP01", f"cannot drop schema {name} because other objects depend on it",
                               "\n".join(f"table {name}.{each.name} depends on schema {name}" for each in those),
                               "Use DROP ... CASCADE to drop the dependent objects too.")
            words.accept("CASCADE")
            if those:
                result.notices.append(("NOTICE", 0, f"drop cascades to table {name}.{those[0].name}" if len(those) == 1
                                       else f"drop cascades to {len(those)} other objects"))
            for table in those:
                self.data.drop(table)
            for key in views:
                del catalog.views[key]
            catalog.schemas.remove(name)
            self._changed("")
        elif what in ("ROLE", "USER"):
            if server.users.pop(name, None) is None:
                return False
            server.users_changed = True
        else:
            known = catalog.types if what == "TYPE" else {each: [] for each in catalog.types.get("pg extensions", [])}
            if name not in known:
                return False
            if what == "TYPE":
                del catalog.types[name]
            else:
                catalog.types["pg extensions"].remove(name)
            self._changed("")
        return True

    def _do_alter(self, words: Words, text: str) -> Result | None:
        words.take()
        what, upper = words.take(), text.upper()
        if " OWNER TO " in upper and what in _OWNED:
            return Result(tag=f"ALTER {what}")
        if what == "SEQUENCE" and " OWNED BY " in upper:
            return Result(tag="ALTER SEQUENCE")
        if what == "TABLE" and (" SET DEFAULT NEXTVAL" in upper or " ADD GENERATED " in upper):
            return self._numbered(words, text)
        if what in ("ROLE", "USER"):
            name = name_of(words)
            role = self.server.users.get(self.state["user"] if name == "current_user" else name)
            if role is None:
                raise SqlError(0, "42704", f'role "{name}" does not exist')
            self._role_options(role, words)
            self.server.users_changed = True
            return Result(tag="ALTER ROLE")
        if what == "DATABASE":
            name = name_of(words)
            if name not in self.server.databases:
                raise SqlError(0, "3D000", f'database "{name}" does not exist')
            if words.accept("RENAME"):
                words.need("TO")
                self.server.databases[name_of(words)] = data = self.server.databases.pop(name)
                self.server.dropped.append(name)
                data.changed |= {("", ""), *data.catalog.tables}
            self.server.users_changed = True
            return Result(tag="ALTER DATABASE")
        if what == "TYPE":
            name = name_of(words)
            if name not in self.data.catalog.types:
                raise SqlError(0, "42704", f'type "{name}" does not exist')
            words.need("ADD")
            words.need("VALUE")
            self.data.catalog.types[name].append(words.name())
            self._changed(text)
            return Result(tag="ALTER TYPE")
        if what == "SEQUENCE" and " RESTART" in upper:
            sequence = self.sequence(words.dotted()[1])
            words.need("RESTART")
            words.accept("WITH")
            start = words.rest().strip()
            sequence.last = (int(start) if start.lstrip("-").isdigit() else sequence.start) - sequence.step
            self._changed(text)
            return Result(tag="ALTER SEQUENCE")
        if what == "SYSTEM":
            return Result(tag="ALTER SYSTEM")
        if what == "DEFAULT":
            return Result(tag="ALTER DEFAULT PRIVILEGES")
        return None

    def _numbered(self, words: Words, text: str) -> Result | None:
        """ALTER TABLE ... ALTER COLUMN: a column gets its numbers from its own sequence, as pg_dump has it."""
        words.accept("ONLY")
        schema, name = words.dotted()
        where = exp.table_(name, db=schema or None)
        table = self.find(where)
        if not isinstance(table, Table):
            raise self.no_table(where)
        words.need("ALTER")
        words.accept("COLUMN")
        column = table.column(name_of(words))
        if column is None:
            return None
        sequence = f"{table.name}_{column.name}_seq"
        if words.accept("SET"):
            if f".{sequence}'" not in text.replace("('", "('."):
                return None
            auto = "serial"
        else:
            words.need("ADD")
            words.need("GENERATED")
            auto = "by default" if words.accept("BY") else "always"
        column.auto, column.null, column.default = auto, False, None
        self.data.catalog.sequences.setdefault((table.schema, sequence), Sequence(table.schema, sequence))
        self.data.changed |= {("", ""), table.key}
        self.wrote(text)
        return Result(tag="ALTER TABLE")

    def _do_grant(self, words: Words, text: str) -> Result:
        for name in self._grantees(words, "TO"):
            if name not in self.server.users and name not in ("public", "current_user"):
                raise SqlError(0, "42704", f'role "{name}" does not exist')
        return Result(tag="GRANT" if "ON" in text.upper().split() else "GRANT ROLE")

    def _do_revoke(self, words: Words, text: str) -> Result:
        return Result(tag="REVOKE")

    def _grantees(self, words: Words, before: str) -> list[str]:
        while words.peek() and not words.accept(before):
            words.take()
        found = [name_of(words)]
        while words.accept(","):
            found.append(name_of(words))
        return found

    def _do_comment(self, words: Words, text: str) -> Result:
        words.take()
        words.need("ON")
        if words.accept("TABLE"):
            schema, name = words.dotted()
            table = self.find(exp.table_(name, db=schema or None))
            if table is None:
                raise SqlError(0, "42P01", f'relation "{name}" does not exist')
            words.need("IS")
            if isinstance(table, Table):
                table.comment = words.name()
                self.data.changed.add(table.key)
                self.wrote(text)
        return Result(tag="COMMENT")
