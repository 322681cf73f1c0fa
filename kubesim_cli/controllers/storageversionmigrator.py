"""The storage version migrator: a migration runs, and ends at once.

Objects are read in every version here, whatever the one that they were written in: there is nothing to write again.
Kubernetes: pkg/controller/storageversionmigrator (resourceversion.go and storageversionmigrator.go).
"""

from __future__ import annotations

from ..apiserver.kinds.storagemigration.storageversionmigration import ENDS, true_of
from ..helpers.controller import Controller
from ..machinery import timestamps
from ..machinery.objects import clone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.discovery import Resource
    from ..machinery.types import Object

MIGRATIONS = "storageversionmigrations.storagemigration.k8s.io"
_PATIENCE = 60.0  # seconds in which a resource may yet come
_REASONS = {"Running": "InProgress"}


class StorageVersionMigratorController(Controller):
    name = "storage-version-migrator"
    watches = {MIGRATIONS: lambda change: (change.object["metadata"]["name"],)}

    def sync(self, api: Client, key: str) -> float | None:
        migration = api.find(MIGRATIONS, key)
        if migration is None or any(end in true_of(migration.get("status")) for end in ENDS):
            return None
        migration = clone(migration)
        status = migration.setdefault("status", {})
        found = status.setdefault("conditions", [])
        if "Running" not in true_of(status):
            found.append(_condition(api, "Running"))
        res = _resource(api, migration["spec"]["resource"])
        until = timestamps.parse(migration["metadata"]["creationTimestamp"]) + _PATIENCE
        if res is None and api.now < until:
            api.update_status(MIGRATIONS, migration)
            return until
        if res is None:
            found.append(_condition(api, "Failed", "resource does not exist in discovery"))
        else:
            status["resourceVersion"] = api.list(res.versioned, limit=1)["metadata"]["resourceVersion"]
            found.append(_condition(api, "Succeeded"))
        api.update_status(MIGRATIONS, migration)
        return None


def _condition(api: Client, type_: str, why: str = "") -> Object:
    return {"type": type_, "status": "True", "lastTransitionTime": timestamps.format(api.now),
            "reason": f"StorageVersionMigration{_REASONS.get(type_, type_)}",
            "message": f"migration encountered unhandled error: {why}" if why else ""}


def _resource(api: Client, wanted: Object) -> Resource | None:
    return next((res for res in api.discovery.by_plural(wanted["resource"]) if res.group == wanted.get("group", "")),
                None)
