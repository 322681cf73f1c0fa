"""kubectl logs (pkg/cmd/logs)."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import timestamps
from ..machinery.errors import StatusError, bad_request
from ..machinery.pods import why_no_log
from ..releases.kubectl import does
from .failures import Failure, Usage
from .resource import builder
from .util import cmdutil, podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..cluster.cluster import ContainerLog
    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context

_USAGE = ("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
          "POD or TYPE/NAME is a required argument for the logs command")
SELECTED = 10  # lines that are shown of each log where pods are selected by their labels


def run(ctx: Context) -> None:
    """kubectl logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]"""
    flags, args = ctx.flags, ctx.args
    if len(args) > 2 or (not args and not flags["selector"]):
        raise Usage(_USAGE)
    if len(args) == 1 and flags["selector"]:
        raise Usage("only a selector (-l) or a POD name is allowed")
    if flags["pod-running-timeout"] <= 0:
        raise Failure("--pod-running-timeout must be higher than zero")
    if flags["since-time"]:
        try:
            timestamps.parse(flags["since-time"])
        except ValueError as problem:
            raise Failure(str(problem)) from None
    objects = _select(ctx)
    _check(flags, args)
    streams = [Stream(ctx, pod, container, flags) for obj in objects for pod in _pods(ctx, obj)
               for container in _containers(ctx, pod, args)]
    follows = flags["follow"] and not ctx.cluster.clock.frozen
    if flags["follow"] and len(streams) > flags["max-log-requests"]:
        raise Failure(f"you are attempting to follow {len(streams)} log streams, but maximum allowed concurrency is "
                      f"{flags['max-log-requests']}, use --max-log-requests to increase the limit")
    for stream in streams:
        try:
            stream.begin()
        except (StatusError, Failure) as error:
            if not flags["ignore-errors"]:
                raise
            ctx.out(f"error: {error}\n")
            stream.done = True
    if follows:
        ctx.wait(lambda: followed(streams))


def followed(streams: list[Stream]) -> bool:
    """Show what has come; return whether no more can."""
    for stream in streams:
        stream.go_on()
    return all(stream.done for stream in streams)


def _pods(ctx: Context, obj: Object) -> list[Object]:
    """Return the pods whose logs are meant: with --all-pods all of a workload, else the first."""
    flags = ctx.flags
    pods = podcmd.pods_of(ctx, obj, flags["pod-running-timeout"], "get the logs from")
    if flags["all-pods"]:
        return pods
    if len(pods) > 1:
        ctx.err(f"Found {len(pods)} pods, using pod/{pods[0]['metadata']['name']}\n")
    return pods[:1]


class Stream:
    """One container's log as it is shown. `done`: no more will come of it. `flags` are those of the verb, or what has
    the same names."""

    def __init__(self, ctx: Context, pod: Object, container: Object, flags: Flags | dict[str, Any]):
        self.ctx, self.pod, self.container, self.flags = ctx, pod, container, flags
        self.done = False
        shown = flags["prefix"] or flags["all-pods"]
        self._prefix = f"[pod/{pod['metadata']['name']}/{container['name']}] ".encode() if shown else b""
        self._left: int | None = flags["limit-bytes"] or None
        self._log: ContainerLog | None = None

    def begin(self) -> None:
        """Show what there is; raises what a kubelet answers where there is no log."""
        ctx, flags, meta = self.ctx, self.flags, self.pod["metadata"]
        ctx.client.connect("pods", meta["name"], meta["namespace"], "log", "get")
        if self.pod["spec"].get("nodeName"):
            if why := why_no_log(self.pod, self.container["name"], flags["previous"]):
                raise bad_request(why)
            self._log = ctx.cluster.log(self.pod, self.container, flags["previous"])
        lines = self._come()
        tail = flags["tail"]
        if flags["selector"] and tail == -1 and not ctx.flags.changed("tail"):
            tail = SELECTED
        since = timestamps.parse(flags["since-time"]) if flags["since-time"] else 0.0
        if flags["since"]:
            since = ctx.now - int(flags["since"] + 0.5)
        self._show(self._log.chosen(lines, tail, since) if self._log is not None else [])

    def go_on(self) -> None:
        """Show what has come since; the container may have ended."""
        if self.done or self._log is None:
            self.done = True
            return
        meta = self.pod["metadata"]
        pod = self.ctx.client.find("pods", meta["name"], meta["namespace"])
        running = pod is not None and pod["metadata"]["uid"] == meta["uid"] and self._log.runs(pod)
        self._show(self._come())
        self.done = not running

    def _come(self) -> list[tuple[float, bytes]]:
        if self._log is None:
            return []
        lines = self._log.lines(self.ctx.now)
        if lines is None:
            raise podcmd.untold(self.pod, self.container["name"], self._log.why)
        return lines

    def _show(self, lines: list[tuple[float, bytes]]) -> None:
        parts = []
        for at, line in lines:
            if self.flags["timestamps"] and self._log is not None:
                line = self._log.stamped(at, line)
            if self._left is not None:
                line = line[:self._left]
                self._left -= len(line)
            if line:
                parts.append(self._prefix + line)
        if parts:
            self.ctx.out(b"".join(parts).decode("utf-8", "surrogateescape"))


def _select(ctx: Context) -> list[Object]:
    args = ctx.args
    try:
        if args:
            return [info.obj for info in podcmd.select(ctx, args[:1])]
        infos = builder.from_flags(ctx, ["pods"]).infos()
    except StatusError as error:
        if error.reason == "NotFound" and does("LogsTellNamespace", ctx.release):
            raise Failure(f"error from server (NotFound): {error.message} in namespace "
                          f"{quote(ctx.namespace)}") from None
        raise
    if not infos:
        cmdutil.tell_none(ctx)
    return [info.obj for info in infos]


def _check(flags: Flags, args: list[str]) -> None:
    container = args[1] if len(args) == 2 else flags["container"]
    if flags["since-time"] and flags["since"]:
        raise Failure("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if flags["all-containers"] and container:
        raise Failure(f"--all-containers=true should not be specified with container name {container}")
    if flags.changed("container") and len(args) == 2:
        raise Failure("only one of -c or an inline [CONTAINER] arg is allowed")
    if flags["limit-bytes"] < 0:
        raise Failure("--limit-bytes must be greater than 0")
    if flags["since"] < 0:
        raise Failure("--since must be greater than 0")
    if flags["tail"] < -1:
        raise Failure("--tail must be greater than or equal to -1")


def _containers(ctx: Context, pod: Object, args: list[str]) -> list[Object]:
    flags = ctx.flags
    if flags["all-containers"]:
        return [container for field in ("initContainers", "containers", "ephemeralContainers")
                for container in pod["spec"].get(field) or ()]
    name = args[1] if len(args) == 2 else flags["container"]
    default = (pod["metadata"].get("annotations") or {}).get(podcmd.DEFAULT_CONTAINER)
    if not name and default and podcmd.find(pod, default) is None:
        ctx.err(f"Default container name {quote(default)} not found in pod {pod['metadata']['name']}\n")
        name = pod["spec"]["containers"][0]["name"]
    return [podcmd.container_of(ctx, pod, name, quiet=flags["all-pods"], unknown="is not valid for")]
