"""ValidatingAdmissionPolicy: rules in CEL that users bind to requests.

Kubernetes: k8s.io/apiserver/pkg/admission/plugin/policy/validating (dispatcher.go, validator.go).
"""

from __future__ import annotations

from ...machinery import errors
from . import policies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes

_CODES = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}


def validate(a: Attributes) -> None:
    """Refuse or warn of a request that breaks a policy bound to it."""
    denied: list[tuple[str, str]] = []
    for policy, binding in policies.bound("validatingadmissionpolicies", "validatingadmissionpolicybindings", a):
        denied += _bound(policy, binding, a)
    if denied:
        raise _refusal(a, *denied[0])


def _bound(policy: Object, binding: Object, a: Attributes) -> list[tuple[str, str]]:
    """Return (reason, message) of each denial by one binding; its warnings are given."""
    names = f"ValidatingAdmissionPolicy '{policy['metadata']['name']}' with binding '{binding['metadata']['name']}'"
    try:
        found = _failures(policy, binding, a)
    except policies.ConfigurationError as error:
        if policy["spec"].get("failurePolicy") == "Ignore":
            return []
        return [("", f"{names} denied request: failed to configure binding: {error}")]
    actions = binding["spec"].get("validationActions") or ()
    if "Warn" in actions:
        for _, message in found:
            a.ctx.warn(f"Validation failed for {names}: {message}")
    return [(reason, f"{names} denied request: {message}") for reason, message in found] if "Deny" in actions else []


def _failures(policy: Object, binding: Object, a: Attributes) -> list[tuple[str, str]]:
    from ..kinds.admissionregistration.expressions import ValidatingPolicy

    try:
        compiled = policies.compiled(policy, ValidatingPolicy, a.ctx.release)
    except ValueError as error:
        return [] if policy["spec"].get("failurePolicy") == "Ignore" else [("", str(error))]
    values = policies.values(a)
    return [failure for params in policies.params(policy, binding, a)
            for failure in compiled.failures({**values, "params": params})]


def _refusal(a: Attributes, reason: str, message: str) -> errors.StatusError:
    error = errors.forbidden(a.res.name, a.obj["metadata"].get("name", ""), message)
    status = error.status
    status["reason"] = reason or "Invalid"
    status["code"] = _CODES.get(reason, 422)
    status.setdefault("details", {})["causes"] = [{"message": message}]
    return error
