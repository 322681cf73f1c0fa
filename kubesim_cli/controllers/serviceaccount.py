"""The service account controller: every namespace has a service account named default.

Kubernetes: pkg/controller/serviceaccount/serviceaccounts_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..helpers.controller import Watch
    from ..machinery.types import Key


def live_namespace(change: Change) -> Iterable[Key]:
    """Watch function of namespaces: one that has come, or changed, and is not in deletion."""
    new = change.new
    return (new["metadata"]["name"],) if new is not None and "deletionTimestamp" not in new["metadata"] else ()


def lost(name: str) -> Watch:
    """Watch function: the namespace that lost its object of that name."""

    def keys(change: Change) -> Iterable[Key]:
        meta = change.object["metadata"]
        return (meta["namespace"],) if change.new is None and meta["name"] == name else ()

    return keys


def is_live(api: Client, namespace: str) -> bool:
    """Tell whether a namespace is there and not in deletion."""
    found = api.find("namespaces", namespace)
    return found is not None and "deletionTimestamp" not in found["metadata"]


class ServiceAccountsController(Controller):
    name = "serviceaccount"
    watches = {"namespaces": live_namespace, "serviceaccounts": lost("default")}

    def sync(self, api: Client, key: str) -> float | None:
        if is_live(api, key) and api.find("serviceaccounts", "default", key) is None:
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": key}}
            api.create("serviceaccounts", account, key)
        return None
