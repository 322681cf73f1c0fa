"""The ReplicationController controller: a ReplicaSet's elder, run by the same mechanism.

Kubernetes: pkg/controller/replication/replication_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import itself, owner
from . import refs
from .replicaset import ReplicaSetController


class ReplicationManager(ReplicaSetController):
    name = "replicationcontroller"
    resource = "replicationcontrollers"
    component = "replication-controller"
    counts_terminating = False
    watches = {resource: itself, "pods": refs.both(owner("ReplicationController"), refs.orphaned)}

    def selector(self, rs: dict) -> dict:
        return {"matchLabels": rs["spec"].get("selector") or {}}
