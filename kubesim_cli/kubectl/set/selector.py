"""kubectl set selector."""

from __future__ import annotations

from ...machinery.objects import clone
from ..failures import Failure
from ..resource import builder
from ..resource.scheme import KUBECTL
from ..util import cmdutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context
    from ..resource.info import Info


def run(ctx: Context) -> None:
    """kubectl set selector (-f FILENAME | TYPE NAME) EXPRESSION"""
    flags, args = ctx.flags, ctx.args
    strategy = cmdutil.dry_run(ctx)
    selector = cmdutil.parse_label_selector(args[-1]) if args else None
    print_obj = cmdutil.printer(ctx, "selector updated", strategy, typed=True)
    if selector is None:
        raise Failure("one selector is required")
    options = {"local": True} if flags["local"] else {"latest": True, "allow_empty_selector": flags["all"]}

    def set_selector(info: Info) -> None:
        if info.obj["kind"] != "Service" or info.obj["apiVersion"] != "v1":
            raise Failure("setting a selector is only supported for Services")
        if selector.get("matchExpressions"):
            told = " ".join(f"{{{e['key']} {e['operator']} [{' '.join(e.get('values', ()))}]}}"
                            for e in selector["matchExpressions"])
            raise Failure(f"match expression [{told}] not supported on this object")
        changed = clone(info.obj)
        changed["spec"]["selector"] = dict(selector.get("matchLabels") or {})
        if flags["resource-version"]:
            changed["metadata"]["resourceVersion"] = flags["resource-version"]
            info.obj = {**info.obj, "metadata": {**info.obj["metadata"], "resourceVersion": ""}}
        cmdutil.record(ctx, changed)
        if not flags["local"] and strategy != "client":
            changed = cmdutil.send_patch(ctx, info, changed, "strategic", strategy)
        print_obj(changed)

    builder.from_flags(ctx, args[:-1], select_all=False, scheme=KUBECTL, **options).visit(set_selector)
