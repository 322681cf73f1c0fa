"""ZooKeeper: zkServer.sh with its four-letter words, an ensemble that has the same nodes, and zkCli.sh.

A write is done where it is asked for, if more than half of the ensemble is there, and sent to the others; who comes
later gets all nodes from whoever has seen more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import Connection, listen
from . import peers, serving, wire
from .dialogue import Failed, on_terminal, reach, typed

if TYPE_CHECKING:
    from ..kernel.process import Process

LISTENER, FIRST = 5, 6
_WORDS = ("ruok", "stat", "srvr", "mntr", "conf", "isro")
_NEW = {"/": {"data": "", "made": [0, 0.0], "set": [0, 0.0], "version": 0, "children": 0, "owner": 0},
        "/zookeeper": {"data": "", "made": [0, 0.0], "set": [0, 0.0], "version": 0, "children": 0, "owner": 0}}


def _settings(process: Process) -> dict[str, str]:
    """Return zoo.cfg's settings."""
    for folder in (process.env.get("ZOO_CONF_DIR"), "/usr/bin/../etc/zookeeper", "/conf"):
        try:
            text = process.read_file(f"{folder}/zoo.cfg").decode("utf-8", "replace")
        except Errno:
            continue
        lines = (line.partition("#")[0].partition("=") for line in text.splitlines())
        found = {name.strip(): value.strip() for name, mark, value in lines if mark}
        for word in process.env.get("ZOO_SERVERS", "").split():
            name, _, value = word.partition("=")
            found.setdefault(name, value.partition(";")[0])
        return {"config": f"{folder}/zoo.cfg", **found}
    return {"config": "/conf/zoo.cfg", "clientPort": "2181", "dataDir": "/data"}


def server(process: Process) -> int | None:
    """Play zkServer.sh start-foreground, which becomes the server's java, or status."""
    memory = process.memory
    if memory is None:
        words = process.argv[1:]
        if words[:1] == ["status"]:
            process.program = _status
            return _status(process)
        if words[:1] not in (["start-foreground"], ["start"], []):
            process.write(
                f"Usage: {process.argv[0]} [--config <conf-dir>] {{start|start-foreground|stop|version|restart|status|"
                "print-cmd}\n"
            )
            return 1
        _begin(process)
        memory = process.memory
    if process.pending:
        return 143
    keys: list[object] = []
    until = None
    if memory["others"]:
        said, keys, until = peers.tend(process, memory["others"], _greeting(memory))
        for message in said:
            _heard(process, message)
    _serve(process, keys)
    process.wait(*keys, until=until)
    return None


def _status(process: Process) -> int | None:
    """Play zkServer.sh status, which asks the server what it is: since 3.5 it says where, and most of it on stderr."""
    memory = process.memory
    newer = not _version(process).startswith("3.4")
    if memory is None:
        settings = _settings(process)
        port = settings.get("clientPort", "2181")
        memory = process.memory = {"port": int(port), "until": process.kernel.now + 30}
        process.write(f"ZooKeeper JMX enabled by default\nUsing config: {settings['config']}\n", 1 + newer)
        if newer:
            process.write(f"Client port found: {port}. Client address: localhost. Client SSL: false.\n")
    try:
        said = reach(process, memory, "127.0.0.1", memory["port"], {})
        if said is None:
            return None
        if "lost" in said:
            raise wire.Lost
    except (Failed, wire.Lost):
        process.write("Error contacting service. It is probably not running.\n")
        return 1
    process.write(f"Mode: {said['ok']['mode']}\n")
    return 0


def _version(process: Process) -> str:
    return process.env.get("ZOOKEEPER_VERSION", "3.4.10")


def _begin(process: Process) -> None:
    settings = _settings(process)
    own = process.space.hostname.partition(".")[0]
    data = settings.get("dataDir", "/data")
    try:
        number = int(process.read_file(f"{data}/myid"))
    except (Errno, ValueError):
        number = int(process.env.get("ZOO_MY_ID", "1")) if process.env.get("ZOO_MY_ID", "1").isdigit() else 1
    servers = {name[7:]: value.partition(":")[0] for name, value in settings.items() if name.startswith("server.")}
    others = [host for at, host in sorted(servers.items()) if at != str(number) and host.partition(".")[0] != own]
    memory = process.memory = {
        "settings": settings,
        "number": number,
        "others": others,
        "servers": servers,
        "nodes": json.loads(json.dumps(_NEW)),
        "zxid": 0,
        "clients": [],
        "next": FIRST,
        "file": f"{data}/version-2/snapshot.0",
        "version": _version(process),
        "sessions": 0,
    }
    process.trapped = frozenset(("TERM", "INT"))
    process.write(f"ZooKeeper JMX enabled by default\nUsing config: {settings['config']}\n")
    _log(process, f"[main:QuorumPeerConfig@117] - Reading configuration from: {settings['config']}")
    try:
        kept = json.loads(process.read_file(memory["file"]))
        memory.update(nodes=kept["nodes"], zxid=kept["zxid"])
    except (Errno, ValueError, KeyError):
        pass
    port = int(settings.get("clientPort", "2181"))
    process.install(LISTENER, listen(process, port))
    if others:
        peers.begin(process, 2888)
    _log(process, f"[main:NIOServerCnxnFactory@89] - binding to port 0.0.0.0/0.0.0.0:{port}")
    process.argv = _java(process, settings["config"])


def _java(process: Process, config: str) -> list[str]:
    """Return the words of the server's own process, with the options that java.env beside its configuration has."""
    try:
        flags = process.read_file(f"{config.rpartition('/')[0]}/java.env").decode("utf-8", "replace")
    except Errno:
        flags = ""
    _, found, options = flags.partition("JVMFLAGS=")
    return [f"{process.env.get('JAVA_HOME', '/usr')}/bin/java",
            f"-Dzookeeper.log.dir={process.env.get('ZK_LOG_DIR', '/logs')}", "-Dzookeeper.root.logger=INFO,CONSOLE",
            *(options.partition("\n")[0].strip('"').split() if found else ["-Xmx1000m"]),
            "-Dcom.sun.management.jmxremote", "-Dcom.sun.management.jmxremote.local.only=false",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", config]


def _log(process: Process, text: str, level: str = "INFO ") -> None:
    when = strftime("%Y-%m-%d %H:%M:%S,", process.kernel.now) + f"{process.kernel.now % 1:.3f}"[2:]
    process.write(f"{when} [myid:{process.memory['number']}] - {level} {text}\n")


def _greeting(memory: dict[str, Any]) -> dict[str, Any]:
    return {"id": memory["number"], "zxid": memory["zxid"], "nodes": memory["nodes"]}


def _heard(process: Process, message: dict[str, Any]) -> None:
    """A peer's nodes, or one of its writes."""
    memory = process.memory
    if "op" in message:
        if message["zxid"] > memory["zxid"]:
            _apply(memory, message["op"], message["zxid"], message["at"])
    elif message.get("zxid", 0) > memory["zxid"]:
        memory.update(zxid=message["zxid"], nodes=message["nodes"])
    else:
        return
    _keep(process)


def _keep(process: Process) -> None:
    memory = process.memory
    kept = json.dumps({"zxid": memory["zxid"], "nodes": memory["nodes"]}).encode()
    try:
        serving.put(process, memory["file"], kept, "zookeeper")
    except Errno as error:
        _log(process, f"[SyncThread:SyncRequestProcessor@140] - {error.message}", "ERROR")


def _serves(process: Process) -> bool:
    """Whether more than half of the ensemble is there."""
    memory = process.memory
    return not memory["others"] or 2 * (len(peers.reached(process)) + 1) > len(memory["others"]) + 1


def _mode(process: Process) -> str:
    memory = process.memory
    if not memory["others"]:
        return "standalone"
    there = peers.reached(process)
    higher = [at for at, host in memory["servers"].items() if host in there and int(at) > memory["number"]]
    return "follower" if higher else "leader"


def _serve(process: Process, keys: list[object]) -> None:
    memory = process.memory
    peers.accept(process, LISTENER, keys)
    for fd in list(memory["clients"]):
        found = process.fds[fd]
        assert isinstance(found, Connection)
        word = bytes(found.incoming.data[:4]).decode("latin-1")
        try:
            if word in _WORDS:
                found.write(process.kernel, _four(process, word).encode())
                _close(process, fd)
                continue
            for line in wire.lines(found):
                wire.send(process, _answer(process, wire.unpack(line) or {}), fd)
        except (Errno, wire.Lost):
            _close(process, fd)
            continue
        if not found.incoming.writers:
            _close(process, fd)
        else:
            keys.append(found.key)


def _close(process: Process, fd: int) -> None:
    process.memory["clients"].remove(fd)
    process.close(fd)


def _four(process: Process, word: str) -> str:
    memory = process.memory
    if word == "ruok":
        return "imok"
    if word == "isro":
        return "rw"
    if word == "conf":
        return "".join(f"{name}={value}\n" for name, value in memory["settings"].items() if name != "config")
    if not _serves(process):
        return "This ZooKeeper instance is not currently serving requests\n"
    if word == "mntr":
        return (
            f"zk_version\t{memory['version']}\nzk_server_state\t{_mode(process)}\nzk_znode_count\t{len(memory['nodes'])}\n"
            f"zk_num_alive_connections\t{len(memory['clients'])}\n"
        )
    return (f"Zookeeper version: {memory['version']}\nLatency min/avg/max: 0/0/0\nReceived: 1\nSent: 0\nConnections: "
            f"{len(memory['clients'])}\nOutstanding: 0\nZxid: {memory['zxid']:#x}\nMode: {_mode(process)}\n"
            f"Node count: {len(memory['nodes'])}\n")


# What clients ask

def _answer(process: Process, message: dict[str, Any]) -> dict[str, Any]:
    memory = process.memory
    if "hello" in message:
        memory["sessions"] += 1
        return {"ok": {"session": memory["sessions"], "mode": _mode(process)}} if _serves(process) else {"lost": True}
    what, path = message.get("ask", ""), message.get("path", "/")
    if not _serves(process):
        return {"error": f"KeeperErrorCode = ConnectionLoss for {path}"}
    process.work(20)
    trouble = _trouble(memory["nodes"], what, path, message)
    if trouble:
        return {"error": trouble}
    if what in ("create", "set", "delete", "deleteall"):
        zxid = max(memory["zxid"], 0x100000001) + 1
        if what == "create" and message.get("sequential"):
            path = message["path"] = f"{path}{memory['nodes'][_parent(path)]['children']:010}"
        _apply(memory, message, zxid, process.kernel.now)
        _keep(process)
        if memory["others"]:
            peers.tell(process, {"op": message, "zxid": zxid, "at": process.kernel.now})
    node = memory["nodes"].get(path)
    children = sorted(name[len(path.rstrip("/")) + 1:] for name in memory["nodes"]
                      if name != "/" and name != path and _parent(name) == path)
    return {"node": node, "children": children, "path": path}


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _trouble(nodes: dict[str, Any], what: str, path: str, message: dict[str, Any]) -> str:
    if not path.startswith("/") or (path != "/" and path.endswith("/") and not message.get("sequential")):
        return "Command failed: java.lang.IllegalArgumentException: Path must start with / character" if (
            not path.startswith("/")) else f"Invalid path string \"{path}\""
    if what == "create":
        if _parent(path) not in nodes:
            return f"Node does not exist: {path}"
        return f"Node already exists: {path}" if path in nodes and not message.get("sequential") else ""
    if path not in nodes:
        return f"Node does not exist: {path}"
    if what == "delete" and any(_parent(name) == path for name in nodes if name != "/"):
        return f"Node not empty: {path}"
    return ""


def _apply(memory: dict[str, Any], op: dict[str, Any], zxid: int, at: float) -> None:
    nodes, path, memory["zxid"] = memory["nodes"], op["path"], zxid
    if op["ask"] == "create":
        nodes[path] = {"data": op.get("data", ""), "made": [zxid, at], "set": [zxid, at], "version": 0, "children": 0,
                       "owner": 0}
        nodes[_parent(path)]["children"] += 1
    elif op["ask"] == "set" and path in nodes:
        nodes[path].update(data=op.get("data", ""), set=[zxid, at], version=nodes[path]["version"] + 1)
    else:
        for name in [name for name in nodes if name == path or name.startswith(path + "/")]:
            del nodes[name]


# zkCli.sh

def client(process: Process) -> int | None:
    """Play zkCli.sh."""
    memory = process.memory
    if memory is None:
        words, where = process.argv[1:], "localhost:2181"
        while words and words[0] in ("-server", "-timeout", "-r"):
            option = words.pop(0)
            value = words.pop(0) if option != "-r" and words else ""
            where = value if option == "-server" else where
        host, _, port = where.partition(",")[0].partition("/")[0].partition(":")
        process.write(f"Connecting to {where}\n")
        memory = process.memory = {
            "host": "127.0.0.1" if host == "localhost" else host,
            "port": int(port or 2181),
            "words": words,
            "greeted": False,
            "asked": None,
            "where": where,
            "count": 0,
            "done": False,
            "prompted": False,
            "until": process.kernel.now + 30,
        }
    try:
        if not memory["greeted"]:
            said = reach(process, memory, memory["host"], memory["port"], {})
            if said is None:
                return None
            if "lost" in said:
                raise wire.Lost
            memory["greeted"] = True
            process.write("\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n")
        return _talk(process)
    except (Failed, wire.Lost):
        path = memory["words"][1] if len(memory["words"]) > 1 else "/"
        process.write(f"Exception in thread \"main\" org.apache.zookeeper.KeeperException$ConnectionLossException: "
                      f"KeeperErrorCode = ConnectionLoss for {path}\n", 2)
        return 1


def _talk(process: Process) -> int | None:
    memory = process.memory
    while True:
        if memory["asked"] is not None:
            said = wire.receive(process, memory)
            if said is None:
                return None
            words, memory["asked"] = memory["asked"], None
            _show(process, words, said)
            if memory["words"]:
                return int("error" in said)
            continue
        if memory["words"]:
            line: list[str] | None = memory["words"]
        else:
            line = _next(process)
            if line is None:
                return None
            if memory["done"]:
                return 0
        message = _message(line) if line else None
        if message is None:
            if line:
                process.write(_HELP, 2)
            if memory["words"]:
                return 1
            continue
        wire.send(process, message)
        memory["asked"] = line


def _next(process: Process) -> list[str] | None:
    memory = process.memory
    if on_terminal(process) and not memory["prompted"]:
        process.write(f"[zk: {memory['where']}(CONNECTED) {memory['count']}] ")
        memory["prompted"] = True
    line = typed(process, memory)
    if line is None:
        return None
    memory["prompted"] = False
    memory["count"] += 1
    words = line.split()
    memory["done"] = not line or words[:1] in (["quit"], ["close"])
    return words


_HELP = """ZooKeeper -server host:port cmd args
\tcreate [-s] [-e] path data acl
\tdelete path [version]
\tget path [watch]
\tls path [watch]
\tquit
\trmr path
\tset path data [version]
\tstat path [watch]
"""


def _message(words: list[str]) -> dict[str, Any] | None:
    flags = [word for word in words[1:] if word[:1] == "-" and len(word) == 2]
    rest = [word for word in words[1:] if word not in flags]
    what = {"rmr": "deleteall", "ls2": "ls"}.get(words[0], words[0])
    if what not in ("create", "get", "ls", "set", "delete", "deleteall", "stat") or not rest:
        return None
    data = rest[1] if len(rest) > 1 else ""
    if data[:1] in "\"'" and data:
        data = " ".join(rest[1:]).strip("\"'")
    return {"ask": what, "path": rest[0], "data": data, "sequential": "-s" in flags}


def _show(process: Process, words: list[str], said: dict[str, Any]) -> None:
    if "error" in said:
        process.write(f"{said['error']}\n")
        return
    what = words[0]
    if what == "create":
        process.write(f"Created {said['path']}\n")
    elif what in ("ls", "ls2"):
        process.write(f"[{', '.join(said['children'])}]\n")
    elif what in ("get", "stat", "set") and said["node"] is not None:
        if what == "get":
            process.write(f"{said['node']['data'] or 'null'}\n")
        process.write(_stat(said))


def _stat(said: dict[str, Any]) -> str:
    node = said["node"]
    form = "%a %b %d %H:%M:%S UTC %Y"
    return (f"cZxid = {node['made'][0]:#x}\nctime = {strftime(form, node['made'][1])}\nmZxid = {node['set'][0]:#x}\n"
            f"mtime = {strftime(form, node['set'][1])}\npZxid = {node['made'][0]:#x}\ncversion = {node['children']}\n"
            f"dataVersion = {node['version']}\naclVersion = 0\nephemeralOwner = 0x0\ndataLength = {len(node['data'])}\n"
            f"numChildren = {len(said['children'])}\n")


PROGRAMS = {"zkServer.sh": server, "zkCli.sh": client}
