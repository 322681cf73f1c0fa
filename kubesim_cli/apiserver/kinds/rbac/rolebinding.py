"""RoleBinding and ClusterRoleBinding."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

GROUP = "rbac.authorization.k8s.io"


def _subjects(obj: Object, kind: str) -> str:
    found = [subject for subject in obj.get("subjects") or () if subject.get("kind") == kind]
    if kind == "ServiceAccount":
        return ", ".join(f"{subject.get('namespace', '')}/{subject.get('name', '')}" for subject in found)
    return ", ".join(subject.get("name", "") for subject in found)


class RoleBinding(Kind):
    """ValidateRBACName."""

    columns = (NAME,
               Column("Role", lambda obj, ctx: f"{obj['roleRef'].get('kind', '')}/{obj['roleRef'].get('name', '')}"),
               AGE,
               Column("Users", lambda obj, ctx: _subjects(obj, "User"), 1),
               Column("Groups", lambda obj, ctx: _subjects(obj, "Group"), 1),
               Column("ServiceAccounts", lambda obj, ctx: _subjects(obj, "ServiceAccount"), 1))
    name_rule = "path_segment_name"
    create_on_update = True
    role_kinds: tuple[str, ...] = ("Role", "ClusterRole")

    def default(self, obj: Object, ctx: Context) -> None:
        ref = obj.setdefault("roleRef", {})
        if not ref.get("apiGroup"):
            ref["apiGroup"] = GROUP
        for subject in obj.get("subjects") or ():
            if subject.get("kind") in ("User", "Group") and not subject.get("apiGroup"):
                subject["apiGroup"] = GROUP

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        from ...escalation import confirm_binding

        confirm_binding(ctx, obj, None)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        from ...escalation import confirm_binding

        confirm_binding(ctx, obj, old)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateRoleBinding, ValidateClusterRoleBinding."""
        from ....machinery import field
        from ..checks import path_segment

        ref = obj["roleRef"]
        errors = []
        if ref.get("apiGroup") != GROUP:
            errors.append(field.not_supported("roleRef.apiGroup", ref.get("apiGroup", ""), [GROUP]))
        if ref.get("kind") not in self.role_kinds:
            errors.append(field.not_supported("roleRef.kind", ref.get("kind", ""), self.role_kinds))
        name = ref.get("name", "")
        errors += path_segment("roleRef.name", name) if name else [field.required("roleRef.name")]
        namespaced = "Role" in self.role_kinds
        for i, subject in enumerate(obj.get("subjects") or ()):
            errors += _subject(f"subjects[{i}]", subject, namespaced)
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateRoleBindingUpdate, ValidateClusterRoleBindingUpdate."""
        from ....machinery import field

        errors = self.validate(obj, ctx)
        if obj["roleRef"] != old["roleRef"]:
            shown = {key: obj["roleRef"].get(key[0].lower() + key[1:] if key != "APIGroup" else "apiGroup", "")
                     for key in ("APIGroup", "Kind", "Name")}
            errors.append(field.invalid("roleRef", shown, "cannot change roleRef"))
        return errors


def _subject(path: str, subject: Object, namespaced: bool) -> FieldErrors:
    """ValidateRoleBindingSubject."""
    from ....machinery import field
    from ..checks import dns1123_subdomain

    name, kind, group = subject.get("name", ""), subject.get("kind", ""), subject.get("apiGroup", "")
    errors = [] if name else [field.required(f"{path}.name")]
    if kind == "ServiceAccount":
        if name:
            errors += dns1123_subdomain(f"{path}.name", name)
        if group:
            errors.append(field.not_supported(f"{path}.apiGroup", group, [""]))
        if not namespaced and not subject.get("namespace"):
            errors.append(field.required(f"{path}.namespace"))
    elif kind in ("User", "Group"):
        if group != GROUP:
            errors.append(field.not_supported(f"{path}.apiGroup", group, [GROUP]))
    else:
        errors.append(field.not_supported(f"{path}.kind", kind, ["ServiceAccount", "User", "Group"]))
    return errors


KIND = RoleBinding()
