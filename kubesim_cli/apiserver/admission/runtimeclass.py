"""RuntimeClass: pods take over the overhead and the scheduling of theirs."""

from __future__ import annotations

from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    spec = a.obj["spec"]
    name = spec.get("runtimeClassName")
    if a.operation != "CREATE" or a.subresource or name is None:
        return
    found = a.ctx.client.find("runtimeclasses.node.k8s.io", name)
    if found is None:
        raise forbidden(a, f'pod rejected: RuntimeClass "{name}" not found', named=False)
    overhead = (found.get("overhead") or {}).get("podFixed")
    if overhead:
        if spec.get("overhead") and spec["overhead"] != overhead:
            raise forbidden(a, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
                            named=False)
        spec["overhead"] = dict(overhead)
    scheduling = found.get("scheduling") or {}
    selector = dict(spec.get("nodeSelector") or {})
    for key, value in (scheduling.get("nodeSelector") or {}).items():
        if selector.setdefault(key, value) != value:
            raise forbidden(a, f"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; "
                            f"pod.spec.nodeSelector[{key}] = {selector[key]}", named=False)
    if selector:
        spec["nodeSelector"] = selector
    tolerations = spec.get("tolerations") or []
    new = [t for t in scheduling.get("tolerations") or () if t not in tolerations]
    if new:
        spec["tolerations"] = tolerations + new


def validate(a: Attributes) -> None:
    spec = a.obj["spec"]
    if a.operation == "CREATE" and spec.get("overhead") and spec.get("runtimeClassName") is None:
        raise forbidden(a, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
