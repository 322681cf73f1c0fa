"""NamespaceAutoProvision: a namespace that a write needs is made."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    if a.operation == "CREATE" and a.res.namespaced and a.namespace and not a.ctx.dry_run \
            and a.ctx.client.find("namespaces", a.namespace) is None:
        a.ctx.client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": a.namespace}})
