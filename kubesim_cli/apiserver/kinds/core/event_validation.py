"""What an Event has to be (pkg/apis/core/validation/events.go)."""

from __future__ import annotations

from ....machinery import field
from ..checks import dns1123_subdomain, immutable, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

_MAX_WORD, _MAX_NOTE = 128, 1024
_KEPT = ("involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason", "type",
         "eventTime", "action", "related", "reportingComponent", "reportingInstance")
_KEPT_AS = {"reportingComponent": "reportingController"}


def validate(obj: Object) -> FieldErrors:
    """Return the FieldErrors of an Event of the core group; with an eventTime it is one of the new kind
    (legacyValidateEvent)."""
    namespace = obj["metadata"].get("namespace", "")
    about = (obj.get("involvedObject") or {}).get("namespace", "")
    errors = []
    if obj.get("eventTime") is None:
        agree = about == namespace if about else namespace in ("", "default")
    else:
        agree = bool(about) or namespace in ("default", "kube-system")
    if not agree:
        errors.append(field.invalid("involvedObject.namespace", about, "does not match event.namespace"))
    if obj.get("eventTime") is not None:
        errors += _new(obj)
    return errors + dns1123_subdomain("namespace", namespace)


def _new(obj: Object) -> FieldErrors:
    errors = []
    component = obj.get("reportingComponent") or ""
    if not component:
        errors.append(field.required("reportingComponent"))
    errors += qualified_name("reportingComponent", component)
    for key in ("reportingInstance", "action", "reason"):
        value = obj.get(key) or ""
        if not value:
            errors.append(field.required(key))
        if len(value) > _MAX_WORD:
            errors.append(field.invalid(key, "", f"can have at most {_MAX_WORD} characters"))
    if len(obj.get("message") or "") > _MAX_NOTE:
        errors.append(field.invalid("message", "", f"can have at most {_MAX_NOTE} characters"))
    return errors


def validate_new(obj: Object) -> FieldErrors:
    """Return the FieldErrors of an Event that is created through events.k8s.io/v1, beyond those of every one
    (ValidateEventCreate)."""
    errors = _series(obj.get("series"))
    if obj.get("eventTime") is None:
        errors.append(field.required("eventTime"))
    if obj.get("type") not in ("Normal", "Warning"):
        errors.append(field.invalid("type", "", f"has invalid value: {obj.get('type', '')}"))
    return errors + [field.invalid(key, "", "needs to be unset")
                     for key in ("firstTimestamp", "lastTimestamp", "count", "source") if obj.get(key)]


def _series(series: Object | None) -> FieldErrors:
    """validateV1EventSeries."""
    if series is None:
        return []
    errors = []
    if series.get("count", 0) < 2:
        errors.append(field.invalid("series.count", "", "should be at least 2"))
    if not series.get("lastObservedTime"):
        errors.append(field.required("series.lastObservedTime"))
    return errors


def validate_change(obj: Object, old: Object) -> FieldErrors:
    """Return the FieldErrors of an update through events.k8s.io/v1: only an Event's series goes on
    (ValidateEventUpdate, which looks at the reason twice)."""
    errors = _series(obj.get("series")) if obj.get("series") != old.get("series") else []
    for key in _KEPT:
        errors += immutable(_KEPT_AS.get(key, key), obj.get(key) or None, old.get(key) or None)
    return errors
