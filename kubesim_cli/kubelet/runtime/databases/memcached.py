"""memcached: its text protocol, over memory that goes with the process (doc/protocol.txt of memcached)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..kernel.errors import Errno
from ..kernel.network import Connection, listen
from . import answering
from .dialogue import Options

if TYPE_CHECKING:
    from ..kernel.process import Process

LONGEST_KEY, LARGEST = 250, 1 << 20
_STORES = ("set", "add", "replace", "append", "prepend", "cas")
_VALUED = frozenset(("port", "udp-port", "listen", "user", "memory-limit", "conn-limit", "threads", "max-item-size"))
_LETTERS = {
    "p": "port",
    "U": "udp-port",
    "l": "listen",
    "u": "user",
    "m": "memory-limit",
    "c": "conn-limit",
    "t": "threads",
    "I": "max-item-size",
    "v": "verbose",
    "d": "daemon",
    "h": "help",
    "V": "version",
}
MONTH = 60 * 60 * 24 * 30  # seconds; what is longer is a moment since 1970


def run(process: Process) -> int | None:
    """Play memcached."""
    memory = process.memory
    if memory is None:
        options = Options(process.argv[1:], _VALUED, _LETTERS)
        version = process.env.get("MEMCACHED_VERSION") or "1.6.39"
        if options.has("version"):
            process.write(f"memcached {version}\n")
            return 0
        if process.user.uid == 0 and not options.has("user"):
            process.write("can't run as root without the -u switch\n", 2)
            return 71
        port, limit = options.get("port", "11211"), options.get("memory-limit", "64")
        memory = process.memory = {
            "items": {},
            "clients": [],
            "next": answering.FIRST,
            "version": version,
            "cas": 0,
            "since": process.kernel.now,
            "limit": int(limit) if limit.isdigit() else 64,
            "counts": {},
            "got": {},
        }
        try:
            process.install(answering.LISTENER, listen(process, int(port) if port.isdigit() else 11211))
        except Errno as error:
            process.write(f"failed to listen on TCP port {port}: {error.message}\n", 2)
            return 71
        process.trapped = frozenset(("TERM", "INT"))
    if process.pending:
        process.write(
            "Signal handled: Terminated.\n" if process.pending[0] == "TERM" else "Signal handled: Interrupt.\n"
        )
        return 0
    keys: list[object] = []
    answering.take(process, keys, _hear)
    memory["got"] = {fd: data for fd, data in memory["got"].items() if fd in process.fds}
    process.wait(*keys)
    return None


def _hear(process: Process, fd: int, connection: Connection) -> None:
    data: bytearray = process.memory["got"].setdefault(fd, bytearray())
    while more := connection.read(process.kernel, 1 << 20):
        data += more
    while fd in process.fds and b"\n" in data:
        line, _, rest = bytes(data).partition(b"\n")
        words = line.decode("utf-8", "replace").split()
        taken = len(line) + 1
        block = b""
        if words and words[0] in _STORES and len(words) >= 5 and words[4].isdigit():
            size = int(words[4])
            end = rest.find(b"\n", size)
            if end < 0:
                return  # the data is still to come
            block = rest[:end].removesuffix(b"\r")
            taken += end + 1
        del data[:taken]
        process.work(20 + taken // 64)
        answer = _answer(process, words, block)
        if answer is None:
            answering.hang_up(process, fd)
            return
        if words[-1:] != ["noreply"] and answer:
            answering.say(process, fd, answer)


def _answer(process: Process, words: list[str], block: bytes) -> bytes | None:
    """Return what a command is answered with, None for quit."""
    name, memory = words[0] if words else "", process.memory
    _forget(process)
    if name == "quit":
        return None
    if name in _STORES:
        return _store(process, words, block)
    if name in ("get", "gets", "gat", "gats"):
        return _get(process, words)
    if name in ("delete", "touch", "incr", "decr"):
        return _change(process, words)
    if name == "flush_all":
        memory["items"].clear()
        return b"OK\r\n"
    if name == "version":
        return f"VERSION {memory['version']}\r\n".encode()
    if name == "verbosity":
        return b"OK\r\n"
    return _stats(process, words[1:]) if name == "stats" else b"ERROR\r\n"


def _forget(process: Process) -> None:
    """Drop what has had its time."""
    items = process.memory["items"]
    for key in [
        key for key, item in items.items() if item["until"] is not None and item["until"] <= process.kernel.now
    ]:
        del items[key]


def _until(process: Process, word: str) -> float | None:
    """Return the moment that an expiry means, None: never."""
    seconds = int(word) if word.lstrip("-").isdigit() else 0
    if seconds <= 0:
        return None if seconds == 0 else process.kernel.now
    return float(seconds) if seconds > MONTH else process.kernel.now + seconds


def _count(process: Process, name: str) -> None:
    counts = process.memory["counts"]
    counts[name] = counts.get(name, 0) + 1


def _store(process: Process, words: list[str], block: bytes) -> bytes:
    memory = process.memory
    if len(words) < 5 or not words[4].isdigit() or len(words[1]) > LONGEST_KEY:
        return b"CLIENT_ERROR bad command line format\r\n" if len(words) > 4 else b"ERROR\r\n"
    name, key, size = words[0], words[1], int(words[4])
    if len(block) != size:
        return b"CLIENT_ERROR bad data chunk\r\n"
    if size > LARGEST:
        return b"SERVER_ERROR object too large for cache\r\n"
    _count(process, "cmd_set")
    known = memory["items"].get(key)
    if name == "cas":
        if known is None:
            return b"NOT_FOUND\r\n"
        if str(known["cas"]) != words[5]:
            return b"EXISTS\r\n"
    if (name == "add" and known) or (name in ("replace", "append", "prepend") and known is None):
        return b"NOT_STORED\r\n"
    flags, until = words[2], _until(process, words[3])
    if name in ("append", "prepend"):
        flags, until = known["flags"], known["until"]
        block = bytes(known["data"]) + block if name == "append" else block + bytes(known["data"])
    memory["cas"] += 1
    memory["items"].pop(key, None)
    memory["items"][key] = {"flags": flags, "until": until, "data": block, "cas": memory["cas"]}
    _make_room(memory)
    return b"STORED\r\n"


def _make_room(memory: dict[str, Any]) -> None:
    """Drop what was not used for the longest time."""
    most = memory["limit"] << 20
    used = sum(len(key) + len(item["data"]) + 56 for key, item in memory["items"].items())
    while used > most and memory["items"]:
        key = next(iter(memory["items"]))
        item = memory["items"].pop(key)
        used -= len(key) + len(item["data"]) + 56


def _get(process: Process, words: list[str]) -> bytes:
    memory, out = process.memory, b""
    keys = words[2:] if words[0].startswith("gat") else words[1:]
    if not keys:
        return b"ERROR\r\n"
    for key in keys:
        _count(process, "cmd_get")
        item = memory["items"].pop(key, None)
        _count(process, "get_misses" if item is None else "get_hits")
        if item is None:
            continue
        memory["items"][key] = item  # behind those that were not used for longer
        if words[0].startswith("gat"):
            item["until"] = _until(process, words[1])
        cas = f" {item['cas']}" if words[0].endswith("s") else ""
        out += f"VALUE {key} {item['flags']} {len(item['data'])}{cas}\r\n".encode() + bytes(item["data"]) + b"\r\n"
    return out + b"END\r\n"


def _change(process: Process, words: list[str]) -> bytes:
    memory, name = process.memory, words[0]
    if len(words) < (2 if name == "delete" else 3):
        return b"ERROR\r\n"
    item = memory["items"].get(words[1])
    if item is None:
        return b"NOT_FOUND\r\n"
    if name == "delete":
        del memory["items"][words[1]]
        return b"DELETED\r\n"
    if name == "touch":
        item["until"] = _until(process, words[2])
        return b"TOUCHED\r\n"
    if not words[2].isdigit():
        return b"CLIENT_ERROR invalid numeric delta argument\r\n"
    if not bytes(item["data"]).strip().isdigit():
        return b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"
    value = int(bytes(item["data"]))
    value = (value + int(words[2])) % (1 << 64) if name == "incr" else max(0, value - int(words[2]))
    item["data"] = str(value).encode()
    return f"{value}\r\n".encode()


def _stats(process: Process, words: list[str]) -> bytes:
    memory = process.memory
    if words[:1] == ["reset"]:
        memory["counts"].clear()
        return b"RESET\r\n"
    if words:
        return b"END\r\n"
    counts, items = memory["counts"], memory["items"]
    found = {
        "pid": process.pid,
        "uptime": int(process.kernel.now - memory["since"]),
        "time": int(process.kernel.now),
        "version": memory["version"],
        "pointer_size": 64,
        "curr_connections": len(memory["clients"]),
        **{name: counts.get(name, 0) for name in ("cmd_get", "cmd_set", "get_hits", "get_misses")},
        "bytes": sum(len(key) + len(item["data"]) + 56 for key, item in items.items()),
        "curr_items": len(items),
        "limit_maxbytes": memory["limit"] << 20,
        "threads": 4,
        "evictions": 0,
    }
    return "".join(f"STAT {name} {value}\r\n" for name, value in found.items()).encode() + b"END\r\n"


PROGRAMS = {"memcached": run}
