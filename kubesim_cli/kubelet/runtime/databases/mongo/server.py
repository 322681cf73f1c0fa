"""What a server knows beside its databases: who may do what, and which replica set it belongs to."""

from __future__ import annotations

from typing import Any

from .collection import Store
from .values import Date, MongoError, Timestamp, told

Document = dict[str, Any]
PRIMARY, SECONDARY, STARTUP, RECOVERING, DOWN = 1, 2, 0, 3, 8
STATES = {
    PRIMARY: "PRIMARY",
    SECONDARY: "SECONDARY",
    STARTUP: "STARTUP",
    RECOVERING: "RECOVERING",
    DOWN: "(not reachable/healthy)",
}
_WRITES = frozenset(
    (
        "insert",
        "update",
        "delete",
        "findAndModify",
        "drop",
        "dropDatabase",
        "create",
        "createIndexes",
        "dropIndexes",
        "renameCollection",
    )
)
_READS = frozenset(("find", "aggregate", "count", "distinct", "listCollections", "listIndexes", "collStats", "dbStats"))
_OPEN = frozenset(("hello", "isMaster", "ping", "buildInfo", "connectionStatus", "getLog", "logout"))
_MAY_WRITE = ("readWrite", "dbOwner")
_MAY_READ = (*_MAY_WRITE, "read")
_ADMINS = ("userAdmin", "dbAdmin", "dbOwner")


class Server:
    """`facts`: version, host (name:port), address, pid, started (seconds), argv, auth (whether users have to say who
    they are), set (the name of its replica set, ""). `replica`: what it knows of that set, in plain JSON, which the
    process keeps:

    config   its configuration, None before rs.initiate()
    members  {host: {state, optime, heard (since it can be reached)}}
    optime   the number of its last write, of about the seconds since 1970
    """

    def __init__(self, store: Store, facts: Document, replica: Document):
        self.store, self.facts, self.replica = store, facts, replica
        self.members: dict[str, Document] = replica["members"]

    # The replica set

    @property
    def config(self) -> Document | None:
        """Return the set's configuration."""
        found: Document | None = self.replica["config"]
        return found

    @property
    def state(self) -> int:
        """Return what it is in its set; a server without one is like a primary."""
        if not self.facts["set"]:
            return PRIMARY
        if self.config is None:
            return STARTUP
        return int(self.members.get(self.facts["host"], {}).get("state", RECOVERING))

    def primary(self) -> str:
        """Return the primary's host, "" where there is none."""
        return next((host for host, each in self.members.items() if each["state"] == PRIMARY), "")

    def initiate(self, config: Any) -> Document:
        """Make a replica set of a configuration, or of this server alone."""
        if not self.facts["set"]:
            raise MongoError(76, "NoReplicationEnabled", "This node was not started with replication enabled.")
        if self.config is not None:
            raise MongoError(23, "AlreadyInitialized", "already initialized")
        host = self.facts["host"]
        alone = not isinstance(config, dict) or not config.get("members")
        wanted = config if isinstance(config, dict) else {}
        if wanted.get("_id", self.facts["set"]) != self.facts["set"]:
            raise MongoError(
                93,
                "InvalidReplicaSetConfig",
                f"Attempting to initiate a replica set with name "
                f"{wanted['_id']}, but command line reports {self.facts['set']}; rejecting",
            )
        members = [{"_id": 0, "host": host}] if alone else wanted["members"]
        own = [each for each in members if self.is_self(str(each["host"]))]
        if not own:
            raise MongoError(
                93,
                "InvalidReplicaSetConfig",
                "No host described in new configuration with "
                f"{{version: 1, term: 0}} for replica set {self.facts['set']} maps to this node",
            )
        self.facts["host"] = with_port(str(own[0]["host"]))
        self.configure(
            {"_id": self.facts["set"], "version": 1, "term": 1, "members": [member(each) for each in members]}
        )
        return {
            "ok": 1,
            **(
                {"info2": "no configuration specified. Using a default configuration for the set", "me": host}
                if alone
                else {}
            ),
        }

    def is_self(self, host: str) -> bool:
        """Tell whether a host's name means this server."""
        name, own = host.partition(":")[0], str(self.facts["host"]).partition(":")[0]
        return (
            name in (own, "localhost", "127.0.0.1", self.facts["address"])
            or name.partition(".")[0] == own.partition(".")[0]
        )

    def configure(self, config: Document) -> None:
        """Take a configuration; the states of members are worked out by the server (mongod.py)."""
        self.replica["config"] = config
        self.store.changed.add(("local", "system.replset"))
        for each in config["members"]:
            self.members.setdefault(each["host"], {"state": DOWN, "optime": 0, "heard": None})
        for host in self.members.keys() - {each["host"] for each in config["members"]}:
            del self.members[host]

    def reconfigure(self, members: list[Document]) -> Document:
        """Change who belongs to the set."""
        self.need_primary()
        assert self.config is not None
        self.configure({**self.config, "version": self.config["version"] + 1, "members": members})
        return {"ok": 1}

    def need_primary(self) -> None:
        """Raise an error where this server takes no writes."""
        if self.state != PRIMARY:
            raise MongoError(10107, "NotWritablePrimary", "not primary")

    def status(self) -> Document:
        """Return what replSetGetStatus says."""
        if not self.facts["set"]:
            raise MongoError(76, "NoReplicationEnabled", "not running with --replSet")
        if self.config is None:
            raise MongoError(94, "NotYetInitialized", "no replset config has been received")
        now = Date(int(self.store.now * 1000))
        members = []
        for each in self.config["members"]:
            known, own = self.members[each["host"]], each["host"] == self.facts["host"]
            healthy = known["state"] != DOWN
            seconds = int(self.store.now - self.facts["started"]) if healthy else 0
            members.append(
                {
                    "_id": each["_id"],
                    "name": each["host"],
                    "health": 1 if healthy else 0,
                    "state": known["state"],
                    "stateStr": STATES[known["state"]],
                    "uptime": seconds,
                    "optime": {"ts": Timestamp((known["optime"], 1)), "t": 1},
                    "optimeDate": Date(known["optime"] * 1000),
                    "lastHeartbeatMessage": "",
                    "syncSourceHost": self.primary() if known["state"] == SECONDARY else "",
                    "configVersion": self.config["version"],
                    **({"self": True} if own else {"lastHeartbeat": now}),
                }
            )
        return {
            "set": self.facts["set"],
            "date": now,
            "myState": self.state,
            "term": 1,
            "heartbeatIntervalMillis": 2000,
            "majorityVoteCount": len(members) // 2 + 1,
            "members": members,
            "ok": 1,
        }

    def hello(self) -> Document:
        """Return what hello and isMaster say."""
        out: Document = {"isWritablePrimary": self.state == PRIMARY, "ismaster": self.state == PRIMARY}
        if self.config is not None:
            out.update(
                hosts=[each["host"] for each in self.config["members"]],
                setName=self.facts["set"],
                setVersion=self.config["version"],
                secondary=self.state == SECONDARY,
                me=self.facts["host"],
            )
            if self.primary():
                out["primary"] = self.primary()
        return {
            **out,
            "maxBsonObjectSize": 16_777_216,
            "maxMessageSizeBytes": 48_000_000,
            "maxWriteBatchSize": 100_000,
            "localTime": Date(int(self.store.now * 1000)),
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "readOnly": False,
            "ok": 1,
        }

    # Users

    def users(self) -> list[Document]:
        """Return all users, of whatever database."""
        return self.store.database("admin").read("system.users")

    def user(self, name: str, database: str) -> Document | None:
        """Return a user of a database."""
        return next((each for each in self.users() if each["user"] == name and each["db"] == database), None)

    def login(self, name: str, password: str, database: str) -> Document:
        """Return who somebody is; raise MongoError where that is not so."""
        found = self.user(name, database)
        if found is None or found["credentials"] != password:
            raise MongoError(18, "AuthenticationFailed", "Authentication failed.")
        return {"user": name, "db": database, "roles": found["roles"]}

    def allow(self, command: str, database: str, who: Document | None, what: str = "") -> None:
        """Raise MongoError where somebody may not run a command on a database."""
        if command in _WRITES and database not in ("local", ""):
            self.need_primary()
        if not self.facts["auth"] or command in _OPEN or (not self.users() and command == "createUser"):
            return
        if who is None:
            raise MongoError(13, "Unauthorized", f"Command {command} requires authentication")
        for each in who["roles"]:
            role, where = (each, who["db"]) if isinstance(each, str) else (each["role"], each["db"])
            if role == "root" or (role.endswith("AnyDatabase") and _may(role.removesuffix("AnyDatabase"), command)):
                return
            if where == database and _may(role, command):
                return
            if role in ("clusterAdmin", "clusterManager", "clusterMonitor") and command.startswith(
                ("replSet", "server", "listDatabases")
            ):
                return
        raise MongoError(
            13, "Unauthorized", f"not authorized on {database} to execute command {{ {command}: {told(what or 1)} }}"
        )

    def create_user(self, name: str, password: Any, roles: list[Any], database: str) -> None:
        """Make a user of a database."""
        if self.user(name, database):
            raise MongoError(51003, "Location51003", f'User "{name}@{database}" already exists')
        users = self.store.database("admin").collection("system.users")
        users.documents.append(
            {
                "_id": f"{database}.{name}",
                "user": name,
                "db": database,
                "credentials": password,
                "roles": [{"role": each, "db": database} if isinstance(each, str) else each for each in roles],
            }
        )
        users.index()
        users.touched()

    def keep_users(self) -> None:
        """Note that the users' file has to be written."""
        users = self.store.database("admin").collection("system.users")
        users.index()
        users.touched()


def _may(role: str, command: str) -> bool:
    if command in _WRITES:
        return role in _MAY_WRITE or (role == "dbAdmin" and command not in ("insert", "update", "delete"))
    if command in _READS:
        return role in _MAY_READ or role == "dbAdmin"
    return role in _ADMINS or command in ("listDatabases", "serverStatus")


def with_port(host: str) -> str:
    """Return a member's host with its port."""
    return host if ":" in host else f"{host}:27017"


def member(given: Document) -> Document:
    """Return a member of a configuration with what is left out."""
    return {
        "_id": given["_id"],
        "host": with_port(str(given["host"])),
        "arbiterOnly": given.get("arbiterOnly", False),
        "buildIndexes": True,
        "hidden": given.get("hidden", False),
        "priority": given.get("priority", 1),
        "tags": {},
        "secondaryDelaySecs": 0,
        "votes": given.get("votes", 1),
    }
