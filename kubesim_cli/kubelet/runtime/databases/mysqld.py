"""mysqld and mariadbd: options, the first data as the images' entry points make it, files, users, the binary log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from . import serving
from .replication import SOURCE, Replicates

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.session import Server, Session

DATA = "/var/lib/mysql"
_SECRETS = ("ROOT_PASSWORD", "PASSWORD", "DATABASE", "USER")


def _setting(process: Process, name: str) -> str | None:
    """Return MARIADB_name or MYSQL_name, also out of the file that name_FILE tells."""
    for prefix in ("MARIADB_", "MYSQL_"):
        if process.env.get(prefix + name) is not None:
            return process.env[prefix + name]
        path = process.env.get(f"{prefix}{name}_FILE")
        if path:
            try:
                return process.read_file(path).decode("utf-8", "replace").rstrip("\n")
            except Errno:
                return ""
    return None


def _kept(process: Process, path: str) -> dict[str, Any]:
    """Return what a file of ours holds, {} where there is none."""
    try:
        found: dict[str, Any] = json.loads(process.read_file(path))
    except (Errno, ValueError):
        return {}
    return found


def options(process: Process) -> dict[str, Any]:
    """Return the server's options, of the configuration files and of its arguments, with _ in their names."""
    found: dict[str, Any] = {}
    paths = ["/etc/my.cnf", "/etc/mysql/my.cnf", "/etc/mysql/mariadb.cnf"]
    for folder in ("/etc/my.cnf.d", "/etc/mysql/conf.d", "/etc/mysql/mariadb.conf.d"):
        paths += [f"{folder}/{name}" for name in serving.files(process, folder) if name.endswith(".cnf")]
    for path in paths:
        try:
            text = process.read_file(path).decode("utf-8", "replace")
        except Errno:
            continue
        section = ""
        for line in text.splitlines():
            line = line.split("#")[0].strip()
            if line.startswith("["):
                section = line.strip("[]").lower()
            elif line and section in ("mysqld", "mariadb", "mariadbd", "server") and line[0] not in ";!":
                name, equals, value = line.partition("=")
                found[name.strip().replace("-", "_").lower()] = value.strip().strip("\"'") if equals else True
    words = process.argv[1:]
    for at, word in enumerate(words):
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            found[name.replace("-", "_").lower()] = value if equals else (
                words[at + 1] if at + 1 < len(words) and words[at + 1][:1] != "-" else True)
    return found


class _MySQL(Replicates):
    """`memory["maria"]`: which of the two it is."""

    port = 3306
    user = "mysql"
    signals = frozenset(("TERM", "INT", "QUIT"))

    # Options and versions

    def configure(self, process: Process) -> int | None:
        memory = process.memory
        given = options(process)
        name = process.argv[0].rpartition("/")[2]
        maria = "maria" in name or "MARIADB_VERSION" in process.env
        text = process.env.get("MARIADB_VERSION" if maria else "MYSQL_VERSION") or ("11.4.2" if maria else "8.4.0")
        version = text.partition(":")[2] or text
        version = version.partition("+")[0].partition("-")[0]
        if "--version" in process.argv or "-V" in process.argv:
            process.write(f"{process.argv[0]}  Ver {version}{'-MariaDB' if maria else ''} for Linux on x86_64\n")
            return 0
        memory.update(
            maria=maria,
            version=version,
            options=given,
            folder=str(given.get("datadir") or DATA).rstrip("/"),
            port=int(given["port"]) if str(given.get("port", "")).isdigit() else 3306,
            making=3.0,
            starting=1.0,
            boss={"user": "root", "host": "localhost", "account_host": "localhost", "database": ""},
            socket="/run/mysqld/mysqld.sock" if maria else "/var/run/mysqld/mysqld.sock",
        )
        full = text if maria else f"{version}-1.el9"
        self._note(process, "Note", f"Entrypoint script for {'MariaDB' if maria else 'MySQL'} Server {full} started.")
        if process.user.uid == 0:
            self._note(process, "Note", "Switching to dedicated user 'mysql'")
            self._note(
                process, "Note", f"Entrypoint script for {'MariaDB' if maria else 'MySQL'} Server {full} started."
            )
        if not self.is_made(process):
            return self._need_password(process)
        return None

    def _note(self, process: Process, level: str, text: str) -> None:
        when = strftime("%Y-%m-%d %H:%M:%S+00:00", process.kernel.now)
        process.write(f"{when} [{level}] [Entrypoint]: {text}\n", 2 if level == "ERROR" else 1)

    def _log(self, process: Process, code: str, text: str, level: str = "System") -> None:
        if process.memory["maria"]:
            when = strftime("%Y-%m-%d %k:%M:%S", process.kernel.now)
            process.write(f"{when} 0 [{'Note' if level == 'System' else level}] {text}\n", 2)
        else:
            when = strftime("%Y-%m-%dT%H:%M:%S", process.kernel.now)
            fraction = f"{process.kernel.now % 1:.6f}"[2:]
            process.write(f"{when}.{fraction}Z 0 [{level}] [{code}] [Server] {text}\n", 2)

    def _need_password(self, process: Process) -> int | None:
        if _setting(process, "ROOT_PASSWORD") or any(_setting(process, name) for name in (
                "ALLOW_EMPTY_PASSWORD", "ALLOW_EMPTY_ROOT_PASSWORD", "RANDOM_ROOT_PASSWORD", "ROOT_PASSWORD_HASH")):
            return None
        if process.memory["maria"]:
            what = ("\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, "
                    "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD")
        else:
            what = (
                "    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n"
                "    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD"
            )
        self._note(process, "ERROR", f"Database is uninitialized and password option is not specified\n{what}")
        return 1

    # Data

    def is_made(self, process: Process) -> bool:
        return "mysql" in serving.files(process, process.memory["folder"])

    def make(self, process: Process) -> None:
        from .sql.mysqlpasswords import hashed

        memory = process.memory
        serving.put(process, f"{memory['folder']}/mysql/global_priv.ibd", b"{}\n", self.user)
        server = serving.server_of(process, self)
        password = _setting(process, "ROOT_PASSWORD") or ""
        if not password and _setting(process, "RANDOM_ROOT_PASSWORD"):
            letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
            password = "".join(process.space.random.choice(letters) for _ in range(32))
            self._note(process, "Note", f"GENERATED ROOT PASSWORD: {password}")
        kept = _setting(process, "ROOT_PASSWORD_HASH") or hashed(password)
        everything = [["ALL PRIVILEGES", "*", "*"]]
        hosts = ["localhost", _setting(process, "ROOT_HOST") or "%"]
        for host in dict.fromkeys(hosts):
            server.users[f"root@{host}"] = {"password": kept, "grants": everything}
        server.users_changed = True
        if not memory["maria"]:
            bits = process.space.random.bits(128)
            text = f"{bits:032x}"
            uuid = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
            serving.put(process, f"{memory['folder']}/auto.cnf", f"[auto]\nserver-uuid={uuid}\n".encode(), self.user)
        session = self.session(server, 1, dict(memory["boss"]))
        session.now = process.kernel.now
        database, user = _setting(process, "DATABASE"), _setting(process, "USER")
        for statement in self._first(process, database, user):
            session.execute(statement)
        self.save(process, server)

    def _first(self, process: Process, database: str | None, user: str | None) -> list[str]:
        found = []
        if database:
            self._note(process, "Note", f"Creating database {database}")
            found.append(f"CREATE DATABASE IF NOT EXISTS `{database}`")
            process.memory["boss"]["database"] = database
        if user:
            self._note(process, "Note", f"Creating user {user}")
            password = (_setting(process, "PASSWORD") or "").replace("'", "''")
            found.append(f"CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'")
            if database:
                self._note(process, "Note", f"Giving user {user} access to schema {database}")
                found.append(f"GRANT ALL ON `{database}`.* TO '{user}'@'%'")
        return found

    def load(self, process: Process) -> Server:
        from ..chance import Chance
        from .sql.data import Data
        from .sql.session import Server

        memory, folder = process.memory, process.memory["folder"]
        data = Data(True)
        databases = serving.files(process, folder)
        for path in (f"{folder}/mysql.ibd", *(f"{folder}/{name}/{file}" for name in databases if name != "mysql"
                                              for file in serving.files(process, f"{folder}/{name}")
                                              if file.endswith(".ibd"))):
            try:
                data.load(process.read_file(path))
            except (Errno, ValueError, KeyError, IndexError):
                continue
        data.changed.clear()
        server = Server(True, memory["maria"], self._version(memory), Chance(f"{process.space.random.bits(64)}"),
                        self._settings(process))
        server.databases[""] = data
        server.started = process.space.started
        server.users = _kept(process, f"{folder}/mysql/global_priv.ibd")
        server.replica = _kept(process, f"{folder}/master.info")
        if server.replica:
            server.replica["connected"] = SOURCE in process.fds
        if not server.users and memory["phase"] == "ready":
            server.users = {"root@localhost": {"password": "", "grants": [["ALL PRIVILEGES", "*", "*"]]}}
        self.find_log(process, server)
        return server

    def _version(self, memory: dict[str, Any]) -> str:
        return f"{memory['version']}-MariaDB-ubu2404" if memory["maria"] else str(memory["version"])

    def _settings(self, process: Process) -> dict[str, Any]:
        memory = process.memory
        found: dict[str, Any] = {}
        for name, value in memory["options"].items():
            if value is True or str(value).upper() in ("ON", "OFF", "TRUE", "FALSE"):
                found[name] = value is True or str(value).upper() in ("ON", "TRUE")
            else:
                found[name] = int(value) if str(value).isdigit() else value
        if isinstance(found.get("log_bin"), str):
            found["log_bin"] = True
        for name in ("read_only", "super_read_only"):
            if name in found:
                found[name] = bool(found[name])
        try:
            text = process.read_file(f"{memory['folder']}/auto.cnf").decode()
            found["server_uuid"] = text.partition("server-uuid=")[2].strip()
        except Errno:
            pass
        return {**found, "hostname": process.space.hostname, "port": memory["port"], "datadir": memory["folder"] + "/",
                "socket": memory["socket"]}

    def save(self, process: Process, server: Server) -> None:
        folder = process.memory["folder"]
        data = server.databases[""]
        for key in sorted(data.changed):
            content = data.dumped(key)
            path = f"{folder}/{key[0]}/{key[1]}.ibd" if key != ("", "") else f"{folder}/mysql.ibd"
            if content is None:
                serving.remove(process, path)
            else:
                serving.put(process, path, content, self.user)
            if key == ("", ""):
                self._folders(process, folder, data.catalog.schemas)
        data.changed.clear()
        for name in server.dropped:
            if name not in data.catalog.schemas:
                serving.remove(process, f"{folder}/{name}")
        server.dropped.clear()
        if server.users_changed:
            serving.put(
                process, f"{folder}/mysql/global_priv.ibd", json.dumps(server.users).encode() + b"\n", self.user
            )
            if server.replica:
                serving.put(process, f"{folder}/master.info", json.dumps(server.replica).encode() + b"\n", self.user)
            elif "master.info" in serving.files(process, folder):
                serving.remove(process, f"{folder}/master.info")
            server.users_changed = False
        self.write_log(process, server)

    def _folders(self, process: Process, folder: str, schemas: list[str]) -> None:
        there = serving.files(process, folder)
        for name in schemas:
            if name not in there:
                serving.put(process, f"{folder}/{name}/db.opt", b"default-character-set=utf8mb4\n", self.user)

    # Life

    def socket(self, process: Process) -> str:
        return str(process.memory["socket"])

    def ready(self, process: Process) -> None:
        memory = process.memory
        version = self._version(memory)
        if memory["maria"]:
            self._log(process, "", f"Server socket created on IP: '0.0.0.0', port: '{memory['port']}'.")
            self._log(process, "", "mariadbd: ready for connections.")
            process.write(f"Version: '{version}'  socket: '{memory['socket']}'  port: {memory['port']}  "
                          "mariadb.org binary distribution\n", 2)
        else:
            self._log(process, "MY-010931", f"/usr/sbin/mysqld: ready for connections. Version: '{version}'  socket: "
                      f"'{memory['socket']}'  port: {memory['port']}  MySQL Community Server - GPL.")
        server = serving.server_of(process, self)
        memory["busy"] = bool(server.replica.get("running"))

    def parting(self, process: Process, signal: str) -> int:
        memory = process.memory
        if memory["maria"]:
            self._log(process, "", "mariadbd: Shutdown complete")
        else:
            self._log(process, "MY-010910", f"/usr/sbin/mysqld: Shutdown complete (mysqld {memory['version']})  "
                      "MySQL Community Server - GPL.")
        return 0

    def full(self, server: Server) -> list[Any]:
        return [1114, "HY000", "The table is full", "", "", -1]

    # Clients

    def login(self, process: Process, server: Server, hello: dict[str, Any], peer: str) -> dict[str, Any]:
        from .sql.errors import SqlError
        from .sql.mysql import SYSTEM
        from .sql.mysqlpasswords import login, proves

        host = "localhost" if hello.get("local") else peer
        user = hello.get("user") or "root"
        scramble = hello.get("scramble")
        if scramble is None:
            account = login(server, user, host, hello.get("password") or "")
        else:
            salt = bytes.fromhex(hello["salt"])
            account = login(server, user, host, scramble, lambda kept: proves(kept, salt, bytes.fromhex(scramble)))
        state = {"user": user, "host": host, "account_host": account, "database": ""}
        database = hello.get("database") or ""
        if database:
            session = self.session(server, 0, {**state})
            if database not in server.databases[""].catalog.schemas and database not in SYSTEM:
                raise SqlError(1049, "42000", f"Unknown database '{database}'")
            if database not in ("information_schema", "performance_schema"):
                session.allowed(database)  # type: ignore[attr-defined]
            state["database"] = database
        return state

    def greet(self, process: Process, fd: int) -> tuple[dict[str, Any], bytes]:
        from . import mysqlprotocol

        salt = bytes(33 + process.space.random.below(90) for _ in range(20))
        state = mysqlprotocol.new(salt.replace(b"{", b"!"))
        return state, mysqlprotocol.greeting(state, self._version(process.memory), fd + 2)

    def speak(self, state: dict[str, Any], data: bytearray, ask: serving.Ask) -> tuple[bytes, bool]:
        from . import mysqlprotocol

        return mysqlprotocol.hear(state, data, ask)

    def session(self, server: Server, number: int, state: dict[str, Any]) -> Session:
        from .sql.mysql import MySQL

        return MySQL(server, number, state)


BACKEND = _MySQL()


def run(process: Process) -> int | None:
    """Play mysqld or mariadbd."""
    return serving.run(process, BACKEND)


PROGRAMS = dict.fromkeys(("mysqld", "mariadbd"), run)
