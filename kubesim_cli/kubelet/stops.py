"""Containers that were told to end, until they have.

How a container ends is found out when it is told to, and kept in mind (Memory.stops):

    since    when it was told to                   ends      when it will have ended, with the exit code `code`
    signal   when its process 1 gets its signal    failed    when its preStop hook fails, where that is to come

`signalled` is there once it has got its signal.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .containers import Slot


def tell(slot: Slot, since: float, grace: float) -> Object:
    """Tell a container that runs to end, at `since`; return how it does. Told once for a `since`."""
    worker = slot.worker
    known = worker.memory.stops.get(slot.name)
    if known is not None and known["since"] == since:
        return known
    found = worker.runtime.stop(worker.api, {**worker.pod, "status": worker.status}, slot.container, slot.started,
                                since, grace)
    known = worker.memory.stops[slot.name] = {
        "since": since, "signal": since + found.signalled, "ends": since + found.ends, "code": found.code}
    if found.failed is not None:
        known["failed"] = since + found.failed
    return known


def go_on(slot: Slot, stop: Object, notices: float = 0.0) -> bool:
    """Take a container on that was told to end; tell whether it has, `notices` seconds ago."""
    worker, now = slot.worker, slot.worker.now
    failed = stop.get("failed")
    if failed is not None and now >= failed:
        worker.event("Warning", "FailedPreStopHook", "PreStopHook failed", slot.name)
        del stop["failed"]
    elif failed is not None:
        worker.wake(failed)
    if not stop.get("signalled") and stop["signal"] <= now:
        stop["signalled"] = True
        worker.runtime.signal(worker.api, worker.pod, slot.container)
    elif not stop.get("signalled"):
        worker.wake(stop["signal"])
    ended = worker.runtime.ended(worker.api, worker.pod, slot.container)
    if ended is not None and ended[0] < stop["ends"]:
        stop.update(ends=ended[0], code=ended[1])
    if now < stop["ends"] + notices:
        worker.wake(stop["ends"] + notices)
        return False
    slot.kill(stop["ends"], stop["code"], "Completed" if stop["code"] == 0 else "Error")
    return True
