"""kubectl logs: everything up to the log itself."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import timestamps
from ..machinery.errors import StatusError, bad_request
from ..releases.kubectl import does
from .failures import Failure, Usage
from .resource import builder
from .util import cmdutil, podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context

_USAGE = ("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
          "POD or TYPE/NAME is a required argument for the logs command")
_PULLING = ("ErrImagePull", "ImagePullBackOff")


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
    for obj in objects:
        pod = podcmd.pod_of(ctx, obj, flags["pod-running-timeout"], "get the logs from")
        for container in _containers(ctx, pod, args):
            _check_state(pod, container["name"], flags["previous"])
            raise podcmd.not_yet(f"show the logs of container {quote(container['name'])} in pod "
                                 f"{quote(pod['metadata']['name'])}")


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


def _check_state(pod: Object, name: str, previous: bool) -> None:
    """Raise what a kubelet answers for a container that has no log (kubelet_pods.go validateContainerLogStatus)."""
    status = pod.get("status") or {}
    found = next((state for field in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
                  for state in status.get(field) or () if state["name"] == name), None)
    told = f"container {quote(name)} in pod {quote(pod['metadata']['name'])}"
    if found is None:
        if not pod["spec"].get("nodeName"):
            return
        raise bad_request(f"{told} is not available")
    if previous:
        if "terminated" not in (found.get("lastState") or {}):
            raise bad_request(f"previous terminated {told} not found")
        return
    waiting = (found.get("state") or {}).get("waiting")
    if waiting is not None and "terminated" not in (found.get("lastState") or {}):
        reason = waiting.get("reason", "")
        raise bad_request(f"{told} is waiting to start: "
                          f"{'trying and failing to pull image' if reason in _PULLING else reason}")
