"""psql's own commands, those that begin with a backslash, and its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.results import Result

_HELP = """You are using psql, the command-line interface to PostgreSQL.
Type:  \\copyright for distribution terms
       \\h for help with SQL commands
       \\? for help with psql commands
       \\g or terminate with semicolon to execute query
       \\q to quit
"""


def backslash(process: Process, text: str) -> None:
    memory = process.memory
    words = text.rstrip(";").split()
    command, rest = words[0].rstrip("+"), words[1:]
    pattern = rest[0] if rest else ""
    if command == "\\q":
        memory["quit"] = True
    elif command in ("\\c", "\\connect"):
        if rest and rest[0] != "-":
            memory["new"] = rest[0]
            disconnect(process, memory)
            memory["before"] = {**memory["how"]["hello"]}
            memory["how"]["hello"]["database"] = rest[0]
            if len(rest) > 1 and rest[1] != "-":
                memory["how"]["hello"]["user"] = rest[1]
            memory["moving"] = True
        else:
            told(process)
    elif command == "\\d" and pattern:
        ask(process, {"show": "described", "pattern": pattern.replace('"', "")})
    elif command in ("\\d", "\\dt", "\\dv", "\\di", "\\ds", "\\dtv"):
        ask(process, {"show": "relations", "kinds": command[2:] or "tvs", "pattern": pattern})
    elif command in ("\\l", "\\list"):
        ask(process, {"show": "databases"})
    elif command in ("\\du", "\\dg"):
        ask(process, {"show": "roles"})
    elif command == "\\dn":
        ask(process, {"show": "schemas"})
    elif command == "\\conninfo":
        how = memory["how"]
        where = f'via socket in "/var/run/postgresql" at port "{how["port"]}"' if how["local"] else (
            f'on host "{how["host"]}" at port "{how["port"]}"')
        process.write(
            f'You are connected to database "{how["hello"]["database"]}" as user "{how["hello"]["user"]}" {where}.\n'
        )
    elif command == "\\x":
        memory["expanded"] = not memory["expanded"]
        process.write(f"Expanded display is {'on' if memory['expanded'] else 'off'}.\n")
    elif command == "\\t":
        memory["tuples"] = not memory["tuples"]
        process.write(f"Tuples only is {'on' if memory['tuples'] else 'off'}.\n")
    elif command == "\\a":
        memory["aligned"] = not memory["aligned"]
        process.write(f"Output format is {'aligned' if memory['aligned'] else 'unaligned'}.\n")
    elif command == "\\timing":
        memory["timing"] = not memory["timing"]
        process.write(f"Timing is {'on' if memory['timing'] else 'off'}.\n")
    elif command in ("\\echo", "\\qecho"):
        process.write(" ".join(word.strip("'") for word in rest) + "\n")
    elif command in ("\\i", "\\ir", "\\include") and pattern:
        memory["queue"].insert(0, ["f", pattern])
    elif command in ("\\?", "\\h", "\\help"):
        process.write(_HELP)
    elif command == "\\set" and pattern:
        memory["variables"][pattern] = "".join(word.strip("'") for word in rest[1:])
        if pattern == "ON_ERROR_STOP":
            memory["stop"] = memory["variables"][pattern].upper() not in ("0", "OFF", "FALSE")
    elif command == "\\unset":
        memory["variables"].pop(pattern, None)
    elif command == "\\pset" and pattern == "null":
        memory["null"] = " ".join(rest[1:]).strip("'")
        process.write(f'Null display is "{memory["null"]}".\n')
    elif command == "\\encoding" and not pattern:
        process.write("UTF8\n")
    elif command == "\\copy":
        _copy(process, text[len("\\copy"):].strip().rstrip(";"))
    elif command in _LISTS:
        from .sql import layout
        from .sql.results import Result

        title, columns, rows = _LISTS[command]
        process.write(layout.psql_table(Result.table(columns, rows), title))
    elif command in ("\\set", "\\pset", "\\encoding", "\\r", "\\o"):
        pass
    else:
        process.write(f"invalid command {command}\nTry \\? for help.\n" if memory["prompting"] else
                      f"invalid command {command}\n", 2)


# What there never is, or is always: (title, columns, rows)
_LISTS: dict[str, tuple[str, list[str], list[list[Any]]]] = {
    "\\df": ("List of functions", ["Schema", "Name", "Result data type", "Argument data types", "Type"], []),
    "\\dT": ("List of data types", ["Schema", "Name", "Description"], []),
    "\\dx": ("List of installed extensions", ["Name", "Version", "Schema", "Description"],
             [["plpgsql", "1.0", "pg_catalog", "PL/pgSQL procedural language"]])}
# What \copy copies, which way, where, and how.
_COPY = r"(?is)(\(.*\)|[\w.\"]+(?:\s*\([^)]*\))?)\s+(from|to)\s+('[^']*'|\S+)\s*(.*)"
_VARIABLE = r"'(?:[^']|'')*'|(?<![:\w]):(?:'(\w+)'|\"(\w+)\"|(\w+))"


def filled(variables: dict[str, str], text: str) -> str:
    """Return a text with variables' values for `:NAME`, `:'NAME'` and `:"NAME"`."""
    if not variables or ":" not in text:
        return text
    import re

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        if name is None or name not in variables:
            return match[0]
        found = variables[name]
        return "'" + found.replace("'", "''") + "'" if match[1] else f'"{found}"' if match[2] else found

    return re.sub(_VARIABLE, value, text)


def gathered(process: Process, result: Result) -> None:
    """What is behind \\gset: columns of the only row become variables."""
    memory = process.memory
    if len(result.rows) != 1:
        process.write("no rows returned for \\gset\n" if not result.rows else
                      "more than one row returned for \\gset\n", 2)
        return
    for (name, _, _), cell in zip(result.columns or [], result.rows[0], strict=True):
        if cell is None:
            memory["variables"].pop(memory["prefix"] + name, None)
        else:
            memory["variables"][memory["prefix"] + name] = cell


def _copy(process: Process, text: str) -> None:
    import re

    from ..kernel.errors import Errno

    memory = process.memory
    match = re.fullmatch(_COPY, text)
    if match is None:
        process.write("\\copy: arguments required\n" if not text else
                      f'\\copy: parse error at "{text.split()[-1]}"\n', 2)
        return
    what, way, where, how = match.groups()
    name = "" if where.lower() in ("stdin", "stdout", "pstdin", "pstdout") else where.strip("'")
    if way.lower() == "to":
        wire.send(process, {"q": f"COPY {what} TO STDOUT {how}"})
        memory["waiting"] = ["copy", f"COPY {what} TO STDOUT {how}", name]
        return
    statement = f"COPY {what} FROM STDIN {how}"
    if not name:
        memory.update(copy=[], copying=statement)
        return
    try:
        lines = process.read_file(name).decode("utf-8", "replace").splitlines()
    except Errno as error:
        process.write(f"{name}: {error.message}\n", 2)
        memory["code"] = 1
        return
    wire.send(process, {"q": statement, "copy_lines": lines})
    memory["waiting"] = ["q", statement]


def copied(process: Process, name: str, result: Result) -> None:
    """Write what \\copy has got into a file, or show it."""
    from ..kernel.errors import Errno

    text = "".join(line + "\n" for line in result.copy or ())
    if not name:
        process.write(text)
        return
    try:
        process.open(name, "w").write(process.kernel, text.encode())
    except Errno as error:
        process.write(f"{name}: {error.message}\n", 2)
        process.memory["code"] = 1
        return
    if not process.memory["quiet"]:
        process.write(result.tag + "\n")


def ask(process: Process, message: dict[str, Any]) -> None:
    wire.send(process, message)
    process.memory["waiting"] = ["b", message]


def told(process: Process) -> None:
    hello = process.memory["how"]["hello"]
    process.write(f'You are now connected to database "{hello["database"]}" as user "{hello["user"]}".\n')


def disconnect(process: Process, memory: dict[str, Any]) -> None:
    process.close(wire.SERVER)
    memory.update(connected=False, dialing={})
