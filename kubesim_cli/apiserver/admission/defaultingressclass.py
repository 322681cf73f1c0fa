"""DefaultIngressClass: ingresses that name no class get the default one."""

from __future__ import annotations

from ...machinery.wellknown import ANNOTATION_INGRESS_CLASS, ANNOTATION_IS_DEFAULT_INGRESS_CLASS


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "create" or obj["spec"].get("ingressClassName") is not None \
            or ANNOTATION_INGRESS_CLASS in (obj["metadata"].get("annotations") or {}):
        return
    defaults = [c["metadata"] for c in ctx.client.items("ingressclasses.networking.k8s.io")
                if (c["metadata"].get("annotations") or {}).get(ANNOTATION_IS_DEFAULT_INGRESS_CLASS) == "true"]
    if defaults:
        newest = max(meta["creationTimestamp"] for meta in defaults)
        obj["spec"]["ingressClassName"] = min(
            meta["name"] for meta in defaults if meta["creationTimestamp"] == newest)
