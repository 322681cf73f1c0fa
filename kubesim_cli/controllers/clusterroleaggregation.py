"""The cluster role aggregation controller: a role with an aggregationRule has the rules of those it selects.

Kubernetes: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..machinery import selectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

ROLES = "clusterroles.rbac.authorization.k8s.io"


def _rules_changed(change: Change) -> Iterable[Key]:
    """Watch function: every change but one of annotations and the like may concern all roles that aggregate."""
    old, new = change.old, change.new
    if old is not None and new is not None and all(old.get(f) == new.get(f) for f in ("rules", "aggregationRule")) and (
            old["metadata"].get("labels") == new["metadata"].get("labels")):
        return ()
    return ("*",)


class ClusterRoleAggregationController(Controller):
    name = "clusterroleaggregation"
    watches = {ROLES: _rules_changed}

    def sync(self, api: Client, key: str) -> float | None:
        roles = api.items(ROLES)
        for role in roles:
            if not role.get("aggregationRule"):
                continue
            rules: list[Object] = []
            for selector in role["aggregationRule"].get("clusterRoleSelectors") or ():
                for other in roles:
                    if other is not role and selectors.selector_matches(selector, other["metadata"].get("labels")):
                        rules += [rule for rule in other.get("rules") or () if rule not in rules]
            if rules != (role.get("rules") or []):
                api.update(ROLES, {**role, "rules": rules}, field_manager="clusterrole-aggregation-controller")
        return None
