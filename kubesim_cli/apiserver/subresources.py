"""The subresources: status, scale, binding, eviction and the like. `SUBRESOURCES` tells which function serves what."""

from __future__ import annotations

from ..machinery import conditions, errors
from ..machinery.objects import clone, dig
from ..releases.gates import enabled
from . import registry, tracking
from .reading import convert, read, read_to_write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object
    from .request import Request


_OWN_BODIES = ("binding", "eviction", "finalize", "scale", "token")  # the others take the object itself


def serve(request: Request) -> Object:
    """Serve one call on a subresource; raises MethodNotAllowed for what is not played."""
    res, verb = request.res, request.verb
    served = SUBRESOURCES.get(request.subresource, {}).get(verb)
    if served is None:
        raise errors.method_not_allowed()
    if verb != "get":
        request.server.begin()
    if verb in ("create", "update") and request.subresource in _OWN_BODIES and not request.trusted:
        from . import requestbody

        request.body = requestbody.decode_for(request, res.subresources[request.subresource])
    return served(request)


def get_object(request: Request) -> Object:
    """Return the object itself, of which the subresource is a part."""
    return convert(request, read(request))


def _changed(request: Request, current: Object) -> Object:
    """Return the object that an update or a patch asks for."""
    if request.verb == "update":
        obj = registry.decode(request, request.body)
        registry.check_name(obj.setdefault("metadata", {}), request.name)
        return obj
    return registry.patched(request, current)


def write_status(request: Request) -> Object:
    """Change status, of metadata what the kind lets this subresource change, of the rest nothing (a status strategy's
    PrepareForUpdate)."""
    old = read_to_write(request)
    if request.trusted and request.verb == "update":
        return _store_status(request, old)
    if request.options.patch_type == "apply":
        asked = request.kind.store_version(tracking.applied(request, convert(request, old)))
    else:
        asked = _changed(request, convert(request, old))
    obj, meta = clone(old), asked["metadata"]
    for name in request.kind.status_keeps:
        meta.pop(name, None)
        if name in obj["metadata"]:
            meta[name] = obj["metadata"][name]
    obj["metadata"] = meta
    if "status" in asked:
        obj["status"] = asked["status"]
    else:
        obj.pop("status", None)
    return registry.store_update(request, obj, old)


def _store_status(request: Request, old: Object) -> Object:
    """What a controller's update of a status needs and no more: there are many of them."""
    body, meta = request.body, old["metadata"]
    if body["metadata"].get("resourceVersion", meta["resourceVersion"]) != meta["resourceVersion"]:
        raise errors.modified(request.res.name, request.name)
    obj = {**old, "metadata": dict(meta), "status": body.get("status", {})}
    if "annotations" in body["metadata"]:  # a deployment's revision is written this way: it is no new generation
        obj["metadata"]["annotations"] = body["metadata"]["annotations"]
    if obj == old:
        return old
    tracking.track(request, old, obj)
    return request.server.write("MODIFIED", request.res, obj, old)


def _scale_of(request: Request, obj: Object) -> Object:
    """Return an autoscaling/v1 Scale of an object with replicas."""
    from ..machinery import selectors

    paths = request.kind.scale_paths
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


def get_scale(request: Request) -> Object:
    """Read the number of replicas."""
    return _scale_of(request, read(request))


def write_scale(request: Request) -> Object:
    """Change the number of replicas (ValidateScale)."""
    old, body, options = read_to_write(request), request.body, request.options
    if options.patch_type == "apply":
        from .apply import require_version

        require_version(body, "autoscaling/v1")
    elif request.verb == "patch":
        from ..machinery import patch as patching
        from ..machinery.schema import schema_of

        schema = schema_of("autoscaling/v1", "Scale", request.server.release)
        body = patching.patched(_scale_of(request, old), body, options.patch_type, schema,
                                options.field_validation or "Warn", request.client.on_warning)
    replicas = dig(body, "spec", "replicas", default=0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise errors.bad_request('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal '
                                 f"{'bool' if isinstance(replicas, bool) else 'string'} into Go struct field "
                                 "ScaleSpec.spec.replicas of type int32")
    if replicas < 0:
        from ..machinery import field

        raise errors.invalid("Scale", "autoscaling", request.name, [
            field.invalid("spec.replicas", replicas, "must be greater than or equal to 0")])
    obj = clone(old)
    given = dig(body, "metadata", "resourceVersion")
    if given and given != old["metadata"]["resourceVersion"]:
        raise errors.modified(request.res.name, request.name)
    target = obj
    path = request.kind.scale_paths["spec"]
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = replicas
    return _scale_of(request, registry.store_update(request, obj, old))


def create_binding(request: Request) -> Object:
    """Bind a pod to a node, with the annotations and labels of the Binding (registry/core/pod/storage BindingREST).

    Raises BadRequest, NotFound or Conflict.
    """
    name, binding, server = request.name, request.body, request.server
    meta, node = binding.get("metadata") or {}, dig(binding, "target", "name", default="")
    if meta.get("name", "") != name:
        raise errors.bad_request("name in URL does not match name in Binding object")
    _validate_binding(binding)
    if not name:
        raise errors.bad_request("Name parameter required.")
    old = read(request)
    for field in ("uid", "resourceVersion"):
        if meta.get(field, old["metadata"][field]) != old["metadata"][field]:
            raise errors.precondition_failed(request.res.name, old["metadata"], field, meta[field])
    why = _unbindable(old)
    if why:
        raise errors.conflict("pods/binding", name, f"pod {name} {why}")
    status = dict(old.get("status") or {})
    status["conditions"] = list(status.get("conditions") or ())
    conditions.set_condition(status["conditions"],
                             {"type": "PodScheduled", "status": "True", "lastProbeTime": None}, server.now)
    if enabled("ClearingNominatedNodeNameAfterBinding", server.release):
        status.pop("nominatedNodeName", None)
    obj = {**old, "metadata": dict(old["metadata"]), "spec": {**old["spec"], "nodeName": node}, "status": status}
    if meta.get("annotations"):
        obj["metadata"]["annotations"] = {**(old["metadata"].get("annotations") or {}), **meta["annotations"]}
    if enabled("PodTopologyLabelsAdmission", server.release):
        labels = {**(meta.get("labels") or {}), **_topology(request, node)}
        if labels:
            obj["metadata"]["labels"] = {**(old["metadata"].get("labels") or {}), **labels}
    if not request.options.dry_run:
        server.write("MODIFIED", request.res, obj, old)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _topology(request: Request, node: str) -> dict[str, str]:
    """Return the labels that admission puts into a Binding to a node."""
    from .admission import runs
    from .admission.podtopologylabels import labels_of

    server = request.server
    is_on = request.body["target"].get("kind") == "Node" and runs("podtopologylabels", server.settings, server.release)
    return labels_of(server.trusted, node) if is_on else {}


def _unbindable(pod: Object) -> str:
    """Return why a pod cannot be bound, "" where it can."""
    if pod["metadata"].get("deletionTimestamp"):
        return "is being deleted, cannot be assigned to a host"
    if pod["spec"].get("nodeName"):
        return f'is already assigned to node "{pod["spec"]["nodeName"]}"'
    return "has non-empty .spec.schedulingGates" if pod["spec"].get("schedulingGates") else ""


def _validate_binding(binding: Object) -> None:
    """Refuse a Binding to nothing, or to something other than a Node (ValidatePodBinding)."""
    from ..machinery import field

    kind, wrong = dig(binding, "target", "kind", default=""), []
    if kind not in ("", "Node"):
        wrong.append(field.not_supported("target.kind", kind, ["Node", "<empty>"]))
    if not dig(binding, "target", "name", default=""):
        wrong.append(field.required("target.name"))
    if wrong:
        told = wrong[0] if len(wrong) == 1 else f"[{', '.join(map(str, wrong))}]"
        raise errors.StatusError(500, "", str(told))


def create_eviction(request: Request) -> Object:
    """Delete a pod unless a PodDisruptionBudget forbids it (registry/core/pod/storage EvictionREST)."""
    from . import eviction

    return eviction.evict(request)


def create_token(request: Request) -> Object:
    """Issue a service account's token."""
    from . import tokens

    return tokens.issue(request.server, read(request), request.body)


def update_finalize(request: Request) -> Object:
    """Change a namespace's spec.finalizers; when the last one goes from a namespace that is deleted, it is gone."""
    old, body = read(request), request.body
    obj = clone(old)
    obj["spec"] = {"finalizers": dig(body, "spec", "finalizers", default=[])}
    if not obj["spec"]["finalizers"]:
        obj["spec"] = {}
    if dig(body, "status"):
        obj["status"] = clone(body["status"])
    if old["metadata"].get("deletionTimestamp") and not obj["spec"] and not obj["metadata"].get("finalizers"):
        return convert(request, request.server.write("DELETED", request.res, obj, old))
    return convert(request, request.server.write("MODIFIED", request.res, obj, old))


def write_approval(request: Request) -> Object:
    """Change a certificate signing request's conditions."""
    old = read_to_write(request)
    asked = _changed(request, old)
    obj = clone(old)
    obj["metadata"]["resourceVersion"] = asked["metadata"].get("resourceVersion")
    obj.setdefault("status", {})["conditions"] = dig(asked, "status", "conditions", default=[])
    return registry.store_update(request, obj, old)


def write_pod_spec(request: Request) -> Object:
    """Change a pod's spec in a way that is open to this subresource only (ephemeralcontainers, resize)."""
    old = read_to_write(request)
    obj = _changed(request, old)
    if "status" in old:
        obj["status"] = old["status"]
    return registry.store_update(request, obj, old)


# Subresource -> verb -> what serves it; whether a resource has the subresource, discovery says.
SUBRESOURCES: dict[str, dict[str, Callable[[Request], Object]]] = {
    "status": {"get": get_object, "update": write_status, "patch": write_status},
    "scale": {"get": get_scale, "update": write_scale, "patch": write_scale},
    "binding": {"create": create_binding},
    "eviction": {"create": create_eviction},
    "token": {"create": create_token},
    "finalize": {"update": update_finalize},
    "approval": {"get": get_object, "update": write_approval, "patch": write_approval},
    "ephemeralcontainers": {"get": get_object, "update": write_pod_spec, "patch": write_pod_spec},
    "resize": {"get": get_object, "update": write_pod_spec, "patch": write_pod_spec},
}
