"""kubectl set serviceaccount."""

from __future__ import annotations

from ..failures import Failure
from ..util import cmdutil
from . import patches


def run(ctx, flags, args):
    """kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT"""
    strategy = cmdutil.dry_run(ctx, flags)
    patches.check_local(flags, strategy)
    change = patches.Change(ctx, flags, args, strategy, "serviceaccount updated", "failed to patch ServiceAccountName ")
    if not args:
        raise Failure("serviceaccount is required")
    infos = patches.select(ctx, flags, args[:-1])

    def set_account(obj):
        patches.pod_spec(obj)["serviceAccountName"] = args[-1]

    change.apply(infos, set_account, even_unchanged=True)
    change.finish()
