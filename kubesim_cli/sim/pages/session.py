"""Where a page's commands run: a folder and a cluster of their own, one shell from the first command to the last.

A command that is a plain call of kubectl runs in this process, all others in one bash that lives on, so that variables,
functions and the working directory do. The cluster's clock is frozen: nothing waits for real time.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import sys
import time
from dataclasses import dataclass

from ...machinery import timestamps
from ...releases import parse_release
from ..settings import Settings
from . import scratch
from .bash import Bash
from .commandline import plain_words
from .confined import web_ports
from .programs import FETCHING, HARMLESS
from .watching import Watch, Watching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from types import FrameType

    from ...cluster.cluster import Cluster
    from ...kubectl.cli.flags import Flags
    from ...kubectl.context import Streams
    from ...machinery.types import Object
    from ..settings import Execute

START = "2024-01-01T00:00:00Z"
_INTERACTIVE = {"edit", "edit-last-applied", "diff", "proxy", "port-forward"}  # what calls other programs, or serves
# curl and wget for files, which --map has made of URLs; curl for addresses in the cluster, too.
_FETCH = """\
#!/bin/sh
for word; do
    case $word in *://* | [0-9]*.[0-9]*.[0-9]*.[0-9]*)
        [ -p /dev/stdout ] || set -- -sS "$@"  # it shows its progress only where something else shows what it prints
        exec kubectl sim curl "$@" ;;
    esac
done
out= from=
[ "${0##*/}" = wget ] && save=1 || save=
while [ $# -gt 0 ]; do
    case $1 in
        -o | --output | --output-document) shift; out=$1 ;;
        -O | -*[LsSf]O) [ "${0##*/}" = wget ] && { shift; out=$1; } || save=1 ;;
        -*) ;;
        *) from=$1 ;;
    esac
    shift
done
[ -z "$out" ] && [ -n "$save" ] && out=$(basename "$from")
case $out in '' | -) exec cat "$from" ;; *) exec cp "$from" "$out" ;; esac
"""


@dataclass
class Ran:
    """What came of a command; `output` is stdout and stderr in their order, or stdout alone where they are apart."""

    code: int
    output: str
    stderr: str = ""
    timed_out: bool = False


class Gone(Exception):
    """A command has taken the cluster's files away."""


class TimedOut(Exception):
    """A command took longer than it may."""


class Session:
    """The shell and the cluster of one page. Use as a context manager: while it is open, this process has its
    environment and working directory."""

    _CHOOSES = re.compile(r"\b(?:minikube|kind|use-context|KUBECONFIG)\b")

    def __init__(self, folder: str, execute: Execute | None, *, release: str = "", nodes: int = 1, start: str = "",
                 timeout: float = 60.0, allow: Collection[str] = (), host_shell: bool = False,
                 settings: dict[str, str] | None = None, gates: Collection[str] = (), given: Sequence[str] = ()):
        """`settings`: of the control plane, as Cluster.reset has them; `gates`: feature gates that are on; `given`:
        folders of this machine's that commands name and may read."""
        self._chosen, self._given = settings or {}, (folder, *given)
        self.folder, self.execute, self.timeout, self.host_shell = folder, execute, timeout, host_shell
        self.work, self.bin = os.path.join(folder, "work"), os.path.join(folder, "home", ".kubesim", "bin")
        os.makedirs(self.work)
        self.home = home = os.path.join(folder, "home")
        self._state = state = os.path.join(home, ".kubesim")
        os.makedirs(state)
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "BASH"))}
        self.environ = {**keep, "HOME": home, "KUBESIM_HOME": state, "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80",
                        "KUBESIM_KUBERNETES_VERSION": release, "KUBESIM_KUBECONFIG": "1", "KUBESIM_TTY": "1",
                        "PWD": self.work, "TERM": "dumb"}
        self.nodes, self.start = nodes, start or START
        self._gates = dict.fromkeys(gates, True)
        self._programs(state, allow, host_shell)
        self._ports = None if allow else web_ports(os.environ)  # who allows programs may mean them to connect
        self._bash: Bash | None = None
        self._settings = Settings(self.environ)  # of the cluster that the page was in last
        self._cluster: Cluster | None = None
        self.watches: list[Watch] = []
        self.taken_for_granted: dict[str, None] = {}  # what was inferred on the way, in its order

    def _programs(self, state: str, allow: Collection[str], host_shell: bool) -> None:
        """Make the folder of programs that a page finds: kubesim's kubectl, a sleep that costs nothing, and harmless
        ones."""
        from ..running import stage

        folder = stage(state, frozen=True)
        scratch.make(self.home)
        if host_shell:
            self.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
            return
        self.environ["TMPDIR"] = self.home + scratch.TEMPORARY
        for name in FETCHING:
            if name not in allow:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(_FETCH)
                os.chmod(os.path.join(folder, name), 0o700)
        for name in sorted({*HARMLESS, *allow}):
            found = shutil.which(name)
            if found and not os.path.lexists(os.path.join(folder, name)):
                os.symlink(found, os.path.join(folder, name))
        self.environ["PATH"] = folder + os.pathsep + self.home + scratch.PROGRAMS

    def __enter__(self) -> Session:
        self._before = dict(os.environ), os.getcwd()
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        """Make the cluster, as the page's commands find it."""
        os.environ.clear()
        os.environ.update(self.environ)
        os.chdir(self.work)
        _tell_zone()
        cluster = self._open()
        cluster.reset(seed="page", nodes=self.nodes, release=cluster.server.release, settings=self._chosen,
                      feature_gates=self._gates)
        cluster.close()
        self._cluster = None
        cluster = self._open()
        cluster.set_clock(frozen=timestamps.parse(self.start))
        cluster.begin()
        cluster.store.commit(durable=True)
        cluster.store.release()

    def __exit__(self, *problem: object) -> None:
        self.end_watches()
        if self._bash is not None:
            self._bash.end()
        if self._cluster is not None:
            self._cluster.close()
        os.environ.clear()
        os.environ.update(self._before[0])
        os.chdir(self._before[1])
        _tell_zone()

    def _open(self) -> Cluster:
        if self._cluster is None:
            self._cluster = self._settings.cluster()
        return self._cluster

    # The cluster

    @property
    def cluster(self) -> Cluster:
        """The cluster as the last command left it."""
        cluster = self._open()
        cluster.refresh()
        return cluster

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self.cluster.clock.shown

    def advance(self, to: float) -> None:
        """Let time pass up to a moment. What watches see on the way, they see when it happens."""
        cluster = self.cluster
        while cluster.clock.shown < to:
            due = cluster.store.timers.first(to + 1) if self.watches else to
            cluster.set_clock(frozen=max(min(due, to), cluster.clock.shown + 0.001))
            cluster.commit()
            for watch in self.watches:
                watch.look()

    def next_change(self, limit: float) -> float:
        """Return when something may happen next in the cluster, or `limit`."""
        cluster = self.cluster
        now = cluster.clock.shown
        return max(min(cluster.store.timers.first(limit), limit), now + 0.001)

    def reset(self, release: str = "") -> None:
        """Throw the cluster away; the next command finds a new one, perhaps of another release. The clock goes on."""
        cluster = self.cluster
        cluster.reset(seed="page", nodes=self.nodes, settings=self._chosen,
                      feature_gates={} if release else self._gates,
                      release=parse_release(release) if release else cluster.server.release)

    def keep(self, name: str = "kept") -> str:
        """Keep the cluster as it is now; returns what `go_back` takes, until the next is kept by that name."""
        kept = os.path.join(self.folder, name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self._open().store.folder, kept)
        return kept

    def go_back(self, kept: str) -> None:
        """Have the cluster be again as it was kept."""
        folder = self._open().store.folder
        self._open().close()
        self._cluster = None
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)

    def script_uid(self, target: str, uid: str) -> None:
        """Have an object that is yet to be made get a UID; `target` is RESOURCE/[NAMESPACE/]NAME."""
        from ..uids import script

        cluster = self.cluster
        cluster.hold()
        script(cluster, f"{target}={uid}")
        cluster.commit()

    def find(self, resource: str, name: str, namespace: str = "default") -> Object | None:
        """Return the object of that name, None where there is none."""
        from ...machinery.errors import StatusError

        client = self._open().client
        found = client.discovery.find(resource)
        if found is None:
            return None
        try:
            return client.get(found.name, name, namespace if found.namespaced else "")
        except StatusError:
            return None

    # Commands

    def run(self, text: str, apart: bool = False) -> Ran:
        """Run a command; `apart` tells stdout and stderr apart."""
        if not self.host_shell:
            text = scratch.to_scratch(text, self.home, self._given)
        words = plain_words(text) if self.execute is not None else None
        if words and words[0] == "kubectl" and words[1:2] != ["sim"] and not _runs_others(words) \
                and not self._has_plugins():  # plugins take the place of the process
            ran = self._kubectl(words[1:], apart)
        else:
            if self._bash is None:
                # Not the folder that these are in, in which this process makes others.
                confined = () if self.host_shell else (self.work, self.home)
                self._bash = Bash(self.environ, self.work, self.folder, confined, self._ports)
            code, output, stderr, timed_out = self._bash.run(text, self.timeout, apart)
            ran = Ran(code, output, stderr, timed_out)
            if not self.host_shell and not os.path.isdir(self._open().store.folder):
                raise Gone
            if not self._bash.alive:
                self._bash.end()
                self._bash = None
            else:
                self._follow(self._bash.environ, self._bash.cwd)
        if self._CHOOSES.search(text):
            self._change_cluster()
        ran.output = ran.output.replace("\r\n", "\n")  # as a terminal shows what is said on one in a container
        if not self.host_shell:
            ran.output = scratch.to_page(ran.output, self.home)
        if self.watches:
            self._open().refresh()
            for watch in self.watches:
                watch.look()
        return ran

    def own_programs(self) -> set[str]:
        """Return the names of the programs that the page has put into /usr/local/bin."""
        folder = self.home + scratch.PROGRAMS
        return set(os.listdir(folder)) if os.path.isdir(folder) else set()

    def _has_plugins(self) -> bool:
        """Whether a program that a page finds may be a plugin of kubectl."""
        folders = filter(os.path.isdir, self.environ["PATH"].split(os.pathsep))
        return any(name.startswith("kubectl-") for folder in folders for name in os.listdir(folder))

    def _change_cluster(self) -> None:
        """Look at the cluster that the kubeconfig names now, and have it be as late there as it was in the other."""
        from ...kubectl.failures import Failure

        old = self._open()
        settings = Settings(self.environ)
        try:
            folder = settings.folder
        except Failure:  # it names none
            return
        if folder == old.store.folder:
            return
        now = self.now
        old.close()
        self._settings = settings
        self._cluster = settings.cluster()
        if self._cluster.clock.shown < now or not self._cluster.clock.frozen:
            self._cluster.set_clock(frozen=now)
            self._cluster.commit()

    def _follow(self, environ: dict[str, str], cwd: str) -> None:
        """Have kubectl in this process see what the shell has exported, and where it is."""
        environ["KUBESIM_HOME"] = self._state  # whose clusters this process changes
        self.environ = environ
        if environ != os.environ:
            os.environ.clear()
            os.environ.update(environ)
        if os.path.isdir(cwd) and os.getcwd() != cwd:
            os.chdir(cwd)

    def _kubectl(self, words: list[str], apart: bool) -> Ran:
        out = _stream()
        err = _stream() if apart else out
        code, timed_out = self._execute(words, out, err)
        return Ran(code, _text(out), _text(err) if apart else "", timed_out)

    def _execute(self, words: list[str], out: io.TextIOWrapper, err: io.TextIOWrapper,
                 context: Callable[..., Watching] | None = None) -> tuple[int, bool]:
        """Run kubectl in this process; returns the exit code, and whether it took too long."""
        assert self.execute is not None
        before = sys.stdin, sys.stdout, sys.stderr
        streams = io.TextIOWrapper(io.BytesIO(), "utf-8"), out, err
        sys.stdin, sys.stdout, sys.stderr = streams
        alarm = _Alarm(self.timeout)
        try:
            with alarm:
                if context is not None:
                    return self.execute(words, os.environ, streams, context), False
                return self.execute(words, os.environ, streams), False
        except TimedOut:
            return 124, True
        except Exception as problem:
            err.write(f"error: {type(problem).__name__}: {problem}\n")
            return 1, False
        finally:
            sys.stdin, sys.stdout, sys.stderr = before

    def watch(self, text: str) -> Watch | None:
        """Begin a `kubectl get --watch` in the second terminal, and end what runs there.

        None where it is not one that can go on there.
        """
        words = plain_words(text) if self.execute is not None else None
        if not words:
            return None
        out = _stream()
        made: list[Watching] = []

        def here(command: str, flags: Flags, environ: Mapping[str, str], streams: Streams) -> Watching:
            made.append(Watching(command, flags, environ, streams, self.cluster))
            return made[0]

        code, _ = self._execute(words[1:], out, out, here)
        watch = Watch(text, made[0], out, code)
        self.end_watches()  # there is one second terminal
        self.watches = [watch]
        return watch

    def end_watches(self) -> None:
        """End what runs in the second terminal."""
        for watch in self.watches:
            watch.end()
        self.watches = []


def _runs_others(words: Sequence[str]) -> bool:
    """Whether a kubectl command runs other programs, or serves until it is stopped."""
    return bool(_INTERACTIVE.intersection(words)) or any(word.startswith("--edit") for word in words)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "replace")


def _tell_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


class _Alarm:
    """Raises TimedOut in this thread after real seconds, where the system can do that."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._able = hasattr(signal, "setitimer")

    def __enter__(self) -> None:
        if self._able:
            try:
                self._before = signal.signal(signal.SIGALRM, self._ring)
                signal.setitimer(signal.ITIMER_REAL, self.seconds)
            except ValueError:  # not the main thread
                self._able = False

    def _ring(self, number: int, frame: FrameType | None) -> None:
        raise TimedOut

    def __exit__(self, *problem: object) -> None:
        if self._able:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
