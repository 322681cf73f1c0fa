"""What the tables of several kinds have in common (pkg/printers/internalversion/printers.go)."""

from __future__ import annotations

from ...machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from .base import NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


class Created(Kind):
    """A kind with no printer of its own: the server's default table (registry/rest/table.go)."""

    columns = (NAME, Column("Created At", lambda obj, ctx: obj["metadata"].get("creationTimestamp"), type="date"))


def labels(found: Object | None) -> str:
    """Labels as labels.FormatLabels tells them: `a=b,c=d`."""
    return ",".join(f"{key}={value}" for key, value in sorted((found or {}).items())) or "<none>"


def load_balancer(status: Object) -> str:
    """The addresses in status.loadBalancer."""
    ingress = (status.get("loadBalancer") or {}).get("ingress") or ()
    return ",".join(sorted({i.get("ip") or i.get("hostname") for i in ingress if i.get("ip") or i.get("hostname")}))


def access_modes(modes: list[str] | None) -> str:
    """Access modes as `RWO,ROX`, always in the same order."""
    short = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
    return ",".join(text for mode, text in short.items() if mode in (modes or ()))


def storage_class(obj: Object) -> str | None:
    """The class of a volume or claim: the old annotation, else spec.storageClassName (None: not set)."""
    annotations = obj["metadata"].get("annotations") or {}
    if BETA_STORAGE_CLASS_ANNOTATION in annotations:
        return str(annotations[BETA_STORAGE_CLASS_ANNOTATION])
    name: str | None = obj["spec"].get("storageClassName")
    return name


def first_three(found: list[str], count: int, empty: str = "<unset>") -> str:
    """Up to three of `count` things, and how many more there are."""
    text = ",".join(found[:3])
    return f"{text} + {count - 3} more..." if count > 3 else text or empty
