"""The commands of rabbitmqadmin, which declares, publishes, gets and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import rabbitstate
from .rabbittables import Usage, framed, of_queue

if TYPE_CHECKING:
    from ..kernel.process import Process

Object = dict[str, Any]
_PLAIN = "+++++++++-|"  # marks of a table


def administrate(process: Process, found: Object) -> tuple[str, Object | None]:
    """Return what a command prints, and what the node is asked to do."""
    memory = process.memory
    words, vhost, state = memory["words"], memory["hello"]["vhost"], found["state"]
    given = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    what = words[1] if len(words) > 1 and "=" not in words[1] else ""
    host = rabbitstate.vhost_of(state, vhost)
    if words[0] == "list":
        return _listing(words, found, vhost), None
    if words[0] == "publish":
        return "", {
            "do": "publish",
            "vhost": vhost,
            "exchange": given.get("exchange", ""),
            "key": given.get("routing_key", ""),
            "body": given.get("payload", ""),
            "persistent": True,
        }
    if words[0] == "get":
        requeue = given.get("ackmode", given.get("requeue", "ack_requeue_true")) not in ("ack_requeue_false", "false")
        return "", {"do": "get", "vhost": vhost, "queue": given["queue"], "requeue": requeue}
    if words[0] == "purge" and what == "queue":
        rabbitstate.queue_of(state, vhost, given["name"])["messages"] = []
        return "queue purged\n", {"do": "put", "state": state}
    if words[0] == "delete" and what == "queue":
        return "queue deleted\n", {"do": "delete", "vhost": vhost, "queue": given["name"]}
    if words[0] == "declare":
        if what == "queue":
            return "queue declared\n", {
                "do": "declare",
                "vhost": vhost,
                "queue": given["name"],
                "durable": given.get("durable", "true") == "true",
            }
        if what == "exchange":
            host["exchanges"][given["name"]] = {"type": given.get("type", "direct"), "durable": True}
        elif what == "binding":
            host["bindings"].append(
                {"exchange": given["source"], "queue": given["destination"], "key": given.get("routing_key", "")}
            )
        elif what == "user":
            state["users"][given["name"]] = {"password": given.get("password", ""), "tags": [given.get("tags", "")]}
        elif what == "vhost":
            state["vhosts"].setdefault(given["name"], rabbitstate.new_vhost())
        else:
            raise Usage(f"*** {what} is not known")
        return f"{what} declared\n", {"do": "put", "state": state}
    raise Usage(f"Action {words[0]} not understood")


def after(process: Process, said: Object) -> str:
    """Return what is printed once the node has answered."""
    if "routed" in said:
        return "Message published\n" if said["routed"] else "Message published but NOT routed\n"
    if "left" in said:
        found = said["message"]
        if found is None:
            return "No items\n"
        row = [
            found["key"],
            found["exchange"],
            str(said["left"]),
            found["body"],
            str(len(found["body"].encode())),
            "string",
            str(found["redelivered"]),
        ]
        return framed(
            ["routing_key", "exchange", "message_count", "payload", "payload_bytes", "payload_encoding", "redelivered"],
            [row],
            _PLAIN,
            True,
        )
    return ""


def _listing(words: list[str], found: Object, vhost: str) -> str:
    state, what = found["state"], words[1] if len(words) > 1 else ""
    host = rabbitstate.vhost_of(state, vhost)
    columns = words[2:]
    if what == "queues":
        heads = columns or ["name", "messages"]
        rows = [
            [of_queue(name, queue, each, found) for each in heads] for name, queue in sorted(host["queues"].items())
        ]
    elif what == "exchanges":
        heads, rows = ["name", "type"], [[name, each["type"]] for name, each in sorted(host["exchanges"].items())]
    elif what == "users":
        heads, rows = (
            ["name", "tags"],
            [[name, ",".join(each["tags"])] for name, each in sorted(state["users"].items())],
        )
    elif what == "vhosts":
        heads, rows = ["name"], [[name] for name in sorted(state["vhosts"])]
    elif what == "bindings":
        heads = ["source", "destination", "routing_key"]
        rows = [[each["exchange"], each["queue"], each["key"]] for each in rabbitstate.bindings(state, vhost)]
    else:
        raise Usage(f"*** list {what} not understood")
    return framed(heads, rows, _PLAIN, True) if rows else "No items\n"
