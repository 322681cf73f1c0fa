"""Event of events.k8s.io: the core group's, with other names for some fields (pkg/apis/events/v1/conversion.go)."""

from __future__ import annotations

from ..core.event import Event as CoreEvent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

_NAMES = {"involvedObject": "regarding", "message": "note", "reportingComponent": "reportingController",
          "firstTimestamp": "deprecatedFirstTimestamp", "lastTimestamp": "deprecatedLastTimestamp",
          "source": "deprecatedSource", "count": "deprecatedCount"}
_CORE_NAMES = {new: old for old, new in _NAMES.items()}


class Event(CoreEvent):
    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from ..core.event_validation import validate_new

        return super().validate(obj, ctx) + validate_new(obj)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from ..core.event_validation import validate_change

        return super().validate(obj, ctx) + validate_change(obj, old)

    def convert(self, obj: Object, api_version: str) -> Object:
        converted = {_NAMES.get(key, key): value for key, value in obj.items()}
        return {**converted, "apiVersion": api_version}

    def store_version(self, obj: Object) -> Object:
        return {**{_CORE_NAMES.get(key, key): value for key, value in obj.items()}, "apiVersion": "v1"}


KIND = Event()
