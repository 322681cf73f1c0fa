"""Feeds the control loops: keys from changes, keys from timers, until nothing is left to do.

A timer, a key of a loop with a due time, and a note for it stand in the store; they are all that a loop leaves behind.

What a loop does wrong with one key stays there: it is noted, told by an event, tried again later, and stops no other.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from ..apiserver.client import Client
from ..helpers.controller import Change, Controller
from ..machinery.errors import StatusError
from ..machinery.objects import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..apiserver.server import Server
    from ..helpers.controller import Loop, Watch
    from ..machinery.types import Object

FIRST_RETRY, LAST_RETRY = 0.005, 1000.0  # seconds (client-go's DefaultTypedControllerRateLimiter)
MAX_SYNCS = 20_000  # of one key at one instant: more than that is a loop that never comes to rest


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {str(problem)[:200]}"


class Manager:
    """Runs the control loops of a server, by name, on the timers of its store and by its clock."""

    def __init__(self, server: Server, loops: dict[str, Loop], fatal: tuple[type[Exception], ...] = (Exception,)):
        """`fatal`: the exceptions of a loop that are not its own, and go on to whoever lets time pass."""
        self.server, self.store, self.clock, self.loops = server, server.store, server.clock, loops
        self._by_resource: dict[str, list[str]] = {}
        for name, loop in loops.items():
            for resource in loop.resources:
                self._by_resource.setdefault(resource, []).append(name)
        self._heard: dict[tuple[str, str], list[tuple[str, bool, Watch]]] = {}  # by resource and namespace
        self._needed = {loop.of for loop in loops.values() if loop.of}
        self._loaded: dict[str, Controller] = {}
        self._queue: list[tuple[str, str]] = []
        self._next = 0  # where in the queue the next key stands
        self._queued: set[tuple[str, str]] = set()
        self._syncing: tuple[str, str] | None = None
        self._failures: dict[tuple[str, str], int] = {}  # syncs in a row that failed
        self._heap: list[tuple[float, str, str]] | None = None  # due, name, key
        self._notes: dict[tuple[str, str], Object | None] = {}  # what syncs leave that are not over
        self._fatal = fatal
        self._clients: dict[str, Client] = {}  # by agent
        self.along: Callable[[], None] = lambda: None  # what lives on beside the loops, up to the clock's time
        self.until = 0.0  # how far the clock is about to run: a loop that would only repeat itself may look there

    def notice(self, type_: str, resource: str, old: Object | None, new: Object | None) -> None:
        """Take in one write: put the keys it concerns in the queue."""
        change = None
        if type_ != "MODIFIED" and resource in self._needed:
            self._heard.clear()
        namespace = (old if new is None else new)["metadata"].get("namespace", "")  # type: ignore[index]
        for name, thorough, watch in self._heard.get((resource, namespace)) or self._listeners(resource, namespace):
            if change is None:
                change = Change(type_, resource, old, new)
            try:
                for key in watch(change) or ():
                    if not thorough or (name, key) != self._syncing:
                        self.enqueue(name, key)
            except self._fatal:
                raise
            except Exception as problem:
                self.trouble(name, key_of(change.object), _told(problem))

    def _listeners(self, resource: str, namespace: str) -> list[tuple[str, bool, Watch]]:
        """Return (name, whether its syncs are thorough, watch function) of the loops that changes there concern."""
        if len(self._heard) >= 1000:
            self._heard.clear()
        found = self._heard[resource, namespace] = []
        for name in (*self._by_resource.get(resource, ()), *self._by_resource.get("*", ())):
            entry = self.loops[name]
            of = entry.of
            if not of or of == resource or (self.store.has(of, "" if entry.everywhere else namespace)
                                            if entry.when is None else entry.when(self.server.tally)):
                loop = self._controller(name)
                found.append((name, loop.thorough, loop.watches.get(resource) or loop.watches["*"]))
        return found

    def enqueue(self, name: str, key: str) -> None:
        """Queue one key of one controller, unless it waits there already, or the controller does not run here."""
        entry = (name, key)
        if name in self.loops and entry not in self._queued:
            self._queued.add(entry)
            self._queue.append(entry)

    def _controller(self, name: str) -> Controller:
        controller = self._loaded.get(name)
        if controller is None:
            controller = self._loaded[name] = self.loops[name].load(name)
            controller.manager = self
        return controller

    def _client(self, agent: str) -> Client:
        """Return the control plane's client as a program of it."""
        client = self._clients.get(agent)
        if client is None:
            client = self._clients[agent] = Client(self.server, agent=agent)
        return client

    def timer(self, name: str, key: str) -> tuple[float | None, Object | None]:
        """Return when a key has its timer, while it is synced because of that still the same time, and its note."""
        due, note = self.store.timers.get(name, key)
        return due, self._notes.get((name, key), note)

    def note(self, name: str, key: str, note: Object | None) -> None:
        """Take in what a key's sync leaves for the next one."""
        self._notes[name, key] = note

    def keep(self, name: str, key: str, note: Object | None) -> None:
        """Leave a note for a key that no sync will renew; None: there is none any more."""
        self.store.set_timer(name, key, None, note)

    def noted(self, name: str) -> list[str]:
        """Return the keys of a controller that have notes, in order."""
        return sorted(self.store.timers.notes.get(name, ()))

    def rest(self) -> None:
        """Sync keys, first come first served, until the cluster is at rest at this instant."""
        counts: dict[tuple[str, str], int] = {}
        while self._next < len(self._queue):
            entry = self._queue[self._next]
            self._next += 1
            self._queued.discard(entry)
            counts[entry] = counts.get(entry, 0) + 1
            try:
                if counts[entry] > MAX_SYNCS:
                    raise RuntimeError(f"controller {entry[0]} does not come to rest on {entry[1]}")
                self._syncing = entry
                controller = self._loaded.get(entry[0]) or self._controller(entry[0])
                due = controller.sync(self._client(controller.agent), entry[1])
                self._failures.pop(entry, None)
            except StatusError:
                due = self._again(entry)
            except self._fatal:
                raise
            except Exception as problem:
                due = self._again(entry)
                self.trouble(*entry, _told(problem))
            self._syncing = None
            note = self._notes.pop(entry, None)
            if due is not None and due <= self.server.now:
                self.enqueue(*entry)
                self._notes[entry] = note
                due = None
            self._set_timer(*entry, due, note)
        self._queue.clear()
        self._next = 0

    def _again(self, entry: tuple[str, str]) -> float:
        """Return when a key whose sync failed is tried again, each time after twice as long; its note stays."""
        failures = self._failures.get(entry, 0)
        self._failures[entry] = failures + 1
        self._notes[entry] = self.timer(*entry)[1]
        return self.server.now + min(FIRST_RETRY * 2 ** min(failures, 20), LAST_RETRY)

    def trouble(self, name: str, key: str, what: str) -> None:
        """Note what went wrong in a loop with a key, and tell it by an event on the key's object."""
        self.server.tally.note_trouble(self.server.now, name, key, what)
        try:
            subject = self._controller(name).subject(self.server.trusted, key)
            if subject is not None:
                self.server.trusted.record(subject, "Warning", "SimulationFailed", f"{name}: {what}", "kubesim")
        except self._fatal:
            raise
        except Exception:  # what is wrong with the object is what brought us here
            pass

    def _set_timer(self, name: str, key: str, due: float | None, note: Object | None) -> None:
        if self._heap is not None and due is not None and self.store.timers.get(name, key)[0] != due:
            heappush(self._heap, (due, name, key))
        self.store.set_timer(name, key, due, note)

    def next_due(self) -> float | None:
        """Return when the next timer is due, None where there is none."""
        if self._heap is None:
            self._heap = [(due, name, key) for name, key, due in self.store.timers]
            heapify(self._heap)
        while self._heap:
            due, name, key = self._heap[0]
            if self.store.timers.get(name, key)[0] == due:
                return due
            heappop(self._heap)
        return None

    def forget(self) -> None:
        """The store was read anew: look at its timers again, and drop what controllers derived from it."""
        self._heap = None
        self._notes.clear()
        self._loaded.clear()
        self._heard.clear()
        self._queue.clear()
        self._next = 0
        self._queued.clear()

    def step(self, until: float) -> bool:
        """Go to the instant of the next timer, if it is due by `until`, and come to rest there."""
        due = self.next_due()
        if due is None or due > until:
            return False
        self.clock.reach(due)
        self.along()
        while self.next_due() == due and self._heap:
            _, name, key = heappop(self._heap)
            if name in self.loops:
                self.enqueue(name, key)
            else:
                self.store.set_timer(name, key, None)
        self.rest()
        return True

    def live(self, until: float) -> None:
        """Live through the time up to `until`, event by event, and arrive there."""
        self.until = self.clock.horizon = until
        self.rest()
        while self.step(until):
            pass
        self.clock.reach(until)
