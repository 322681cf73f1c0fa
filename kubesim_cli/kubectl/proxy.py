"""kubectl proxy: there is no server yet that it could stand before."""

from __future__ import annotations

from .failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


def run(ctx: Context) -> None:
    """kubectl proxy [--port=PORT]"""
    flags = ctx.flags
    if flags["unix-socket"] and (flags.changed("port") or flags.changed("address")):
        raise Failure("cannot set --unix-socket and --port or --address at the same time")
    if flags["disable-filter"] and not flags["unix-socket"]:
        ctx.err("Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious\n")
    raise Failure("kubesim does not serve its API over HTTP yet: use --raw with get, create, replace or delete")
