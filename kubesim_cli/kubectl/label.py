"""kubectl label."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import names
from ..releases.kubectl import does
from .failures import Failure
from .resource import builder
from .util import cmdutil, metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .context import Context
    from .resource.info import Info


def run(ctx: Context) -> None:
    """kubectl label (-f FILENAME | TYPE NAME) KEY=VALUE... KEY-..."""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    resources, changes = cmdutil.pairs(ctx.args, "label")
    new, removed = _parse(changes)
    if flags["list"] and flags["output"]:
        raise Failure("--list and --output may not be specified together")
    metadata.check(flags, resources, changes, strategy, "label", "pod")
    result = metadata.select(ctx, resources)
    offline = strategy == "client" or flags["local"] or flags["list"]

    def label(info: Info) -> None:
        labels = info.obj["metadata"].get("labels") or {}
        if not offline:
            for key in removed:
                if key not in labels:
                    ctx.out(f"label {quote(key)} not found.\n")
        if not flags["overwrite"]:
            builder.raise_all([Failure(f"'{key}' already has a value ({labels[key]}), and --overwrite is false")
                               for key, value in new.items() if key in labels and labels[key] != value])
        added = [key for key, value in new.items() if labels.get(key) != value]
        gone = [key for key in removed if key in labels]
        changed = metadata.changed(ctx, info, "labels", {
            key: value for key, value in {**labels, **new}.items() if key not in removed})
        if not offline:
            cmdutil.record(ctx, changed)
        detailed = does("DetailedLabelResult", ctx.release)
        done = _done(added, gone) if detailed else _done_to(info.obj, changed, flags["overwrite"])
        if not offline and (added or gone or not detailed):
            metadata.send(ctx, info, changed, strategy)
        info.obj = changed
        if flags["list"]:
            return metadata.print_list(ctx, info, result.single, "labels")
        return cmdutil.printer(ctx, done, strategy)(changed)

    result.visit(label)


def _done(added: list[str], gone: list[str]) -> str:
    return "modified" if added and gone else "labeled" if added else "unlabeled" if gone else "not labeled"


def _done_to(before: Object, after: Object, overwrite: bool) -> str:
    """Older releases go by the whole object and its size."""
    if before == after:
        return "not labeled"
    return "unlabeled" if not overwrite and len(str(after)) < len(str(before)) else "labeled"


def _parse(changes: list[str]) -> tuple[dict[str, str], list[str]]:
    new: dict[str, str] = {}
    removed: list[str] = []
    for text in changes:
        if "=" not in text:
            removed.append(text[:-1])
            continue
        parts = text.split("=")
        if len(parts) != 2:
            raise Failure(f"invalid label spec: {text}")
        if problems := names.label_value(parts[1]):
            raise Failure(f"invalid label value: {quote(text)}: {';'.join(problems)}")
        new[parts[0]] = parts[1]
    if any(key in new for key in removed):
        raise Failure("can not both modify and remove a label in the same command")
    return new, removed
