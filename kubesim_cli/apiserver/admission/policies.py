"""What validating and mutating admission policies share: which of them are about a write, and with what parameters.

Kubernetes: k8s.io/apiserver/pkg/admission/plugin/policy/generic.
"""

from __future__ import annotations

from .matching import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from ...machinery.types import Object, Release
    from .attributes import Attributes

    Compiled = TypeVar("Compiled")

GROUP = "admissionregistration.k8s.io"
# A policy's UID -> (its spec, what was compiled of it or why it cannot be).
_compiled: dict[str, tuple[Object, object]] = {}


class ConfigurationError(Exception):
    """A binding that cannot be used."""


def bound(policies: str, bindings: str, a: Attributes) -> Iterator[tuple[Object, Object]]:
    """Walk the (policy, binding) of two resources of the group that are about a write."""
    if a.res.group == GROUP:
        return
    for policy in a.ctx.client.items(f"{policies}.{GROUP}"):
        if not matches(policy["spec"]["matchConstraints"], a):
            continue
        for binding in a.ctx.client.items(f"{bindings}.{GROUP}"):
            limits = binding["spec"].get("matchResources")
            if binding["spec"]["policyName"] == policy["metadata"]["name"] and (limits is None or matches(limits, a)):
                yield policy, binding


def compiled(policy: Object, make: Callable[[Object, Release], Compiled], release: Release) -> Compiled:
    """Return what `make` makes of a policy's spec, which is remembered. Raises ValueError, as `make` does."""
    uid = policy["metadata"]["uid"]
    known = _compiled.get(uid)
    if known is None or known[0] != policy["spec"]:
        try:
            made: object = make(policy["spec"], release)
        except ValueError as error:
            made = error
        known = _compiled[uid] = (policy["spec"], made)
    if isinstance(known[1], ValueError):
        raise known[1]
    found: Compiled = known[1]  # type: ignore[assignment]
    return found


def values(a: Attributes) -> Object:
    """Return the variables that all expressions have."""
    ctx, res, namespace = a.ctx, a.res, a.namespace
    kind = {"group": res.group, "version": res.version, "kind": res.kind}
    resource = {"group": res.group, "version": res.version, "resource": res.plural}
    user = ctx.user or {"name": "system:kube-controller-manager", "groups": ["system:authenticated"]}
    request: Object = {"kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
                       "name": a.obj["metadata"].get("name", ""), "operation": a.operation, "dryRun": ctx.dry_run,
                       "userInfo": {"username": user.get("name", ""), "groups": user.get("groups") or []}}
    if namespace:
        request["namespace"] = namespace
    if a.subresource:
        request["subResource"] = request["requestSubResource"] = a.subresource
    found = ctx.client.find("namespaces", namespace) if namespace else None
    return {"object": _told(a, a.obj) if a.operation != "DELETE" else None, "oldObject": _told(a, a.old),
            "request": request, "namespaceObject": found}


def _told(a: Attributes, obj: Object | None) -> Object | None:
    """Return an object with managedFields for the record of what the control plane wrote."""
    if obj is None or not isinstance(obj["metadata"].get("managedFields"), str):
        return obj
    from ..provenance import entries

    found = entries(obj, "status" in obj, a.ctx.client.server.schema_of(obj, a.res))
    return {**obj, "metadata": {**obj["metadata"], "managedFields": found}}


def params(policy: Object, binding: Object, a: Attributes) -> list[Object | None]:
    """Return the parameters to evaluate with, one None where there are none (CollectParams).

    Raises ConfigurationError.
    """
    kind, ref = policy["spec"].get("paramKind"), binding["spec"].get("paramRef")
    if not kind or not ref:
        return [None]
    res = a.ctx.client.discovery.of_kind(kind["apiVersion"], kind["kind"])
    if res is None:
        raise ConfigurationError(f"failed to find resource referenced by paramKind: '{kind['apiVersion']}, "
                                 f"Kind={kind['kind']}'")
    namespace = ""
    if res.namespaced:
        namespace = ref.get("namespace") or a.namespace
        if not namespace:
            raise ConfigurationError("cannot use namespaced paramRef in policy binding that matches cluster-scoped "
                                     "resources")
    elif ref.get("namespace"):
        raise ConfigurationError("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    if ref.get("name"):
        one = a.ctx.client.find(res.name, ref["name"], namespace)
        found = [] if one is None else [one]
    else:
        found = a.ctx.client.items(res.name, namespace, ref.get("selector") or {})
    if not found and ref.get("parameterNotFoundAction", "Deny") == "Deny":
        raise ConfigurationError("no params found for policy binding with `Deny` parameterNotFoundAction")
    return [*found]
