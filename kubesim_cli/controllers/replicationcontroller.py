"""The ReplicationController controller: a ReplicaSet's elder, run by the same mechanism.

Kubernetes: pkg/controller/replication/replication_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import itself, owner
from . import refs
from .replicaset import ReplicaSetController

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object


class ReplicationManager(ReplicaSetController):
    name = "replicationcontroller"
    resource = "replicationcontrollers"
    component = "replication-controller"
    counts_terminating = False
    watches = {resource: itself, "pods": refs.both(owner("ReplicationController"), refs.orphaned)}

    def selector(self, rs: Object) -> Object:
        return {"matchLabels": rs["spec"].get("selector") or {}}
