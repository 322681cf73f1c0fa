"""Recording Events: equal ones are counted, as client-go's EventCorrelator does (tools/record/events_cache.go)."""

from __future__ import annotations

from ..api import timestamps


class Recorder:
    """Writes Events into a server's store."""

    def __init__(self, server):
        self.server = server

    def record(self, obj: dict, type_: str, reason: str, message: str, component: str, host: str = "",
               field_path: str = "") -> None:
        """Record an Event about `obj`, or count one more of an equal one."""
        server = self.server
        res = server.resolve("events")
        meta = obj["metadata"]
        namespace = meta.get("namespace") or "default"
        now = timestamps.format(server.now)
        name = f"{meta['name']}.{_fingerprint(meta.get('uid', ''), type_, reason, message, component, field_path)}"
        old = server.store.get("events", f"{namespace}/{name}")
        if old is not None:
            new = {**old, "metadata": dict(old["metadata"]), "count": old.get("count", 1) + 1, "lastTimestamp": now}
            server.write("MODIFIED", res, new, old)
            return
        about = {"kind": obj["kind"], "namespace": meta.get("namespace"), "name": meta["name"], "uid": meta.get("uid"),
                 "apiVersion": obj["apiVersion"], "resourceVersion": meta.get("resourceVersion"),
                 "fieldPath": field_path}
        source = {"component": component, "host": host} if host else {"component": component}
        event = {
            "kind": "Event", "apiVersion": "v1",
            "metadata": {"name": name, "namespace": namespace, "uid": server.entropy.uid("events", f"{namespace}/{name}"),
                         "creationTimestamp": now},
            "involvedObject": {k: v for k, v in about.items() if v}, "reason": reason, "message": message[:1024],
            "source": source, "firstTimestamp": now, "lastTimestamp": now, "count": 1, "type": type_,
            "eventTime": None, "reportingComponent": component, "reportingInstance": host,
        }
        server.write("ADDED", res, event, None)


def _fingerprint(*parts: str) -> str:
    """Sixteen hex digits where a real event's name has its time: equal events meet under one name."""
    from hashlib import blake2b

    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def expiry(event: dict) -> float:
    """Return when the server forgets an event (kube-apiserver --event-ttl, one hour)."""
    stamp = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]
    return timestamps.parse(stamp) + 3600


