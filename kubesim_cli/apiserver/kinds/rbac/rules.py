"""What Roles and ClusterRoles share (pkg/apis/rbac/validation)."""

from __future__ import annotations

from ..columns import Created

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class Role(Created):
    """A kind with `rules`; `namespaced` ones cannot speak of URLs."""

    name_rule = "path_segment_name"
    create_on_update = True
    namespaced = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("rules", None)

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        from ...escalation import confirm_role

        confirm_role(ctx, obj, None)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        from ...escalation import confirm_role

        confirm_role(ctx, obj, old)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateRole, ValidateRoleUpdate."""
        return [error for i, rule in enumerate(obj.get("rules") or ())
                for error in _rule(f"rules[{i}]", rule, self.namespaced)]


def _rule(path: str, rule: Object, namespaced: bool) -> FieldErrors:
    """ValidatePolicyRule."""
    from ....machinery import field

    errors = []
    if not rule.get("verbs"):
        errors.append(field.required(f"{path}.verbs", "verbs must contain at least one value"))
    urls = rule.get("nonResourceURLs")
    if urls:
        if namespaced:
            errors.append(field.invalid(f"{path}.nonResourceURLs", urls,
                                        "namespaced rules cannot apply to non-resource URLs"))
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            errors.append(field.invalid(f"{path}.nonResourceURLs", urls,
                                        "rules cannot apply to both regular resources and non-resource URLs"))
        return errors
    for key, what in (("apiGroups", "api group"), ("resources", "resource")):
        if not rule.get(key):
            errors.append(field.required(f"{path}.{key}", f"resource rules must supply at least one {what}"))
    return errors
