"""kubectl exec (pkg/cmd/exec)."""

from __future__ import annotations

from ..machinery.errors import bad_request
from ..machinery.streaming import NotRunning
from ..releases.kubectl import does
from .failures import Failure, Usage
from .util import podcmd, remotecommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


def run(ctx: Context) -> None:
    """kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]"""
    flags, args = ctx.flags, ctx.args
    name = args[0] if args and flags.dash != 0 else ""
    command = args[flags.dash:] if flags.dash >= 0 else []
    if flags.dash < 0 and (len(args) > 1 or (args and flags["filename"])):
        if does("ExecNeedsDash", ctx.release):
            raise Usage("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
        name, command = (args[0], args[1:]) if len(args) > 1 else ("", args)
        if not flags["quiet"]:
            ctx.err("kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl "
                    "exec [POD] -- [COMMAND] instead.\n")
    timeout = podcmd.running_timeout(flags)
    if not name and not flags["filename"]:
        raise Failure("pod, type/name or --filename must be specified")
    if not command:
        raise Failure("you must specify at least one command for the container")
    infos = podcmd.select(ctx, [name] if name else [])
    if len(infos) != 1:
        raise Failure("cannot exec into multiple objects at a time")
    pod = podcmd.pod_of(ctx, infos[0].obj, timeout)
    podcmd.refuse_completed(pod, "exec into")
    wanted = flags["container"]
    if wanted and podcmd.find(pod, wanted) is None and not does("ContainerChoices", ctx.release):
        raise bad_request(f"container {wanted} is not valid for pod {pod['metadata']['name']}")
    container = podcmd.container_of(ctx, pod, wanted, flags["quiet"])
    terminal = remotecommand.UserTerminal(ctx, flags["stdin"], flags["tty"])
    remotecommand.connect(ctx, pod, "exec")
    name = container["name"]
    try:
        code = terminal.converse(lambda: ctx.cluster.exec(pod, name, command, stdin=terminal.stdin, tty=terminal.tty))
    except NotRunning as problem:
        raise Failure(podcmd.no_upgrade(ctx, str(problem))) from None
    if code:
        raise Failure(f"command terminated with exit code {code}", code, prefix="")
