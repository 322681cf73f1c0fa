"""LimitRanges."""

from __future__ import annotations

from ....machinery import quantity
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""
HEADERS = ("Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio")
_KEYS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")


def describe(limits: Object, w: Writer, ctx: Context) -> None:
    w.line(0, "Name", limits["metadata"]["name"])
    w.line(0, "Namespace", limits["metadata"].get("namespace", ""))
    w.columns(0, *HEADERS)
    describe_limits(limits["spec"], w)


def describe_limits(spec: Object, w: Writer, indent: str = "") -> None:
    """Write a line per type and resource (kubectl leaves their order to chance)."""
    for item in spec.get("limits") or ():
        for resource in sorted({name for key in _KEYS for name in item.get(key) or ()}):
            amounts = [(item.get(key) or {}).get(resource) for key in _KEYS]
            shown = ["-" if amount is None else quantity.canonical(amount) for amount in amounts]
            w.write(0, "\t".join([f"{indent}{item['type']}", resource, *shown]) + "\n")
