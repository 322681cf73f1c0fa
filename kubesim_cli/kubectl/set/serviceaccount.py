"""kubectl set serviceaccount."""

from __future__ import annotations

from ..failures import Failure
from ..util import cmdutil
from . import changes


def run(ctx, flags, args):
    """kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT"""
    strategy = cmdutil.dry_run(ctx, flags)
    changes.check_local(flags, strategy)
    change = changes.Change(ctx, flags, args, strategy, "serviceaccount updated", "failed to patch ServiceAccountName ")
    if not args:
        raise Failure("serviceaccount is required")
    infos = changes.select(ctx, flags, args[:-1])

    def set_account(obj):
        changes.pod_spec(obj)["serviceAccountName"] = args[-1]

    change.apply(infos, set_account, even_unchanged=True)
    change.finish()
