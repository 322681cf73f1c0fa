"""psql: statements and backslash commands, of -c, of a script, or typed at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire
from .dialogue import Failed, Options, answered, begun, local_port, on_terminal, reach, typed
from .postgresd import SOCKET
from .psqlcommands import backslash, copied, disconnect, filled, gathered, told

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.results import Result

VALUED = frozenset(
    (
        "host",
        "port",
        "username",
        "dbname",
        "command",
        "file",
        "field-separator",
        "set",
        "output",
        "pset",
        "timeout",
        "owner",
        "encoding",
        "template",
        "locale",
    )
)
LETTERS = {
    "h": "host", "p": "port", "U": "username", "d": "dbname", "c": "command", "f": "file", "t": "tuples-only",
    "A": "no-align", "q": "quiet", "F": "field-separator", "x": "expanded", "w": "no-password", "W": "password",
    "l": "list", "X": "no-psqlrc", "v": "set", "V": "version", "1": "single-transaction", "E": "echo-hidden",
    "a": "echo-all", "e": "echo", "b": "echo-errors", "n": "no-readline", "o": "output", "P": "pset",
    "S": "single-line", "i": "if-exists", "O": "owner", "s": "superuser", "r": "createrole",
}


def how_of(process: Process, options: Options, database: str = "") -> dict[str, Any]:
    """Return how the options and PGHOST and its kin say to connect."""
    env = process.env
    host = options.get("host") or env.get("PGHOST", "")
    name = database or options.get("dbname") or env.get("PGDATABASE", "")
    user = options.get("username") or env.get("PGUSER", "")
    port, password = options.get("port") or env.get("PGPORT", "5432"), env.get("PGPASSWORD")
    if "://" in name:
        where, _, name = name.partition("://")[2].partition("/")
        who, at, where = where.rpartition("@")
        if at:
            user, colon, secret = who.partition(":")
            password = secret if colon else password
        host, _, given = where.partition(":")
        name, port = name.partition("?")[0], given or port
    elif "=" in name:
        given_words = dict(word.partition("=")[::2] for word in name.split())
        host, user, name = given_words.get("host", host), given_words.get("user", user), given_words.get("dbname", "")
        port, password = given_words.get("port", port), given_words.get("password", password)
    from ..accounts import names

    user = user or names(process, "passwd").get(process.user.uid, "root")
    local = not host or host.startswith("/")
    return {"host": host, "port": int(port) if port.isdigit() else 5432, "local": local,
            "hello": {"user": user, "password": password, "database": name or user, "local": local}}


class Refusal(Exception):
    """There is no connection; `text`: what libpq says; `kind`: refused, rejected or none."""

    def __init__(self, text: str, kind: str = "none"):
        super().__init__(text)
        self.text, self.kind = text, kind


def connect(process: Process, memory: dict[str, Any]) -> dict[str, Any] | None:
    """Return the server's first words, None where the process waits; raises Refusal."""
    how = memory["how"]
    host, port = how["host"], how["port"]
    socket = SOCKET.format(port=port)
    if how["local"]:
        found = local_port(process, socket)
        if found is None:
            raise Refusal(f'connection to server on socket "{socket}" failed: No such file or directory\n'
                          "\tIs the server running locally and accepting connections on that socket?")
        host, port = "127.0.0.1", found
    try:
        said = reach(process, memory, host, port, how["hello"])
    except Failed as failed:
        if failed.kind in ("unknown", "unanswered"):
            raise Refusal(f'could not translate host name "{host}" to address: Name or service not known') from None
        where = f'"{how["host"]}" ({failed.address})' if how["host"] != failed.address else f'"{how["host"]}"'
        where = f'at {where}, port {port}' if not how["local"] else f'on socket "{socket}"'
        words = failed.message or "Connection timed out"
        raise Refusal(f"connection to server {where} failed: {words}\n"
                      "\tIs the server running on that host and accepting TCP/IP connections?") from None
    except wire.Lost:
        raise Refusal(
            f'connection to server at "{how["host"]}", port {port} failed: server closed the connection unexpectedly\n'
            "\tThis probably means the server terminated abnormally\n"
            "\tbefore or while processing the request."
        ) from None
    if said is not None and "error" in said:
        state, message = said["error"][1:3]
        address = memory.get("address", host)
        where = f'on socket "{socket}"' if how["local"] else f'at "{how["host"]}" ({address}), port {port}' if (
            how["host"] != address) else f'at "{how["host"]}", port {port}'
        raise Refusal(f"connection to server {where} failed: {'FATAL:  ' if state else ''}{message}", "rejected")
    return said


def psql(process: Process) -> int | None:
    """Play psql."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    if not answered(process, memory):
        return None
    if not memory["greeted"]:
        try:
            said = connect(process, memory)
        except Refusal as error:
            if "no password supplied" in error.text and on_terminal(process) and not memory["asked"]:
                disconnect(process, memory)
                memory.update(asking=True, asked=True)
                process.write(f"Password for user {memory['how']['hello']['user']}: ", 2)
                return psql(process)
            process.write(f"{memory['who']}: error: {error.text}\n", 2)
            return 2
        if said is None:
            return None
        memory.update(greeted=True, version=said["ok"]["version"].split()[1])
        if memory["prompting"] and not memory["quiet"]:
            process.write(
                f'psql ({memory["version"]} (Debian {memory["version"]}-1.pgdg120+1))\nType "help" for help.\n\n'
            )
    return _talk(process)


def _begin(process: Process) -> int | None:
    options = Options(process.argv[1:], VALUED, LETTERS)
    version = (process.env.get("PG_VERSION") or "17.5").partition("-")[0]
    if options.has("version"):
        process.write(f"psql (PostgreSQL) {version} (Debian {version}-1.pgdg120+1)\n")
        return 0
    if options.unknown:
        process.write(
            f"psql: invalid option -- '{options.unknown}'\npsql: hint: Try \"psql --help\" for more information.\n", 2
        )
        return 1
    database = options.words[0] if options.words else ""
    if len(options.words) > 1:
        options.values.setdefault("username", options.words[1])
    queue: list[Any] = [["c", each] for each in options.many.get("command", [])]
    if options.has("list"):
        queue, database = [["c", "\\l"]], database or "postgres"
    for each in options.many.get("file", []):
        if each != "-":  # stdin is read where nothing else is asked for
            queue.append(["f", each])
    given = bool(queue)
    process.memory = {
        "how": how_of(process, options, database), "who": "psql", "greeted": False, "asking": False, "asked": False,
        "prompting": not given and on_terminal(process), "queue": queue, "given": given, "text": "", "prompted": False,
        "waiting": None, "code": 0, "tuples": options.has("tuples-only"), "aligned": not options.has("no-align"),
        "expanded": options.has("expanded"), "by": options.get("field-separator", "|"), "quiet": options.has("quiet"),
        "stop": any(each.upper() in ("ON_ERROR_STOP=1", "ON_ERROR_STOP=ON", "ON_ERROR_STOP") for each in
                    options.many.get("set", [])), "copy": None, "status": "", "timing": False, "null": "",
        "variables": dict(each.partition("=")[::2] for each in options.many.get("set", []))}
    return None


def _talk(process: Process) -> int | None:
    memory = process.memory
    while True:
        if memory["waiting"] is not None:
            try:
                said = wire.receive(process, memory)
            except wire.Lost:
                process.write(
                    "server closed the connection unexpectedly\n"
                    "\tThis probably means the server terminated abnormally\n"
                    "\tbefore or while processing the request.\n",
                    2,
                )
                return 2
            if said is None:
                return None
            what, memory["waiting"] = memory["waiting"], None
            _show(process, what, said)
            if memory["code"] and memory["stop"]:
                return 3
            continue
        if memory.get("moving"):
            code = _moved(process)
            if code is None:
                return None
            continue
        if memory["queue"]:
            kind, text, *lines = memory["queue"].pop(0)
            _run(process, kind, text, lines[0] if lines else None)
            if memory.get("quit"):
                return int(memory["code"])
            continue
        if memory.get("done") or memory["given"]:
            return 1 if memory["given"] and memory["code"] else 0
        ended = _more(process)
        if ended is None:
            return None
        memory["done"] = ended


def _run(process: Process, kind: str, text: str, lines: list[str] | None = None) -> None:
    """Begin what one item of the queue asks for. `lines`: what COPY FROM STDIN gets."""
    memory = process.memory
    if kind in ("q", "b", "g"):
        text = filled(memory["variables"], text)
    if kind == "f":
        from ..kernel.errors import Errno

        try:
            content = process.read_file(text).decode("utf-8", "replace")
        except Errno as error:
            process.write(f"{text}: {error.message}\n", 2)
            memory["code"] = 1
            return
        queue, memory["queue"] = memory["queue"], []
        for line in [*content.splitlines(keepends=True)]:
            _take(memory, line)
        if memory["text"].strip():
            memory["queue"].append(["q", memory["text"].strip()])
        memory["text"] = ""
        memory["queue"] += queue
    elif kind == "c" and not text.lstrip().startswith("\\"):
        from .sql.dialects import split

        found, rest = split(text, False)
        memory["queue"] = [["q", each] for each in [*found, rest.strip()] if each] + memory["queue"]
    elif text.lstrip().startswith("\\"):
        backslash(process, text.strip())
    else:
        message: dict[str, Any] = {"q": text}
        if lines is not None:
            message["copy_lines"] = lines
        wire.send(process, message)
        memory["waiting"] = [kind if kind == "g" else "q", text]


def _more(process: Process) -> bool | None:
    memory = process.memory
    if memory["prompting"]:
        if process.pending:
            process.pending.clear()
            memory.update(text="", prompted=False)
        if not memory["prompted"]:
            sign = "#" if memory["how"]["hello"]["user"] == "postgres" else ">"
            process.write(
                f"{memory['how']['hello']['database']}{'-' if memory['text'].strip() else '='}{memory['status']}{sign} "
            )
            memory["prompted"] = True
    line = typed(process, memory)
    if line is None:
        return None
    memory["prompted"] = False
    if not line:
        if memory["prompting"]:
            process.write("\\q\n")
        if memory["text"].strip():
            memory["queue"].append(["q", memory["text"].strip()])
            memory["text"] = ""
        return True
    _take(memory, line)
    return False


def _take(memory: dict[str, Any], line: str) -> None:
    """Take a line in: whole statements and backslash commands go into the queue."""
    from .sql.dialects import split

    if memory["copy"] is not None:
        if line.rstrip("\r\n") == "\\.":
            memory["queue"].append(["q", memory.pop("copying"), memory["copy"]])
            memory["copy"] = None
        else:
            memory["copy"].append(line.rstrip("\r\n"))
        return
    if not memory["text"].strip() and line.strip() in ("quit", "exit", "help"):
        memory["queue"].append(["b", "\\q" if line.strip() != "help" else "\\help"])
        return
    if not memory["text"].strip() and line.lstrip().startswith("\\"):
        memory["queue"].append(["b", line.strip()])
        return
    if not memory["text"].strip() and line.lstrip().startswith("--"):
        return  # what stands before a statement is not sent
    memory["text"] += line
    found, rest = split(memory["text"], False)
    head, mark, tail = rest.rpartition("\\g")
    if mark and tail.strip() in ("", "x") and head.strip():
        found, rest = [*found, head.strip()], ""
    elif mark and tail.strip().split()[:1] == ["set"] and head.strip():
        memory["queue"] += [*(["q", each] for each in found), ["g", head.strip()]]
        memory["prefix"] = "".join(tail.split()[1:])
        found, rest = [], ""
    for each in found:
        if each.upper().startswith("COPY ") and " FROM STDIN" in each.upper():
            memory.update(copy=[], copying=each)
        else:
            memory["queue"].append(["q", each])
    memory["text"] = rest if rest.strip() else ""


def _moved(process: Process) -> int | None:
    """Go on with connecting to another database; None where the process waits."""
    memory = process.memory
    try:
        said = connect(process, memory)
    except Refusal as error:
        process.write(
            f"\\connect: {error.text}\n" if not memory["prompting"] or memory.get("back") else error.text + "\n", 2
        )
        if memory["prompting"] and not memory.get("back"):
            process.write("Previous connection kept\n", 2)
            disconnect(process, memory)
            memory["how"]["hello"] = memory["before"]
            memory["back"] = True
            return 0
        memory.update(moving=False, quit=True, code=2, queue=[["b", "\\q"]])
        return 0
    if said is None:
        return None
    memory["moving"] = False
    if not memory.pop("back", False):
        told(process)
    return 0


def _show(process: Process, what: list[Any], said: dict[str, Any]) -> None:
    from .sql import layout
    from .sql.errors import SqlError
    from .sql.results import Result

    memory = process.memory
    if "error" in said:
        code, state, message, detail, hint, position = said["error"]
        if state == "":
            process.write(message + "\n", 2)
        else:
            error = SqlError(code, state, message, detail, hint, position=position)
            process.write(layout.psql_error(error, what[1] + (";" if not memory["given"] else "")), 2)
        memory["code"] = 1
        if memory["status"] == "*":
            memory["status"] = "!"
        return
    if "several" in said:
        for title, data, below in said["several"]:
            process.write(layout.psql_table(Result.read(data), title, footer="".join(line + "\n" for line in below)))
        return
    result = Result.read(said)
    if what[0] == "g":
        gathered(process, result)
        return
    if what[0] == "copy":
        copied(process, what[2], result)
        return
    if what[0] == "b":
        _listed(process, what[1], result)
        return
    for level, _, message in result.notices:
        if not memory["quiet"] or level != "NOTICE":
            process.write(f"{level}:  {message}\n", 2)
    if result.copy is not None:
        process.write("".join(line + "\n" for line in result.copy))
        return
    if result.columns is not None:
        process.write(_table(memory, result))
    word = result.tag.split()[0] if result.tag else ""
    if not memory["quiet"] and word not in ("SELECT", "SHOW", "EXPLAIN") and not (
            result.columns is not None and memory["tuples"]):
        process.write(result.tag + "\n")
    if memory["timing"]:
        process.write(f"Time: {1000 * float(said.get('delay') or 0):.3f} ms\n")
    memory["status"] = {"BEGIN": "*", "START": "*", "COMMIT": "", "ROLLBACK": "", "END": ""}.get(
        word, memory["status"]) if what[1].upper().split()[:2] != ["ROLLBACK", "TO"] else "*"


def _table(memory: dict[str, Any], result: Result) -> str:
    from .sql import layout

    if memory["null"]:
        result.rows = [[memory["null"] if cell is None else cell for cell in row] for row in result.rows]
    if not memory["aligned"]:
        return layout.psql_lines(result, memory["by"], not memory["tuples"], not memory["tuples"])
    if memory["expanded"]:
        return layout.psql_expanded(result)
    return layout.psql_bare(result) if memory["tuples"] else layout.psql_table(result)


def _listed(process: Process, message: dict[str, Any], result: Result) -> None:
    from .sql import layout

    memory = process.memory
    titles = {"databases": "List of databases", "roles": "List of roles", "schemas": "List of schemas",
              "relations": "List of relations"}
    if message["show"] == "relations" and not result.rows:
        process.write("Did not find any relations.\n" if not message["pattern"] else
                      f'Did not find any relation named "{message["pattern"]}".\n', 2)
        return
    if memory["tuples"] or not memory["aligned"]:
        process.write(_table(memory, result))
        return
    process.write(layout.psql_table(result, titles[message["show"]], footer="" if message["show"] == "roles" else None))


PROGRAMS = {"psql": psql}
