"""amqp-tools: amqp-declare-queue, amqp-publish, amqp-get, amqp-consume and amqp-delete-queue, clients of RabbitMQ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..kernel.descriptors import Data
from ..kernel.errors import Errno
from . import wire
from .dialogue import Failed, Options, reach

if TYPE_CHECKING:
    from ..kernel.process import Process

_VALUED = frozenset(
    (
        "url",
        "server",
        "port",
        "vhost",
        "username",
        "password",
        "queue",
        "exchange",
        "routing-key",
        "body",
        "count",
        "content-type",
        "prefetch-count",
    )
)
_LETTERS = {
    "u": "url",
    "s": "server",
    "q": "queue",
    "e": "exchange",
    "r": "routing-key",
    "b": "body",
    "c": "count",
    "p": "persistent",
    "d": "durable",
    "C": "content-type",
    "A": "no-ack",
    "x": "exclusive",
    "l": "linewise",
}


def run(process: Process) -> int | None:
    """Play one of them."""
    memory = process.memory
    if memory is None:
        argv = process.argv[1:]
        at = 0
        while at < len(argv) and argv[at].startswith("-"):  # what follows the options of amqp-consume is a command
            name = argv[at][2:] if argv[at].startswith("--") else _LETTERS.get(argv[at][1:2], "")
            at += 2 if name in _VALUED and (len(argv[at]) == 2 or argv[at].startswith("--")) else 1
        options = Options(argv[:at], _VALUED, _LETTERS)
        place = _place(options)
        memory = process.memory = {
            "name": process.argv[0].rpartition("/")[2],
            "options": options.values,
            "command": argv[at:],
            "said": None,
            "host": place.pop("host"),
            "port": place.pop("port"),
            "hello": place,
            "child": None,
            "asked": False,
            "count": 0,
        }
    try:
        if memory["said"] is None:
            memory["said"] = reach(process, memory, memory["host"], memory["port"], memory["hello"])
            if memory["said"] is None:
                return None
            if "refused" in memory["said"]:
                return _fail(
                    process,
                    f"logging in to AMQP server: server connection error 403, message: {memory['said']['refused'][1]}",
                )
        return _consume(process) if memory["name"] == "amqp-consume" else _once(process)
    except Failed as failed:
        what = {"unknown": "could not resolve hostname", "unanswered": "could not resolve hostname"}.get(
            failed.kind, "a socket error occurred"
        )
        return _fail(
            process,
            f"opening socket to {memory['host']}:{memory['port']}: {what}"
            if what[0] == "a"
            else f"opening socket to {memory['host']}:{memory['port']}: hostname lookup failed",
        )
    except wire.Lost:
        return _fail(process, "logging in to AMQP server: connection closed unexpectedly")


def _place(options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {
        "host": options.get("server", "localhost"),
        "port": 5672,
        "vhost": options.get("vhost", "/"),
        "user": options.get("username", "guest"),
        "password": options.get("password", "guest"),
    }
    rest = options.get("url").partition("://")[2]
    if rest:
        who, at, rest = rest.rpartition("@")
        if at:
            user, _, password = who.partition(":")
            found.update(user=unquote(user), password=unquote(password))
        place, slash, vhost = rest.partition("/")
        found["host"], _, port = place.partition(":")
        found["port"] = int(port) if port.isdigit() else 5672
        found["vhost"] = unquote(vhost) if slash and vhost else "/"
    return found


def _fail(process: Process, message: str) -> int:
    process.write(f"{message}\n", 2)
    return 1


def _once(process: Process) -> int | None:
    """Ask for one thing."""
    memory = process.memory
    options, name = memory["options"], memory["name"]
    if not memory["asked"]:
        body = options.get("body")
        if name == "amqp-publish" and body is None:
            data = process.read(0)
            while data:
                memory["body"] = memory.get("body", "") + data.decode("utf-8", "surrogateescape")
                data = process.read(0)
            if data is None:
                return None
            body = memory.get("body", "")
        requests: dict[str, dict[str, Any]] = {
            "amqp-declare-queue": {"do": "declare", "durable": "durable" in options},
            "amqp-delete-queue": {"do": "delete"},
            "amqp-get": {"do": "get"},
            "amqp-publish": {
                "do": "publish",
                "exchange": options.get("exchange", ""),
                "body": body,
                "key": options.get("routing-key", ""),
                "persistent": "persistent" in options,
            },
        }
        wire.send(process, {**requests[name], "queue": options.get("queue", "")})
        memory["asked"] = True
    said = wire.receive(process, memory)
    if said is None:
        return None
    if "refused" in said:
        return _fail(process, f"server channel error 404, message: {said['refused'][1]}")
    if name == "amqp-declare-queue":
        process.write(f"{options.get('queue', '')}\n")
    elif name == "amqp-delete-queue":
        process.write(f"{said['messages']}\n")
    elif name == "amqp-get":
        if said["message"] is None:
            return 2
        process.write(said["message"]["body"])
    return 0


def _consume(process: Process) -> int | None:
    """Run the command for each message, which is its input; what it has done well is acknowledged."""
    memory = process.memory
    limit = int(memory["options"].get("count", 0) or 0)
    while True:
        child = memory["child"]
        if child is not None:
            if child.status is None:
                process.wait(child)
                return None
            process.children.pop(child.pid, None)
            memory["child"] = None
            if child.status:
                return int(child.status)
            wire.send(process, {"do": "ack"})
            memory["count"] += 1
        if limit and memory["count"] >= limit:
            return 0
        if not memory["asked"]:
            wire.send(process, {"do": "consume", "queue": memory["options"].get("queue", "")})
            memory["asked"] = True
        said = wire.receive(process, memory)
        if said is None:
            return None
        if "refused" in said:
            return _fail(process, f"server channel error 404, message: {said['refused'][1]}")
        command = memory["command"]
        if not command:
            return _fail(process, "consuming command not specified")
        try:
            program = process.space.find(process, command[0])
        except Errno as error:
            return _fail(process, f"{command[0]}: {error.message}")
        body = Data(said["message"]["body"].encode("utf-8", "surrogateescape"))
        child = memory["child"] = process.kernel.spawn(
            process.space, program, command, process.env, process.user, process.cwd, {**process.fds, 0: body}, process
        )
        child.close(wire.SERVER)
        process.kernel.start(child)


PROGRAMS = dict.fromkeys(("amqp-declare-queue", "amqp-delete-queue", "amqp-publish", "amqp-consume", "amqp-get"), run)
