"""RoleBindings and ClusterRoleBindings."""

from __future__ import annotations

from .writer import Writer

GROUP = "rbac.authorization.k8s.io"


def describe(binding: dict, w: Writer, ctx) -> None:
    w.metadata(binding, namespaced=False)
    w.write(0, "Role:\n")
    w.line(1, "Kind", binding["roleRef"].get("kind", ""))
    w.line(1, "Name", binding["roleRef"].get("name", ""))
    w.write(0, "Subjects:\n")
    w.columns(1, "Kind", "Name", "Namespace")
    for subject in binding.get("subjects") or ():
        w.write(1, f"{subject.get('kind', '')}\t{subject.get('name', '')}\t{subject.get('namespace', '')}\n")
