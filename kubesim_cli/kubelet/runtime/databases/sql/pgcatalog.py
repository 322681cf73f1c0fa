"""What a PostgreSQL server knows of itself: settings, catalogs, and what psql's backslash commands show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .catalog import Column, Table, View
from .definitions import Definitions
from .errors import SqlError, unsupported
from .kinds import BIGINT, BOOL, NAME, Kind, postgres_name
from .results import Result
from .texts import like

if TYPE_CHECKING:
    from .compiler import E
    from .postgres import Postgres

Listed = tuple[list[tuple[str, Kind]], list[tuple[Any, ...]]]
_SETTINGS = {
    "application_name": "psql", "client_encoding": "UTF8", "client_min_messages": "notice",
    "data_directory": "/var/lib/postgresql/data", "config_file": "/var/lib/postgresql/data/postgresql.conf",
    "datestyle": "ISO, MDY", "default_transaction_isolation": "read committed", "effective_cache_size": "4GB",
    "hba_file": "/var/lib/postgresql/data/pg_hba.conf", "hot_standby": "on", "is_superuser": "on",
    "lc_collate": "en_US.utf8", "lc_ctype": "en_US.utf8", "listen_addresses": "*", "lock_timeout": "0",
    "log_min_messages": "warning", "log_statement": "none", "log_timezone": "Etc/UTC", "maintenance_work_mem": "64MB",
    "max_connections": "100", "max_wal_senders": "10", "max_wal_size": "1GB", "port": "5432",
    "search_path": '"$user", public', "server_encoding": "UTF8", "shared_buffers": "128MB", "ssl": "off",
    "standard_conforming_strings": "on", "statement_timeout": "0", "synchronous_commit": "on", "timezone": "Etc/UTC",
    "transaction_isolation": "read committed", "unix_socket_directories": "/var/run/postgresql",
    "wal_level": "replica", "work_mem": "4MB", "row_security": "on", "default_transaction_read_only": "off",
    "transaction_read_only": "off", "idle_in_transaction_session_timeout": "0", "check_function_bodies": "on",
    "default_tablespace": "", "default_table_access_method": "heap", "xmloption": "content",
}


def settings(session: Postgres) -> dict[str, str]:
    """Return the settings by their names."""
    version = session.server.version.split()[1]
    major, _, minor = version.partition(".")
    found = {**_SETTINGS, "server_version": session.server.settings.get("shown_version", version),
             "server_version_num": f"{major}{int(minor or 0):04}"}
    found.update({name: str(value) for name, value in session.server.settings.items() if name in _SETTINGS})
    found.update({name: str(value) for name, value in session.settings.items()})
    return found


def _sequence_of(table: Table, column: Column) -> str:
    return (
        f"nextval('{'' if table.schema == 'public' else table.schema + '.'}{table.name}_{column.name}_seq'::regclass)"
    )


def default_of(table: Table, column: Column) -> str | None:
    """Return a column's default as catalogs tell it."""
    if column.auto == "serial":
        return _sequence_of(table, column)
    if column.auto:
        return f"generated {column.auto} as identity"
    text = column.default
    if text is None:
        return None
    if text[:1] == "'" and text.endswith("'"):
        return f"{text}::{postgres_name(column.kind, False)}"
    if text.upper() in ("CURRENT_TIMESTAMP", "CURRENT_DATE", "TRUE", "FALSE"):
        return text if text.upper()[:7] == "CURRENT" else text.lower()
    return text.lower() if text.endswith("()") else text


# Tables of the server's own

def table(session: Postgres, schema: str, name: str) -> Listed | None:
    """Return one of the server's own tables as (columns, rows), None where there is none."""
    if schema == "information_schema":
        made = _INFORMATION.get(name)
    elif schema in ("", "pg_catalog"):
        made = _CATALOG.get(name)
    else:
        made = None
    if made is None:
        return None
    names, rows = made(session)
    kinds = []
    for at in range(len(names)):
        values = [row[at] for row in rows if row[at] is not None]
        kinds.append(BOOL if values and all(isinstance(each, bool) for each in values) else
                     BIGINT if values and all(isinstance(each, int) for each in values) else NAME)
    return list(zip(names, kinds, strict=True)), rows


Rows = tuple[list[str], list[tuple[Any, ...]]]


def _relations(session: Postgres) -> list[Table | View]:
    catalog = session.data.catalog
    return [*catalog.tables.values(), *catalog.views.values()]


def _tables(session: Postgres) -> Rows:
    rows = [(session.database, each.schema, each.name, "BASE TABLE" if isinstance(each, Table) else "VIEW")
            for each in _relations(session)]
    rows += [(session.database, "pg_catalog", name, "BASE TABLE") for name in _CATALOG]
    rows += [(session.database, "information_schema", name, "VIEW") for name in _INFORMATION]
    return ["table_catalog", "table_schema", "table_name", "table_type"], rows


def _columns(session: Postgres) -> Rows:
    rows: list[tuple[Any, ...]] = []
    for each in session.data.catalog.tables.values():
        for at, column in enumerate(each.columns, 1):
            size = column.kind.args[0] if column.kind.name in ("varchar", "char") and column.kind.args else None
            rows.append((session.database, each.schema, each.name, column.name, at, default_of(each, column),
                         "YES" if column.null else "NO", "USER-DEFINED" if column.kind.label else postgres_name(
                             column.kind, False), size, "YES" if column.auto in ("always", "by default") else "NO"))
    return [
        "table_catalog",
        "table_schema",
        "table_name",
        "column_name",
        "ordinal_position",
        "column_default",
        "is_nullable",
        "data_type",
        "character_maximum_length",
        "is_identity",
    ], rows


def _schemata(session: Postgres) -> Rows:
    names = ["pg_toast", "pg_catalog", *session.data.catalog.schemas, "information_schema"]
    return ["catalog_name", "schema_name", "schema_owner"], [(session.database, name, "postgres") for name in names]


def owner(session: Postgres, database: str) -> str:
    """Return who owns a database."""
    owners = session.server.settings.get("owners") or {}
    return str(owners.get(database) or session.server.settings.get("superuser", "postgres"))


def _databases(session: Postgres) -> Rows:
    names = [*session.server.databases, "template1", "template0"]
    return ["oid", "datname", "datdba", "encoding", "datistemplate", "datallowconn"], [
        (16384 + at, name, 10, 6, name.startswith("template"), name != "template0") for at, name in enumerate(names)]


def _pg_tables(session: Postgres) -> Rows:
    boss = session.server.settings.get("superuser", "postgres")
    rows = [(each.schema, each.name, boss, None, bool(each.indexes)) for each in session.data.catalog.tables.values()]
    rows += [("pg_catalog", name, boss, None, True) for name in _CATALOG]
    return ["schemaname", "tablename", "tableowner", "tablespace", "hasindexes"], rows


def _activity(session: Postgres) -> Rows:
    rows = [(each.get("database"), number, each["user"], each.get("application", "psql"), each.get("host"),
             "active" if number == session.number else "idle", each.get("text") or "")
            for number, each in sorted(session.server.sessions.items())]
    return ["datname", "pid", "usename", "application_name", "client_addr", "state", "query"], rows


def _roles(session: Postgres) -> Rows:
    rows = [
        (
            name,
            bool(each.get("super")),
            True,
            bool(each.get("createrole")),
            bool(each.get("createdb")),
            bool(each.get("login")),
            bool(each.get("replication")),
        )
        for name, each in sorted(session.server.users.items())
    ]
    return ["rolname", "rolsuper", "rolinherit", "rolcreaterole", "rolcreatedb", "rolcanlogin", "rolreplication"], rows


def _users(session: Postgres) -> Rows:
    rows = [(name, 10 + at, bool(each.get("createdb")), bool(each.get("super")))
            for at, (name, each) in enumerate(sorted(session.server.users.items())) if each.get("login")]
    return ["usename", "usesysid", "usecreatedb", "usesuper"], rows


def _indexes(session: Postgres) -> Rows:
    return ["schemaname", "tablename", "indexname", "tablespace", "indexdef"], [
        (each.schema, each.name, index.name, None, f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {index.name} ON "
         f"{each.schema}.{each.name} USING btree ({', '.join(index.columns)})")
        for each in session.data.catalog.tables.values() for index in each.indexes]


def _settings_table(session: Postgres) -> Rows:
    return ["name", "setting", "unit"], [(name, value, None) for name, value in sorted(settings(session).items())]


def _namespaces(session: Postgres) -> Rows:
    return ["oid", "nspname", "nspowner"], [
        (2200 + at, name, 10) for at, name in enumerate(session.data.catalog.schemas)
    ]


def _replication(session: Postgres) -> Rows:
    return ["pid", "usename", "application_name", "client_addr", "state", "sync_state"], []


def _extensions(session: Postgres) -> Rows:
    names = ["plpgsql", *session.data.catalog.types.get("pg extensions", [])]
    return ["oid", "extname", "extversion"], [(13000 + at, name, "1.0") for at, name in enumerate(names)]


def _statistics(session: Postgres) -> Rows:
    rows = [(each.schema, each.name, session.data.run(f"SELECT COUNT(*) FROM {each.place}")[0][0])
            for each in session.data.catalog.tables.values()]
    return ["schemaname", "relname", "n_live_tup"], rows


_INFORMATION: dict[str, Any] = {"tables": _tables, "columns": _columns, "schemata": _schemata}
_CATALOG: dict[str, Any] = {
    "pg_database": _databases, "pg_tables": _pg_tables, "pg_stat_activity": _activity, "pg_roles": _roles,
    "pg_user": _users, "pg_indexes": _indexes, "pg_settings": _settings_table, "pg_namespace": _namespaces,
    "pg_stat_replication": _replication, "pg_extension": _extensions, "pg_stat_user_tables": _statistics,
}


# What psql shows of it

def _chosen(session: Postgres, pattern: str, schema: str, name: str) -> bool:
    if not pattern:
        return schema in session.path()
    wanted, dot, plain = pattern.rpartition(".")
    if dot and not like(wanted.replace("*", "%").replace("?", "_"), schema, False):
        return False
    if not dot and schema not in session.path():
        return False
    return like((plain if dot else pattern).replace("*", "%").replace("?", "_"), name, False)


def relations(session: Postgres, kinds: str, pattern: str) -> Result:
    r"""Return \dt, \dv, \di, \ds or \d: `kinds` of tvis."""
    boss = session.server.settings.get("superuser", "postgres")
    rows: list[list[Any]] = []
    for each in _relations(session):
        kind = "table" if isinstance(each, Table) else "view"
        if kind[0] in kinds and _chosen(session, pattern, each.schema, each.name):
            rows.append([each.schema, each.name, kind, boss])
        if "i" in kinds and isinstance(each, Table):
            rows += [[each.schema, index.name, "index", boss, each.name] for index in each.indexes
                     if _chosen(session, pattern, each.schema, index.name)]
    if "s" in kinds:
        rows += [[each.schema, each.name, "sequence", boss] for each in session.data.catalog.sequences.values()
                 if _chosen(session, pattern, each.schema, each.name)]
    names = ["Schema", "Name", "Type", "Owner", *(["Table"] if kinds == "i" else [])]
    return Result.table(names, sorted(row[:len(names)] for row in rows))


def databases(session: Postgres) -> Result:
    r"""Return \l."""
    boss = str(session.server.settings.get("superuser", "postgres"))
    system = f"=c/{boss}          +\n{boss}=CTc/{boss}"
    new = int(session.server.version.split()[1].partition(".")[0]) >= 16
    rows = []
    for name in sorted({*session.server.databases, "template0", "template1"}):
        rights = system.replace("          +", "") if name.startswith("template") else None
        rows.append([name, owner(session, name), "UTF8", *(["libc"] if new else []), "en_US.utf8", "en_US.utf8", None,
                     *([None] if new else ["libc"]), rights])
    names = ["Name", "Owner", "Encoding", *(["Locale Provider"] if new else []), "Collate", "Ctype",
             *(["Locale", "ICU Rules"] if int(session.server.version.split()[1].partition('.')[0]) >= 17 else
               ["ICU Locale", "ICU Rules"] if new else ["ICU Locale", "Locale Provider"]), "Access privileges"]
    return Result.table(names, rows)


def roles(session: Postgres) -> Result:
    r"""Return \du."""
    words = (("super", "Superuser"), ("createrole", "Create role"), ("createdb", "Create DB"))
    rows = []
    new = int(session.server.version.split()[1].partition(".")[0]) >= 16
    for name, each in sorted(session.server.users.items()):
        said = [text for key, text in words if each.get(key)]
        if not each.get("login"):
            said.append("Cannot login")
        if each.get("super"):
            said += ["Replication", "Bypass RLS"]
        rows.append([name, ", ".join(said), *([] if new else ["{}"])])
    return Result.table(["Role name", "Attributes", *([] if new else ["Member of"])], rows)


def schemas(session: Postgres) -> Result:
    r"""Return \dn."""
    return Result.table(["Name", "Owner"], [[name, "pg_database_owner" if name == "public" else "postgres"]
                                            for name in sorted(session.data.catalog.schemas)])


def described(session: Postgres, name: str) -> list[tuple[str, Result, list[str]]]:
    r"""Return \d NAME: (title, columns, lines below) of each that is so called."""
    found: list[tuple[str, Result, list[str]]] = []
    for each in sorted(_relations(session), key=lambda each: (each.schema, each.name)):
        if not _chosen(session, name, each.schema, each.name):
            continue
        if isinstance(each, View):
            rows: list[list[Any]] = [[column, postgres_name(kind), "", "", ""] for column, kind in each.columns]
            found.append((f'View "{each.schema}.{each.name}"', _shape(rows), []))
        else:
            rows = [[column.name, postgres_name(column.kind), "", "" if column.null else "not null",
                     default_of(each, column) or ""] for column in each.columns]
            found.append((f'Table "{each.schema}.{each.name}"', _shape(rows), _below(session, each)))
    if not found:
        raise SqlError(0, "", f'Did not find any relation named "{name}".')
    return found


def _shape(rows: list[list[Any]]) -> Result:
    return Result.table(["Column", "Type", "Collation", "Nullable", "Default"], rows)


def _below(session: Postgres, table: Table) -> list[str]:
    lines = []
    if table.indexes:
        lines.append("Indexes:")
        order = sorted(table.indexes, key=lambda index: (not index.primary, not index.constraint, index.name))
        for index in [each for each in order if each.primary] + sorted(
                (each for each in order if not each.primary), key=lambda index: index.name):
            word = "PRIMARY KEY, " if index.primary else "UNIQUE CONSTRAINT, " if index.constraint else \
                "UNIQUE, " if index.unique else ""
            lines.append(f'    "{index.name}" {word}btree ({", ".join(index.columns)})')
    if table.checks:
        lines.append("Check constraints:")
        lines += [
            f'    "{check.name}" CHECK ({check.text})' for check in sorted(table.checks, key=lambda each: each.name)
        ]
    if table.foreigns:
        lines.append("Foreign-key constraints:")
        lines += [f'    "{each.name}" {_foreign(each)}' for each in table.foreigns]
    referring = session.data.catalog.referring(table)
    if referring:
        lines.append("Referenced by:")
        lines += [f'    TABLE "{other.name}" CONSTRAINT "{each.name}" {_foreign(each)}' for other, each in referring]
    return lines


def _foreign(each: Any) -> str:
    rules = "".join(
        f" ON {when} {rule}" for when, rule in (("UPDATE", each.on_update), ("DELETE", each.on_delete)) if rule
    )
    name = each.table if each.schema == "public" else f"{each.schema}.{each.table}"
    return f"FOREIGN KEY ({', '.join(each.columns)}) REFERENCES {name}({', '.join(each.refs)}){rules}"


def explain(session: Postgres, node: E) -> Result:
    """Return a plan: a scan of the table that a query reads, or a result without one."""
    if not isinstance(node, exp.Query):
        raise unsupported("EXPLAIN of this", False)
    found = Definitions(session).query(node)
    wide = sum(
        {"int": 4, "bool": 1, "double": 8, "text": 32, "date": 4}.get(kind.family, 8) for _, kind in found.columns
    )
    tables = [each for each in node.find_all(exp.Table) if isinstance(session.find(each), Table)]
    if not tables:
        lines = [f"Result  (cost=0.00..0.01 rows=1 width={wide})"]
    else:
        first = session.find(tables[0])
        assert isinstance(first, Table)
        count = session.data.run(f"SELECT COUNT(*) FROM {first.place}")[0][0]
        lines = [f"Seq Scan on {first.name}  (cost=0.00..{1 + count / 100:.2f} rows={max(count, 1)} width={wide})"]
        where = node.args.get("where")
        if where is not None:
            lines.append(f"  Filter: ({where.this.sql('postgres')})")
    result = Result.table(["QUERY PLAN"], [[line] for line in lines])
    result.tag = "EXPLAIN"
    return result
