"""pg_isready, createdb, dropdb, createuser, dropuser."""

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


def _small(process: Process) -> int | None:
    return _statement(process, _MADE[process.argv[0].rpartition("/")[2]])


PROGRAMS = {"pg_isready": isready, **dict.fromkeys(_MADE, _small)}
