"""The root CA certificate publisher: every namespace has a config map with the cluster's CA.

Kubernetes: pkg/controller/certificates/rootcacertpublisher/publisher.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from .serviceaccount import is_live, live_namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key

CONFIG_MAP = "kube-root-ca.crt"


def _tampered(change: Change) -> Iterable[Key]:
    """Watch function: the namespace whose config map was changed or deleted."""
    meta = change.object["metadata"]
    return (meta["namespace"],) if change.type != "ADDED" and meta["name"] == CONFIG_MAP else ()


class RootCACertPublisher(Controller):
    name = "root-ca-cert-publisher"
    watches = {"configmaps": _tampered, "namespaces": live_namespace}

    def sync(self, api: Client, key: str) -> float | None:
        from ..apiserver.bootstrap import ROOT_CA, ROOT_CA_ANNOTATIONS

        if not is_live(api, key):
            return None
        data = {"ca.crt": ROOT_CA}
        there = api.find("configmaps", CONFIG_MAP, key)
        if there is None:
            api.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "data": data, "metadata": {
                "name": CONFIG_MAP, "namespace": key, "annotations": dict(ROOT_CA_ANNOTATIONS)}}, key)
        elif there.get("data") != data or not (
                ROOT_CA_ANNOTATIONS.items() <= (there["metadata"].get("annotations") or {}).items()):
            notes = {**(there["metadata"].get("annotations") or {}), **ROOT_CA_ANNOTATIONS}
            api.update("configmaps", {**there, "metadata": {**there["metadata"], "annotations": notes}, "data": data},
                       key)
        return None
