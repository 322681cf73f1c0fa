"""kubectl set resources."""

from __future__ import annotations

from ..failures import Failure
from ..util import cmdutil
from . import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context


def run(ctx: Context) -> None:
    """kubectl set resources (-f FILENAME | TYPE NAME) [--limits=cpu=200m] [--requests=cpu=100m]"""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    change = changes.Change(ctx, strategy, "resource requirements updated",
                            "failed to patch resources update to pod template ")
    infos = changes.select(ctx, ctx.args)
    changes.check_local(flags, strategy)
    if flags["all"] and flags["selector"]:
        raise Failure(changes.ALL_AND_SELECTOR)
    if not flags["limits"] and not flags["requests"]:
        raise Failure("you must specify an update to requests or limits (in the form of --requests/--limits)")
    wanted = {"limits": cmdutil.resource_list(flags["limits"]), "requests": cmdutil.resource_list(flags["requests"])}

    def set_resources(obj: Object) -> None:
        chosen = changes.containers(changes.pod_spec(obj), flags["containers"])
        if not chosen:
            change.errors.append(Failure(f"error: unable to find container named {flags['containers']}"))
        for container in chosen:
            resources = container.setdefault("resources", {})
            for what, quantities in wanted.items():
                if quantities:
                    resources[what] = {**(resources.get(what) or {}), **quantities}

    change.apply(infos, set_resources)
    change.finish()
