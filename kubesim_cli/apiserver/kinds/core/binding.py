"""Binding: never stored; it gives the pod of its name a node (registry/core/pod/storage LegacyBindingREST)."""

from __future__ import annotations

from ....machinery.objects import clone
from ..base import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..base import Context


class Binding(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        meta, wanted = obj["metadata"], clone(obj)
        for key in ("uid", "resourceVersion"):  # only pods/binding has them (rest.WipeObjectMetaSystemFields)
            wanted["metadata"].pop(key, None)
        return ctx.client.create("pods", wanted, meta["namespace"], name=meta.get("name", ""), subresource="binding",
                                 dry_run=ctx.dry_run)


KIND = Binding()
