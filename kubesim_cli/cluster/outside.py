"""What is done to a cluster from outside of it, and not through its API."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kubelet.claimfiles import VolumeFiles as VolumeFiles
    from ..kubelet.streaming import Attachment
    from .cluster import Cluster


def curl(cluster: Cluster, args: list[str]) -> Attachment:
    """Run curl on the machine that the nodes run on; raises as Cluster.exec."""
    from ..kubelet import streaming

    cluster.begin()
    return streaming.visit(cluster.client, ["curl", *args], cluster.play)


def volume(cluster: Cluster, namespace: str, claim: str) -> VolumeFiles:
    """Return the files that a claim keeps; raises machinery.streaming.Refused where it is not bound."""
    from ..kubelet.claimfiles import VolumeFiles

    cluster.begin()
    return VolumeFiles(cluster.client, namespace, claim)
