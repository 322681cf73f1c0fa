"""kubectl proxy: there is no server yet that it could stand before."""

from __future__ import annotations

from .failures import Failure
from .util import klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context

_PORT = 8001  # the flag's default


def run(ctx: Context) -> None:
    """kubectl proxy [--port=PORT]"""
    flags = ctx.flags
    if flags["disable-filter"] and not flags["unix-socket"]:
        klog.tell(ctx, "W", "proxy.go:177",
                  "Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious")
    if flags["unix-socket"] and flags["port"] != _PORT:
        raise Failure("cannot set --unix-socket and --port at the same time")
    raise Failure("kubesim does not serve its API over HTTP yet: use --raw with get, create, replace or delete")
