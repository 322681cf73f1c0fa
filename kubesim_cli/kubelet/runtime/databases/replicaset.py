"""The members of a mongod's replica set.

They connect with each other (peers.py). Whoever can reach most of them, has seen the most, and stands first in the
configuration is the primary; the others get each collection that has changed from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import peers
from .mongo.server import DOWN, PRIMARY, SECONDARY, Server

if TYPE_CHECKING:
    from ..kernel.process import Process

HEARTBEAT = 2.0  # seconds until a member that was not there is tried again
PORT = 27117  # on which members talk with each other


def spread(process: Process, server: Server, changed: list[tuple[str, str]]) -> None:
    """Tell the other members what has changed."""
    memory = process.memory
    if not memory["facts"]["set"] or memory["replica"]["config"] is None:
        return
    replica = memory["replica"]
    if changed:
        after, replica["optime"] = replica["optime"], max(replica["optime"] + 1, int(process.kernel.now))
        peers.tell(
            process,
            {
                **_greeting(process),
                "after": after,
                "collections": [[database, name, server.store.kept(database, name)] for database, name in changed],
            },
        )
    else:
        peers.tell(process, _greeting(process))
    elect(process, server)


def _greeting(process: Process) -> dict[str, Any]:
    replica, facts = process.memory["replica"], process.memory["facts"]
    own = replica["members"].get(facts["host"], {})
    return {
        "host": facts["host"],
        "config": replica["config"],
        "optime": replica["optime"],
        "primary": own.get("state") == PRIMARY,
    }


def _others(process: Process) -> dict[str, str]:
    """Return the other members' hosts by the names that are dialled."""
    config, own = process.memory["replica"]["config"], process.memory["facts"]["host"]
    return {
        each["host"].partition(":")[0]: each["host"]
        for each in (config or {"members": []})["members"]
        if each["host"] != own
    }


def tend(process: Process, server: Server, keys: list[object]) -> float | None:
    """Connect to the other members and hear from them; return when to look again. `keys` gets what to wait for."""
    others = _others(process)
    before = peers.reached(process)
    said, found, until = peers.tend(process, list(others), _greeting(process))
    keys += found
    for name, host in others.items():
        if name not in peers.reached(process):
            server.members[host]["heard"] = False
    for message in said:
        _heard(process, server, message)
    if peers.reached(process) != before and server.config:
        peers.tell(process, _greeting(process))
    return process.kernel.now if _others(process) != others else until  # a configuration came just now


def _heard(process: Process, server: Server, message: dict[str, Any]) -> None:
    memory, config = process.memory, message.get("config")
    replica = memory["replica"]
    known = replica["config"]
    if config and config["_id"] == memory["facts"]["set"] and (known is None or config["version"] > known["version"]):
        take(server, config)
    if replica["config"] is None:
        return
    host = message.get("host", "")
    if host in server.members:
        server.members[host].update(optime=message["optime"], heard=True)
        if message["primary"] and (server.state != PRIMARY or message["optime"] > replica["optime"]):
            for each in server.members.values():
                each["state"] = SECONDARY if each["state"] == PRIMARY else each["state"]
            server.members[host]["state"] = PRIMARY
    if message["optime"] > replica["optime"] and message.get("after", -1) in (replica["optime"], None):
        for database, name, kept in message["collections"]:
            server.store.fill(database, name, kept)
        replica["optime"] = message["optime"]
        peers.tell(process, _greeting(process))
    elif message["optime"] < replica["optime"] and server.state == PRIMARY and "after" not in message:
        everything = [
            (database.name, name)
            for database in server.store.shown()
            if database.name != "local"
            for name in database.collections
        ]
        peers.tell(
            process,
            {
                **_greeting(process),
                "after": None,  # these are all that there are
                "collections": [[database, name, server.store.kept(database, name)] for database, name in everything],
            },
        )


def take(server: Server, config: dict[str, Any]) -> None:
    """Take a configuration that another member, or the file, has."""
    server.configure(config)
    own = next((each["host"] for each in config["members"] if server.is_self(each["host"])), None)
    if own is not None:
        server.facts["host"] = own


def elect(process: Process, server: Server) -> bool:
    """Work out who is the primary: with most of the members there, the first of those that have seen the most.

    Return whether this server has become it.
    """
    memory = process.memory
    config = memory["replica"]["config"]
    if config is None or memory["facts"]["host"] not in server.members:
        return False
    own, others = memory["facts"]["host"], _others(process)
    before = server.primary()
    there = {
        own,
        *(
            host
            for host in others.values()  # a primary waits for a member that is new
            if server.members[host]["heard"] or (server.members[host]["heard"] is None and before == own)
        ),
    }
    server.members[own]["optime"] = memory["replica"]["optime"]
    voters = [each for each in config["members"] if each["host"] in there]
    chosen = ""
    if 2 * len(voters) > len(config["members"]):
        most = max(server.members[each["host"]]["optime"] for each in voters)
        able = [
            each
            for each in voters
            if each["priority"] and not each["arbiterOnly"] and server.members[each["host"]]["optime"] == most
        ]
        able.sort(key=lambda each: (-each["priority"], each["_id"]))
        chosen = before if any(each["host"] == before for each in voters) else able[0]["host"] if able else ""
    for host, each in server.members.items():
        each["state"] = PRIMARY if host == chosen else SECONDARY if host in there else DOWN
    return chosen != before and chosen == own
