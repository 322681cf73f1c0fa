"""kubectl set serviceaccount."""

from __future__ import annotations

from ..failures import Failure
from ..util import cmdutil
from . import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..context import Context


def run(ctx: Context) -> None:
    """kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT"""
    args = ctx.args
    strategy = cmdutil.dry_run(ctx)
    changes.check_local(ctx.flags, strategy)
    change = changes.Change(ctx, strategy, "serviceaccount updated", "failed to patch ServiceAccountName ")
    if not args:
        raise Failure("serviceaccount is required")
    infos = changes.select(ctx, args[:-1])

    def set_account(obj: Object) -> None:
        changes.pod_spec(obj)["serviceAccountName"] = args[-1]

    change.apply(infos, set_account, even_unchanged=True)
    change.finish()
