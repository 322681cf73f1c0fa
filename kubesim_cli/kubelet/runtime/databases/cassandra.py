"""Cassandra's ring: nodes that find each other by their seeds, and nodetool, which shows them.

Each node has all data, whatever the replication: who writes sends the keyspaces that have changed to the others, and
who comes later gets all of them. They stand in a file of the node's data folder.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import Connection, listen
from . import answering, peers, serving, wire
from .dialogue import Failed, Options, reach

if TYPE_CHECKING:
    from ..kernel.process import Process

CQL = 3  # descriptor of the port for statements
STARTING = 20.0    # seconds of a core that it takes until it is there; it can use two
RING_DELAY = 30.0  # seconds that a new node then waits for the ring to settle (cassandra.ring_delay_ms)


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
            "next": answering.FIRST,
            "until": process.kernel.now + STARTING * 1000 / min(process.space.cpu or 2000, 2000),
            "open": False,
            "keyspaces": {},
            "stamp": 0,
            "file": f"{_folder(process)}/data/keyspaces.json",
            "facts": {
                "cluster": process.env.get("CASSANDRA_CLUSTER_NAME") or "Test Cluster",
                "version": process.env.get("CASSANDRA_VERSION") or "5.0.4",
                "dc": process.env.get("CASSANDRA_DC") or "datacenter1",
                "rack": process.env.get("CASSANDRA_RACK") or "rack1",
            },
        }
        try:
            memory.update(json.loads(process.read_file(memory["file"])))
        except (Errno, ValueError):
            memory["until"] += RING_DELAY if memory["seeds"] else 0.0
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
        process.install(answering.LISTENER, listen(process, 7199))
        process.install(CQL, listen(process, 9042))
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
        _data(process, message)
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
    answering.take(process, keys, _CALLERS, (answering.LISTENER, CQL))
    process.wait(*keys, until=until)
    return None


def _folder(process: Process) -> str:
    """Return where its data is: in the folder of the image of Kubernetes' tutorial, where something is mounted "
    "there."""
    return (process.env.get("CASSANDRA_DATA") or "/var/lib/cassandra").rstrip("/")


def _log(process: Process, place: str, text: str) -> None:
    when = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now)
    process.write(f"INFO  [main] {when},{f'{process.kernel.now % 1:.3f}'[2:]} {place} - {text}\n")


def _greeting(process: Process) -> dict[str, Any]:
    memory = process.memory
    return {
        "address": process.space.net.address,
        "id": memory["id"],
        "known": memory["known"],
        "keyspaces": memory["keyspaces"],
        "stamp": memory["stamp"],
    }


def _answer(process: Process, fd: int, message: dict[str, Any]) -> dict[str, Any] | None:
    """Answer nodetool, which says {"hello": {}}, and cqlsh."""
    memory = process.memory
    if "hello" in message:
        if message["hello"].get("cql"):
            return {"cluster": memory["facts"]["cluster"], "version": memory["facts"]["version"]}
        ends = [*memory["peers"]["out"].values(), *memory["peers"]["in"]]
        up = {each.peer for fd in ends if isinstance(each := process.fds.get(fd), Connection)}
        nodes = [[process.space.net.address, memory["id"], True]]
        nodes += [[address, ident, address in up] for address, ident in sorted(memory["known"].items())]
        return {"nodes": nodes, "keyspaces": list(memory["keyspaces"]), "facts": memory["facts"]}
    from .cql.describe import described
    from .cql.engine import Engine
    from .cql.values import CqlError

    space = process.space
    facts = {**memory["facts"], "address": space.net.address, "id": memory["id"], "peers": memory["known"]}
    engine = Engine(memory["keyspaces"], facts, process.kernel.now, space.random.bits)
    try:
        if "describe" in message:
            return {"text": described(message["describe"], memory["keyspaces"], facts, message["keyspace"])}
        process.work(200)
        found = engine.run(message["q"], message["keyspace"])
    except CqlError as error:
        name, kind = (error.name, error.kind) if "q" in message else ("", "")
        return {"error": [name, error.code if "q" in message else 0, kind, error.message]}
    if engine.changed:
        memory["stamp"] += 1
        _keep(process)
        peers.tell(
            process,
            {
                **_greeting(process),
                "keyspaces": {name: memory["keyspaces"].get(name) for name in sorted(engine.changed)},
                "after": memory["stamp"] - 1,
            },
        )
    return found


_CALLERS = answering.documents(_answer)


def _keep(process: Process) -> None:
    memory = process.memory
    kept = {"keyspaces": memory["keyspaces"], "stamp": memory["stamp"], "id": memory["id"]}
    try:
        serving.put(
            process,
            memory["file"],
            json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogateescape"),
            "cassandra",
        )
    except Errno as error:
        _log(process, "JVMStabilityInspector.java:68", f"Error writing the commit log: {error.message}")


def _data(process: Process, message: dict[str, Any]) -> None:
    """Take what another node has written, or all that it has where that is more."""
    memory = process.memory
    if message.get("stamp", 0) <= memory["stamp"] or message.get("after", memory["stamp"]) != memory["stamp"]:
        return
    if "after" not in message:
        memory["keyspaces"] = message["keyspaces"]
    for name, kept in message["keyspaces"].items():
        if kept is None:
            memory["keyspaces"].pop(name, None)
        else:
            memory["keyspaces"][name] = kept
    memory["stamp"] = message["stamp"]
    _keep(process)


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
    old = (process.env.get("CASSANDRA_VERSION") or "5")[0] < "4"
    tokens = process.env.get("CASSANDRA_NUM_TOKENS") or ("256" if old else "16")
    owns = f"{min(100.0, 200.0 / len(nodes)) if len(nodes) > 1 else 100.0:.1f}%"
    head = f"Datacenter: {center}"
    out = f"{head}\n{'=' * len(head)}\nStatus=Up/Down\n|/ State=Normal/Leaving/Joining/Moving\n"
    out += f"--  {'Address':<{size}}  Load       Tokens  Owns (effective)  Host ID                               Rack\n"
    for address, ident, up in sorted(nodes):
        load = f"{75 + int(ident[:2], 16) % 30}.{int(ident[2:4], 16) % 100:02} KiB"
        out += f"{'U' if up else 'D'}N  {address:<{size}}  {load:<9}  {tokens:<6}  {owns:<16}  {ident}  {rack}\n"
    return out + "\n"


PROGRAMS = {"cassandra": server, "nodetool": nodetool}
