"""kubectl set subject."""

from __future__ import annotations

from ..create.rbac import GROUP, subjects_from
from ..failures import Failure
from ..util import cmdutil
from . import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context
    from ..resource.info import Info

_WRONG_ACCOUNT = "serviceaccount must be <namespace>:<name>"


def run(ctx: Context) -> None:
    """kubectl set subject (-f FILENAME | TYPE NAME) [--user=U] [--group=G] [--serviceaccount=NAMESPACE:NAME]"""
    flags = ctx.flags
    strategy = cmdutil.dry_run(ctx)
    change = changes.Change(ctx, strategy, "subjects updated",
                            "failed to patch subjects to rolebinding: ")
    infos = changes.select(ctx, ctx.args)
    changes.check_local(flags, strategy)
    if flags["all"] and flags["selector"]:
        raise Failure(changes.ALL_AND_SELECTOR)
    if not flags["user"] and not flags["group"] and not flags["serviceaccount"]:
        raise Failure("you must specify at least one value of user, group or serviceaccount")
    wanted = subjects_from(sorted(set(flags["user"])), sorted(set(flags["group"])), _accounts(ctx, infos),
                           _WRONG_ACCOUNT)

    def add_subjects(obj: Object) -> None:
        if obj["kind"] not in ("RoleBinding", "ClusterRoleBinding") or not obj["apiVersion"].startswith(GROUP):
            raise Failure("setting subjects is only supported for RoleBinding/ClusterRoleBinding")
        known = obj.get("subjects") or []
        new = [subject for subject in wanted if subject not in known]
        if new:
            obj["subjects"] = known + new

    change.apply(infos, add_subjects)
    change.finish()


def _accounts(ctx: Context, infos: list[Info]) -> list[str]:
    """Return the service accounts as NAMESPACE:NAME; without a namespace the current one is meant, if one can be."""
    accounts = []
    for account in sorted(set(ctx.flags["serviceaccount"])):
        namespace, colon, name = account.partition(":")
        if not colon or not name or ":" in name:
            raise Failure(_WRONG_ACCOUNT)
        if not namespace and any(info.obj["kind"] == "ClusterRoleBinding" for info in infos):
            raise Failure(f"{_WRONG_ACCOUNT}, namespace must be specified")
        accounts.append(f"{namespace or ctx.namespace}:{name}")
    return accounts
