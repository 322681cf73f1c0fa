"""The versions of a custom resource: which comes first, and what a definition says of one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


def version_order(name: str) -> tuple[int | str, ...]:
    """Return the sort key of a version: v2, v1, v1beta2, v1beta1, v1alpha1, then names of other forms (CompareKubeAware
    VersionStrings, the newest first)."""
    import re

    match = re.fullmatch(r"v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?", name)
    if not match:
        return (1, name)
    return (0, {None: 0, "beta": 1, "alpha": 2}[match[2]], -int(match[1]), -int(match[3] or 0))


def version_of(crd: Object, name: str) -> Object:
    """Return one of spec.versions."""
    return next(version for version in crd["spec"]["versions"] if version["name"] == name)
