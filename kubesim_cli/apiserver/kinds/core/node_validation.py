"""What a Node has to be, and what of it may change (ValidateNode and ValidateNodeUpdate)."""

from __future__ import annotations

from ....machinery import field, names
from ..checks import cidr, qualified_name
from .podspec.resources import amount
from .podspec.scheduling import taint_effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object, Release

_FEATURE = r"[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*"
_MAX_FEATURE = 253


def validate(obj: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a new Node."""
    status = obj.get("status") or {}
    errors = _taints(obj) + _resources(status) + _swap(status) + _declared_features(status)
    ranges = obj["spec"].get("podCIDRs") or []
    for i, value in enumerate(ranges):
        errors += cidr(f"spec.podCIDRs[{i}]", value, release)
    if len(ranges) > 2 or (len(ranges) == 2 and len({":" in value for value in ranges}) == 1):
        errors.append(field.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family"))
    return errors


def validate_update(obj: Object, old: Object) -> FieldErrors:
    """Return the FieldErrors of a changed Node or of its status."""
    spec, before, status = obj["spec"], old["spec"], obj.get("status") or {}
    errors = _resources(status) + _declared_features(status) + _addresses(status.get("addresses") or ())
    if before.get("podCIDRs") and before["podCIDRs"] != spec.get("podCIDRs"):
        errors.append(field.forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'))
    if before.get("providerID") and before["providerID"] != spec.get("providerID"):
        errors.append(field.forbidden("spec.providerID",
                                      'node updates may not change providerID except from "" to valid'))
    errors += _taints(obj)
    if before.get("externalID", "") != spec.get("externalID", ""):
        errors.append(field.forbidden("spec.externalID", "may not be updated"))
    return errors


def _resources(status: Object) -> FieldErrors:
    """ValidateNodeResources."""
    return [error for part in ("capacity", "allocatable") for name, value in sorted((status.get(part) or {}).items())
            for error in amount(f"status.{part}.{name}", name, value)]


def _swap(status: Object) -> FieldErrors:
    """validateNodeSwapStatus, whose path is the one that Kubernetes tells."""
    capacity = ((status.get("nodeInfo") or {}).get("swap") or {}).get("capacity")
    return [] if capacity is None or capacity > 0 else [
        field.invalid("metadata.nodeSwapStatus.capacity", capacity, "must be greater than zero")]


def _declared_features(status: Object) -> FieldErrors:
    """Features that a node declares, in their order (validateNodeDeclaredFeatures, validateNodeDeclaredFeatureName)."""
    import re

    errors = []
    found = status.get("declaredFeatures") or []
    for i, name in enumerate(found):
        at = f"status.declaredFeatures[{i}]"
        if len(name) > _MAX_FEATURE:
            errors.append(field.invalid(at, name, f'invalid feature name "{name}": must be no more than {_MAX_FEATURE} '
                                        "characters"))
        elif not re.fullmatch(_FEATURE, name):
            errors.append(field.invalid(
                at, name, f'invalid feature name "{name}": must start with an UpperCamelCase segment, with subsequent '
                "segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric "
                "characters and slashes"))
        following = found[i + 1] if i + 1 < len(found) else None
        if following is not None and name >= following:
            at = f"status.declaredFeatures[{i + 1}]"
            errors.append(field.duplicate(at, following) if name == following
                          else field.invalid(at, following, "list must be sorted alphabetically"))
    return errors


def _addresses(found: Sequence[Object]) -> FieldErrors:
    return [field.duplicate(f"status.addresses[{i}]", {"Type": address["type"], "Address": address["address"]})
            for i, address in enumerate(found) if address in found[:i]]


def _taints(node: Object) -> FieldErrors:
    """validateNodeTaints; the path is the one that Kubernetes tells, though taints are in spec."""
    errors = []
    seen = set()
    for i, taint in enumerate(node["spec"].get("taints") or ()):
        path = f"metadata.taints[{i}]"
        key, value, effect = taint.get("key", ""), taint.get("value", ""), taint.get("effect", "")
        errors += qualified_name(f"{path}.key", key)
        wrong = names.label_value(value)
        if wrong:
            errors.append(field.invalid(f"{path}.value", value, ";".join(wrong)))
        errors += taint_effect(f"{path}.effect", effect) if effect else [field.required(f"{path}.effect")]
        if (key, effect) in seen:
            shown = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": taint.get("timeAdded")}
            error = field.duplicate(path, shown)
            error.body += ": taints must be unique by key and effect pair"
            errors.append(error)
        seen.add((key, effect))
    return errors
