"""What a control loop is, and how changes become keys of it."""

from __future__ import annotations

from ..machinery.objects import controller_of, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Manager(Protocol):
        """What a loop needs of controllers.manager.Manager, which runs it."""

        server: Any
        until: float

        def due(self, name: str, key: str) -> float | None: ...

        def enqueue(self, name: str, key: str) -> None: ...


class Change:
    """One write to the store: `type` is ADDED, MODIFIED or DELETED; `old` and `new` are objects or None."""

    __slots__ = ("new", "old", "resource", "type")

    def __init__(self, type_: str, resource: str, old: dict | None, new: dict | None):
        self.type, self.resource, self.old, self.new = type_, resource, old, new

    @property
    def object(self) -> dict:
        """The object as it is now, or as it was last."""
        obj = self.old if self.new is None else self.new
        assert obj is not None
        return obj


class Controller:
    """One control loop. `sync` looks at the state around one key and takes the next step; it remembers nothing.

    `watches` maps a resource to a function Change -> iterable of keys to sync. `sync` returns None, or the time
    (seconds since 1970, later than `api.now`) at which this key wants to be looked at again; each sync replaces the
    key's earlier timer. A StatusError that comes out of it has the key tried again, each time after twice as long.
    `api` is a trusted `apiserver.client.Client`.
    """

    name = ""
    watches: dict = {}
    manager: Manager  # that runs it

    def due(self, key: str) -> float | None:
        """Return when the key's timer is due, or was due where that is why it is synced; None without a timer."""
        return self.manager.due(self.name, key)

    def sync(self, api, key: str) -> float | None:
        raise NotImplementedError


def itself(change: Change):
    """Watch function: the changed object is the key."""
    return (key_of(change.object),)


def owner(kind: str):
    """Watch function: the key is the controlling owner of that kind, now or before the change."""

    def keys(change: Change):
        found = []
        for obj in (change.new, change.old):
            ref = controller_of(obj) if obj else None
            if obj and ref and ref["kind"] == kind:
                namespace = obj["metadata"].get("namespace")
                key = f"{namespace}/{ref['name']}" if namespace else ref["name"]
                if key not in found:
                    found.append(key)
        return found

    return keys
