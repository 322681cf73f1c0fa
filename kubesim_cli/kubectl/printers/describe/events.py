"""The events of an object, at the end of its description."""

from __future__ import annotations

from ....machinery import timestamps
from ....machinery.errors import StatusError
from ....releases.kubectl import does
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....apiserver.client import Client
    from ....machinery.types import Json, Object


def search(client: Client, obj: Object, *, any_kind: bool = False, uid: str | None = None,
           chunk_size: int = 0) -> list[Object]:
    """Return the events about an object, nothing where they cannot be read; `uid` if not the object's own."""
    meta = obj["metadata"]
    namespace = meta.get("namespace", "")
    terms = [f"involvedObject.name={escape_field(meta['name'])}", f"involvedObject.namespace={namespace}"]
    if obj.get("kind") and not any_kind:
        terms.append(f"involvedObject.kind={obj['kind']}")
    uid = meta.get("uid") if uid is None else uid
    if uid:
        terms.append(f"involvedObject.uid={uid}")
    try:
        return list_all(client, "events", namespace, field_selector=",".join(terms), chunk_size=chunk_size)
    except StatusError:
        return []


def escape_field(value: str) -> str:
    """Return a value as it stands in a field selector (fields.EscapeValue)."""
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")


def list_all(client: Client, resource: str, namespace: str, *, chunk_size: int = 0, **selectors: Json) -> list[Object]:
    """Return the items of all pages of a list."""
    found: list[Object] = []
    continue_ = ""
    while True:
        page = client.list(resource, namespace, limit=chunk_size, continue_=continue_, **selectors)
        found += page["items"]
        continue_ = page.get("metadata", {}).get("continue", "")
        if not continue_:
            return found


def describe_events(events: list[Object] | None, w: Writer) -> None:
    """Write a table of events; None: they are not to be shown."""
    from ....go.sort import sort
    from ....releases.server import go_version

    if events is None:
        return
    if not events:
        w.line(0, "Events", "<none>")
        return
    w.flush()
    events = list(events)
    sort(events, lambda a, b: _seconds(a.get("lastTimestamp")) < _seconds(b.get("lastTimestamp")),
         go_version(w.release))
    w.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n")
    w.write(1, "----\t------\t----\t----\t-------\n")
    for event in events:
        source = event.get("source", {}).get("component") or event.get("reportingComponent", "")
        message = (event.get("message") or "").strip()
        path = event.get("involvedObject", {}).get("fieldPath")
        if path and does("EventsTellField", w.release):
            message = f"{path}: {message}"
        w.write(1, f"{event.get('type', '')}\t{event.get('reason', '')}\t{interval(event, w)}\t{source}\t{message}\n")


def interval(event: Object, w: Writer) -> str:
    """Return the age of an event, with count and time span where it was seen several times."""
    first = w.age(event.get("eventTime") or event.get("firstTimestamp"))
    series = event.get("series")
    if series:
        return f"{w.age(series.get('lastObservedTime'))} (x{series.get('count', 0)} over {first})"
    if event.get("count", 0) > 1:
        return f"{w.age(event.get('lastTimestamp'))} (x{event['count']} over {first})"
    return first


def _seconds(timestamp: str | None) -> float:
    return timestamps.parse(timestamp) if timestamp else float("-inf")
