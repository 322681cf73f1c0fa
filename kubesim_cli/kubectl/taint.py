"""kubectl taint."""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import names
from ..machinery.objects import clone
from .failures import Failure, Usage, no_such_type
from .resource import builder
from .util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .context import Context
    from .resource.info import Info

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def run(ctx: Context) -> None:
    """kubectl taint NODE NAME KEY=VAL:EFFECT... KEY:EFFECT-..."""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    validation = cmdutil.validation(flags)
    resources, changes = _split(ctx.args)
    if not resources:
        raise Failure("one or more resources must be specified as <resource> <name>")
    if not changes:
        raise Failure("at least one taint update is required")
    add, remove = _parse(changes)
    _check(ctx, resources, add, remove)
    if flags["selector"] or flags["all"]:
        result = builder.from_flags(ctx, ["node"], latest=True)
    else:
        result = builder.from_flags(ctx, resources[1:], resource="node", latest=True)

    def taint(info: Info) -> None:
        changed = clone(info.obj)
        taints = changed["spec"].get("taints") or []
        if not flags["overwrite"]:
            known = [new["key"] for new in add if any(_same(new, old) for old in taints)]
            if known:
                raise Failure(f"node {info.name} already has {','.join(known)} taint(s) with same effect(s) and "
                              "--overwrite is false")
        operation, taints = _reorganize(taints, add, remove, flags["overwrite"])
        if taints:
            changed["spec"]["taints"] = taints
        else:
            changed["spec"].pop("taints", None)
        print_obj = cmdutil.printer(ctx, operation, typed=True)  # it replaces the words of a dry run
        if strategy != "client":
            changed = cmdutil.send_patch(ctx, info, changed, "strategic", strategy, validation)
        print_obj(changed)

    result.visit(taint)


def _split(args: list[str]) -> tuple[list[str], list[str]]:
    resources: list[str] = []
    changes: list[str] = []
    for arg in args:
        if "=" in arg or ":" in arg or arg.endswith("-"):
            changes.append(arg)
        elif changes:
            raise Failure(f"all resources must be specified before taint changes: {arg}")
        else:
            resources.append(arg)
    return resources, changes


def _parse(changes: list[str]) -> tuple[list[Object], list[Object]]:
    """Return (taints to add, taints to remove); raises Usage."""
    add: list[Object] = []
    remove: list[Object] = []
    for text in changes:
        taint = _parse_one(text[:-1] if text.endswith("-") else text)
        if text.endswith("-"):
            remove.append({"key": taint["key"], "effect": taint["effect"]})
        elif not taint["effect"]:
            raise Usage(f"invalid taint spec: {text}")
        elif any(_same(taint, other) for other in add):
            raise Usage("duplicated taints with the same key and effect: "
                        f"{{{taint['key']} {taint.get('value', '')} {taint['effect']} <nil>}}")
        else:
            add.append(taint)
    return add, remove


def _parse_one(text: str) -> Object:
    parts = text.split(":")
    if len(parts) > 2:
        raise Usage(f"invalid taint spec: {text}")
    taint = {"key": parts[0], "effect": ""}
    if len(parts) == 2:
        taint["effect"] = parts[1]
        if parts[1] not in _EFFECTS:
            raise Usage(f"invalid taint effect: {parts[1]}, unsupported taint effect")
        key, *values = parts[0].split("=")
        if len(values) > 1:
            raise Usage(f"invalid taint spec: {text}")
        taint["key"] = key
        if values:
            if problems := names.label_value(values[0]):
                raise Usage(f"invalid taint spec: {text}, {'; '.join(problems)}")
            if values[0]:
                taint["value"] = values[0]
    if problems := names.qualified_name(taint["key"]):
        raise Usage(f"invalid taint spec: {text}, {'; '.join(problems)}")
    return taint


def _check(ctx: Context, resources: list[str], add: list[Object], remove: list[Object]) -> None:
    flags = ctx.flags
    kind = resources[0].lower()
    mapping = ctx.client.discovery.find(kind)
    if mapping is None:
        raise Failure(no_such_type(kind), prefix="")
    if mapping.kind != "Node":
        raise Failure(f"invalid resource type {kind}, only node types are supported")
    both = [f"{old['key']}={old['effect']}" for new in add for old in remove
            if new["key"] == old["key"] and old["effect"] in ("", new["effect"])]
    if both:
        raise Failure(f"can not both modify and remove the following taint(s) in the same command: {', '.join(both)}")
    if flags["all"] and flags["selector"]:
        raise Failure("setting 'all' parameter with a non empty selector is prohibited")
    if not flags["all"] and not flags["selector"] and len(resources) < 2:
        raise Failure("at least one resource name must be specified since 'all' parameter is not set")


def _same(one: Object, other: Object) -> bool:
    return (one["key"], one["effect"]) == (other["key"], other["effect"])


def _reorganize(old: list[Object], add: list[Object], remove: list[Object],
                overwrite: bool) -> tuple[str, list[Object]]:
    """Return (what was done, the taints as they are to be); raises Failure for taints to remove that are not there."""
    taints = add + [taint for taint in old if not any(_same(taint, new) for new in add)]
    added = len(taints) != len(old)
    errors, deleted = [], False
    for gone in remove:
        kept = [taint for taint in taints if taint["key"] != gone["key"]
                or (gone["effect"] and taint["effect"] != gone["effect"])]
        deleted = len(kept) != len(taints)
        if not deleted:
            told = f"{gone['key']}:{gone['effect']}" if gone["effect"] else gone["key"]
            errors.append(Failure(f"taint {quote(told)} not found"))
        taints = kept
    builder.raise_all(errors)
    if (added and deleted) or overwrite:
        return "modified", taints
    return "tainted" if added else "untainted", taints
