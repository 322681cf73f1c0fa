"""What a device of a ResourceSlice has to be: attributes, capacities and how they are shared, counters, taints, nodes
(pkg/apis/resource/validation/validation.go, validateDevice)."""

from __future__ import annotations

import re

from ....machinery import field, names, quantity
from ..checks import dns1123_label, one_of, qualified_name, said
from .devices import EFFECTS, domain_and_name, each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ....machinery.types import FieldErrors, Json, Object

_MOST_NAMES, _MOST_ENTRIES = 32, 48  # attributes and capacities; values of attributes
_LONGEST_VALUE, _LONGEST_KEY = 64, 63 + 1 + 32
_MOST_TAINTS, _MOST_CONDITIONS, _MOST_CONSUMED, _MOST_COUNTERS, _MOST_OPTIONS = 16, 4, 2, 32, 10
_SINGLE, _LISTS = ("int", "bool", "string", "version"), ("ints", "bools", "strings", "versions")
_NUMBER, _WORD, _BUILD = r"(0|[1-9]\d*)", r"(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)", "[0-9a-zA-Z-]+"
_SEMVER = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-{_WORD}(\.{_WORD})*)?(\+{_BUILD}(\.{_BUILD})*)?", re.ASCII)
_WHERE = ("exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set "
          "to true in the ResourceSlice spec")


def are_advanced(devices: Sequence[Object]) -> bool:
    """Whether any has what lets a slice have fewer devices (haveDeviceTaints, haveConsumesCounters,
    haveListAttributes)."""
    return any(device.get("taints") or device.get("consumesCounters") or any(
        value.get(key) is not None for value in (device.get("attributes") or {}).values() for key in _LISTS)
        for device in devices)


def validate(path: str, device: Object, old: Object | None, places_itself: bool) -> FieldErrors:
    """Return the FieldErrors of a device; `old`: the one of its name that is stored; `places_itself`: whether it tells
    its nodes (numEntriesDeviceAttribute)."""
    errors = dns1123_label(f"{path}.name", device.get("name", ""))
    attributes, capacity = device.get("attributes") or {}, device.get("capacity") or {}
    if len(attributes) + len(capacity) > _MOST_NAMES:
        errors.append(field.invalid(path, len(attributes) + len(capacity), "the total number of attributes and "
                                    f"capacities must not exceed {_MOST_NAMES}"))
    entries = sum(sum(len(value.get(key) or ()) for key in _LISTS) or 1 for value in attributes.values())
    if entries > _MOST_ENTRIES:
        errors.append(field.invalid(path, entries, "the total number of attribute values must not exceed "
                                    f"{_MOST_ENTRIES}"))
    shared = bool(device.get("allowMultipleAllocations"))
    errors += _map(f"{path}.attributes", attributes, domain_and_name, _attribute)
    errors += _map(f"{path}.capacity", capacity, domain_and_name, lambda at, found: _capacity(at, found, shared))
    if old is None or old.get("taints") != device.get("taints"):
        errors += each(f"{path}.taints", device.get("taints") or (), _MOST_TAINTS, _taint)
    errors += each(f"{path}.consumesCounters", device.get("consumesCounters") or (), _MOST_CONSUMED,
                   lambda at, found: counter_set(at, found, "counterSet"), lambda found: found.get("counterSet", ""))
    return errors + _place(path, device, places_itself) + binding(path, device)


def _map(path: str, found: Object, key: Callable[[str, str], FieldErrors],
         value: Callable[[str, Object], FieldErrors]) -> FieldErrors:
    """Check the names and the values of a map (validateMap, truncateIfTooLong)."""
    errors = []
    for name in sorted(found):
        left = _LONGEST_KEY - 3
        shown = name if len(name) <= _LONGEST_KEY else f"{name[:(left + 1) // 2]}...{name[-(left // 2):]}"
        errors += key(path, name) + value(f"{path}[{shown}]", found[name])
    return errors


def counter_set(path: str, found: Object, key: str) -> FieldErrors:
    """Return the FieldErrors of some counters: those of a slice (`key`: name) or those that a device consumes
    (counterSet) (validateCounterSet, validateDeviceCounterConsumption, validateDeviceCounter)."""
    name, counters = found.get(key, ""), found.get("counters") or {}
    errors = dns1123_label(f"{path}.{key}", name) if name else [field.required(f"{path}.{key}")]
    if not counters:
        errors.append(field.required(f"{path}.counters"))
    elif len(counters) > _MOST_COUNTERS:
        errors.append(field.too_many(f"{path}.counters", len(counters), _MOST_COUNTERS))
    else:
        errors += [error for each_ in sorted(counters) for error in dns1123_label(f"{path}.counters", each_)]
    return errors


def _attribute(path: str, attribute: Object) -> FieldErrors:
    """validateDeviceAttribute."""
    given = [key for key in (*_SINGLE, *_LISTS) if attribute.get(key) is not None]
    errors = []
    for key in ("string", "version"):
        if attribute.get(key) is not None:
            errors += _value(f"{path}.{key}", attribute[key], key)
        for i, item in enumerate(attribute.get(key + "s") or ()):
            errors += _value(f"{path}.{key}s[{i}]", item, key)
    if len(given) != 1:
        shown = {name: attribute.get(key) for key, name in zip((*_SINGLE, *_LISTS), _INTERNAL)} if given else ""
        errors.append(field.invalid(path, shown, "exactly one value must be specified"))
    return errors


# What an attribute's fields are called where a whole one is told.
_INTERNAL = ("IntValue", "BoolValue", "StringValue", "VersionValue",
             "IntValues", "BoolValues", "StringValues", "VersionValues")


def _value(path: str, text: str, kind: str) -> FieldErrors:
    """validateDeviceAttributeStringValue, validateDeviceAttributeVersionValue."""
    errors = []
    if kind == "version" and not _SEMVER.fullmatch(text):
        errors.append(field.invalid(path, text, "must be a string compatible with semver.org spec 2.0.0"))
    if len(text.encode()) > _LONGEST_VALUE:
        errors.append(field.too_long(path, _LONGEST_VALUE))
    return errors


def _capacity(path: str, capacity: Object, shared: bool) -> FieldErrors:
    """What may be asked of a capacity (validateMultiAllocatableDeviceCapacity, validateSingleAllocatableDeviceCapacity,
    validateRequestPolicy, validateValidRequestValues)."""
    policy, at, most = capacity.get("requestPolicy"), f"{path}.requestPolicy", capacity.get("value", "0")
    if policy is None:
        return []
    if not shared:
        return [field.forbidden(at, "allowMultipleAllocations must be true")]
    values, range_, default = policy.get("validValues"), policy.get("validRange"), policy.get("default")
    if values and range_ is not None:
        return [field.forbidden(at, 'exactly one policy can be specified, cannot specify "validValues" and '
                                '"validRange" at the same time')]
    if default is None and (values or range_ is not None):
        return [field.required(f"{at}.default", f"required when {'validValues' if values else 'validRange'} is "
                               "defined")]
    if values:
        return _options(f"{at}.validValues", values, default, most)
    return _range(f"{at}.validRange", range_, default, most) if range_ is not None else []


def _options(path: str, values: Sequence[str], default: str, most: str) -> FieldErrors:
    """validateRequestPolicyValidValues, quantityKey."""
    errors = [field.invalid(f"{path}[{i + 1}]", after, "values must be sorted in ascending order")
              for i, (before, after) in enumerate(zip(values, values[1:]))  # noqa: RUF007 (pairwise is an import more)
              if quantity.compare(before, after) > 0]
    errors += each(path, values, _MOST_OPTIONS, lambda at, option: [field.invalid(
        at, option, f"option is larger than capacity value: {most}")] if quantity.compare(option, most) > 0 else [],
        lambda option: str(quantity.value(option)))
    if len(values) > _MOST_OPTIONS or all(quantity.compare(option, default) for option in values):
        errors.append(field.invalid(path, default, "default value is not valid according to the requestPolicy"))
    return errors


def _range(path: str, range_: Object, default: str, most: str) -> FieldErrors:
    """validateRequestPolicyRange, validateRequestPolicyRangeStep."""
    low, high, step = range_.get("min"), range_.get("max"), range_.get("step")
    if low is None:
        return [field.required(f"{path}.min", "required when validRange is defined")]
    checks: list[tuple[str, str, str, str]] = [  # the field, and what is told of two amounts where one is larger
        ("min", low, most, f"min is larger than capacity value: {most}"),
        ("min", low, default, f"default is less than min: {low}")]
    if high is not None:
        checks += [("max", low, high, f"min is larger than max: {high}"),
                   ("max", high, most, f"max is larger than capacity value: {most}"),
                   ("max", default, high, f"default is more than max: {high}")]
    errors = [field.invalid(f"{path}.{key}", default if text.startswith("default is less") else larger, text)
              for key, larger, smaller, text in checks if quantity.compare(larger, smaller) > 0]
    if step is None:
        return errors
    first = quantity.add(low, step)
    if quantity.compare(first, most) > 0:
        errors.append(field.invalid(f"{path}.step", step, f"one step {first} is larger than capacity value: {most}"))
    for amount in (default, high):
        if amount is not None and quantity.value(step) and (
                quantity.value(amount) - quantity.value(low)) % quantity.value(step):
            errors.append(field.invalid(f"{path}.step", amount,
                                        f"value is not a multiple of a given step ({step}) from ({low})"))
    return errors


def _taint(path: str, taint: Object) -> FieldErrors:
    """validateDeviceTaint."""
    errors = qualified_name(f"{path}.key", taint.get("key", ""))
    value, effect = taint.get("value", ""), taint.get("effect", "")
    errors += said(f"{path}.value", value, names.label_value(value))
    return errors + (one_of(f"{path}.effect", effect, EFFECTS) if effect else [field.required(f"{path}.effect")])


def _place(path: str, device: Object, places_itself: bool) -> FieldErrors:
    """On which nodes the device is, where each tells that itself."""
    name, selector, everywhere = (device.get(key) for key in ("nodeName", "nodeSelector", "allNodes"))
    if not places_itself:
        given = any(each_ is not None for each_ in (name, selector, everywhere))
        return [field.invalid(path, None, "`nodeName`, `nodeSelector` and `allNodes` can only be set if "
                              "`perDeviceNodeSelection` is set to true in the ResourceSlice spec")] if given else []
    errors: FieldErrors = []
    ways: list[Json] = []
    if name:
        ways.append("`nodeName`")
        errors += said(f"{path}.nodeName", name, names.dns1123_subdomain(name))
    elif name is not None:
        errors.append(field.invalid(f"{path}.nodeName", name, "must not be empty"))
    if selector is not None:
        from ..core.podspec.scheduling import node_selector

        ways.append("`nodeSelector`")
        errors += node_selector(f"{path}.nodeSelector", selector)
    if everywhere:
        ways.append("`allNodes`")
    elif everywhere is not None:
        errors.append(field.invalid(f"{path}.allNodes", False, "must be either unset or set to true"))
    if not ways:
        errors.append(field.required(path, _WHERE))
    elif len(ways) > 1:
        errors.append(field.invalid(path, f"{{{', '.join(ways)}}}", _WHERE))
    return errors


def binding(path: str, device: Object) -> FieldErrors:
    """Return the FieldErrors of the conditions that a device's use depends on (validateDeviceBindingParameters)."""
    good, bad = device.get("bindingConditions") or [], device.get("bindingFailureConditions") or []
    wanted, unwanted = f"{path}.bindingConditions", f"{path}.bindingFailureConditions"
    errors = each(wanted, good, _MOST_CONDITIONS, qualified_name)
    errors += each(unwanted, bad, _MOST_CONDITIONS, qualified_name)
    errors += [field.duplicate(f"{wanted}[{i}]", name) for i, name in enumerate(good) if name in good[:i]]
    for i, name in enumerate(bad):
        if name in bad[:i]:
            errors.append(field.duplicate(f"{unwanted}[{i}]", name))
        if name in good:
            errors.append(field.invalid(f"{unwanted}[{i}]", name, "bindingFailureConditions must not overlap with "
                                        "bindingConditions"))
    if bad and not good:
        errors.append(field.invalid(wanted, None, "bindingConditions are required to use bindingFailureConditions"))
    if good and not bad:
        errors.append(field.invalid(unwanted, None, "bindingFailureConditions are required to use bindingConditions"))
    return errors
