"""kubectl attach: everything up to the process itself."""

from __future__ import annotations

from .failures import Failure
from .util import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


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
    podcmd.attach(ctx, container)
