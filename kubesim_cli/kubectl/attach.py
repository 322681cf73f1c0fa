"""kubectl attach (pkg/cmd/attach); `attach_to` is what run and debug attach by."""

from __future__ import annotations

from ..machinery.errors import StatusError
from ..machinery.streaming import NotRunning
from ..releases.kubectl import does
from .failures import Failure
from .util import podcmd, remotecommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .context import Context

_DETACH_KEYS = "ctrl-p,ctrl-q"
_RECORDED = ("All commands and output from this session will be recorded in container logs, including credentials and "
             "sensitive information passed through the command prompt.\n")


def run(ctx: Context) -> None:
    """kubectl attach (POD | TYPE/NAME) [-c CONTAINER]"""
    flags, args = ctx.flags, ctx.args
    timeout = podcmd.running_timeout(flags)
    if not args:
        raise Failure("at least 1 argument is required for attach")
    if len(args) > 2:
        raise Failure(f"expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {len(args)}: "
                      f"[{' '.join(args)}]")
    infos = podcmd.select(ctx, args[-1:], args[0] if len(args) == 2 else "pods")
    pod = podcmd.pod_of(ctx, infos[0].obj, timeout)
    podcmd.refuse_completed(pod, "attach")
    try:
        container = podcmd.container_of(ctx, pod, flags["container"], flags["quiet"])
    except Failure as failure:
        raise Failure(f"cannot attach to the container: {failure}") from None
    try:
        attach_to(ctx, pod, container, flags["detach-keys"])
    except NotRunning as problem:
        raise Failure(podcmd.no_upgrade(ctx, str(problem))) from None


def attach_to(ctx: Context, pod: Object, container: Object, detach_keys: str = "") -> None:
    """Connect the user with a container that runs, as the flags stdin, tty and quiet want it, until it ends or the keys
    to detach are typed ("": the usual ones). Raises StatusError, Failure or NotRunning."""
    flags, name = ctx.flags, container["name"]
    tty = bool(container.get("tty"))
    if flags["tty"] and not tty and not flags["quiet"]:
        ctx.err(f"error: Unable to use a TTY - container {name} did not allocate one\n")
    terminal = remotecommand.UserTerminal(ctx, flags["stdin"], tty,
                                          detach_keys or _DETACH_KEYS if does("DetachKeys", ctx.release) else "")
    if not flags["quiet"]:
        if does("AttachTellsOfLogs", ctx.release):
            ctx.err(_RECORDED)
        ctx.err("If you don't see a command prompt, try pressing enter.\n")
    remotecommand.connect(ctx, pod, "attach")
    terminal.converse(lambda: ctx.cluster.attach(pod, name), lasting=True, shared=not container.get("stdinOnce"))
    if terminal.tty and not flags["quiet"]:
        ctx.out(_resume(ctx, pod, name))


def show_log(ctx: Context, pod: Object, name: str) -> None:
    """Print what a container has said so far, which is what one falls back to where it has ended."""
    container = podcmd.find(pod, name)
    assert container is not None
    log = ctx.cluster.log(pod, container)
    lines = log.lines(ctx.now)
    if lines is None:
        raise podcmd.untold(pod, name, log.why)
    ctx.out(b"".join(line for _, line in lines).decode("utf-8", "surrogateescape"))


def attach_or_log(ctx: Context, pod: Object, container: Object, detach_keys: str = "", shown: bool = False) -> None:
    """Attach to a container, or show its log where that fails; `shown`: all that was said before is seen already."""
    try:
        attach_to(ctx, pod, container, detach_keys)
    except NotRunning:
        if not shown:
            show_log(ctx, pod, container["name"])
    except (StatusError, Failure) as problem:
        name = pod["metadata"]["name"]
        ctx.err(f"warning: couldn't attach to pod/{name}, falling back to streaming logs: {problem}\n")
        show_log(ctx, pod, container["name"])


def _resume(ctx: Context, pod: Object, name: str) -> str:
    """Tell how to come back (reattachMessage), "" where one cannot."""
    meta, newer = pod["metadata"], does("DetachKeys", ctx.release)
    if not newer and pod["spec"].get("restartPolicy") != "Always":
        return ""
    where = f" -n {meta['namespace']}" if newer else ""
    by = f"'kubectl attach {meta['name']} -c {name}{where} -i -t'"
    if any(each["name"] == name for each in pod["spec"].get("ephemeralContainers") or ()):
        return ("Session ended, the ephemeral container will not be restarted but may be reattached using "
                f"{by} if it is still running\n")
    return f"Session ended, resume using {by} command{'' if newer else ' when the pod is running'}\n"
