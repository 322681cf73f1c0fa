"""Containers that something outside has touched, or that touch what outlives them: they live on in one stored engine.

All other containers are played again from their start whenever somebody looks (runtime/play.py): that says the same
each time as long as nothing comes in from outside. From its first contact on (an exec, say) a container is *resident*:
what it has become is taken over into the cluster's engine, which goes on from there and is stored as parts of the
store, with the transaction of the command that changed it:

    engine/NAME     a record of the engine; see runtime/freeze.py
    talk            there where containers talk with others for ever: then the engine lives along with the cluster
    life/UID/NAME   what is known of a resident container without a look into the engine; see lives.py

The engine is read when it is needed. What will become of a container is worked out ahead, on a copy of the engine that
is thrown away, whenever something was done to it, so that most commands find it in its Life.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.objects import key_of, split_key
from ..machinery.pods import FIELDS
from ..machinery.streaming import NotRunning, Refused, StartError
from .lives import PROBES, Life, before, foresee, may_connect, told_ahead
from .residentparts import Contents, blobs_of
from .residentviews import Earlier, Unwired
from .runtime import bounds
from .runtime.engine import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.engine import Container
    from .runtime.freeze import Records
    from .runtime.kernel.descriptors import Lines
    from .runtime.kernel.process import Space
    from .runtime.play import Play
    from .runtime.stopping import Stop

ENGINE, LIFE, TALK = "engine/", "life/", "talk"
WORK = 60_000_000     # steps that are made up for at once: a week of a loop that tells the time each second
PAST = 10_000_000     # steps of its past that a container is played for
SHORTENED = 3600.0    # seconds of its past that are played where all of it is too much
LOST = 255            # exit code of containers whose processes cannot go on, as on a node that was restarted


class Residents:
    """Those of a cluster, as its trusted client `api` sees it. `woken`: see take_woken."""

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
        while ended := bounds.within(lambda: engine.advance(now, WORK)):
            for each in ended:
                self._ended(each.container, (each.at, each.code, each.reason))
        for trouble in engine.kernel.faults:
            self.api.server.tally.note_trouble(now, "kubelet", "containers", trouble)
        engine.kernel.faults.clear()
        before, self._loaded = self._loaded, self.loaded
        self._load_began = self._load_began or (self._loaded and not before)
        if not self._touched:
            self._seen = engine.marks()

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
        self._touched = True
        self._seen.pop(place, None)

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
        for name in sorted(self.engine.containers):
            if self._seen[name] == seen.get(name):
                continue
            known = self._life(name)
            found = self._container(known.pod, name) if known is not None else None
            if known is None or found is None or self.engine.containers[name].space.ended is not None:
                continue
            life = Life(known.pod, known.started, pieces=dict(known.pieces), opened=known.opened)
            self._foresee(life, name, found[1])
            self._keep(name, life)

    def _foresee(self, life: Life, name: str, container: Object) -> None:
        trouble = bounds.guarded(lambda: foresee(life, self.engine, name, container, self.api.release), str)
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
        if self.talk != bool(self.store.part_names(TALK)):
            self.store.set_part(TALK, {"since": self.api.now} if self.talk else None)
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

    # Containers

    def enter(self, pod: Object, container: Object) -> Container:
        """Return a container that runs, as it is now; from now on it is resident.

        Raises Refused where it has just gone, and its pod's status does not tell so yet.
        """
        self.advance()
        name = f"{pod['metadata']['uid']}/{container['name']}"
        known = self.engine.containers.get(name)
        if known is None and self._life(name) is not None:
            raise Refused(f'container not found ("{container["name"]}")')
        if known is None:
            self._absorb(pod, container)
            if not self._running:
                self.settle()
            known = self.engine.containers[name]
        address = (pod.get("status") or {}).get("podIP")
        if address:
            known.space.net.address = address
        return known

    def said(self, uid: str, name: str, began: float) -> tuple[Lines, float | None] | None:
        """Return the log of the run of a container that began in a second, and when it ended, None where it goes on.

        None: that run is not resident.
        """
        life = self.life(uid, name)
        if life is None:
            return None
        self.advance()
        inside = self.engine.containers.get(f"{uid}/{name}")
        if inside is None:
            return None
        if began <= life.started < began + 1:
            return inside.said, inside.space.ended
        return (inside.before, began) if inside.before is not None else None

    def reach(self, pod: Object) -> Space | None:
        """Return a container of a pod whose containers are all there now, to talk with it; None where none runs."""
        found = None
        for field in FIELDS:
            for container in pod["spec"].get(field) or ():
                if "running" in (_status(pod, container).get("state") or {}):
                    try:
                        space = self.enter(pod, container).space
                    except Refused:
                        continue
                    found = found or space
        return found

    def _absorb(self, pod: Object, container: Object) -> None:
        from .runtime.sandbox import Sandbox

        now = self.engine.kernel.now
        began = timestamps.parse(_status(pod, container)["state"]["running"]["startedAt"])
        play = self._past(pod, container, began)
        if play is None:  # it is not what its status tells: it is there, and does nothing
            engine = Engine(now)
            engine.volumes.update(self.engine.volumes)
            Sandbox(engine, self.api, pod).start(container, idle=True)
        else:
            engine = play.engine
        self.engine.absorb(engine)
        for name in engine.containers:
            own = name.partition("/")[2]
            found = self._container(key_of(pod), name)
            state = (_status(pod, {"name": own}).get("state") or {}).get("running")
            if found is None or state is None:
                continue
            start = timestamps.parse(state["startedAt"])
            life = Life(key_of(pod), start, pieces=self._pieces(pod, found[1], start, now))
            self._keep(name, life)
        self._touched = True

    def _past(self, pod: Object, container: Object, began: float) -> Play | None:
        """Play a container up to now; None where it would have ended, or cannot be played.

        Raises NotRunning where it has, and the kubelet is about to find out.
        """
        now = self.engine.kernel.now
        for start in (began, max(began, now - SHORTENED)):
            try:
                play, whole = self._played(pod, container, start, now)
                if play.touched:  # the engine goes on from before the moment at which it reached out
                    play, whole = self._played(pod, container, start, play.kernel.now, False)
            except StartError:
                return None
            if whole:
                ended = play.inside.space.ended
                if ended is None:
                    return play
                from .runtime import process

                if now < max(ended, began + process.SHORT):
                    raise NotRunning(f"container {container['name']} not running")
                return None
        return None

    def _played(self, pod: Object, container: Object, start: float, until: float,
                included: bool = True) -> tuple[Play, bool]:
        """Play a container up to a time, that `included` or not; tell whether there was not too much of it."""
        from .runtime.play import Play

        play = Play(self.api, pod, container, start, self.engine)
        while not play.touched and (due := play.due()) is not None and (due < until or (included and due == until)):
            if play.kernel.worked > PAST:
                return play, False
            play.forward()
        return play, True

    def _pieces(self, pod: Object, container: Object, start: float, now: float) -> dict[str, list[
            tuple[float, bool, str]]]:
        from .runtime import process

        return {kind: before(process.pieces(self.api, pod, container, probe, start), now - start)
                for kind in PROBES if (probe := container.get(f"{kind}Probe"))}

    def start(self, pod: Object, container: Object) -> bool:
        """The kubelet starts a container; tell whether it is resident from its start on, and was started here."""
        uid = pod["metadata"]["uid"]
        if not self._wanted(pod, container):
            return False
        self.advance()
        from .runtime.sandbox import Sandbox

        engine, name = self.engine, f"{uid}/{container['name']}"
        last = engine.containers.get(name)
        if last is not None:
            engine.remove(name)
        from .runtime import process

        life = Life(key_of(pod), self.api.now)
        try:
            made = Sandbox(engine, self.api, pod).start(container)
            made.before = last.said if last is not None else None
        except StartError as error:
            life.ends = self.api.now, process.START_ERROR, "StartError", error.message
        self._keep(name, life)
        self._touched = True
        return True

    def beside(self, pod: Object) -> Engine | None:
        """Return the engine, as it is now, where it has files that a pod's containers may see, else None."""
        from .runtime.sandbox import KEPT

        if not self.names(pod["metadata"]["uid"]) and not any(
                kind in volume for volume in pod["spec"].get("volumes") or () for kind in KEPT):
            return None
        self.advance()
        return self.engine

    def _wanted(self, pod: Object, container: Object) -> bool:
        from .runtime.sandbox import is_given, keeps, volumes_of

        there = self.names(pod["metadata"]["uid"])
        if container["name"] in there:
            return True
        shared = {volume["name"] for volume in volumes_of(pod, container) if not is_given(volume)}
        for field in FIELDS:
            for each in pod["spec"].get(field) or ():
                stays = each["name"] in there or (keeps(pod, each) and _is_played(each))
                if stays and shared & {volume["name"] for volume in volumes_of(pod, each)}:
                    return True
        from .runtime import process

        return (keeps(pod, container) and _is_played(container)) or (
            may_connect(self.api, container) and process.connects(self.api, pod, container, self.api.now))

    def stop(self, pod: Object, container: Object) -> None:
        """The kubelet kills a container."""
        uid, name = pod["metadata"]["uid"], container["name"]
        if name in self.names(uid):
            self.advance()
            if self.engine.containers[f"{uid}/{name}"].space.ended is None:
                self.engine.kill(f"{uid}/{name}")
            self._touched = True

    def keep_past(self, pod: Object, old: Object) -> bool:
        """Something that a pod's containers are told of has changed from `old`: those that are known to do something,
        and have been told, live on from here. Tell whether any of the pod's is resident.

        `old`: a ConfigMap, a Secret, or the pod itself as it was.
        """
        from .runtime.environment import uses

        whole = self.api
        self.api = Earlier(whole, old)  # type: ignore[assignment]
        try:
            for field in FIELDS:
                for container in pod["spec"].get(field) or ():
                    told = old["kind"] == "Pod" or uses(pod, container, old["kind"], old["metadata"]["name"])
                    if told and _is_played(container) and "running" in (_status(pod, container).get("state") or {}):
                        try:
                            self.enter(old if old["kind"] == "Pod" else pod, container)
                        except Refused:
                            continue
        finally:
            self.api = whole
        return bool(self.names(pod["metadata"]["uid"]))

    def refresh(self, pod: Object) -> None:
        """Write those volumes of a pod anew that tell of what has changed."""
        from .runtime.sandbox import Sandbox

        if self.names(pod["metadata"]["uid"]):
            self.advance()
            Sandbox(self.engine, self.api, pod).refresh()

    def tell(self, pod: Object, container: Object, grace: float) -> Stop:
        """A container is told to end: its preStop hook begins; return how it ends, as a copy of the engine tells."""
        from .runtime import stopping

        self.advance()
        name = f"{pod['metadata']['uid']}/{container['name']}"
        if name not in self.engine.containers or self.engine.containers[name].space.ended is not None:
            return stopping.Stop()
        found = told_ahead(self.engine, name, container, grace, stopping.signal_of(self.api, container))
        command = (stopping.hook_of(container, "preStop").get("exec") or {}).get("command")
        if command and grace > 0:
            try:
                self.engine.execute(name, command)
            except StartError:
                pass
            self._touched = True
        return found

    def signal(self, pod: Object, container: Object) -> None:
        """The kubelet sends a container its signal."""
        from .runtime.stopping import signal_of

        self.advance()
        name = f"{pod['metadata']['uid']}/{container['name']}"
        if name in self.engine.containers and self.engine.containers[name].space.ended is None:
            self.engine.kill(name, signal_of(self.api, container))
            self._touched = True

    def let_go(self, uid: str) -> None:
        """A pod is gone: its containers and its own volumes are removed; or a volume, `pv/NAME`."""
        if uid.startswith("pv/"):
            self.advance()
            self.engine.remove_volume(uid)
            return
        names = self.names(uid)
        if not names:
            return
        self.advance()
        for name in names:
            self._keep(f"{uid}/{name}", None)
        for place in [each for each in self.engine.containers if each.startswith(f"{uid}/")]:
            self.engine.remove(place)
        for place in [each for each in self.engine.volumes if each.startswith(f"{uid}/")]:
            self.engine.remove_volume(place)
        self._touched = True


def of(api: Client) -> Residents:
    """Return those of the cluster that a client is of."""
    server = api.server
    if server.runtime is None:
        server.runtime = Residents(server.trusted)
    found: Residents = server.runtime
    return found


def _status(pod: Object, container: Object) -> Object:
    return next((each for field in FIELDS for each in (pod.get("status") or {}).get(f"{field[:-1]}Statuses") or ()
                 if each["name"] == container["name"]), {})


def _is_played(container: Object) -> bool:
    """Tell whether it is known what a container's program does."""
    from .runtime import bin as programs

    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    return bool(words) and words[0].rpartition("/")[2] in programs.names()
