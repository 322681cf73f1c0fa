"""DefaultIngressClass: ingresses that name no class get the default one."""

from __future__ import annotations

from ...machinery.wellknown import ANNOTATION_INGRESS_CLASS, ANNOTATION_IS_DEFAULT_INGRESS_CLASS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    if a.operation != "CREATE" or a.obj["spec"].get("ingressClassName") is not None \
            or ANNOTATION_INGRESS_CLASS in (a.obj["metadata"].get("annotations") or {}):
        return
    defaults = [c["metadata"] for c in a.ctx.client.items("ingressclasses.networking.k8s.io")
                if (c["metadata"].get("annotations") or {}).get(ANNOTATION_IS_DEFAULT_INGRESS_CLASS) == "true"]
    if defaults:
        newest = max(meta["creationTimestamp"] for meta in defaults)
        a.obj["spec"]["ingressClassName"] = min(
            meta["name"] for meta in defaults if meta["creationTimestamp"] == newest)
