"""`db` in scripts of the shell, and `rs`: a database's methods and commands, users, and the replica set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .collection import Database
from .cursor import Cursor, clean
from .hosts import CollectionHost
from .jsvalues import UNDEFINED, Host, Native, fault, text
from .server import member
from .values import Date, Long, MongoError, Timestamp, number

if TYPE_CHECKING:
    from .shell import Shell

Document = dict[str, Any]


class DatabaseHost(Host):
    """A database."""

    def __init__(self, shell: Shell, name: str):
        self.shell, self.name = shell, name

    @property
    def data(self) -> Database:
        """Return the database itself."""
        return self.shell.server.store.database(self.name)

    def member(self, name: str) -> Any:
        """Return a method, or a collection."""
        does = getattr(self, f"do_{name}", None)
        if does is not None:
            return Native(name, does)
        return CollectionHost(self.shell, self.data, name)

    def called(self, *arguments: Any) -> Any:
        """Complain: it is no function."""
        raise fault("db is not a function")

    def do_getName(self) -> str:
        """getName."""
        return self.name

    def do_getSiblingDB(self, name: Any) -> DatabaseHost:
        """getSiblingDB."""
        return DatabaseHost(self.shell, text(name))

    do_getSisterDB = do_getSiblingDB

    def do_getMongo(self) -> Any:
        """getMongo: the connection."""
        return Connection(self.shell)

    def do_getCollection(self, name: Any) -> CollectionHost:
        """getCollection."""
        return CollectionHost(self.shell, self.data, text(name))

    def do_getCollectionNames(self) -> list[str]:
        """getCollectionNames."""
        self.shell.allow("listCollections", self.name)
        return sorted(self.data.collections)

    def do_getCollectionInfos(self, *more: Any) -> list[Document]:
        """getCollectionInfos."""
        return [
            {
                "name": each,
                "type": "collection",
                "options": {},
                "info": {"readOnly": False},
                "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"},
            }
            for each in self.do_getCollectionNames()
        ]

    def do_createCollection(self, name: Any, *more: Any) -> Document:
        """createCollection."""
        self.shell.allow("create", self.name)
        if name in self.data.collections:
            raise MongoError(48, "NamespaceExists", f"Collection {self.name}.{name} already exists.")
        self.data.collection(text(name)).touched()
        return {"ok": 1}

    def do_createView(self, name: Any, *more: Any) -> Document:
        """createView."""
        raise MongoError(238, "NotImplemented", "Views are not played")

    def do_dropDatabase(self, *more: Any) -> Document:
        """dropDatabase."""
        self.shell.allow("dropDatabase", self.name)
        there = bool(self.data.collections)
        for each in list(self.data.collections):
            self.data.drop(each)
        return {"ok": 1, "dropped": self.name} if there or not self.shell.old else {"ok": 1}

    def do_aggregate(self, stages: Any, *more: Any) -> Cursor:
        """aggregate without a collection."""
        return CollectionHost(self.shell, self.data, "$cmd").do_aggregate(stages)

    def do_stats(self, scale: Any = 1, *more: Any) -> Document:
        """stats."""
        self.shell.allow("dbStats", self.name)
        all_ = list(self.data.collections.values())
        documents, size = sum(len(each.documents) for each in all_), sum(each.size() for each in all_)
        indexes = sum(len(each.indexes) + 1 for each in all_)
        by = number(scale) if isinstance(scale, (int, float)) and scale else 1
        return {
            "db": self.name,
            "collections": len(all_),
            "views": 0,
            "objects": documents,
            "avgObjSize": size / documents if documents else 0,
            "dataSize": size / by,
            "storageSize": 20480 * len(all_) / by,
            "indexes": indexes,
            "indexSize": 20480 * indexes / by,
            "totalSize": 20480 * (len(all_) + indexes) / by,
            "scaleFactor": by,
            "fsUsedSize": 12884901888,
            "fsTotalSize": 103880232960,
            "ok": 1,
        }

    def do_version(self) -> str:
        """version."""
        return str(self.shell.server.facts["version"])

    def do_hello(self) -> Document:
        """hello."""
        return self.shell.server.hello()

    do_isMaster = do_hello

    def do_serverStatus(self, *more: Any) -> Document:
        """serverStatus."""
        self.shell.allow("serverStatus", self.name)
        facts, now = self.shell.server.facts, self.shell.server.store.now
        seconds = now - facts["started"]
        return {
            "host": facts["host"].partition(":")[0],
            "version": facts["version"],
            "process": "mongod",
            "pid": Long(facts["pid"]),
            "uptime": int(seconds),
            "uptimeMillis": Long(int(seconds * 1000)),
            "localTime": Date(int(now * 1000)),
            "connections": {"current": 1, "available": 838859, "totalCreated": 1, "active": 1},
            "storageEngine": {"name": "wiredTiger", "supportsCommittedReads": True, "persistent": True},
            "ok": 1,
        }

    def do_serverBuildInfo(self) -> Document:
        """serverBuildInfo."""
        version = self.do_version()
        return {
            "version": version,
            "gitVersion": "0000000000000000000000000000000000000000",
            "modules": [],
            "allocator": "tcmalloc",
            "javascriptEngine": "mozjs",
            "bits": 64,
            "debug": False,
            "maxBsonObjectSize": 16777216,
            "storageEngines": ["devnull", "wiredTiger"],
            "versionArray": [*map(int, version.split("-")[0].split(".")), 0],
            "ok": 1,
        }

    def do_hostInfo(self) -> Document:
        """hostInfo."""
        return {
            "system": {"hostname": self.shell.server.facts["host"].partition(":")[0], "cpuAddrSize": 64, "numCores": 2},
            "ok": 1,
        }

    # Users

    def do_createUser(self, given: Any, *more: Any) -> Document:
        """createUser."""
        self.shell.allow("createUser", self.name)
        if not isinstance(given, dict) or "user" not in given:
            raise fault('Missing required property: "user"', "MongoshInvalidInputError")
        if "roles" not in given:
            raise fault('Missing required property: "roles"', "MongoshInvalidInputError")
        self.shell.server.create_user(given["user"], given.get("pwd"), clean(given["roles"]), self.name)
        if self.shell.old:
            told = {name: each for name, each in given.items() if name != "pwd"}
            self.shell.say(f"Successfully added user: {self.shell.shown(told)}")
            return UNDEFINED  # type: ignore[no-any-return]
        return {"ok": 1}

    def do_updateUser(self, name: Any, given: Any, *more: Any) -> Document:
        """updateUser."""
        found = self._user(name)
        if "pwd" in given:
            found["credentials"] = given["pwd"]
        if "roles" in given:
            found["roles"] = clean(given["roles"])
        self.shell.server.keep_users()
        return {"ok": 1}

    def do_changeUserPassword(self, name: Any, password: Any) -> Document:
        """changeUserPassword."""
        return self.do_updateUser(name, {"pwd": password})

    def do_grantRolesToUser(self, name: Any, roles: Any, *more: Any) -> Document:
        """grantRolesToUser."""
        found = self._user(name)
        found["roles"] = found["roles"] + [
            {"role": each, "db": self.name} if isinstance(each, str) else each for each in roles
        ]
        self.shell.server.keep_users()
        return {"ok": 1}

    def _user(self, name: Any) -> Document:
        self.shell.allow("updateUser", self.name)
        found = self.shell.server.user(text(name), self.name)
        if found is None:
            raise MongoError(11, "UserNotFound", f"User {name}@{self.name} not found")
        return found

    def do_dropUser(self, name: Any, *more: Any) -> Document:
        """dropUser."""
        self.shell.allow("dropUser", self.name)
        users = self.shell.server.store.database("admin").collection("system.users")
        gone = users.delete({"user": text(name), "db": self.name}, True)
        if not gone:
            raise MongoError(11, "UserNotFound", f"User '{name}@{self.name}' not found")
        return {"ok": 1}

    def _shown_user(self, each: Document) -> Document:
        return {
            "_id": each["_id"],
            "user": each["user"],
            "db": each["db"],
            "roles": each["roles"],
            "mechanisms": ["SCRAM-SHA-1", "SCRAM-SHA-256"],
        }

    def do_getUsers(self, *more: Any) -> Any:
        """getUsers."""
        self.shell.allow("usersInfo", self.name)
        users = [self._shown_user(each) for each in self.shell.server.users() if each["db"] == self.name]
        return users if self.shell.old else {"users": users, "ok": 1}

    def do_getUser(self, name: Any, *more: Any) -> Any:
        """getUser."""
        self.shell.allow("usersInfo", self.name)
        found = self.shell.server.user(text(name), self.name)
        return None if found is None else self._shown_user(found)

    def do_auth(self, name: Any, password: Any = "", *more: Any) -> Any:
        """auth."""
        if isinstance(name, dict):
            name, password = name["user"], name["pwd"]
        self.shell.state["user"] = self.shell.server.login(text(name), password, self.name)
        return 1 if self.shell.old else {"ok": 1}

    def do_logout(self, *more: Any) -> Document:
        """logout."""
        self.shell.state["user"] = None
        return {"ok": 1}

    # Commands

    def do_adminCommand(self, given: Any, *more: Any) -> Any:
        """adminCommand."""
        return DatabaseHost(self.shell, "admin").do_runCommand(given)

    def do_runCommand(self, given: Any, *more: Any) -> Any:
        """runCommand: what the methods do, by a document."""
        command = clean({given: 1} if isinstance(given, str) else given)
        name = next(iter(command), "")
        argument = command.get(name)
        server, collection = self.shell.server, CollectionHost(self.shell, self.data, text(argument))
        does: dict[str, Callable[[], Any]] = {
            "ping": lambda: {"ok": 1},
            "hello": server.hello,
            "isMaster": server.hello,
            "ismaster": server.hello,
            "buildInfo": self.do_serverBuildInfo,
            "buildinfo": self.do_serverBuildInfo,
            "hostInfo": self.do_hostInfo,
            "serverStatus": self.do_serverStatus,
            "dbStats": self.do_stats,
            "dropDatabase": self.do_dropDatabase,
            "listDatabases": self.databases,
            "collStats": collection.do_stats,
            "shutdown": self.do_shutdownServer,
            "create": lambda: self.do_createCollection(argument),
            "drop": lambda: {"ok": 1, "dropped": collection.do_drop()},
            "listCollections": lambda: self._cursor("$cmd.listCollections", self.do_getCollectionInfos()),
            "find": lambda: self._cursor(
                text(argument),
                collection.do_find(
                    command.get("filter", UNDEFINED),
                    command.get("projection"),
                    {each: command[each] for each in ("sort", "limit", "skip") if each in command},
                ).items(),
            ),
            "aggregate": lambda: self._cursor(text(argument), collection.do_aggregate(command["pipeline"]).items()),
            "count": lambda: {"n": collection.do_count(command.get("query", UNDEFINED)), "ok": 1},
            "distinct": lambda: {
                "values": collection.do_distinct(command["key"], command.get("query", UNDEFINED)),
                "ok": 1,
            },
            "insert": lambda: {"n": len(collection._insert_all(command["documents"], ())), "ok": 1},
            "delete": lambda: {
                "n": sum(
                    len(collection._allow("delete").delete(each["q"], not each.get("limit")))
                    for each in command["deletes"]
                ),
                "ok": 1,
            },
            "createUser": lambda: self.do_createUser({"user": argument, **command}),
            "dropUser": lambda: self.do_dropUser(argument),
            "usersInfo": self.do_getUsers,
            "replSetInitiate": lambda: server.initiate(argument),
            "replSetGetStatus": server.status,
            "replSetGetConfig": lambda: {"config": server.config, "ok": 1},
            "connectionStatus": lambda: {
                "authInfo": {
                    "authenticatedUsers": [self.shell.state["user"]] if self.shell.state["user"] else [],
                    "authenticatedUserRoles": [],
                },
                "ok": 1,
            },
            "getCmdLineOpts": lambda: {"argv": server.facts["argv"], "parsed": {}, "ok": 1},
            "getParameter": lambda: {
                "featureCompatibilityVersion": {"version": ".".join(self.do_version().split(".")[:2])},
                "ok": 1,
            },
            "setFeatureCompatibilityVersion": lambda: {"ok": 1},
            "fsync": lambda: {"numFiles": 1, "ok": 1},
            "setDefaultRWConcern": lambda: {"ok": 1},
            "currentOp": lambda: {"inprog": [], "ok": 1},
        }
        if name not in does:
            raise MongoError(59, "CommandNotFound", f"no such command: '{name}'")
        if name not in ("find", "aggregate", "insert", "delete"):
            self.shell.allow(name, self.name)
        return does[name]()

    def _cursor(self, name: str, documents: list[Document]) -> Document:
        return {"cursor": {"firstBatch": documents, "id": Long(0), "ns": f"{self.name}.{name}"}, "ok": 1}

    def databases(self) -> Document:
        """Return what listDatabases says."""
        self.shell.allow("listDatabases", "admin")
        found = [
            {"name": each.name, "sizeOnDisk": Long(self.shell.size_of(each)), "empty": False}
            for each in self.shell.server.store.shown()
        ]
        total = sum(each["sizeOnDisk"].inside for each in found)  # type: ignore[attr-defined]
        return {"databases": found, "totalSize": Long(total), "totalSizeMb": Long(total >> 20), "ok": 1}

    def do_currentOp(self, *more: Any) -> Document:
        """currentOp."""
        return {"inprog": [], "ok": 1}

    def do_shutdownServer(self, *more: Any) -> Any:
        """shutdownServer."""
        self.shell.allow("shutdown", "admin")
        self.shell.ends_server = True
        return {"ok": 1}


class Connection(Host):
    """db.getMongo()."""

    def __init__(self, shell: Shell):
        self.shell = shell

    def member(self, name: str) -> Any:
        """Return a method."""
        admin = DatabaseHost(self.shell, "admin")
        does: dict[str, Callable[..., Any]] = {
            "getDB": lambda name: DatabaseHost(self.shell, text(name)),
            "getDBNames": lambda: [each["name"] for each in admin.databases()["databases"]],
            "getDBs": admin.databases,
            "setReadPref": lambda *more: self._read(),
            "setSlaveOk": lambda *more: self._read(),
            "setSecondaryOk": lambda *more: self._read(),
            "getURI": lambda: "mongodb://127.0.0.1:27017/",
        }
        return Native(name, does[name]) if name in does else UNDEFINED

    def _read(self) -> Any:
        self.shell.state["secondary"] = True
        return UNDEFINED


class ReplicaSet(Host):
    """rs."""

    def __init__(self, shell: Shell):
        self.shell = shell

    def member(self, name: str) -> Any:
        """Return a method."""
        server = self.shell.server
        does: dict[str, Callable[..., Any]] = {
            "initiate": lambda config=UNDEFINED: server.initiate(clean(config)),
            "status": self._status,
            "conf": self._conf,
            "config": self._conf,
            "add": self._add,
            "addArb": lambda host: self._add({"host": host, "arbiterOnly": True}),
            "remove": self._remove,
            "hello": server.hello,
            "isMaster": server.hello,
            "reconfig": lambda config, *more: server.reconfigure([member(each) for each in clean(config)["members"]]),
            "secondaryOk": Connection(self.shell)._read,
            "slaveOk": Connection(self.shell)._read,
            "printReplicationInfo": lambda: UNDEFINED,
            "printSecondaryReplicationInfo": lambda: UNDEFINED,
            "stepDown": lambda *more: self._step_down(),
        }
        return Native(name, does[name]) if name in does else UNDEFINED

    def _status(self) -> Document:
        self.shell.allow("replSetGetStatus", "admin")
        return self.shell.server.status()

    def _conf(self) -> Any:
        self.shell.allow("replSetGetConfig", "admin")
        if self.shell.server.config is None:
            raise MongoError(94, "NotYetInitialized", "no replset config has been received")
        return {
            **self.shell.server.config,
            "protocolVersion": Long(1),
            "writeConcernMajorityJournalDefault": True,
            "settings": {
                "chainingAllowed": True,
                "heartbeatIntervalMillis": 2000,
                "heartbeatTimeoutSecs": 10,
                "electionTimeoutMillis": 10000,
            },
        }

    def _add(self, given: Any, *more: Any) -> Document:
        members = self._conf()["members"]
        made = clean(given) if isinstance(given, dict) else {"host": text(given)}
        made.setdefault("_id", max(each["_id"] for each in members) + 1)
        new = member(made)
        if any(each["host"] == new["host"] for each in members):
            raise MongoError(
                103,
                "NewReplicaSetConfigurationIncompatible",
                f"Found two member configurations with same host field, members.{len(members)}.host == {new['host']}",
            )
        return self._answered(self.shell.server.reconfigure([*members, new]))

    def _remove(self, host: Any) -> Document:
        members = [each for each in self._conf()["members"] if each["host"] not in (text(host), f"{text(host)}:27017")]
        return self._answered(self.shell.server.reconfigure(members))

    def _step_down(self) -> Document:
        self.shell.server.need_primary()
        return {"ok": 1}

    def _answered(self, found: Document) -> Document:
        seconds = int(self.shell.server.store.now)
        return {
            **found,
            "$clusterTime": {"clusterTime": Timestamp((seconds, 1)), "signature": {"keyId": Long(0)}},
            "operationTime": Timestamp((seconds, 1)),
        }
