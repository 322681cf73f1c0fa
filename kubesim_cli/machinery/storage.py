"""Storage classes, as client, server and components see them (pkg/apis/storage/util/helpers.go)."""

from __future__ import annotations

from .wellknown import BETA_IS_DEFAULT_STORAGE_CLASS_ANNOTATION, IS_DEFAULT_STORAGE_CLASS_ANNOTATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object


def is_default_class(obj: Object) -> bool:
    """Whether a class says that it is the default one (IsDefaultAnnotation)."""
    annotations = obj["metadata"].get("annotations") or {}
    return "true" in (annotations.get(IS_DEFAULT_STORAGE_CLASS_ANNOTATION),
                      annotations.get(BETA_IS_DEFAULT_STORAGE_CLASS_ANNOTATION))
