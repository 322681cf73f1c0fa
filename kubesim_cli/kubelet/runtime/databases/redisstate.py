"""What a Redis server does with its data: running commands, passing them on, files, and room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from . import redisdata, rediskeys, resp, serving
from .rediskeys import Keys, number, text
from .resp import Problem

if TYPE_CHECKING:
    from ..kernel.process import Process


LISTENER, SOURCE, FIRST = 5, 4, 6  # descriptors: its port, a replica's connection, the first of its clients
SETTINGS = {
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


def log(process: Process, what: str, role: str = "") -> None:
    """Say a line."""
    role = role or ("S" if process.memory["source"] else "M")
    when = strftime("%d %b %Y %H:%M:%S", process.kernel.now)
    process.write(f"{process.pid}:{role} {when}.{f'{process.kernel.now % 1:.3f}'[2:]} {what}\n")


def path_of(process: Process, name: str) -> str:
    """Return where a file of its folder is."""
    folder = process.memory["settings"]["dir"]
    folder = process.cwd if folder in (".", "./") else folder
    return f"{folder.rstrip('/')}/{name}"


def snapshot(process: Process) -> bytes:
    """Return all data as one text."""
    def stored(value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).decode("latin-1")
        if isinstance(value, list):
            return [stored(each) for each in value]
        return {name: stored(each) for name, each in value.items()} if isinstance(value, dict) else value

    return b"REDIS" + json.dumps(stored(process.memory["data"])).encode() + b"\n"


def restored(data: bytes) -> dict[str, Any]:
    """Return the data that a snapshot is."""
    def value(kind: str, found: Any) -> Any:
        if kind == "s":
            return found.encode("latin-1")
        if kind == "l":
            return [each.encode("latin-1") for each in found]
        return {name: each.encode("latin-1") for name, each in found.items()} if kind == "h" else found

    found = json.loads(data.removeprefix(b"REDIS"))
    return {number: {key: [kind, value(kind, inside), expiry] for key, (kind, inside, expiry) in keys.items()}
            for number, keys in found.items()}


def save(process: Process) -> bool:
    """Write dump.rdb; return whether it could be."""
    try:
        serving.put(process, path_of(process, process.memory["settings"]["dbfilename"]), snapshot(process), "redis")
    except Errno as error:
        log(process, f"# Failed opening the temp RDB file for saving: {error.message}")
        return False
    process.memory["saved"] = process.kernel.now
    return True


def send(process: Process, fd: int, value: Any) -> None:
    """Send a client a reply."""
    if fd in process.fds:
        try:
            process.descriptor(fd).write(process.kernel, resp.pack(value))
        except Errno:
            hang_up(process, fd)


def hang_up(process: Process, fd: int) -> None:
    """A client is gone."""
    memory = process.memory
    memory["clients"].pop(fd, None)
    memory["blocked"] = [each for each in memory["blocked"] if each[0] != fd]
    process.close(fd)


def used(process: Process) -> int:
    """Return about how many bytes of memory the data takes."""
    data = process.memory["data"]
    return 900_000 + sum(56 + len(key) + (len(entry[1]) if entry[0] == "s" else 40 * len(entry[1]))
                         for keys in data.values() for key, entry in keys.items())


def act(process: Process, database: str, words: list[bytes], applied: bool = False) -> Any:
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
        if most and grows and used(process) > most and not _evict(process, most):
            return Problem("OOM command not allowed when used memory > 'maxmemory'.")
    keys = Keys(memory["data"].setdefault(database, {}), process.kernel.now, process.space.random)
    reply = redisdata.run(keys, words)
    if keys.changed:
        spread(process, database, _replayed(words, reply, process.kernel.now))
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
            if used(process) <= most:
                return True
            if policy.startswith("allkeys") or keys[key][2] is not None:
                del keys[key]
                spread(process, database, [b"DEL", rediskeys.octets(key)])
    return used(process) <= most


def spread(process: Process, database: str, words: list[bytes]) -> None:
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
                hang_up(process, fd)
    if memory["settings"]["appendonly"] == "yes":
        path = path_of(process, "appendonly.aof")
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
            log(process, f"# Error writing to the AOF file: {error.message}")


def popped(process: Process, database: str, names: list[bytes], left: bool) -> Any:
    """Return (name, item) of the first list that has one, None where none has."""
    for name in names:
        found = act(process, database, [b"LPOP" if left else b"RPOP", bytes(name)])
        if found is not None:
            return found if isinstance(found, Problem) else [bytes(name), found]
    return None


def _unblock(process: Process) -> None:
    memory = process.memory
    waiting, memory["blocked"] = memory["blocked"], []
    for blocked in waiting:
        found = popped(process, memory["clients"][blocked[0]]["db"], blocked[1], blocked[3])
        if found is None:
            memory["blocked"].append(blocked)
        else:
            send(process, blocked[0], found)
