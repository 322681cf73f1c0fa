"""mongod: its options, its files, and its clients.

A collection is a file of its database's folder, in a form of our own, written before an answer is sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno, Exhausted
from ..kernel.network import Connection, listen
from . import answering, peers, replicaset, serving, wire
from .dialogue import Options, begun
from .held import Held
from .mongo.collection import Store
from .mongo.server import PRIMARY, Server
from .mongo.shell import Shell
from .mongo.values import MongoError

if TYPE_CHECKING:
    from ..kernel.process import Process

MOST_STEPS = 3_000_000  # of a script
STARTING = 1.0  # seconds until it listens
_VALUED = frozenset(
    (
        "dbpath",
        "port",
        "bind_ip",
        "replSet",
        "config",
        "keyFile",
        "logpath",
        "wiredTigerCacheSizeGB",
        "oplogSize",
        "setParameter",
        "profile",
        "slowms",
        "storageEngine",
        "tlsMode",
        "clusterAuthMode",
    )
)
_SETTINGS = {
    "storage.dbPath": "dbpath",
    "net.port": "port",
    "net.bindIp": "bind_ip",
    "replication.replSetName": "replSet",
    "security.authorization": "auth",
    "security.keyFile": "keyFile",
}


def run(process: Process) -> int | None:
    """Play mongod."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    if process.pending:
        return _end(process)
    if process.kernel.now < memory["until"]:
        process.wait(until=memory["until"])
        return None
    if not memory["open"]:
        try:
            process.install(answering.LISTENER, listen(process, memory["facts"]["port"], memory["bind"]))
        except Errno as error:
            _log(
                process,
                "NETWORK",
                23024,
                "initandlisten",
                "Failed to set up listener",
                {"error": f"SocketException: {error.message}"},
                "E",
            )
            return 48
        if memory["facts"]["set"]:
            peers.begin(process, replicaset.PORT, replicaset.HEARTBEAT)
        memory["open"] = True
        _log(process, "NETWORK", 23015, "listener", "Listening on", {"address": memory["bind"]})
        _log(
            process,
            "NETWORK",
            23016,
            "listener",
            "Waiting for connections",
            {"port": memory["facts"]["port"], "ssl": "off"},
        )
    keys: list[object] = []
    until = _members(process, keys) if memory["facts"]["set"] else None
    _serve(process, keys)
    if memory["ending"]:
        return _end(process)
    due = min((each[0] for each in memory["later"]), default=None)
    process.wait(*keys, until=due if until is None else until if due is None else min(due, until))
    return None


def _begin(process: Process) -> int | None:
    options = Options(process.argv[1:], _VALUED, {"f": "config", "v": "verbose", "h": "help"})
    version = process.env.get("MONGO_VERSION") or "8.0.13"
    if options.has("version"):
        process.write(f'db version v{version}\nBuild Info: {{\n    "version": "{version}",\n    "modules": []\n}}\n')
        return 0
    given = {**_config(process, options.get("config")), **options.values}
    if given.get("config") and given.get("unreadable"):
        process.write(
            f"Error opening config file: {given['unreadable']}\ntry '/usr/bin/mongod --help' for more information\n", 2
        )
        return 2
    port = int(given["port"]) if given.get("port", "").isdigit() else 27017
    bind = (
        "0.0.0.0"
        if "bind_ip_all" in given
        or given.get("bind_ip") in ("0.0.0.0", "*", "::,0.0.0.0")
        or any(each not in ("localhost", "127.0.0.1", "::1") for each in given.get("bind_ip", "localhost").split(","))
        else "127.0.0.1"
    )
    name = process.space.hostname
    memory = process.memory = {
        "folder": (given.get("dbpath") or "/data/db").rstrip("/"),
        "bind": bind,
        "open": False,
        "held": Held(),
        "clients": [],
        "sessions": {},
        "next": answering.FIRST,
        "later": [],
        "until": process.kernel.now + STARTING,
        "ending": False,
        "bits": process.space.random.bits(64),
        "made": 0,
        "reached": 0.0,
        "replica": {"config": None, "members": {}, "optime": 0},
        "facts": {
            "version": version,
            "host": f"{name}:{port}",
            "address": process.space.net.address,
            "port": port,
            "pid": process.pid,
            "started": process.kernel.now,
            "argv": list(process.argv),
            "auth": ("auth" in given and given["auth"] != "disabled") or "keyFile" in given,
            "set": given.get("replSet", "").partition("/")[0],
        },
    }
    process.trapped = frozenset(("TERM", "INT", "QUIT"))
    _log(
        process,
        "CONTROL",
        4615611,
        "initandlisten",
        "MongoDB starting",
        {"pid": process.pid, "port": port, "dbPath": memory["folder"], "architecture": "64-bit", "host": name},
    )
    _log(process, "CONTROL", 23403, "initandlisten", "Build Info", {"buildInfo": {"version": version, "modules": []}})
    try:
        process.space.tree.lookup(memory["folder"], "/", process.user)
        serving.put(process, f"{memory['folder']}/mongod.lock", b"%d\n" % process.pid, "mongodb")
        serving.put(process, f"{memory['folder']}/WiredTiger", b"WiredTiger\n", "mongodb")
    except Errno as error:
        what = (
            (
                f"NonExistentPath: Data directory {memory['folder']} not found. Create the missing directory or "
                "specify another directory using (1) the --dbpath command line option, or (2) by adding the "
                "'storage.dbPath' option in the configuration file."
            )
            if error.name == "ENOENT"
            else (f"IllegalOperation: Attempted to create a lock file on a read-only directory: {memory['folder']}")
        )
        _log(
            process,
            "CONTROL",
            20557,
            "initandlisten",
            "DBException in initAndListen, terminating",
            {"error": what},
            "E",
        )
        return 100
    if not memory["facts"]["auth"]:
        _log(
            process,
            "CONTROL",
            22120,
            "initandlisten",
            "Access control is not enabled for the database. Read and write "
            "access to data and configuration is unrestricted",
            {},
            "W",
            {"tags": ["startupWarnings"]},
        )
    return None


def _config(process: Process, path: str) -> dict[str, str]:
    """Return the settings of a configuration file by the names of options."""
    if not path:
        return {}
    try:
        lines = process.read_file(path).decode("utf-8", "replace").splitlines()
    except Errno as error:
        return {"unreadable": error.message}
    found, above = {}, ""
    for line in lines:
        name, _, value = line.partition("#")[0].partition(":")
        value = value.strip().strip("\"'")
        if name and not name[0].isspace():
            above = name.strip()
        option = _SETTINGS.get(f"{above}.{name.strip()}")
        if option and value:
            found[option] = value
    return found


def _log(
    process: Process,
    component: str,
    number: int,
    context: str,
    message: str,
    attributes: dict[str, Any],
    severity: str = "I",
    more: dict[str, Any] | None = None,
) -> None:
    """Say a line: of JSON since 4.4, of text before."""
    when = strftime("%Y-%m-%dT%H:%M:%S", process.kernel.now) + f".{int(process.kernel.now % 1 * 1000):03}"
    version = [int(each) for each in process.memory["facts"]["version"].split(".")[:2]]
    if version < [4, 4]:
        rest = " ".join(f"{name}={value}" for name, value in attributes.items())
        process.write(f"{when}+0000 {severity} {component:<8} [{context}] {message.lower()} {rest}".rstrip() + "\n")
        return
    line: dict[str, Any] = {"msg": message, **({"attr": attributes} if attributes else {}), **(more or {})}
    process.write(
        f'{{"t":{{"$date":"{when}+00:00"}},"s":"{severity}",  "c":{json.dumps(component) + ",":<11} "id":{number}, '
        f'  "ctx":"{context}",{json.dumps(line, separators=(",", ":"))[1:]}\n'
    )


def _end(process: Process) -> int:
    if process.pending:
        _log(process, "CONTROL", 23377, "SignalHandler", "Received signal", {"signal": 15, "error": "Terminated"})
    try:
        serving.put(process, f"{process.memory['folder']}/mongod.lock", b"", "mongodb")
    except Errno:
        pass
    _log(process, "CONTROL", 20565, "SignalHandler", "Now exiting", {})
    _log(process, "CONTROL", 23138, "SignalHandler", "Shutting down", {"exitCode": 0})
    return 0


# Files


def _server(process: Process) -> Server:
    """Return what is in its files, with the time as it is."""
    memory = process.memory
    held: Held = memory["held"]
    if held.held is None:
        store = Store(process.kernel.now, memory["bits"])
        store.made = memory["made"]
        folder = memory["folder"]
        for name in serving.files(process, folder):
            for each in serving.files(process, f"{folder}/{name}"):
                if each.endswith(".wt"):
                    try:
                        store.fill(name, each[:-3], json.loads(process.read_file(f"{folder}/{name}/{each}")))
                    except (Errno, ValueError, KeyError):
                        continue
        store.changed.clear()
        held.held = Server(store, memory["facts"], memory["replica"])
        kept = store.database("local").read("system.replset")
        if kept and memory["replica"]["config"] is None and memory["facts"]["set"]:
            memory["replica"]["optime"] = kept[0].pop("optime", 0)
            replicaset.take(held.held, kept[0])
            store.changed.clear()
    found: Server = held.held
    found.store.now = process.kernel.now
    return found


def _save(process: Process, server: Server) -> list[tuple[str, str]]:
    """Write what has changed; return it. Raises Errno."""
    memory, store = process.memory, server.store
    changed = sorted(store.changed)
    if ("local", "system.replset") in store.changed or (memory["facts"]["set"] and changed):
        local = store.database("local").collection("system.replset")
        local.documents = [{**(memory["replica"]["config"] or {}), "optime": memory["replica"]["optime"]}]
        local.touched()
        changed = sorted({*changed, ("local", "system.replset")})
    for database, name in changed:
        path = f"{memory['folder']}/{database}/{name}.wt"
        kept = store.kept(database, name)
        if kept is None:
            serving.remove(process, path)
        else:
            serving.put(
                process,
                path,
                json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape"),
                "mongodb",
            )
    store.changed.clear()
    memory["made"] = store.made
    return [each for each in changed if each[0] != "local"]


def _members(process: Process, keys: list[object]) -> float | None:
    """Hear from the other members of its set; return when to look again."""
    server = _server(process)
    until = replicaset.tend(process, server, keys)
    if server.store.changed:
        try:
            _save(process, server)
        except Errno:
            process.memory["held"].held = None
    if replicaset.elect(process, server):
        _log(
            process,
            "REPL",
            21331,
            "OplogApplier-0",
            "Transition to primary complete; database writes are now permitted",
            {},
        )
    return until


# Clients


def _serve(process: Process, keys: list[object]) -> None:
    memory = process.memory
    now = process.kernel.now
    due = [each for each in memory["later"] if each[0] <= now]
    memory["later"] = [each for each in memory["later"] if each[0] > now]
    for _, fd, answer in due:
        answering.say(process, fd, wire.pack(answer))
    answering.take(process, keys, _hear)
    memory["sessions"] = {fd: state for fd, state in memory["sessions"].items() if fd in process.fds}


def _hear(process: Process, fd: int, connection: Connection) -> None:
    """Answer a client; who waits for a script that sleeps is heard afterwards."""
    if all(each[1] != fd for each in process.memory["later"]):
        _DOCUMENTS(process, fd, connection)


def _heard(process: Process, fd: int, message: dict[str, Any]) -> dict[str, Any] | None:
    """Answer a client: who says hello, and a text of the shell's language."""
    memory = process.memory
    if fd not in memory["sessions"] and "hello" not in message:
        answering.hang_up(process, fd)
        return None
    server = _server(process)
    if "hello" in message:
        hello = message["hello"]
        try:
            user = server.login(hello["user"], hello["password"], hello["source"]) if hello.get("user") else None
        except MongoError as error:
            answering.say(process, fd, wire.pack({"denied": error.message}))
            answering.hang_up(process, fd)
            return None
        state = memory["sessions"][fd] = {"db": hello["db"], "user": user, "old": hello["old"]}
        prompt = Shell(server, state, process.work).prompt()
        return {
            "version": memory["facts"]["version"],
            "auth": memory["facts"]["auth"],
            "prompt": prompt,
            "primary": server.state == PRIMARY,
            "since": memory["facts"]["started"],
        }
    steps = 0

    def work(count: int) -> None:
        nonlocal steps
        steps += count
        if steps > MOST_STEPS:
            raise Exhausted("steps")

    shell = Shell(server, memory["sessions"][fd], work)
    try:
        answer = shell.run(message["run"], message["show"])
    except Exhausted:  # a loop without an end: its shell is killed
        answering.say(process, fd, wire.pack({"killed": shell.out}))
        answering.hang_up(process, fd)
        return None
    process.work(steps // 16)
    try:
        replicaset.spread(process, server, _save(process, server))
    except Errno as error:
        memory["held"].held = None  # what is not in the files has not happened
        answer = {**answer, "out": "", "err": f"MongoServerError[OutOfDiskSpace]: {error.message}"}
    memory["ending"] = shell.ends_server
    if shell.pause:
        memory["later"].append([process.kernel.now + shell.pause, fd, answer])
        return None
    return answer


_DOCUMENTS = answering.documents(_heard)


PROGRAMS = {"mongod": run}
