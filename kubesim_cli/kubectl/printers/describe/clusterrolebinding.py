"""ClusterRoleBindings are described as RoleBindings are."""

from __future__ import annotations

from .rolebinding import GROUP, describe

__all__ = ["GROUP", "describe"]
