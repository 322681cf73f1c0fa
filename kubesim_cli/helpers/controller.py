"""What a control loop is, and how changes become keys of it."""

from __future__ import annotations

from ..machinery.modules import import_module
from ..machinery.objects import controller_of, join_key, key_of, split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol, TypeAlias

    from ..machinery.types import Key, Object

    Watch: TypeAlias = Callable[["Change"], Iterable[Key]]

    class Manager(Protocol):
        """What a loop needs of controllers.manager.Manager, which runs it."""

        server: Any
        until: float

        def timer(self, name: str, key: str) -> tuple[float | None, Object | None]: ...

        def note(self, name: str, key: str, note: Object | None) -> None: ...

        def keep(self, name: str, key: str, note: Object | None) -> None: ...

        def noted(self, name: str) -> list[str]: ...

        def enqueue(self, name: str, key: str) -> None: ...

        def trouble(self, name: str, key: str, what: str) -> None: ...


class Loop:
    """A control loop before anybody needs it: its module below kubesim_cli, and the `resources` that it watches.

    `of` is the one of them without whose objects, in the same namespace, changes of the others do not concern it, where
    there is such a one; with `everywhere`, its objects are in none. `when` tells by what the server counts whether
    there are such objects, where not any will do.
    """

    __slots__ = ("everywhere", "module", "of", "resources", "when")

    def __init__(self, module: str, resources: str, of: str = "", everywhere: bool = False,
                 when: Callable[[Any], object] | None = None) -> None:
        self.module, self.resources, self.of, self.everywhere = module, resources.split(), of, everywhere
        self.when = when

    def load(self, name: str) -> Controller:
        """Import the module and return an instance of the Controller in it that is called `name`."""
        found = import_module(f"kubesim_cli.{self.module}")
        for value in vars(found).values():
            if isinstance(value, type) and issubclass(value, Controller) and value.name == name:
                return value()
        raise LookupError(f"{found.__name__} has no Controller named {name}")


class Change:
    """One write to the store: `type` is ADDED, MODIFIED or DELETED; `old` and `new` are objects or None."""

    __slots__ = ("new", "old", "resource", "type")

    def __init__(self, type_: str, resource: str, old: Object | None, new: Object | None) -> None:
        self.type, self.resource, self.old, self.new = type_, resource, old, new

    @property
    def object(self) -> Object:
        """The object as it is now, or as it was last."""
        obj = self.old if self.new is None else self.new
        assert obj is not None
        return obj


class Controller:
    """One control loop. `sync` looks at the state around one key and takes the next step; it remembers nothing.

    `watches` maps a resource to a function Change -> iterable of keys to sync. `sync` returns None, or the time
    (seconds since 1970, later than `api.now`) at which this key wants to be looked at again; each sync replaces the
    key's earlier timer. A StatusError that comes out of it has the key tried again, each time after twice as long; so
    does any other exception, which is a fault of the loop and noted as such (Manager.trouble).
    `api` is a trusted `apiserver.client.Client` (which stands above this room, and so is not named in the types).

    A sync that is `thorough` leaves nothing to do that its own writes would call for: they do not have its key synced
    again.

    What a loop has to know the next time, and the API does not tell, it leaves as a `note` of the key.
    """

    name = ""
    agent = "kube-controller-manager"  # the program it runs in, of which its writes are
    watches: dict[str, Watch] = {}
    thorough = False
    manager: Manager  # that runs it

    def due(self, key: str) -> float | None:
        """Return when the key's timer is due, or was due where that is why it is synced; None without a timer."""
        return self.manager.timer(self.name, key)[0]

    def noted(self, key: str) -> Object:
        """Return the note that the last sync of the key left; empty where it left none."""
        return self.manager.timer(self.name, key)[1] or {}

    def note(self, key: str, note: Object) -> None:
        """Leave a note, any JSON object, for the next sync of the key: that one has to renew it, or it is gone."""
        self.manager.note(self.name, key, note or None)

    def keep(self, key: str, note: Object) -> None:
        """Leave a note of a key that is never synced: it lasts until another is kept; an empty one is none."""
        self.manager.keep(self.name, key, note or None)

    def every_noted(self) -> list[Key]:
        """Return the keys whose last syncs left notes, in order."""
        return self.manager.noted(self.name)

    def sync(self, api: Any, key: Key) -> float | None:
        raise NotImplementedError

    def subject(self, api: Any, key: Key) -> Object | None:
        """Return the object that a key names, None where it is none: what goes wrong with the key is told of it."""
        namespace, name = split_key(key)
        names = [resource for resource, watch in self.watches.items() if watch is itself]
        for resource in names or [resource for resource in ("pods",) if resource in self.watches]:
            found: Object | None = api.find(resource, name, namespace)
            if found is not None:
                return found
        return None


def itself(change: Change) -> tuple[Key]:
    """Watch function: the changed object is the key."""
    return (key_of(change.object),)


def owner(kind: str) -> Watch:
    """Watch function: the key is the controlling owner of that kind, now or before the change."""

    def keys(change: Change) -> list[Key]:
        found: list[Key] = []
        for obj in (change.new, change.old):
            ref = controller_of(obj) if obj else None
            if obj and ref and ref["kind"] == kind:
                key = join_key(obj["metadata"].get("namespace"), ref["name"])
                if key not in found:
                    found.append(key)
        return found

    return keys
