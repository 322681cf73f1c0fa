"""DefaultStorageClass: claims that name no class get the default one."""

from __future__ import annotations

from ...machinery.storage import is_default_class
from ..kinds.columns import storage_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..client import Client
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    if a.operation != "CREATE" or storage_class(a.obj) is not None:
        return
    found = default_class(a.ctx.client)
    if found is not None:
        a.obj["spec"]["storageClassName"] = found["metadata"]["name"]


def default_class(client: Client) -> Object | None:
    """Return the default StorageClass: the newest, then the first by name."""
    defaults = [c for c in client.items("storageclasses.storage.k8s.io") if is_default_class(c)]
    if not defaults:
        return None
    newest = max(c["metadata"]["creationTimestamp"] for c in defaults)
    return min((c for c in defaults if c["metadata"]["creationTimestamp"] == newest),
               key=lambda c: c["metadata"]["name"])
