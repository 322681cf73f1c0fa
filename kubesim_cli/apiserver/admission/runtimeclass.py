"""RuntimeClass: pods take over the overhead and the scheduling of theirs."""

from __future__ import annotations

from .refusal import forbidden


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    spec = obj["spec"]
    name = spec.get("runtimeClassName")
    if verb != "create" or subresource or name is None:
        return
    found = ctx.client.find("runtimeclasses.node.k8s.io", name)
    if found is None:
        raise forbidden(res, obj, f'pod rejected: RuntimeClass "{name}" not found', named=False)
    overhead = (found.get("overhead") or {}).get("podFixed")
    if overhead:
        if spec.get("overhead") and spec["overhead"] != overhead:
            raise forbidden(res, obj, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
                            named=False)
        spec["overhead"] = dict(overhead)
    scheduling = found.get("scheduling") or {}
    selector = dict(spec.get("nodeSelector") or {})
    for key, value in (scheduling.get("nodeSelector") or {}).items():
        if selector.setdefault(key, value) != value:
            raise forbidden(res, obj, f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
                            f"pod.spec.nodeSelector[{key}] = {selector[key]}", named=False)
    if selector:
        spec["nodeSelector"] = selector
    tolerations = spec.get("tolerations") or []
    new = [t for t in scheduling.get("tolerations") or () if t not in tolerations]
    if new:
        spec["tolerations"] = tolerations + new


def validate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    spec = obj["spec"] if obj else {}
    if verb == "create" and spec.get("overhead") and spec.get("runtimeClassName") is None:
        raise forbidden(res, obj, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
