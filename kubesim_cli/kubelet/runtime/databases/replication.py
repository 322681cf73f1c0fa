"""MySQL's replication: a source writes its statements to a binary log; a replica connects as a client, reads on from
where it was, and does them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..kernel.errors import Errno
from . import serving, wire

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.session import Server, Session

SOURCE = 4         # the replica's descriptor of its connection
HEAD = 154         # bytes of a log before its first event, as a new one of MySQL has


class Replicates(serving.Backend):
    """A server that may be a source or a replica. A log's file holds an event a line; positions are HEAD and bytes."""

    def _names(self, process: Process) -> str:
        given = process.memory["options"].get("log_bin")
        base = given if isinstance(given, str) and given not in ("ON", "1") else (
            f"{process.space.hostname}-bin" if process.memory["maria"] or process.memory["version"].startswith("5.")
            else "binlog")
        return f"{base.rpartition('/')[2]}.000001"

    def _logs(self, process: Process) -> bool:
        memory = process.memory
        given = memory["options"].get("log_bin")
        if "skip_log_bin" in memory["options"]:
            return False
        return given is not None or not (memory["maria"] or memory["version"].startswith("5."))

    def find_log(self, process: Process, server: Server) -> None:
        """Tell a server where its log stands."""
        if not self._logs(process):
            server.settings["log_bin"] = False
            return
        server.settings["log_bin"] = True
        name = self._names(process)
        try:
            size = len(process.read_file(f"{process.memory['folder']}/{name}"))
        except Errno:
            size = 0
        server.position = name, HEAD + size

    def write_log(self, process: Process, server: Server) -> None:
        """Write what was committed, and let replicas know."""
        events, server.log = server.log, []
        if not events or not server.settings.get("log_bin"):
            return
        name, position = server.position
        path = f"{process.memory['folder']}/{name}"
        new = b"".join(
            wire.pack({"at": at, "db": database, "q": text, "seed": seed}) for at, database, text, seed in events
        )
        try:
            before = process.read_file(path)
        except Errno:
            before = b""
        serving.put(process, path, before + new, self.user)
        server.position = name, position + len(new)
        self.push(process, server)

    def push(self, process: Process, server: Server) -> None:
        """Send each replica what it has not got yet."""
        name, position = server.position
        for fd, state in sorted(process.memory["sessions"].items()):
            sent = state.get("replica_at")
            if sent is None or sent >= position:
                continue
            data = process.read_file(f"{process.memory['folder']}/{name}")[max(sent - HEAD, 0):]
            state["replica_at"] = position
            try:
                wire.send(process, {"events": data.decode("utf-8", "replace"), "file": name, "position": position}, fd)
            except wire.Lost:
                state["replica_at"] = None

    def ask(self, process: Process, session: Session, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer a replica's first question, or a backup's."""
        server = session.server
        name, position = server.position
        if "position" in message:
            return {"file": name, "position": position, "replica": server.replica, "log_bin": bool(
                server.settings.get("log_bin"))}
        if "binlog" in message:
            if not server.settings.get("log_bin"):
                return {"error": [1236, "HY000", "Binary log is not open"]}
            session.state["replica_at"] = max(int(message["binlog"]), HEAD)
            first = {"events": "", "file": name, "position": min(position, session.state["replica_at"]),
                     "server_id": server.settings.get("server_id", 1)}
            wire.send(process, first, session.number)
            self.push(process, server)
            return None
        return super().ask(process, session, message)

    # The replica's side

    def idle(self, process: Process, server: Server) -> tuple[list[object], float | None]:
        """Connect to the source, and do what it sends."""
        memory, replica = process.memory, server.replica
        if server.asked_replica in ("STOP", "RESET"):
            process.close(SOURCE)
            replica["connected"] = False
        server.asked_replica = ""
        if not replica.get("running"):
            return [], None
        if SOURCE not in process.fds:
            due = memory.get("retry", 0.0)
            if process.kernel.now < due:
                return [], due
            if not self._connect(process, replica):
                memory["retry"] = process.kernel.now + float(replica.get("connect_retry") or 60)
                return [], memory["retry"]
        connection = process.fds[SOURCE]
        got: bytearray = memory.setdefault("source", bytearray())
        while True:
            data = connection.read(process.kernel, 1 << 16)
            if data is None:
                break
            if not data:
                process.close(SOURCE)
                replica.update(connected=False, io_errno=2003, io_error=f"error reconnecting to master "
                               f"'{replica.get('user')}@{replica['host']}:{replica.get('port', 3306)}'")
                memory["retry"] = process.kernel.now + float(replica.get("connect_retry") or 60)
                return [], memory["retry"]
            got += data
        *whole, rest = bytes(got).split(b"\n")
        got[:] = rest
        for line in whole:
            self._take(process, server, wire.unpack(line) or {})
        return [connection.key], None

    def _connect(self, process: Process, replica: dict[str, Any]) -> bool:
        from ..bin.resolver import lookup
        from ..kernel.network import connect

        host, port = str(replica["host"]), int(replica.get("port", 3306))
        address = host if host.replace(".", "").isdigit() else next(iter(lookup(process, host).addresses), "")
        try:
            if not address:
                raise Errno("ECONNREFUSED")
            process.install(SOURCE, connect(process.kernel, process.space, address, port))
        except Errno as error:
            number = {"ECONNREFUSED": 111, "ETIMEDOUT": 110}.get(error.name, 113)
            replica.update(
                connected=False,
                io_errno=2003,
                io_error=f"error connecting to master '{replica.get('user')}@{host}:"
                f"{port}' - retry-time: {replica.get('connect_retry', 60)} maximum-retries: 100000 message: Can't "
                f"connect to server on '{host}' ({number} \"{error.message}\")"
                if address
                else f"Unknown server host '{host}' (-2)",
            )
            return False
        wire.send(
            process, {"hello": {"user": replica.get("user") or "", "password": replica.get("password") or ""}}, SOURCE
        )
        wire.send(process, {"binlog": int(replica.get("log_pos") or HEAD)}, SOURCE)
        process.memory["source"] = bytearray()
        return True

    def _take(self, process: Process, server: Server, message: dict[str, Any]) -> None:
        from .sql.errors import SqlError

        replica = server.replica
        if "error" in message:
            process.close(SOURCE)
            replica.update(connected=False, io_errno=message["error"][0], io_error=message["error"][2])
            return
        if "events" not in message:
            return
        if "server_id" in message:
            replica["server_id"] = message["server_id"]
        replica.update(connected=True, log_file=message["file"], log_pos=message["position"], io_errno=0, io_error="")
        for line in message["events"].splitlines():
            event = wire.unpack(line.encode()) or {}
            state = {"user": "root", "host": "localhost", "account_host": "localhost", "database": event["db"],
                     "applier": True, "seed": event["seed"]}
            session = self.session(server, SOURCE, state)
            session.now, session.seed_text = event["at"], event["seed"]
            process.work(100)
            try:
                session.execute(event["q"])
            except SqlError as error:
                replica.update(
                    errno=error.code,
                    error=f"Error '{error.message}' on query. Default database: '{event['db']}'. Query: '{event['q']}'",
                    running=False,
                )
                process.close(SOURCE)
                break
        server.log = [] if not process.memory["options"].get("log_slave_updates") else server.log
        server.users_changed = True
        self.save(process, server)
