"""ClusterRoleBinding."""

from __future__ import annotations

from .rolebinding import RoleBinding


class ClusterRoleBinding(RoleBinding):
    role_kinds = ("ClusterRole",)


KIND = ClusterRoleBinding()
