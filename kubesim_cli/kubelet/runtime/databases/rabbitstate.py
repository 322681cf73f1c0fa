"""What a RabbitMQ node knows: virtual hosts, users, permissions, exchanges, queues and the messages in them.

All of it is plain JSON: {vhosts: {NAME: {queues, exchanges, bindings, policies}}, users: {NAME: {password, tags}},
permissions: {USER: {VHOST: [configure, write, read]}}}.
"""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
_EXCHANGES = {
    "": "direct",
    "amq.direct": "direct",
    "amq.fanout": "fanout",
    "amq.headers": "headers",
    "amq.match": "headers",
    "amq.rabbitmq.trace": "topic",
    "amq.topic": "topic",
}


class Refused(Exception):
    """What cannot be done. `kind`: access, missing, taken, closed (a channel's 406)."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind, self.message = kind, message


def new_vhost() -> Object:
    """Return a virtual host with the exchanges that each has."""
    return {
        "queues": {},
        "bindings": [],
        "policies": {},
        "exchanges": {name: {"type": kind, "durable": True} for name, kind in _EXCHANGES.items()},
    }


def new(user: str, password: str, vhost: str) -> Object:
    """Return the state of a node that was never started."""
    return {
        "vhosts": {vhost: new_vhost()},
        "users": {user: {"password": password, "tags": ["administrator"]}},
        "permissions": {user: {vhost: [".*", ".*", ".*"]}},
        "name": "",
    }


def vhost_of(state: Object, name: str) -> Object:
    """Return a virtual host."""
    found: Object | None = state["vhosts"].get(name)
    if found is None:
        raise Refused("missing", f"Virtual host '{name}' does not exist")
    return found


def authenticate(state: Object, user: str, password: str) -> None:
    """Raise Refused where a user is not who he says."""
    if state["users"].get(user, {}).get("password") != password:
        raise Refused(
            "access",
            f"ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see "
            f"the broker logfile. user '{user}'",
        )


def declare(
    state: Object, vhost: str, name: str, durable: bool, auto_delete: bool = False, kind: str = "classic"
) -> None:
    """Let a queue be there."""
    queues = vhost_of(state, vhost)["queues"]
    known = queues.get(name)
    if known is None:
        queues[name] = {"durable": durable, "auto_delete": auto_delete, "type": kind, "messages": []}
    elif known["durable"] != durable:
        raise Refused(
            "closed",
            f"PRECONDITION_FAILED - inequivalent arg 'durable' for queue '{name}' in vhost '{vhost}': "
            f"received '{str(durable).lower()}' but current is '{str(known['durable']).lower()}'",
        )


def queue_of(state: Object, vhost: str, name: str) -> Object:
    """Return a queue."""
    found: Object | None = vhost_of(state, vhost)["queues"].get(name)
    if found is None:
        raise Refused("closed", f"NOT_FOUND - no queue '{name}' in vhost '{vhost}'")
    return found


def publish(state: Object, vhost: str, exchange: str, key: str, body: str, persistent: bool) -> int:
    """Put a message into the queues that it is for; return how many those are."""
    host = vhost_of(state, vhost)
    known = host["exchanges"].get(exchange)
    if known is None:
        raise Refused("closed", f"NOT_FOUND - no exchange '{exchange}' in vhost '{vhost}'")
    if exchange == "":
        names = [key] if key in host["queues"] else []
    else:
        names = [
            each["queue"]
            for each in host["bindings"]
            if each["exchange"] == exchange
            and _fits(known["type"], each["key"], key)
            and each["queue"] in host["queues"]
        ]
    message = {"body": body, "exchange": exchange, "key": key, "persistent": persistent, "redelivered": False}
    for name in dict.fromkeys(names):
        host["queues"][name]["messages"].append(dict(message))
    return len(names)


def _fits(kind: str, pattern: str, key: str) -> bool:
    if kind in ("fanout", "headers"):
        return True
    return pattern == key if kind == "direct" else _topic(pattern.split("."), key.split("."))


def _topic(pattern: list[str], words: list[str]) -> bool:
    """Tell whether words are those of a pattern: * is any word, # any number of them."""
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_topic(pattern[1:], words[at:]) for at in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _topic(pattern[1:], words[1:])


def bindings(state: Object, vhost: str) -> list[Object]:
    """Return all bindings: that of each queue to the default exchange, and those that were made."""
    host = vhost_of(state, vhost)
    return [*({"exchange": "", "queue": name, "key": name} for name in host["queues"]), *host["bindings"]]


def kept(state: Object) -> Object:
    """Return what outlives the node: what is durable, and persistent messages in it."""
    hosts = {}
    for name, host in state["vhosts"].items():
        queues = {
            each: {**queue, "messages": [message for message in queue["messages"] if message["persistent"]]}
            for each, queue in host["queues"].items()
            if queue["durable"]
        }
        exchanges = {each: exchange for each, exchange in host["exchanges"].items() if exchange["durable"]}
        hosts[name] = {
            **host,
            "queues": queues,
            "exchanges": exchanges,
            "bindings": [each for each in host["bindings"] if each["queue"] in queues],
        }
    return {**state, "vhosts": hosts}
