"""Clusters for tests: `Cluster` in Python, fixtures for pytest (plugin.py)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .cluster import Call as Call
    from .cluster import Cluster as Cluster
    from .cluster import CommandFailed as CommandFailed
    from .cluster import NotFound as NotFound
    from .cluster import Result as Result
    from .cluster import Snapshot as Snapshot

__all__ = ["Call", "Cluster", "CommandFailed", "NotFound", "Result", "Snapshot"]


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: pytest imports this package with its plugin, for everybody."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import cluster

    return getattr(cluster, name)
