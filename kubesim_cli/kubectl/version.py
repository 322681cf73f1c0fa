"""kubectl version: what client and server are (pkg/cmd/version)."""

from __future__ import annotations

from .failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .cli.flags import Flags
    from .context import Context


def run(ctx: Context) -> None:
    from ..releases import server as version
    flags, args = ctx.flags, ctx.args
    if args and not flags["client"]:
        raise Failure(f"extra arguments: [{' '.join(args)}]")
    if flags["output"] not in ("", "yaml", "json"):
        raise Failure("--output must be 'yaml' or 'json'")
    server = None if flags["client"] else ctx.client.release
    client = ctx.release
    told: Object = {"clientVersion": version.info(client, server=False), "kustomizeVersion": version.kustomize(client)}
    if server:
        told["serverVersion"] = version.info(server, server=True)
    if flags["output"] == "json":
        from .printers.json import dump_struct
        ctx.out(dump_struct(told, 2) + "\n")
    elif flags["output"] == "yaml":
        from .printers.yaml import dump
        ctx.out(dump(told) + "\n")
    else:
        lines = [f"Client Version: {told['clientVersion']['gitVersion']}",
                 f"Kustomize Version: {told['kustomizeVersion']}"]
        if server:
            lines.append(f"Server Version: {told['serverVersion']['gitVersion']}")
        ctx.out("".join(line + "\n" for line in lines))
        ctx.tell_simulator()
    if server and (problem := version.skew(client, server)):
        _tell_skew(ctx, flags, problem)


def _tell_skew(ctx: Context, flags: Flags, problem: str) -> None:
    from ..releases.kubectl import does
    as_warning = does("SkewIsWarning", ctx.release)
    if as_warning and flags["warnings-as-errors"]:
        raise Failure(problem)
    ctx.err(f"{'Warning' if as_warning else 'WARNING'}: {problem}\n")
