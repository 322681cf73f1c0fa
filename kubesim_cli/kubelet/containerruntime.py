"""What a kubelet asks of whatever runs its containers: the seam between the life of pods and what happens inside them.

`Runtime` is that of a node whose containers run programs (runtime/); stub.py has one that runs none.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .containerlog import ContainerLog
    from .lives import Life
    from .runtime.process import Outcome, Piece
    from .runtime.stopping import Stop
    from .streaming import Attachment, Dialed, Execution, Move

KINDS = ("startup", "liveness", "readiness")
LASTING = ("persistentVolumeClaim", "ephemeral", "hostPath")  # volumes that may outlive their pod


class Runtime:
    """Containers whose programs are played."""

    NOTICES = 0.3  # seconds after its end that the kubelet of a pod in deletion tells of a container's

    def missing(self, api: Client, image: str) -> str:
        """Return what of an image no registry has, `repository` or `tag`; "" where it can be pulled."""
        from .images import catalogue

        return catalogue.of(api).missing(image)

    def pull_time(self, api: Client, image: str) -> float:
        """Return how many seconds pulling an image takes."""
        from .images import catalogue

        return catalogue.of(api).seconds(image)

    def image_size(self, api: Client, image: str) -> int:
        """Return an image's size in bytes."""
        from .images import catalogue

        return catalogue.of(api).size(image)

    def outcome(self, api: Client, pod: Object, container: Object, start: float, role: str) -> Outcome:
        """Return what becomes of a container started at `start`; `role` and the rest: see runtime.process.outcome."""
        life = self._life(api, pod, container)
        if life is not None and life.until is not None and life.until <= api.now:
            from . import residents

            residents.of(api).look(f"{pod['metadata']['uid']}/{container['name']}", life)
            life = self._life(api, pod, container)
        if life is not None:
            return life.outcome()
        from .runtime import process

        found = process.outcome(api, pod, container, start, role)
        if found.until is not None and found.until <= api.now:  # it reaches out: it lives on with what it talks to
            from . import residents

            residents.of(api).enter(pod, container)
            return self.outcome(api, pod, container, start, role)
        return found

    def probe(self, container: Object, kind: str) -> Object | None:
        """Return a container's probe of a kind (startup, liveness, readiness), None where nothing is probed."""
        found: Object | None = container.get(f"{kind}Probe")
        return found

    def pieces(self, api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
        """Return what a probe finds over the life of a container started at `start`."""
        life = self._life(api, pod, container)
        if life is None:
            from .runtime import process

            found, asks = process.explored(api, pod, container, probe, start)
            if asks:  # it lives on with what it asks
                from . import residents

                residents.of(api).take_in(pod, container)
                life = self._life(api, pod, container)
            if life is None:
                return found
        return life.found(next(kind for kind in KINDS if container.get(f"{kind}Probe") is probe))

    def stop(self, api: Client, pod: Object, container: Object, start: float, at: float, grace: float) -> Stop:
        """Return how a container ends that is told to at `at`; see runtime.stopping.stop.

        One that says or writes something then lives on from here, so that it has done so for whoever looks later.
        """
        from .runtime import stopping

        is_resident = self._life(api, pod, container) is not None
        if is_resident or stopping.leaves_traces(pod, container):
            from . import residents

            if is_resident or residents.of(api).take_in(pod, container):
                return residents.of(api).tell(pod, container, grace)
        return stopping.stop(api, pod, container, start, at, grace)

    def signal(self, api: Client, pod: Object, container: Object) -> None:
        """Send a container that was told to end its signal, as `stop` said when."""
        if self._life(api, pod, container) is not None:
            from . import residents

            residents.of(api).signal(pod, container)

    def ended(self, api: Client, pod: Object, container: Object) -> tuple[float, int] | None:
        """Return (when, exit code) of a container's end that has happened though nobody told that it would."""
        life = self._life(api, pod, container)
        return life.ends[:2] if life is not None and life.ends is not None and life.ends[0] <= api.now else None

    def user_problem(self, api: Client, pod: Object, container: Object) -> str:
        """Return why a container may not run as the user that it would, "" where it may."""
        if not any((each.get("securityContext") or {}).get("runAsNonRoot") for each in (pod["spec"], container)):
            return ""
        from .runtime import sandbox

        return sandbox.user_problem(api, pod, container)

    def user(self, api: Client, pod: Object, container: Object) -> Object | None:
        """Return the ContainerUser that a container runs as, None where nobody can tell."""
        from .runtime import sandbox

        return sandbox.container_user(api, pod, container)

    def start_problem(self, api: Client, pod: Object, container: Object, start: float) -> tuple[str, int]:
        """Return why a container's program cannot be started at `start`, in the words of Docker, "" where it can, and
        its exit code then."""
        from .runtime import process

        beside = None
        if api.server.store.has_parts or api.server.runtime is not None:
            from . import residents

            beside = residents.of(api).beside(pod)
        return process.start_problem(api, pod, container, start, beside)

    def begun(self, api: Client, pod: Object, container: Object, start: float) -> tuple[float, str]:
        """Return how many seconds a container's postStart hook takes, and what is said of it where it fails."""
        from .runtime import stopping

        return stopping.begun(api, pod, container, start)

    # Resident containers (residents.py), of which there mostly are none

    @staticmethod
    def _life(api: Client, pod: Object, container: Object) -> Life | None:
        if not api.server.store.has_parts and api.server.runtime is None:
            return None
        from . import residents

        return residents.of(api).life(pod["metadata"]["uid"], container["name"])

    def started(self, api: Client, pod: Object, container: Object) -> None:
        """Note that the kubelet has started a container."""
        from .lives import may_live_on

        lasting = any(kind in volume for volume in pod["spec"].get("volumes") or () for kind in LASTING)
        if lasting or api.server.store.has_parts or api.server.runtime is not None or may_live_on(
                api, container):
            from . import residents

            residents.of(api).start(pod, container)

    def stopped(self, api: Client, pod: Object, container: Object) -> None:
        """Note that the kubelet has killed a container."""
        if api.server.store.has_parts or api.server.runtime is not None:
            from . import residents

            residents.of(api).stop(pod, container)

    # Streams into containers; see streaming.py

    def execute(self, api: Client, pod: Object, name: str, argv: list[str], stdin: bool, tty: bool,
                move: Move) -> Execution:
        """Start a program in a pod's container."""
        from . import streaming

        return streaming.execute(api, pod, name, argv, stdin, tty, move)

    def attach(self, api: Client, pod: Object, name: str, move: Move) -> Attachment:
        """Connect with a container's own program."""
        from . import streaming

        return streaming.attach(api, pod, name, move)

    def dial(self, api: Client, pod: Object, port: int, move: Move) -> Dialed:
        """Connect to a port of a pod."""
        from . import streaming

        return streaming.dial(api, pod, port, move)

    def log(self, api: Client, pod: Object, container: Object, previous: bool) -> ContainerLog:
        """Return the log of a container that has been started, of the run before its last with `previous`.

        Raises StatusError where the node does not answer.
        """
        from .containerlog import ContainerLog

        return ContainerLog(api, pod, container, previous)
