"""Roles and ClusterRoles."""

from __future__ import annotations

from ...auth.rules import breakdown, compact, go_list, resource_in_group, sort_key
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "rbac.authorization.k8s.io"


def describe(role: Object, w: Writer, ctx: Context) -> None:
    w.metadata(role, namespaced=False)
    w.write(0, "PolicyRule:\n")
    w.columns(1, "Resources", "Non-Resource URLs", "Resource Names", "Verbs")
    rules = compact([part for rule in role.get("rules") or () for part in breakdown(rule)])
    for rule in sorted(rules, key=sort_key):
        cells = [go_list(rule.get(key)) for key in ("nonResourceURLs", "resourceNames", "verbs")]
        w.write(1, "\t".join([resource_in_group(rule), *cells]) + "\n")
