"""Commands of a Redis server that are about connections and the server, not its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import redisdata, rediskeys, resp
from .rediskeys import OK, QUEUED, Failed, number, text
from .redisstate import FIRST, SETTINGS, SOURCE, act, hang_up, log, popped, save, send, size, snapshot, spread, used
from .resp import Problem, Status

if TYPE_CHECKING:
    from ..kernel.process import Process


def command(process: Process, fd: int, words: list[bytes]) -> Any:
    """Return the reply to a command; ... where it comes later or has been sent."""
    memory = process.memory
    client = memory["clients"][fd]
    name = text(words[0]).upper()
    if not client["in"] and name not in ("AUTH", "HELLO", "QUIT"):
        return Problem("NOAUTH Authentication required.")
    if client["queue"] is not None and name not in ("EXEC", "DISCARD", "MULTI", "WATCH", "QUIT", "RESET"):
        trouble = wrong(name, words)
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
    return wrong(name, words) or act(process, client["db"], words)


def wrong(name: str, words: list[bytes]) -> Problem | None:
    """Return why there is no such command, or not with so many words."""
    if name in _OWN:
        return None
    if name not in redisdata.COMMANDS:
        args = "".join(f"'{text(word)[:128]}' " for word in words[1:21])
        return Problem(f"ERR unknown command '{text(words[0])[:128]}', with args beginning with: {args}")
    _, least, most, _ = redisdata.COMMANDS[name]
    if len(words) - 1 < least or (most is not None and len(words) - 1 > most):
        return Problem(f"ERR wrong number of arguments for '{name.lower()}' command")
    return None


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
    send(process, fd, OK)
    hang_up(process, fd)
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
            if known not in SETTINGS:
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
            "used_memory": used(process),
            "used_memory_human": f"{used(process) / 1024:.2f}K",
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
    return [command(process, fd, [bytes(word) for word in each]) for each in queue]


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
    spread(process, "0", [b"FLUSHALL"])
    return OK


def _save_now(process: Process, fd: int, words: list[bytes]) -> Any:
    log(process, "* DB saved on disk" if save(process) else "# Error saving DB on disk")
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
            log(process, "* MASTER MODE enabled (user request)")
        memory["source"] = None
    else:
        memory["source"] = [text(words[1]), text(words[2])]
        log(process, f"* REPLICAOF {text(words[1])}:{text(words[2])} enabled (user request)")
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
    data = snapshot(process)
    head = Status(f"FULLRESYNC 8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb {memory['offset']}")
    log(process, f"* Replica {memory['clients'][fd]['peer']}:6379 asks for synchronization")
    process.descriptor(fd).write(process.kernel, resp.pack(head) + resp.pack(data))
    log(process, f"* Synchronization with replica {memory['clients'][fd]['peer']}:6379 succeeded")
    return ...


def _publish(process: Process, fd: int, words: list[bytes]) -> Any:
    count = 0
    for other, client in list(process.memory["clients"].items()):
        if text(words[1]) in client["channels"]:
            send(process, other, [b"message", words[1], words[2]])
            count += 1
    return count


def _subscribe(process: Process, fd: int, words: list[bytes]) -> Any:
    channels = process.memory["clients"][fd]["channels"]
    for word in words[1:]:
        if text(word) not in channels:
            channels.append(text(word))
        send(process, fd, [b"subscribe", word, len(channels)])
    return ...


def _unsubscribe(process: Process, fd: int, words: list[bytes]) -> Any:
    channels = process.memory["clients"][fd]["channels"]
    for name in [text(word) for word in words[1:]] or list(channels):
        if name in channels:
            channels.remove(name)
        send(process, fd, [b"unsubscribe", name.encode(), len(channels)])
    return ...


def _block(process: Process, fd: int, words: list[bytes]) -> Any:
    """BLPOP and BRPOP: from the first list that has something, now or later."""
    memory = process.memory
    left, names, span = text(words[0]).upper() == "BLPOP", words[1:-1], rediskeys.real(words[-1])
    found = popped(process, memory["clients"][fd]["db"], names, left)
    if found is not None:
        return found
    memory["blocked"].append([fd, names, process.kernel.now + span if span else 0, left])
    return ...


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
