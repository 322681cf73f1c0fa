"""What a write may say beside its object (apimachinery's apis/meta/v1/validation of CreateOptions, UpdateOptions and
PatchOptions)."""

from __future__ import annotations

from ..machinery import errors, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..machinery.types import FieldErrors
    from .request import Options

_KINDS = {"create": "CreateOptions", "update": "UpdateOptions", "patch": "PatchOptions"}
_VALIDATION = ("", "Ignore", "Strict", "Warn")
_MAX_MANAGER = 128


def check(verb: str, options: Options, dry_run: Sequence[str] = ()) -> None:
    """Raise Invalid where the options of a create, update or patch are wrong; `dry_run`: as a query has it
    (ValidateCreateOptions, ValidateUpdateOptions, ValidatePatchOptions, ValidateDryRun, ValidateFieldValidation)."""
    manager, bad = options.field_manager, []
    if options.patch_type == "apply" and not manager:
        bad.append(field.required("fieldManager", "is required for apply patch"))
    bad += _manager(manager)
    if any(value != "All" for value in dry_run):
        bad.append(field.not_supported("dryRun", list(dry_run), ["All"]))
    if options.field_validation not in _VALIDATION:
        bad.append(field.not_supported("fieldValidation", options.field_validation, _VALIDATION))
    if bad:
        raise errors.invalid(_KINDS[verb], "meta.k8s.io", "", bad)


def _manager(manager: str) -> FieldErrors:
    """ValidateFieldManager."""
    bad = []
    if len(manager.encode()) > _MAX_MANAGER:
        bad.append(field.too_long("fieldManager", _MAX_MANAGER))
    at = 0
    for char in manager:
        if not char.isprintable():
            shown = f"U+{ord(char):04X}"
            bad.append(field.invalid("fieldManager", manager, f"invalid character {shown} (at position {at})"))
        at += len(char.encode())
    return bad
