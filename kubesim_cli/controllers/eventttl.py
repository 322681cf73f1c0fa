"""Events are forgotten an hour after they were last seen (kube-apiserver --event-ttl).

A key is the minute in which events fall due, so that a cluster with many events has few timers.
"""

from __future__ import annotations

from ..apiserver.events import forgotten
from ..helpers.controller import Change, Controller
from ..machinery.objects import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key


def _minute(change: Change) -> Iterable[Key]:
    return (str(int(forgotten(change.new) // 60) - 1),) if change.new is not None else ()


class EventTTL(Controller):
    name = "event-ttl"
    watches = {"events": _minute}

    def sync(self, api: Client, key: str) -> float | None:
        end = (int(key) + 1) * 60.0
        if api.now < end:
            return end
        for event in api.items("events"):
            if forgotten(event) <= end:
                namespace, _, name = key_of(event).rpartition("/")
                api.delete("events", name, namespace)
        return None
