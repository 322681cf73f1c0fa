"""mongosh, and mongo as it was before: scripts of arguments and files, or lines that are typed or piped in.

What is typed is run by the server (mongo/shell.py), which sends back what it prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from ..bin.dialing import Failed
from ..dates import strftime
from ..kernel.errors import Errno
from . import wire
from .dialogue import Options, answered, begun, on_terminal, reach, typed

if TYPE_CHECKING:
    from ..kernel.process import Process

SHELL = {8: "2.5.8", 7: "2.5.0", 6: "1.10.6", 5: "1.10.6"}  # mongosh's version by the server's image
_VALUED = frozenset(
    (
        "host",
        "port",
        "username",
        "password",
        "authenticationDatabase",
        "eval",
        "file",
        "json",
        "authenticationMechanism",
        "tlsCAFile",
        "tlsCertificateKeyFile",
    )
)
_LETTERS = {"u": "username", "p": "password", "f": "file", "h": "help", "v": "version"}
_ERRORS = {
    "refused": "connect ECONNREFUSED {where}",
    "unknown": "getaddrinfo ENOTFOUND {host}",
    "unanswered": "getaddrinfo EAI_AGAIN {host}",
    "timeout": "Server selection timed out after 30000 ms",
    "unreachable": "connect EHOSTUNREACH {where}",
}


def run(process: Process) -> int | None:
    """Play mongosh and mongo."""
    code = begun(process, _begin)
    if code is not None:
        return code
    memory = process.memory
    if not answered(process, memory):
        return None
    if not memory["greeted"]:
        code = _greet(process)
        if code is not None or not memory["greeted"]:
            return code
    try:
        return _talk(process)
    except wire.Lost:
        process.write("MongoNetworkError: connection closed\n", 2)
        return 1


def _begin(process: Process) -> int | None:
    old = process.argv[0].rpartition("/")[2] == "mongo"
    words, bare = process.argv[1:], []
    while words and words[-1] in ("-p", "--password"):  # the password is to be asked for
        bare.append(words.pop())
    options = Options(words, _VALUED, _LETTERS)
    version = process.env.get("MONGO_VERSION") or "8.0.13"
    own = version if old else SHELL.get(int(version.split(".")[0]), "1.10.6")
    if options.has("version"):
        process.write(f"MongoDB shell version v{own}\n" if old else f"{own}\n")
        return 0
    where = _where(options, old)
    if where is None:
        process.write("MongoParseError: Invalid connection string\n", 2)
        return 1
    queue = [["eval", each] for each in options.many.get("eval", [])]
    for each in [*options.many.get("file", []), *(word for word in options.words if word.endswith(".js"))]:
        try:
            queue.append(["file", process.read_file(each).decode("utf-8", "replace")])
        except Errno as error:
            process.write(
                f"Error: ENOENT: no such file or directory, open '{each}'\n"
                if error.name == "ENOENT"
                else f"Error: {error.message}: {each}\n",
                2,
            )
            return 1
    hello = {
        "user": options.get("username") or where["user"],
        "password": options.get("password") or where["password"],
        "source": options.get("authenticationDatabase") or where["source"],
        "db": where["db"] or "test",
        "old": old,
    }
    asking = bool(hello["user"]) and not hello["password"] and (bool(bare) or on_terminal(process))
    if asking:
        process.write("Enter password: ", 2)
    process.memory = {
        "old": old,
        "version": own,
        "how": {"hello": hello},
        "hosts": where["hosts"],
        "greeted": False,
        "asking": asking,
        "queue": queue,
        "given": bool(queue) and not options.has("shell"),
        "quiet": options.has("quiet"),
        "buffer": "",
        "prompt": "",
        "prompted": False,
        "waiting": "",
        "primary": where["set"],
        "uri": where["shown"],
        "dialing": {},
    }
    return None


def _where(options: Options, old: bool) -> dict[str, Any] | None:
    """Return what the address says: hosts, user, password, db, source (of the user), set (a replica set is meant)."""
    given = next((word for word in options.words if not word.endswith(".js")), "")
    scheme, mark, rest = given.partition("://")
    if mark and scheme not in ("mongodb", "mongodb+srv"):
        return None
    found: dict[str, Any] = {"user": "", "password": "", "db": "", "source": "", "set": False}
    if not mark:
        rest = given if "/" in given or "." in given or ":" in given else f"/{given}"
    rest, _, query = rest.partition("?")
    who, at, rest = rest.rpartition("@")
    if at:
        found["user"], _, found["password"] = (unquote(each) for each in who.partition(":"))
    hosts, _, found["db"] = rest.partition("/")
    settings = {name: values[-1] for name, values in parse_qs(query).items()}
    found["source"] = settings.get("authSource") or found["db"] or ("test" if old and not mark else "admin")
    host, port = options.get("host") or "127.0.0.1", options.get("port") or "27017"
    if "/" in host:  # SET/host,host
        found["set"] = True
        host = host.partition("/")[2]
    found["set"] = found["set"] or "replicaSet" in settings
    pairs = [(each.partition(":")[0], each.partition(":")[2] or port) for each in (hosts or host).split(",")]
    found["hosts"] = [[name, int(number) if number.isdigit() else 27017] for name, number in pairs]
    place = ",".join(f"{name}:{number}" for name, number in found["hosts"])
    found["shown"] = f"mongodb://{'<credentials>@' if at or options.has('username') else ''}{place}/{found['db']}"
    return found


def _greet(process: Process) -> int | None:
    """Connect to the first host that is there, of a replica set to its primary, and say what one says then."""
    memory = process.memory
    host, port = memory["hosts"][0]
    try:
        said = reach(process, memory, host, port, memory["how"]["hello"])
    except (Failed, wire.Lost) as error:
        if len(memory["hosts"]) > 1:
            return _next(process)
        kind = error.kind if isinstance(error, Failed) else "refused"
        address = (error.address if isinstance(error, Failed) else "") or host
        what = _ERRORS.get(kind, "{where}").format(where=f"{address}:{port}", host=host)
        if memory["old"]:
            process.write(
                f"Error: couldn't connect to server {host}:{port}, connection attempt failed: SocketException: "
                f"Error connecting to {host}:{port} :: caused by :: "
                f"{'Connection refused' if kind == 'refused' else what} :\nconnect@src/mongo/shell/mongo.js:374:17"
                "\n@(connect):2:6\nexception: connect failed\nexiting with code 1\n"
            )
        else:
            process.write(f"MongoNetworkError: {what}\n", 2)
        return 1
    if said is None:
        return None
    if "denied" in said:
        process.write(
            f"Error: {said['denied']} :\nconnect@src/mongo/shell/mongo.js:374:17\n@(connect):2:6\nexception: connect "
            "failed\nexiting with code 1\n"
            if memory["old"]
            else f"MongoServerError: {said['denied']}\n",
            1 if memory["old"] else 2,
        )
        return 1
    if memory["primary"] and not said["primary"] and len(memory["hosts"]) > 1:
        process.close(wire.SERVER)
        return _next(process)
    memory.update(greeted=True, prompt=said["prompt"])
    if not memory["quiet"]:
        process.write(_banner(process, said))
    return None


def _next(process: Process) -> int | None:
    """Try the next host."""
    memory = process.memory
    memory["hosts"].pop(0)
    memory.update(connected=False, dialing={})
    return _greet(process)


def _banner(process: Process, said: dict[str, Any]) -> str:
    memory = process.memory
    server = said["version"]
    if memory["old"]:
        return (
            f"MongoDB shell version v{memory['version']}\nconnecting to: {memory['uri']}?compressors=disabled&"
            f"gssapiServiceName=mongodb\nMongoDB server version: {server}\n"
        )
    options = f"directConnection=true&serverSelectionTimeoutMS=2000&appName=mongosh+{memory['version']}"
    out = (
        f"Current Mongosh Log ID:\t{int(process.kernel.now):08x}{process.space.random.bits(64):016x}\n"
        f"Connecting to:\t\t{memory['uri']}?{options}\nUsing MongoDB:\t\t{server}\n"
        f"Using Mongosh:\t\t{memory['version']}\n\n"
        "For mongosh info see: https://www.mongodb.com/docs/mongodb-shell/\n\n"
    )
    if not said["auth"]:
        when = strftime("%Y-%m-%dT%H:%M:%S.000+00:00", said["since"])
        out += (
            "------\n   The server generated these startup warnings when booting\n"
            f"   {when}: Access control is not enabled for the database. Read and write access to "
            "data and configuration is unrestricted\n------\n\n"
        )
    return out


def _talk(process: Process) -> int | None:
    memory = process.memory
    while True:
        if memory["waiting"]:
            said = wire.receive(process, memory)
            if said is None:
                return None
            code = _heard(process, said)
            if code is not None:
                return code
            continue
        if memory["queue"]:
            kind, text = memory["queue"].pop(0)
            memory["waiting"] = kind
            wire.send(process, {"run": text, "show": kind != "file"})
            continue
        if memory["given"]:
            return 0
        if not memory["prompted"] and (on_terminal(process) or not memory["old"]):
            process.write("... " if memory["buffer"] else memory["prompt"])
        memory["prompted"] = True
        line = typed(process, memory)
        if line is None:
            return None
        memory["prompted"] = False
        if not line:
            return _leave(process)
        text = memory["buffer"] + line
        if text.strip():
            memory.update(buffer=text, waiting="line")
            wire.send(process, {"run": text, "show": True})


def _leave(process: Process) -> int:
    if process.memory["old"]:
        process.write("bye\n")
    elif on_terminal(process):
        process.write("\n")
    return 0


def _heard(process: Process, said: dict[str, Any]) -> int | None:
    """Show what the server says; return an exit code where that is the end."""
    memory = process.memory
    kind, memory["waiting"] = memory["waiting"], ""
    if "killed" in said:
        process.write(said["killed"])
        return 137
    if said["more"]:
        if kind == "line":
            return None
        said = {**said, "err": "SyntaxError: Unexpected token, unexpected end of input"}
    memory.update(prompt=said["prompt"], buffer="")
    process.write(said["out"])
    if said["err"]:
        process.write(said["err"] + "\n", 1 if kind == "line" or memory["old"] else 2)
        if kind != "line":
            return 253 if memory["old"] else 1
    if "quit" in said:
        if kind == "line" and memory["old"]:
            process.write("bye\n")
        return int(said["quit"])
    return None


PROGRAMS = {"mongosh": run, "mongo": run}
