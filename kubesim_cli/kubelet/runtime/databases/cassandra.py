"""Cassandra's ring: nodes that find each other by their seeds, and nodetool, which shows them. CQL is not played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.network import Connection, listen
from . import peers, wire
from .dialogue import Failed, Options, reach

if TYPE_CHECKING:
    from ..kernel.process import Process

LISTENER, FIRST = 5, 6
JOINING = 4.0   # seconds until a node is part of the ring


def server(process: Process) -> int | None:
    """Play cassandra."""
    memory = process.memory
    if memory is None:
        seeds = [each.strip() for each in process.env.get("CASSANDRA_SEEDS", "").split(",") if each.strip()]
        own = {process.space.hostname, process.space.net.address, "127.0.0.1", "localhost"}
        bits = f"{process.space.random.bits(128):032x}"
        memory = process.memory = {
            "seeds": [each for each in seeds if each not in own and each.partition(".")[0] != process.space.hostname],
            "id": f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}",
            "known": {},
            "clients": [],
            "next": FIRST,
            "until": process.kernel.now + JOINING,
            "open": False,
        }
        process.trapped = frozenset(("TERM", "INT"))
        version = process.env.get("CASSANDRA_VERSION", "5.0.4")
        _log(process, "CassandraDaemon.java:632", "JVM Arguments: [-ea, -XX:+UseG1GC]")
        _log(process, "StorageService.java:876", f"Cassandra version: {version}")
    if process.pending:
        return 143
    if process.kernel.now < memory["until"]:
        process.wait(until=memory["until"])
        return None
    if not memory["open"]:
        peers.begin(process, 7000)
        process.install(LISTENER, listen(process, 7199))
        process.install(3, listen(process, 9042))
        memory["open"] = True
        _log(
            process,
            "PipelineConfigurator.java:125",
            "Starting listening for CQL clients on /0.0.0.0:9042 (unencrypted)...",
        )
        _log(process, "CassandraDaemon.java:774", "Startup complete")
    here = process.space.net.address
    names = list(dict.fromkeys([*memory["seeds"], *(each for each in memory["known"] if each != here)]))
    before = len(memory["known"])
    said, keys, until = peers.tend(process, names, _greeting(process))
    for message in said:
        for address, ident in {message["address"]: message["id"], **message["known"]}.items():
            if address != here and memory["known"].get(address) != ident:
                for old in [each for each, known in memory["known"].items() if known == ident]:
                    del memory["known"][old]
                memory["known"][address] = ident
                _log(process, "Gossiper.java:1389", f"Node /{address}:7000 is now part of the cluster")
    if len(memory["known"]) != before:
        peers.tell(process, _greeting(process))
        until = process.kernel.now if memory["peers"]["retry"] else until
        memory["peers"]["retry"] = 0.0
    _serve(process, keys)
    process.wait(*keys, until=until)
    return None


def _log(process: Process, place: str, text: str) -> None:
    when = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now)
    process.write(f"INFO  [main] {when},{f'{process.kernel.now % 1:.3f}'[2:]} {place} - {text}\n")


def _greeting(process: Process) -> dict[str, Any]:
    memory = process.memory
    return {"address": process.space.net.address, "id": memory["id"], "known": memory["known"]}


def _serve(process: Process, keys: list[object]) -> None:
    """Answer nodetool."""
    memory = process.memory
    peers.accept(process, LISTENER, keys)
    for fd in list(memory["clients"]):
        found = process.fds[fd]
        assert isinstance(found, Connection)
        for _ in wire.lines(found):
            up = {process.fds[each].peer for each in [*memory["peers"]["out"].values(), *memory["peers"]["in"]]  # type: ignore[attr-defined]
                  if each in process.fds}
            nodes = [[process.space.net.address, memory["id"], True]]
            nodes += [[address, ident, address in up] for address, ident in sorted(memory["known"].items())]
            try:
                wire.send(process, {"nodes": nodes}, fd)
            except wire.Lost:
                break
        if not found.incoming.writers:
            memory["clients"].remove(fd)
            process.close(fd)
        else:
            keys.append(found.key)


def nodetool(process: Process) -> int | None:
    """Play nodetool status."""
    memory = process.memory
    if memory is None:
        options = Options(process.argv[1:], frozenset(("host", "port")), {"h": "host", "p": "port"})
        memory = process.memory = {
            "host": options.get("host", "127.0.0.1"),
            "command": (options.words or ["status"])[0],
        }
    try:
        said = reach(process, memory, memory["host"], 7199, {})
    except (Failed, wire.Lost) as error:
        message = error.message if isinstance(error, Failed) else "Connection reset"
        process.write(
            f"nodetool: Failed to connect to '{memory['host']}:7199' - ConnectException: '{message} (Connection "
            f"{'refused' if 'refused' in message else 'failed'})'.\n",
            2,
        )
        return 1
    if said is None:
        return None
    if memory["command"] == "status":
        process.write(_status(process, said["nodes"]))
    elif memory["command"] in ("version",):
        process.write(f"ReleaseVersion: {process.env.get('CASSANDRA_VERSION', '5.0.4')}\n")
    elif memory["command"] not in ("info", "drain", "flush", "decommission", "repair", "cleanup"):
        process.write(f"nodetool: Found unexpected parameters: [{memory['command']}]\n", 2)
        return 1
    elif memory["command"] == "info":
        process.write(f"ID                     : {said['nodes'][0][1]}\nGossip active          : true\n")
    return 0


def _status(process: Process, nodes: list[list[Any]]) -> str:
    center = process.env.get("CASSANDRA_DC") or "datacenter1"
    rack = process.env.get("CASSANDRA_RACK") or "rack1"
    size = max(len(each[0]) for each in nodes)
    tokens = process.env.get("CASSANDRA_NUM_TOKENS") or "16"
    owns = f"{min(100.0, 200.0 / len(nodes)) if len(nodes) > 1 else 100.0:.1f}%"
    head = f"Datacenter: {center}"
    out = f"{head}\n{'=' * len(head)}\nStatus=Up/Down\n|/ State=Normal/Leaving/Joining/Moving\n"
    out += f"--  {'Address':<{size}}  Load       Tokens  Owns (effective)  Host ID                               Rack\n"
    for address, ident, up in sorted(nodes):
        load = f"{75 + int(ident[:2], 16) % 30}.{int(ident[2:4], 16) % 100:02} KiB"
        out += f"{'U' if up else 'D'}N  {address:<{size}}  {load:<9}  {tokens:<6}  {owns:<16}  {ident}  {rack}\n"
    return out + "\n"


PROGRAMS = {"cassandra": server, "nodetool": nodetool}
