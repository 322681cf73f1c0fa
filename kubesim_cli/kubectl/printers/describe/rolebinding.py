"""RoleBindings and ClusterRoleBindings."""

from __future__ import annotations

from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "rbac.authorization.k8s.io"


def describe(binding: Object, w: Writer, ctx: Context) -> None:
    w.metadata(binding, namespaced=False)
    w.write(0, "Role:\n")
    w.line(1, "Kind", binding["roleRef"].get("kind", ""))
    w.line(1, "Name", binding["roleRef"].get("name", ""))
    w.write(0, "Subjects:\n")
    w.columns(1, "Kind", "Name", "Namespace")
    for subject in binding.get("subjects") or ():
        w.write(1, f"{subject.get('kind', '')}\t{subject.get('name', '')}\t{subject.get('namespace', '')}\n")
