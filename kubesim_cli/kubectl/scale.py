"""kubectl scale."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from ..releases.kubectl import does
from .failures import Failure
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context
    from .resource.info import Info

_PATIENCE = 300.0  # seconds in which a scale is written again after conflicts


def run(ctx: Context) -> None:
    """kubectl scale [--resource-version=V] [--current-replicas=N] --replicas=N (-f FILENAME | TYPE NAME)"""
    flags, args = ctx.flags, ctx.args
    strategy = cmdutil.dry_run(ctx)
    print_obj = cmdutil.printer(ctx, "scaled", strategy)
    if flags["replicas"] < 0:
        raise Failure("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if flags["current-replicas"] < -1:
        raise Failure("The --current-replicas must specify an integer of -1 or greater")
    infos, error = builder.from_flags(ctx, args, select_all=False, allow_empty_selector=flags["all"]).collect()
    if flags["resource-version"] and len(infos) > 1:
        raise Failure("cannot use --resource-version with multiple resources")
    if not infos:
        raise _nothing(error, ctx.release)
    for info in infos:
        size = flags["replicas"]
        if strategy != "client":
            size = _scale(ctx, info, strategy)
        changed = clone(info.obj)
        if info.mapping.group in ("", "apps") and does("ScaleShowsReplicas", ctx.release):
            spec = changed.setdefault("spec", {})
            if not isinstance(spec, dict):
                raise Failure("value cannot be set because .spec is not a map[string]interface{}")
            spec["replicas"] = size
        if strategy != "client" and "record" in flags and flags["record"]:
            recorded = clone(changed)
            cmdutil.record(ctx, recorded)
            annotations = {"metadata": {"annotations": recorded["metadata"]["annotations"]}}
            ctx.client.patch(info.resource, info.name, annotations, "merge", info.namespace)
        print_obj(changed)
    builder.raise_all([error] if error else [])


def _nothing(error: Exception | None, release: tuple[int, int]) -> Exception:
    """Return the failure where there is nothing to scale, because of `error` or because nothing matched."""
    if error and does("ScaleTellsOnlyWhy", release):
        return error
    why = f" {error}" if error and does("ScaleTellsWhy", release) else ""
    return Failure(f"no objects passed to scale{why}")


def _scale(ctx: Context, info: Info, strategy: str) -> int:
    """Have the scale subresource written, again a second after each conflict; returns the replicas it then asks for.

    With --timeout it waits until they are there (kubectl/pkg/scale).
    """
    end = ctx.now + _PATIENCE
    while True:
        try:
            there = _write(ctx, info, strategy == "server")
            break
        except StatusError as error:
            if error.reason != "Conflict":
                raise
        ctx.wait(lambda: False, 1.0)
        if ctx.now >= end:
            raise Failure("context deadline exceeded")
    if ctx.flags["timeout"] and strategy == "none":
        _wait(ctx, info, ctx.flags["replicas"], ctx.flags["timeout"])
    return there


def _write(ctx: Context, info: Info, dry_run: bool) -> int:
    """Write the scale subresource; returns the replicas that it then asks for."""
    flags = ctx.flags
    wanted, current, version = flags["replicas"], flags["current-replicas"], flags["resource-version"]
    if current == -1 and not version:
        scale = ctx.client.patch(info.mapping.name, info.name, {"spec": {"replicas": wanted}}, "merge",
                                 info.namespace, subresource="scale", dry_run=dry_run)
    else:
        scale = clone(ctx.client.get(info.mapping.name, info.name, info.namespace, subresource="scale"))
        replicas = scale["spec"].get("replicas", 0)
        if current not in (-1, replicas):
            raise Failure(f"Expected replicas to be {current}, was {replicas}")
        if version and scale["metadata"]["resourceVersion"] != version:
            raise Failure(f"Expected resource version to be {version}, was {scale['metadata']['resourceVersion']}")
        scale["spec"]["replicas"] = wanted
        scale = ctx.client.update(info.mapping.name, scale, info.namespace, subresource="scale", dry_run=dry_run)
    there: int = scale["spec"].get("replicas", 0)
    return there


def _wait(ctx: Context, info: Info, wanted: int, timeout: float) -> None:
    def synced() -> bool:
        scale = ctx.client.get(info.mapping.name, info.name, info.namespace, subresource="scale")
        asked = scale["spec"].get("replicas", 0)
        return bool(asked != wanted or scale["status"].get("replicas", 0) == wanted)

    if not ctx.wait(synced, timeout):
        raise Failure(f"timed out waiting for {quote(info.name)} to be synced")
