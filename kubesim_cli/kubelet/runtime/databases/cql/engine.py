"""Runs statements of CQL over keyspaces of tables, which are plain JSON:

{KEYSPACE: {replication, durable_writes, tables: {TABLE: {columns, partition, clustering: [[name, ASC]], static,
indexes, options, rows}}}}; a row is {column: value}, and beside them under " ends" {column: when its value is gone}.
"""

from __future__ import annotations

from typing import Any

from .parser import Parser
from .rows import Rows
from .values import CqlError, is_type

Object = dict[str, Any]
SYSTEM = (
    "system",
    "system_auth",
    "system_distributed",
    "system_schema",
    "system_traces",
    "system_views",
    "system_virtual_schema",
)


class Engine:
    """`keyspaces`: what there is; `facts`: cluster, version, address, dc, rack, peers; `changed`: keyspaces "
    "that have."""

    def __init__(self, keyspaces: Object, facts: Object, now: float, bits: Any):
        self.keyspaces, self.facts, self.now, self.bits = keyspaces, facts, now, bits
        self.changed: set[str] = set()

    def run(self, text: str, keyspace: str) -> Object:
        """Run one statement; return {columns: [[name, type]], rows, keyspace}, of which what is there. Raise "
        "CqlError."""
        statement = Parser(text).statement()
        return self._run(statement, keyspace)

    def _run(self, statement: Object, keyspace: str) -> Object:
        what = statement["do"]
        if what == "use":
            name = statement["keyspace"]
            if name not in self.keyspaces and name not in SYSTEM:
                raise CqlError(f"Keyspace '{name}' does not exist")
            return {"keyspace": name}
        if what == "batch":
            for each in statement["statements"]:
                self._run(each, keyspace)
            return {}
        if what in ("select", "insert", "update", "delete", "truncate"):
            return self._data(statement, keyspace)
        does = {
            "create keyspace": self._create_keyspace,
            "alter keyspace": self._alter_keyspace,
            "drop keyspace": self._drop_keyspace,
            "create table": self._create_table,
            "drop table": self._drop_table,
            "alter table": self._alter_table,
            "create index": self._create_index,
            "drop index": self._drop_index,
        }
        return does[what](statement, keyspace) or {}

    def _data(self, statement: Object, keyspace: str) -> Object:
        space, name = self._place(statement["table"], keyspace)
        if space in SYSTEM:
            rows = Rows(self._system(space, name), space, name, self)
            return rows.select(statement)
        table = self.table(space, name)
        rows = Rows(table, space, name, self)
        found: Object = getattr(rows, statement["do"])(statement) or {}
        if statement["do"] != "select":
            self.changed.add(space)
        return found

    def _place(self, table: tuple[str, str], keyspace: str) -> tuple[str, str]:
        space = table[0] or keyspace
        if not space:
            raise CqlError("No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename")
        return space, table[1]

    def table(self, space: str, name: str) -> Object:
        """Return a table; raise CqlError."""
        if space not in self.keyspaces:
            raise CqlError(f"keyspace {space} does not exist")
        found: Object | None = self.keyspaces[space]["tables"].get(name)
        if found is None:
            raise CqlError(
                f"table {name} does not exist" if self.facts["version"][0] >= "4" else f"unconfigured table {name}"
            )
        return found

    def _system(self, space: str, name: str) -> Object:
        """Return a table of the server's own."""
        facts = self.facts
        texts = dict.fromkeys(("key", "cluster_name", "release_version", "data_center", "rack", "cql_version"), "text")
        if (space, name) == ("system", "local"):
            row = {
                "key": "local",
                "cluster_name": facts["cluster"],
                "release_version": facts["version"],
                "data_center": facts["dc"],
                "rack": facts["rack"],
                "cql_version": "3.4.7",
                "listen_address": facts["address"],
                "host_id": facts["id"],
            }
            return _table({**texts, "listen_address": "inet", "host_id": "uuid"}, ["key"], [row])
        if (space, name) in (("system", "peers"), ("system", "peers_v2")):
            return _table(
                {"peer": "inet", "data_center": "text", "host_id": "uuid", "rack": "text"},
                ["peer"],
                [
                    {"peer": address, "data_center": facts["dc"], "host_id": ident, "rack": facts["rack"]}
                    for address, ident in facts["peers"].items()
                ],
            )
        if (space, name) == ("system_schema", "keyspaces"):
            return _table(
                {"keyspace_name": "text", "durable_writes": "boolean", "replication": "map<text, text>"},
                ["keyspace_name"],
                [
                    {
                        "keyspace_name": each,
                        "durable_writes": kept["durable_writes"],
                        "replication": [[key, str(value)] for key, value in kept["replication"].items()],
                    }
                    for each, kept in self.keyspaces.items()
                ],
            )
        if (space, name) == ("system_schema", "tables"):
            return _table(
                {"keyspace_name": "text", "table_name": "text"},
                ["keyspace_name"],
                [
                    {"keyspace_name": each, "table_name": table}
                    for each, kept in self.keyspaces.items()
                    for table in kept["tables"]
                ],
                [["table_name", "ASC"]],
            )
        raise CqlError(f"table {name} does not exist")

    # What there is

    def _create_keyspace(self, statement: Object, keyspace: str) -> None:
        name, options = statement["name"], statement["options"]
        if name in self.keyspaces or name in SYSTEM:
            if statement["exists"]:
                return
            raise CqlError(f"Keyspace '{name}' already exists", 2400)
        self.keyspaces[name] = {
            "replication": self._replication(options),
            "tables": {},
            "durable_writes": options.get("durable_writes", True),
        }
        self.changed.add(name)

    def _replication(self, options: Object) -> Object:
        given = options.get("replication")
        if not isinstance(given, dict) or "class" not in given:
            raise CqlError("Missing replication strategy class", 2300)
        strategy = str(given["class"]).rpartition(".")[2]
        if strategy not in ("SimpleStrategy", "NetworkTopologyStrategy"):
            raise CqlError(f"Unable to find replication strategy class 'org.apache.cassandra.locator.{strategy}'", 2300)
        if strategy == "SimpleStrategy" and "replication_factor" not in given:
            raise CqlError("SimpleStrategy requires a replication_factor strategy option.", 2300)
        return {
            "class": f"org.apache.cassandra.locator.{strategy}",
            **{name: str(value) for name, value in given.items() if name != "class"},
        }

    def _keyspace(self, name: str) -> Object:
        if name not in self.keyspaces:
            raise CqlError(f"Keyspace '{name}' doesn't exist")
        found: Object = self.keyspaces[name]
        return found

    def _alter_keyspace(self, statement: Object, keyspace: str) -> None:
        self._keyspace(statement["name"])["replication"] = self._replication(statement["options"])
        self.changed.add(statement["name"])

    def _drop_keyspace(self, statement: Object, keyspace: str) -> None:
        name = statement["table"][1]
        if name in self.keyspaces or not statement["exists"]:
            self._keyspace(name)
            del self.keyspaces[name]
            self.changed.add(name)

    def _create_table(self, statement: Object, keyspace: str) -> None:
        space, name = self._place(statement["table"], keyspace)
        if space not in self.keyspaces:
            raise CqlError(f"Keyspace '{space}' doesn't exist")
        if name in self.keyspaces[space]["tables"]:
            if statement["exists"]:
                return
            raise CqlError(f"Table '{space}.{name}' already exists", 2400)
        columns, partition, clustering = statement["columns"], statement["partition"], statement["clustering"]
        for column, kind in columns.items():
            if not is_type(kind):
                raise CqlError(f"Unknown type {space}.{kind}" if "<" not in kind else f"Invalid type {kind}")
            if kind == "counter" and column in partition:
                raise CqlError(f"counter type is not supported for PRIMARY KEY column '{column}'")
        if not partition:
            raise CqlError(f"No PRIMARY KEY specifed for table '{space}.{name}' (exactly one required)")
        for column in (*partition, *clustering):
            if column not in columns:
                raise CqlError(f"Unknown column '{column}' referenced in PRIMARY KEY for table '{space}.{name}'")
        order = dict(statement["options"].pop("order"))
        for column in order:
            if column not in clustering:
                raise CqlError(
                    f"Missing CLUSTERING ORDER for column {clustering[0]}"
                    if clustering
                    else "Only clustering key columns can be defined in CLUSTERING ORDER directive"
                )
        self.keyspaces[space]["tables"][name] = {
            "columns": columns,
            "partition": partition,
            "static": statement["static"],
            "indexes": {},
            "rows": [],
            "clustering": [[each, order.get(each, "ASC")] for each in clustering],
            "options": statement["options"],
        }
        self.changed.add(space)

    def _drop_table(self, statement: Object, keyspace: str) -> None:
        space, name = self._place(statement["table"], keyspace)
        tables = self._keyspace(space)["tables"]
        if name not in tables and not statement["exists"]:
            raise CqlError(f"Table '{space}.{name}' doesn't exist")
        tables.pop(name, None)
        self.changed.add(space)

    def _alter_table(self, statement: Object, keyspace: str) -> None:
        space, name = self._place(statement["table"], keyspace)
        table = self.table(space, name)
        for column, kind in statement["added"].items():
            if column in table["columns"]:
                raise CqlError(f"Column with name '{column}' already exists")
            if not is_type(kind):
                raise CqlError(f"Unknown type {space}.{kind}")
            table["columns"][column] = kind
        for column in statement["dropped"]:
            if column not in table["columns"]:
                raise CqlError(f"Column {column} was not found in table '{space}.{name}'")
            if column in table["partition"] or column in dict(table["clustering"]):
                raise CqlError(f"Cannot drop PRIMARY KEY column {column}")
            del table["columns"][column]
            for row in table["rows"]:
                row.pop(column, None)
        for column, new in statement["renamed"]:
            table["columns"] = {new if each == column else each: kind for each, kind in table["columns"].items()}
            table["partition"] = [new if each == column else each for each in table["partition"]]
            table["clustering"] = [[new if each == column else each, order] for each, order in table["clustering"]]
            table["rows"] = [
                {new if each == column else each: value for each, value in row.items()} for row in table["rows"]
            ]
        self.changed.add(space)

    def _create_index(self, statement: Object, keyspace: str) -> None:
        space, name = self._place(statement["table"], keyspace)
        table, column = self.table(space, name), statement["column"]
        if column not in table["columns"]:
            raise CqlError(f"Undefined column name {column} in table {space}.{name}")
        index = statement["name"] or f"{name}_{column}_idx"
        if index in table["indexes"] and not statement["exists"]:
            raise CqlError(f"Index '{index}' already exists")
        table["indexes"][index] = column
        self.changed.add(space)

    def _drop_index(self, statement: Object, keyspace: str) -> None:
        space, name = self._place(statement["table"], keyspace)
        for table in self._keyspace(space)["tables"].values():
            if table["indexes"].pop(name, None):
                self.changed.add(space)
                return
        if not statement["exists"]:
            raise CqlError(f"Index '{space}.{name}' doesn't exist")


def _table(columns: dict[str, str], partition: list[str], rows: list[Object], clustering: Any = ()) -> Object:
    return {
        "columns": columns,
        "partition": partition,
        "clustering": list(clustering),
        "static": [],
        "indexes": {},
        "options": {},
        "rows": rows,
    }
