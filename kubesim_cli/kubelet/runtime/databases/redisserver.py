"""redis-server: configuration, connections that speak RESP, transactions, blocking, publishing, replication, files.

The data stands in the process's memory (redisdata.py). It is written to dump.rdb, in a form of our own, at SAVE and at
the end, and with `appendonly yes` each command to appendonly.aof, as the real one would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..kernel.errors import Errno
from ..kernel.network import Connection, Listener, connect, listen
from . import redisdata, resp
from .rediskeys import Keys, text
from .redisorders import command
from .redisstate import (
    FIRST,
    LISTENER,
    SETTINGS,
    SOURCE,
    act,
    hang_up,
    log,
    path_of,
    restored,
    save,
    send,
    size,
    spread,
)
from .resp import Problem

if TYPE_CHECKING:
    from ..kernel.process import Process

RETRY = 1.0


def _configure(process: Process) -> tuple[dict[str, str], str]:
    """Return settings, and why there are none."""
    found, words = dict(SETTINGS), process.argv[1:]
    lines: list[list[str]] = []
    if words and not words[0].startswith("-"):
        try:
            content = process.read_file(words[0]).decode("utf-8", "replace")
        except Errno as error:
            return found, f"Fatal error, can't open config file '{words[0]}': {error.message}"
        lines += [line.split() for line in content.splitlines()]
        words = words[1:]
    while words:
        word = words.pop(0)
        line = [word.lstrip("-")]
        while words and not (words[0].startswith("--") and words[0][2:3].isalpha()):
            line.append(words.pop(0))
        lines.append(line)
    for line in lines:
        if not line or line[0].startswith("#"):
            continue
        name = {"slaveof": "replicaof"}.get(line[0].lower(), line[0].lower())
        found[name] = " ".join(each.strip("\"'") for each in line[1:])
    found["maxmemory"] = size(found["maxmemory"])
    return found, ""


def run(process: Process) -> int | None:
    """Play redis-server."""
    memory = process.memory
    if memory is None:
        version = process.env.get("REDIS_VERSION") or "7.2.4"
        if "-v" in process.argv or "--version" in process.argv:
            process.write(f"Redis server v={version} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0\n")
            return 0
        settings, trouble = _configure(process)
        memory = process.memory = {"source": None, "settings": settings, "version": version, "data": {}, "clients": {},
                                   "next": FIRST, "connected": False, "got": bytearray(), "retry": 0.0, "offset": 0,
                                   "blocked": [], "channels": {}, "saved": process.kernel.now, "commands": 0}
        if trouble:
            log(process, f"# {trouble}", "C")
            return 1
        code = _start(process)
        if code is not None:
            return code
    if process.pending:
        return _end(process, process.pending[0])
    _serve(process)
    return None


def _start(process: Process) -> int | None:
    memory = process.memory
    settings, version = memory["settings"], memory["version"]
    log(process, "* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", "C")
    log(
        process,
        f"* Redis version={version}, bits=64, commit=00000000, modified=0, pid={process.pid}, just started",
        "C",
    )
    if len(process.argv) == 1:
        log(
            process,
            "# Warning: no config file specified, using the default config. In order to specify a config file use "
            "redis-server /path/to/redis.conf",
            "C",
        )
    else:
        log(process, "* Configuration loaded", "C")
    source = settings.get("replicaof", "").split()
    memory["source"] = source[:2] if len(source) > 1 and source[0] != "no" else None
    port = int(settings["port"]) if settings["port"].isdigit() else 6379
    try:
        host = (
            "127.0.0.1"
            if settings["bind"].split()[:1] == ["127.0.0.1"] and "0.0.0.0" not in settings["bind"]
            else "0.0.0.0"
        )
        process.install(LISTENER, listen(process, port, host))
    except Errno as error:
        log(process, f"# Warning: Could not create server TCP listening socket *:{port}: bind: {error.message}")
        log(process, f"# Failed listening on port {port} (tcp), aborting.")
        return 1
    process.trapped = frozenset(("TERM", "INT"))
    log(process, f"* Running mode=standalone, port={port}.")
    _load(process)
    log(process, "* Server initialized")
    log(process, "* Ready to accept connections tcp")
    return None


def _end(process: Process, signal: str) -> int:
    log(process, "* User requested shutdown..." if signal != "TERM" else "* Received SIGTERM scheduling shutdown...")
    if process.memory["settings"]["save"] and process.memory["settings"]["appendonly"] != "yes":
        log(process, "* Saving the final RDB snapshot before exiting.")
        if save(process):
            log(process, "* DB saved on disk")
    log(process, "# Redis is now ready to exit, bye bye...")
    return 0


# Files


def _load(process: Process) -> None:
    memory = process.memory
    only = memory["settings"]["appendonly"] == "yes"
    try:
        data = process.read_file(path_of(process, "appendonly.aof" if only else memory["settings"]["dbfilename"]))
    except Errno:
        return
    try:
        if not only:
            memory["data"] = restored(data)
            log(process, "* DB loaded from disk: 0.000 seconds")
            return
        at, database = 0, "0"
        while (found := resp.unpack(data, at)) is not None:
            words, at = [bytes(each) for each in found[0]], found[1]
            if words[0] == b"SELECT":
                database = text(words[1])
            elif words[0] in (b"FLUSHALL",):
                memory["data"].clear()
            else:
                redisdata.run(
                    Keys(memory["data"].setdefault(database, {}), process.kernel.now, process.space.random), words
                )
        log(process, "* DB loaded from append only file: 0.000 seconds")
    except (ValueError, KeyError, IndexError, TypeError):
        log(process, "# Bad file format reading the RDB file: the server starts without its data")


# Connections

def _serve(process: Process) -> None:
    memory = process.memory
    listener = process.descriptor(LISTENER)
    assert isinstance(listener, Listener)
    while (connection := listener.accept()) is not None:
        process.install(memory["next"], connection)
        memory["clients"][memory["next"]] = {"db": "0", "queue": None, "broken": False, "name": "", "in": not memory[
            "settings"]["requirepass"], "replica": False, "channels": [], "peer": connection.peer}
        memory["next"] += 1
    keys: list[object] = [listener]
    until = _follow(process, keys)
    for fd in sorted(fd for fd in process.fds if fd >= FIRST):
        found = process.fds[fd]
        if isinstance(found, Connection) and _hear(process, fd, found):
            keys.append(found.key)
    for blocked in memory["blocked"]:
        if blocked[2] and process.kernel.now >= blocked[2]:
            send(process, blocked[0], None)
    memory["blocked"] = [each for each in memory["blocked"] if not each[2] or process.kernel.now < each[2]]
    times = [each[2] for each in memory["blocked"] if each[2]] + ([until] if until is not None else [])
    process.wait(*keys, until=min(times, default=None))


def _hear(process: Process, fd: int, connection: Connection) -> bool:
    """Answer what has come on a connection; return whether it is still open."""
    memory = process.memory
    data = connection.incoming.data
    while fd in process.fds and data and all(each[0] != fd for each in memory["blocked"]):
        try:
            found = resp.request(bytes(data))
        except (ValueError, TypeError):
            send(process, fd, Problem("ERR Protocol error"))
            hang_up(process, fd)
            return False
        if found is None:
            break
        words, size_ = found
        del data[:size_]
        process.work(20 + size_ // 64)
        if words:
            memory["commands"] += 1
            reply = command(process, fd, words)
            if reply is not ...:
                send(process, fd, reply)
    if fd in process.fds and not connection.incoming.writers and not data:
        hang_up(process, fd)
    return fd in process.fds


# Commands of connections and of the server


# A replica's side

def _follow(process: Process, keys: list[object]) -> float | None:
    """Keep up with the source; return when to try again."""
    memory = process.memory
    if not memory["source"]:
        return None
    if SOURCE not in process.fds:
        if process.kernel.now < memory["retry"]:
            return float(memory["retry"])
        if not _dial(process):
            memory["retry"] = process.kernel.now + RETRY
            return float(memory["retry"])
    connection = process.fds[SOURCE]
    while True:
        data = connection.read(process.kernel, 1 << 16)
        if data is None:
            break
        if not data:
            process.close(SOURCE)
            memory.update(connected=False, got=bytearray(), retry=process.kernel.now + RETRY)
            log(process, "* Connection with master lost.")
            return float(memory["retry"])
        memory["got"] += data
    _take(process)
    if SOURCE in process.fds:
        keys.append(connection.key)
        return None
    return float(memory["retry"])


def _dial(process: Process) -> bool:
    from ..bin.resolver import lookup

    memory = process.memory
    host, port = memory["source"]
    log(process, f"* Connecting to MASTER {host}:{port}")
    address = host if host.replace(".", "").isdigit() else next(iter(lookup(process, host).addresses), "")
    try:
        if not address:
            raise Errno("ECONNREFUSED")
        process.install(SOURCE, connect(process.kernel, process.space, address, int(port)))
    except Errno as error:
        log(process, f"# Error condition on socket for SYNC: {error.message}" if address else
             "# Unable to connect to MASTER: Name or service not known")
        return False
    log(process, "* MASTER <-> REPLICA sync started")
    secret = memory["settings"]["masterauth"]
    memory.update(got=bytearray(), synced=False, database="0")
    process.fds[SOURCE].write(process.kernel, (resp.command([b"AUTH", secret.encode()]) if secret else b"")
                              + resp.command([b"PSYNC", b"?", b"-1"]))
    return True


def _take(process: Process) -> None:
    """Take in what the source has sent: all data at first, then its commands."""
    memory = process.memory
    got: bytearray = memory["got"]
    at, data = 0, bytes(got)
    while (found := resp.unpack(data, at)) is not None:
        value, at = found
        if isinstance(value, Problem):
            log(process, f"# Unable to PSYNC with master: {value}")
            process.close(SOURCE)
            memory["retry"] = process.kernel.now + RETRY
            break
        if isinstance(value, (bytes, bytearray)) and not memory["synced"]:
            memory.update(data=restored(bytes(value)), synced=True, connected=True)
            log(process, "* MASTER <-> REPLICA sync: Finished with success")
        elif isinstance(value, list):
            words = [bytes(each) for each in value]
            process.work(20)
            if words[0] == b"SELECT":
                memory["database"] = text(words[1])
            elif words[0] == b"FLUSHALL":
                memory["data"].clear()
                spread(process, "0", words)
            else:
                act(process, memory["database"], words, applied=True)
    del got[:at]


PROGRAMS = {"redis-server": run}
