"""Managed fields, and server-side apply.

Each entry of metadata.managedFields is one manager's field set; every write moves ownership to whoever made the change.
Behaviour: k8s.io/apimachinery/pkg/util/managedfields and sigs.k8s.io/structured-merge-diff/merge; words of conflicts:
managedfields/internal/conflict.go.
"""

from __future__ import annotations

from ..go.fmt import quote
from ..go.jsontext import encode_sorted
from ..machinery import errors, fieldset, timestamps, typed
from ..machinery.decode import DecodeError, convert, decode
from ..machinery.objects import clone, dig
from ..machinery.schema import Schema
from ..machinery.wellknown import LAST_APPLIED_CONFIG_ANNOTATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from ..machinery.types import Object

    _Who: TypeAlias = tuple[str, str, str, str]  # see _identity
    _Managers: TypeAlias = dict[_Who, "_Owned"]
    # (object, apiVersion) -> the object in that version and its schema, None where that is served no more
    Other: TypeAlias = Callable[[Object, str], tuple[Object, Schema | None] | None]

_MAX_UPDATE_MANAGERS = 10
_STRIPPED: Object = {"f:apiVersion": {}, "f:kind": {}, "f:metadata": {".": {}, **{"f:" + name: {} for name in (
    "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
    "resourceVersion")}}}
STATUS: Object = {"f:status": {}}  # what the main endpoint of a kind with a status resets


class _Owned:
    """One manager's fields. `applied`: by Apply, not Update; `time`: as in the entry, "" where it has none."""

    __slots__ = ("api_version", "applied", "fields", "time")

    def __init__(self, fields: Object, api_version: str, applied: bool, time: str = ""):
        self.fields, self.api_version, self.applied, self.time = fields, api_version, applied, time

    def but(self, fields: Object) -> _Owned:
        return _Owned(fields, self.api_version, self.applied, self.time)


# A manager's identity: (manager, operation, apiVersion, subresource); appliers are the same in every version.
def _identity(manager: str, operation: str, api_version: str, subresource: str) -> _Who:
    return manager, operation, "" if operation == "Apply" else api_version, subresource


def _read(entries: list[Object] | None) -> _Managers | None:
    """Return managers by identity; None where the entries are not valid."""
    managers: _Managers = {}
    for entry in entries or ():
        operation = entry.get("operation", "")
        if operation not in ("Apply", "Update") or not entry.get("apiVersion") or entry.get("fieldsType") != "FieldsV1":
            return None
        who = _identity(entry.get("manager", ""), operation, entry["apiVersion"], entry.get("subresource", ""))
        fields = entry.get("fieldsV1") or {}
        managers[who] = _Owned(fields, entry["apiVersion"], operation == "Apply", entry.get("time") or "")
    return managers


def _write(managers: _Managers) -> list[Object]:
    """Return the entries, sorted as the server does: appliers first, then by time."""
    entries = []
    for (manager, operation, _, subresource), owned in managers.items():
        entry = {"manager": manager, "operation": operation, "apiVersion": owned.api_version, "time": owned.time,
                 "fieldsType": "FieldsV1", "fieldsV1": owned.fields, "subresource": subresource}
        entries.append({key: value for key, value in entry.items() if value != "" or key == "manager"})
    entries.sort(key=lambda entry: (entry["operation"], entry.get("time", ""), entry["manager"], entry["apiVersion"],
                                    entry.get("subresource", "")))
    return entries


def track_update(old: Object | None, obj: Object, manager: str, api_version: str, subresource: str, now: float,
                 schema: Schema | None, ignored: Object | None = None, other: Other | None = None) -> None:
    """Set `obj`'s managedFields, in place, to what they are after a create (`old` None) or an update.

    `ignored` is the set of fields that this endpoint resets, such as STATUS. `other` converts for managers of other
    versions; without it there is one version. Entries that the request itself brings
    replace those of `old`, an empty list ends tracking (FieldManager.Update).
    """
    meta = obj["metadata"]
    given = meta.pop("managedFields", None)
    kept = (old or {}).get("metadata", {}).get("managedFields")
    if given is not None and not subresource and given in ([], [{}]):
        return
    managers = (_read(given) if given and not subresource else None) or _read(kept) or {}
    if not managers and old is not None:
        return
    before = _untracked(old) if old is not None else zero(obj, schema)
    try:
        _take_over(_Changes(before, obj, api_version, schema, ignored or {}, other), managers,
                   _identity(manager, "Update", api_version, subresource), now)
    except typed.TypedError:
        pass  # what validation lets through and no field set can tell is nobody's (structuredMergeManager.Update)
    _cap(managers)
    if managers:
        meta["managedFields"] = _write(managers)


def track_scale(old: Object, obj: Object, manager: str, api_version: str, path: Sequence[str]) -> None:
    """Set `obj`'s managedFields, in place, to what they are after an update of its Scale, whose number of replicas
    stands at `path`. Who owned that loses it; the entry of who gets it has no time, because the Scale has none
    (managedfields.ScaleHandler). Where nobody owns it, nothing is tracked."""
    managers = _read(old.get("metadata", {}).get("managedFields")) or {}
    place = ["f:" + name for name in path]
    if dig(old, *path) == dig(obj, *path) or not any(fieldset.has(each.fields, place) for each in managers.values()):
        return
    who = _identity(manager, "Update", api_version, "scale")
    replicas: Object = {}
    fieldset.insert(replicas, place)
    known = managers.get(who)
    if known is None or not fieldset.has(known.fields, place):
        for each in [each for each in managers if each != who]:
            _disown(managers, each, replicas)
        managers[who] = _Owned(replicas, api_version, False, known.time if known else "")
    obj["metadata"]["managedFields"] = _write(managers)


def _untracked(obj: Object) -> Object:
    """Return the object without its managedFields; the rest is shared."""
    meta = obj.get("metadata") or {}
    if "managedFields" not in meta:
        return obj
    return {**obj, "metadata": {key: value for key, value in meta.items() if key != "managedFields"}}


def zero(obj: Object, schema: Schema | None) -> Object:
    """Return what Go's empty object of the kind has in it already."""
    kind = {"apiVersion": obj.get("apiVersion", ""), "kind": obj.get("kind", "")}
    return decode(kind, schema)[0] if schema is not None and not schema.custom else kind


class _Changes:
    """What a write makes of an object, as the managers of each version see it (merge.Updater.update)."""

    def __init__(self, before: Object, after: Object, version: str, schema: Schema | None, ignored: Object,
                 other: Other | None):
        self.before, self.after, self.version, self.ignored, self.other = before, after, version, ignored, other
        self._known: dict[str, typed.Comparison | None] = {
            version: typed.compare(before, after, schema).excluding(ignored)}

    def seen_in(self, version: str) -> typed.Comparison | None:
        """Return them in a version, None where that is served no more."""
        if self.other is None:
            return self._known[self.version]
        if version not in self._known:
            before, after = self.other(self.before, version), self.other(self.after, version)
            self._known[version] = None if before is None or after is None else typed.compare(
                before[0], after[0], after[1]).excluding(self.ignored)
        return self._known[version]

    def written(self, version: str) -> Object:
        """Return the set of fields that are changed or new in a version."""
        changes = self.seen_in(version)
        return {} if changes is None else fieldset.union(changes.modified, changes.added)

    def disown(self, managers: _Managers, but: _Who | None) -> None:
        """Take what is written and removed away from every manager but one; those of no version go."""
        for who in [who for who in managers if who != but]:
            changes = self.seen_in(managers[who].api_version)
            if changes is None:
                del managers[who]
            else:
                _disown(managers, who, fieldset.union(self.written(managers[who].api_version), changes.removed))


def _take_over(changes: _Changes, managers: _Managers, who: _Who, now: float) -> None:
    changes.disown(managers, None)
    mine = fieldset.difference(changes.written(changes.version), _STRIPPED)
    if mine:
        known = managers.get(who)
        fields = fieldset.union(known.fields, mine) if known else mine
        managers[who] = _Owned(fields, changes.version, False, timestamps.format(now))


def _disown(managers: _Managers, who: _Who, fields: Object) -> None:
    """Take fields away from a manager; who has none left goes."""
    left = fieldset.difference(managers[who].fields, fields) if fields else managers[who].fields
    if left:
        managers[who] = managers[who].but(left)
    else:
        del managers[who]


def _cap(managers: _Managers) -> None:
    """Merge the oldest updaters of one version into `ancient-changes` where there are too many (capManagersManager)."""
    updaters = sorted((who for who in managers if not managers[who].applied), key=lambda who: (managers[who].time, who))
    surplus = len(updaters) - _MAX_UPDATE_MANAGERS
    first: dict[str, _Who] = {}
    for who in updaters:
        if surplus <= 0:
            return
        owned = managers[who]
        bucket = _identity("ancient-changes", "Update", owned.api_version, "")
        if owned.api_version not in first:
            first[owned.api_version] = who
            continue
        if bucket not in managers:
            managers[bucket] = managers.pop(first[owned.api_version])
        fields = fieldset.union(owned.fields, managers[bucket].fields)
        del managers[who]
        managers[bucket] = _Owned(fields, owned.api_version, False, owned.time)
        surplus -= 1


def server_side_apply(live: Object | None, body: Object, manager: str, force: bool, api_version: str, now: float,
                      schema: Schema | None, ignored: Object | None = None, subresource: str = "",
                      other: Other | None = None) -> Object:
    """Return a new object: `live` (None: there is none yet) after an apply of `body`, decoded, with its managedFields.

    `other` is that of `track_update`. `body` is the request's object as it came, with the name and namespace of the
    request in it. Raises StatusError: Conflict where other managers own what it changes, unless `force`.
    """
    if body.get("metadata", {}).get("managedFields"):
        raise errors.bad_request("metadata.managedFields must be nil")
    require_version(body, api_version)
    try:
        typed.check(body, schema)
    except typed.TypedError as wrong:
        raise errors.StatusError(500, "", f"failed to create typed patch object ({_describe(body)}): {wrong}") from None
    empty = zero(body, schema)
    before = _untracked(live) if live is not None else empty
    managers = _read((live or {}).get("metadata", {}).get("managedFields")) or {}
    apply = _Apply(before, body, _identity(manager, "Apply", api_version, subresource), api_version, schema,
                   ignored or {}, other)
    try:
        if live is not None and not managers:
            who = _identity("before-first-apply", "Update", api_version, "")
            _take_over(_Changes(empty, before, api_version, schema, ignored or {}, other), managers, who, now)
        merged, managers = apply.run(managers, force)
    except typed.TypedError as wrong:  # the body's own were told above
        raise errors.StatusError(500, "", f"failed to create typed live object ({_describe(live or empty)}): "
                                 f"{wrong}") from None
    if merged == before:
        obj = clone(before)
    else:
        managers[apply.who].time = timestamps.format(now)
        try:
            obj = read_merged(merged, schema)
        except DecodeError as wrong:  # quantities and times: to the merge they are scalars of any type
            raise errors.StatusError(500, "", f"failed to convert new object ({_describe(body)}) to proper version: "
                                     f"unable to convert unstructured object to {_type(body)}: {wrong}") from None
    if apply.who in managers:
        mine = fieldset.difference(managers[apply.who].fields, _STRIPPED)
        if mine:
            managers[apply.who] = managers[apply.who].but(mine)
        else:
            del managers[apply.who]
    if manager == "kubectl" and obj["metadata"].get("annotations", {}).get(LAST_APPLIED_CONFIG_ANNOTATION):
        obj["metadata"]["annotations"][LAST_APPLIED_CONFIG_ANNOTATION] = _last_applied(body)
    obj["metadata"]["managedFields"] = _write(managers)
    return obj


def require_version(body: Object, api_version: str) -> None:
    """Refuse an apply of an object in another version than the endpoint's."""
    if body.get("apiVersion") != api_version:
        raise errors.bad_request("Incorrect version specified in apply patch. Specified patch version: "
                                 f"{body.get('apiVersion')}, expected: {api_version}")


def read_merged(merged: Object, schema: Schema | None) -> Object:
    """Return what a merge gave as the kind's Go type holds it. Raises DecodeError."""
    if schema is None:
        return clone(merged)
    return (decode if schema.custom else convert)(merged, schema)[0]


def _describe(obj: Object) -> str:
    meta = obj.get("metadata") or {}
    return f"{meta.get('namespace', '')}/{meta.get('name', '')}; {_type(obj)}"


def _type(obj: Object) -> str:
    """The group, version and kind as schema.GroupVersionKind prints them."""
    version = str(obj.get("apiVersion"))
    return f"{version if '/' in version else '/' + version}, Kind={obj.get('kind')}"


def _last_applied(body: Object) -> str:
    """The annotation that client-side apply would have written."""
    body = clone(body)
    (body["metadata"].get("annotations") or {}).pop(LAST_APPLIED_CONFIG_ANNOTATION, None)
    return encode_sorted(body) + "\n"


class _Apply:
    """One apply of `body` over `live` by the manager `who` (merge.Updater.Apply)."""

    def __init__(self, live: Object, body: Object, who: _Who, api_version: str, schema: Schema | None, ignored: Object,
                 other: Other | None):
        self.live, self.body, self.who, self.api_version = live, body, who, api_version
        self.schema, self.ignored, self.other = schema, ignored, other

    def run(self, managers: _Managers, force: bool) -> tuple[Object, _Managers]:
        """Return the merged object and the managers after it. Raises Conflict."""
        merged = typed.merge(self.live, self.body, self.schema)
        last = managers.get(self.who)
        fields = typed.field_set(self.body, self.schema)
        managers[self.who] = _Owned(fieldset.without(fields, self.ignored), self.api_version, True,
                                    last.time if last else "")
        if last is not None and last.fields:
            merged = self._pruned(merged, last, managers)
        changes = _Changes(self.live, merged, self.api_version, self.schema, self.ignored, self.other)
        conflicts = {}
        for who, owned in managers.items():
            clash = fieldset.intersection(owned.fields, changes.written(owned.api_version)) if who != self.who else {}
            if clash:
                conflicts[who] = clash
        if conflicts and not force:
            conflicts = self._not_allowed(conflicts)
        if conflicts and not force:
            raise _conflict(conflicts)
        changes.disown(managers, self.who)
        return merged, managers

    def _in(self, obj: Object, version: str) -> tuple[Object, Schema | None] | None:
        """Return an object in a version and its schema, None where that is served no more."""
        if self.other is None or obj["apiVersion"] == version == self.api_version:
            return obj, self.schema
        return self.other(obj, version)

    def _pruned(self, merged: Object, last: _Owned, managers: _Managers) -> Object:
        """Drop what this manager applied last time, does not apply now, and nobody else owns (merge.Updater.prune)."""
        seen = self._in(merged, last.api_version)
        if seen is None:
            return merged
        whole, schema = seen
        named = typed.named(last.fields, schema)
        pruned = typed.remove(whole, named, schema)
        owned: dict[str, Object] = {}
        for manager in managers.values():
            owned[manager.api_version] = fieldset.union(owned.get(manager.api_version, {}), manager.fields)
        for version in sorted(owned, key=lambda version: version != last.api_version):
            pruned = self._with_owned(whole, pruned, version, owned[version])
        back = self._in(pruned, last.api_version)
        assert back is not None
        kept = typed.named(typed.field_set(back[0], schema), schema)
        everything = typed.named(typed.field_set(whole, schema), schema)
        gone = fieldset.intersection(fieldset.difference(everything, kept), named)
        left = self._in(typed.remove(whole, gone, schema), self.api_version)
        assert left is not None
        return left[0]

    def _with_owned(self, whole: Object, pruned: Object, version: str, owned: Object) -> Object:
        """Add back what others own in a version (addBackOwnedItems)."""
        seen, left = self._in(whole, version), self._in(pruned, version)
        if seen is None or left is None:
            return pruned
        schema = seen[1]
        everything = typed.named(typed.field_set(seen[0], schema), schema)
        kept = fieldset.union(typed.named(typed.field_set(left[0], schema), schema), typed.named(owned, schema))
        found: Object = typed.remove(seen[0], fieldset.difference(everything, kept), schema)
        return found

    def _not_allowed(self, conflicts: dict[_Who, Object]) -> dict[_Who, Object]:
        """kubectl may take over what its own client-side apply has set and nobody changed since."""
        text = (self.live.get("metadata", {}).get("annotations") or {}).get(LAST_APPLIED_CONFIG_ANNOTATION)
        if self.who[0] != "kubectl" or not text:
            return conflicts
        from ..go.json import loads
        try:
            last = loads(text)
            typed.check(last, self.schema)
        except ValueError:
            return conflicts
        if last.get("apiVersion") != self.api_version:
            return conflicts
        changes = typed.compare(last, self.live, self.schema)
        allowed = typed.field_set(last, self.schema)
        for changed in (changes.modified, changes.added, changes.removed):
            allowed = fieldset.difference(allowed, changed)
        left = {who: fieldset.difference(clash, allowed) for who, clash in conflicts.items()}
        return {who: clash for who, clash in left.items() if clash}


def _conflict(conflicts: dict[_Who, Object]) -> errors.StatusError:
    told = []
    for who in sorted(conflicts):
        told += [(_manager_text(who), fieldset.path_text(path)) for path in fieldset.paths(conflicts[who])]
    if len(told) == 1:
        text = f"Apply failed with 1 conflict: conflict with {told[0][0]}: {told[0][1]}"
    else:
        lines = []
        for manager, path in told:
            head = f"conflicts with {manager}:"
            if head not in lines:
                lines.append(head)
            lines.append(f"- {path}")
        text = f"Apply failed with {len(told)} conflicts: " + "\n".join(lines)
    causes = [{"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": path}
              for manager, path in told]
    return errors.StatusError(409, "Conflict", text, {"causes": causes})


def _manager_text(who: _Who) -> str:
    manager, operation, api_version, subresource = who
    text = quote(manager)
    if subresource:
        text += f" with subresource {quote(subresource)}"
    return f"{text} using {api_version}" if operation == "Update" else text
