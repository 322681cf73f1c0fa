"""ClusterRole."""

from __future__ import annotations

from .rules import Role

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ClusterRole(Role):
    namespaced = False

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateClusterRole, ValidateClusterRoleUpdate."""
        from ....machinery import field
        from ..checks import label_selector

        errors = super().validate(obj, ctx)
        aggregation = obj.get("aggregationRule")
        if aggregation is None:
            return errors
        path = "aggregationRule.clusterRoleSelectors"
        selectors = aggregation.get("clusterRoleSelectors") or ()
        if not selectors:
            errors.append(field.required(path, "at least one clusterRoleSelector required if aggregationRule is "
                                         "non-nil"))
        for i, selector in enumerate(selectors):
            errors += label_selector(f"{path}[{i}]", selector)
        return errors


KIND = ClusterRole()
