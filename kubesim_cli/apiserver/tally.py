"""What a server and the loops around it keep beside the objects."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .client import Client


class Tally:
    """A cluster keeps it with its state (cluster.state)."""

    pods_with_usage = 0  # pods with annotations that metrics.py reads, so as not to look at all objects

    metrics_servers = 0  # pods of metrics-server that are ready, likewise

    aggregated_apis = 0  # APIServices that another server stands behind, likewise

    kubelet = "full"     # what its nodes are: `full`, or `stub`, which run no processes (kubelet.runtimes)

    failing_images: list[str] = []     # whole names of images that cannot be pulled (kubelet.images.catalogue)
    own_images: dict[str, Object] = {}  # descriptions of images that the user has added, by repository

    pod_faults: list[Object] = []  # pods that crash, fail probes or start slowly (kubelet.podfaults)
    failing_classes: list[str] = []  # storage classes that provision nothing; "*" is all of them

    request_faults: list[Object] = []  # requests that fail or take long, as apiserver.faults has them

    @property
    def kind(self) -> Object | None:
        """The cluster of kind's that this is (helpers.kindnodes), None for minikube's."""
        return None

    def usage(self, api: Client, pod: Object) -> dict[str, dict[str, str]]:
        """Return what a pod's containers use that runs, as its node measures it: cpu and memory by container.

        `api`: a trusted client.
        """
        return {}

    def usage_changes(self, api: Client) -> bool:
        """Tell whether that may be another before long though nobody does anything."""
        return False

    def note_trouble(self, at: float, loop: str, key: str, what: str) -> None:
        """Note that the simulation failed in a loop at one of its keys, at a time."""
