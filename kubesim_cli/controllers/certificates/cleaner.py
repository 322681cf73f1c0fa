"""The cleaner: requests that were decided, or that nobody decides, go after a while.

Kubernetes: pkg/controller/certificates/cleaner/cleaner.go.
"""

from __future__ import annotations

from ...helpers.controller import Controller, itself
from ...machinery import timestamps
from .signing import REQUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client

DECIDED, PENDING = 3600.0, 24 * 3600.0  # seconds that a request is kept


class CSRCleanerController(Controller):
    name = "csrcleaner"
    watches = {REQUESTS: itself}

    def sync(self, api: Client, key: str) -> float | None:
        request = api.find(REQUESTS, key)
        if request is None:
            return None
        decided = [entry.get("lastUpdateTime") for entry in request.get("status", {}).get("conditions") or ()]
        times = [timestamps.parse(time) for time in decided if time]
        due = (max(times) + DECIDED if times
               else timestamps.parse(request["metadata"]["creationTimestamp"]) + PENDING)
        if due > api.now:
            return due
        api.delete(REQUESTS, key)
        return None
