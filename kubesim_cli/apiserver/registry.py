"""create, update, patch, delete and deletecollection as every kind has them.

The order of the steps is that of k8s.io/apiserver/pkg/endpoints/handlers and .../registry/generic/registry/store.go:
decode, default, managed fields (so that nobody owns what the server adds), mutating admission, the kind's strategy,
validation, validating admission, storage.
"""

from __future__ import annotations

from ..go.fmt import quote
from ..machinery import errors
from ..machinery.objects import clone, key_of
from . import admission, objectmeta, tracking
from .reading import convert, find, find_to_write, in_storage, predicate, read, read_to_write
from .request import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.discovery import Resource
    from ..machinery.types import FieldErrors, Object
    from .request import Request


def decode(request: Request, body: Object) -> Object:
    """Return a request's object as the server understands it: known fields only, canonical, defaulted, as stored.

    Unknown fields are refused, warned of or dropped as `field_validation` says. Raises BadRequest.
    """
    if request.trusted:
        return clone(body)
    from . import requestbody

    return requestbody.decode(request, body)


def create(request: Request) -> Object:
    """Serve POST to a collection."""
    _check_options(request)
    return store_new(request, request.body)


def store_new(request: Request, body: Object) -> Object:
    """Take a new object, as it was sent, through everything a creation has to pass."""
    res, server, kind = request.res, request.server, request.kind
    ctx = request.context
    server.begin()
    obj = decode(request, body)
    meta = obj.setdefault("metadata", {})
    _settle_namespace(res, meta, request.namespace)
    answer = kind.serve_create(obj, ctx)
    if answer is not None:
        return answer
    if meta.get("resourceVersion") and not request.trusted:
        raise errors.StatusError(500, "InternalError", "resourceVersion should not be set on objects to be created")
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = meta["generateName"][:58] + server.entropy.suffix()
    kind.default(obj, ctx)
    tracking.track(request, None, obj)
    record = meta.pop("managedFields", None) if request.trusted else None  # is no field that admission may see
    attributes = admission.Attributes(ctx, "CREATE", res, "", obj, None)
    admission.mutate(attributes)
    key = key_of(obj) if meta.get("name") else ""
    objectmeta.stamp_new(meta, request.stored_as, key, server.now, server.entropy)
    kind.prepare_create(obj, ctx)
    if kind.has_status:
        if not request.trusted and not kind.keeps_status:
            obj.pop("status", None)
        if "status" not in obj:
            kind.default_status(obj, ctx)
    if kind.has_generation:
        meta["generation"] = 1
    bad: FieldErrors = []
    if not request.trusted:
        bad = objectmeta.validate(meta, res.namespaced, kind.name_rule_of(server.release))
        if kind.kube_finalizers:
            bad += objectmeta.validate_kube_finalizers(meta)
    bad += kind.validate(obj, ctx)
    if bad:
        raise errors.invalid(res.kind, res.group, meta.get("name", ""), bad)
    if not request.trusted:
        for text in kind.warnings(obj, None, ctx):
            ctx.warn(text)
    admission.validate(attributes)
    there = server.store.get(request.stored_as, key)
    if there is not None:
        raise errors.already_exists(res.name, meta["name"], bool(there["metadata"].get("deletionTimestamp")))
    kind.after_create(obj, ctx)
    if record is not None:
        meta["managedFields"] = record
    if not ctx.dry_run:
        obj = server.write("ADDED", res, obj, None)
    return convert(request, obj)


def _settle_namespace(res: Resource, meta: Object, namespace: str) -> None:
    """Set the namespace a request was sent to; an object that names another one is refused."""
    if not res.namespaced:
        if meta.get("namespace") == "":
            del meta["namespace"]
        return
    if meta.get("namespace") not in (None, "", namespace):
        raise errors.bad_request("the namespace of the provided object does not match the namespace sent on the "
                                 "request")
    meta["namespace"] = namespace


def check_name(meta: Object, name: str) -> None:
    """Refuse an object that names itself otherwise than the request does (handlers' checkName)."""
    if not meta.get("name"):
        raise errors.bad_request(f"the name of the object ({name} based on URL) was undeterminable: name must be "
                                 "provided")
    if meta["name"] != name:
        raise errors.bad_request(f"the name of the object ({meta['name']}) does not match the name on the URL ({name})")


def update(request: Request) -> Object:
    """Serve PUT of an object."""
    _check_options(request)
    request.server.begin()
    if request.kind.create_on_update and find(request) is None:
        return create(request)
    obj = decode(request, request.body)
    meta = obj.setdefault("metadata", {})
    _settle_namespace(request.res, meta, request.namespace)
    check_name(meta, request.name)
    return store_update(request, obj, read_to_write(request))


def store_update(request: Request, obj: Object, old: Object) -> Object:
    """Take a decoded object in the place of `old`, through everything an update has to pass. `obj` is kept."""
    res, server, kind, ctx = request.res, request.server, request.kind, request.context
    part, trusted = request.part, request.trusted
    meta, before = obj["metadata"], old["metadata"]
    _check_preconditions(request, meta, before)
    objectmeta.keep_system_fields(meta, before)
    kind.default(obj, ctx)
    tracking.track(request, old, obj)
    if not part and kind.has_status and not (trusted and "status" not in old):
        if "status" in old:
            obj["status"] = old["status"]
        else:
            obj.pop("status", None)
    attributes = admission.Attributes(ctx, "UPDATE", res, part, obj, old)
    if not trusted:
        admission.mutate(attributes)
    kind.prepare_update(obj, old, ctx)
    if kind.has_generation and not part and _spec_changed(obj, old):
        meta["generation"] = before.get("generation", 0) + 1
    if not trusted:
        bad = objectmeta.validate_update(meta, before)
        if kind.kube_finalizers:
            bad += objectmeta.validate_kube_finalizers(meta)
        bad += kind.validate_status(obj, old, ctx) if part == "status" else kind.validate_update(obj, old, ctx)
        if bad:
            raise errors.invalid(res.kind, res.group, meta["name"], bad)
        if not part:
            for text in kind.warnings(obj, old, ctx):
                ctx.warn(text)
        admission.validate(attributes)
    tracking.keep_times(obj, old)
    if before.get("deletionTimestamp") and not meta.get("finalizers") \
            and not meta.get("deletionGracePeriodSeconds") and not kind.is_held(obj):
        if not ctx.dry_run:
            obj = _remove(request, obj, old)
        return convert(request, obj)
    meta["resourceVersion"] = before.get("resourceVersion")
    if not ctx.dry_run:
        obj = server.write("MODIFIED", res, obj, old)
    return convert(request, obj)


def _check_preconditions(request: Request, meta: Object, before: Object) -> None:
    """Optimistic concurrency: a given resourceVersion or, with PUT, UID has to be the stored one."""
    res, kind = request.res, request.kind
    if request.verb == "update" and meta.get("uid") and meta["uid"] != before["uid"]:
        raise errors.precondition_failed(res.name, before, "uid", meta["uid"])
    given = meta.get("resourceVersion") or "0"
    if not (given.isascii() and given.isdecimal()):
        raise errors.StatusError(500, "", f"strconv.ParseUint: parsing {quote(given)}: invalid syntax")
    if int(given) and given != before["resourceVersion"]:
        raise errors.modified(res.name, before["name"])
    if not int(given) and not kind.unconditional_update:
        from ..machinery import field

        raise errors.invalid(res.plural, res.group, before["name"],
                             [field.invalid("metadata.resourceVersion", 0, "must be specified for an update")])


def _spec_changed(obj: Object, old: Object) -> bool:
    """Whether anything but metadata and status differs (what generation counts)."""
    for key in {*obj, *old}:
        if key not in ("metadata", "status", "apiVersion", "kind") and obj.get(key) != old.get(key):
            return True
    return False


def _check_options(request: Request) -> None:
    options = request.options
    manager = options.field_manager
    if (options.patch_type == "apply" and not manager) or len(manager) > 32 or not manager.isprintable():
        from . import writeoptions

        writeoptions.check(request.verb, options)


def patch(request: Request) -> Object:
    """Serve PATCH of an object; server-side apply creates it where it is missing."""
    _check_options(request)
    request.server.begin()
    old = find_to_write(request)
    if request.options.patch_type == "apply":
        if old is None:
            return _create_applied(request, tracking.applied(request, None))
        return store_update(request, request.kind.store_version(tracking.applied(request, convert(request, old))), old)
    if old is None:
        raise errors.not_found(request.res.name, request.name)
    return store_update(request, patched(request, convert(request, old)), old)


def _create_applied(request: Request, obj: Object) -> Object:
    """Take the object that server-side apply makes where there is none (patcher.applyPatch)."""
    meta = obj["metadata"]
    if meta.get("uid"):
        raise errors.conflict(request.res.name, request.name, "uid mismatch: the provided object specified uid "
                              f"{meta['uid']}, and no existing object was found")
    meta.pop("resourceVersion", None)
    return store_new(request, obj)


def patched(request: Request, current: Object) -> Object:
    """Return what a patch makes of an object, decoded, as it is stored."""
    from ..machinery import patch as patching

    options = request.options
    if request.trusted:  # the control plane patches no managed fields, and of its own objects there are none to patch
        current = {**current, "metadata": {**current["metadata"], "managedFields": []}}
    obj = patching.patched(current, request.body, options.patch_type, request.schema,
                           options.field_validation or "Warn", request.client.on_warning)
    meta, before = obj.setdefault("metadata", {}), current["metadata"]
    meta.setdefault("resourceVersion", before["resourceVersion"])
    _settle_namespace(request.res, meta, before.get("namespace", ""))
    check_name(meta, before["name"])
    return in_storage(request, obj)


def delete(request: Request) -> Object:
    """Serve DELETE of an object (registry Store.Delete, rest.BeforeDelete)."""
    res, server, kind, options = request.res, request.server, request.kind, request.options
    server.begin()
    old = read(request)
    if res.crd is not None:
        convert(request, old)  # who cannot be told what there is deletes nothing
    ctx = request.context
    wanted = options.preconditions or {}
    for field_, word, fate in (("uid", "UID", "deleted and then recreated"),
                               ("resourceVersion", "ResourceVersion", "modified")):
        if wanted.get(field_) and wanted[field_] != old["metadata"][field_]:
            raise errors.conflict(res.name, request.name, f"the {word} in the precondition ({wanted[field_]}) does not "
                                  f"match the {word} in record ({old['metadata'][field_]}). The object might have been "
                                  f"{fate}")
    admission.validate(admission.Attributes(ctx, "DELETE", res, "", old, old))
    meta = clone(old["metadata"])
    obj = {**old, "metadata": meta}  # of thousands that are marked, copies of the rest would fill the memory
    deleting = bool(meta.get("deletionTimestamp"))
    grace = kind.grace_period(obj, options.grace_period)
    if deleting and grace >= meta.get("deletionGracePeriodSeconds", 0) and meta.get("deletionGracePeriodSeconds"):
        return convert(request, obj)
    _set_deletion_finalizers(meta, options.propagation)
    kind.prepare_delete(obj, ctx)
    if not grace and not meta.get("finalizers") and not kind.is_held(obj):
        if not ctx.dry_run:
            obj = _remove(request, obj, old)
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "details": {"name": request.name, **({"group": res.group} if res.group else {}), "kind": res.plural,
                            "uid": meta["uid"]}}
    from ..machinery import timestamps

    if not deleting or grace < meta.get("deletionGracePeriodSeconds", 0):
        meta["deletionTimestamp"] = timestamps.format(server.now + grace)
        meta["deletionGracePeriodSeconds"] = grace
        if not deleting and "generation" in meta:
            meta["generation"] += 1
    if not ctx.dry_run:
        obj = server.write("MODIFIED", res, obj, old)
    return convert(request, obj)


def _set_deletion_finalizers(meta: Object, propagation: str) -> None:
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


def _remove(request: Request, obj: Object, old: Object) -> Object:
    """Take an object out of the store."""
    request.server.write("DELETED", request.res, obj, old)
    request.kind.after_delete(obj, request.context)
    return obj


def deletecollection(request: Request) -> Object:
    """Serve DELETE of a collection."""
    res, server, options = request.res, request.server, request.options
    server.begin()
    test = predicate(request)
    items = [obj for obj in server.store.list(request.stored_as, request.namespace) if test is None or test(obj)]
    each = Options(dry_run=options.dry_run, grace_period=options.grace_period, propagation=options.propagation)
    for obj in items:
        meta = obj["metadata"]
        delete(request.leading_to("delete", meta.get("namespace", ""), meta["name"], each))
    return {"kind": res.kind + "List", "apiVersion": res.api_version,
            "metadata": {"resourceVersion": str(server.store.revision)},
            "items": [convert(request, obj) for obj in items]}


VERBS: dict[str, Callable[[Request], Object]] = {
    "create": create, "update": update, "patch": patch, "delete": delete, "deletecollection": deletecollection}
