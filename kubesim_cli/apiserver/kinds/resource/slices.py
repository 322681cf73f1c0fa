"""What a ResourceSlice has to be (validateResourceSliceSpec); devices.py has its devices' requests, slicedevices.py
the devices themselves."""

from __future__ import annotations

from ....machinery import field, names
from ..checks import said
from .devices import each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

_MOST_DEVICES, _MOST_ADVANCED = 128, 64
_MOST_COUNTER_SETS = 8
_LONGEST_POOL = 253
_WHERE = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"


def validate(spec: Object, old: Object | None = None) -> FieldErrors:
    """Return the FieldErrors of a slice's spec; `old`: the one that is stored (lookupDevice)."""
    from ..checks import driver_name
    from . import slicedevices

    errors = driver_name("spec.driver", spec.get("driver", "")) + _pool(spec.get("pool") or {}) + _place(spec)
    devices, counters = spec.get("devices") or [], spec.get("sharedCounters") or []
    if devices and counters:
        errors.append(field.invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed"))
    before = {device.get("name", ""): device for device in (old or {}).get("devices") or ()}
    errors += each("spec.devices", devices, _MOST_ADVANCED if slicedevices.are_advanced(devices) else _MOST_DEVICES,
                   lambda at, device: slicedevices.validate(at, device, before.get(device.get("name", "")),
                                                            bool(spec.get("perDeviceNodeSelection"))),
                   lambda device: device.get("name", ""))
    return errors + each("spec.sharedCounters", counters, _MOST_COUNTER_SETS,
                         lambda at, found: slicedevices.counter_set(at, found, "name"),
                         lambda found: found.get("name", ""))


def pool_name(path: str, name: str) -> FieldErrors:
    """Return the FieldErrors of a pool's name (validatePoolName)."""
    if not name:
        return [field.required(path)]
    errors = [field.too_long(path, _LONGEST_POOL)] if len(name) > _LONGEST_POOL else []
    return errors + [error for part in name.split("/") for error in said(path, part, names.dns1123_subdomain(part))]


def _pool(pool: Object) -> FieldErrors:
    """validateResourcePool."""
    errors = pool_name("spec.pool.name", pool.get("name", ""))
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
    selector = spec.get("nodeSelector")
    if selector is not None:
        from ..core.podspec.scheduling import node_selector

        ways.append("`nodeSelector`")
        errors += node_selector("spec.nodeSelector", selector)
        terms = selector.get("nodeSelectorTerms") or None
        if terms is None or len(terms) != 1:
            errors.append(field.invalid("spec.nodeSelector.nodeSelectorTerms", terms,
                                        "must have exactly one node selector term"))
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
