"""A cluster, put together: store, state, clock, API server and the loops that live by them.

This is the only place below the terminal that knows of real time; it is handed in as `wall` and `sleep`.
"""

from __future__ import annotations

import os
import sys

from ..apiserver.server import Server
from ..machinery.entropy import Entropy
from ..machinery.timestamps import LAST
from ..releases import OLDEST
from ..store.log import StoreError as StoreError
from ..store.store import Store
from .clock import Clock
from .state import ClusterState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO, TypeVar

    from ..apiserver.client import Client
    from ..controllers.manager import Manager
    from ..helpers.controller import Loop
    from ..kubelet.containerlog import ContainerLog as ContainerLog
    from ..kubelet.containerruntime import Runtime
    from ..kubelet.streaming import Attachment as Attachment
    from ..kubelet.streaming import Dialed as Dialed
    from ..kubelet.streaming import Execution as Execution
    from ..machinery.types import Object, Release
    from .progress import Progress

    Found = TypeVar("Found")

LONGEST = 1000         # characters of a command that are kept
NETWORK = frozenset(("endpointslices.discovery.k8s.io", "namespaces", "networkpolicies.networking.k8s.io", "pods",
                     "services"))  # what names, addresses and ports lead to
UNASKED = frozenset(("events", "leases.coordination.k8s.io"))  # what is written on and on, and no probe asks for


class Cluster:
    """One simulated cluster."""

    def __init__(self, folder: str, release: Release | None, wall: Callable[[], float],
                 sleep: Callable[[float], object], tell: Callable[[str], object] | None = None,
                 bare: bool | None = None, kubelet: str | None = None, seed: str = ""):
        """`tell` is called with a line for the user, at once; see Store. Without it they go to stderr.

        `bare`: whether the cluster is made without kube-system's objects, where nobody has decided that; None: it has
        them. `kubelet`: what its nodes are where nobody has decided that (see Tally). `seed`: where its names and UIDs
        come from where nobody has decided that; "": from chance.
        """
        self._tell = tell or sys.stderr.write
        self.store = Store(folder, self._tell, fleeting="events")
        self.state = ClusterState(self.store)
        self.clock = Clock(self.state, wall)
        self._asked_release, self._asked_bare, self._asked_kubelet = release, bare, kubelet
        self._asked_seed = seed
        self._wall, self._sleep = wall, sleep
        self.entropy = Entropy({})
        self.server = Server(self.store, self.entropy, OLDEST, self.clock, self.begin, self._notice,
                             self.state)
        self.server.linger = self.linger
        self.server.changing = self._changing
        self._manager: Manager | None = None
        self._populated = False  # in the running transaction
        self._only_time = False  # the running transaction holds nothing but what time did
        self.wrote = False       # something that was asked for has been committed
        self.stderr: TextIO | None = None  # where the progress of what takes long is shown, if it is a terminal
        self._progress: Progress | None = None
        self._changes = 0
        self.command = ""        # what the user said, which `undo` tells of; "" for what is not to be undone by itself
        self._held_at: float | None = None  # what the clock showed when the transaction began; None: before all time
        self.on_commit: Callable[[], None] = lambda: None  # after each commit; the terminal lets its output go then
        self._read_state()

    @classmethod
    def open(cls, folder: str, *, release: Release | None = None, wall: Callable[[], float] | None = None,
             sleep: Callable[[float], object] | None = None, bare: bool | None = None,
             kubelet: str | None = None) -> Cluster:
        """Open the cluster in `folder`, making the default one on first use, and let it catch up with the time.

        `release`, `bare` and `kubelet`: what a cluster is made with; one that somebody has used keeps its own. `wall`:
        real seconds since 1970. Raises StoreError.
        """
        import time

        cluster = cls(folder, release, wall or time.time, sleep or time.sleep, bare=bare, kubelet=kubelet)
        cluster.catch_up()
        return cluster

    @property
    def now(self) -> float:
        """Simulated time, in seconds since 1970."""
        return self.clock.now

    @property
    def client(self) -> Client:
        """The trusted control plane's client: it may do everything."""
        return self.server.trusted

    @property
    def manager(self) -> Manager:
        """The loops, made when something has to be done."""
        if self._manager is None:
            from ..controllers.manager import Manager
            # With KUBESIM_TRACEBACK the faults of loops are raised and not survived: tests are to see them.
            fatal = (Exception,) if os.environ.get("KUBESIM_TRACEBACK") else (StoreError, OSError)
            self._manager = Manager(self.server, self._loops(), fatal)
            self._manager.along = self._live_along
        return self._manager

    def _loops(self) -> dict[str, Loop]:
        from .loops import LOOPS

        asked = self.state.settings.get("controllers")
        if asked is None:
            return LOOPS
        from .enabled import loops_that_run

        return loops_that_run(asked, LOOPS)

    def _notice(self, type_: str, resource: str, old: Object | None, new: Object | None) -> None:
        self.manager.notice(type_, resource, old, new)
        self._changes += 1
        if not self._changes % 64 and self.stderr is not None:
            if self._progress is None:
                from .progress import Progress

                self._progress = Progress(self.stderr, self._wall)
            self._progress.show(self._changes, self.clock.now)

    def _end_progress(self) -> None:
        if self._progress is not None:
            self._progress.end()
        self._progress, self._changes = None, 0

    # Time

    def _read_state(self) -> None:
        self.state.check()
        self.entropy.state = self.state.entropy
        self.server.release = self.state.served_release(self._asked_release)
        apis = self.state.settings.get("runtime-config", "")
        if self.state.feature_gates or apis:
            from ..releases.gates import GatedRelease
            from ..releases.runtimeconfig import parse

            self.server.release = GatedRelease.of(self.server.release, self.state.feature_gates, parse(apis))
        self.server.settings = None
        if self.state.settings:
            from ..apiserver.settings import Settings

            self.server.settings = Settings(self.state.settings)
        self.clock.stand_at(self.clock.shown)

    def set_clock(self, *, frozen: float | None = None, tick: float | None = None, offset: float = 0.0,
                  speed: float | None = None) -> None:
        """Freeze the clock at a time, or let it run at `offset` seconds from the wall clock, and live up to it.

        `tick` and `speed`: see Clock.freeze and Clock.run.
        """
        self.hold()
        before = self.clock.shown
        if frozen is not None:
            self.clock.freeze(frozen, tick)
        else:
            self.clock.run(offset, speed)
        if self.clock.shown < before and self.state.pristine and self.state.bootstrapped:
            self.state.forget_objects()  # they are made anew, at a time before they were made
            self._forget()
        self._live(self.clock.shown)

    def tick(self) -> None:
        """Have a frozen clock move on by its tick, as it does once for each command of kubectl's.

        As `catch_up` it waits for nobody.
        """
        if not self.clock.tick:
            return
        if not self._made:
            self.begin()
        try:
            self.hold(wait=False)
        except OSError:
            pass
        if self.store.locked:
            self.clock.freeze(min(self.clock.shown + self.clock.tick, LAST))
            self._live(self.clock.shown)
            self._only_time = True

    def catch_up(self) -> None:
        """Let the cluster live through the time that has passed; without anything due this only reads.

        It waits for nobody: where another process writes, or nobody may, the cluster is as it was last left.
        """
        if not self._made:
            self.begin()
        now = self.clock.shown
        if self.store.timers.first(now + 1) <= now:
            try:
                self.hold(wait=False)
            except OSError:
                pass
            if self.store.locked:
                self.begin()
                now = self.clock.shown
                self._live(now)
                self._only_time = True
        self.clock.stand_at(now)

    def _live(self, until: float) -> None:
        """Live up to a time, from the moment when the first thing falls due."""
        due = self.store.timers.first(until + 1)
        self.clock.stand_at(min(due, until))
        if due <= until:
            self.manager.live(until)

    # Transactions

    @property
    def locked(self) -> bool:
        """Whether a transaction is running, for which others wait."""
        return self.store.locked

    def hold(self, wait: bool = True) -> None:
        """Take the lock, look again at what is committed, and live up to what the clock shows.

        Without `wait` nothing happens where another process has the lock.
        """
        self._only_time = False
        if self.store.locked:
            return
        if self.store.begin(wait):
            self._forget()
        if not self.store.locked:
            return
        self._held_at = self._time_told
        self.state.upgrade(self.server.release)
        self._live(self.now)
        self._live_along()

    def _live_along(self) -> None:
        """Let containers that talk with others come up to now, before the cluster is changed that they talk with."""
        if self.server.runtime is not None or (self.store.has_parts and self.store.part_names("talk")):
            from . import living

            living.advance(self)

    def _changing(self, resource: str) -> None:
        """Let containers that wait for the network hear what it says until now, before it says something else."""
        if resource not in UNASKED and (self.server.runtime is not None or self.store.part_names("ask")):
            from . import living

            living.hear(self, resource in NETWORK)

    def begin(self) -> None:
        """Take the lock for a write, and make the default cluster on first use."""
        self._only_time = False
        if self.store.locked:
            return
        self.hold()
        if self._made:
            return
        if self.state.bootstrapped:
            self.state.forget_objects()  # nobody has asked for them, and now it is others that are wanted
            self._forget()
        self._populate()

    @property
    def _made(self) -> bool:
        """Whether the default objects have been made, and those that are wanted."""
        state = self.state
        return (state.bootstrapped and (state.release is None or state.release == self.server.release)
                and state.bare == self._bare and state.kubelet == state.made_kubelet(self._asked_kubelet))

    @property
    def _bare(self) -> bool:
        return self.state.made_bare(self._asked_bare)

    def _populate(self) -> None:
        """Write the objects of a fresh cluster, as part of the running transaction."""
        from .defaults import make

        if not self.entropy.state["seed"]:
            self.entropy.state["seed"] = self._asked_seed or os.urandom(8).hex()
        make(self.server, self.state.nodes, self._bare, self.state.kind)
        self.state.note_bootstrap(self.server.release, self._bare, self.state.made_kubelet(self._asked_kubelet))
        self._populated = True

    def reset(self, *, seed: str = "", nodes: int = 1, release: Release | None = None, bare: bool | None = None,
              kubelet: str | None = None, feature_gates: dict[str, bool] | None = None,
              settings: dict[str, str] | None = None, kind: Object | None = None) -> None:
        """Throw the cluster away at once; the next one to open it makes it anew. The clock goes on as it is.

        `kind`: the cluster of kind's that it is to be (helpers.kindnodes), which also tells the nodes.
        """
        self.store.begin()
        self.state.start_over(seed=seed, nodes=nodes, release=release, bare=bare, kubelet=kubelet,
                              feature_gates=feature_gates or {}, settings=settings or {}, kind=kind)
        self._forget()

    def _forget(self) -> None:
        """The store holds something else than before: drop what was derived from it."""
        self.server.forget()
        if self._manager is not None:
            self._manager.forget()
        self._read_state()

    def settle(self) -> None:
        """Let the controllers react to what was written, and to what was done in containers, up to this instant."""
        while True:
            if self.server.runtime is not None:
                from . import living

                self.server.runtime.settle()
                for key in self.server.runtime.take_woken():
                    self.manager.enqueue("kubelet", key)
                living.tell_of_load(self)
            if self._manager is not None:
                self._manager.live(self.now)
            if self.server.runtime is None or self.server.runtime.settled:
                return

    def commit(self) -> None:
        """Let the controllers react, make everything durable, and unlock."""
        if self.store.locked:
            only_time = self._only_time
            self.settle()
            self._end_progress()
            if self.server.runtime is not None:
                self.server.runtime.flush()
            # The default objects alone can be made again, and nobody has asked for them.
            asked = not (self._populated and self.state.pristine)
            written = asked and not only_time and self.store.dirty
            begins = written and self.command and not self.wrote
            try:
                self.store.commit(durable=asked,
                                  command={"did": self.command[:LONGEST], "at": self._held_at} if begins else None)
                self.wrote = self.wrote or written
            except OSError as error:
                self.server.forget()
                if not only_time:
                    raise
                # Nothing was asked for that is lost: the next command lives through the same time again.
                from ..machinery.files import told

                self._tell(f"Warning: {told(error)}\n")
            self._populated = self._only_time = False
            self.store.release()
        self.on_commit()

    def become(self, records: Iterable[Object], revision: int, meta: Object, at: float | None, marker: Object) -> None:
        """Be as the store was at another time, with the clock at `at` (None: as it goes), and commit that as one step.

        A clock that ran then runs on from there. `records` to `meta`: see Store.take_over; `marker`: what the step's
        commit tells, beside what the clock shows now (store/past.py). Nothing may have been written since `lock`.
        """
        marker = {"did": self.command, "at": self._time_told, **marker}
        self.store.take_over(records, revision, meta)
        if at is not None:
            self.clock.show(at)
        self.store.commit(command=marker)
        self.wrote = True
        self._forget()
        self.store.release()

    @property
    def _time_told(self) -> float | None:
        """What the clock shows, None as long as there is nothing that has a time."""
        return self.clock.shown if self.state.bootstrapped else None

    def lock(self) -> None:
        """Take the lock and look again at what is committed, without living up to what the clock shows."""
        if self.store.begin():
            self._forget()

    def let_go(self) -> None:
        """End one use of a cluster that stays open; what was not committed is gone."""
        self._end_progress()
        self.on_commit, self.stderr, self.command, self.wrote = lambda: None, None, "", False
        if self.store.locked:
            self.store.release()
            self._populated = self._only_time = False
            self._forget()

    def close(self) -> None:
        """Give everything back; what was not committed is gone."""
        self._end_progress()
        self.store.close()

    # Containers

    @property
    def _runtime(self) -> Runtime:
        from ..kubelet import runtimes

        return runtimes.of(self.state.kubelet)

    def log(self, pod: Object, container: Object, previous: bool = False) -> ContainerLog:
        """Return the log of a pod's container, of the run before with `previous`."""
        if self.store.has_parts and not self.store.locked:
            try:  # what resident containers have done since then is stored, if nobody has to wait for that
                self.hold(wait=False)
            except OSError:
                pass
            self._only_time = self.store.locked
        return self._runtime.log(self.client, pod, container, previous)

    def exec(self, pod: Object, container: str, argv: list[str], stdin: bool = False, tty: bool = False) -> Execution:
        """Start a program in a pod's container; what it does belongs to the running transaction.

        Raises machinery.streaming.StartError or Refused, and StatusError where the node does not answer.
        """
        self.begin()
        return self._runtime.execute(self.client, pod, container, argv, stdin, tty, self.play)

    def attach(self, pod: Object, container: str) -> Attachment:
        """Connect with the streams of a container's own program; raises as `exec`."""
        self.begin()
        return self._runtime.attach(self.client, pod, container, self.play)

    def dial(self, pod: Object, port: int) -> Dialed:
        """Connect to a port of a pod as from within it; raises as `exec`."""
        self.begin()
        return self._runtime.dial(self.client, pod, port, self.play)

    def proxied(self, client: Client, method: str, url: str, body: str | None = None) -> str | None:
        """Serve a URL path of a proxy to a service, a pod or a node, as `client`; None for another path.

        Raises StatusError.
        """
        if "/proxy" not in url:
            return None
        from . import proxying

        return proxying.serve(self, client, method, url, body)

    def play(self, until: float | None = None) -> bool:
        """Go to the next moment at which something happens in a resident container; see living.play."""
        from . import living

        return living.play(self, until)

    # Waiting

    def wait(self, check: Callable[[], Found], timeout: float | None = None) -> Found | None:
        """Call `check()` now and after every change until it returns something true, and return that.

        None when `timeout` (seconds) has passed. On a running clock it sleeps, on a frozen one it jumps from timer to
        timer; there a wait without a timeout ends when nothing will ever happen, or after a day.
        """
        from . import waiting

        return waiting.wait(self, check, timeout)

    def linger(self, seconds: float) -> None:
        """Let something take its time: a frozen clock jumps, a running one is waited for, with the store unlocked."""
        if self.clock.frozen:
            self.set_clock(frozen=self.clock.shown + seconds)
        else:
            self.rest(seconds / self.clock.speed)

    def rest(self, seconds: float) -> None:
        """Sleep for real seconds, with the store unlocked; then look what happened."""
        self.commit()
        self._sleep(seconds)
        self.refresh()

    def refresh(self) -> None:
        """After a while in which the store was unlocked: look what others have written, and catch up with the time."""
        if self.store.reload():
            self._forget()
        self.catch_up()
