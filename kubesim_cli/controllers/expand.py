"""Tells of claims that ask for more than they have: growing a volume is its driver's work.

Kubernetes: pkg/controller/volume/expand.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..machinery import quantity
from ..machinery.objects import dig, split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key


def _grown(change: Change) -> Iterable[Key]:
    if change.old is None or change.new is None or change.old["spec"] == change.new["spec"]:
        return ()
    return itself(change)


class Expand(Controller):
    name = "persistentvolumeclaim-expander"
    watches = {"persistentvolumeclaims": _grown}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        claim = api.find("persistentvolumeclaims", name, namespace)
        if claim is None or dig(claim, "status", "phase") != "Bound":
            return
        asked = dig(claim, "spec", "resources", "requests", "storage", default="0")
        if quantity.compare(asked, dig(claim, "status", "capacity", "storage", default="0")) > 0:
            api.record(claim, "Normal", "ExternalExpanding", "waiting for an external controller to expand this PVC",
                       "volume_expand")
