"""What a ResourceSlice has to be (validateResourceSliceSpec); counters and shared capacities are taken as they are."""

from __future__ import annotations

from ....machinery import field, names
from ..checks import dns1123_label, one_of, qualified_name, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

_MOST_DEVICES = 128
_MOST_VALUES = 32
_LONGEST_VALUE = 64
_ATTRIBUTE = ("bool", "int", "string", "version", "bools", "ints", "strings", "versions")
_WHERE = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"


def validate(spec: Object) -> FieldErrors:
    """Return the FieldErrors of a slice's spec."""
    from ..checks import driver_name

    errors = driver_name("spec.driver", spec.get("driver", "")) + _pool(spec.get("pool") or {}) + _place(spec)
    devices = spec.get("devices") or []
    if devices and spec.get("sharedCounters"):
        errors.append(field.invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed"))
    if len(devices) > _MOST_DEVICES:
        errors.append(field.too_many("spec.devices", len(devices), _MOST_DEVICES))
    seen = set()
    for i, device in enumerate(devices):
        errors += _device(f"spec.devices[{i}]", device)
        if device.get("name", "") in seen:
            errors.append(field.duplicate(f"spec.devices[{i}]", device.get("name", "")))
        seen.add(device.get("name", ""))
    return errors


def _pool(pool: Object) -> FieldErrors:
    """validateResourcePool, validatePoolName."""
    name, at = pool.get("name", ""), "spec.pool.name"
    errors = [field.required(at)] if not name else [
        error for part in name.split("/") for error in said(at, part, names.dns1123_subdomain(part))]
    if pool.get("resourceSliceCount", 0) <= 0:
        errors.append(field.invalid("spec.pool.resourceSliceCount", pool.get("resourceSliceCount", 0),
                                    "must be greater than zero"))
    if pool.get("generation", 0) < 0:
        errors.append(field.invalid("spec.pool.generation", pool["generation"],
                                    "must be greater than or equal to zero"))
    return errors


def _place(spec: Object) -> FieldErrors:
    """Where the devices are: exactly one way of saying so (validateNodeName)."""
    errors, ways = [], []
    name = spec.get("nodeName")
    if name:
        ways.append("`nodeName`")
        errors += said("spec.nodeName", name, names.dns1123_subdomain(name))
    elif name is not None:
        errors.append(field.invalid("spec.nodeName", name, "must be either unset or set to a non-empty string"))
    if spec.get("nodeSelector") is not None:
        ways.append("`nodeSelector`")
    for key in ("allNodes", "perDeviceNodeSelection"):
        if spec.get(key):
            ways.append(f"`{key}`")
        elif spec.get(key) is not None:
            errors.append(field.invalid(f"spec.{key}", False, "must be either unset or set to true"))
    if not ways:
        errors.append(field.required("spec", _WHERE))
    elif len(ways) > 1:
        errors.append(field.invalid("spec", f"{{{', '.join(ways)}}}", f"{_WHERE}, but multiple fields are set"))
    return errors


def _device(path: str, device: Object) -> FieldErrors:
    """validateDevice."""
    errors = dns1123_label(f"{path}.name", device.get("name", ""))
    attributes, capacity = device.get("attributes") or {}, device.get("capacity") or {}
    if len(attributes) + len(capacity) > _MOST_VALUES:
        errors.append(field.invalid(path, len(attributes) + len(capacity), "the total number of attributes and "
                                    f"capacities must not exceed {_MOST_VALUES}"))
    for name in sorted(attributes):
        at = f"{path}.attributes[{name}]"
        errors += qualified_name(at, name) + _attribute(at, attributes[name])
    for name in sorted(capacity):
        errors += qualified_name(f"{path}.capacity[{name}]", name)
    for i, taint in enumerate(device.get("taints") or ()):
        at = f"{path}.taints[{i}]"
        errors += qualified_name(f"{at}.key", taint.get("key", ""))
        effect = taint.get("effect", "")
        errors += one_of(f"{at}.effect", effect, ("NoExecute", "NoSchedule", "None")) if effect else [
            field.required(f"{at}.effect")]
    return errors


def _attribute(path: str, attribute: Object) -> FieldErrors:
    """validateDeviceAttribute, validateDeviceAttributeStringValue, validateDeviceAttributeVersionValue,
    validateQualifiedName, validateCIdentifier."""
    given = [key for key in _ATTRIBUTE if attribute.get(key) is not None]
    errors = [field.too_long(f"{path}.{key}", _LONGEST_VALUE) for key in ("string", "version")
              if len(attribute.get(key) or "") > _LONGEST_VALUE]
    if not given:
        errors.append(field.required(path, "exactly one value must be specified"))
    elif len(given) > 1:
        errors.append(field.invalid(path, attribute, "exactly one value must be specified"))
    return errors
