"""redis-cli: a command of its arguments, of its input, or typed at a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bin.dialing import Failed, dial
from . import resp
from .dialogue import Options, begun, on_terminal, typed

if TYPE_CHECKING:
    from ..kernel.process import Process

SERVER = 5
_VALUED = frozenset(("host", "port", "pass", "user", "db", "repeat", "interval", "uri", "pattern", "delimiter"))
_LETTERS = {"h": "host", "p": "port", "a": "pass", "n": "db", "r": "repeat", "i": "interval", "u": "uri", "x": "stdin",
            "c": "cluster", "v": "version", "d": "delimiter", "3": "resp3", "e": "errors"}
_ERRORS = {"refused": "Connection refused", "unknown": "Name or service not known", "unanswered":
           "Temporary failure in name resolution", "timeout": "Connection timed out", "unreachable": "No route to host"}


def run(process: Process) -> int | None:
    """Play redis-cli."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    while True:
        if memory["stdin"] and not memory.get("read"):
            data = process.read(0)
            if data is None:
                return None
            if data:
                memory["last"] += data
                continue
            memory["read"] = True
            memory["queue"] = [[*words, bytes(memory["last"])] for words in memory["queue"]]
        if not memory["connected"]:
            found = _connect(process)
            if found is None:
                return None
            if not found:
                return 1
        if memory["waiting"]:
            reply = _receive(process)
            if reply is ...:
                return None
            if reply is None and SERVER not in process.fds:
                if not memory["prompting"]:
                    process.write("Error: Server closed the connection\n", 2)
                    return 1
                memory["connected"] = False
                continue
            _show(process, reply)
            continue
        if memory["queue"]:
            if memory["until"] > process.kernel.now:
                process.wait(until=memory["until"])
                return None
            if _ask(process, memory["queue"].pop(0)):
                return int(memory["code"])
            continue
        if memory["given"] or memory.get("done"):
            return int(memory["code"])
        ended = _more(process)
        if ended is None:
            return None
        memory["done"] = ended


def _begin(process: Process) -> int | None:
    argv = process.argv[1:]
    at = 0
    while at < len(argv) and argv[at].startswith("-"):  # what follows the options is a command
        word = argv[at]
        name = word[2:] if word.startswith("--") else _LETTERS.get(word[1:2], "")
        at += 2 if name in _VALUED and (word.startswith("--") or len(word) == 2) else 1
    options = Options(argv[:at], _VALUED, _LETTERS)
    words = [word.encode("utf-8", "surrogateescape") for word in argv[at:]]
    version = process.env.get("REDIS_VERSION") or "7.2.4"
    if options.has("version"):
        process.write(f"redis-cli {version}\n")
        return 0
    host, port = options.get("host", "127.0.0.1"), options.get("port", "6379")
    secret = options.get("pass") or process.env.get("REDISCLI_AUTH", "")
    if options.has("uri"):
        where = options.get("uri").partition("://")[2]
        who, mark, where = where.rpartition("@")
        secret = who.rpartition(":")[2] if mark else secret
        host, _, port = where.partition("/")[0].partition(":")
        port = port or "6379"
    if options.get("pass") and not options.has("no-auth-warning"):
        process.write(
            "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n", 2
        )
    first: list[list[bytes]] = []
    if secret:
        first.append([b"AUTH", secret.encode()])
    if options.get("db"):
        first.append([b"SELECT", options.get("db").encode()])
    repeat = int(options.get("repeat")) if options.get("repeat").isdigit() else 1
    if options.has("scan"):
        words = [b"KEYS", options.get("pattern", "*").encode()]
    process.memory = {
        "host": host,
        "port": int(port) if port.isdigit() else 6379,
        "connected": False,
        "dialing": {},
        "first": first,
        "queue": [words] * repeat if words else [],
        "given": bool(words),
        "prompting": not words and on_terminal(process),
        "raw": options.has("raw") or (not options.has("no-raw") and not on_terminal(process, 1)),
        "waiting": [],
        "code": 0,
        "got": bytearray(),
        "prompted": False,
        "db": options.get("db") or "0",
        "stdin": options.has("stdin"),
        "last": bytearray(),
        "until": 0.0,
        "interval": float(options.get("interval") or 0),
        "listening": False,
        "multi": False,
    }
    return None


def _connect(process: Process) -> bool | None:
    """Connect; False where it cannot, None where the process waits."""
    memory = process.memory
    host, port = memory["host"], memory["port"]
    try:
        connection = dial(process, memory["dialing"], host, port)
    except Failed as failed:
        process.write(f"Could not connect to Redis at {host}:{port}: {_ERRORS.get(failed.kind, failed.message)}\n", 2)
        if memory["prompting"] and not memory.get("refused"):
            memory["refused"] = True
        if not memory["prompting"]:
            return False
        memory["dialing"] = {}
        memory.update(connected=True, got=bytearray(), waiting=[])
        return True
    if connection is None:
        return None
    process.install(SERVER, connection)
    memory.update(connected=True, got=bytearray(), waiting=[], refused=False)
    for words in memory["first"]:
        connection.write(process.kernel, resp.command(words))
        memory["waiting"].append(["first", [word.decode() for word in words[:1]]])
    return True


def _receive(process: Process) -> Any:
    """Return the next reply; ... where the process waits, None with the connection closed at its end."""
    memory = process.memory
    while True:
        found = resp.unpack(bytes(memory["got"]))
        if found is not None:
            del memory["got"][:found[1]]
            return found[0]
        data = process.read(SERVER)
        if data is None:
            return ...
        if not data:
            process.close(SERVER)
            return None
        memory["got"] += data


def _ask(process: Process, words: list[bytes]) -> bool:
    """Send a command; return whether that was the last there is to do."""
    memory = process.memory
    name = words[0].decode("utf-8", "replace").lower() if words else ""
    if not words:
        return False
    if name in ("quit", "exit"):
        return True
    if name == "clear":
        return False
    if name == "help":
        process.write(
            f"redis-cli {process.env.get('REDIS_VERSION') or '7.2.4'}\nTo get help about Redis commands type:\n"
            '      "help @<group>" to get a list of commands in <group>\n'
            '      "help <command>" for help on <command>\n      "quit" to exit\n'
        )
        return False
    if SERVER not in process.fds:
        memory["connected"] = False
        memory["queue"].insert(0, words)
        if memory.pop("refused", False):
            memory["queue"].pop(0)
        return False
    process.descriptor(SERVER).write(process.kernel, resp.command([bytes(word) for word in words]))
    memory["waiting"].append(["asked", [word.decode("utf-8", "replace") for word in words]])
    if memory["interval"]:
        memory["until"] = process.kernel.now + memory["interval"]
    return False


def _show(process: Process, reply: Any) -> None:
    memory = process.memory
    kind, words = memory["waiting"].pop(0)
    if kind == "first":
        if isinstance(reply, resp.Problem):
            process.write(f"{'AUTH failed: ' if words[0] == 'AUTH' else ''}{reply}\n", 2)
        return
    name = words[0].lower()
    if name == "select" and reply == "OK":
        memory["db"] = words[1]
    if name in ("subscribe", "psubscribe"):
        if not memory["listening"]:
            memory["listening"] = True
            if not memory["raw"]:
                process.write("Reading messages... (press Ctrl-C to quit)\n")
        memory["waiting"].append([kind, words])
    memory["multi"] = name == "multi" or (memory["multi"] and name not in ("exec", "discard"))
    if memory["raw"]:
        process.write(resp.raw(reply) + "\n")
    elif name in ("info", "cluster") or (name == "client" and len(words) > 1 and words[1].lower() == "list"):
        process.write(resp.raw(reply) + ("" if isinstance(reply, bytes) and reply.endswith(b"\n") else "\n"))
    else:
        process.write(resp.shown(reply))
    if isinstance(reply, resp.Problem) and memory["given"]:
        memory["code"] = 0


def _more(process: Process) -> bool | None:
    memory = process.memory
    if memory["prompting"] and not memory["prompted"]:
        where = f"{memory['host']}:{memory['port']}" if SERVER in process.fds else "not connected"
        process.write(f"{where}{'[' + memory['db'] + ']' if memory['db'] != '0' and SERVER in process.fds else ''}"
                      f"{'(TX)' if memory['multi'] else ''}> ")
        memory["prompted"] = True
    line = typed(process, memory)
    if line is None:
        return None
    memory["prompted"] = False
    if not line:
        if memory["prompting"]:
            process.write("\n")
        return True
    words = resp.words(line)
    if words is None:
        process.write("Invalid argument(s)\n")
        return False
    repeat = 1
    if len(words) > 1 and words[0].isdigit():
        repeat, words = min(int(words[0]), 10_000), words[1:]
    if words:
        memory["queue"] += [words] * repeat
    return False


PROGRAMS = {"redis-cli": run}
