"""postgres: options, the first data as the image's entry point makes it, files, roles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..dates import strftime
from ..kernel.errors import Errno
from . import serving

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.session import Server, Session

DATA = "/var/lib/postgresql/data"
SOCKET = "/var/run/postgresql/.s.PGSQL.{port}"
_REFUSAL = """Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
"""


class _Postgres(serving.Backend):
    """`memory["folder"]` is PGDATA."""

    port = 5432
    user = "postgres"

    def _env(self, process: Process, name: str) -> str:
        path = process.env.get(f"POSTGRES_{name}_FILE")
        if path:
            try:
                return process.read_file(path).decode("utf-8", "replace").rstrip("\n")
            except Errno:
                return ""
        return process.env.get(f"POSTGRES_{name}", "")

    def configure(self, process: Process) -> int | None:
        memory, words = process.memory, process.argv[1:]
        version = (process.env.get("PG_VERSION") or "17.5").partition("-")[0]
        if "--version" in words or "-V" in words:
            process.write(f"postgres (PostgreSQL) {version} (Debian {version}-1.pgdg120+1)\n")
            return 0
        given: dict[str, Any] = {}
        folder, port = process.env.get("PGDATA") or DATA, "5432"
        for at, word in enumerate(words):
            value = words[at + 1] if at + 1 < len(words) else ""
            if word == "-D":
                folder = value
            elif word == "-p":
                port = value
            elif word == "-c" and "=" in value:
                given[value.partition("=")[0]] = value.partition("=")[2]
            elif word.startswith(("-c", "--")) and "=" in word:
                given[word.lstrip("-c").partition("=")[0].replace("-", "_")] = word.partition("=")[2]
        boss = self._env(process, "USER") or "postgres"
        memory.update(
            folder=folder.rstrip("/"),
            port=int(port) if port.isdigit() else 5432,
            version=version,
            given=given,
            making=2.0,
            starting=0.5,
            boss={"user": boss, "host": "local", "database": self._env(process, "DB") or boss},
        )
        if not self.is_made(process):
            if not self._env(process, "PASSWORD") and self._env(process, "HOST_AUTH_METHOD") != "trust":
                process.write(_REFUSAL, 2)
                return 1
            if "lost+found" in serving.files(process, memory["folder"]):
                process.write(
                    f'initdb: error: directory "{memory["folder"]}" exists but is not empty\n'
                    "initdb: detail: It contains a lost+found directory, perhaps due to it being a mount point.\n",
                    2,
                )
                return 1
            process.write(f'The files belonging to this database system will be owned by user "{self.user}".\n'
                          "This user must also own the server process.\n\n")
        else:
            process.write("\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n")
        return None

    def is_made(self, process: Process) -> bool:
        return "PG_VERSION" in serving.files(process, process.memory["folder"])

    def make(self, process: Process) -> None:
        from .sql.pgnames import new_data

        memory = process.memory
        folder, boss = memory["folder"], memory["boss"]["user"]
        serving.put(process, f"{folder}/PG_VERSION", memory["version"].partition(".")[0].encode() + b"\n", self.user)
        server = serving.server_of(process, self)
        server.users[boss] = {"login": True, "super": True, "createrole": True, "createdb": True,
                              "password": self._env(process, "PASSWORD")}
        server.settings.update(superuser=boss, owners={}, trust=self._env(process, "HOST_AUTH_METHOD") == "trust")
        for name in dict.fromkeys(("postgres", memory["boss"]["database"])):
            data = server.databases[name] = new_data()
            data.changed.add(("", ""))
            server.settings["owners"][name] = boss
        server.users_changed = True
        method = "trust" if server.settings["trust"] else "scram-sha-256"
        serving.put(process, f"{folder}/postgresql.conf", b"listen_addresses = '*'\nmax_connections = 100\n", self.user)
        serving.put(
            process,
            f"{folder}/pg_hba.conf",
            f"local all all trust\nhost all all 127.0.0.1/32 trust\nhost all all all {method}\n".encode(),
            self.user,
        )
        self.save(process, server)
        process.write("PostgreSQL init process complete; ready for start up.\n\n")

    def load(self, process: Process) -> Server:
        from ..chance import Chance
        from .sql.data import Data
        from .sql.session import Server

        memory, folder = process.memory, process.memory["folder"]
        version = (
            f"PostgreSQL {memory['version']} (Debian {memory['version']}-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled "
            "by gcc (Debian 12.2.0-14) 12.2.0, 64-bit"
        )
        server = Server(False, False, version, Chance(f"{process.space.random.bits(64)}"), dict(memory["given"]))
        server.settings["shown_version"] = f"{memory['version']} (Debian {memory['version']}-1.pgdg120+1)"
        server.started = process.space.started
        for name in serving.files(process, f"{folder}/base"):
            data = server.databases[name] = Data(False)
            for file in sorted(serving.files(process, f"{folder}/base/{name}")):
                try:
                    data.load(process.read_file(f"{folder}/base/{name}/{file}"))
                except (Errno, ValueError, KeyError, IndexError):
                    continue
            data.changed.clear()
        try:
            kept = json.loads(process.read_file(f"{folder}/global/pg_authid"))
        except (Errno, ValueError):
            kept = {}
        server.users = kept.get("users", {})
        server.settings.update(kept.get("settings", {}))
        return server

    def save(self, process: Process, server: Server) -> None:
        folder = process.memory["folder"]
        for name, data in sorted(server.databases.items()):
            for key in sorted(data.changed):
                content = data.dumped(key)
                path = f"{folder}/base/{name}/{'.'.join(key) if key != ('', '') else 'pg_class'}"
                if content is None:
                    serving.remove(process, path)
                else:
                    serving.put(process, path, content, self.user)
            data.changed.clear()
        for name in server.dropped:
            if name not in server.databases:
                serving.remove(process, f"{folder}/base/{name}")
        server.dropped.clear()
        if server.users_changed:
            kept = {"users": server.users, "settings": {name: server.settings[name] for name in (
                "superuser", "owners", "trust") if name in server.settings}}
            serving.put(process, f"{folder}/global/pg_authid", json.dumps(kept).encode() + b"\n", self.user)
            server.users_changed = False
        server.log = []

    def _log(self, process: Process, text: str, level: str = "LOG") -> None:
        when = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now)
        fraction = f"{process.kernel.now % 1:.3f}"[2:]
        process.write(f"{when}.{fraction} UTC [{process.pid}] {level}:  {text}\n", 2)

    def socket(self, process: Process) -> str:
        return SOCKET.format(port=process.memory["port"])

    def ready(self, process: Process) -> None:
        memory = process.memory
        version = memory["version"]
        self._log(
            process,
            f"starting PostgreSQL {version} (Debian {version}-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by "
            "gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
        )
        self._log(process, f'listening on IPv4 address "0.0.0.0", port {memory["port"]}')
        self._log(process, f'listening on IPv6 address "::", port {memory["port"]}')
        self._log(process, f'listening on Unix socket "{self.socket(process)}"')
        self._log(process, "database system is ready to accept connections")

    def parting(self, process: Process, signal: str) -> int:
        self._log(process, f"received {({'TERM': 'smart', 'QUIT': 'immediate'}).get(signal, 'fast')} shutdown request")
        self._log(process, "database system is shut down")
        return 0

    def full(self, server: Server) -> list[Any]:
        return [0, "53100", "could not extend file: No space left on device", "",
                "Check free disk space.", -1]

    def login(self, process: Process, server: Server, hello: dict[str, Any], peer: str) -> dict[str, Any]:
        from .sql.errors import SqlError
        from .sql.postgres import login

        user = hello.get("user") or "postgres"
        database = hello.get("database") or user
        try:
            login(server, user, database, hello.get("password"), bool(hello.get("local")) or peer.startswith("127."))
        except SqlError as error:
            if error.state:
                self._log(process, error.message, "FATAL")
            raise
        return {"user": user, "host": None if hello.get("local") else peer, "database": database,
                "application": hello.get("application", "psql")}

    def speak(self, state: dict[str, Any], data: bytearray, ask: serving.Ask) -> tuple[bytes, bool]:
        from . import pgprotocol

        if "stage" not in state:
            state.update(pgprotocol.new())
        return pgprotocol.hear(state, data, ask)

    def session(self, server: Server, number: int, state: dict[str, Any]) -> Session:
        from .sql.postgres import Postgres

        return Postgres(server, number, state)

    def ask(self, process: Process, session: Session, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer psql's backslash commands, and pg_dump."""
        from .sql import pgcatalog

        what, pattern = message.get("show", ""), message.get("pattern", "")
        if what in ("dump", "everything"):
            from .sql import pgdump

            make = pgdump.dump if what == "dump" else pgdump.everything
            return {"text": make(session, message["asked"])}  # type: ignore[arg-type]
        if what == "described":
            return {"several": [[title, result.stored(), below] for title, result, below in
                                pgcatalog.described(session, pattern)]}  # type: ignore[arg-type]
        if what == "relations":
            return pgcatalog.relations(session, message["kinds"], pattern).stored()  # type: ignore[arg-type]
        made = {"databases": pgcatalog.databases, "roles": pgcatalog.roles, "schemas": pgcatalog.schemas}.get(what)
        return made(session).stored() if made is not None else super().ask(process, session, message)  # type: ignore[arg-type]


BACKEND = _Postgres()


def run(process: Process) -> int | None:
    """Play postgres."""
    return serving.run(process, BACKEND)


PROGRAMS = {"postgres": run}
