"""The beta versions of flow control that older releases serve (k8s.io/api/flowcontrol, prerelease-lifecycle tags)."""

from __future__ import annotations

from ....releases import within_minors
from ..base import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release

# Version -> minor release that deprecates it, the one that serves it no more, and what to use instead.
_DEPRECATED = {"v1beta2": (26, 29, "v1beta3"), "v1beta3": (29, 32, "v1")}


class FlowControlKind(Kind):
    """A kind of flowcontrol.apiserver.k8s.io, stored as v1. `name` is the kind's."""

    name = ""

    def deprecated(self, version: str, release: Release) -> str:
        since, until, instead = _DEPRECATED.get(version, (99, 99, ""))
        if not within_minors(release, since, until):
            return ""
        group = "flowcontrol.apiserver.k8s.io"
        return (f"{group}/{version} {self.name} is deprecated in v1.{since}+, unavailable in v1.{until}+; "
                f"use {group}/{instead} {self.name}")

    def store_version(self, obj: Object) -> Object:
        return {**obj, "apiVersion": "flowcontrol.apiserver.k8s.io/v1"}
