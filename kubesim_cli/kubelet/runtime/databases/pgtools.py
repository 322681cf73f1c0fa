"""pg_isready, createdb, dropdb, createuser, dropuser, pg_dump, pg_dumpall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire
from .dialogue import Options
from .psql import LETTERS, VALUED, Refusal, connect, how_of

if TYPE_CHECKING:
    from ..kernel.process import Process


_PG_LETTERS = {**LETTERS, "t": "timeout"}


def isready(process: Process) -> int | None:
    """Play pg_isready."""
    memory = process.memory
    if memory is None:
        options = Options(process.argv[1:], VALUED, _PG_LETTERS)
        memory = process.memory = {"how": how_of(process, options), "quiet": options.has("quiet")}
    how = memory["how"]
    where = (f"/var/run/postgresql:{how['port']}" if how["local"] else f"{how['host']}:{how['port']}")
    code, text = 0, "accepting connections"
    try:
        if connect(process, memory) is None:
            return None
    except Refusal as error:
        if error.kind != "rejected":
            code, text = 2, "no response"
    if not memory["quiet"]:
        process.write(f"{where} - {text}\n")
    return code


def _statement(process: Process, make: Any) -> int | None:
    """Play a program that is one statement."""
    memory = process.memory
    name = process.argv[0].rpartition("/")[2]
    if memory is None:
        options = Options(process.argv[1:], VALUED, LETTERS)
        how = how_of(process, options, "postgres")
        word = (options.words or [how["hello"]["user"]])[0]
        memory = process.memory = {"how": how, "greeted": False, "text": make(options, word), "what": word}
    try:
        if not memory["greeted"]:
            if connect(process, memory) is None:
                return None
            memory["greeted"] = True
            wire.send(process, {"q": memory["text"]})
        said = wire.receive(process, memory)
    except Refusal as error:
        process.write(f"{name}: error: {error.text}\n", 2)
        return 1
    if said is None:
        return None
    if "error" in said:
        what = {"createdb": "database creation failed", "dropdb": "database removal failed", "createuser":
                "creation of new role failed"}.get(name, "removal of role failed")
        who = f' of role "{memory["what"]}"' if name == "dropuser" else ""
        process.write(
            f"{name}: error: {what if not who else 'removal' + who + ' failed'}: ERROR:  {said['error'][2]}\n", 2
        )
        return 1
    return 0


def _createuser(options: Options, word: str) -> str:
    rights = [name.upper() for name in ("superuser", "createrole") if options.has(name)]
    return f'CREATE ROLE "{word}" LOGIN {" ".join(rights)}'


_MADE: dict[str, Any] = {
    "createdb": lambda options, word: f'CREATE DATABASE "{word}"' + (f' OWNER "{options.get("owner")}"' if options.has(
        "owner") else ""),
    "dropdb": lambda options, word: f'DROP DATABASE {"IF EXISTS " if options.has("if-exists") else ""}"{word}"',
    "createuser": _createuser,
    "dropuser": lambda options, word: f'DROP ROLE "{word}"',
}


_DUMP_LETTERS = {
    "h": "host", "p": "port", "U": "username", "d": "dbname", "w": "no-password", "W": "password", "V": "version",
    "a": "data-only", "s": "schema-only", "t": "table", "T": "exclude-table", "n": "schema", "f": "file", "F": "format",
    "c": "clean", "C": "create", "O": "no-owner", "x": "no-privileges", "E": "encoding", "v": "verbose", "j": "jobs",
    "Z": "compress"}
_DUMP_VALUED = frozenset(("host", "port", "username", "dbname", "table", "exclude-table", "schema", "file", "format",
                          "encoding", "jobs", "compress"))
_ALL_LETTERS = {**_DUMP_LETTERS, "g": "globals-only", "r": "roles-only", "l": "database"}
_FLAGS = ("globals-only", "roles-only", "data-only", "schema-only", "clean", "if-exists", "inserts", "column-inserts",
          "no-owner")


def _dump(process: Process) -> int | None:
    """Play pg_dump or pg_dumpall: the server tells what is in the database (sql/pgdump.py)."""
    memory, whole = process.memory, process.argv[0].endswith("pg_dumpall")
    if memory is None:
        letters = _ALL_LETTERS if whole else _DUMP_LETTERS
        options = Options(process.argv[1:], _DUMP_VALUED | {"database"}, letters)
        if options.get("format") not in ("", "p", "plain"):
            return process.complain("kubesim plays dumps in plain text alone") + 125
        if options.has("data-only") and options.has("schema-only"):
            return process.complain("error: options -s/--schema-only and -a/--data-only cannot be used together")
        if options.has("if-exists") and not options.has("clean"):
            return process.complain("error: option --if-exists requires option -c/--clean")
        named = options.words[0] if options.words else ""
        how = how_of(process, options, options.get("database", "postgres") if whole else named)
        asked: dict[str, Any] = {flag: options.has(flag) for flag in _FLAGS}
        asked |= {"tables": options.many.get("table", []), "schemas": options.many.get("schema", []),
                  "without": options.many.get("exclude-table", [])}
        memory = process.memory = {"how": how, "greeted": False, "asked": asked, "file": options.get("file")}
    try:
        if not memory["greeted"]:
            if connect(process, memory) is None:
                return None
            memory["greeted"] = True
            wire.send(process, {"show": "everything" if whole else "dump", "asked": memory["asked"]})
        said = wire.receive(process, memory)
    except Refusal as error:
        return process.complain(f"error: {error.text}")
    if said is None:
        return None
    if "error" in said:
        return process.complain(f"error: {said['error'][2]}")
    if memory["file"]:
        process.open(memory["file"], "w").write(process.kernel, said["text"].encode())
    else:
        process.write(said["text"])
    return 0


def _small(process: Process) -> int | None:
    return _statement(process, _MADE[process.argv[0].rpartition("/")[2]])


PROGRAMS = {"pg_isready": isready, "pg_dump": _dump, "pg_dumpall": _dump, **dict.fromkeys(_MADE, _small)}
