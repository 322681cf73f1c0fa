"""ClusterRoles are described as Roles are."""

from __future__ import annotations

from .role import GROUP, describe

__all__ = ["GROUP", "describe"]
