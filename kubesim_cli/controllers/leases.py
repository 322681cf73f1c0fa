"""Leases that are deleted are made anew by who held them, when they would have been renewed.

It stands for kubelets, the API server and leader election; see apiserver/leases.py.
"""

from __future__ import annotations

from ..apiserver import leases
from ..helpers.controller import Change, Controller
from ..helpers.nodes import kubelet_runs
from ..machinery import timestamps
from ..machinery.objects import split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

_SOON = 0.001  # seconds that a moment may be missed by


def _gone(change: Change) -> Iterable[Key]:
    """A lease that was deleted, and who held it."""
    meta = change.object["metadata"]
    namespace, name = meta.get("namespace", ""), meta["name"]
    if change.type == "DELETED" and leases.period(namespace, name) is not None:
        yield f"{namespace}/{name} {(change.object.get('spec') or {}).get('holderIdentity', '')}"


class Leases(Controller):
    name = "leases"
    watches = {leases.LEASES: _gone}

    def sync(self, api: Client, key: str) -> float | None:
        key, _, holder = key.partition(" ")
        namespace, name = split_key(key)
        seconds, host = leases.period(namespace, name), self._host(api, namespace, name)
        if seconds is None or host is None or api.find(leases.LEASES, name, namespace) is not None:
            return None
        since = (api.now - timestamps.parse(host["metadata"]["creationTimestamp"])) % seconds
        if _SOON < since < seconds - _SOON:
            return api.now + seconds - since
        meta: Object = {"name": name, "namespace": namespace}
        if namespace == leases.NODES:
            spec = leases.spec_of_node(name, api.now)
            meta["ownerReferences"] = [{"apiVersion": "v1", "kind": "Node", "name": name,
                                        "uid": host["metadata"]["uid"]}]
        elif name in leases.LEADERS:
            spec = leases.spec_of_leader(holder, api.now)
        else:
            spec, meta["labels"] = leases.spec_of_server(holder, api.now), leases.labels_of_server(
                host["metadata"]["name"])
        api.create(leases.LEASES, {"kind": "Lease", "apiVersion": leases.API_VERSION, "metadata": meta, "spec": spec},
                   namespace)
        return None

    @staticmethod
    def _host(api: Client, namespace: str, name: str) -> Object | None:
        """Return the node that the program runs on, None where it does not: the control plane is on the first."""
        if namespace != leases.NODES:
            return next(iter(api.items("nodes")), None)
        node = api.find("nodes", name)
        return node if node is not None and kubelet_runs(node) else None
