"""What the server's scheme says of objects whose type is not the one that a request is about.

The scheme (pkg/api/legacyscheme) knows the Go types of the built-in kinds; what it cannot turn into another one it
tells in the words of runtime.NewNotRegisteredErrForKind and conversion.Converter.
"""

from __future__ import annotations

from .schema import schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Release

_SCHEME = "kubernetes/pkg/api/legacyscheme/scheme.go:30"
_INTERNAL = {"": "core", "events.k8s.io": "core", "internal.apiserver.k8s.io": "apiserverinternal"}


def misfit(api_version: str, kind: str, wanted_version: str, wanted_kind: str, release: Release) -> str:
    """Return what is wrong with a `kind` of `api_version` where a `wanted_kind` of `wanted_version` is to be read."""
    if schema_of(api_version, kind, release) is None:
        return f'no kind "{kind}" is registered for version "{api_version}" in scheme "{_SCHEME}"'
    group = wanted_version.rpartition("/")[0]
    package = _INTERNAL.get(group) or group.partition(".")[0]
    external = f"{api_version.rpartition('/')[2]}.{kind}"
    return f"converting ({external}) to ({package}.{wanted_kind}): unknown conversion"
