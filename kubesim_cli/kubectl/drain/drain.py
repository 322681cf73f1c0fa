"""kubectl cordon, uncordon and drain."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery import selectors
from ...machinery.errors import StatusError
from ...releases.kubectl import does
from ..failures import Aggregate, Failure, Usage
from ..resource import builder
from ..util import cmdutil
from . import evictions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context
    from ..resource.info import Info


_CHUNK = 500  # how many nodes are read at once where no flag says it (cmdutil.DefaultChunkSize)


def cordon(ctx: Context) -> None:
    """kubectl cordon NODE"""
    strategy = _strategy(ctx, "cordon")
    _mark(ctx, _nodes(ctx), True, strategy)


def uncordon(ctx: Context) -> None:
    """kubectl uncordon NODE"""
    strategy = _strategy(ctx, "uncordon")
    _mark(ctx, _nodes(ctx), False, strategy)


def run(ctx: Context) -> None:
    """kubectl drain NODE: cordon nodes and evict their pods."""
    flags = ctx.flags
    strategy = _strategy(ctx, "drain")
    if flags["pod-selector"]:
        try:
            selectors.parse(flags["pod-selector"])
        except ValueError:
            raise Failure("--pod-selector=<pod_selector> must be a valid label selector") from None
    nodes = _nodes(ctx)
    _mark(ctx, nodes, True, strategy)
    fatal: list[Exception] = []
    remaining: list[str] = []
    for info in nodes:
        try:
            evictions.empty(ctx, info.name, strategy)
        except Failure as failure:
            space = " " if does("SpaceBeforeError", ctx.release) else ""
            ctx.err(f"error: unable to drain node {quote(info.name)} due to error:{space}{failure}, continuing "
                    "command...\n")
            fatal.append(failure)
            remaining.append(info.name)
        else:
            cmdutil.tell_done(ctx, info.obj, "drained", strategy)
    if remaining:
        ctx.err("There are pending nodes to be drained:\n" + "".join(f" {name}\n" for name in remaining))
        raise Aggregate(fatal)


def _strategy(ctx: Context, verb: str) -> str:
    flags, args = ctx.flags, ctx.args
    if not args and not flags.changed("selector"):
        raise Usage(f"USAGE: {verb} NODE [flags]")
    if args and flags["selector"]:
        raise Usage("cannot specify both a node name and a --selector option")
    return cmdutil.dry_run(ctx)


def _nodes(ctx: Context) -> list[Info]:
    if ctx.flags["selector"]:
        chunk_size = ctx.flags["chunk-size"] if "chunk-size" in ctx.flags else _CHUNK  # noqa: SIM401 (Flags is no dict)
        return builder.from_flags(ctx, ["nodes"], continue_on_error=False, chunk_size=chunk_size).infos()
    infos = builder.from_flags(ctx, ctx.args, resource="nodes", continue_on_error=False,
                               single_resource_type=True).infos()
    for info in infos:
        if info.mapping.name != "nodes":
            raise Failure(f'expected resource of type node, got "{info.mapping.group}/{info.mapping.version}, '
                          f'Resource={info.mapping.plural}"')
    return infos


def _mark(ctx: Context, nodes: list[Info], unschedulable: bool, strategy: str) -> None:
    """Set or clear spec.unschedulable where it is not so already."""
    word = "cordoned" if unschedulable else "uncordoned"
    for info in nodes:
        if bool(info.obj["spec"].get("unschedulable")) == unschedulable:
            cmdutil.tell_done(ctx, info.obj, f"already {word}", strategy)
            continue
        if strategy != "client":
            patch = {"spec": {"unschedulable": True if unschedulable else None}}
            try:
                ctx.client.patch("nodes", info.name, patch, "strategic", dry_run=strategy == "server")
            except StatusError as error:
                ctx.err(f"error: unable to {word[:-2]} node {quote(info.name)}: {error.message}\n")
                continue
        cmdutil.tell_done(ctx, info.obj, word, strategy)
