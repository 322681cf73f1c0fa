"""From client-side to server-side apply: the fields that client-side apply owns pass to the server-side manager.

client-go/util/csaupgrade, and pkg/cmd/apply/apply.go of kubectl.
"""

from __future__ import annotations

from ...machinery import fieldset
from ...machinery.errors import StatusError
from ...machinery.objects import clone
from ...machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..resource.info import Info
    from .apply import Applier

_ANNOTATION = ["f:metadata", "f:annotations", "f:" + LAST_APPLIED_CONFIG_ANNOTATION]
_RETRIES = 5


def upgrade(applier: Applier, info: Info, body: Object) -> None:
    """Move the fields of whoever owns the last-applied annotation to the applier's manager, and apply `body` again."""
    try:
        _keep_annotation(applier, info)
    except StatusError as error:
        applier.ctx.err("Warning: failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side "
                        f"Apply. This is non-fatal and will be retried next time you apply. Error: {error.message}\n")
        return
    try:
        migrated = _migrate(applier, info)
    except StatusError as error:
        applier.ctx.err("Warning: server rejected managed fields migration to Server-Side Apply. This is non-fatal and "
                        f"will be retried next time you apply. Error: {error.message}\n")
        return
    if migrated:
        try:
            info.refresh(applier.send_apply(info, body))
        except StatusError as error:
            applier.ctx.err("Warning: failed to re-apply configuration after performing Server-Side Apply migration. "
                            f"This is non-fatal and will be retried next time you apply. Error: {error.message}\n")


def _owners(entries: list[Object], operation: str) -> list[Object]:
    """The entries of an operation that own the annotation."""
    return [entry for entry in entries
            if entry["operation"] == operation and fieldset.has(entry.get("fieldsV1") or {}, _ANNOTATION)]


def _keep_annotation(applier: Applier, info: Info) -> None:
    """Give the annotation an applier of its own, so that it stays when client-side apply is no manager any more."""
    meta = info.obj["metadata"]
    text = (meta.get("annotations") or {}).get(LAST_APPLIED_CONFIG_ANNOTATION)
    if applier.manager != "kubectl" or text is None or _owners(meta.get("managedFields") or [], "Apply"):
        return
    only = {"apiVersion": info.mapping.api_version, "kind": info.mapping.kind, "metadata": {
        "name": info.name, "annotations": {LAST_APPLIED_CONFIG_ANNOTATION: text}}}
    if info.namespace:
        only["metadata"]["namespace"] = info.namespace
    info.refresh(applier.send_apply(info, only, manager="kubectl-last-applied"))


def _migrate(applier: Applier, info: Info) -> bool:
    owners = _owners(info.obj["metadata"].get("managedFields") or [], "Update")
    names = sorted({entry["manager"] for entry in owners})
    for attempt in range(_RETRIES):
        entries = clone(info.obj["metadata"].get("managedFields") or [])
        for name in names:
            entries = _upgraded(entries, name, applier.manager)
        if entries == (info.obj["metadata"].get("managedFields") or []):
            return False
        body = [{"op": "replace", "path": "/metadata/managedFields", "value": entries},
                {"op": "replace", "path": "/metadata/resourceVersion",
                 "value": info.obj["metadata"]["resourceVersion"]}]
        try:
            info.refresh(applier.ctx.client.patch(info.resource, info.name, body, "json", info.namespace,
                                                  dry_run=applier.strategy == "server",
                                                  field_manager=applier.manager))
            return True
        except StatusError as error:
            if error.reason != "Conflict" or attempt == _RETRIES - 1:
                raise
            info.get(applier.ctx.client)
    return False


def _upgraded(entries: list[Object], old: str, new: str) -> list[Object]:
    """Return entries in which what `old` has by Update is had by `new` by Apply."""
    theirs = [entry for entry in entries if _is(entry, old, "Update")]
    target = next((entry for entry in entries if _is(entry, new, "Apply")), None)
    if target is None:
        if not theirs:
            return entries
        target = theirs[0]
        target["operation"], target["manager"] = "Apply", new
    same_version = [entry for entry in theirs if entry is not target and entry["apiVersion"] == target["apiVersion"]]
    if same_version:
        target["fieldsV1"] = fieldset.union(target["fieldsV1"], same_version[0]["fieldsV1"])
    return [entry for entry in entries if not _is(entry, old, "Update")]


def _is(entry: Object, manager: str, operation: str) -> bool:
    return entry["manager"] == manager and entry["operation"] == operation and not entry.get("subresource")
