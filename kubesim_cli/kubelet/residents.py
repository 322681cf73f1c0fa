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
from ..machinery.objects import key_of
from ..machinery.pods import FIELDS
from ..machinery.streaming import NotRunning, Refused, StartError
from .lives import PROBES, Life, asking_probes, before, may_live_on, told_ahead
from .residentengine import Living
from .residentviews import Earlier
from .runtime.engine import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.engine import Container
    from .runtime.kernel.descriptors import Lines
    from .runtime.kernel.process import Space
    from .runtime.play import Play
    from .runtime.stopping import Stop

PAST = 10_000_000     # steps of its past that a container is played for
SHORTENED = 3600.0    # seconds of its past that are played where all of it is too much


class Residents(Living):
    """Those of a cluster: how they come, what is done to them, and how they go."""

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
        if pod["spec"].get("shareProcessNamespace"):
            self._share(pod)
        address = (pod.get("status") or {}).get("podIP")
        if address:
            known.space.net.address = address
        return known

    def take_in(self, pod: Object, container: Object) -> bool:
        """Let a container live on that runs; tell whether it does."""
        try:
            self.enter(pod, container)
        except Refused:
            return False
        return True

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

    def _share(self, pod: Object) -> None:
        """Have the containers of a pod that run see each other's processes."""
        names = []
        for field in FIELDS:
            for container in pod["spec"].get(field) or ():
                name = f"{pod['metadata']['uid']}/{container['name']}"
                runs = "running" in (_status(pod, container).get("state") or {})
                if runs and name not in self.engine.containers and self._life(name) is None:
                    self._absorb(pod, container)
                names.append(name)
        self.engine.share(names)

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
            life.ends = self.api.now, error.code, process.START_ERROR, error.message
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
            may_live_on(self.api, container) and process.lives_on(
                self.api, pod, container, self.api.now, asking_probes(container)))

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
        found = told_ahead(self.api, self.engine, name, container, grace, stopping.signal_of(self.api, container))
        if self.engine.containers[name].probers:
            from .runtime.probing import leave

            leave(self.engine.containers[name])
        hook = stopping.hook_of(container, "preStop") if grace > 0 else {}
        if hook.get("exec") or "httpGet" in hook:
            self._begin_hook(name, container, hook)
            self._touched = True
        return found

    def _begin_hook(self, name: str, container: Object, hook: Object) -> None:
        if "httpGet" in hook:
            from .network.probes import send

            release = self.api.release
            send(self.engine.kernel, self.engine.containers[name].space, container, hook["httpGet"],
                 f"{release[0]}.{release[1]}")
            return
        try:
            self.engine.execute(name, hook["exec"]["command"])
        except StartError:
            pass

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
