"""What DESCRIBE says: the statements that make keyspaces and tables, and lists of names."""

from __future__ import annotations

from typing import Any

from .engine import SYSTEM
from .values import CqlError

Object = dict[str, Any]
# Options of tables, as a new one has them.
_OPTIONS: Object = {
    "additional_write_policy": "99p",
    "bloom_filter_fp_chance": 0.01,
    "caching": {"keys": "ALL", "rows_per_partition": "NONE"},
    "cdc": False,
    "comment": "",
    "compaction": {
        "class": "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy",
        "max_threshold": "32",
        "min_threshold": "4",
    },
    "compression": {"chunk_length_in_kb": "16", "class": "org.apache.cassandra.io.compress.LZ4Compressor"},
    "memtable": "default",
    "crc_check_chance": 1.0,
    "default_time_to_live": 0,
    "extensions": {},
    "gc_grace_seconds": 864000,
    "max_index_interval": 2048,
    "memtable_flush_period_in_ms": 0,
    "min_index_interval": 128,
    "read_repair": "BLOCKING",
    "speculative_retry": "99p",
}


def described(words: list[str], keyspaces: Object, facts: Object, current: str) -> str:
    """Return what DESCRIBE WORDS says."""
    what = words[0].upper() if words else ""
    name = words[1].strip('"') if len(words) > 1 else ""
    if what == "KEYSPACES":
        return "\n" + _listed([*keyspaces, *SYSTEM]) + "\n"
    if what == "TABLES":
        if current:
            return "\n" + _listed(list(_keyspace(keyspaces, current)["tables"])) + "\n"
        shown = ""
        for each, kept in keyspaces.items():
            title = f"Keyspace {each}"
            names = _listed(list(kept["tables"])) if kept["tables"] else "<empty>\n"
            shown += f"\n{title}\n{'-' * len(title)}\n{names}"
        return shown + "\n"
    if what == "CLUSTER":
        return f"\nCluster: {facts['cluster']}\nPartitioner: Murmur3Partitioner\nSnitch: SimpleSnitch\n\n"
    if what in ("SCHEMA", "FULL"):
        return "".join(_whole(each, kept) for each, kept in keyspaces.items())
    if what in ("KEYSPACE", "TABLE", "COLUMNFAMILY", "INDEX"):
        return _one("KEYSPACE" if what == "KEYSPACE" else "TABLE", name or current, keyspaces, current)
    if words and words[0].strip('"') in keyspaces:
        return _whole(words[0].strip('"'), keyspaces[words[0].strip('"')])
    return _one("TABLE", words[0].strip('"') if words else "", keyspaces, current)


def _one(what: str, name: str, keyspaces: Object, current: str) -> str:
    if what == "KEYSPACE":
        if not name:
            raise CqlError("No keyspace specified and no current keyspace")
        return _whole(name, _keyspace(keyspaces, name))
    space, mark, table = name.rpartition(".")
    space = space if mark else current
    found = keyspaces.get(space, {"tables": {}})["tables"].get(table)
    if found is None:
        raise CqlError(f"'{table}' not found in keyspace '{space}'" if space else f"'{table}' not found in keyspaces")
    return _table(space, table, found)


def _keyspace(keyspaces: Object, name: str) -> Object:
    if name not in keyspaces:
        raise CqlError(f"'{name}' not found in keyspaces")
    found: Object = keyspaces[name]
    return found


def _listed(names: list[str]) -> str:
    """Return names in columns, as a shell lists them."""
    import io
    from cmd import Cmd

    out = io.StringIO()
    Cmd(stdout=out).columnize(sorted(names), 80)
    return out.getvalue()


def _map(value: Object) -> str:
    return "{" + ", ".join(f"'{name}': '{each}'" for name, each in value.items()) + "}"


def _whole(name: str, kept: Object) -> str:
    replication = {**kept["replication"], "class": kept["replication"]["class"].rpartition(".")[2]}
    return (
        f"\nCREATE KEYSPACE {name} WITH replication = {_map(replication)}  AND durable_writes = "
        f"{str(kept['durable_writes']).lower()};\n"
        + "".join(_table(name, each, table) for each, table in kept["tables"].items())
    )


def _table(space: str, name: str, table: Object) -> str:
    partition, clustering = table["partition"], table["clustering"]
    alone = len(partition) == 1 and not clustering
    keys = [*partition, *(each for each, _ in clustering)]
    columns = [*keys, *sorted(each for each in table["columns"] if each not in keys)]
    lines = [
        f"    {each} {table['columns'][each]}{' static' if each in table['static'] else ''}"
        f"{' PRIMARY KEY' if alone and each == partition[0] else ''}"
        for each in columns
    ]
    if not alone:
        first = f"({', '.join(partition)})" if len(partition) > 1 else partition[0]
        lines.append(f"    PRIMARY KEY ({', '.join([first, *(each for each, _ in clustering)])})")
    options = {**_OPTIONS, **table["options"]}
    shown = [f"{each} = {_map(value) if isinstance(value, dict) else _text(value)}" for each, value in options.items()]
    if clustering:
        shown.insert(0, f"CLUSTERING ORDER BY ({', '.join(f'{each} {order}' for each, order in clustering)})")
    out = f"\nCREATE TABLE {space}.{name} (\n" + ",\n".join(lines) + "\n) WITH " + "\n    AND ".join(shown) + ";\n"
    return out + "".join(
        f"\nCREATE INDEX {each} ON {space}.{name} ({column});\n" for each, column in table["indexes"].items()
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else f"'{value}'"
