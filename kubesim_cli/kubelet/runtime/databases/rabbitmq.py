"""rabbitmq-server: one node, its files, and those who talk with it: operators' tools, and clients of AMQP.

A client that consumes gets one message at a time; one that is gone before it has acknowledged its message gives it
back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import listen
from . import answering, rabbitstate, serving, wire
from .rabbitstate import Refused

if TYPE_CHECKING:
    from ..kernel.process import Process

STARTING = 5.0  # seconds until it serves
PORTS = (5672, 25672, 4369)
ERLANG = "27.3.4.2"


def run(process: Process) -> int | None:
    """Play rabbitmq-server."""
    memory = process.memory
    if memory is None:
        _begin(process)
        memory = process.memory
    if process.pending or memory["ending"]:
        _log(process, "0.64.0", "SIGTERM received - shutting down" if process.pending else "Stopping RabbitMQ")
        return 0
    if process.kernel.now < memory["until"]:
        process.wait(until=memory["until"])
        return None
    if not memory["open"]:
        try:
            _open(process)
        except Errno as error:
            _log(process, "0.600.0", f"Failed to start Ranch listener in ranch_tcp:listen: {error.message}", "error")
            return 1
    keys: list[object] = []
    answering.take(process, keys, _CLIENTS)
    for fd in [fd for fd in memory["consuming"] if fd not in process.fds]:
        _give_back(process, fd)
    memory["who"] = {fd: hello for fd, hello in memory["who"].items() if fd in process.fds}
    _deliver(process)
    process.wait(*keys)
    return None


def node(process: Process) -> str:
    """Return the name of a container's node."""
    return process.env.get("RABBITMQ_NODENAME") or f"rabbit@{process.space.hostname.partition('.')[0]}"


def _begin(process: Process) -> None:
    settings = _settings(process)
    env = process.env
    user = env.get("RABBITMQ_DEFAULT_USER") or settings.get("default_user") or "guest"
    password = env.get("RABBITMQ_DEFAULT_PASS") or settings.get("default_pass") or "guest"
    vhost = env.get("RABBITMQ_DEFAULT_VHOST") or settings.get("default_vhost") or "/"
    name, version = node(process), env.get("RABBITMQ_VERSION") or "4.1.3"
    folder = f"{(env.get('RABBITMQ_DATA_DIR') or '/var/lib/rabbitmq').rstrip('/')}/mnesia/{name}"
    state = rabbitstate.new(user, password, vhost)
    try:
        state = json.loads(process.read_file(f"{folder}/definitions"))
    except (Errno, ValueError):
        pass
    plugins = _plugins(process)
    process.memory = {
        "state": state,
        "folder": folder,
        "node": name,
        "version": version,
        "open": False,
        "ending": False,
        "until": process.kernel.now + STARTING,
        "clients": [],
        "next": answering.FIRST,
        "who": {},
        "consuming": {},
        "since": process.kernel.now,
        "plugins": plugins,
    }
    process.trapped = frozenset(("TERM", "INT"))
    _log(process, "0.213.0", f"Starting RabbitMQ {version} on Erlang {ERLANG} [jit]")
    process.write(
        f"\n  ##  ##      RabbitMQ {version}\n  ##  ##\n  ##########  Copyright (c) 2007-2025 Broadcom Inc and/or its "
        "subsidiaries\n  ######  ##\n  ##########  Licensed under the MPL 2.0. Website: https://rabbitmq.com\n\n"
    )
    _log(
        process,
        "0.213.0",
        f"\n node           : {name}\n home dir       : /var/lib/rabbitmq\n data dir       : {folder}",
    )


def _settings(process: Process) -> dict[str, str]:
    """Return the settings of rabbitmq.conf and of what stands beside it."""
    found = {}
    names = [
        "/etc/rabbitmq/rabbitmq.conf",
        *(f"/etc/rabbitmq/conf.d/{each}" for each in serving.files(process, "/etc/rabbitmq/conf.d")),
    ]
    for path in names:
        try:
            lines = process.read_file(path).decode("utf-8", "replace").splitlines()
        except Errno:
            continue
        for line in lines:
            name, mark, value = line.partition("#")[0].partition("=")
            if mark:
                found[name.strip()] = value.strip()
    return found


def _plugins(process: Process) -> list[str]:
    """Return the plugins that are switched on, by their file or by the image."""
    try:
        text = process.read_file("/etc/rabbitmq/enabled_plugins").decode("utf-8", "replace")
    except Errno:
        return []
    return [each.strip() for each in text.strip().strip("[].").split(",") if each.strip()]


def _log(process: Process, who: str, text: str, level: str = "info") -> None:
    when = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now) + f".{int(process.kernel.now % 1 * 1e6):06}+00:00"
    process.write(f"{when} [{level}] <{who}> {text}\n")


def _open(process: Process) -> None:
    memory = process.memory
    memory["open"] = True
    process.install(answering.LISTENER, listen(process, PORTS[0]))
    process.install(3, listen(process, PORTS[1]))
    process.install(4, listen(process, PORTS[2]))
    _save(process)
    _log(process, "0.600.0", f"started TCP listener on [::]:{PORTS[0]}")
    count = 3 + len(memory["plugins"]) if memory["plugins"] else 3
    process.write(f" completed with {count} plugins.\n")
    _log(
        process,
        "0.651.0",
        f"Server startup complete; {count} plugins started.\n"
        + "".join(f" * {each}\n" for each in ["rabbitmq_prometheus", *memory["plugins"]]).rstrip("\n"),
    )


def _save(process: Process) -> None:
    memory = process.memory
    data = json.dumps(rabbitstate.kept(memory["state"]), ensure_ascii=False).encode("utf-8", "surrogateescape")
    serving.put(process, f"{memory['folder']}/definitions", data, "rabbitmq")


# Callers


def _answer(process: Process, fd: int, message: dict[str, Any]) -> answering.Answer | None:
    """Answer one caller: the node's own tools (`ctl`) and clients with a name and a password."""
    memory = process.memory
    state = memory["state"]
    try:
        if "hello" in message:
            hello = message["hello"]
            if not hello.get("ctl"):
                rabbitstate.authenticate(state, hello["user"], hello["password"])
                rabbitstate.vhost_of(state, hello["vhost"])
                if hello["vhost"] not in state["permissions"].get(hello["user"], {}):
                    raise Refused(
                        "access", f"NOT_ALLOWED - access to vhost '{hello['vhost']}' refused for user '{hello['user']}'"
                    )
                if hello.get("management") and "rabbitmq_management" not in memory["plugins"]:
                    raise Refused("closed", "refused")
            memory["who"][fd] = hello
            return {
                "node": memory["node"],
                "version": memory["version"],
                "since": memory["since"],
                "pid": process.pid,
                "plugins": memory["plugins"],
            }
        if fd not in memory["who"]:
            answering.hang_up(process, fd)
            return None
        return _done(process, fd, message)
    except Refused as refused:
        return {"refused": [refused.kind, refused.message]}
    except Errno as error:
        return {"refused": ["closed", error.message]}


def _done(process: Process, fd: int, message: dict[str, Any]) -> answering.Answer | None:
    memory = process.memory
    state, vhost = memory["state"], message.get("vhost") or memory["who"][fd].get("vhost", "/")
    what = message["do"]
    if what == "state":
        unacked: dict[str, int] = {}
        for each in memory["consuming"].values():
            if each["message"] is not None and each["vhost"] == vhost:
                unacked[each["queue"]] = unacked.get(each["queue"], 0) + 1
        connections = [each for each in memory["who"].values() if not each.get("ctl")]
        return {
            "state": state,
            "unacked": unacked,
            "connections": connections,
            "consumers": [[each["vhost"], each["queue"]] for each in memory["consuming"].values()],
        }
    if what == "put":  # the tools change what they have read
        memory["state"] = message["state"]
    elif what == "declare":
        rabbitstate.declare(state, vhost, message["queue"], message["durable"], message.get("auto_delete", False))
    elif what == "delete":
        queue = rabbitstate.queue_of(state, vhost, message["queue"])
        del rabbitstate.vhost_of(state, vhost)["queues"][message["queue"]]
        return _saved(process, {"messages": len(queue["messages"])})
    elif what == "publish":
        count = rabbitstate.publish(
            state, vhost, message["exchange"], message["key"], message["body"], message.get("persistent", False)
        )
        return _saved(process, {"routed": count})
    elif what == "get":
        queue = rabbitstate.queue_of(state, vhost, message["queue"])
        found = queue["messages"].pop(0) if queue["messages"] else None
        left = len(queue["messages"])
        if found and message.get("requeue"):
            queue["messages"].insert(0, {**found, "redelivered": True})
        return _saved(process, {"message": found, "left": left})
    elif what == "consume":
        rabbitstate.queue_of(state, vhost, message["queue"])
        memory["consuming"][fd] = {"queue": message["queue"], "vhost": vhost, "message": None}
        return None
    elif what == "ack":
        memory["consuming"][fd]["message"] = None
        return _saved(process, None)
    elif what == "plugins":
        memory["plugins"] = message["plugins"]
    elif what == "stop":
        memory["ending"] = True
    return _saved(process, {})


def _saved(process: Process, answer: answering.Answer | None) -> answering.Answer | None:
    _save(process)
    return answer


def _deliver(process: Process) -> None:
    """Give each consumer that has none a message, in turns."""
    memory = process.memory
    for fd, each in list(memory["consuming"].items()):
        queue = memory["state"]["vhosts"].get(each["vhost"], {"queues": {}})["queues"].get(each["queue"])
        if each["message"] is not None or not queue or not queue["messages"]:
            continue
        each["message"] = queue["messages"].pop(0)
        answering.say(process, fd, wire.pack({"message": each["message"]}))


def _give_back(process: Process, fd: int) -> None:
    memory = process.memory
    each = memory["consuming"].pop(fd)
    queue = memory["state"]["vhosts"].get(each["vhost"], {"queues": {}})["queues"].get(each["queue"])
    if each["message"] is not None and queue is not None:
        queue["messages"].insert(0, {**each["message"], "redelivered": True})


_CLIENTS = answering.documents(_answer)
PROGRAMS = {"rabbitmq-server": run}
