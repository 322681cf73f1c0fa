"""redis-server: configuration, connections that speak RESP, transactions, blocking, publishing, replication, files.

The data stands in the process's memory (redisdata.py). It is written to dump.rdb, in a form of our own, at SAVE and at
the end, and with `appendonly yes` each command to appendonly.aof, as the real one would.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import Connection, Listener, connect, listen
from . import redisdata, resp, serving
from .redisdata import OK, QUEUED, Failed, Keys, number, text
from .resp import Problem, Status

if TYPE_CHECKING:
    from ..kernel.process import Process

LISTENER, SOURCE, FIRST = 5, 4, 6
RETRY = 1.0
_SETTINGS = {
    "maxmemory": "0", "maxmemory-policy": "noeviction", "maxmemory-samples": "5", "maxmemory-eviction-tenacity": "10",
    "maxmemory-clients": "0", "appendonly": "no", "appendfsync": "everysec", "save": "3600 1 300 100 60 10000",
    "requirepass": "", "masterauth": "", "port": "6379", "bind": "* -::*", "dir": "/data", "dbfilename": "dump.rdb",
    "databases": "16", "timeout": "0", "tcp-keepalive": "300", "loglevel": "notice", "logfile": "",
    "maxclients": "10000", "protected-mode": "no", "replica-read-only": "yes", "slave-read-only": "yes",
    "cluster-enabled": "no", "daemonize": "no", "hz": "10", "lua-time-limit": "5000", "notify-keyspace-events": "",
    "replica-priority": "100", "tcp-backlog": "511", "slowlog-log-slower-than": "10000", "slowlog-max-len": "128",
    "replica-serve-stale-data": "yes", "repl-diskless-sync": "yes", "activerehashing": "yes",
    "proto-max-bulk-len": "536870912", "min-replicas-to-write": "0",
}
_UNITS = {"k": 1000, "kb": 1024, "m": 1000 ** 2, "mb": 1024 ** 2, "g": 1000 ** 3, "gb": 1024 ** 3}


def size(value: str) -> str:
    """Return a number of bytes, 2mb, in digits."""
    lower = value.lower()
    digits = lower.rstrip("kmgb")
    return str(int(digits) * _UNITS.get(lower[len(digits):], 1)) if digits.isdigit() else value


def _configure(process: Process) -> tuple[dict[str, str], str]:
    """Return settings, and why there are none."""
    found, words = dict(_SETTINGS), process.argv[1:]
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


def _log(process: Process, what: str, role: str = "") -> None:
    role = role or ("S" if process.memory["source"] else "M")
    when = strftime("%d %b %Y %H:%M:%S", process.kernel.now)
    process.write(f"{process.pid}:{role} {when}.{f'{process.kernel.now % 1:.3f}'[2:]} {what}\n")


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
            _log(process, f"# {trouble}", "C")
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
    _log(process, "* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", "C")
    _log(
        process,
        f"* Redis version={version}, bits=64, commit=00000000, modified=0, pid={process.pid}, just started",
        "C",
    )
    if len(process.argv) == 1:
        _log(
            process,
            "# Warning: no config file specified, using the default config. In order to specify a config file use "
            "redis-server /path/to/redis.conf",
            "C",
        )
    else:
        _log(process, "* Configuration loaded", "C")
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
        _log(process, f"# Warning: Could not create server TCP listening socket *:{port}: bind: {error.message}")
        _log(process, f"# Failed listening on port {port} (tcp), aborting.")
        return 1
    process.trapped = frozenset(("TERM", "INT"))
    _log(process, f"* Running mode=standalone, port={port}.")
    _load(process)
    _log(process, "* Server initialized")
    _log(process, "* Ready to accept connections tcp")
    return None


def _end(process: Process, signal: str) -> int:
    _log(process, "* User requested shutdown..." if signal != "TERM" else "* Received SIGTERM scheduling shutdown...")
    if process.memory["settings"]["save"] and process.memory["settings"]["appendonly"] != "yes":
        _log(process, "* Saving the final RDB snapshot before exiting.")
        if _save(process):
            _log(process, "* DB saved on disk")
    _log(process, "# Redis is now ready to exit, bye bye...")
    return 0


# Files

def _path(process: Process, name: str) -> str:
    folder = process.memory["settings"]["dir"]
    folder = process.cwd if folder in (".", "./") else folder
    return f"{folder.rstrip('/')}/{name}"


def _snapshot(process: Process) -> bytes:
    """Return all data as one text."""
    def stored(value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).decode("latin-1")
        if isinstance(value, list):
            return [stored(each) for each in value]
        return {name: stored(each) for name, each in value.items()} if isinstance(value, dict) else value

    return b"REDIS" + json.dumps(stored(process.memory["data"])).encode() + b"\n"


def _restored(data: bytes) -> dict[str, Any]:
    def value(kind: str, found: Any) -> Any:
        if kind == "s":
            return found.encode("latin-1")
        if kind == "l":
            return [each.encode("latin-1") for each in found]
        return {name: each.encode("latin-1") for name, each in found.items()} if kind == "h" else found

    found = json.loads(data.removeprefix(b"REDIS"))
    return {number: {key: [kind, value(kind, inside), expiry] for key, (kind, inside, expiry) in keys.items()}
            for number, keys in found.items()}


def _save(process: Process) -> bool:
    try:
        serving.put(process, _path(process, process.memory["settings"]["dbfilename"]), _snapshot(process), "redis")
    except Errno as error:
        _log(process, f"# Failed opening the temp RDB file for saving: {error.message}")
        return False
    process.memory["saved"] = process.kernel.now
    return True


def _load(process: Process) -> None:
    memory = process.memory
    only = memory["settings"]["appendonly"] == "yes"
    try:
        data = process.read_file(_path(process, "appendonly.aof" if only else memory["settings"]["dbfilename"]))
    except Errno:
        return
    try:
        if not only:
            memory["data"] = _restored(data)
            _log(process, "* DB loaded from disk: 0.000 seconds")
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
        _log(process, "* DB loaded from append only file: 0.000 seconds")
    except (ValueError, KeyError, IndexError, TypeError):
        _log(process, "# Bad file format reading the RDB file: the server starts without its data")


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
            _send(process, blocked[0], None)
    memory["blocked"] = [each for each in memory["blocked"] if not each[2] or process.kernel.now < each[2]]
    times = [each[2] for each in memory["blocked"] if each[2]] + ([until] if until is not None else [])
    process.wait(*keys, until=min(times, default=None))


def _send(process: Process, fd: int, value: Any) -> None:
    if fd in process.fds:
        try:
            process.descriptor(fd).write(process.kernel, resp.pack(value))
        except Errno:
            _hang_up(process, fd)


def _hang_up(process: Process, fd: int) -> None:
    memory = process.memory
    memory["clients"].pop(fd, None)
    memory["blocked"] = [each for each in memory["blocked"] if each[0] != fd]
    process.close(fd)


def _hear(process: Process, fd: int, connection: Connection) -> bool:
    """Answer what has come on a connection; return whether it is still open."""
    memory = process.memory
    data = connection.incoming.data
    while fd in process.fds and data and all(each[0] != fd for each in memory["blocked"]):
        try:
            found = resp.request(bytes(data))
        except (ValueError, TypeError):
            _send(process, fd, Problem("ERR Protocol error"))
            _hang_up(process, fd)
            return False
        if found is None:
            break
        words, size_ = found
        del data[:size_]
        process.work(20 + size_ // 64)
        if words:
            memory["commands"] += 1
            reply = _command(process, fd, words)
            if reply is not ...:
                _send(process, fd, reply)
    if fd in process.fds and not connection.incoming.writers and not data:
        _hang_up(process, fd)
    return fd in process.fds


def _command(process: Process, fd: int, words: list[bytes]) -> Any:
    """Return the reply to a command; ... where it comes later or has been sent."""
    memory = process.memory
    client = memory["clients"][fd]
    name = text(words[0]).upper()
    if not client["in"] and name not in ("AUTH", "HELLO", "QUIT"):
        return Problem("NOAUTH Authentication required.")
    if client["queue"] is not None and name not in ("EXEC", "DISCARD", "MULTI", "WATCH", "QUIT", "RESET"):
        trouble = _wrong(name, words)
        if trouble is not None:
            client["broken"] = True
            return trouble
        client["queue"].append(words)
        return QUEUED
    own = _OWN.get(name)
    try:
        if own is not None:
            return own(process, fd, words)
    except (Failed, IndexError) as error:
        return Problem(str(error) if isinstance(error, Failed) else
                       f"ERR wrong number of arguments for '{name.lower()}' command")
    return _wrong(name, words) or _data(process, client["db"], words)


def _wrong(name: str, words: list[bytes]) -> Problem | None:
    if name in _OWN:
        return None
    if name not in redisdata.COMMANDS:
        args = "".join(f"'{text(word)[:128]}' " for word in words[1:21])
        return Problem(f"ERR unknown command '{text(words[0])[:128]}', with args beginning with: {args}")
    _, least, most, _ = redisdata.COMMANDS[name]
    if len(words) - 1 < least or (most is not None and len(words) - 1 > most):
        return Problem(f"ERR wrong number of arguments for '{name.lower()}' command")
    return None


def _used(process: Process) -> int:
    data = process.memory["data"]
    return 900_000 + sum(56 + len(key) + (len(entry[1]) if entry[0] == "s" else 40 * len(entry[1]))
                         for keys in data.values() for key, entry in keys.items())


def _data(process: Process, database: str, words: list[bytes], applied: bool = False) -> Any:
    """Run a command of the data; tell replicas and the file of it."""
    memory = process.memory
    writes = redisdata.COMMANDS[text(words[0]).upper()][3]
    settings = memory["settings"]
    if writes and not applied:
        if memory["source"] and settings["replica-read-only"] == "yes":
            return Problem("READONLY You can't write against a read only replica.")
        most = int(settings["maxmemory"]) if settings["maxmemory"].isdigit() else 0
        grows = text(words[0]).upper() not in (
            "DEL",
            "UNLINK",
            "EXPIRE",
            "FLUSHDB",
            "LPOP",
            "RPOP",
            "SREM",
            "HDEL",
            "ZREM",
        )
        if most and grows and _used(process) > most and not _evict(process, most):
            return Problem("OOM command not allowed when used memory > 'maxmemory'.")
    keys = Keys(memory["data"].setdefault(database, {}), process.kernel.now, process.space.random)
    reply = redisdata.run(keys, words)
    if keys.changed:
        _spread(process, database, _replayed(words, reply, process.kernel.now))
        if memory["blocked"] and not applied:
            _unblock(process)
    return reply


def _replayed(words: list[bytes], reply: Any, now: float) -> list[bytes]:
    """Return a command as it is done again: what chance took is named, and times are absolute."""
    name = text(words[0]).upper()
    if name == "SPOP":
        return [b"SREM", words[1], *(reply if isinstance(reply, list) else [reply])]
    if name in ("EXPIRE", "PEXPIRE"):
        span = number(words[2]) * (1000 if name == "EXPIRE" else 1)
        return [b"PEXPIREAT", words[1], b"%d" % (int(now * 1000) + span)]
    if name in ("SETEX", "PSETEX"):
        span = number(words[2]) * (1000 if name == "SETEX" else 1)
        return [b"SET", words[1], words[3], b"PXAT", b"%d" % (int(now * 1000) + span)]
    if name == "SET":
        options = [text(word).upper() for word in words]
        for option, unit in (("EX", 1000), ("PX", 1)):
            if option in options[3:]:
                at = options.index(option, 3)
                return [b"SET", words[1], words[2], b"PXAT", b"%d" % (int(now * 1000) + number(words[at + 1]) * unit)]
    return words


def _evict(process: Process, most: int) -> bool:
    """Make room as maxmemory-policy says; return whether there is."""
    memory = process.memory
    policy = memory["settings"]["maxmemory-policy"]
    if policy == "noeviction":
        return False
    for database, keys in memory["data"].items():
        for key in list(keys):
            if _used(process) <= most:
                return True
            if policy.startswith("allkeys") or keys[key][2] is not None:
                del keys[key]
                _spread(process, database, [b"DEL", redisdata.octets(key)])
    return _used(process) <= most


def _spread(process: Process, database: str, words: list[bytes]) -> None:
    """Send a command that has written to replicas and to the append-only file."""
    memory = process.memory
    sent = resp.command([b"SELECT", database.encode()]) + resp.command(words)
    if memory["source"] or any(client["replica"] for client in memory["clients"].values()):
        memory["offset"] += len(sent)
    for fd, client in list(memory["clients"].items()):
        if client["replica"] and fd in process.fds:
            try:
                process.descriptor(fd).write(process.kernel, sent)
            except Errno:
                _hang_up(process, fd)
    if memory["settings"]["appendonly"] == "yes":
        path = _path(process, "appendonly.aof")
        try:
            before = process.read_file(path)
        except Errno:
            before = b""
        try:
            if before:
                process.open(path, "a").write(process.kernel, sent)
            else:
                serving.put(process, path, sent, "redis")
        except Errno as error:
            _log(process, f"# Error writing to the AOF file: {error.message}")


# Commands of connections and of the server

def _ping(process: Process, fd: int, words: list[bytes]) -> Any:
    return words[1] if len(words) > 1 else Status("PONG")


def _select(process: Process, fd: int, words: list[bytes]) -> Any:
    if not 0 <= number(words[1]) < int(process.memory["settings"]["databases"]):
        return Problem("ERR DB index is out of range")
    process.memory["clients"][fd]["db"] = str(number(words[1]))
    return OK


def _auth(process: Process, fd: int, words: list[bytes]) -> Any:
    secret = process.memory["settings"]["requirepass"]
    if not secret:
        return Problem(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your "
            "configuration is correct?"
        )
    if text(words[-1]) != secret:
        return Problem("WRONGPASS invalid username-password pair or user is disabled.")
    process.memory["clients"][fd]["in"] = True
    return OK


def _quit(process: Process, fd: int, words: list[bytes]) -> Any:
    _send(process, fd, OK)
    _hang_up(process, fd)
    return ...


def _client(process: Process, fd: int, words: list[bytes]) -> Any:
    client = process.memory["clients"][fd]
    what = text(words[1]).upper()
    if what == "GETNAME":
        return client["name"].encode() or None
    if what == "SETNAME":
        client["name"] = text(words[2])
    elif what == "ID":
        return fd
    elif what in ("LIST", "INFO"):
        return "".join(f"id={number_} addr={each['peer']}:{40000 + number_} name={each['name']} db={each['db']}\n"
                       for number_, each in process.memory["clients"].items()).encode()
    return OK


def _config(process: Process, fd: int, words: list[bytes]) -> Any:
    import fnmatch

    settings, what = process.memory["settings"], text(words[1]).upper()
    if what == "GET":
        return [
            each.encode()
            for name in settings
            if any(fnmatch.fnmatchcase(name, text(word).lower()) for word in words[2:])
            for each in (name, settings[name])
        ]
    if what == "SET":
        for name, value in zip(words[2::2], words[3::2], strict=False):
            known = text(name).lower()
            if known not in _SETTINGS:
                return Problem(f"ERR Unknown option or number of arguments for CONFIG SET - '{text(name)}'")
            settings[known] = size(text(value)) if known == "maxmemory" else text(value)
        if "requirepass" in [text(name).lower() for name in words[2::2]]:
            process.memory["clients"][fd]["in"] = True
        return OK
    return Problem("ERR The server is running without a config file") if what == "REWRITE" else OK


def _info(process: Process, fd: int, words: list[bytes]) -> Any:
    memory = process.memory
    wanted = text(words[1]).lower() if len(words) > 1 else "all"
    replicas = [each for each in memory["clients"].values() if each["replica"]]
    parts = {
        "server": {
            "redis_version": memory["version"],
            "redis_mode": "standalone",
            "os": "Linux 6.1.0 x86_64",
            "process_id": process.pid,
            "tcp_port": memory["settings"]["port"],
            "uptime_in_seconds": int(process.kernel.now - process.space.started),
        },
        "clients": {
            "connected_clients": len(memory["clients"]) - len(replicas),
            "blocked_clients": len(memory["blocked"]),
        },
        "memory": {
            "used_memory": _used(process),
            "used_memory_human": f"{_used(process) / 1024:.2f}K",
            "maxmemory": memory["settings"]["maxmemory"],
            "maxmemory_policy": memory["settings"]["maxmemory-policy"],
        },
        "persistence": {
            "loading": 0,
            "rdb_last_save_time": int(memory["saved"]),
            "aof_enabled": int(memory["settings"]["appendonly"] == "yes"),
        },
        "stats": {"total_connections_received": memory["next"] - FIRST, "total_commands_processed": memory["commands"]},
        "replication": _replication(process, replicas),
        "cpu": {"used_cpu_sys": "0.010000", "used_cpu_user": "0.010000"},
        "cluster": {"cluster_enabled": 0},
        "keyspace": {
            f"db{number_}": f"keys={len(keys)},expires={sum(each[2] is not None for each in keys.values())},avg_ttl=0"
            for number_, keys in sorted(memory["data"].items())
            if keys
        },
    }
    chosen = [(name, part) for name, part in parts.items() if wanted in ("all", "default", "everything", name)]
    return "\r\n".join(f"# {name.capitalize()}\r\n" + "".join(f"{key}:{value}\r\n" for key, value in part.items())
                       for name, part in chosen).encode()


def _replication(process: Process, replicas: list[dict[str, Any]]) -> dict[str, Any]:
    memory = process.memory
    found: dict[str, Any] = {"role": "slave" if memory["source"] else "master"}
    if memory["source"]:
        found.update(master_host=memory["source"][0], master_port=memory["source"][1],
                     master_link_status="up" if memory["connected"] else "down", master_last_io_seconds_ago=1,
                     master_sync_in_progress=0, slave_repl_offset=memory["offset"], slave_read_only=1)
    found["connected_slaves"] = len(replicas)
    for at, each in enumerate(replicas):
        found[f"slave{at}"] = f"ip={each['peer']},port=6379,state=online,offset={memory['offset']},lag=0"
    found.update(master_failover_state="no-failover", master_replid="8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb",
                 master_repl_offset=memory["offset"])
    return found


def _multi(process: Process, fd: int, words: list[bytes]) -> Any:
    client = process.memory["clients"][fd]
    if client["queue"] is not None:
        return Problem("ERR MULTI calls can not be nested")
    client.update(queue=[], broken=False)
    return OK


def _exec(process: Process, fd: int, words: list[bytes]) -> Any:
    client = process.memory["clients"][fd]
    queue, client["queue"] = client["queue"], None
    if queue is None:
        return Problem("ERR EXEC without MULTI")
    if client["broken"]:
        return Problem("EXECABORT Transaction discarded because of previous errors.")
    return [_command(process, fd, [bytes(word) for word in each]) for each in queue]


def _discard(process: Process, fd: int, words: list[bytes]) -> Any:
    client = process.memory["clients"][fd]
    if client["queue"] is None:
        return Problem("ERR DISCARD without MULTI")
    client["queue"] = None
    return OK


def _flushall(process: Process, fd: int, words: list[bytes]) -> Any:
    if process.memory["source"]:
        return Problem("READONLY You can't write against a read only replica.")
    process.memory["data"].clear()
    _spread(process, "0", [b"FLUSHALL"])
    return OK


def _save_now(process: Process, fd: int, words: list[bytes]) -> Any:
    _log(process, "* DB saved on disk" if _save(process) else "# Error saving DB on disk")
    return Status("Background saving started") if text(words[0]).upper() == "BGSAVE" else OK


def _shutdown(process: Process, fd: int, words: list[bytes]) -> Any:
    process.kernel.kill(process, "TERM")
    return ...


def _replicaof(process: Process, fd: int, words: list[bytes]) -> Any:
    memory = process.memory
    process.close(SOURCE)
    memory.update(connected=False, got=bytearray(), retry=0.0)
    if [text(word).lower() for word in words[1:]] == ["no", "one"]:
        if memory["source"]:
            _log(process, "* MASTER MODE enabled (user request)")
        memory["source"] = None
    else:
        memory["source"] = [text(words[1]), text(words[2])]
        _log(process, f"* REPLICAOF {text(words[1])}:{text(words[2])} enabled (user request)")
    return OK


def _role(process: Process, fd: int, words: list[bytes]) -> Any:
    memory = process.memory
    if memory["source"]:
        return [b"slave", memory["source"][0].encode(), int(memory["source"][1]),
                b"connected" if memory["connected"] else b"connect", memory["offset"]]
    return [b"master", memory["offset"], [[each["peer"].encode(), b"6379", str(memory["offset"]).encode()]
                                          for each in memory["clients"].values() if each["replica"]]]


def _psync(process: Process, fd: int, words: list[bytes]) -> Any:
    """A replica asks for all data, and for what is written from then on."""
    memory = process.memory
    memory["clients"][fd]["replica"] = True
    data = _snapshot(process)
    head = Status(f"FULLRESYNC 8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb {memory['offset']}")
    _log(process, f"* Replica {memory['clients'][fd]['peer']}:6379 asks for synchronization")
    process.descriptor(fd).write(process.kernel, resp.pack(head) + resp.pack(data))
    _log(process, f"* Synchronization with replica {memory['clients'][fd]['peer']}:6379 succeeded")
    return ...


def _publish(process: Process, fd: int, words: list[bytes]) -> Any:
    count = 0
    for other, client in list(process.memory["clients"].items()):
        if text(words[1]) in client["channels"]:
            _send(process, other, [b"message", words[1], words[2]])
            count += 1
    return count


def _subscribe(process: Process, fd: int, words: list[bytes]) -> Any:
    channels = process.memory["clients"][fd]["channels"]
    for word in words[1:]:
        if text(word) not in channels:
            channels.append(text(word))
        _send(process, fd, [b"subscribe", word, len(channels)])
    return ...


def _unsubscribe(process: Process, fd: int, words: list[bytes]) -> Any:
    channels = process.memory["clients"][fd]["channels"]
    for name in [text(word) for word in words[1:]] or list(channels):
        if name in channels:
            channels.remove(name)
        _send(process, fd, [b"unsubscribe", name.encode(), len(channels)])
    return ...


def _block(process: Process, fd: int, words: list[bytes]) -> Any:
    """BLPOP and BRPOP: from the first list that has something, now or later."""
    memory = process.memory
    left, names, span = text(words[0]).upper() == "BLPOP", words[1:-1], redisdata.real(words[-1])
    found = _popped(process, memory["clients"][fd]["db"], names, left)
    if found is not None:
        return found
    memory["blocked"].append([fd, names, process.kernel.now + span if span else 0, left])
    return ...


def _popped(process: Process, database: str, names: list[bytes], left: bool) -> Any:
    for name in names:
        found = _data(process, database, [b"LPOP" if left else b"RPOP", bytes(name)])
        if found is not None:
            return found if isinstance(found, Problem) else [bytes(name), found]
    return None


def _unblock(process: Process) -> None:
    memory = process.memory
    waiting, memory["blocked"] = memory["blocked"], []
    for blocked in waiting:
        found = _popped(process, memory["clients"][blocked[0]]["db"], blocked[1], blocked[3])
        if found is None:
            memory["blocked"].append(blocked)
        else:
            _send(process, blocked[0], found)


def _time(process: Process, fd: int, words: list[bytes]) -> Any:
    now = process.kernel.now
    return [b"%d" % int(now), b"%d" % int(now % 1 * 1e6)]


def _hello(process: Process, fd: int, words: list[bytes]) -> Any:
    if len(words) > 1 and words[1] not in (b"2",):
        return Problem("NOPROTO unsupported protocol version")
    return [
        b"server",
        b"redis",
        b"version",
        process.memory["version"].encode(),
        b"proto",
        2,
        b"id",
        fd,
        b"mode",
        b"standalone",
        b"role",
        b"replica" if process.memory["source"] else b"master",
        b"modules",
        [],
    ]


def _nothing(reply: Any) -> Any:
    return lambda process, fd, words: reply


_OWN: dict[str, Any] = {
    "PING": _ping,
    "ECHO": lambda process, fd, words: words[1],
    "SELECT": _select,
    "AUTH": _auth,
    "QUIT": _quit,
    "CLIENT": _client,
    "CONFIG": _config,
    "INFO": _info,
    "MULTI": _multi,
    "EXEC": _exec,
    "DISCARD": _discard,
    "WATCH": _nothing(OK),
    "UNWATCH": _nothing(OK),
    "FLUSHALL": _flushall,
    "SAVE": _save_now,
    "BGSAVE": _save_now,
    "BGREWRITEAOF": _nothing(Status("Background append only file rewriting started")),
    "SHUTDOWN": _shutdown,
    "LASTSAVE": lambda process, fd, words: int(process.memory["saved"]),
    "REPLICAOF": _replicaof,
    "SLAVEOF": _replicaof,
    "ROLE": _role,
    "PSYNC": _psync,
    "SYNC": _psync,
    "REPLCONF": _nothing(OK),
    "PUBLISH": _publish,
    "SUBSCRIBE": _subscribe,
    "UNSUBSCRIBE": _unsubscribe,
    "BLPOP": _block,
    "BRPOP": _block,
    "TIME": _time,
    "HELLO": _hello,
    "COMMAND": _nothing([]),
    "WAIT": lambda process, fd, words: min(
        number(words[1]), sum(each["replica"] for each in process.memory["clients"].values())
    ),
    "CLUSTER": _nothing(Problem("ERR This instance has cluster support disabled")),
    "SLOWLOG": _nothing([]),
    "MEMORY": lambda process, fd, words: 56,
    "LATENCY": _nothing([]),
    "DEBUG": _nothing(OK),
    "RESET": _nothing(Status("RESET")),
    "MODULE": _nothing([]),
    "ACL": lambda process, fd, words: b"default" if text(words[1]).upper() == "WHOAMI" else OK,
}


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
            _log(process, "* Connection with master lost.")
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
    _log(process, f"* Connecting to MASTER {host}:{port}")
    address = host if host.replace(".", "").isdigit() else next(iter(lookup(process, host).addresses), "")
    try:
        if not address:
            raise Errno("ECONNREFUSED")
        process.install(SOURCE, connect(process.kernel, process.space, address, int(port)))
    except Errno as error:
        _log(process, f"# Error condition on socket for SYNC: {error.message}" if address else
             "# Unable to connect to MASTER: Name or service not known")
        return False
    _log(process, "* MASTER <-> REPLICA sync started")
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
            _log(process, f"# Unable to PSYNC with master: {value}")
            process.close(SOURCE)
            memory["retry"] = process.kernel.now + RETRY
            break
        if isinstance(value, (bytes, bytearray)) and not memory["synced"]:
            memory.update(data=_restored(bytes(value)), synced=True, connected=True)
            _log(process, "* MASTER <-> REPLICA sync: Finished with success")
        elif isinstance(value, list):
            words = [bytes(each) for each in value]
            process.work(20)
            if words[0] == b"SELECT":
                memory["database"] = text(words[1])
            elif words[0] == b"FLUSHALL":
                memory["data"].clear()
                _spread(process, "0", words)
            else:
                _data(process, memory["database"], words, applied=True)
    del got[:at]


PROGRAMS = {"redis-server": run}
