"""get, list, table and watch."""

from __future__ import annotations

import builtins
import itertools

from ..machinery import errors
from ..machinery.objects import key_of
from ..releases import within
from .kinds import base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..machinery.types import Object
    from .request import Request


def convert(request: Request, obj: Object, listed: bool = False) -> Object:
    """Return a stored object, or one of a list, in the version asked for and, to users, with managed fields or none."""
    fields = obj["metadata"].get("managedFields")
    if not request.trusted and not (fields and type(fields) is builtins.list):
        obj = _shown(request, obj)
    if request.kind.lively and not request.trusted:
        obj = request.kind.alive(obj, request.server.trusted)
    if obj.get("apiVersion") == request.res.api_version:
        return obj
    if request.res.crd is not None:
        from .customresources import conversion

        conversion.require(request, obj["apiVersion"], request.res.api_version,
                           request.res.kind + ("List" if listed else ""))
    return request.kind.convert(obj, request.res.api_version)


def _shown(request: Request, obj: Object) -> Object:
    """Return an object of which no managed fields are stored with those that it has, where they are wanted."""
    if request.client.managed_fields:
        from .tracking import told

        obj = told(request, obj)
        if obj["metadata"]["managedFields"]:
            return obj
    elif "managedFields" not in obj["metadata"]:
        return obj
    return {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "managedFields"}}


def in_storage(request: Request, obj: Object) -> Object:
    """Return a decoded object of the request's version as it is stored."""
    stored = request.kind.store_version(obj)
    if request.res.crd is not None and not request.trusted:
        from .customresources import conversion

        conversion.require(request, request.res.api_version, stored["apiVersion"], request.res.kind)
    return stored


def find(request: Request) -> Object | None:
    """Return the stored object that a request names, or None."""
    return request.server.store.get(request.stored_as, request.key)


def read(request: Request) -> Object:
    """Return the stored object that a request names, or raise NotFound."""
    obj = find(request)
    if obj is None:
        raise errors.not_found(request.res.name, request.name)
    return obj


def find_to_write(request: Request) -> Object | None:
    """Return what `find` does; where a user is going to write it, with all managed fields and as it is shown, so that
    nobody counts as the writer of what the object has become by itself."""
    obj = find(request)
    if obj is None or request.trusted:
        return obj
    from .tracking import told

    obj = told(request, obj)
    return request.kind.alive(obj, request.server.trusted) if request.kind.lively else obj


def read_to_write(request: Request) -> Object:
    """Return what `find_to_write` does, or raise NotFound."""
    obj = find_to_write(request)
    if obj is None:
        raise errors.not_found(request.res.name, request.name)
    return obj


def get(request: Request) -> Object:
    """Serve GET of one object."""
    if request.kind.computed:
        return request.kind.serve_get(request.server.trusted, request.namespace, request.name)
    return convert(request, read(request))


def _selected(request: Request, read_all: Callable[[str, str], Iterable[Object]],
              past: Iterable[Object] | None = None) -> Iterator[Object]:
    """Yield what a request selects of a collection, which `read_all(resource, namespace)` reads, unless the objects
    are those of the `past`."""
    server, test = request.server, predicate(request)
    if request.kind.computed:
        found: Iterable[Object] | None = request.kind.serve_list(server.trusted, request.namespace)
    else:
        found = _about(request) if past is None else past
        if found is None:
            found = read_all(request.stored_as, request.namespace)
    return (convert(request, obj, listed=True) for obj in found or () if test is None or test(obj))


def _about(request: Request) -> Iterable[Object] | None:
    """Return the events that a field selector for the UID of their object leaves, None where there is no such."""
    if request.stored_as != "events" or "involvedObject.uid=" not in request.options.field_selector:
        return None
    from ..machinery import selectors

    for field, operator, value in selectors.parse_fields(request.options.field_selector):
        if field == "involvedObject.uid" and operator == "=" and value:
            namespace = request.namespace
            return [event for event in request.server.store.owned("events", value)
                    if not namespace or event["metadata"]["namespace"] == namespace]
    return None


def predicate(request: Request) -> Callable[[Object], bool] | None:
    """Return whether an object is within the selectors of a request, as a function; None where both are empty.

    Raises BadRequest for selectors that cannot be parsed or fields that the kind does not index.
    """
    label_selector, field_selector = request.options.label_selector, request.options.field_selector
    if not label_selector and not field_selector:
        return None
    from ..machinery import selectors

    try:
        labels = selectors.parse(label_selector) if label_selector else None
        terms = selectors.parse_fields(field_selector) if field_selector else None
    except ValueError as error:
        raise errors.bad_request(str(error)) from None
    kind = request.kind
    if terms:
        own = kind.fields({"metadata": {}, "spec": {}, "status": {}})
        for field, _, _ in terms:
            if field in ("metadata.name", "metadata.namespace") or field in own:
                continue
            if own or request.res.crd is not None:
                raise errors.bad_request(f"field label not supported: {field}")
            raise errors.bad_request(f'"{field}" is not a known field selector: only "metadata.name", '
                                     '"metadata.namespace"')

    def test(obj: Object) -> bool:
        meta = obj["metadata"]
        if labels is not None and not selectors.matches(labels, meta.get("labels")):
            return False
        if not terms:
            return True
        fields = {"metadata.name": meta["name"], "metadata.namespace": meta.get("namespace", ""), **kind.fields(obj)}
        return selectors.fields_match(terms, fields)

    return test


def list(request: Request) -> Object:
    """Serve GET of a collection; `limit` and `continue_` page through it by key."""
    options, store = request.options, request.server.store
    limit, revision, start, past = options.limit, store.revision, "", None
    if options.continue_:
        from . import continuation

        rest = continuation.rest(request)
        revision, start, past = rest.revision, rest.start, rest.objects
    items = [*_selected(request, store.list, past)]
    meta: Object = {} if request.kind.computed else {"resourceVersion": str(revision)}
    if start:
        items = [obj for obj in items if key_of(obj) >= start]
    if 0 < limit < len(items):
        from . import continuation

        meta["continue"] = continuation.encode(key_of(items[limit - 1]), request.namespace, revision)
        if not options.label_selector and not options.field_selector:
            meta["remainingItemCount"] = len(items) - limit
        items = items[:limit]
    return {"kind": request.res.kind + "List", "apiVersion": request.res.api_version, "metadata": meta, "items": items}


def table(request: Request) -> Object:
    """Serve the same as a metav1.Table, the way kubectl asks for it."""
    if request.name:
        return as_table(request, [get(request)])
    store, start, limit, past = request.server.store, "", request.options.limit, None
    revision = store.revision
    if request.options.continue_:
        from . import continuation

        rest = continuation.rest(request)
        revision, start, past = rest.revision, rest.start, rest.objects
    found = _selected(request, lambda resource, namespace: store.each(resource, namespace, start), past)
    if start:
        found = (obj for obj in found if key_of(obj) >= start)  # what was not read from the store, too
    if limit <= 0:
        return _table(request, request.kind, found, revision)
    page = [*itertools.islice(found, limit)]
    shown = _table(request, request.kind, page, revision)
    if next(found, None) is not None:
        from . import continuation

        shown["metadata"]["continue"] = continuation.encode(key_of(page[-1]), request.namespace, revision)
    return shown


def as_table(request: Request, items: builtins.list[Object]) -> Object:
    """Return the Table of some objects of one resource, or of what one of its subresources gave (a Scale)."""
    kind = request.kind
    if items and items[0]["kind"] != request.res.kind:
        kind = base.load(items[0]["apiVersion"].rpartition("/")[0], items[0]["kind"])
    return _table(request, kind, items, request.server.store.revision)


def _table(request: Request, kind: base.Kind, items: Iterable[Object], revision: int) -> Object:
    server, ctx, whole = request.server, request.context, request.options.include_object == "Object"
    shown = [col for col in kind.columns if within(server.release, col.since, col.until)]
    columns = [{"name": col.name, "type": col.type, "format": col.format, "priority": col.priority} for col in shown]
    cells = [col.cell for col in shown]
    rows = []
    for obj in kind.table_order(items):
        ctx.row = None
        rows.append({"cells": [cell(obj, ctx) for cell in cells], "object": obj if whole else _partial(obj)})
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1",
            "metadata": {"resourceVersion": str(revision)}, "columnDefinitions": columns, "rows": rows}


def _partial(obj: Object) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def watch(request: Request) -> tuple[int, builtins.list[Object]]:
    """Return (newest revision, events after the request's revision): {"type", "object"} as a watch would send them.

    Only what is within the selectors when it is written is told: an object that leaves them is not told any more.
    """
    server, since, stored = request.server, request.options.resource_version, request.stored_as
    written = ((type_, obj) for type_, name, obj in server.store.follow()
               if name == stored and int(obj["metadata"]["resourceVersion"]) > since)
    return server.store.revision, _told(request, written)


def watch_from(request: Request) -> builtins.list[Object]:
    """Return the events since the request's revision, as the log has them, up to now: those of a watch that begins.

    Raises Expired where the log begins later (watch_cache.go, getAllEventsSinceLocked).
    """
    store, since = request.server.store, request.options.resource_version
    store.follow()
    if since >= store.revision or not store.exists:
        return []
    past = store.as_of(request.stored_as, since)
    if not past.known:
        raise errors.StatusError(410, "Expired", f"too old resource version: {since} ({past.oldest - 1})")
    return _told(request, past.changes())


def _told(request: Request, written: Iterable[tuple[str, Object]]) -> builtins.list[Object]:
    """Return what a request selects of some writes as a watch tells it."""
    namespace, test = request.namespace, predicate(request)
    return [{"type": type_, "object": convert(request, obj)} for type_, obj in written
            if (not namespace or obj["metadata"].get("namespace") == namespace) and (test is None or test(obj))]


VERBS: dict[str, Callable[[Request], Object]] = {"get": get, "list": list, "table": table}
