"""Event of the core group, which is the one that is stored."""

from __future__ import annotations

from ..base import Column, Kind, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _first_seen_cell(obj: Object, ctx: Context) -> Cell:
    return since(obj.get("firstTimestamp") or obj.get("eventTime"), ctx.now)


def _last_seen_cell(obj: Object, ctx: Context) -> Cell:
    if obj.get("series"):
        return since(obj["series"].get("lastObservedTime"), ctx.now)
    return since(obj["lastTimestamp"], ctx.now) if obj.get("lastTimestamp") else _first_seen_cell(obj, ctx)


def _count_cell(obj: Object, ctx: Context) -> Cell:
    return obj["series"].get("count", 0) if obj.get("series") else obj.get("count") or 1


def _object_cell(obj: Object, ctx: Context) -> Cell:
    about = obj.get("involvedObject") or {}
    kind = about.get("kind", "").lower()
    return f"{kind}/{about['name']}" if about.get("name") else kind


def _source_cell(obj: Object, ctx: Context) -> Cell:
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host") or obj.get("reportingInstance") or ""
    return f"{component}, {host}" if host else component


class Event(Kind):
    columns = (Column("Last Seen", _last_seen_cell),
               Column("Type", lambda obj, ctx: obj.get("type", "")),
               Column("Reason", lambda obj, ctx: obj.get("reason", "")),
               Column("Object", _object_cell),
               Column("Subobject", lambda obj, ctx: (obj.get("involvedObject") or {}).get("fieldPath", ""), 1),
               Column("Source", _source_cell, 1),
               Column("Message", lambda obj, ctx: obj.get("message", "").strip()),
               Column("First Seen", _first_seen_cell, 1),
               Column("Count", _count_cell, 1),
               Column("Name", lambda obj, ctx: obj["metadata"]["name"], 1, format="name"))
    create_on_update = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("involvedObject", {})
        obj.setdefault("source", {})
        for key in ("firstTimestamp", "lastTimestamp", "eventTime"):
            obj.setdefault(key, None)
        for key in ("reportingComponent", "reportingInstance"):
            obj.setdefault(key, "")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from . import event_validation

        return event_validation.validate(obj)

    def fields(self, obj: Object) -> dict[str, str]:
        about = obj.get("involvedObject") or {}
        found = {f"involvedObject.{key}": about.get(key, "") for key in
                 ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")}
        component = obj.get("reportingComponent") or ""
        source = (obj.get("source") or {}).get("component") or component
        return {**found, "reason": obj.get("reason", ""), "reportingComponent": component, "source": source,
                "type": obj.get("type", "")}


KIND = Event()
