"""DefaultIngressClass: ingresses that name no class get the default one."""

from __future__ import annotations

_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_OLD_CLASS = "kubernetes.io/ingress.class"


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "create" or obj["spec"].get("ingressClassName") is not None \
            or _OLD_CLASS in (obj["metadata"].get("annotations") or {}):
        return
    defaults = [c["metadata"] for c in ctx.client.items("ingressclasses.networking.k8s.io")
                if (c["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"]
    if defaults:
        newest = max(meta["creationTimestamp"] for meta in defaults)
        obj["spec"]["ingressClassName"] = min(
            meta["name"] for meta in defaults if meta["creationTimestamp"] == newest)
