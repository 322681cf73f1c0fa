"""Reads statements of CQL into dicts: {"do": "select", ...} (https://cassandra.apache.org/doc/latest/cassandra/cql)."""

from __future__ import annotations

import re
from typing import Any

from .values import Call, Constant, CqlError

Statement = dict[str, Any]
_TOKEN = re.compile(
    r"(?P<space>(?:\s|--[^\n]*|//[^\n]*|/\*.*?\*/)+)|(?P<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<hex>0[xX][0-9a-fA-F]*)|(?P<float>-?\d+\.\d*(?:[eE][+-]?\d+)?|-?\d+[eE][+-]?\d+)|(?P<int>-?\d+)"
    r"|(?P<name>[A-Za-z]\w*)|(?P<quoted>\"(?:[^\"]|\"\")*\")|(?P<string>'(?:[^']|'')*'|\$\$.*?\$\$)"
    r"|(?P<mark><=|>=|!=|[-+=<>(),.;{}\[\]:*?%])",
    re.S,
)


class Parser:
    """One statement."""

    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                self._wrong(at, text[at])
            assert found is not None
            if found.lastgroup != "space":
                self.tokens.append((found.lastgroup or "", found.group(), at))
            at = found.end()
        self.tokens.append(("end", "<EOF>", len(text)))

    def _wrong(self, at: int | None = None, what: str = "") -> None:
        if at is None:
            _, what, at = self.tokens[self.at]
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1)
        if what == "<EOF>":
            raise CqlError(f"line {line}:{column} no viable alternative at input '<EOF>'", 2000)
        before = " ".join(each for _, each, _ in self.tokens[max(0, self.at - 2) : self.at])
        shown = f"({before} [{what}]...)" if before else f"([{what}]...)"
        raise CqlError(f"line {line}:{column} no viable alternative at input '{what}' {shown}", 2000)

    def _is(self, *words: str) -> bool:
        kind, what, _ = self.tokens[self.at]
        return kind in ("name", "mark") and what.upper() in words

    def _take(self, *words: str) -> str:
        """Take the next word if it is one of some."""
        if not self._is(*words):
            return ""
        self.at += 1
        return self.tokens[self.at - 1][1].upper()

    def _want(self, *words: str) -> None:
        for word in words:
            if not self._take(word):
                self._wrong()

    def _name(self) -> str:
        kind, what, _ = self.tokens[self.at]
        if kind not in ("name", "quoted"):
            self._wrong()
        self.at += 1
        return what.lower() if kind == "name" else what[1:-1].replace('""', '"')

    def _table(self) -> tuple[str, str]:
        """Return (keyspace or "", table)."""
        name = self._name()
        return (name, self._name()) if self._take(".") else ("", name)

    def _maybe(self, *words: str) -> bool:
        """Take several words, if the first is there."""
        if not self._take(words[0]):
            return False
        self._want(*words[1:])
        return True

    def statement(self) -> Statement:
        """Return the statement."""
        word = self._take("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRUNCATE", "USE", "BEGIN")
        if not word:
            self._wrong()
        found: Statement = getattr(self, f"_{word.lower()}")()
        self._take(";")
        if self.tokens[self.at][0] != "end":
            self._wrong()
        return found

    # Values

    def value(self) -> Any:
        """Read a constant, a collection or a function's call."""
        kind, what, _ = self.tokens[self.at]
        self.at += 1
        if kind == "string":
            return Constant("STRING", what[2:-2] if what[0] == "$" else what[1:-1].replace("''", "'"))
        if kind == "int":
            return Constant("INTEGER", int(what))
        if kind == "float":
            return Constant("FLOAT", float(what))
        if kind in ("uuid", "hex"):
            return Constant(kind.upper(), what.lower())
        if kind == "name":
            if what.upper() in ("TRUE", "FALSE"):
                return Constant("BOOLEAN", what.upper() == "TRUE")
            if what.upper() == "NULL":
                return None
            if self._take("("):
                arguments: list[Any] = []
                while not self._take(")"):
                    arguments.append(
                        self._name()
                        if self.tokens[self.at][0] == "name" and self.tokens[self.at + 1][1] != "("
                        else self.value()
                    )
                    self._take(",")
                return Call(what, arguments)
        if what == "[":
            return self._items("]")
        if what == "(":
            return self._items(")")
        if what == "{":
            return self._braces()
        self.at -= 1
        self._wrong()
        return None

    def _items(self, close: str) -> list[Any]:
        out = []
        while not self._take(close):
            out.append(self.value())
            if not self._is(close):
                self._want(",")
        return out

    def _braces(self) -> dict[str, Any]:
        """Read a map, {"pairs": [...]}, or a set, {"items": [...]}."""
        pairs, items = [], []
        while not self._take("}"):
            name = self.value()
            if self._take(":"):
                pairs.append([name, self.value()])
            else:
                items.append(name)
            if not self._is("}"):
                self._want(",")
        return {"items": items} if items else {"pairs": pairs}

    # Statements about data

    def _select(self) -> Statement:
        found: Statement = {
            "do": "select",
            "json": bool(self._take("JSON")),
            "distinct": bool(self._take("DISTINCT")),
            "columns": [],
            "order": [],
            "group": [],
            "limit": None,
        }
        if not self._take("*"):
            while True:
                found["columns"].append(self._selected())
                if not self._take(","):
                    break
        self._want("FROM")
        found["table"] = self._table()
        found["where"] = self._where()
        if self._maybe("GROUP", "BY"):
            found["group"] = self._names()
        if self._maybe("ORDER", "BY"):
            while True:
                name = self._name()
                found["order"].append([name, self._take("ASC", "DESC") or "ASC"])
                if not self._take(","):
                    break
        if self._maybe("PER", "PARTITION", "LIMIT"):
            found["per"] = self.value().value
        if self._take("LIMIT"):
            found["limit"] = self.value().value
        found["filtering"] = self._maybe("ALLOW", "FILTERING")
        return found

    def _selected(self) -> list[Any]:
        """Read a column or a function of columns: [what, its name in the result]."""
        if self.tokens[self.at + 1][1] == "(":
            name = self._name()
            self._want("(")
            if self._take("*"):
                inner: list[Any] = []
                self._want(")")
            else:
                inner = []
                while not self._take(")"):
                    inner.append(
                        self._name()
                        if self.tokens[self.at][0] in ("name", "quoted") and self.tokens[self.at + 1][1] != "("
                        else self.value()
                    )
                    self._take(",")
            what: Any = Call(name, inner)
            if name == "count" and (not inner or isinstance(inner[0], Constant)):
                title = "count"
            else:
                title = (
                    f"system.{name}({', '.join(each if isinstance(each, str) else str(each.value) for each in inner)})"
                )
        else:
            what = title = self._name()
        return [what, self._name() if self._take("AS") else title]

    def _names(self) -> list[str]:
        out = [self._name()]
        while self._take(","):
            out.append(self._name())
        return out

    def _where(self) -> list[list[Any]]:
        """Return [[column, operator, value]]."""
        out: list[list[Any]] = []
        if not self._take("WHERE"):
            return out
        while True:
            if self._is("TOKEN"):
                self.at += 1
                self._want("(")
                name = "token"
                self._names()
                self._want(")")
            else:
                name = self._name()
            operator = self._take("=", "<", ">", "<=", ">=", "!=", "IN", "CONTAINS", "LIKE")
            if not operator:
                self._wrong()
            if operator == "CONTAINS" and self._take("KEY"):
                operator = "CONTAINS KEY"
            out.append([name, operator, self.value()])
            if not self._take("AND"):
                return out

    def _using(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if self._take("USING"):
            while True:
                name = self._take("TTL", "TIMESTAMP") or self._name()
                out[name] = self.value().value
                if not self._take("AND"):
                    break
        return out

    def _if(self) -> Any:
        """Return the condition of a light-weight transaction: True, [[column, operator, value]] or None."""
        if not self._take("IF"):
            return None
        if self._take("EXISTS"):
            return "exists"
        self.at -= 1
        self.tokens[self.at] = ("name", "WHERE", self.tokens[self.at][2])
        return self._where()

    def _insert(self) -> Statement:
        self._want("INTO")
        table = self._table()
        if self._take("JSON"):
            return {"do": "insert", "table": table, "json": self.value().value, "new": False, "using": self._using()}
        self._want("(")
        names = self._names()
        self._want(")", "VALUES", "(")
        values = self._items(")")
        new = self._maybe("IF", "NOT", "EXISTS")
        return {"do": "insert", "table": table, "names": names, "values": values, "new": new, "using": self._using()}

    def _update(self) -> Statement:
        table, using = self._table(), self._using()
        self._want("SET")
        sets = []
        while True:
            name, at = self._name(), None
            if self._take("["):
                at = self.value()
                self._want("]")
            mark = self._take("+", "-")
            self._want("=")
            if mark:
                sets.append([name, mark, self.value()])
            elif self.tokens[self.at][0] == "name" and self.tokens[self.at + 1][1] in ("+", "-"):
                self._name()
                sets.append([name, self._take("+", "-"), self.value()])
            elif self.tokens[self.at][0] == "name" and self.tokens[self.at + 1][0] == "int":  # a = a -1
                self._name()
                sets.append([name, "+", self.value()])
            else:
                value = self.value()
                if self._take("+"):
                    self._name()
                    sets.append([name, "before", value])
                else:
                    sets.append([name, "=" if at is None else "at", value if at is None else [at, value]])
            if not self._take(","):
                break
        return {"do": "update", "table": table, "sets": sets, "where": self._where(), "using": using, "if": self._if()}

    def _delete(self) -> Statement:
        names = [] if self._is("FROM") else self._names()
        self._want("FROM")
        table = self._table()
        self._using()
        return {"do": "delete", "table": table, "names": names, "where": self._where(), "if": self._if()}

    def _begin(self) -> Statement:
        self._take("UNLOGGED", "COUNTER")
        self._want("BATCH")
        self._using()
        inner = []
        while not self._maybe("APPLY", "BATCH"):
            word = self._take("INSERT", "UPDATE", "DELETE")
            if not word:
                self._wrong()
            inner.append(getattr(self, f"_{word.lower()}")())
            self._take(";")
        return {"do": "batch", "statements": inner}

    def _truncate(self) -> Statement:
        self._take("TABLE", "COLUMNFAMILY")
        return {"do": "truncate", "table": self._table()}

    def _use(self) -> Statement:
        return {"do": "use", "keyspace": self._name()}

    # Statements about what there is

    def _options(self) -> dict[str, Any]:
        """Read WITH ... AND ...: options of a keyspace or a table."""
        out: dict[str, Any] = {"order": []}
        if not self._take("WITH"):
            return out
        while True:
            if self._maybe("CLUSTERING", "ORDER", "BY"):
                self._want("(")
                while not self._take(")"):
                    out["order"].append([self._name(), self._take("ASC", "DESC") or "ASC"])
                    self._take(",")
            elif self._maybe("COMPACT", "STORAGE"):
                pass
            else:
                name = self._name()
                self._want("=")
                value = self.value()
                out[name] = (
                    {pair[0].value: pair[1].value for pair in value["pairs"]}
                    if isinstance(value, dict)
                    else (value.value if isinstance(value, Constant) else value)
                )
            if not self._take("AND"):
                return out

    def _type(self) -> str:
        name = self._name()
        if self._take("<"):
            inner = [self._type()]
            while self._take(","):
                inner.append(self._type())
            self._want(">")
            return f"{name}<{', '.join(inner)}>"
        return name

    def _create(self) -> Statement:
        what = self._take(
            "KEYSPACE", "SCHEMA", "TABLE", "COLUMNFAMILY", "INDEX", "CUSTOM", "ROLE", "USER", "TYPE", "MATERIALIZED"
        )
        if what == "CUSTOM":
            self._want("INDEX")
            what = "INDEX"
        if what in ("KEYSPACE", "SCHEMA"):
            exists = self._maybe("IF", "NOT", "EXISTS")
            return {"do": "create keyspace", "exists": exists, "name": self._name(), "options": self._options()}
        if what in ("TABLE", "COLUMNFAMILY"):
            return self._create_table()
        if what == "INDEX":
            exists = self._maybe("IF", "NOT", "EXISTS")
            name = "" if self._is("ON") else self._name()
            self._want("ON")
            table = self._table()
            self._want("(")
            column = self._name()
            if self._take("("):
                column = self._name()
                self._want(")")
            self._want(")")
            while self.tokens[self.at][0] != "end" and not self._is(";"):
                self.at += 1
            return {"do": "create index", "exists": exists, "name": name, "table": table, "column": column}
        self._wrong()
        return {}

    def _create_table(self) -> Statement:
        exists = self._maybe("IF", "NOT", "EXISTS")
        table = self._table()
        columns: dict[str, str] = {}
        static: list[str] = []
        partition: list[str] = []
        clustering: list[str] = []
        self._want("(")
        while not self._take(")"):
            if self._is("PRIMARY") and self.tokens[self.at + 1][1].upper() == "KEY":
                self._want("PRIMARY", "KEY", "(")
                if self._take("("):
                    partition = self._names()
                    self._want(")")
                else:
                    partition = [self._name()]
                while self._take(","):
                    clustering.append(self._name())
                self._want(")")
            else:
                name = self._name()
                columns[name] = self._type()
                if self._maybe("PRIMARY", "KEY"):
                    partition = [name]
                if self._take("STATIC"):
                    static.append(name)
            if not self._is(")"):
                self._want(",")
        return {
            "do": "create table",
            "exists": exists,
            "table": table,
            "columns": columns,
            "static": static,
            "partition": partition,
            "clustering": clustering,
            "options": self._options(),
        }

    def _drop(self) -> Statement:
        what = self._take("KEYSPACE", "SCHEMA", "TABLE", "COLUMNFAMILY", "INDEX")
        if not what:
            self._wrong()
        exists = self._maybe("IF", "EXISTS")
        kind = {"SCHEMA": "keyspace", "COLUMNFAMILY": "table"}.get(what, what.lower())
        return {
            "do": f"drop {kind}",
            "exists": exists,
            "table": ("", self._name()) if kind == "keyspace" else self._table(),
        }

    def _alter(self) -> Statement:
        if self._take("KEYSPACE", "SCHEMA"):
            return {"do": "alter keyspace", "name": self._name(), "options": self._options()}
        self._want("TABLE")
        table = self._table()
        added, dropped, renamed = {}, [], []
        if self._take("ADD"):
            many = self._take("(")
            while True:
                name = self._name()
                added[name] = self._type()
                if not self._take(","):
                    break
            if many:
                self._want(")")
        elif self._take("DROP"):
            dropped = self._names()
        elif self._take("RENAME"):
            name = self._name()
            self._want("TO")
            renamed = [[name, self._name()]]
        else:
            self._options()
        return {"do": "alter table", "table": table, "added": added, "dropped": dropped, "renamed": renamed}
