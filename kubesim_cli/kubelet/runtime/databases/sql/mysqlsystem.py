"""What a MySQL server knows of itself: its settings, and the tables of information_schema and mysql."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .kinds import BIGINT, TEXT, Kind, mysql_name

if TYPE_CHECKING:
    from .mysql import MySQL
    from .session import Session

_BOTH: dict[str, Any] = {
    "autocommit": True,
    "auto_increment_increment": 1,
    "auto_increment_offset": 1,
    "basedir": "/usr/",
    "bind_address": "*",
    "binlog_format": "ROW",
    "character_set_client": "utf8mb4",
    "character_set_connection": "utf8mb4",
    "character_set_database": "utf8mb4",
    "character_set_results": "utf8mb4",
    "character_set_server": "utf8mb4",
    "character_set_system": "utf8mb3",
    "connect_timeout": 10,
    "datadir": "/var/lib/mysql/",
    "default_storage_engine": "InnoDB",
    "event_scheduler": "ON",
    "expire_logs_days": 0,
    "foreign_key_checks": True,
    "general_log": False,
    "have_ssl": "YES",
    "innodb_buffer_pool_size": 134217728,
    "innodb_file_per_table": True,
    "innodb_flush_log_at_trx_commit": 1,
    "innodb_lock_wait_timeout": 50,
    "interactive_timeout": 28800,
    "join_buffer_size": 262144,
    "key_buffer_size": 8388608,
    "local_infile": False,
    "lock_wait_timeout": 31536000,
    "log_bin": True,
    "log_error": "stderr",
    "long_query_time": "10.000000",
    "lower_case_table_names": 0,
    "max_allowed_packet": 67108864,
    "max_connections": 151,
    "max_heap_table_size": 16777216,
    "net_read_timeout": 30,
    "net_write_timeout": 60,
    "performance_schema": True,
    "port": 3306,
    "protocol_version": 10,
    "read_only": False,
    "relay_log": "",
    "report_host": "",
    "server_id": 1,
    "server_uuid": "",
    "skip_name_resolve": True,
    "skip_networking": False,
    "slow_query_log": False,
    "socket": "/var/run/mysqld/mysqld.sock",
    "sort_buffer_size": 262144,
    "sql_log_bin": True,
    "sql_safe_updates": False,
    "super_read_only": False,
    "sync_binlog": 1,
    "system_time_zone": "UTC",
    "table_open_cache": 4000,
    "thread_cache_size": 9,
    "time_zone": "SYSTEM",
    "tmp_table_size": 16777216,
    "tmpdir": "/tmp",
    "transaction_isolation": "REPEATABLE-READ",
    "unique_checks": True,
    "wait_timeout": 28800,
    "gtid_mode": "OFF",
    "enforce_gtid_consistency": "OFF",
    "default_authentication_plugin": "caching_sha2_password",
    "collation_server": "utf8mb4_0900_ai_ci",
    "collation_database": "utf8mb4_0900_ai_ci",
    "collation_connection": "utf8mb4_0900_ai_ci",
    "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "version_comment": "MySQL Community Server - GPL",
    "version_compile_machine": "x86_64",
    "version_compile_os": "Linux",
    "explicit_defaults_for_timestamp": True,
}
_MARIA: dict[str, Any] = {
    "log_bin": False, "binlog_format": "MIXED", "performance_schema": False, "default_authentication_plugin": "",
    "collation_server": "utf8mb4_general_ci", "collation_database": "utf8mb4_general_ci",
    "collation_connection": "utf8mb4_general_ci", "socket": "/run/mysqld/mysqld.sock",
    "sql_mode": "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION",
    "version_comment": "mariadb.org binary distribution", "tx_isolation": "REPEATABLE-READ", "gtid_current_pos": "",
    "gtid_slave_pos": "", "wsrep_on": False, "aria_pagecache_buffer_size": 134217728,
}
_NOT_MARIA = (
    "super_read_only", "gtid_mode", "enforce_gtid_consistency", "default_authentication_plugin", "server_uuid",
)
READ_ONLY = frozenset(("version", "hostname", "datadir", "basedir", "socket", "port", "version_comment", "log_bin",
                       "server_uuid", "bind_address", "tmpdir", "system_time_zone", "lower_case_table_names"))
GLOBAL = frozenset(("max_connections", "read_only", "super_read_only", "server_id", "general_log", "slow_query_log",
                    "innodb_buffer_pool_size", "event_scheduler", "sync_binlog", "gtid_mode", "local_infile",
                    "key_buffer_size", "innodb_flush_log_at_trx_commit", "connect_timeout"))


def settings(session: Session, whole: bool = False) -> dict[str, Any]:
    """Return the settings by their names; `whole`: the server's, not the session's."""
    server = session.server
    found = {**_BOTH, "version": server.version}
    if server.maria:
        found.update(_MARIA)
        for name in _NOT_MARIA:
            del found[name]
    elif server.version.startswith("5."):
        found["log_bin"] = False
        found["tx_isolation"] = found["transaction_isolation"]
    found.update({name: value for name, value in server.settings.items() if value is not None})
    if not whole:
        found.update({name: value for name, value in session.settings.items() if value is not None})
    return found


def status(session: MySQL) -> dict[str, Any]:
    """Return what SHOW STATUS tells."""
    server = session.server
    return {
        "Aborted_clients": 0,
        "Aborted_connects": 0,
        "Bytes_received": 0,
        "Bytes_sent": 0,
        "Connections": max(server.sessions, default=0) + 1,
        "Max_used_connections": 1,
        "Open_tables": len(session.data.catalog.tables),
        "Queries": server.settings.get("queries", 0) or 1,
        "Slow_queries": 0,
        "Ssl_cipher": "",
        "Threads_cached": 0,
        "Threads_connected": max(len(server.sessions), 1),
        "Threads_created": 1,
        "Threads_running": 1,
        "Uptime": int(session.now - server.started),
        "Uptime_since_flush_status": int(session.now - server.started),
    }


def schemas(session: MySQL) -> list[str]:
    """Return the databases that a user sees."""
    system = ["information_schema", "mysql", "performance_schema", "sys"]
    if not session.may("*") and not session.may("mysql"):
        system = ["information_schema"] if session.maria else ["information_schema", "performance_schema"]
    return sorted({*system, *(each for each in session.data.catalog.schemas if session.may(each))})


def table(session: MySQL, schema: str, name: str) -> tuple[list[tuple[str, Kind]], list[tuple[Any, ...]]] | None:
    """Return one of the server's own tables as (columns, rows), None where there is none."""
    made = _TABLES.get((schema, name))
    if made is None:
        return None
    names, rows = made(session)
    numbers = {at for at in range(len(names)) if any(isinstance(row[at], int) for row in rows)}
    return [(each, BIGINT if at in numbers else TEXT) for at, each in enumerate(names)], rows


def _users(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    plugin = (
        "mysql_native_password" if session.maria or session.server.version.startswith("5.") else "caching_sha2_password"
    )
    rows = []
    for key, user in sorted(session.server.users.items()):
        name, _, host = key.rpartition("@")
        everything = "Y" if any(each[0].startswith("ALL") and each[1] == "*" for each in user["grants"]) else "N"
        rows.append((host, name, plugin, user["password"], user["password"], everything, everything, "N"))
    if not session.maria:
        for name in ("mysql.infoschema", "mysql.session", "mysql.sys"):
            rows.append(("localhost", name, plugin, "*THISISNOTAVALIDPASSWORDTHATCANBEUSEDHERE", "", "N", "N", "Y"))
    else:
        rows.append(("localhost", "mariadb.sys", plugin, "", "", "N", "N", "Y"))
    return [
        "Host",
        "User",
        "plugin",
        "authentication_string",
        "Password",
        "Select_priv",
        "Super_priv",
        "account_locked",
    ], sorted(rows, key=lambda row: (row[0], row[1]))


def _tables(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    rows: list[tuple[Any, ...]] = []
    for each in session.data.catalog.tables.values():
        if session.may(each.schema):
            count = session.data.run(f"SELECT COUNT(*) FROM {each.place}")[0][0]
            rows.append(
                (
                    "def",
                    each.schema,
                    each.name,
                    "BASE TABLE",
                    "InnoDB",
                    count,
                    16384,
                    each.next if each.automatic else None,
                    each.comment,
                )
            )
    rows += [("def", view.schema, view.name, "VIEW", None, None, None, None, "VIEW")
             for view in session.data.catalog.views.values() if session.may(view.schema)]
    rows += [("def", "information_schema", name.upper(), "SYSTEM VIEW", None, None, None, None, "")
             for schema, name in _TABLES if schema == "information_schema"]
    rows += [("def", "mysql", "user", "BASE TABLE", "InnoDB", len(session.server.users), 16384, None, "")]
    return ["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ENGINE", "TABLE_ROWS", "DATA_LENGTH",
            "AUTO_INCREMENT", "TABLE_COMMENT"], rows


def _columns(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    rows: list[tuple[Any, ...]] = []
    for each in session.data.catalog.tables.values():
        for at, column in enumerate(each.columns, 1):
            kind = mysql_name(column.kind, session.maria)
            size = (column.kind.args or (65535,))[0] if column.kind.family == "text" else None
            rows.append(
                (
                    "def",
                    each.schema,
                    each.name,
                    column.name,
                    at,
                    column.default,
                    "YES" if column.null else "NO",
                    column.kind.name,
                    size,
                    kind,
                    key_of(each, column.name),
                    "auto_increment" if column.auto else "",
                )
            )
    return [
        "TABLE_CATALOG",
        "TABLE_SCHEMA",
        "TABLE_NAME",
        "COLUMN_NAME",
        "ORDINAL_POSITION",
        "COLUMN_DEFAULT",
        "IS_NULLABLE",
        "DATA_TYPE",
        "CHARACTER_MAXIMUM_LENGTH",
        "COLUMN_TYPE",
        "COLUMN_KEY",
        "EXTRA",
    ], rows


def key_of(table: Any, name: str) -> str:
    """Return PRI, UNI, MUL or nothing for a column, as DESCRIBE does."""
    if table.primary is not None and name in table.primary.columns:
        return "PRI"
    firsts = [index for index in table.indexes if index.columns[0] == name]
    if any(index.unique and len(index.columns) == 1 for index in firsts):
        column = table.column(name)
        return "PRI" if table.primary is None and column is not None and not column.null else "UNI"
    return "MUL" if firsts else ""


def _schemata(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    known = settings(session)
    return (["CATALOG_NAME", "SCHEMA_NAME", "DEFAULT_CHARACTER_SET_NAME", "DEFAULT_COLLATION_NAME", "SQL_PATH"],
            [("def", name, "utf8mb4", known["collation_server"], None) for name in schemas(session)])


def processes(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the sessions there are."""
    rows = []
    for number, state in sorted(session.server.sessions.items()):
        own = number == session.number
        where = state.get("host", "localhost") + (f":{50000 + number}" if state.get("host") != "localhost" else "")
        rows.append((number, state["user"], where, state.get("database") or None, "Query" if own else "Sleep",
                     int(session.now - state.get("since", session.now)), ("starting" if own else ""),
                     session.state.get("text") if own else None))
    return ["ID", "USER", "HOST", "DB", "COMMAND", "TIME", "STATE", "INFO"], rows


def _variables(whole: bool) -> Any:
    return lambda session: (["VARIABLE_NAME", "VARIABLE_VALUE"], [
        (name, as_shown(value)) for name, value in sorted(settings(session, whole).items())])


def as_shown(value: Any) -> str:
    """Return a setting as SHOW VARIABLES does."""
    return ("ON" if value else "OFF") if isinstance(value, bool) else str(value)


def _triggers(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    return ["TRIGGER_SCHEMA", "TRIGGER_NAME", "EVENT_MANIPULATION", "EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE",
            "ACTION_STATEMENT", "ACTION_TIMING", "DEFINER"], [
        (each.schema, each.name, each.event, each.schema, each.table, each.body, each.timing, "root@localhost")
        for each in session.data.catalog.triggers.values()]


def _routines(session: MySQL) -> tuple[list[str], list[tuple[Any, ...]]]:
    return ["SPECIFIC_NAME", "ROUTINE_SCHEMA", "ROUTINE_NAME", "ROUTINE_TYPE", "ROUTINE_DEFINITION", "DEFINER"], [
        (each.name, each.schema, each.name, each.kind, each.body, "root@localhost")
        for each in session.data.catalog.routines.values()]


_TABLES: dict[tuple[str, str], Any] = {
    ("information_schema", "triggers"): _triggers, ("information_schema", "routines"): _routines,
    ("mysql", "user"): _users, ("information_schema", "tables"): _tables, ("information_schema", "columns"): _columns,
    ("information_schema", "schemata"): _schemata, ("information_schema", "processlist"): processes,
    ("performance_schema", "global_variables"): _variables(True), ("performance_schema", "session_variables"):
    _variables(False), ("information_schema", "global_variables"): _variables(True),
}
