"""ResourceQuotas."""

from __future__ import annotations

from ....machinery import quantity
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""
_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before "
                   "being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
                      "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality "
                  "of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable or "
                     "guaranteed quality of service.",
}


def describe(quota: Object, w: Writer, ctx: Context) -> None:
    w.line(0, "Name", quota["metadata"]["name"])
    w.line(0, "Namespace", quota["metadata"].get("namespace", ""))
    describe_scopes(quota, w, 0, " * ")
    w.columns(0, "Resource", "Used", "Hard")
    for resource, used, hard in used_and_hard(quota):
        if quantity.style_of(used) != quantity.style_of(hard):
            used = quantity.format(quantity.value(used), quantity.style_of(hard))
        w.write(0, f"{resource}\t{used}\t{hard}\n")


def describe_scopes(quota: Object, w: Writer, level: int, bullet: str) -> None:
    """Write a quota's scopes and what they mean."""
    scopes = sorted(quota["spec"].get("scopes") or ())
    if scopes:
        w.line(level, "Scopes", ", ".join(scopes))
        for scope in scopes:
            if scope in _SCOPES:
                w.write(level, f"{bullet}{_SCOPES[scope]}\n")


def used_and_hard(quota: Object) -> list[tuple[str, str, str]]:
    """Return (resource, used, hard) of each resource a quota limits."""
    status = quota.get("status", {})
    hard, used = status.get("hard") or {}, status.get("used") or {}
    return [(name, quantity.canonical(used.get(name, "0")), quantity.canonical(hard[name])) for name in sorted(hard)]
