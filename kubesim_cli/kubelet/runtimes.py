"""Which runtime the nodes of a cluster have."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .containerruntime import Runtime


def of(kind: str) -> Runtime:
    """Return the runtime that a cluster's state names (Tally.kubelet): `stub`, or `full`."""
    if kind == "stub":
        from .stub import Stub

        return Stub()
    from .containerruntime import Runtime

    return Runtime()
