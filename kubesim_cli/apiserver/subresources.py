"""The subresources: status, scale, binding, eviction and the like.

Each is a function `<verb>_<subresource>` or, where all verbs are alike, `any_<subresource>`; `serve` finds it.
"""

from __future__ import annotations

from ..machinery import conditions, errors, timestamps
from ..machinery.discovery import Resource
from ..machinery.objects import clone, dig
from . import registry, tracking
from .reading import convert, read


def serve(server, client, verb: str, res: Resource, namespace: str, name: str, body, subresource: str, options: dict):
    """Serve one call on a subresource; raises MethodNotAllowed for what it does not know."""
    allowed = res.subresources[subresource]["verbs"]
    served = globals().get(f"any_{subresource}") or globals().get(f"{verb}_{subresource}")
    if verb not in allowed or served is None:
        raise errors.method_not_supported(f"{res.name}/{subresource}", verb)
    if verb != "get":
        server.begin()
    return served(server, client, verb, res, namespace, name, body, options)


def _changed(server, client, verb, res, current: dict, body, options):
    """Return the object that an update or a patch asks for."""
    if verb == "update":
        return registry.decode(server, client, res, body, options)
    return registry.patched(server, client, res, current, body, options)


def any_status(server, client, verb, res: Resource, namespace, name, body, options):
    """Status and, of the rest, nothing (a status strategy's PrepareForUpdate)."""
    old = read(server, res, namespace, name)
    if verb == "get":
        return convert(server, res, old)
    if client.user is None and verb == "update":
        meta = old["metadata"]
        if body["metadata"].get("resourceVersion", meta["resourceVersion"]) != meta["resourceVersion"]:
            raise errors.modified(res.name, name)
        obj = {**old, "metadata": dict(meta), "status": body.get("status", {})}
        if "annotations" in body["metadata"]:  # a deployment's revision is written this way: it is no new generation
            obj["metadata"]["annotations"] = body["metadata"]["annotations"]
        if obj == old:
            return old
        tracking.track(server, client, res, old, obj, options, "status")
        return server.write("MODIFIED", res, obj, old)
    asked = _changed(server, client, verb, res, convert(server, res, old), body, options)
    obj = clone(old)
    obj["metadata"]["resourceVersion"] = asked["metadata"].get("resourceVersion")
    for field in ("managedFields",):
        if field in asked["metadata"]:
            obj["metadata"][field] = asked["metadata"][field]
    if "status" in asked:
        obj["status"] = asked["status"]
    else:
        obj.pop("status", None)
    return registry.store_update(server, client, res, obj, old, options, "status")


def _scale_of(server, res: Resource, obj: dict) -> dict:
    """Return an autoscaling/v1 Scale of an object with replicas."""
    from ..machinery import selectors

    paths = server.kind(res).scale_paths
    meta = {key: obj["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
            if key in obj["metadata"]}
    status = {"replicas": dig(obj, *paths["status"], default=0)}
    selector = dig(obj, *paths["selector"]) if paths["selector"] else None
    if isinstance(selector, str):
        status["selector"] = selector
    elif selector is not None:
        if "matchLabels" not in selector and "matchExpressions" not in selector:
            selector = {"matchLabels": selector}
        status["selector"] = selectors.format_selector(selector)
    spec = {"replicas": replicas} if (replicas := dig(obj, *paths["spec"], default=0)) else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": meta, "spec": spec, "status": status}


def any_scale(server, client, verb, res: Resource, namespace, name, body, options):
    """Read or change the number of replicas."""
    old = read(server, res, namespace, name)
    scale = _scale_of(server, res, old)
    if verb == "get":
        return scale
    if verb == "patch":
        from ..machinery import patch as patching
        from ..machinery.schema import schema_of

        schema = schema_of("autoscaling/v1", "Scale", server.release)
        body = patching.patched(scale, body, options["patch_type"], schema,
                                options.get("field_validation") or "Warn", client.on_warning)
    replicas = dig(body, "spec", "replicas", default=0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise errors.bad_request('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal '
                                 f"{'bool' if isinstance(replicas, bool) else 'string'} into Go struct field "
                                 "ScaleSpec.spec.replicas of type int32")
    if replicas < 0:
        from ..machinery import field

        raise errors.invalid("Scale", "autoscaling", name, [
            field.invalid("spec.replicas", replicas, "must be greater than or equal to 0")])
    obj = clone(old)
    given = dig(body, "metadata", "resourceVersion")
    if given and given != old["metadata"]["resourceVersion"]:
        raise errors.modified(res.name, name)
    target = obj
    path = server.kind(res).scale_paths["spec"]
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = replicas
    return _scale_of(server, res, registry.store_update(server, client, res, obj, old, {**options, "through": "scale"}))


def create_binding(server, client, verb, res: Resource, namespace, name, body, options):
    """Bind a pod to a node (registry/core/pod/storage BindingREST)."""
    old = read(server, res, namespace, name)
    node = dig(body, "target", "name", default="")
    if old["metadata"].get("deletionTimestamp"):
        raise errors.conflict("pods/binding", name, f'pod {name} is being deleted, cannot be assigned to a host')
    if old["spec"].get("nodeName"):
        raise errors.conflict("pods/binding", name,
                              f'pod {name} is already assigned to node "{old["spec"]["nodeName"]}"')
    now = timestamps.format(server.now)
    status = dict(old.get("status") or {})
    status["conditions"] = list(status.get("conditions") or ())
    conditions.set_condition(status["conditions"],
                             {"type": "PodScheduled", "status": "True", "lastProbeTime": None}, server.now)
    obj = {**old, "metadata": dict(old["metadata"]), "spec": {**old["spec"], "nodeName": node}, "status": status}
    server.write("MODIFIED", res, obj, old)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {"creationTimestamp": now}, "status": "Success"}


def create_eviction(server, client, verb, res: Resource, namespace, name, body, options):
    """Delete a pod unless a PodDisruptionBudget forbids it (registry/core/pod/storage EvictionREST)."""
    from . import eviction

    return eviction.evict(server, client, res, namespace, name, body, options)


def create_token(server, client, verb, res: Resource, namespace, name, body, options):
    """Issue a service account's token."""
    from . import tokens

    return tokens.issue(server, read(server, res, namespace, name), body)


def update_finalize(server, client, verb, res: Resource, namespace, name, body, options):
    """Change a namespace's spec.finalizers; when the last one goes from a namespace that is deleted, it is gone."""
    old = read(server, res, "", name)
    obj = clone(old)
    obj["spec"] = {"finalizers": dig(body, "spec", "finalizers", default=[])}
    if not obj["spec"]["finalizers"]:
        obj["spec"] = {}
    if dig(body, "status"):
        obj["status"] = clone(body["status"])
    if old["metadata"].get("deletionTimestamp") and not obj["spec"] and not obj["metadata"].get("finalizers"):
        return server.write("DELETED", res, obj, old)
    return server.write("MODIFIED", res, obj, old) if obj != old else old


def any_approval(server, client, verb, res: Resource, namespace, name, body, options):
    """Change a certificate signing request's conditions."""
    old = read(server, res, namespace, name)
    if verb == "get":
        return old
    asked = _changed(server, client, verb, res, old, body, options)
    obj = clone(old)
    obj["metadata"]["resourceVersion"] = asked["metadata"].get("resourceVersion")
    obj.setdefault("status", {})["conditions"] = dig(asked, "status", "conditions", default=[])
    return registry.store_update(server, client, res, obj, old, options, "approval")


def _spec_change(subresource: str):
    """Return the function of a subresource through which a pod's spec may change in some other way."""

    def change(server, client, verb, res: Resource, namespace, name, body, options):
        old = read(server, res, namespace, name)
        if verb == "get":
            return old
        obj = _changed(server, client, verb, res, old, body, options)
        if "status" in old:
            obj["status"] = old["status"]
        return registry.store_update(server, client, res, obj, old, options, subresource)

    return change


any_ephemeralcontainers = _spec_change("ephemeralcontainers")
any_resize = _spec_change("resize")
