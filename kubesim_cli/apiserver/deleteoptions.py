"""What a DELETE by URL path brings: metav1.DeleteOptions, in its body, or where it has none in its query.

Kubernetes: k8s.io/apiserver's endpoints/handlers/delete.go, apimachinery's apis/meta/v1/validation.
"""

from __future__ import annotations

from ..machinery import errors, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import FieldErrors, Json, Object, Release

_SCHEME = "pkg/apis/meta/internalversion/scheme/register.go:27"
_POLICIES = ("Foreground", "Background", "Orphan")


def of_body(body: Json, release: Release) -> Object:
    """Return the options of a body, which are valid; raises BadRequest or Invalid."""
    from ..machinery.decode import DecodeError, decode
    from ..machinery.schema import schema_of
    from .requestbody import type_of

    version, kind = type_of(body)
    version, kind = version or "v1", kind or "DeleteOptions"
    if kind != "DeleteOptions":
        raise errors.bad_request(f'no kind "{kind}" is registered for version "{version}" in scheme "{_SCHEME}"')
    schema = schema_of("v1", "DeleteOptions", release)
    assert schema is not None and isinstance(body, dict)
    try:
        options, _ = decode(body, schema)
    except DecodeError as error:
        raise errors.bad_request(str(error)) from None
    return checked(options)


def checked(options: Object) -> Object:
    """Return options where they are valid; raises Invalid (ValidateDeleteOptions)."""
    found = _errors(options)
    if found:
        raise errors.invalid("DeleteOptions", "meta.k8s.io", "", found)
    return options


def _errors(options: Object) -> FieldErrors:
    """ValidateIgnoreStoreReadError."""
    policy, found = options.get("propagationPolicy"), []
    if policy is not None and options.get("orphanDependents") is not None:
        found.append(field.invalid("propagationPolicy", policy,
                                   "orphanDependents and deletionPropagation cannot be both set"))
    if policy is not None and policy not in _POLICIES:
        found.append(field.not_supported("propagationPolicy", policy, [*_POLICIES, "nil"]))
    dry_run = options.get("dryRun") or []
    if any(value != "All" for value in dry_run):
        found.append(field.not_supported("dryRun", dry_run, ["All"]))
    return found


def propagation(options: Object) -> str:
    """Return Background, Foreground or Orphan; "" where they leave it to the kind."""
    if options.get("orphanDependents") is not None:
        return "Orphan" if options["orphanDependents"] else "Background"
    return options.get("propagationPolicy") or ""
