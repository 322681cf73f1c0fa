"""get, list, table and watch."""

from __future__ import annotations

import builtins

from ..machinery import errors
from ..machinery.discovery import Resource
from ..machinery.objects import key_of
from ..releases import within
from .kinds import base


def convert(server, res: Resource, obj: dict) -> dict:
    """Return a stored object in the version that was asked for."""
    if obj.get("apiVersion") == res.api_version:
        return obj
    return server.kind(res).convert(obj, res.api_version)


def read(server, res: Resource, namespace: str, name: str) -> dict:
    """Return one stored object, or raise NotFound."""
    key = f"{namespace}/{name}" if res.namespaced else name
    obj = server.store.get(server.stored_as(res), key)
    if obj is None:
        raise errors.not_found(res.name, name)
    return obj


def get(server, client, res: Resource, namespace: str, name: str, options: dict) -> dict:
    """Serve GET of one object."""
    if "get" not in res.verbs:
        raise errors.method_not_supported(res.name, "get")
    kind = server.kind(res)
    if kind.computed:
        return kind.serve_get(server.trusted, namespace, name)
    return convert(server, res, read(server, res, namespace, name))


def _selected(server, res: Resource, namespace: str, options: dict) -> builtins.list[dict]:
    if "list" not in res.verbs:
        raise errors.method_not_supported(res.name, "list")
    test = predicate(server, res, options.get("label_selector") or "", options.get("field_selector") or "")
    kind = server.kind(res)
    if kind.computed:
        found = kind.serve_list(server.trusted, namespace)
    else:
        found = server.store.list(server.stored_as(res), namespace)
    return [convert(server, res, obj) for obj in found if test is None or test(obj)]


def predicate(server, res: Resource, label_selector: str, field_selector: str):
    """Return a function object -> bool for two selectors, None where both are empty.

    Raises BadRequest for selectors that cannot be parsed or fields that the kind does not index.
    """
    if not label_selector and not field_selector:
        return None
    from ..machinery import selectors

    try:
        labels = selectors.parse(label_selector) if label_selector else None
        terms = selectors.parse_fields(field_selector) if field_selector else None
    except ValueError as error:
        raise errors.bad_request(str(error)) from None
    kind = server.kind(res)
    if terms:
        own = kind.fields({"metadata": {}, "spec": {}, "status": {}})
        for field, _, _ in terms:
            if field in ("metadata.name", "metadata.namespace") or field in own:
                continue
            if own or res.crd is not None:
                raise errors.bad_request(f"field label not supported: {field}")
            raise errors.bad_request(f'"{field}" is not a known field selector: only "metadata.name", '
                                     '"metadata.namespace"')

    def test(obj: dict) -> bool:
        meta = obj["metadata"]
        if labels is not None and not selectors.matches(labels, meta.get("labels")):
            return False
        if not terms:
            return True
        fields = {"metadata.name": meta["name"], "metadata.namespace": meta.get("namespace", ""), **kind.fields(obj)}
        return selectors.fields_match(terms, fields)

    return test


def list(server, client, res: Resource, namespace: str, name: str, options: dict) -> dict:
    """Serve GET of a collection; `limit` and `continue_` page through it by key."""
    items = _selected(server, res, namespace, options)
    meta: dict = {} if server.kind(res).computed else {"resourceVersion": str(server.store.revision)}
    limit, after = options.get("limit") or 0, options.get("continue_") or ""
    if after:
        items = [obj for obj in items if key_of(obj) > after]
    if 0 < limit < len(items):
        meta["continue"] = key_of(items[limit - 1])
        meta["remainingItemCount"] = len(items) - limit
        items = items[:limit]
    return {"kind": res.kind + "List", "apiVersion": res.api_version, "metadata": meta, "items": items}


def table(server, client, res: Resource, namespace: str, name: str, options: dict) -> dict:
    """Serve the same as a metav1.Table, the way kubectl asks for it."""
    if name:
        items = [get(server, client, res, namespace, name, options)]
    else:
        items = _selected(server, res, namespace, options)
    return as_table(server, client, res, items)


def as_table(server, client, res: Resource, items) -> dict:
    """Return the Table of some objects of one resource, or of what one of its subresources gave (a Scale)."""
    if items and items[0]["kind"] != res.kind:
        kind = base.load(items[0]["apiVersion"].rpartition("/")[0], items[0]["kind"])
    else:
        kind = server.kind(res)
    ctx = server.context(client)
    shown = [col for col in kind.columns if within(server.release, col.since, col.until)]
    columns = [{"name": col.name, "type": col.type, "format": col.format, "priority": col.priority} for col in shown]
    cells = [col.cell for col in shown]
    rows = []
    for obj in kind.table_order(items):
        ctx.row = None
        rows.append({"cells": [cell(obj, ctx) for cell in cells], "object": obj})
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1",
            "metadata": {"resourceVersion": str(server.store.revision)}, "columnDefinitions": columns, "rows": rows}


def watch(server, client, res: Resource, namespace: str, since: int, options: dict) -> tuple[int, builtins.list[dict]]:
    """Return (newest revision, events after revision `since`): {"type", "object"} as a watch would send them.

    An object that leaves the selector is told as DELETED, one that enters it as ADDED only if it was seen before.
    """
    test = predicate(server, res, options.get("label_selector") or "", options.get("field_selector") or "")
    stored = server.stored_as(res)
    events = []
    for type_, name, obj in server.history:
        if name != stored or int(obj["metadata"]["resourceVersion"]) <= since:
            continue
        if namespace and obj["metadata"].get("namespace") != namespace:
            continue
        if test is not None and not test(obj):
            continue
        events.append({"type": type_, "object": convert(server, res, obj)})
    return server.store.revision, events

