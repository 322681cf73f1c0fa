"""What a watcher of everything has seen, and what has to be true of each change by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubesim_cli.machinery.objects import key_of

if TYPE_CHECKING:
    from model.world import World

Object = dict[str, Any]
_UNTOUCHED = ("uid", "creationTimestamp", "name", "namespace")


class Journal:
    """Follows a store; `objects` is what a watcher who keeps the newest of each object has, as JSON texts."""

    def __init__(self, world: World):
        self.world = world
        self.objects: dict[tuple[str, str], str] = {}
        store = world.cluster.store
        for resource in store.resources():
            for obj in store.list(resource):
                self.objects[resource, key_of(obj)] = json.dumps(obj)
        self.changes = store.follow()
        self.seen, self.revision = len(self.changes), store.revision

    def read(self) -> None:
        """Take in what was written since the last look."""
        for type_, resource, obj in self.changes[self.seen:]:
            self._take(type_, resource, obj)
        self.seen = len(self.changes)
        if self.seen > 20_000:
            del self.changes[:]
            self.seen = 0

    def _take(self, type_: str, resource: str, obj: Object) -> None:
        key = key_of(obj)
        known = self.objects.get((resource, key))
        old = json.loads(known) if known is not None else None
        where = f"{type_} {resource} {key}"
        expect, meta = self.world.expect, obj["metadata"]
        revision = int(meta["resourceVersion"])
        expect(revision > self.revision, f"{where}: resourceVersion {revision} after {self.revision}")
        self.revision = revision
        expect((old is None) == (type_ == "ADDED"), f"{where}: it was {'not ' if old is None else ''}there before")
        if type_ == "DELETED":
            self.objects.pop((resource, key), None)
        else:
            self.objects[resource, key] = json.dumps(obj)
        if type_ != "MODIFIED" or old is None:
            return
        before = old["metadata"]
        for name in _UNTOUCHED:
            expect(meta.get(name) == before.get(name), f"{where}: {name} {before.get(name)} became {meta.get(name)}")
        expect({**obj, "metadata": {**meta, "resourceVersion": ""}} != {**old, "metadata": {
            **before, "resourceVersion": ""}}, f"{where}: written though nothing has changed")
        self._check_generation(where, old, obj)
        if "deletionTimestamp" in before:
            expect("deletionTimestamp" in meta, f"{where}: it is not deleted any more")
            more = set(meta.get("finalizers") or ()) - set(before.get("finalizers") or ())
            expect(not more - {"orphan", "foregroundDeletion"}, f"{where}: finalizers {more} came while it is deleted")
        held = meta.get("finalizers") or meta.get("deletionGracePeriodSeconds") or obj.get("spec", {}).get("finalizers")
        expect("deletionTimestamp" not in meta or held, f"{where}: nothing holds it, and it is still there")

    def _check_generation(self, where: str, old: Object, obj: Object) -> None:
        was, is_ = old["metadata"].get("generation"), obj["metadata"].get("generation")
        if was is None or is_ is None:
            self.world.expect(was == is_, f"{where}: generation {was} became {is_}")
            return
        if obj["kind"] == "Pod" and obj["spec"].get("nodeName") != old["spec"].get("nodeName"):
            return  # a binding goes past what counts generations
        if obj["kind"] == "Deployment" and obj["metadata"].get("annotations") != old["metadata"].get("annotations"):
            return  # annotations are what the revisions take over
        spec = {key: old.get(key) for key in old if key not in ("metadata", "status")} != {
            key: obj.get(key) for key in obj if key not in ("metadata", "status")}
        deleted = "deletionTimestamp" in obj["metadata"] and "deletionTimestamp" not in old["metadata"]
        self.world.expect(is_ == was + (1 if spec or deleted else 0),
                          f"{where}: generation {was} became {is_}, spec changed: {spec}, deletion began: {deleted}")
