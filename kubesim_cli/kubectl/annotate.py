"""kubectl annotate."""

from __future__ import annotations

from ..machinery.objects import clone
from .failures import Failure
from .util import cmdutil, metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .context import Context
    from .resource.info import Info


def run(ctx: Context) -> None:
    """kubectl annotate (-f FILENAME | TYPE NAME) KEY=VALUE... KEY-..."""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    print_obj = cmdutil.printer(ctx, "annotated", strategy)
    resources, changes = cmdutil.pairs(ctx.args, "annotation")
    new, removed = cmdutil.parse_pairs(changes, "annotation")
    if flags["list"] and flags["output"]:
        raise Failure("--list and --output may not be specified together")
    metadata.check(flags, resources, changes, strategy, "annotation", "rsrc")
    if both := [key for key in removed if key in new]:
        raise Failure("can not both modify and remove the following annotation(s) in the same command: "
                      f"{', '.join(both)}")
    result = metadata.select(ctx, resources)

    def annotate(info: Info) -> None:
        recorded = clone(info.obj)
        offline = strategy == "client" or flags["local"] or flags["list"]
        if not offline:
            cmdutil.record(ctx, recorded)
        annotations = recorded["metadata"].get("annotations") or {}
        if not flags["overwrite"]:
            _refuse_overwrites(annotations, new)
        changed = metadata.changed(ctx, info, "annotations", {
            key: value for key, value in {**annotations, **new}.items() if key not in removed})
        info.obj = changed if offline else metadata.send(ctx, info, changed, strategy)
        if flags["list"]:
            return metadata.print_list(ctx, info, result.single, "annotations")
        return print_obj(info.obj)

    result.visit(annotate)


def _refuse_overwrites(annotations: Object, new: Object) -> None:
    declared = [f"'{key}' already has a value ({annotations[key]})" for key, value in new.items()
                if key != cmdutil.CHANGE_CAUSE and key in annotations and annotations[key] != value]
    if declared:
        raise Failure("--overwrite is false but found the following declared annotation(s): " + "; ".join(declared))
