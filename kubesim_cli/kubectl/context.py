"""What a verb is given: the client, the namespace, the streams."""

from __future__ import annotations

import sys

from ..machinery.files import HOST
from .failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO, TypeVar

    from ..apiserver.client import Client, Request
    from ..cluster.cluster import Cluster
    from ..machinery.files import Files
    from ..machinery.guests import Call
    from ..machinery.types import Object, Release
    from .cli.flags import Flags
    from .kubeconfig import Kubeconfig
    from .util.requestpath import RequestClient

    Found = TypeVar("Found")
    Streams = tuple[TextIO, TextIO, TextIO]  # stdin, stdout, stderr

# Templates that may get at managedFields: by name, by recursion or a wildcard, or with all of metadata or the object.
_MAY_SHOW_THEM = (r"managedFields|file=|\.\.|\.\*|metadata(?![.\w\\])|\{\s*[.@$]?\s*[}|]|[\s(][.$]\s*[)}|]"
                  r"|(?<!range )\.items(?:\[[^\]]*\])?\s*[}|)]|:[.$@]?\s*(?:,|$)")


class Context:
    """One call of one command. Nothing is opened before it is asked for: neither kubeconfig nor cluster."""

    name = "kubectl"  # what the program calls itself, whichever name it was called by
    files: Files = HOST  # those that -f and its kin name
    in_container: Callable[[Call], int | None] | None = None  # see commandline.in_container
    remembers = True  # it keeps between its calls what the server has told of its resources

    def __init__(self, command: str, flags: Flags, environ: Mapping[str, str], streams: Streams | None = None,
                 cluster: Cluster | None = None):
        """`command` as in `rollout status`, with its `flags`; `args` are set when these are parsed.

        `streams`: (stdin, stdout, stderr) text streams, else those of sys; `cluster` is given by tests.
        """
        self.command, self.flags, self.environ = command, flags, environ
        self.args: list[str] = []
        self.words: list[str] = []  # the whole command line, as it was given
        self._stdin, self._stdout, self._stderr = streams or (sys.stdin, sys.stdout, sys.stderr)
        self._cluster = cluster
        self._caught_up = cluster is not None
        self._client: Client | None = None
        self._kubeconfig: Kubeconfig | None = None
        self._pending: list[tuple[TextIO, str]] = []
        self._warnings: list[str] = []
        self.paint: Callable[[str], str] | None = None  # what colours stdout on its way out
        self._unprinted = False  # what was asked for could not be printed
        self.on_call: list[Callable[[Request, int], None]] = []  # who hears of each API call (see Client)

    # The cluster

    @property
    def kubeconfig(self) -> Kubeconfig:
        """What the kubeconfig files and the global flags say."""
        if self._kubeconfig is None:
            from .kubeconfig import load
            self._kubeconfig = load(self.environ, self.flags)
        return self._kubeconfig

    @property
    def namespace(self) -> str:
        """From -n, else the context's, else `default`."""
        self._tell_note()
        return self.kubeconfig.namespace

    @property
    def namespace_given(self) -> bool:
        """Whether -n was given (ToRawKubeConfigLoader().Namespace()'s enforceNamespace)."""
        return self.kubeconfig.namespace_given

    @property
    def cluster(self) -> Cluster:
        """The cluster behind the kubeconfig's context, its time caught up; verbs use `client`."""
        cluster = self._stored()
        if not self._caught_up:
            self._tell_note()
            cluster.tick()
            cluster.catch_up()
            self._caught_up = True
        return cluster

    def _tell_note(self) -> None:
        """Tell once, before the cluster is played, where it is not the one that KUBECONFIG names."""
        if self.kubeconfig.note:
            self._tell(self.kubeconfig.note)
            self.kubeconfig.note = ""

    def _stored(self) -> Cluster:
        """Return the cluster as it was left."""
        if self._cluster is None:
            self._cluster = self.open_cluster(self.kubeconfig.store_path())
            self._cluster.on_commit, self._cluster.stderr = self.flush, self._stderr
            self._cluster.command = " ".join(("kubectl", *self.words))
            if self._cluster.state.answers:
                from .util.answers import answer
                answer(self, self._cluster)
        return self._cluster

    def open_cluster(self, folder: str) -> Cluster:
        """Return the cluster in a folder, as it was left."""
        import time

        from ..cluster.cluster import Cluster
        cluster = Cluster(folder, wanted_release(self.environ), time.time, time.sleep, self._tell,
                          wanted_bare(self.environ), wanted_kubelet(self.environ), wanted_seed(self.environ))
        cluster.server.kubectl = self.in_container
        return cluster

    def allow(self) -> None:
        """Raise Failure where the command may not be run with the flags that it has."""

    @property
    def client(self) -> Client:
        """The API as the kubeconfig's user sees it."""
        if self._client is None:
            from ..apiserver.client import Client
            cluster = self.cluster
            user = self.kubeconfig.identity(lambda token: _review(Client(cluster.server), token))
            if self.flags["v"] >= 6:
                from .util.calllog import CallLog
                self.on_call.append(CallLog(self).on_call)
            client = self.connect(cluster, user)
            client.kubeconfig = self.kubeconfig
            client.managed_fields = self._shows_managed_fields()
            self._client = client
        return self._client

    def connect(self, cluster: Cluster, user: Object) -> RequestClient:
        """Return a client of the cluster's server for a user."""
        from .util.requestpath import RequestClient
        return RequestClient(cluster.server, user=user, on_warning=self.warn_for_server,
                             on_call=self._called if self.on_call else None)

    def _shows_managed_fields(self) -> bool:
        """Tell whether managed fields may be seen of what is read: making them takes time (Client.managed_fields)."""
        flags = self.flags
        given = {name: flags[name] for name in ("show-managed-fields", "output", "template", "for", "sort-by")
                 if name in flags}
        if given.pop("show-managed-fields", False):
            return True
        asked = " ".join(map(str, given.values()))
        if "=" not in asked and "{" not in asked and "managedFields" not in asked:
            return False
        import re

        return re.search(_MAY_SHOW_THEM, asked) is not None

    def _called(self, request: Request, code: int) -> None:
        for listener in self.on_call:
            listener(request, code)

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.cluster.now

    @property
    def release(self) -> Release:
        """The release of the kubectl that is played, as in (1, 28); that of the server is `client.release`.

        It is KUBESIM_KUBECTL_VERSION, else that of the cluster, or the wanted one where the kubeconfig leads to none.
        """
        return self._release(lambda: self._stored().server.release)

    @property
    def told_release(self) -> Release:
        """`release`, for help and the like: they need no cluster, so none is put together to learn it."""
        from ..cluster.state import release_of
        return self._release(lambda: release_of(self.kubeconfig.store_path(), wanted_release(self.environ)))

    def _release(self, of_cluster: Callable[[], Release]) -> Release:
        asked = asked_release(self.environ, "KUBESIM_KUBECTL_VERSION")
        if asked:
            return asked
        from ..cluster.state import StoreError
        from ..releases import OLDEST
        try:
            return of_cluster()
        except (Failure, StoreError):
            return wanted_release(self.environ) or OLDEST

    # The terminal

    def out(self, text: str) -> None:
        """Print to stdout, once the store has committed."""
        self._pending.append((self._stdout, text))

    def err(self, text: str) -> None:
        """Print to stderr, in its place among what goes to stdout."""
        self._pending.append((self._stderr, text))

    def tell_simulator(self) -> None:
        """Say on a terminal who plays the cluster; what reads a pipe gets what kubectl prints."""
        if self.on_terminal:
            from .. import __version__
            self.out(f"kubesim {__version__}: simulated, in {self.kubeconfig.store_path()}\n")

    def capture(self, show: Callable[[], None]) -> str:
        """Call `show` and return what it prints to stdout, instead of printing it."""
        pending, self._pending = self._pending, []
        try:
            show()
        finally:
            printed, self._pending = self._pending, pending
        self._pending += [entry for entry in printed if entry[0] is not self._stdout]
        return "".join(text for stream, text in printed if stream is self._stdout)

    def warn(self, text: str) -> None:
        """Tell a warning of kubectl's own (printers.WarningPrinter)."""
        colored = self._stderr.isatty() and self.environ.get("TERM", "dumb") != "dumb" \
            and "NO_COLOR" not in self.environ
        label = "\033[33;1mWarning:\033[0m" if colored else "Warning:"
        self.err(f"{label} {text}\n")

    def warn_for_server(self, text: str) -> None:
        """Tell a warning of the server's, each once, and count it for --warnings-as-errors (rest.NewWarningWriter)."""
        if text not in self._warnings:
            self._warnings.append(text)
            self.warn(text)

    @property
    def on_terminal(self) -> bool:
        """Whether stdout is a terminal."""
        return self._stdout.isatty()

    @property
    def from_terminal(self) -> bool:
        """Whether stdin is a terminal."""
        return self._stdin.isatty()

    @property
    def input(self) -> TextIO:
        """The stream of stdin, for what is read piece by piece."""
        return self._stdin

    @property
    def output(self) -> TextIO:
        """The stream of stdout, for what is asked of a terminal."""
        return self._stdout

    def stdin(self) -> str:
        """Return all of stdin."""
        self.about_to_wait()
        raw = getattr(self._stdin, "buffer", None)
        if raw is None:
            return self._stdin.read()
        from ..machinery.files import bounded

        return bounded(raw).decode("utf-8", "surrogateescape")

    # Time and the store

    def wait(self, check: Callable[[], Found], timeout: float | None = None) -> Found | None:
        """Call `check()` now and after every change of the cluster until it returns something true; return that,
        or None when `timeout` seconds have passed. What was done and printed is committed and shown before it sleeps.
        """
        return self.cluster.wait(check, timeout)

    def commit(self) -> None:
        """Make what was done durable and unlock, then show what was printed."""
        if self._cluster is not None:
            self._cluster.commit()
        self.flush()

    def pause(self) -> None:
        """Commit, unlock and show, before something outside (an editor, a pipe, a server) takes its time."""
        self.commit()

    def run_program(self, program: str, arguments: list[str]) -> int:
        """Run a program to its end, with its words among our own, and return its exit code. Raises OSError."""
        import subprocess

        done = subprocess.run([program, *arguments], env=dict(self.environ), capture_output=True, check=False)
        self.out(done.stdout.decode("utf-8", "surrogateescape"))
        self.err(done.stderr.decode("utf-8", "surrogateescape"))
        return done.returncode

    def run_editor(self, arguments: list[str]) -> int:
        """Run a program that has the terminal, and return its exit code. Raises OSError."""
        import subprocess

        return subprocess.run(arguments, env=dict(self.environ), check=False).returncode

    def once(self, act: Callable[[], Found]) -> Found:
        """Return what `act` does, or did where a command line that had to wait is given again."""
        return act()

    def about_to_wait(self) -> None:
        """Before an input that may be long in coming: what was done before stands, and nobody has to wait for us."""
        if self._cluster is not None and self._cluster.locked:
            self.pause()

    def _tell(self, line: str) -> None:
        """Tell of a wait, or of a trouble that is no failure, at once."""
        try:
            self._stderr.write(line)
            self._stderr.flush()
        except OSError as error:
            self._refused(self._stderr, error)

    def flush(self) -> None:
        """Write what was printed, in its order."""
        pending, self._pending = self._pending, []
        position = 0
        while position < len(pending):
            stream, texts = pending[position][0], []
            while position < len(pending) and pending[position][0] is stream:
                texts.append(pending[position][1])
                position += 1
            raw = getattr(stream, "buffer", None)
            if self.paint and stream is self._stdout:
                texts = [self.paint("".join(texts))]
            try:
                if raw:
                    for text in texts:
                        raw.write(text.encode("utf-8", "surrogateescape"))
                    raw.flush()
                else:
                    stream.write("".join(texts))
                    stream.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                self._refused(stream, error)

    def _refused(self, stream: TextIO, error: OSError) -> None:
        """Go on without a stream that takes nothing.

        Where kubectl minds that, a write that was made is not told as failed all the same.
        """
        from ..machinery.streams import refusal, silence
        from .telling import minds_stdout

        silence(stream)
        if stream is self._stdout and minds_stdout(self.command, self.flags):
            made = self._cluster is not None and self._cluster.wrote
            self._tell(f"{'Warning' if made else 'error'}: {refusal(error)}\n")
            self._unprinted = not made

    def close(self) -> None:
        """Let go of the cluster; what was not committed is lost."""
        if self._cluster is not None:
            self._cluster.close()

    def finish(self, code: int) -> int:
        """Commit and return the exit code, where --warnings-as-errors makes 0 a 1."""
        if code == 0 and self._warnings and self.flags["warnings-as-errors"]:
            count = len(self._warnings)
            self.err(f"error: {count} warning{'s' if count > 1 else ''} received\n")
            code = 1
        self.commit()
        return code or int(self._unprinted)


def _review(client: Client, token: str) -> Object | None:
    """Return the user that a token stands for, or None."""
    status = client.create("tokenreviews.authentication.k8s.io", {
        "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "metadata": {},
        "spec": {"token": token}})["status"]
    if not status.get("authenticated"):
        return None
    user = status["user"]
    return {"name": user["username"], "groups": list(user.get("groups") or ()), "uid": user.get("uid", ""),
            "extra": user.get("extra") or {}}


def wanted_release(environ: Mapping[str, str]) -> Release | None:
    """Return KUBESIM_KUBERNETES_VERSION, which clusters are made with, or None where it is not set; raises Failure."""
    return asked_release(environ, "KUBESIM_KUBERNETES_VERSION")


def asked_release(environ: Mapping[str, str], variable: str) -> Release | None:
    """Return the release that a variable names, as in (1, 30), or None where it is not set; raises Failure."""
    text = environ.get(variable, "")
    if not text:
        return None
    from ..releases import parse_release
    try:
        return parse_release(text)
    except ValueError as why:
        raise Failure(f"{variable}: {why}") from None


def wanted_kubelet(environ: Mapping[str, str]) -> str | None:
    """Return what KUBESIM_KUBELET says of how clusters are made, full or stub, or None where it is not set; raises
    Failure."""
    text = environ.get("KUBESIM_KUBELET", "")
    if text not in ("", "full", "stub"):
        raise Failure(f'KUBESIM_KUBELET: "{text}" is neither full nor stub')
    return text or None


def wanted_seed(environ: Mapping[str, str]) -> str:
    """Return KUBESIM_SEED, which the names and UIDs of a new cluster come from, or "" where it is not set."""
    return environ.get("KUBESIM_SEED", "")


def wanted_bare(environ: Mapping[str, str]) -> bool | None:
    """Return what KUBESIM_BARE says of how clusters are made, or None where it is not set; raises Failure."""
    from .kubeconfig import switch
    return switch(environ, "KUBESIM_BARE")
