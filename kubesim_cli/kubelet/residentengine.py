"""The stored engine of resident containers (residents.py): read when it is needed, living on, written again; and what
is known of each container's life."""

from __future__ import annotations

from ..machinery.objects import split_key
from ..machinery.pods import FIELDS
from .lives import Life, foresee, hear
from .residentparts import Contents, blobs_of
from .residentviews import Unwired
from .runtime import bounds
from .runtime.engine import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.freeze import Records
    from .runtime.kernel.process import Space

ENGINE, LIFE, TALK, ASK = "engine/", "life/", "talk", "ask"
WORK = 60_000_000     # steps that are made up for at once: a week of a loop that tells the time each second
WAITED = 1_000_000    # where nobody does more than wait for the network: hours of a loop that asks each second
LONG = 6 * 3600.0     # seconds from which on it matters how many they are
LOST = 255            # exit code of containers whose processes cannot go on, as on a node that was restarted


class Living:
    """The engine of a cluster, as its trusted client `api` sees it, and the lives. `woken`: see take_woken."""

    def __init__(self, api: Client):
        self.api, self.store = api, api.server.store
        self.woken: list[str] = []
        self._engine: Engine | None = None
        self._records: Records = {}           # of the engine, as they are stored
        self._lives: dict[str, Life | None] = {}
        self._changed: set[str] = set()       # lives that are not stored as they are
        self._touched = False                 # something was done to the engine: what was foreseen may not hold
        self._running = False                 # the engine lives on: a container may ask for another one meanwhile
        self._loaded = self._load_began = False  # there are containers with a load; nobody was told that there are
        self._seen: dict[str, object] = {}    # what containers were like when that was foreseen (Engine.marks)
        self._listening: object = None        # who listened where then
        self._horizon, self._worked = 0.0, 0  # up to where time is let pass, and what had been done before that
        self._all_known = False               # `_lives` has all of them

    # Without the engine

    def names(self, uid: str) -> list[str]:
        """Return the names of a pod's resident containers."""
        places = dict.fromkeys(place for place in self._lives if place.startswith(f"{uid}/"))
        if self.store.has_parts:
            places.update(dict.fromkeys(name[len(LIFE):] for name in self.store.part_names(f"{LIFE}{uid}/")))
        return [place[len(uid) + 1:] for place in places if self._life(place) is not None]

    def life(self, uid: str, name: str) -> Life | None:
        """Return what is known of a pod's container, None where it is none of those."""
        if self._touched:
            self.settle()
        return self._life(f"{uid}/{name}")

    def _life(self, place: str) -> Life | None:
        if place not in self._lives:
            told = self.store.part(LIFE + place) if self.store.has_parts else None
            self._lives[place] = Life.of(told) if told is not None else None
        return self._lives[place]

    def _keep(self, place: str, life: Life | None) -> None:
        known = self._life(place)
        if (life and life.told()) != (known and known.told()):
            self._lives[place] = life
            self._changed.add(place)
            if life is not None:
                self.woken.append(life.pod)

    # Who waits for the network

    @property
    def asks(self) -> bool:
        """Whether what becomes of a container depends on what the network answers."""
        if self._engine is None and not self._changed:
            return bool(self.store.part_names(ASK))
        return any(life is not None and life.asks for life in self._known().values())

    def _known(self) -> dict[str, Life | None]:
        if not self._all_known and self.store.has_parts:
            for name in self.store.part_names(LIFE):
                self._life(name[len(LIFE):])
        self._all_known = True
        return self._lives

    def asked(self, what: str) -> bool:
        """Tell whether a container has asked for a service, `namespace/name`, or an address ("": for any)."""
        return self.asks and any(life is not None and (what in life.asks if what else life.asks)
                                 for life in self._known().values())

    def answer(self, what: str) -> None:
        """What the network says of a service or an address ("": of all) has changed: look anew at who waits for it."""
        for place, life in self._known().items():
            if life is not None and (what in life.asks if what else life.asks):
                self.touch(place)
                self._hasten(place)
        self.settle()

    def written(self) -> None:
        """The API server may answer otherwise from now on: probes that ask it are made soon."""
        from .network.wiring import APISERVER

        for place, life in self._known().items():
            if life is not None and APISERVER in life.asks and self._hasten(place):
                self._touched = True

    def _hasten(self, place: str) -> bool:
        """Have the probes of a container made that ask others; tell whether there are some that were to be late."""
        inside = self.engine.containers.get(place)
        if inside is None or not inside.probers or inside.space.ended is not None:
            return False
        from .runtime.probing import hasten

        return hasten(inside, self.api.now)

    def reach(self, pod: Object) -> Space | None:
        """See residents.Residents."""
        raise NotImplementedError

    # The engine

    @property
    def engine(self) -> Engine:
        """The engine as it was left; see `advance`."""
        if self._engine is None:
            self._engine = self._load()
            self._engine.kernel.forgiving = True
            self._engine.connect(Unwired(self))
        return self._engine

    def _load(self) -> Engine:
        found = self.store.parts(ENGINE)
        if not found:
            return Engine(self.api.now)
        self._records = {name[len(ENGINE):]: record for name, record in found.items()}
        contents = Contents(self.store.blobs.get, lambda: self.api.server.tally.note_trouble(
            self.api.now, "kubelet", "containers", "the contents of a file or a log are lost"))
        try:
            engine = Engine.thaw(self._records, contents)
        except ValueError:
            engine = Engine.salvage(self.api.now, self._records, contents)
            for place in self.store.part_names(LIFE):
                told = self.store.part(place)
                if told is not None:
                    self._keep(place[len(LIFE):], Life(told["pod"], told["started"], (self.api.now, LOST, "Error", "")))
        return engine

    def advance(self) -> None:
        """Let what runs in the engine live up to now."""
        engine, now = self.engine, self.api.now
        if self._running:
            return
        self._running = True
        try:
            self._live(engine, now)
        finally:
            self._running = False

    def _live(self, engine: Engine, now: float) -> None:
        most = self._most(engine, now)
        while ended := bounds.within(lambda: engine.advance(now, most)):
            for each in ended:
                self._ended(each.container, (each.at, each.code, each.reason))
        for trouble in engine.kernel.faults:
            self.api.server.tally.note_trouble(now, "kubelet", "containers", trouble)
        engine.kernel.faults.clear()
        before, self._loaded = self._loaded, self.loaded
        self._load_began = self._load_began or (self._loaded and not before)
        if not self._touched:
            self._seen, self._listening = engine.marks(), engine.listening()

    def _most(self, engine: Engine, now: float) -> int:
        """Return how many steps are made up for at once. Where time is let pass for long, that is for all of it, and
        less where containers only wait, or are probed."""
        horizon = max(self.api.server.clock.horizon, now)
        if horizon != self._horizon:
            self._horizon, self._worked = horizon, engine.kernel.worked
        if horizon - engine.kernel.now < LONG:
            return WORK
        others = (name for name, each in engine.containers.items()
                  if each.space.calls or (not each.probers and ((life := self._life(name)) is None or not life.asks)))
        most = WORK if any(engine.is_busy(name) for name in others) else WAITED
        return max(most - (engine.kernel.worked - self._worked), WAITED // 100)

    def _ended(self, name: str, end: tuple[float, int, str]) -> None:
        from .runtime.sandbox import message

        life = self._life(name)
        if life is None:
            return
        found = self._container(life.pod, name)
        text = message(self.engine.containers[name], found[1]) if found is not None else ""
        self._keep(name, Life(life.pod, life.started, (*end, text), None, life.pieces))

    def _container(self, key: str, name: str) -> tuple[Object, Object] | None:
        """Return the pod and the container that the engine has under a name, None where the API has not."""
        uid, _, own = name.partition("/")
        pod = self.api.find("pods", split_key(key)[1], split_key(key)[0])
        if pod is None or pod["metadata"]["uid"] != uid:
            return None
        return next(((pod, each) for field in FIELDS for each in pod["spec"].get(field) or () if each["name"] == own),
                    None)

    def take_woken(self) -> list[str]:
        """Return the keys of pods that the kubelet is to look at, once."""
        found, self.woken = self.woken, []
        return found

    def touch(self, place: str = "") -> None:
        """Something was done to what runs in the engine; or one has to look again at a container, UID/NAME."""
        if place and not self._touched:
            self.advance()  # what others have done until now nobody need look at
        self._touched = True
        self._seen.pop(place, None)

    def look(self, place: str, life: Life) -> None:
        """It is time to look at a container again. Where that is for what its probes ask others, nothing else of it
        need be worked out anew."""
        from .runtime.probing import leaves_traces

        inside = self.engine.containers.get(place)
        if (life.sure is not None and life.sure <= self.api.now) or inside is None or leaves_traces(inside):
            self.touch(place)
            return
        if not self._touched:
            self.advance()
        self._touched = True

    def react(self) -> None:
        """Let programs do what they do at once on what came from outside."""
        before, touched = self.engine.marks(), self._touched
        self._touched = True
        self.advance()
        self._touched = touched or self.engine.marks() != before

    @property
    def settled(self) -> bool:
        """Whether nothing is left that the kubelet or `settle` has to look at."""
        return not self._touched and not self.woken

    def settle(self) -> None:
        """Work out anew what becomes of all containers, where something was done to them."""
        if not self._touched:
            return
        self.advance()
        self._touched = False
        seen, self._seen = self._seen, self.engine.marks()
        before, self._listening = self._listening, self.engine.listening()
        if before is not None and before != self._listening:  # who was refused may not be any more
            asking = [name for name in seen if (life := self._life(name)) is not None and life.asks]
            for name in asking:
                seen.pop(name)
                self._hasten(name)
        for name in sorted(self.engine.containers):
            known = self._life(name)
            if self._seen[name] == seen.get(name):
                if known is not None and self.engine.containers[name].probers:
                    life = Life.of(known.told())
                    hear(life, self.engine, name)
                    self._keep(name, life)
                continue
            found = self._container(known.pod, name) if known is not None else None
            if known is None or found is None or self.engine.containers[name].space.ended is not None:
                continue
            life = Life(known.pod, known.started, pieces=dict(known.pieces), opened=known.opened,
                        asks=known.asks)
            self._foresee(life, name, found[1])
            self._keep(name, life)

    def _foresee(self, life: Life, name: str, container: Object) -> None:
        trouble = bounds.guarded(lambda: foresee(life, self.api, self.engine, name, container), str)
        if trouble:
            self.api.server.tally.note_trouble(self.api.now, "kubelet", life.pod, trouble)

    @property
    def talk(self) -> bool:
        """Whether containers talk with others for ever, so that it matters to them when the cluster changes."""
        return bool(self.store.part_names(TALK)) if self._engine is None else any(
            each.space.talks and each.space.forever and each.space.ended is None
            for each in self._engine.containers.values())

    def load(self, pod: Object, container: Object) -> int:
        """Return how much CPU a container has used of late beside what its image does at rest, in thousandths."""
        from .runtime.kernel import load

        self.advance()
        inside = self.engine.containers.get(f"{pod['metadata']['uid']}/{container['name']}")
        return load.millicores(inside.space, self.api.now) if inside is not None else 0

    @property
    def loaded(self) -> bool:
        """Whether there is a container that does."""
        from .runtime.kernel import load

        return any(load.is_loaded(each.space, self.api.now) for each in self.engine.containers.values()
                   if each.space.ended is None)

    def take_load_began(self) -> bool:
        """Tell once that containers have a load that had none before."""
        found, self._load_began = self._load_began, False
        return found

    def flush(self) -> None:
        """Write what has changed of the engine, as part of the transaction that runs."""
        if self._engine is None:
            return
        self.settle()
        for mark, is_so in ((TALK, self.talk), (ASK, self.asks)):
            if is_so != bool(self.store.part_names(mark)):
                self.store.set_part(mark, {"since": self.api.now} if is_so else None)
        frozen = self._frozen(self._engine)
        if frozen is None:
            return
        records, blobs = frozen
        if not self._engine.containers and not self._engine.volumes:
            records = {}
        for name in [*self._records]:
            if name not in records:
                self.store.set_part(ENGINE + name, None)
        for name, record in records.items():
            if self._records.get(name) != record:
                used = sorted(set(blobs_of(record)))
                for each in used:
                    if each in blobs:
                        self.store.blobs.add(each, blobs[each])
                self.store.set_part(ENGINE + name, record, used)
        self._records = records
        for place in sorted(self._changed):
            life = self._lives[place]
            self.store.set_part(LIFE + place, life.told() if life is not None else None)
        self._changed.clear()

    def _frozen(self, engine: Engine) -> tuple[Records, dict[str, bytes]] | None:
        """Return the engine's state; None where it cannot be told: then the one before stays, and no command fails."""
        told: list[str] = []
        found = bounds.guarded(engine.freeze, lambda trouble: told.append(trouble or "too much to store"))
        for trouble in told:
            self.api.server.tally.note_trouble(self.api.now, "kubelet", "containers", trouble)
        return found
