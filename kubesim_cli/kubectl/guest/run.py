"""One command line of kubectl in a container: it has the container's files, environment and user, and nothing of this
machine's. What it may not do here it says, and fails."""

from __future__ import annotations

from ...machinery.guests import Unreached
from ..context import Context
from ..failures import Failure
from .config import load
from .journal import POLL, GuestClient, Journal, Suspended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ...cluster.cluster import Cluster
    from ...machinery.guests import Call
    from ...machinery.types import Object, Release
    from ..cli.flags import Flags
    from ..context import Streams
    from ..kubeconfig import Kubeconfig

# What can be played in a container; of a group all.
_PLAYED = frozenset((
    "annotate", "api-resources", "api-versions", "apply", "auth", "autoscale", "certificate", "cluster-info",
    "completion", "config", "cordon", "create", "delete", "describe", "diff", "drain", "edit", "events", "exec",
    "explain", "expose", "get", "kustomize", "label", "logs", "options", "patch", "replace", "rollout", "run", "scale",
    "set", "taint", "top", "uncordon", "version", "wait"))
_FLAGS = ("attach", "stdin", "tty", "rm")  # that are not, of those
_PORTS = 65535
_HIDDEN = "KUBESIM_"  # the user's own settings, which no container has


class _Stream:
    """A stream of the process: what is written joins what the context has to say."""

    def __init__(self, text: str, pending: list[tuple[Any, str]], fd: int):
        self.text, self._pending, self.fd = text, pending, fd

    def isatty(self) -> bool:
        return False

    def read(self) -> str:
        text, self.text = self.text, ""
        return text

    def write(self, text: str) -> None:
        self._pending.append((self, text))

    def flush(self) -> None:
        pass


class _World:
    """What verbs ask of the cluster beside its API."""

    class _Clock:
        frozen = False

    clock, locked = _Clock(), False

    def __init__(self, call: Call, journal: Journal, show: Callable[[], None]):
        """`show` writes what there is to say."""
        self._call, self._journal, self._show, self.server = call, journal, show, call.server

    @property
    def now(self) -> float:
        return self._journal.now

    def exec(self, pod: Object, name: str, argv: list[str], stdin: bool = False, tty: bool = False) -> int:
        """Run a program in a container to its end, and return its exit code; raises as Cluster.exec, and Suspended."""
        self._journal.told = True
        self._show()  # before the program says anything
        self._journal.call(lambda: self._call.execute(pod, name, argv, stdin))
        return self._ended()

    def start(self, argv: list[str]) -> int:
        """Run a program of the container to its end, and return its exit code; raises OSError, and Suspended."""
        self._journal.told = True
        self._show()
        self._journal.call(lambda: self._call.start(argv))
        return self._ended()

    def _ended(self) -> int:
        """Wait for the program, and return its exit code; given again, that of this one, whichever runs by then."""
        ended = self._journal.wait(lambda: None if (code := self._call.ended()) is None else [code], None, lambda: 0)
        return int(self._journal.call(lambda: (ended or [0])[0]))

    def proxied(self, client: GuestClient, method: str, url: str, body: str | None) -> None:
        """See Cluster.proxied; raises Failure for a path of a proxy."""
        if "/proxy" in url:
            raise Failure("kubesim does not play --raw with a proxy's path in containers")

    def log(self, pod: Object, container: Object, previous: bool = False) -> Any:
        """See Cluster.log."""
        self._journal.told = True
        return self._call.log(pod, container, previous)


class GuestContext(Context):
    """What a verb is given in a container."""

    remembers = False

    def __init__(self, call: Call, flags: Flags, environ: Mapping[str, str], journal: Journal):
        said: list[tuple[Any, str]] = []
        streams: Any = (_Stream(call.stdin, said, 0), _Stream("", said, 1), _Stream("", said, 2))
        super().__init__("", flags, environ, streams)
        self._pending = said
        self.call, self.journal, self.files = call, journal, call.files
        self.world = _World(call, journal, self.show)
        self._is_reached = False

    @property
    def kubeconfig(self) -> Kubeconfig:
        if self._kubeconfig is None:
            found = load(self.call, self.flags)
            found.client = self.call.server.trusted  # type: ignore[attr-defined]
            self._kubeconfig = found
        return self._kubeconfig

    @property
    def cluster(self) -> Cluster:
        """Who stands for the cluster, once the connection to it has come about. Raises Failure, Suspended."""
        if not self._is_reached:
            self.kubeconfig.check()
            self._reach(self.kubeconfig.server)
            self._is_reached = True
        return self.world  # type: ignore[return-value]

    def _reach(self, server: str) -> None:
        from ...go.url import URL

        try:
            place = URL(server if "://" in server else f"http://{server}")
        except ValueError as why:
            raise Failure(str(why)) from None
        host, port = place.name or "localhost", place.port
        port = port if port is not None else 443 if place.scheme == "https" else 80
        if port > _PORTS:
            raise Failure(f"Unable to connect to the server: dial tcp: address {port}: invalid port", prefix="")
        try:
            if not self.call.reach(host, port):
                raise Suspended
        except Unreached as why:
            if why.refused:
                raise Failure(f"The connection to the server {place.host} was refused - did you specify the right "
                              "host or port?", prefix="") from None
            raise Failure(f"Unable to connect to the server: {why}", prefix="") from None

    def _stored(self) -> Cluster:
        return self.world  # type: ignore[return-value]

    @property
    def told_release(self) -> Release:
        return self.release

    def connect(self, cluster: Cluster, user: Object) -> GuestClient:
        client = GuestClient(cluster.server, user=user, on_warning=self.warn_for_server,
                             on_call=self._called if self.on_call else None)
        client.journal = self.journal
        return client

    def allow(self) -> None:
        """Raise Failure where a command is not played in containers, or not with its flags."""
        words, flags = self.command.split(), self.flags
        unplayed = [f"--{name}" for name in _FLAGS if self.command != "exec" and name in flags and flags.is_local(name)
                    and flags[name]]
        if words[0] not in _PLAYED:
            raise Failure(f"kubesim does not play kubectl {self.command} in containers")
        if unplayed:
            raise Failure(f"kubesim does not play kubectl {self.command} {unplayed[0]} in containers")
        for name in (flags["filename"] or ()) if "filename" in flags else ():
            if name.startswith(("http://", "https://")):
                from ...go.url import URL
                from ..resource.download import check

                check(name)
                raise Failure(f'unable to read URL "{name}": dial tcp: lookup {URL(name).name}: no such host')

    # The terminal, time and the store

    def wait(self, check: Any, timeout: float | None = None) -> Any:
        return self.journal.wait(check, timeout, lambda: sum(len(text) for _, text in self._pending))

    def run_program(self, program: str, arguments: list[str]) -> int:
        return self.world.start([program, *arguments])

    def run_editor(self, arguments: list[str]) -> int:
        return self.world.start(arguments)

    def once(self, act: Any) -> Any:
        return self.journal.call(act)

    def stdin(self) -> str:
        return self._stdin.read()

    def flush(self) -> None:
        """Nothing is shown before the command line ends, or waits."""

    def commit(self) -> None:
        """What was done belongs to the transaction in which the container lives on."""

    def close(self) -> None:
        pass

    def show(self) -> None:
        """Write what it has to say, and has not said before."""
        self.journal.tell([(stream.fd, text) for stream, text in self._pending],  # type: ignore[attr-defined]
                          self.call.write)


def run(call: Call, execute: Callable[..., int]) -> int | None:
    """Run a command line by `execute` (commandline.py) and return its exit code.

    None where it has to wait: then it is to be called again, with the same memory, at `call.until`, or, where that is
    None, when what `call.reach` waits for has come.
    """
    server: Any = call.server
    journal = Journal(call.memory, lambda: float(server.now))
    memory = call.memory
    if memory.get("seen") == server.store.revision and (memory["end"] is None or server.now < memory["end"]):
        call.until = server.now + POLL if memory["end"] is None else min(server.now + POLL, memory["end"])
        return None
    environ = {name: value for name, value in call.env.items() if not name.startswith(_HIDDEN)}
    environ.update({"PATH": "", "KUBECTL_KUBERC": "false"})
    if call.release:
        environ["KUBESIM_KUBECTL_VERSION"] = call.release
    made: list[GuestContext] = []

    def context(command: str, flags: Flags, environ: Mapping[str, str], streams: Streams | None) -> GuestContext:
        made.append(GuestContext(call, flags, environ, journal))
        return made[0]

    try:
        code: int | None = execute(call.words, environ, None, context)
    except Suspended:
        code, call.until = None, journal.until
    except Exception:
        if made:
            made[0].show()
        raise
    made[0].show()
    journal.rest()
    if code is None and journal.until is not None and not journal.told:
        memory["seen"] = server.store.revision
    return code
