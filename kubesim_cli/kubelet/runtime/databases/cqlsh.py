"""cqlsh: statements of -e, of a file, piped in, or typed at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bin.dialing import Failed
from ..kernel.errors import Errno
from . import wire
from .dialogue import Options, begun, on_terminal, reach, typed

if TYPE_CHECKING:
    from ..kernel.process import Process

_VALUED = frozenset(
    (
        "execute",
        "file",
        "username",
        "password",
        "keyspace",
        "request-timeout",
        "connect-timeout",
        "encoding",
        "cqlversion",
        "protocol-version",
        "consistency-level",
    )
)
_LETTERS = {"e": "execute", "f": "file", "u": "username", "p": "password", "k": "keyspace", "C": "color"}
VERSION = "6.2.0"
_COMMANDS = (
    "describe",
    "desc",
    "show",
    "source",
    "consistency",
    "tracing",
    "expand",
    "paging",
    "exit",
    "quit",
    "help",
    "?",
    "clear",
    "cls",
    "login",
    "serial",
)


def run(process: Process) -> int | None:
    """Play cqlsh."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    if not memory["greeted"]:
        try:
            said = reach(process, memory, memory["host"], memory["port"], memory["hello"])
        except (Failed, wire.Lost) as error:
            return _refused(process, error)
        if said is None:
            return None
        memory.update(greeted=True, facts=said)
        if memory["prompting"]:
            process.write(
                f"Connected to {said['cluster']} at {memory['host']}:{memory['port']}\n[cqlsh {VERSION} | Cassandra "
                f"{said['version']} | CQL spec 3.4.7 | Native protocol v5]\nUse HELP for help.\n"
            )
    try:
        return _talk(process)
    except wire.Lost:
        process.write("NoHostAvailable: ('Unable to complete the operation against any hosts', {})\n", 2)
        return 1


def _begin(process: Process) -> int | None:
    options = Options(process.argv[1:], _VALUED, _LETTERS)
    if options.has("version"):
        process.write(f"cqlsh {VERSION}\n")
        return 0
    host = (options.words or [process.env.get("CQLSH_HOST") or "127.0.0.1"])[0]
    port = (options.words[1:] or [process.env.get("CQLSH_PORT") or "9042"])[0]
    text = options.values.get("execute")
    if options.has("file"):
        try:
            text = process.read_file(options.get("file")).decode("utf-8", "replace")
        except Errno as error:
            process.write(
                f"Can't open '{options.get('file')}': [Errno 2] {error.message}: '{options.get('file')}'\n", 2
            )
            return 1
    process.memory = {
        "host": host,
        "port": int(port) if port.isdigit() else 9042,
        "hello": {"cql": True},
        "greeted": False,
        "facts": {},
        "keyspace": options.get("keyspace"),
        "queue": [],
        "given": text is not None,
        "buffer": text or "",
        "line": 1,
        "prompting": text is None and on_terminal(process),
        "prompted": False,
        "waiting": None,
        "code": 0,
        "expand": False,
        "dialing": {},
    }
    if text is not None:
        _cut(process.memory, True)
    return None


def _refused(process: Process, error: Exception) -> int:
    memory = process.memory
    kind = error.kind if isinstance(error, Failed) else "refused"
    where = f"{memory['host']}:{memory['port']}"
    if kind in ("unknown", "unanswered"):
        what = "UnresolvableContactPoints({})"
        process.write(
            "Connection error: ('Unable to connect to any servers', {})\n"
            if kind == "unanswered"
            else f"Connection error: {what}\n",
            2,
        )
        return 1
    name, number, text = (
        ("ConnectionRefusedError", 111, "Connection refused") if kind == "refused" else ("OSError", 110, "timed out")
    )
    process.write(
        f"Connection error: ('Unable to connect to any servers', {{'{where}': {name}({number}, \"Tried connecting to "
        f"[('{memory['host']}', {memory['port']})]. Last error: {text}\")}})\n",
        2,
    )
    return 1


def _cut(memory: dict[str, Any], whole: bool) -> None:
    """Move what is whole from the buffer to the queue: statements up to their ;, commands up to their line's end."""
    text, at, quote = memory["buffer"], 0, ""
    start = 0
    while at < len(text):
        letter = text[at]
        word = text[start:].lstrip().split(None, 1)[0].rstrip(";").lower() if text[start:].strip() else ""
        command = word in _COMMANDS
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif text.startswith("--", at) or text.startswith("//", at):
            end = text.find("\n", at)
            alone = not text[start:at].strip()
            at = len(text) if end < 0 else end
            start = at if alone else start
            continue
        elif letter == ";" or (letter == "\n" and command):
            piece = text[start:at].strip()
            if piece.upper().startswith("BEGIN") and "APPLY BATCH" not in piece.upper():
                at += 1
                continue
            if piece:
                memory["queue"].append(piece)
            start = at + 1
        at += 1
    memory["buffer"] = text[start:]
    if whole:
        rest = memory["buffer"].strip()
        if rest and not all(line.strip().startswith(("--", "//")) for line in rest.split("\n")):
            memory["queue"].append(rest)
        memory["buffer"] = ""


def _talk(process: Process) -> int | None:
    memory = process.memory
    while True:
        if memory["waiting"] is not None:
            said = wire.receive(process, memory)
            if said is None:
                return None
            memory["waiting"] = None
            _heard(process, said)
            continue
        if memory["queue"]:
            if _ask(process, memory["queue"].pop(0)):
                return int(memory["code"])
            continue
        if memory["given"] or memory.get("done"):
            return int(memory["code"])
        if memory["prompting"] and not memory["prompted"]:
            name = f"cqlsh{':' + memory['keyspace'] if memory['keyspace'] else ''}> "
            process.write("... ".rjust(len(name)) if memory["buffer"].strip() else name)
            memory["prompted"] = True
        line = typed(process, memory)
        if line is None:
            return None
        memory["prompted"] = False
        if not line:
            memory["done"] = True
            _cut(memory, True)
            if memory["prompting"]:
                process.write("\n")
            continue
        memory["line"] += 1
        memory["buffer"] += line
        _cut(memory, False)


def _ask(process: Process, text: str) -> bool:
    """Run a command, or send a statement; return whether to leave."""
    memory = process.memory
    words = text.split()
    name, rest = words[0].lower(), words[1:]
    if name in ("exit", "quit"):
        return True
    if name in ("describe", "desc"):
        memory["waiting"] = text
        wire.send(process, {"describe": rest, "keyspace": memory["keyspace"]})
    elif name == "show":
        facts = memory["facts"]
        process.write(
            f"Connected to {facts['cluster']} at {memory['host']}:{memory['port']}\n"
            if rest and rest[0].upper() == "HOST"
            else f"[cqlsh {VERSION} | Cassandra {facts['version']} | CQL spec 3.4.7 | Native protocol v5]\n"
        )
    elif name == "source":
        path = " ".join(rest).strip("'")
        try:
            memory["buffer"] = process.read_file(path).decode("utf-8", "replace")
        except Errno:
            process.write(f"Could not open '{path}': [Errno 2] No such file or directory: '{path}'\n", 2)
            return False
        _cut(memory, True)
    elif name == "expand" and rest:
        memory["expand"] = rest[0].upper() == "ON"
        process.write(f"Now Expanded output is {'enabled' if memory['expand'] else 'disabled'}\n")
    elif name == "consistency":
        process.write(
            f"Consistency level set to {rest[0].upper()}.\n" if rest else "Current consistency level is ONE.\n"
        )
    elif name in _COMMANDS:
        process.write(
            {
                "tracing": "Tracing is disabled. Use TRACING ON to enable.\n",
                "paging": "Query paging is enabled.\n",
                "help": "\nDocumented shell commands:\n===========================\nCAPTURE  CLS          COPY  "
                "DESCRIBE  "
                "EXPAND  LOGIN   SERIAL  SOURCE   UNICODE\nCLEAR    CONSISTENCY  DESC  EXIT      HELP    PAGING  "
                "SHOW    TRACING\n\n",
            }.get(name, "")
        )
    else:
        memory["waiting"] = text
        wire.send(process, {"q": text, "keyspace": memory["keyspace"]})
    return False


def _heard(process: Process, said: dict[str, Any]) -> None:
    memory = process.memory
    if "error" in said:
        name, code, kind, message = said["error"]
        place = "" if memory["prompting"] else "<stdin>:1:" if memory["given"] else f"<stdin>:{memory['line']}:"
        told = message if code == 2400 or not code else f'Error from server: code={code} [{kind}] message="{message}"'
        process.write(f"{place}{name}: {told}\n" if name else f"{place}{message}\n", 2)
        memory["code"] = 2
        return
    if "text" in said:
        process.write(said["text"])
    if "keyspace" in said:
        memory["keyspace"] = said["keyspace"]
    if "columns" in said:
        process.write(_expanded(said) if memory["expand"] else table(said))


def table(said: dict[str, Any]) -> str:
    """Return rows as cqlsh shows them."""
    heads = [name for name, _ in said["columns"]]
    sizes = [max([len(head), *(len(row[at]) for row in said["rows"])]) for at, head in enumerate(heads)]
    out = "\n " + " | ".join(head.ljust(size) for head, size in zip(heads, sizes)).rstrip() + "\n"
    out += "-" + "-+-".join("-" * size for size in sizes) + "-\n"
    out += "".join(" " + " | ".join(cell.rjust(size) for cell, size in zip(row, sizes)) + "\n" for row in said["rows"])
    return out + f"\n({len(said['rows'])} rows)\n"


def _expanded(said: dict[str, Any]) -> str:
    heads = [name for name, _ in said["columns"]]
    wide = max(map(len, heads))
    out = "\n"
    for number, row in enumerate(said["rows"], 1):
        size = max(map(len, row))
        out += f"@ Row {number}\n-{'-' * wide}-+-{'-' * size}-\n"
        out += (
            "".join(f" {head.ljust(wide)} | {cell.ljust(size)}".rstrip() + "\n" for head, cell in zip(heads, row))
            + "\n"
        )
    return out + f"({len(said['rows'])} rows)\n"


PROGRAMS = {"cqlsh": run}
