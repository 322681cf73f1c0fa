"""A cluster, put together: store, API server, controllers and the clock they live by.

This is the only place below the terminal that knows of real time; it is handed in as `wall` and `sleep`.
"""

from __future__ import annotations

import os

from ..apiserver.server import Server
from ..machinery.entropy import Entropy
from ..store.store import Store

DEFAULT_RELEASE = (1, 28)
POLL = 0.1             # seconds between two looks at what other processes did
PATIENCE = 24 * 3600.0  # simulated seconds that a wait without a timeout goes on for on a frozen clock


class Cluster:
    """One simulated cluster. `now` is simulated time in seconds since 1970."""

    def __init__(self, folder: str, release: tuple[int, int] | None, wall, sleep):
        self.store = Store(folder)
        self._asked_release, self.wall, self._sleep = release, wall, sleep
        self.entropy = Entropy({})
        self.server = Server(self.store, self.entropy, DEFAULT_RELEASE, 0.0, self.begin, self._notice)
        self._manager = None
        self._populated = False  # in the running transaction
        self.on_commit = lambda: None  # called after each commit; the terminal lets its output go then
        self._read_meta()

    @classmethod
    def open(cls, folder: str, *, release: tuple[int, int] | None = None, wall=None, sleep=None) -> Cluster:
        """Open the cluster in `folder`, making the default one on first use, and let it catch up with the time.

        `release`: emulated when the cluster has none of its own. `wall`: real seconds since 1970. Raises StoreError.
        """
        import time

        cluster = cls(folder, release, wall or time.time, sleep or time.sleep)
        cluster.catch_up()
        return cluster

    @property
    def now(self) -> float:
        return self.server.now

    @property
    def manager(self):
        """The controllers, made when something has to be done."""
        if self._manager is None:
            from ..controllers.manager import Manager

            self._manager = Manager(self.server)
        return self._manager

    def _notice(self, type_, resource, old, new) -> None:
        self.manager.notice(type_, resource, old, new)

    # The clock

    def _read_meta(self) -> None:
        meta = self.store.meta
        self.entropy.state = meta.setdefault("entropy", {"seed": "", "count": 0})
        self.server.release = tuple(meta.get("release") or self._asked_release or DEFAULT_RELEASE)
        if meta.get("featureGates"):
            from ..releases import Release

            self.server.release = Release.with_gates(self.server.release, meta["featureGates"])
        self.server.now = self.clock_time()

    def clock_time(self) -> float:
        """What the cluster's clock shows, whether or not the cluster has lived up to it."""
        clock = self.store.meta.get("clock") or {}
        if clock.get("frozen") is not None:
            return clock["frozen"]
        return self.wall() + clock.get("offset", 0.0)

    @property
    def frozen(self) -> bool:
        """Whether time stands still between commands."""
        return (self.store.meta.get("clock") or {}).get("frozen") is not None

    @property
    def pristine(self) -> bool:
        """Whether nothing but the default objects was ever written."""
        return not self.bootstrapped or self.store.meta["bootstrapped"] == self.store.revision

    def set_clock(self, *, frozen: float | None = None, offset: float = 0.0) -> None:
        """Freeze the clock at a time, or let it run at `offset` seconds from the wall clock, and live up to it."""
        self.store.begin()
        before = self.clock_time()
        self.store.meta["clock"] = {"frozen": frozen} if frozen is not None else {"offset": offset}
        if self.clock_time() < before and self.pristine and self.bootstrapped:
            del self.store.meta["bootstrapped"]  # the default objects are made anew, at a time before they were made
            self.store.replace(self.store.meta)
        self._live(self.clock_time())

    def catch_up(self) -> None:
        """Let the cluster live through the time that has passed; without anything due this only reads."""
        if not self.bootstrapped:
            self.begin()
        now = self.clock_time()
        if min(self.store.timers.values(), default=now + 1) <= now:
            self.begin()
            now = self.clock_time()
            self._live(now)
        self.server.now = now

    def _live(self, until: float) -> None:
        """Live up to a time, from the moment when the first thing falls due."""
        due = min(self.store.timers.values(), default=until + 1)
        self.server.now = min(due, until)
        if due <= until:
            self.manager.live(until)

    # Transactions

    @property
    def bootstrapped(self) -> bool:
        """Whether the default objects have been made."""
        return bool(self.store.meta.get("bootstrapped"))

    def begin(self) -> None:
        """Take the lock for a write, look again at what is committed, and make the default cluster on first use."""
        if self.store.locked:
            return
        if self.store.begin():
            self.reread()
        if not self.bootstrapped:
            self._populate()

    def _populate(self) -> None:
        """Write the objects of a fresh minikube, as part of the running transaction."""
        from ..apiserver.bootstrap import objects
        from ..helpers.nodes import node_object
        from ..machinery.objects import key_of

        meta, now = self.store.meta, self.server.now
        if not meta["entropy"]["seed"]:
            meta["entropy"]["seed"] = os.urandom(8).hex()
        nodes = [node_object(i, self.server.release, now) for i in range(meta.get("nodes", 1))]
        for resource, obj in objects(self.server.release, now, nodes, self.entropy.uid):
            self.store.put("ADDED", resource, key_of(obj), obj)
        meta["bootstrapped"] = self.store.revision
        self._populated = True

    def reread(self) -> None:
        """The store holds what another process wrote: drop what was derived from it, and catch up."""
        self.server.forget()
        if self._manager is not None:
            self._manager.forget()
        self._read_meta()
        self._live(self.server.now)

    def settle(self) -> None:
        """Let the controllers react to what was written, up to this instant."""
        if self._manager is not None:
            self._manager.live(self.server.now)

    def commit(self) -> None:
        """Let the controllers react, then make everything durable."""
        if self.store.locked:
            self.settle()
            # The default objects alone can be made again, and nobody has asked for them.
            self.store.commit(durable=not (self._populated and self.pristine))
            self._populated = False
        self.on_commit()

    def release_lock(self) -> None:
        """Commit and unlock, while something outside runs or sleeps."""
        self.commit()
        self.store.release()

    def close(self) -> None:
        """Give everything back; what was not committed is gone."""
        self.store.close()

    # Waiting

    def wait(self, check, timeout: float | None = None):
        """Call `check()` now and after every change until it returns something true, and return that.

        None when `timeout` (seconds) has passed. On a running clock it sleeps, on a frozen one it jumps from timer to
        timer; there a wait without a timeout ends when nothing will ever happen, or after PATIENCE.
        """
        self.settle()
        end = self.now + (timeout if timeout is not None else PATIENCE if self.frozen else float("inf"))
        while True:
            found = check()
            if found or self.now >= end:
                return found or None
            if not self.frozen:
                self._doze(end)
                continue
            due = self.manager.next_due()
            if timeout is None and not self._eventful():
                return None
            self.begin()
            target = end if due is None or due > end else due
            self.store.meta["clock"] = {"frozen": target}
            if not self.manager.step(target):
                self.server.now = target

    def _eventful(self) -> bool:
        """Whether any timer is left but those that only forget old Events."""
        return any(not timer.startswith("event-ttl ") for timer in self.store.timers)

    def _doze(self, end: float) -> None:
        """Sleep until the next timer, or a little, with the store unlocked; then look what happened."""
        self.release_lock()
        due = min(self.store.timers.values(), default=end)
        self._sleep(max(0.0, min(POLL, due - self.clock_time(), end - self.clock_time())))
        mark = self.store.mark()
        if self.store.reload():
            if self.server.history is not None:
                self.server.history += [(r["type"], r["resource"], r["object"]) for r in self.store.since(mark)]
            self._reread_unlocked()
        self.catch_up()

    def _reread_unlocked(self) -> None:
        self.server.forget()
        if self._manager is not None:
            self._manager.forget()
        now = self.server.now
        self._read_meta()
        self.server.now = max(now, self.server.now) if not self.frozen else self.server.now


def folder_of(home: str, context: str) -> str:
    """Return the folder of a kubeconfig context's cluster; any name makes a file name."""
    safe = "".join(c if c.isalnum() or c in "-_." else f"%{ord(c):02X}" for c in context)
    return os.path.join(home, "clusters", safe if safe.strip(".") else f"%{safe}")
