"""create, update, patch, delete and deletecollection as every kind has them.

The order of the steps is that of k8s.io/apiserver/pkg/registry/generic/registry/store.go: decode, default, mutating
admission, the kind's strategy, validation, validating admission, storage.
"""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import errors
from ..machinery.discovery import Resource
from ..machinery.objects import clone, key_of
from . import admission, objectmeta, tracking
from .reading import convert, predicate, read


def decode(server, client, res: Resource, body: dict, options: dict, subresource: str = "") -> dict:
    """Return a request's object as the server understands it: known fields only, canonical, defaulted, as stored.

    Unknown fields are refused, warned of or dropped as `field_validation` says. Raises BadRequest.
    """
    if client.user is None:
        return clone(body)
    from . import requestbody

    return requestbody.decode(server, client, res, body, options.get("field_validation") or "Warn")


def create(server, client, res: Resource, namespace: str, name: str, body: dict, options: dict) -> dict:
    """Serve POST to a collection."""
    if "create" not in res.verbs:
        raise errors.method_not_supported(res.name, "create")
    kind = server.kind(res)
    ctx = server.context(client, dry_run=bool(options.get("dry_run")))
    server.begin()
    obj = decode(server, client, res, body, options)
    answer = kind.serve_create(obj, ctx)
    if answer is not None:
        return answer
    meta = obj.setdefault("metadata", {})
    _settle_namespace(res, meta, namespace)
    if meta.get("resourceVersion") and client.user is not None:
        raise errors.StatusError(500, "InternalError", "resourceVersion should not be set on objects to be created")
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = meta["generateName"][:58] + server.entropy.suffix()
    kind.default(obj, ctx)
    admission.mutate(ctx, "create", res, "", obj, None)
    key = key_of(obj) if meta.get("name") else ""
    objectmeta.stamp_new(meta, server.stored_as(res), key, server.now, server.entropy)
    kind.prepare_create(obj, ctx)
    if kind.has_status:
        if client.user is not None and not kind.keeps_status:
            obj.pop("status", None)
        if "status" not in obj:
            kind.default_status(obj, ctx)
    if kind.has_generation:
        meta["generation"] = 1
    bad = []
    if client.user is not None:
        bad = objectmeta.validate(meta, res.namespaced, kind.name_rule)
        if kind.kube_finalizers:
            bad += objectmeta.validate_kube_finalizers(meta)
    bad += kind.validate(obj, ctx)
    if bad:
        raise errors.invalid(res.kind, res.group, meta.get("name", ""), bad)
    if client.user is not None:
        for text in kind.warnings(obj, None, ctx):
            ctx.warn(text)
    admission.validate(ctx, "create", res, "", obj, None)
    there = server.store.get(server.stored_as(res), key)
    if there is not None:
        raise errors.already_exists(res.name, meta["name"], bool(there["metadata"].get("deletionTimestamp")))
    kind.after_create(obj, ctx)
    tracking.track(server, client, res, None, obj, options)
    if not ctx.dry_run:
        obj = server.write("ADDED", res, obj, None)
    return convert(server, res, obj)


def _settle_namespace(res: Resource, meta: dict, namespace: str) -> None:
    """Set the namespace a request was sent to; an object that names another one is refused."""
    if not res.namespaced:
        if meta.get("namespace") == "":
            del meta["namespace"]
        return
    if meta.get("namespace") not in (None, "", namespace):
        raise errors.bad_request("the namespace of the provided object does not match the namespace sent on the "
                                 "request")
    meta["namespace"] = namespace


def check_name(meta: dict, name: str) -> None:
    """Refuse an object that names itself otherwise than the request does (handlers' checkName)."""
    if not meta.get("name"):
        raise errors.bad_request(f"the name of the object ({name} based on URL) was undeterminable: name must be "
                                 "provided")
    if meta["name"] != name:
        raise errors.bad_request(f"the name of the object ({meta['name']}) does not match the name on the URL ({name})")


def update(server, client, res: Resource, namespace: str, name: str, body: dict, options: dict) -> dict:
    """Serve PUT of an object."""
    if "update" not in res.verbs:
        raise errors.method_not_supported(res.name, "update")
    server.begin()
    kind = server.kind(res)
    key = f"{namespace}/{name}" if res.namespaced else name
    if kind.create_on_update and server.store.get(server.stored_as(res), key) is None:
        return create(server, client, res, namespace, name, body, options)
    obj = decode(server, client, res, body, options)
    meta = obj.setdefault("metadata", {})
    _settle_namespace(res, meta, namespace)
    check_name(meta, name)
    return store_update(server, client, res, obj, read(server, res, namespace, name), options)


def store_update(server, client, res: Resource, obj: dict, old: dict, options: dict, subresource: str = "") -> dict:
    """Take a decoded object in the place of `old`, through everything an update has to pass. `obj` is kept."""
    kind = server.kind(res)
    ctx = server.context(client, subresource, bool(options.get("dry_run")))
    meta, before = obj["metadata"], old["metadata"]
    trusted = client.user is None
    _check_preconditions(res, kind, meta, before)
    objectmeta.keep_system_fields(meta, before)
    kind.default(obj, ctx)
    if not subresource and kind.has_status and not (trusted and "status" not in old):
        if "status" in old:
            obj["status"] = old["status"]
        else:
            obj.pop("status", None)
    if not trusted:
        admission.mutate(ctx, "update", res, subresource, obj, old)
    kind.prepare_update(obj, old, ctx)
    if kind.has_generation and not subresource and _spec_changed(obj, old):
        meta["generation"] = before.get("generation", 0) + 1
    if not trusted:
        bad = objectmeta.validate_update(meta, before)
        if kind.kube_finalizers:
            bad += objectmeta.validate_kube_finalizers(meta)
        bad += kind.validate_status(obj, old, ctx) if subresource == "status" else kind.validate_update(obj, old, ctx)
        if bad:
            raise errors.invalid(res.kind, res.group, meta["name"], bad)
        if not subresource:
            for text in kind.warnings(obj, old, ctx):
                ctx.warn(text)
        admission.validate(ctx, "update", res, subresource, obj, old)
    tracking.track(server, client, res, old, obj, options, subresource)
    if before.get("deletionTimestamp") and not meta.get("finalizers") and not _lingers(kind, obj):
        if not ctx.dry_run:
            obj = _remove(server, res, kind, obj, old, ctx)
        return convert(server, res, obj)
    meta["resourceVersion"] = before.get("resourceVersion")
    if not ctx.dry_run and obj != old:
        obj = server.write("MODIFIED", res, obj, old)
    return convert(server, res, obj)


def _lingers(kind, obj: dict) -> bool:
    """Whether something other than finalizers still holds an object that is being deleted."""
    return bool(obj["metadata"].get("deletionGracePeriodSeconds")) or bool(
        (obj.get("spec") or {}).get("finalizers") if isinstance(obj.get("spec"), dict) and obj["kind"] == "Namespace"
        else None)


def _check_preconditions(res: Resource, kind, meta: dict, before: dict) -> None:
    """Optimistic concurrency: a given resourceVersion or UID has to be the stored one."""
    if meta.get("uid") and meta["uid"] != before["uid"]:
        raise errors.conflict(res.name, before["name"], f"Precondition failed: UID in precondition: {meta['uid']}, "
                              f"UID in object meta: {before['uid']}")
    given = meta.get("resourceVersion") or "0"
    if not (given.isascii() and given.isdecimal()):
        raise errors.StatusError(500, "", f"strconv.ParseUint: parsing {quote(given)}: invalid syntax")
    if int(given) and given != before["resourceVersion"]:
        raise errors.modified(res.name, before["name"])
    if not int(given) and not kind.unconditional_update:
        from ..machinery import field

        raise errors.invalid(res.plural, res.group, before["name"],
                             [field.invalid("metadata.resourceVersion", 0, "must be specified for an update")])


def _spec_changed(obj: dict, old: dict) -> bool:
    """Whether anything but metadata and status differs (what generation counts)."""
    for key in {*obj, *old}:
        if key not in ("metadata", "status", "apiVersion", "kind") and obj.get(key) != old.get(key):
            return True
    return False


def patch(server, client, res: Resource, namespace: str, name: str, body, options: dict) -> dict:
    """Serve PATCH of an object; server-side apply creates it where it is missing."""
    if "patch" not in res.verbs:
        raise errors.method_not_supported(res.name, "patch")
    server.begin()
    key = f"{namespace}/{name}" if res.namespaced else name
    old = server.store.get(server.stored_as(res), key)
    if options["patch_type"] == "apply":
        return _apply(server, client, res, namespace, name, body, old, options)
    if old is None:
        raise errors.not_found(res.name, name)
    obj = patched(server, client, res, convert(server, res, old), body, options)
    return store_update(server, client, res, obj, old, options)


def patched(server, client, res: Resource, current: dict, body, options: dict) -> dict:
    """Return what a patch makes of an object, decoded, as it is stored."""
    from ..machinery import patch as patching

    obj = patching.patched(current, body, options["patch_type"], server.schema(res),
                           options.get("field_validation") or "Warn", client.on_warning)
    meta, before = obj.setdefault("metadata", {}), current["metadata"]
    meta.setdefault("resourceVersion", before["resourceVersion"])
    _settle_namespace(res, meta, before.get("namespace", ""))
    check_name(meta, before["name"])
    return server.kind(res).store_version(obj)


def _apply(server, client, res: Resource, namespace: str, name: str, body: dict, old: dict | None,
           options: dict) -> dict:
    """Server-side apply."""
    obj = tracking.applied(server, res, namespace, name, old, body, options)
    if old is None:
        return create(server, client, res, namespace, name, obj, {**options, "applied": True})
    return store_update(server, client, res, obj, old, {**options, "applied": True})


def delete(server, client, res: Resource, namespace: str, name: str, body, options: dict) -> dict:
    """Serve DELETE of an object (registry Store.Delete, rest.BeforeDelete)."""
    if "delete" not in res.verbs:
        raise errors.method_not_supported(res.name, "delete")
    server.begin()
    old = read(server, res, namespace, name)
    kind = server.kind(res)
    ctx = server.context(client, dry_run=bool(options.get("dry_run")))
    wanted = options.get("preconditions") or {}
    for field_, word in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        if wanted.get(field_) and wanted[field_] != old["metadata"][field_]:
            raise errors.conflict(res.name, name, f"Precondition failed: {word} in precondition: {wanted[field_]}, "
                                  f"{word} in object meta: {old['metadata'][field_]}")
    admission.validate(ctx, "delete", res, "", None, old)
    obj = clone(old)
    meta = obj["metadata"]
    deleting = bool(meta.get("deletionTimestamp"))
    grace = kind.grace_period(obj, options.get("grace_period"))
    if deleting and grace >= meta.get("deletionGracePeriodSeconds", 0) and meta.get("deletionGracePeriodSeconds"):
        return obj
    _set_deletion_finalizers(meta, options.get("propagation") or "", kind)
    kind.prepare_delete(obj, ctx)
    if not grace and not meta.get("finalizers") and not _lingers(kind, {**obj, "metadata": {}}):
        if not ctx.dry_run:
            obj = _remove(server, res, kind, obj, old, ctx)
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "details": {"name": name, **({"group": res.group} if res.group else {}), "kind": res.plural,
                            "uid": meta["uid"]}}
    from ..machinery import timestamps

    if not deleting or grace < meta.get("deletionGracePeriodSeconds", 0):
        meta["deletionTimestamp"] = timestamps.format(server.now + grace)
        meta["deletionGracePeriodSeconds"] = grace
        if not deleting and "generation" in meta:
            meta["generation"] += 1
    if not ctx.dry_run and obj != old:
        obj = server.write("MODIFIED", res, obj, old)
    return obj


def _set_deletion_finalizers(meta: dict, propagation: str, kind) -> None:
    """Note in the finalizers what the garbage collector has to do first (deletionFinalizersForGarbageCollection)."""
    finalizers = [name for name in meta.get("finalizers") or () if name not in ("orphan", "foregroundDeletion")]
    if not propagation and meta.get("finalizers"):
        return
    wanted = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}.get(propagation)
    if wanted:
        finalizers.append(wanted)
    if finalizers:
        meta["finalizers"] = finalizers
    else:
        meta.pop("finalizers", None)


def _remove(server, res: Resource, kind, obj: dict, old: dict, ctx) -> dict:
    """Take an object out of the store."""
    server.write("DELETED", res, obj, old)
    kind.after_delete(obj, ctx)
    return obj


def deletecollection(server, client, res: Resource, namespace: str, name: str, body, options: dict) -> dict:
    """Serve DELETE of a collection."""
    if "deletecollection" not in res.verbs:
        raise errors.method_not_supported(res.name, "deletecollection")
    server.begin()
    test = predicate(server, res, options.get("label_selector") or "", options.get("field_selector") or "")
    items = [obj for obj in server.store.list(server.stored_as(res), namespace) if test is None or test(obj)]
    for obj in items:
        delete(server, client, res, obj["metadata"].get("namespace", ""), obj["metadata"]["name"], None, options)
    return {"kind": res.kind + "List", "apiVersion": res.api_version,
            "metadata": {"resourceVersion": str(server.store.revision)}, "items": items}
