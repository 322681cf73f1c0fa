"""Feeds the control loops: keys from changes, keys from timers, until nothing is left to do.

A timer is an entry `CONTROLLER KEY` with a due time in the store; it is all that a controller leaves behind.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush

from ..helpers.controller import Change, Controller
from ..machinery.errors import StatusError
from . import CONTROLLERS, load

FIRST_RETRY, LAST_RETRY = 0.005, 1000.0  # seconds (client-go's DefaultTypedControllerRateLimiter)
MAX_SYNCS = 20_000  # of one key at one instant: more than that is a loop that never comes to rest


class Manager:
    """Runs the controllers of `server` (apiserver.server.Server) on the timers of its store."""

    def __init__(self, server):
        self.server, self.store = server, server.store
        self._by_resource: dict[str, list[str]] = {}
        for name, (_, resources) in CONTROLLERS.items():
            for resource in resources.split():
                self._by_resource.setdefault(resource, []).append(name)
        self._loaded: dict[str, Controller] = {}
        self._queue: deque[tuple[str, str]] = deque()
        self._queued: set[tuple[str, str]] = set()
        self._failures: dict[tuple[str, str], int] = {}  # syncs in a row that failed
        self._heap: list[tuple[float, str]] | None = None
        self.until = 0.0  # how far the clock is about to run: a loop that would only repeat itself may look there

    def notice(self, type_: str, resource: str, old: dict | None, new: dict | None) -> None:
        """Take in one write: put the keys it concerns in the queue."""
        change = None
        for name in (*self._by_resource.get(resource, ()), *self._by_resource.get("*", ())):
            controller = self._controller(name)
            if change is None:
                change = Change(type_, resource, old, new)
            watch = controller.watches.get(resource) or controller.watches["*"]
            for key in watch(change) or ():
                self.enqueue(name, key)

    def enqueue(self, name: str, key: str) -> None:
        """Queue one key of one controller, unless it waits there already."""
        entry = (name, key)
        if entry not in self._queued:
            self._queued.add(entry)
            self._queue.append(entry)

    def _controller(self, name: str) -> Controller:
        controller = self._loaded.get(name)
        if controller is None:
            controller = self._loaded[name] = load(name)
            controller.manager = self
        return controller

    def due(self, name: str, key: str) -> float | None:
        """Return when a controller's key has its timer; while it is synced because of that, still the same time."""
        return self.store.timers.get(f"{name} {key}")

    def rest(self) -> None:
        """Sync keys, first come first served, until the cluster is at rest at this instant."""
        counts: dict[tuple[str, str], int] = {}
        client = self.server.trusted
        while self._queue:
            entry = self._queue.popleft()
            self._queued.discard(entry)
            counts[entry] = counts.get(entry, 0) + 1
            if counts[entry] > MAX_SYNCS:
                raise RuntimeError(f"controller {entry[0]} does not come to rest on {entry[1]}")
            try:
                due = self._controller(entry[0]).sync(client, entry[1])
                self._failures.pop(entry, None)
            except StatusError:
                due = self.server.now + self._backoff(entry)
            if due is not None and due <= self.server.now:
                self.enqueue(*entry)
                due = None
            self._set_timer(f"{entry[0]} {entry[1]}", due)

    def _backoff(self, entry: tuple[str, str]) -> float:
        """Return after how many seconds a key whose sync failed is tried again: each time twice as long."""
        failures = self._failures.get(entry, 0)
        self._failures[entry] = failures + 1
        return min(FIRST_RETRY * 2 ** min(failures, 20), LAST_RETRY)

    def _set_timer(self, timer: str, due: float | None) -> None:
        if self.store.timers.get(timer) == due:
            return
        self.store.set_timer(timer, due)
        if due is not None and self._heap is not None:
            heappush(self._heap, (due, timer))

    def next_due(self) -> float | None:
        """Return when the next timer is due, None where there is none."""
        if self._heap is None:
            self._heap = [(due, timer) for timer, due in self.store.timers.items()]
            heapify(self._heap)
        while self._heap:
            due, timer = self._heap[0]
            if self.store.timers.get(timer) == due:
                return due
            heappop(self._heap)
        return None

    def forget(self) -> None:
        """The store was read anew: look at its timers again, and drop what controllers derived from it."""
        self._heap = None
        self._loaded.clear()
        self._queue.clear()
        self._queued.clear()

    def step(self, until: float) -> bool:
        """Go to the instant of the next timer, if it is due by `until`, and come to rest there."""
        due = self.next_due()
        if due is None or due > until:
            return False
        self.server.now = max(self.server.now, due)
        while self.next_due() == due and self._heap:
            timer = heappop(self._heap)[1]
            name, _, key = timer.partition(" ")
            if name in CONTROLLERS:
                self.enqueue(name, key)
            else:
                self.store.set_timer(timer, None)
        self.rest()
        return True

    def live(self, until: float) -> None:
        """Live through the time up to `until`, event by event, and arrive there."""
        self.until = until
        self.rest()
        while self.step(until):
            pass
        self.server.now = max(self.server.now, until)
