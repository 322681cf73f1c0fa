"""The resource quota controller: counts anew what a ResourceQuota limits; admission charges what is added.

Kubernetes: pkg/controller/resourcequota/resource_quota_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..machinery.objects import key_of, split_key
from ..machinery.pods import is_terminal
from .pods import write_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

QUOTAS = "resourcequotas"


def _used_less(change: Change) -> Iterable[Key]:
    """Watch function: quotas themselves, and the namespaces in which something went or counts otherwise now."""
    old, new, resource = change.old, change.new, change.resource
    if resource == QUOTAS:
        return (key_of(change.object),)
    namespace = change.object["metadata"].get("namespace")
    if not namespace or resource == "events":
        return ()
    if new is not None and old is not None:
        if resource == "pods":
            same = old["spec"] == new["spec"] and is_terminal(old) == is_terminal(new)
        else:
            same = resource not in ("services", "persistentvolumeclaims") or old["spec"] == new["spec"]
        if same:
            return ()
    return (namespace + "/",)


class ResourceQuotaController(Controller):
    name = "resourcequota"
    watches = {"*": _used_less}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        quota = api.find(QUOTAS, name, namespace)
        for each in ([quota] if quota is not None else []) if name else api.items(QUOTAS, namespace):
            _recount(api, each)
        return None


def _recount(api: Client, quota: Object) -> None:
    from ..apiserver.quota import counted

    write_status(api, QUOTAS, quota, counted(quota, api, api.now))
