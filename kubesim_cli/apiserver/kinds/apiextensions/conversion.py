"""Definitions as the server itself has them (apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object

# What the server's own type has once for all versions where these agree: name in a version -> name in the spec.
_SHARED = {"schema": "validation", "subresources": "subresources",
           "additionalPrinterColumns": "additionalPrinterColumns", "selectableFields": "selectableFields"}


def hub(versions: list[Object]) -> tuple[list[Object], Object]:
    """Return (versions, what they share): what all of them say is said once."""
    shared, left = {}, [dict(version) for version in versions]
    for key, name in _SHARED.items():
        if versions and all(version.get(key) == versions[0].get(key) for version in versions):
            shared[name] = versions[0].get(key)
            for version in left:
                version.pop(key, None)
    return left, shared
