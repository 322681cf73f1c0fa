"""ValidatingAdmissionPolicy: rules in CEL that users bind to requests.

Kubernetes: k8s.io/apiserver/pkg/admission/plugin/policy/validating (dispatcher.go, validator.go).
"""

from __future__ import annotations

from ...machinery import errors
from ...releases.gates import enabled
from .matching import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object, Release
    from .attributes import Attributes

POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"
BINDINGS = "validatingadmissionpolicybindings.admissionregistration.k8s.io"
_CODES = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}
# A policy's UID -> (its spec, the compiled Policy or why there is none).
_compiled: dict[str, tuple[Object, object]] = {}


class _ConfigurationError(Exception):
    """A binding that cannot be used."""


def validate(a: Attributes) -> None:
    """Refuse or warn of a request that breaks a policy bound to it."""
    if not enabled("ValidatingAdmissionPolicy", a.ctx.release) or a.res.group == "admissionregistration.k8s.io":
        return
    policies = a.ctx.client.items(POLICIES)
    if not policies:
        return
    denied: list[tuple[str, str]] = []
    for policy in policies:
        if matches(policy["spec"]["matchConstraints"], a):
            for binding in a.ctx.client.items(BINDINGS):
                if binding["spec"]["policyName"] == policy["metadata"]["name"]:
                    denied += _bound(policy, binding, a)
    if denied:
        raise _refusal(a, *denied[0])


def _bound(policy: Object, binding: Object, a: Attributes) -> list[tuple[str, str]]:
    """Return (reason, message) of each denial by one binding; its warnings are given."""
    limits = binding["spec"].get("matchResources")
    if limits is not None and not matches(limits, a):
        return []
    names = f"ValidatingAdmissionPolicy '{policy['metadata']['name']}' with binding '{binding['metadata']['name']}'"
    try:
        found = _failures(policy, binding, a)
    except _ConfigurationError as error:
        if policy["spec"].get("failurePolicy") == "Ignore":
            return []
        return [("", f"{names} denied request: failed to configure binding: {error}")]
    actions = binding["spec"].get("validationActions") or ()
    if "Warn" in actions:
        for _, message in found:
            a.ctx.warn(f"Validation failed for {names}: {message}")
    return [(reason, f"{names} denied request: {message}") for reason, message in found] if "Deny" in actions else []


def _failures(policy: Object, binding: Object, a: Attributes) -> list[tuple[str, str]]:
    from ..kinds.admissionregistration.expressions import Policy

    compiled = _compile(policy, a.ctx.release)
    if not isinstance(compiled, Policy):
        return [] if policy["spec"].get("failurePolicy") == "Ignore" else [("", str(compiled))]
    values = _values(a)
    return [failure for params in _params(policy["spec"].get("paramKind"), binding["spec"].get("paramRef"), a)
            for failure in compiled.failures({**values, "params": params})]


def _compile(policy: Object, release: Release) -> object:
    from ..kinds.admissionregistration.expressions import Policy

    uid = policy["metadata"]["uid"]
    known = _compiled.get(uid)
    if known is None or known[0] != policy["spec"]:
        try:
            made: object = Policy(policy["spec"], release)
        except ValueError as error:
            made = error
        known = _compiled[uid] = (policy["spec"], made)
    return known[1]


def _values(a: Attributes) -> Object:
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
    return {"object": a.obj if a.operation != "DELETE" else None, "oldObject": a.old, "request": request,
            "namespaceObject": found}


def _params(kind: Object | None, ref: Object | None, a: Attributes) -> list[Object | None]:
    """Return the parameters to check with, one None where there are none (generic.CollectParams)."""
    if not kind or not ref:
        return [None]
    res = a.ctx.client.discovery.of_kind(kind["apiVersion"], kind["kind"])
    if res is None:
        raise _ConfigurationError(f"failed to find resource referenced by paramKind: '{kind['apiVersion']}, "
                                  f"Kind={kind['kind']}'")
    namespace = ""
    if res.namespaced:
        namespace = ref.get("namespace") or a.namespace
        if not namespace:
            raise _ConfigurationError("cannot use namespaced paramRef in policy binding that matches cluster-scoped "
                                      "resources")
    elif ref.get("namespace"):
        raise _ConfigurationError("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    if ref.get("name"):
        one = a.ctx.client.find(res.name, ref["name"], namespace)
        found = [] if one is None else [one]
    else:
        found = a.ctx.client.items(res.name, namespace, ref.get("selector") or {})
    if not found and ref.get("parameterNotFoundAction", "Deny") == "Deny":
        raise _ConfigurationError("no params found for policy binding with `Deny` parameterNotFoundAction")
    return [*found]


def _refusal(a: Attributes, reason: str, message: str) -> errors.StatusError:
    error = errors.forbidden(a.res.name, a.obj["metadata"].get("name", ""), message)
    status = error.status
    status["reason"] = reason or "Invalid"
    status["code"] = _CODES.get(reason, 422)
    status.setdefault("details", {})["causes"] = [{"message": message}]
    return error
