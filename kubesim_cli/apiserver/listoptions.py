"""resourceVersion of a list and of a get: not older than that, which here is always the newest
(apimachinery's internalversion/validation, apiserver's storage/cacher)."""

from __future__ import annotations

from ..machinery import errors, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import FieldErrors

_MATCHES = ("Exact", "NotOlderThan", "")


def check(query: dict[str, str], revision: int, listed: bool) -> None:
    """Refuse what a URL asks of versions: words that do not go together, and a version that is yet to come.

    `listed`: whether it is a list's. Raises Invalid, Timeout or an error without a reason.
    """
    version = query.get("resourceVersion", "")
    if listed and (bad := _match(query, version)):
        raise errors.invalid("ListOptions", "meta.k8s.io", "", bad)
    if version in ("", "0"):
        return
    if not (version.isascii() and version.isdecimal()):
        raise errors.StatusError(500, "", str(field.invalid(
            "resourceVersion", version, f'strconv.ParseUint: parsing "{version}": invalid syntax')))
    if int(version) > revision:
        raise errors.too_large_resource_version(int(version), revision)


def _match(query: dict[str, str], version: str) -> FieldErrors:
    """ValidateListOptions."""
    path, match = "resourceVersionMatch", query.get("resourceVersionMatch", "")
    bad: FieldErrors = []
    if match and not version:
        bad.append(field.forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if match and query.get("continue"):
        bad.append(field.forbidden(path, "resourceVersionMatch is forbidden when continue is provided"))
    if match not in _MATCHES:
        bad.append(field.not_supported(path, match, _MATCHES))
    if match == "Exact" and version == "0":
        bad.append(field.forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if "sendInitialEvents" in query:
        bad.append(field.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    return bad
