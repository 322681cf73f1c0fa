"""Recording Events: equal ones are counted, as client-go's EventCorrelator does (tools/record/events_cache.go).

Where time is let pass, an event that is forgotten before anybody can look is not stored: in a year of a CronJob they
are most of what would be written.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.objects import join_key, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .server import Server

SIMILAR = 10       # events that differ only in their message are told apart up to this many ...
WINDOW = 600.0     # ... within so many seconds; further ones become one
LIFE = 3600.0      # seconds for which an event is kept (kube-apiserver --event-ttl)
COMBINED = "(combined from similar events): "


class Recorder:
    """Writes Events into a server's store."""

    def __init__(self, server: Server):
        self.server = server
        self._names: dict[str, list[str]] = {}  # `namespace/object` -> names of the events about it, once asked for
        self._known: bool | None = None         # whether these are all: they are where there were few at first
        self._unseen: dict[str, tuple[float, Object]] = {}  # events that are not stored: when they are forgotten, event

    def record(self, obj: Object, type_: str, reason: str, message: str, component: str, host: str = "",
               field_path: str = "", action: str = "") -> None:
        """Record an Event about `obj`, or count one more of an equal one; see client.Client.record."""
        meta = obj["metadata"]
        namespace = meta.get("namespace") or "default"
        about = {"kind": obj["kind"], "namespace": meta.get("namespace"), "name": meta["name"], "uid": meta.get("uid"),
                 "apiVersion": obj["apiVersion"], "resourceVersion": meta.get("resourceVersion"),
                 "fieldPath": field_path}
        event: Object = {
            "involvedObject": {k: v for k, v in about.items() if v}, "reason": reason, "message": message,
            "type": type_, "reportingComponent": component, "reportingInstance": host}
        names = self._about(namespace, meta["name"])
        alike = []
        if names:
            known = [old for name in names if (old := self._find(f"{namespace}/{name}")) is not None]
            if len(known) < len(names):
                names[:] = [old["metadata"]["name"] for old in known]
            alike = [old for old in known if _alike(old, event)]
        for old in alike:
            if old["message"] == event["message"]:
                self._count(old, event["message"])
                return
        recent = len(alike) >= SIMILAR and [old for old in alike if expiry(old) - LIFE > self.server.now - WINDOW]
        if recent and len(recent) >= SIMILAR:
            event["message"] = COMBINED + event["message"]
            for old in recent:
                if old["message"].startswith(COMBINED):
                    self._count(old, event["message"])
                    return
        self._add(namespace, meta["name"], names, event, action)

    def _about(self, namespace: str, name: str) -> list[str]:
        store, about = self.server.store, join_key(namespace, name)
        if self._known is None:
            self._known = store.has_few("events")
            for key in store.keys("events") if self._known else ():
                self._names.setdefault(key.rpartition(".")[0], []).append(key.rpartition("/")[2])
        if about not in self._names:
            keys = [] if self._known else store.keys_like("events", about + ".")
            self._names[about] = [key.rpartition("/")[2] for key in keys if key.rpartition(".")[0] == about]
        return self._names[about]

    def _find(self, key: str) -> Object | None:
        unseen = self._unseen.get(key)
        return unseen[1] if unseen is not None else self.server.store.get("events", key)

    def _write(self, event: Object, old: Object | None) -> None:
        """Store an event, which was `old` before, or keep it in mind where nobody will ever see it."""
        server, key = self.server, key_of(event)
        while self._unseen and self._unseen[first := next(iter(self._unseen))][0] <= server.now:
            del self._unseen[first]
        stored = old is not None and self._unseen.pop(key, None) is None
        end = _end_of(server.now)
        if not stored and end <= server.clock.horizon:
            self._unseen[key] = end, event
        else:
            server.write("MODIFIED" if stored else "ADDED", server.resolve("events"), event, old if stored else None)

    def _add(self, namespace: str, about: str, names: list[str], event: Object, action: str) -> None:
        """Store a new event. Its name ends in the nanosecond, as a real one's does, so that names sort by time."""
        server = self.server
        nanosecond = int(server.now * 1e9)
        while (name := f"{about}.{nanosecond:x}") in names:
            nanosecond += 1
        names.append(name)
        now = timestamps.format(server.now)
        component, host = event["reportingComponent"], event["reportingInstance"]
        times: Object
        if action:  # written through events.k8s.io/v1
            times = {"source": {}, "firstTimestamp": None, "lastTimestamp": None, "action": action,
                     "eventTime": timestamps.format_micro(server.now)}
        else:
            times = {"source": {"component": component, "host": host} if host else {"component": component},
                     "firstTimestamp": now, "lastTimestamp": now, "count": 1, "eventTime": None}
        meta = {"name": name, "namespace": namespace, "creationTimestamp": now,
                "uid": server.entropy.uid("events", join_key(namespace, name))}
        self._write({"kind": "Event", "apiVersion": "v1", "metadata": meta, **event, **times}, None)

    def _count(self, old: Object, message: str) -> None:
        server = self.server
        new = {**old, "metadata": dict(old["metadata"]), "message": message}
        if old.get("action"):
            count = (old.get("series") or {}).get("count", 1)
            new["series"] = {"count": count + 1, "lastObservedTime": timestamps.format_micro(server.now)}
        else:
            new.update(count=old.get("count", 1) + 1, lastTimestamp=timestamps.format(server.now))
        self._write(new, old)


def _alike(old: Object, event: Object) -> bool:
    """Whether two events about objects of one name are equal but for their message."""
    if old.get("reason") != event["reason"]:
        return False
    mine, its = event["involvedObject"], old["involvedObject"]
    return bool(mine.get("uid") == its.get("uid") and mine.get("fieldPath") == its.get("fieldPath")
                and old.get("type") == event["type"] and old.get("reportingComponent") == event["reportingComponent"]
                and old.get("reportingInstance") == event["reportingInstance"])


def expiry(event: Object) -> float:
    """Return when the server forgets an event: an hour after it was written (kube-apiserver --event-ttl).

    Who counts an event writes when that was; nothing else tells when an event was written again.
    """
    stamps = ((event.get("series") or {}).get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"),
              event["metadata"]["creationTimestamp"])
    return max([timestamps.parse(stamp) for stamp in stamps if stamp]) + LIFE


def forgotten(event: Object) -> float:
    """Return when it is taken out of the store: events that expire in one minute go together, at its end."""
    return _end_of(expiry(event) - LIFE)


def _end_of(seen: float) -> float:
    return ((seen + LIFE) // 60 + 1) * 60


