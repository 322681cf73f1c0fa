"""Which pods `drain` evicts, and evicting them (kubectl/pkg/drain)."""

from __future__ import annotations

from ...go import duration
from ...go.fmt import quote
from ...machinery import timestamps
from ...machinery.errors import StatusError
from ...machinery.objects import controller_of
from ...machinery.pods import is_terminal
from ...machinery.wellknown import MIRROR_POD_ANNOTATION_KEY
from ...releases.kubectl import does
from ..failures import Aggregate, Failure
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.types import Object
    from ..context import Context

RETRY = 5.0  # seconds until an eviction that a budget forbids is tried again
PATIENCE = 3600.0  # simulated seconds after which that ends on a frozen clock, which nobody can interrupt


def empty(ctx: Context, node: str, strategy: str) -> None:
    """Evict (or with --disable-eviction delete) the pods of a node and wait until they are gone. Raises Aggregate."""
    pods = _to_evict(ctx, node)
    if strategy == "client":
        for pod in pods:
            ctx.out(f"evicting pod {_key(pod)} (dry run)\n")
        return
    try:
        if ctx.flags["disable-eviction"]:
            _Removal(ctx, pods, strategy).delete()
        else:
            _Removal(ctx, pods, strategy).evict()
    except Failure as failure:
        pending = _to_evict(ctx, node, warn=False)
        if pending:
            ctx.err(f"There are pending pods in node {quote(node)} when an error occurred: {failure}\n")
            ctx.err("".join(f"pod/{pod['metadata']['name']}\n" for pod in pending))
        raise


def _key(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _pods_on(ctx: Context, node: str) -> Iterator[Object]:
    """Yield the pods of a node that --pod-selector leaves, read in chunks."""
    flags, continue_ = ctx.flags, ""
    while True:
        found = ctx.client.list("pods", label_selector=flags["pod-selector"], field_selector=f"spec.nodeName={node}",
                                limit=flags["chunk-size"], continue_=continue_)
        yield from found["items"]
        continue_ = found["metadata"].get("continue", "")
        if not continue_:
            return


def _to_evict(ctx: Context, node: str, warn: bool = True) -> list[Object]:
    """Return the pods of a node that have to go, and warn of the others; raises Aggregate for those that may not."""
    chosen: list[Object] = []
    warnings: dict[str, list[str]] = {}
    problems: dict[str, list[str]] = {}
    for pod in _pods_on(ctx, node):
        wanted, warning, problem = _judge(ctx, pod)
        if wanted:
            chosen.append(pod)
        if warning:
            warnings.setdefault(warning, []).append(_key(pod))
        if problem:
            problems.setdefault(problem, []).append(_key(pod))
    if problems:
        raise Aggregate([Failure(f"cannot delete {problem}: {', '.join(keys)}") for problem, keys in problems.items()])
    if warnings and warn:
        ctx.warn("; ".join(f"{warning}: {', '.join(keys)}" for warning, keys in warnings.items()))
    return chosen


def _judge(ctx: Context, pod: Object) -> tuple[bool, str, str]:
    """Return (whether it goes, a warning, why it may not): the last of drain's filters to say something wins."""
    flags = ctx.flags
    if _long_gone(ctx, pod):
        return False, "", ""
    ended = is_terminal(pod)
    owner = controller_of(pod)
    if owner and owner["kind"] == "DaemonSet" and owner["apiVersion"] == "apps/v1" and not ended:
        try:
            ctx.client.get("daemonsets.v1.apps", owner["name"], pod["metadata"]["namespace"])
        except StatusError as error:
            if not (error.reason == "NotFound" and flags["force"]):
                return False, "", error.message
        else:
            if flags["ignore-daemonsets"]:
                return False, "ignoring DaemonSet-managed Pods", ""
            return False, "", "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
    if MIRROR_POD_ANNOTATION_KEY in (pod["metadata"].get("annotations") or {}):
        return False, "", ""
    if not ended and any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ()) \
            and not (flags["delete-emptydir-data"] or flags["delete-local-data"]):
        return False, "", "Pods with local storage (use --delete-emptydir-data to override)"
    if ended or owner:
        return True, "", ""
    if flags["force"]:
        return True, "deleting Pods that declare no controller", ""
    if not does("PodsThatDeclare", ctx.release):
        return False, "", "Pods declare no controller (use --force to override)"
    again = "" if does("CannotDeleteOnce", ctx.release) else "cannot delete "
    return False, "", f"{again}Pods that declare no controller (use --force to override)"


def _long_gone(ctx: Context, pod: Object) -> bool:
    """Whether a pod has been terminating for longer than --skip-wait-for-delete-timeout."""
    limit, deleted = ctx.flags["skip-wait-for-delete-timeout"], pod["metadata"].get("deletionTimestamp")
    return bool(limit > 0 and deleted and int(ctx.now - timestamps.parse(deleted)) > limit)


class _Removal:
    """Removes pods side by side, within --timeout."""

    def __init__(self, ctx: Context, pods: list[Object], strategy: str):
        flags = ctx.flags
        self.ctx, self.flags, self.strategy = ctx, flags, strategy
        self.timeout: float | None = flags["timeout"] or None
        self._end = ctx.now + self.timeout if self.timeout else None
        self._next = {_key(pod): (ctx.now, pod) for pod in pods}  # to be tried at that time
        self._leaving: list[Object] = []
        self.errors: list[Exception] = []

    @property
    def _grace_period(self) -> int | None:
        return self.flags["grace-period"] if self.flags["grace-period"] >= 0 else None

    def delete(self) -> None:
        """Delete the pods and wait for them. Raises Failure."""
        for _, pod in self._next.values():
            meta = pod["metadata"]
            try:
                self.ctx.client.delete("pods", meta["name"], meta["namespace"], grace_period=self._grace_period,
                                       dry_run=self.strategy == "server")
            except StatusError as error:
                if error.reason != "NotFound":
                    raise Failure(error.message) from None
            self._leaving.append(pod)
        if self._leaving and not self.ctx.wait(lambda: self._gone("deleted"), self.timeout):
            raise Failure(self._expired())

    def evict(self) -> None:
        """Evict the pods, again and again where a budget forbids it, and wait for them. Raises Aggregate."""
        if self.timeout is None and self.ctx.cluster.clock.frozen:
            self.timeout, self._end = PATIENCE, self.ctx.now + PATIENCE
        while self._next or self._leaving:
            self._try()
            due = min((time for time, _ in self._next.values()), default=None)
            ends = [time for time in (due, None if self._next else self._end) if time is not None]
            until = min(ends) if ends else None
            self.ctx.wait(lambda: self._gone("evicted") and not self._next,
                          None if until is None else max(0.0, until - self.ctx.now))
            if not self._next and self._leaving and (self._end is None or self.ctx.now >= self._end):
                self._give_up()
        if self.errors:
            raise Aggregate(self.errors)

    def _try(self) -> None:
        """Evict every pod whose time has come."""
        for key, (time, pod) in list(self._next.items()):
            if time > self.ctx.now:
                continue
            del self._next[key]
            name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
            told = f'pods/{quote(name)} -n {quote(namespace)}'
            self.ctx.out(f"evicting pod {key}{cmdutil.SUFFIX[self.strategy]}\n")
            if self._end is not None and self.ctx.now >= self._end:
                self.errors.append(Failure(f"error when evicting {told}: {self._timeout_reached()}"))
                continue
            try:
                self._evict(name, namespace)
            except StatusError as error:
                if error.reason == "TooManyRequests":
                    self.ctx.err(f"error when evicting {told} (will retry after 5s): {error.message}\n")
                    self._next[key] = (self.ctx.now + RETRY, pod)
                elif error.reason != "NotFound":
                    self.errors.append(Failure(f"error when evicting {told}: {error.message}"))
                continue
            if self.strategy != "server":
                self._leaving.append(pod)

    def _evict(self, name: str, namespace: str) -> None:
        options: Object = {} if self._grace_period is None else {"gracePeriodSeconds": self._grace_period}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace},
                    "deleteOptions": options}
        self.ctx.client.create("pods", eviction, namespace, name=name, subresource="eviction",
                               dry_run=self.strategy == "server")

    def _gone(self, word: str) -> bool:
        """Tell which pods have gone meanwhile; True when all have."""
        for pod in list(self._leaving):
            meta = pod["metadata"]
            try:
                now = self.ctx.client.get("pods", meta["name"], meta["namespace"])
            except StatusError as error:
                if error.reason != "NotFound":
                    raise
                now = None
            if now is None or now["metadata"]["uid"] != meta["uid"]:
                cmdutil.tell_done(self.ctx, pod, word, self.strategy)
            elif _long_gone(self.ctx, now):
                self.ctx.out(f"pod {quote(meta['name'])} has DeletionTimestamp older than "
                             f"{self.flags['skip-wait-for-delete-timeout']} seconds, skipping\n")
            else:
                continue
            self._leaving.remove(pod)
        return not self._leaving

    def _give_up(self) -> None:
        for pod in self._leaving:
            meta = pod["metadata"]
            self.errors.append(Failure(
                f"error when waiting for pod {quote(meta['name'])} in namespace "
                f"{quote(meta['namespace'])} to terminate: {self._expired()}"))
        self._leaving = []

    def _expired(self) -> str:
        """What is said of pods that do not terminate in time."""
        by_context = does("DrainByContext", self.ctx.release)
        return "context deadline exceeded" if by_context else self._timeout_reached()

    def _timeout_reached(self) -> str:
        return f"global timeout reached: {duration.format(self.timeout or 0)}"
