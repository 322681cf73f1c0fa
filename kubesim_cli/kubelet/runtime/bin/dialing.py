"""Connecting to a host by its name, with the time that it takes to find that nobody answers."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.network import Connection, connect
from . import resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..kernel.kernel import Kernel
    from ..kernel.process import Process, Space

UNKNOWN, UNANSWERED, REFUSED, TIMEOUT, UNREACHABLE = "unknown", "unanswered", "refused", "timeout", "unreachable"
LIMIT = 130.0   # seconds until Linux gives up to connect
ARP = 3.0       # seconds until a neighbour that is not there is known not to be
_KINDS = {"ECONNREFUSED": REFUSED, "ETIMEDOUT": TIMEOUT, "EHOSTUNREACH": UNREACHABLE, "ENETUNREACH": UNREACHABLE}


class Failed(Exception):
    """It came to nothing. `kind`: UNKNOWN (name), UNANSWERED (by name servers), REFUSED, TIMEOUT, UNREACHABLE;
    `message` as strerror(3) has it; `timed_out`: the limit ended it."""

    def __init__(self, kind: str, address: str = "", message: str = "", timed_out: bool = False):
        super().__init__(kind)
        self.kind, self.address, self.message, self.timed_out = kind, address, message, timed_out


def dial(process: Process, state: dict[str, Any], host: str, port: int, limit: float | None = None,
         address: str = "", make: Callable[[Kernel, Space, str, int], Connection] = connect) -> Connection | None:
    """Return a connection, None where the process waits and has to call again; raises Failed.

    `state` is kept by the process between calls, and gets `address` as soon as it is known. `limit`: seconds that it
    may take; `address`: the host's, where that need not be looked up; `make` connects: by TCP, or by UDP.
    """
    if "until" in state:
        if process.kernel.now < state["until"]:
            process.wait(until=state["until"])
            return None
        raise Failed(*state.pop("outcome"))
    state["address"] = address
    if not address:
        found = resolver.lookup(process, host)
        if found.reply is None:
            _later(process, state, resolver.PATIENCE * resolver.ATTEMPTS, limit, UNANSWERED, "", "")
            return None
        if not found.addresses:
            raise Failed(UNKNOWN)
        state["address"] = address = found.addresses[0]
    try:
        return make(process.kernel, process.space, address, port)
    except Errno as error:
        kind = _KINDS.get(error.name)
        if kind is None:
            raise
        after = {"ETIMEDOUT": LIMIT, "EHOSTUNREACH": ARP}.get(error.name, 0.0)
        if not after:
            raise Failed(kind, address, error.message) from None
        _later(process, state, after, limit, kind, address, error.message)
        return None


def _later(process: Process, state: dict[str, Any], after: float, limit: float | None, kind: str, address: str,
           message: str) -> None:
    cut = limit is not None and limit < after
    state["until"] = process.kernel.now + (limit if limit is not None and cut else after)
    state["outcome"] = (TIMEOUT if cut and kind != UNANSWERED else kind, address,
                        "Connection timed out" if cut else message, cut)
    process.wait(until=state["until"])
