"""A cluster for one test: kubectl in this process, programs beside it, and what a test wants to do to either."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, TypeVar, cast

from ..cluster import loading, stubs
from ..cluster.cluster import Cluster as Simulated
from ..go import duration
from ..kubectl.config.access import write_own
from ..kubectl.context import asked_release, wanted_bare, wanted_kubelet
from ..kubectl.failures import Failure
from ..kubectl.kubeconfig import own_path, store_folder
from ..kubectl.resource import manifests
from ..machinery import timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from ..releases import gates, parse_release
from ..sim.running import START
from . import calls, folders, golden

Object = dict[str, Any]
Found = TypeVar("Found")

_STAGE = "KUBE"  # how the variables begin that belong to a stage of its own


class Result(NamedTuple):
    """What came of a command."""

    stdout: str
    stderr: str
    exit_code: int

    def check(self) -> Result:
        """Return itself, or raise CommandFailed where the exit code is not 0."""
        if self.exit_code:
            raise CommandFailed(self)
        return self


class CommandFailed(AssertionError):
    """A command ended with another exit code than 0; `result` tells what came of it."""

    def __init__(self, result: Result):
        super().__init__(f"exit code {result.exit_code}: {(result.stderr or result.stdout).rstrip()}")
        self.result = result


class NotFound(LookupError):
    """There is no such object, or no such resource."""


class Call(NamedTuple):
    """One kubectl command line, of the test or of a program that it ran."""

    command: str              # as a shell would read it: kubectl get pods -l 'a in (b)'
    exit_code: int | None     # None where it was interrupted
    requests: tuple[str, ...]  # METHOD PATH STATUS, in their order; the status is 0 where nobody answered


class Snapshot(NamedTuple):
    """A cluster as it was at a moment, in seconds since 1970; see Cluster.restore."""

    files: folders.Files
    at: float


class Cluster:
    """A simulated cluster of its own, new and deterministic, whose clock stands still until it is moved.

    >>> with Cluster(nodes=2, kubernetes_version="1.30") as cluster:
    ...     cluster.apply("web.yaml")
    ...     cluster.until(lambda: cluster.get("deploy/web")["status"].get("readyReplicas") == 3)
    ...     assert "3/3" in cluster.kubectl("get deploy web").stdout

    `kubectl` runs in this process, relative to its working directory. Nothing of it is shared with other clusters, nor
    with a kubeconfig that this process has.
    """

    def __init__(self, *, nodes: int = 1, kubernetes_version: str = "", seed: int | str | None = None,
                 clock: str = "frozen", start: str | datetime = START, tick: str | float | timedelta = 0,
                 kubelet: str | None = None, bare: bool | None = None, feature_gates: Mapping[str, bool] | None = None):
        """`kubernetes_version`: 1.28 (the default) to 1.37; `seed`: where names and UIDs come from, else 1.

        `clock`: `frozen` at `start` (RFC 3339, or a datetime), or `running` with the wall clock. `tick`: each kubectl
        command moves a frozen clock by that much, so that loops which ask again and again end. `kubelet`: `full`, or
        `stub` for nodes that run no processes. `bare`: an empty kube-system. `feature_gates`: set otherwise than the
        release does. Where one of these is not given, the variable of docs/settings.md decides that has its name.
        Raises ValueError.
        """
        if clock not in ("frozen", "running"):
            raise ValueError(f'clock is "frozen" or "running", not {clock!r}')
        if not 1 <= nodes <= 5000:
            raise ValueError(f"a cluster has 1 to 5000 nodes, not {nodes}")
        release = parse_release(kubernetes_version) if kubernetes_version else asked_release(
            os.environ, "KUBESIM_KUBERNETES_VERSION")
        asked = ",".join(f"{name}={str(value).lower()}" for name, value in (feature_gates or {}).items())
        release = release or (1, 28)
        at = None if clock == "running" else _moment(start)
        files = folders.new(seed=str(os.environ.get("KUBESIM_SEED") or 1) if seed is None else str(seed), nodes=nodes,
                            release=release, bare=wanted_bare(os.environ) if bare is None else bare,
                            kubelet=kubelet or wanted_kubelet(os.environ) or "full",
                            gates=tuple(gates.parse(asked, release).items()), at=at, tick=_seconds(tick))
        self.home = folders.make(files)
        self._finalizer = weakref.finalize(self, folders.remove, self.home)
        self._clusters = calls.Clusters()
        self._log = os.path.join(self.home, "calls")
        self._last: list[tuple[str, Result]] = []  # commands since the last golden file
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(_STAGE)}
        self.environ.update(KUBESIM_HOME=self.home, KUBESIM_LOG=self._log, KUBESIM_KUBECONFIG="1",
                            KUBECONFIG=own_path({"KUBESIM_HOME": self.home}))
        self.golden = golden.Golden()

    def close(self) -> None:
        """Remove the cluster. A `with` statement does so, too, and the end of the process."""
        self._clusters.close()
        self._finalizer()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    # Commands

    def kubectl(self, command: str | Sequence[str], stdin: str = "") -> Result:
        """Run a kubectl command line in this process: `get pods -o wide`, as a shell would split it, or a list.

        `sim ...` is the command of that name: `cluster.kubectl("sim node stop minikube-m02")`.
        """
        words = shlex.split(command) if isinstance(command, str) else list(command)
        if words[:1] == ["kubectl"]:
            del words[0]
        if words[:1] == ["sim"]:
            result = Result(*calls.sim(words[1:], self.environ, stdin))
        else:
            result = Result(*calls.kubectl(self._clusters, words, self.environ, stdin))
        self._last.append((shlex.join(["kubectl", *words]), result))
        return result

    def run(self, command: str | Sequence[str], stdin: str = "", *, cwd: str | os.PathLike[str] | None = None,
            env: Mapping[str, str] | None = None, timeout: float | None = None) -> Result:
        """Run any program, whose `kubectl` is this cluster's: a command line for the shell, or a list of words.

        `env`: variables beside `environ`; `timeout`: real seconds, after which subprocess.TimeoutExpired is raised.
        Where the clock stands still, a program's `sleep` moves it, and takes no time.
        """
        write_own(self.environ)  # programs beside kubectl read it
        environ = {**self.environ, **(env or {})}
        environ["PATH"] = folders.programs(self._cluster.clock.frozen) + os.pathsep + environ.get("PATH", "")
        ran = subprocess.run(command, shell=isinstance(command, str), input=stdin, cwd=cwd, env=environ,
                             timeout=timeout, capture_output=True, encoding="utf-8",
                             errors="surrogateescape", check=False)
        result = Result(ran.stdout, ran.stderr, ran.returncode if ran.returncode >= 0 else 128 - ran.returncode)
        self._last.append((command if isinstance(command, str) else shlex.join(command), result))
        return result

    @property
    def calls(self) -> list[Call]:
        """Every kubectl command line so far, those of programs included, with the requests that it sent."""
        if not os.path.exists(self._log):
            return []
        with open(self._log, encoding="utf-8", errors="surrogateescape") as file:
            rows = [json.loads(line) for line in file]
        return [Call(row["command"], row["exitCode"], tuple(row["requests"])) for row in rows]

    # Objects

    def apply(self, manifest: str | os.PathLike[str] | Object | Sequence[Object]) -> Result:
        """Apply a file, a text in YAML or JSON (of several lines, or in braces), an object, or several.

        Raises CommandFailed.
        """
        where, stdin = _manifest(manifest)
        return self.kubectl(["apply", "-f", where], stdin).check()

    def load(self, manifest: str | os.PathLike[str] | Object | Sequence[Object]) -> list[str]:
        """Take objects over as `kubectl get -o yaml` of a real cluster prints them, with status, ages and owners.

        `manifest` as in `apply`. A frozen clock goes on to the last moment that they tell of. Returns KIND/NAME of
        each, and of what was made for them; raises ValueError.
        """
        where, text = _manifest(manifest)
        if where != "-":
            with open(where, encoding="utf-8") as file:
                text = file.read()
        cluster = self._cluster
        try:
            loaded = loading.load(cluster, [*manifests.read(text, where)])
            cluster.commit()
        except Failure as error:
            raise ValueError(str(error)) from None
        finally:
            cluster.let_go()
        return loaded

    def get(self, target: str, namespace: str = "default") -> Object:
        """Return an object, as in `deploy/web`, to do with as one likes; raises NotFound."""
        resource, _, name = target.partition("/")
        if not resource or not name:
            raise ValueError(f"{target!r} is not of the form RESOURCE/NAME")
        cluster = self._cluster
        try:
            return _own(cluster.client.get(self._resource(resource), name, namespace))
        except StatusError as error:
            raise NotFound(error.message) from None

    def objects(self, resource: str, namespace: str = "default", selector: str = "") -> list[Object]:
        """Return the objects of a resource by their names; namespace "": of all. `selector`: as behind `-l`."""
        found = self._cluster.client.list(self._resource(resource), namespace, label_selector=selector)
        return [_own(obj) for obj in found["items"]]

    def _resource(self, word: str) -> str:
        found = self._cluster.client.discovery.find(word)
        if found is None:
            raise NotFound(f"there is no resource {word!r}")
        return found.name

    # Time

    @property
    def now(self) -> datetime:
        """The moment that the cluster's clock shows."""
        return datetime.fromtimestamp(self._cluster.clock.shown, timezone.utc)

    def advance(self, length: str | float | timedelta) -> None:
        """Let time pass (`5m`, seconds, or a timedelta); what falls due on the way happens in its order."""
        seconds = _seconds(length)
        cluster = self._cluster
        if cluster.clock.frozen:
            cluster.set_clock(frozen=cluster.clock.shown + seconds)
        else:
            cluster.set_clock(offset=cluster.clock.offset + seconds)
        cluster.commit()

    def until(self, condition: Callable[[], Found], timeout: str | float | timedelta = "10m") -> Found:
        """Let time pass until `condition()` returns something true, and return that.

        It is asked after everything that happens; an object that it does not find may still come. `timeout`: of the
        cluster's time. Raises TimeoutError.
        """
        cluster, seconds = self._cluster, _seconds(timeout)

        def check() -> Found | None:
            try:
                return condition()
            except NotFound:
                return None

        try:
            found = cluster.wait(check, seconds)
            cluster.commit()
        finally:
            cluster.let_go()
        if not found:
            raise TimeoutError(f"not met within {duration.format(round(seconds))} of the cluster's time")
        return found

    # What does not happen as it would

    def fail(self, pattern: str, error: str = "", *, slow: str | float | timedelta = 0, times: int | None = None,
             rate: float = 1.0, namespace: str = "*") -> None:
        """Have requests of kubectl fail, or take long: `cluster.fail("patch statefulsets/*", "conflict", times=1)`.

        `pattern`: VERB RESOURCE[/NAME[/SUBRESOURCE]] with wildcards; `error`: forbidden, conflict, timeout, refused,
        unauthorized or 500; `times`: how often, None for always; `rate`: which share of them. Raises ValueError.
        """
        self._declare(lambda cluster: stubs.fault(cluster, pattern, error=error, slow=_seconds(slow), times=times,
                                                  rate=rate, namespace=namespace))

    def answer(self, pattern: str, stdout: str = "", *, stderr: str = "", exit_code: int = 0,
               times: int | None = None) -> None:
        """Have command lines of kubectl answered and not run: `cluster.answer("exec db-* -- mongo*", "{ ok: 1 }\\n")`.

        `pattern`: what stands behind `kubectl`, with wildcards; flags before `--` may be left out. Raises ValueError.
        """
        self._declare(lambda cluster: stubs.answer(cluster, pattern, stdout=stdout, stderr=stderr, code=exit_code,
                                                   times=times))

    def _declare(self, do: Callable[[Simulated], object]) -> None:
        cluster = self._cluster
        cluster.hold()
        try:
            do(cluster)
            cluster.commit()
        finally:
            cluster.let_go()

    def snapshot(self) -> Snapshot:
        """Return the cluster as it is now, with its kubeconfig and what is declared."""
        return Snapshot(folders.taken(self.home), self._cluster.clock.shown)

    def restore(self, snapshot: Snapshot) -> None:
        """Have the cluster be again as it was; a running clock runs on from then. `calls` are those of then, too."""
        self._clusters.close()
        folders.clear(self.home)
        folders.put(self.home, snapshot.files)
        cluster = self._cluster
        if not cluster.clock.frozen:
            cluster.set_clock(offset=cluster.clock.offset_of(snapshot.at))
            cluster.commit()

    # Golden files

    def assert_matches_golden(self, name: str, text: str | None = None) -> None:
        """Compare what was run since the last call of this with `golden/NAME.txt`: commands and what they printed.

        `text`: compare that instead. The folder stands beside the test's file. With `pytest --kubesim-update` or
        KUBESIM_UPDATE=1 the file is written. Raises AssertionError with what differs.
        """
        ran, self._last = self._last, []
        self.golden.check(name, golden.transcript(ran) if text is None else text)

    @property
    def _cluster(self) -> Simulated:
        """The cluster of the kubeconfig's first context, `minikube`."""
        folder = store_folder(self.home, "minikube")
        return self._clusters.get(folder, calls.opened)


def _moment(when: str | datetime) -> float:
    return when.timestamp() if isinstance(when, datetime) else timestamps.parse(when)


def _seconds(length: str | float | timedelta) -> float:
    """Return a length of time in seconds; raises ValueError."""
    if isinstance(length, timedelta):
        length = length.total_seconds()
    seconds = duration.parse(length) if isinstance(length, str) else float(length)
    if seconds < 0:
        raise ValueError("time only moves forward")
    return seconds


def _manifest(manifest: str | os.PathLike[str] | Object | Sequence[Object]) -> tuple[str, str]:
    """Return a manifest as an argument of `-f` and what stdin has to be then."""
    if isinstance(manifest, str):
        inline = "\n" in manifest or manifest.lstrip().startswith("{")
        return ("-", manifest) if inline else (manifest, "")
    if isinstance(manifest, os.PathLike):
        return os.fspath(manifest), ""
    objects = [manifest] if isinstance(manifest, Mapping) else [*manifest]
    return "-", json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def _own(obj: Object) -> Object:
    """Return an object of the store for a test to keep, without the record of who made it (provenance.py)."""
    found = cast(Object, clone(obj))
    if isinstance(found["metadata"].get("managedFields"), str):
        del found["metadata"]["managedFields"]
    return found
