"""kubectl exec: everything up to the process itself."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery.errors import bad_request
from ..releases.kubectl import does
from .failures import Failure, Usage
from .util import podcmd

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
    raise podcmd.not_yet(f"execute {quote(command[0])} in container {quote(container['name'])}")
