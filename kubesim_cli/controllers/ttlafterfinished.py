"""The TTL-after-finished controller: jobs go some time after they have ended.

Kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import Controller, itself
from ..machinery import timestamps
from ..machinery.objects import split_key
from .job import JOBS, finished_condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client


class TTLAfterFinished(Controller):
    name = "ttl-after-finished"
    watches = {JOBS: itself}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        job = api.find(JOBS, name, namespace)
        if job is None or "deletionTimestamp" in job["metadata"]:
            return None
        ended, ttl = finished_condition(job), job["spec"].get("ttlSecondsAfterFinished")
        if ended is None or ttl is None:
            return None
        due = timestamps.parse(ended["lastTransitionTime"]) + ttl
        if due > api.now:
            return due
        api.delete(JOBS, name, namespace, propagation="Foreground", preconditions={"uid": job["metadata"]["uid"]})
        return None
