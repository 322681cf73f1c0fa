"""Event of the core group, which is the one that is stored."""

from __future__ import annotations

from ..base import Column, Context, Kind, since


class Event(Kind):
    columns = (Column("Last Seen"), Column("Type"), Column("Reason"), Column("Object"), Column("Subobject", 1),
               Column("Source", 1), Column("Message"), Column("First Seen", 1), Column("Count", 1),
               Column("Name", 1, format="name"))
    create_on_update = True

    def cells(self, obj: dict, ctx: Context) -> list:
        first = since(obj.get("firstTimestamp") or obj.get("eventTime"), ctx.now)
        last = since(obj["lastTimestamp"], ctx.now) if obj.get("lastTimestamp") else first
        count = obj.get("count") or 1
        if obj.get("series"):
            last = since(obj["series"].get("lastObservedTime"), ctx.now)
            count = obj["series"].get("count", 0)
        about = obj.get("involvedObject") or {}
        target = about.get("kind", "").lower()
        if about.get("name"):
            target += f"/{about['name']}"
        source = obj.get("source") or {}
        component = source.get("component") or obj.get("reportingComponent") or ""
        host = source.get("host") or obj.get("reportingInstance") or ""
        return [last, obj.get("type", ""), obj.get("reason", ""), target, about.get("fieldPath", ""),
                f"{component}, {host}" if host else component, obj.get("message", "").strip(), first, count,
                obj["metadata"]["name"]]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("involvedObject", {})
        obj.setdefault("source", {})
        for key in ("firstTimestamp", "lastTimestamp", "eventTime"):
            obj.setdefault(key, None)
        for key in ("reportingComponent", "reportingInstance"):
            obj.setdefault(key, "")

    def validate(self, obj: dict, ctx: Context) -> list:
        from . import event_validation

        return event_validation.validate(obj)

    def fields(self, obj: dict) -> dict[str, str]:
        about = obj.get("involvedObject") or {}
        found = {f"involvedObject.{key}": about.get(key, "") for key in
                 ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")}
        component = obj.get("reportingComponent") or ""
        source = (obj.get("source") or {}).get("component") or component
        return {**found, "reason": obj.get("reason", ""), "reportingComponent": component, "source": source,
                "type": obj.get("type", "")}


KIND = Event()
