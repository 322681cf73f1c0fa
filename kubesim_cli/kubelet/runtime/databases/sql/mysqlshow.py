"""SHOW, DESCRIBE and EXPLAIN of MySQL and MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from . import mysqlsystem, routinedefs
from .catalog import Table, View
from .compiler import Scope, Source
from .definitions import Definitions
from .dialects import parse
from .errors import SqlError
from .kinds import TEXT, mysql_name
from .results import Result
from .texts import like

if TYPE_CHECKING:
    from .mysql import MySQL
    from .words import Words


def show(session: MySQL, words: Words, text: str) -> Result:
    """Run a SHOW statement."""
    words.take()
    full = words.accept("FULL", "EXTENDED")
    scope = words.take() if words.peek() in ("GLOBAL", "SESSION", "LOCAL") else ""
    what = words.take()
    if what in ("SLAVE", "REPLICA", "ALL"):
        words.accept("SLAVES", "REPLICAS")
        return _replica(session, words, what)
    method = _SHOWS.get(what)
    if method is None:
        words.at -= 1
        raise words.error(session.maria)
    found: Result = method(session, words, full, scope)
    return found


def _chosen(session: MySQL, words: Words, result: Result, key: int = 0) -> Result:
    """Leave the rows that LIKE or WHERE choose."""
    columns = result.columns or []
    if words.accept("LIKE"):
        pattern = words.name()
        result.rows = [row for row in result.rows if like(pattern, row[key] or "", True)]
    elif words.accept("WHERE"):
        node = parse(f"SELECT {words.rest()}", True, session.maria).expressions[0]
        source = Source("shown", [(name, TEXT) for name, _, _ in columns])
        test = Definitions(session).expr(node, Scope([source], clause="WHERE")).sql
        names = ", ".join(f'? AS "{name}"' for name, _, _ in columns)
        result.rows = [row for row in result.rows
                       if session.data.run(f'SELECT {test} FROM (SELECT {names}) AS "shown"', row)[0][0]]
    elif words.peek():
        raise words.error(session.maria)
    return result


def _schema(session: MySQL, words: Words) -> str:
    if words.accept("FROM", "IN"):
        schema = words.name()
        if schema not in mysqlsystem.schemas(session) and schema not in session.data.catalog.schemas:
            raise SqlError(1049, "42000", f"Unknown database '{schema}'")
        return schema
    if not session.database:
        raise SqlError(1046, "3D000", "No database selected")
    return session.database


def _databases(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    pattern = f" ({words.tokens[words.at + 1].text})" if words.peek() == "LIKE" else ""
    return _chosen(
        session, words, Result.table([f"Database{pattern}"], [[name] for name in mysqlsystem.schemas(session)])
    )


def _names(session: MySQL, schema: str) -> list[tuple[str, str]]:
    catalog = session.data.catalog
    found = [(table.name, "BASE TABLE") for table in catalog.tables.values() if table.schema == schema]
    found += [(view.name, "VIEW") for view in catalog.views.values() if view.schema == schema]
    if schema == "mysql":
        found.append(("user", "BASE TABLE"))
    return sorted(found)


def _tables(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    schema = _schema(session, words)
    pattern = f" ({words.tokens[words.at + 1].text})" if words.peek() == "LIKE" else ""
    rows = [list(each) if full else [each[0]] for each in _names(session, schema)]
    return _chosen(
        session, words, Result.table([f"Tables_in_{schema}{pattern}", "Table_type"][: 2 if full else 1], rows)
    )


def _found(session: MySQL, where: tuple[str, str]) -> Table | View:
    node = exp.table_(where[1], db=where[0] or None)
    found = session.find(node)
    if found is None:
        raise session.no_table(node)
    return found


def columns(session: MySQL, where: tuple[str, str], pattern: str = "", full: bool = False) -> Result:
    """Run DESCRIBE."""
    found = _found(session, where)
    rows: list[list[Any]] = []
    if isinstance(found, View):
        for name, kind in found.columns:
            rows.append([name, mysql_name(kind, session.maria), "YES", "", None, ""])
    else:
        for column in found.columns:
            extra = [column.auto] if column.auto else []
            default = _default(column.default, session)
            if column.default and not session.maria and "CURRENT_TIMESTAMP" in column.default.upper():
                extra.append("DEFAULT_GENERATED")
            if column.on_update:
                extra.append("on update current_timestamp()" if session.maria else "on update CURRENT_TIMESTAMP")
            rows.append([column.name, mysql_name(column.kind, session.maria), "YES" if column.null else "NO",
                         mysqlsystem.key_of(found, column.name), default, " ".join(extra)])
    result = Result.table(["Field", "Type", "Null", "Key", "Default", "Extra"], rows)
    if pattern:
        result.rows = [row for row in result.rows if like(pattern, row[0] or "", True)]
    return result


def _default(text: str | None, session: MySQL) -> str | None:
    if text is None:
        return None
    if text.upper().startswith("CURRENT_TIMESTAMP"):
        return "current_timestamp()" if session.maria else "CURRENT_TIMESTAMP"
    if text.upper() in ("TRUE", "FALSE"):
        return str(int(text.upper() == "TRUE"))
    return text[1:-1].replace("''", "'") if text[:1] == "'" else text


def _columns(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    words.need("FROM", "IN")
    where = words.dotted()
    if words.accept("FROM", "IN"):
        where = words.name(), where[1]
    return _chosen(session, words, columns(session, where))


def _index(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    words.need("FROM", "IN")
    where = words.dotted()
    if words.accept("FROM", "IN"):
        where = words.name(), where[1]
    found = _found(session, where)
    rows: list[list[Any]] = []
    if isinstance(found, Table):
        count = session.data.run(f"SELECT COUNT(*) FROM {found.place}")[0][0]
        for index in found.indexes:
            for at, name in enumerate(index.columns, 1):
                column = found.column(name)
                null = "YES" if column is not None and column.null else ""
                last = ["NO"] if session.maria else ["YES", None]
                rows.append(
                    [
                        found.name,
                        int(not index.unique),
                        index.name,
                        at,
                        name,
                        "A",
                        count,
                        None,
                        None,
                        null,
                        "BTREE",
                        "",
                        "",
                        *last,
                    ]
                )
    names = [
        "Table",
        "Non_unique",
        "Key_name",
        "Seq_in_index",
        "Column_name",
        "Collation",
        "Cardinality",
        "Sub_part",
        "Packed",
        "Null",
        "Index_type",
        "Comment",
        "Index_comment",
        *(["Ignored"] if session.maria else ["Visible", "Expression"]),
    ]
    return Result.table(names, rows, ("Non_unique", "Seq_in_index", "Cardinality", "Sub_part"))


def create_text(session: MySQL, table: Table) -> str:
    """Return a table's CREATE TABLE."""
    maria, lines = session.maria, []
    for column in table.columns:
        text = f"`{column.name}` {mysql_name(column.kind, maria)}"
        if column.kind.name == "timestamp" and column.null:
            text += " NULL"
        if not column.null:
            text += " NOT NULL"
        shown = _default(column.default, session)
        if shown is not None:
            plain = shown == "current_timestamp()" or shown == "CURRENT_TIMESTAMP" or (maria and column.kind.numeric)
            if column.kind.family == "decimal":
                shown = f"{float(shown):.{column.kind.scale or 0}f}"
            text += f" DEFAULT {shown if plain else repr(shown)}"
        elif (
            column.null
            and not column.auto
            and column.kind.name not in ("text", "blob", "mediumtext", "longtext", "tinytext")
        ) or (column.null and maria and not column.auto):
            text += " DEFAULT NULL"
        if column.on_update:
            text += f" ON UPDATE {'current_timestamp()' if maria else 'CURRENT_TIMESTAMP'}"
        if column.auto:
            text += " AUTO_INCREMENT"
        lines.append(text)
    for index in table.indexes:
        inside = ",".join(f"`{name}`" for name in index.columns)
        lines.append(f"PRIMARY KEY ({inside})" if index.primary else
                     f"{'UNIQUE ' if index.unique else ''}KEY `{index.name}` ({inside})")
    runner = Definitions(session)
    lines += [runner.constraint(table, foreign).partition(", ")[2] for foreign in table.foreigns]
    lines += [f"CONSTRAINT `{check.name}` CHECK ({check.text})" for check in table.checks]
    tail = f" AUTO_INCREMENT={table.next}" if table.automatic is not None and table.next > 1 else ""
    collation = "utf8mb4_general_ci" if maria else "utf8mb4_0900_ai_ci"
    if session.server.version.startswith("5."):
        tail += " DEFAULT CHARSET=latin1"
    else:
        tail += f" DEFAULT CHARSET=utf8mb4 COLLATE={collation}"
    return f"CREATE TABLE `{table.name}` (\n  " + ",\n  ".join(lines) + f"\n) ENGINE=InnoDB{tail}"


def _create(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    what = words.take()
    if what in ("DATABASE", "SCHEMA"):
        name = words.name()
        if name not in session.data.catalog.schemas:
            raise SqlError(1049, "42000", f"Unknown database '{name}'")
        charset = "utf8mb4 COLLATE utf8mb4_general_ci" if session.maria else "utf8mb4 COLLATE utf8mb4_0900_ai_ci"
        more = "" if session.maria else " /*!80016 DEFAULT ENCRYPTION='N' */"
        return Result.table(["Database", "Create Database"],
                            [[name, f"CREATE DATABASE `{name}` /*!40100 DEFAULT CHARACTER SET {charset} */{more}"]])
    if what in ("PROCEDURE", "FUNCTION", "TRIGGER"):
        return routinedefs.shown(session, words, what)
    if what == "USER":
        name = words.name()
        host = words.name() if words.accept("@") else "%"
        return Result.table([f"CREATE USER for {name}@{host}"], [[f"CREATE USER `{name}`@`{host}`"]])
    found = _found(session, words.dotted())
    if isinstance(found, View):
        text = (f"CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `{found.name}` AS "
                f"{found.text}")
        return Result.table(["View", "Create View", "character_set_client", "collation_connection"],
                            [[found.name, text, "utf8mb4", "utf8mb4_general_ci"]])
    return Result.table(["Table", "Create Table"], [[found.name, create_text(session, found)]])


def _variables(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    rows = [[name, mysqlsystem.as_shown(value)] for name, value in
            sorted(mysqlsystem.settings(session, scope == "GLOBAL").items())]
    return _chosen(session, words, Result.table(["Variable_name", "Value"], rows))


def _status(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    return _chosen(session, words, Result.table(["Variable_name", "Value"],
                                                [[name, value] for name, value in mysqlsystem.status(session).items()]))


def _processes(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    _, rows = mysqlsystem.processes(session)
    shown = ["Id", "User", "Host", "db", "Command", "Time", "State", "Info"]
    more = ["0.000"] if session.maria else []
    return Result.table([*shown, *(["Progress"] if session.maria else [])], [[*row, *more] for row in rows],
                        ("Id", "Time", "Progress"))


def _grants(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    name, host = session.state["user"], session.state.get("account_host", "%")
    if words.accept("FOR") and words.peek() != "CURRENT_USER":
        name = words.name()
        host = words.name() if words.accept("@") else "%"
    user = session.server.users.get(f"{name}@{host}")
    if user is None:
        raise SqlError(1141, "42000", f"There is no such grant defined for user '{name}' on host '{host}'")
    secret = f" IDENTIFIED BY PASSWORD '{user['password']}'" if session.maria and user["password"] else ""
    everything = [each for each in user["grants"] if each[1:] == ["*", "*"]]
    whole = " WITH GRANT OPTION" if everything and name == "root" else ""
    rows = [[f"GRANT {everything[0][0] if everything else 'USAGE'} ON *.* TO `{name}`@`{host}`{secret}{whole}"]]
    rows += [[f"GRANT {rights} ON `{schema}`.{table if table == '*' else f'`{table}`'} TO `{name}`@`{host}`"]
             for rights, schema, table in user["grants"] if [schema, table] != ["*", "*"]]
    return Result.table([f"Grants for {name}@{host}"], rows)


def _warnings(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    return Result.table(["Level", "Code", "Message"], session.state.get("warnings") or [], ("Code",))


def _engines(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    rows = [["InnoDB", "DEFAULT", "Supports transactions, row-level locking, and foreign keys", "YES", "YES", "YES"],
            ["MEMORY", "YES", "Hash based, stored in memory, useful for temporary tables", "NO", "NO", "NO"],
            ["MyISAM", "YES", "MyISAM storage engine", "NO", "NO", "NO"]]
    return Result.table(["Engine", "Support", "Comment", "Transactions", "XA", "Savepoints"], rows)


def _master(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    words.accept("STATUS")
    if not mysqlsystem.settings(session, True)["log_bin"]:
        return Result.table(["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB"], [])
    file, position = session.server.position
    names = ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", *([] if session.maria else ["Executed_Gtid_Set"])]
    return Result.table(names, [[file, position, "", "", ""][:len(names)]], ("Position",))


def _binary(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    if words.accept("LOG"):
        return _master(session, words, full, scope)
    words.need("LOGS")
    if not mysqlsystem.settings(session, True)["log_bin"]:
        raise SqlError(1381, "HY000", "You are not using binary logging")
    file, position = session.server.position
    return Result.table(["Log_name", "File_size", *([] if session.maria else ["Encrypted"])],
                        [[file, position, "No"][:2 if session.maria else 3]], ("File_size",))


def _replica(session: MySQL, words: Words, what: str) -> Result:
    if words.accept("HOSTS"):
        return Result.table(["Server_id", "Host", "Port", "Master_id"], [])
    words.need("STATUS")
    replica = session.server.replica
    old = what != "REPLICA"
    names = [name if old else name.replace("Master", "Source").replace("Slave", "Replica") for name in _REPLICA]
    if "host" not in replica:
        return Result.table(names, [])
    running = bool(replica.get("running"))
    connected = bool(replica.get("connected"))
    values: dict[str, Any] = {
        "Slave_IO_State": "Waiting for master to send event"
        if running and connected
        else "Connecting to master"
        if running
        else "",
        "Master_Host": replica["host"],
        "Master_User": replica.get("user", ""),
        "Master_Port": replica.get("port", 3306),
        "Connect_Retry": replica.get("connect_retry", 60),
        "Master_Log_File": replica.get("log_file", ""),
        "Read_Master_Log_Pos": replica.get("log_pos", 4),
        "Relay_Master_Log_File": replica.get("log_file", ""),
        "Slave_IO_Running": "Yes" if running and connected else "Connecting" if running else "No",
        "Slave_SQL_Running": "Yes" if running else "No",
        "Last_Errno": replica.get("errno", 0),
        "Last_Error": replica.get("error", ""),
        "Skip_Counter": 0,
        "Exec_Master_Log_Pos": replica.get("log_pos", 4),
        "Seconds_Behind_Master": 0 if running and connected else None,
        "Last_IO_Errno": replica.get("io_errno", 0),
        "Last_IO_Error": replica.get("io_error", ""),
        "Last_SQL_Errno": replica.get("errno", 0),
        "Last_SQL_Error": replica.get("error", ""),
        "Master_Server_Id": replica.get("server_id", 0),
        "Slave_SQL_Running_State": "Slave has read all relay log; waiting for more updates" if running else "",
    }
    return Result.table(names, [[values.get(name, "") for name in _REPLICA]])


_REPLICA = (
    "Slave_IO_State", "Master_Host", "Master_User", "Master_Port", "Connect_Retry", "Master_Log_File",
    "Read_Master_Log_Pos", "Relay_Log_File", "Relay_Log_Pos", "Relay_Master_Log_File", "Slave_IO_Running",
    "Slave_SQL_Running", "Replicate_Do_DB", "Replicate_Ignore_DB", "Last_Errno", "Last_Error", "Skip_Counter",
    "Exec_Master_Log_Pos", "Seconds_Behind_Master", "Last_IO_Errno", "Last_IO_Error", "Last_SQL_Errno",
    "Last_SQL_Error", "Master_Server_Id", "Slave_SQL_Running_State",
)


def _table(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    words.need("STATUS")
    schema = _schema(session, words)
    rows = []
    for name, kind in _names(session, schema):
        table = session.data.catalog.tables.get((schema, name))
        count = session.data.run(f"SELECT COUNT(*) FROM {table.place}")[0][0] if table is not None else None
        rows.append(
            [
                name,
                "InnoDB" if kind != "VIEW" else None,
                10,
                "Dynamic",
                count,
                0,
                16384,
                0,
                0,
                0,
                table.next if table is not None and table.automatic else None,
                None,
                None,
                None,
                "utf8mb4_general_ci",
                None,
                "",
                "" if table is not None else "VIEW",
            ]
        )
    names = [
        "Name",
        "Engine",
        "Version",
        "Row_format",
        "Rows",
        "Avg_row_length",
        "Data_length",
        "Max_data_length",
        "Index_length",
        "Data_free",
        "Auto_increment",
        "Create_time",
        "Update_time",
        "Check_time",
        "Collation",
        "Checksum",
        "Create_options",
        "Comment",
    ]
    return _chosen(session, words, Result.table(names, rows, ("Version", "Rows", "Data_length", "Auto_increment")))


def _charsets(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    words.accept("SET")
    rows = [
        ["latin1", "cp1252 West European", "latin1_swedish_ci", 1],
        ["utf8mb4", "UTF-8 Unicode", "utf8mb4_general_ci", 4],
    ]
    return _chosen(
        session, words, Result.table(["Charset", "Description", "Default collation", "Maxlen"], rows, ("Maxlen",))
    )


def _nothing(*names: str) -> Any:
    def found(session: MySQL, words: Words, full: bool, scope: str) -> Result:
        return Result.table(list(names), [])

    return found


def _triggers(session: MySQL, words: Words, full: bool, scope: str) -> Result:
    schema = _schema(session, words)
    return _chosen(session, words, Result.table(
        ["Trigger", "Event", "Table", "Statement", "Timing"],
        [[each.name, each.event, each.table, each.body, each.timing]
         for each in session.data.catalog.triggers.values() if each.schema == schema]), 2)


def _routines(kind: str) -> Any:
    def found(session: MySQL, words: Words, full: bool, scope: str) -> Result:
        words.need("STATUS")
        return _chosen(session, words, Result.table(
            ["Db", "Name", "Type", "Definer", "Security_type", "Comment"],
            [[each.schema, each.name, kind, "root@localhost", "DEFINER", ""]
             for each in session.data.catalog.routines.values() if each.kind == kind]), 1)

    return found


_SHOWS: dict[str, Any] = {
    "DATABASES": _databases, "SCHEMAS": _databases, "TABLES": _tables, "COLUMNS": _columns, "FIELDS": _columns,
    "INDEX": _index, "INDEXES": _index, "KEYS": _index, "CREATE": _create, "VARIABLES": _variables, "STATUS": _status,
    "PROCESSLIST": _processes, "GRANTS": _grants, "WARNINGS": _warnings, "ERRORS": _warnings, "ENGINES": _engines,
    "MASTER": _master, "BINARY": _binary, "TABLE": _table, "CHARACTER": _charsets, "CHARSET": _charsets,
    "TRIGGERS": _triggers,
    "EVENTS": _nothing("Db", "Name", "Definer", "Time zone", "Type"),
    "PLUGINS": _nothing("Name", "Status", "Type", "Library", "License"),
    "PROCEDURE": _routines("PROCEDURE"), "FUNCTION": _routines("FUNCTION"),
}
