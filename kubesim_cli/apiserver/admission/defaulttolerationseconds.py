"""DefaultTolerationSeconds: pods stay five minutes on a node that is lost."""

from __future__ import annotations

from ...machinery.wellknown import TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes

_TAINTS = (TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE)


def mutate(a: Attributes) -> None:
    if not a.subresource:
        tolerate(a.obj["spec"])


def tolerate(spec: Object) -> None:
    """Add the tolerations to a PodSpec, in place, where it says nothing of these taints."""
    tolerations = spec.get("tolerations") or []
    missing = [key for key in _TAINTS if not any(_tolerates(t, key) for t in tolerations)]
    if missing:
        spec["tolerations"] = [*tolerations, *({"effect": "NoExecute", "key": key, "operator": "Exists",
                                                "tolerationSeconds": 300} for key in missing)]


def _tolerates(toleration: Object, key: str) -> bool:
    return (toleration.get("key") or key) == key and (toleration.get("effect") or "NoExecute") == "NoExecute"
