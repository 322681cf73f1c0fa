"""kubectl exec (pkg/cmd/exec)."""

from __future__ import annotations

from ..machinery.errors import bad_request
from ..machinery.streaming import Refused, StartError
from ..releases.kubectl import does
from .failures import Exit, Failure, Usage
from .util import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..cluster.cluster import Execution
    from ..machinery.types import Object
    from .context import Context

PATIENCE = 24 * 3600.0  # simulated seconds that a program may take; then it is as if the user had it interrupted
INTERRUPTED = 130


def run(ctx: Context) -> int:
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
    meta = pod["metadata"]
    ctx.client.connect("pods", meta["name"], meta["namespace"], "exec")
    typed = ctx.stdin().encode("utf-8", "surrogateescape") if flags["stdin"] else b""
    return _ended(ctx, _executed(ctx, pod, container["name"], command, typed))


def _executed(ctx: Context, pod: Object, container: str, command: list[str], typed: bytes) -> int:
    """Run a program to its end; return its exit code."""
    try:
        session = ctx.cluster.exec(pod, container, command, stdin=ctx.flags["stdin"])
    except StartError as error:
        ctx.out(f"{error.message}\r\n")
        return error.code
    except Refused as error:
        raise Failure(podcmd.no_upgrade(ctx, str(error))) from None
    if ctx.flags["stdin"]:
        session.write(typed)
        session.close_stdin()
    limit = ctx.now + PATIENCE
    while session.proceed(limit):
        _show(ctx, session)
    _show(ctx, session)
    code = session.code
    session.close()
    return INTERRUPTED if code is None else code


def _show(ctx: Context, session: Execution) -> None:
    for stream, data in session.read():
        (ctx.out if stream == "stdout" else ctx.err)(data.decode("utf-8", "surrogateescape"))


def _ended(ctx: Context, code: int) -> int:
    """Tell of an exit code that is not 0, which is kubectl's own then."""
    if code:
        ctx.err(f"command terminated with exit code {code}\n")
        raise Exit(code)
    return 0
