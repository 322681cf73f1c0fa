"""resourceVersion of a list and of a get: not older than that, which here is always the newest
(apimachinery's internalversion/validation, apiserver's storage/cacher)."""

from __future__ import annotations

from ..machinery import errors, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import FieldErrors

_DIGITS = 20  # of the largest number of 64 bits
_MATCHES = ("Exact", "NotOlderThan", "")


def check(query: dict[str, str], revision: int, listed: bool) -> None:
    """Refuse what a URL asks of versions: words that do not go together, and a version that is yet to come.

    `listed`: whether it is a list's. Raises Invalid, BadRequest, Timeout or an error without a reason.
    """
    version = query.get("resourceVersion", "")
    if listed and (bad := _match(query, version)):
        raise errors.invalid("ListOptions", "meta.k8s.io", "", bad)
    if listed and query.get("continue") and version not in ("", "0"):
        raise errors.bad_request("specifying resource version is not allowed when using continue")
    wanted = version_of(version)
    if wanted > revision:
        raise errors.too_large_resource_version(wanted, revision)


def version_of(text: str) -> int:
    """Return a resourceVersion as a number, 0 where none is given (storage.Versioner, ParseResourceVersion). Raises an
    error without a reason."""
    if text in ("", "0"):
        return 0
    problem = "" if text.isascii() and text.isdecimal() else "invalid syntax"
    if not problem and (len(text.lstrip("0")) > _DIGITS or int(text) >> 64):
        problem = "value out of range"
    if problem:
        raise errors.StatusError(500, "", str(field.invalid(
            "resourceVersion", text, f'strconv.ParseUint: parsing "{text}": {problem}')))
    return int(text)


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
