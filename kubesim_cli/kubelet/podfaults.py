"""Pods that were said to crash, to run out of memory, to fail their probes or to start slowly.

A fault is {"pod": PATTERN, "namespace": NAME, "what": WHAT, "at": SECONDS, ...}: since when it is there, as seconds
since 1970, and a pattern of file names. WHAT is

    crash, oom   containers end: those that run at `at`, and those started later each after `again` seconds, if not null
    probe        probes of the kinds in `probes` fail from `at` on
    slow         containers are started `seconds` later than they would be

crash, oom and probe may be for one `container` alone ("" for all). `code` is the exit code of a crash.
"""

from __future__ import annotations

from .containerruntime import KINDS, Runtime
from .runtime.process import OOM_CODE, Outcome, Piece
from .stub import Stub

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object


def matching(faults: list[Object], pod: Object) -> list[Object]:
    """Return the faults that are a pod's."""
    from fnmatch import fnmatchcase

    meta = pod["metadata"]
    return [fault for fault in faults if fault["namespace"] == meta["namespace"]
            and fnmatchcase(meta["name"], fault["pod"])]


def delay(faults: list[Object]) -> float:
    """Return how many seconds later than it would a pod of these faults starts."""
    return float(sum(fault["seconds"] for fault in faults if fault["what"] == "slow"))


class Faulty(Runtime):
    """A runtime whose pod has `faults`; what they do not concern is that of the class behind this one."""

    faults: list[Object]

    def outcome(self, api: Client, pod: Object, container: Object, start: float, role: str) -> Outcome:
        """Return what becomes of a container."""
        found = super().outcome(api, pod, container, start, role)
        began = start if found.began is None else found.began
        for fault in self._of(container, "crash", "oom"):
            ends = fault["at"] - began if began <= fault["at"] else fault["again"]
            if ends is not None and (found.ends is None or ends < found.ends):
                code = OOM_CODE if fault["what"] == "oom" else fault["code"]
                found = Outcome(ends, code, "OOMKilled" if fault["what"] == "oom" else "")
                found.began = began
        return found

    def probe(self, container: Object, kind: str) -> Object | None:
        """Return a container's probe; a node that probes nothing makes those that are said to fail."""
        own: Object | None = container.get(f"{kind}Probe")
        return own if any(kind in fault["probes"] for fault in self._of(container, "probe")) else super().probe(
            container, kind)

    def pieces(self, api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
        """Return what a probe finds."""
        kind = next(kind for kind in KINDS if container.get(f"{kind}Probe") is probe)
        found = [Piece(0.0, True)] if isinstance(self, Stub) else super().pieces(api, pod, container, probe, start)
        for fault in self._of(container, "probe"):
            if kind in fault["probes"]:
                since = max(0.0, fault["at"] - start)
                found = [*(piece for piece in found if piece.begins < since), Piece(since, False, _words(pod, probe))]
        return found

    def _of(self, container: Object, *what: str) -> list[Object]:
        return [fault for fault in self.faults if fault["what"] in what
                and fault["container"] in ("", container["name"])]


def _words(pod: Object, probe: Object) -> str:
    """Return what the kubelet says of such a probe that fails."""
    if "httpGet" in probe:
        return "HTTP probe failed with statuscode: 500"
    if "grpc" in probe:
        return 'service unhealthy (responded with "NOT_SERVING")'
    if "tcpSocket" in probe:
        address = f"{(pod.get('status') or {}).get('podIP', '')}:{probe['tcpSocket'].get('port')}"
        return f"dial tcp {address}: connect: connection refused"
    return ""


class _FaultyStub(Faulty, Stub):
    """A node that runs no processes."""


def runtime(kind: str, faults: list[Object]) -> Runtime:
    """Return the runtime of a kind (runtimes.of) for a pod of these faults."""
    made: Faulty = _FaultyStub() if kind == "stub" else Faulty()
    made.faults = faults
    return made
