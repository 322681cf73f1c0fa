"""Requests for devices: defaults and validation that ResourceClaims, their templates and DeviceClasses share
(pkg/apis/resource/v1/defaults.go and validation/validation.go)."""

from __future__ import annotations

from ....machinery import field, names
from ... import cel
from ...cel.checker import BOOL, DYN, STRING, Fields, map_of, shown
from ..checks import dns1123_label, dns1123_subdomain, once, one_of, qualified_name, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ....machinery.types import FieldErrors, Json, Object, Release

    Check = Callable[[str, Json], FieldErrors]

# What an expression sees of a device.
DEVICE = {"device": ("object", Fields({
    "driver": STRING, "allowMultipleAllocations": BOOL, "attributes": map_of(STRING, map_of(STRING, DYN)),
    "capacity": map_of(STRING, map_of(STRING, ("Quantity",)))}))}
_MOST = 32  # requests, constraints, configurations, selectors
_MOST_ALTERNATIVES = 8
_LONGEST_EXPRESSION = 10 * 1024
_LONGEST_IDENTIFIER = 32
EFFECTS = ("NoExecute", "NoSchedule", "None")


def default(devices: Object) -> None:
    """Fill in, in place, how many devices are asked for where a claim does not say."""
    for request in devices.get("requests") or ():
        for asked in (request.get("exactly"), *(request.get("firstAvailable") or ())):
            if asked is None:
                continue
            asked["allocationMode"] = asked.get("allocationMode") or "ExactCount"
            if asked["allocationMode"] == "ExactCount" and not asked.get("count"):
                asked["count"] = 1


def each(path: str, items: Sequence[Json], most: int, check: Check,
         key: Callable[[Json], str] | None = None) -> FieldErrors:
    """Return the FieldErrors of a list: of too many items, which alone is told then, of each by `check` and, with
    `key`, of those that are there twice (validateSet, validateSlice, validateItems, stringKey)."""
    if len(items) > most:
        return [field.too_many(path, len(items), most)]
    errors = [error for i, item in enumerate(items) for error in check(f"{path}[{i}]", item)]
    seen: set[str] = set()
    for i, item in enumerate(items if key is not None else ()):
        assert key is not None
        name = key(item)
        errors += once(f"{path}[{i}]", name, seen)
    return errors


def validate(devices: Object, path: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of a claim's devices, at `path` (validateDeviceClaim, validateResourceClaimSpec)."""
    requests, known = devices.get("requests") or [], requests_of(devices)
    errors = each(f"{path}.requests", requests, _MOST, lambda at, request: _request(at, request, release),
                   lambda request: request.get("name", ""))
    errors += each(f"{path}.constraints", devices.get("constraints") or (), _MOST,
                    lambda at, constraint: _constraint(at, constraint, known))
    return errors + each(f"{path}.config", devices.get("config") or (), _MOST, lambda at, config: each(
        f"{at}.requests", config.get("requests") or (), _MOST,
        lambda place, name: reference(place, name, known), str) + configuration(at, config))


def validate_class(spec: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a DeviceClass' spec (validateDeviceClassSpec, validateDeviceClassConfiguration)."""
    errors = each("spec.selectors", spec.get("selectors") or (), _MOST,
                   lambda at, selector: _selector(at, selector, release))
    errors += each("spec.config", spec.get("config") or (), _MOST, configuration)
    name = spec.get("extendedResourceName")
    if name is not None and ("/" not in name or name.partition("/")[0].endswith("kubernetes.io")
                             or qualified_name("", name)):
        errors.append(field.invalid("spec.extendedResourceName", name, "must be a valid extended resource name"))
    return errors


def _request(path: str, request: Object, release: Release) -> FieldErrors:
    """validateDeviceRequest, validateDeviceSubRequest."""
    errors = dns1123_label(f"{path}.name", request.get("name", ""))
    exactly, alternatives = request.get("exactly"), request.get("firstAvailable") or []
    only = "exactly one of `exactly` or `firstAvailable` is required"
    if exactly is not None and alternatives:
        errors.append(field.invalid(path, None, f"{only}, but multiple fields are set"))
    elif exactly is not None:
        errors += _asked(f"{path}.exactly", exactly, release)
    elif alternatives:
        errors += each(f"{path}.firstAvailable", alternatives, _MOST_ALTERNATIVES, lambda at, each: dns1123_label(
            f"{at}.name", each.get("name", "")) + _asked(at, each, release), lambda each: each.get("name", ""))
    else:
        errors.append(field.required(path, only))
    return errors


def _asked(path: str, asked: Object, release: Release) -> FieldErrors:
    """A class of devices, which of them, and how many (validateExactDeviceRequest, validateDeviceAllocationMode,
    validateDeviceClass)."""
    name = asked.get("deviceClassName", "")
    at = f"{path}.deviceClassName"
    errors = dns1123_subdomain(at, name) if name else [field.required(at)]
    errors += each(f"{path}.selectors", asked.get("selectors") or (), _MOST,
                    lambda place, selector: _selector(place, selector, release))
    mode, count = asked.get("allocationMode", ""), asked.get("count", 0)
    if mode == "All" and count:
        errors.append(field.invalid(f"{path}.count", count, "must not be specified when allocationMode is 'All'"))
    elif mode == "ExactCount" and count <= 0:
        errors.append(field.invalid(f"{path}.count", count, "must be greater than zero"))
    elif mode not in ("All", "ExactCount"):
        errors.append(field.not_supported(f"{path}.allocationMode", mode, ["All", "ExactCount"]))
    for i, toleration in enumerate(asked.get("tolerations") or ()):
        errors += _toleration(f"{path}.tolerations[{i}]", toleration)
    return errors


def _toleration(path: str, toleration: Object) -> FieldErrors:
    """validateDeviceToleration, validateLabelValue."""
    key, operator, value = toleration.get("key", ""), toleration.get("operator", "Equal"), toleration.get("value", "")
    errors = qualified_name(f"{path}.key", key) if key else []
    if operator == "Exists" and value:
        errors.append(field.invalid(f"{path}.value", value, "must be empty for operator `Exists`"))
    elif operator not in ("Exists", "Equal"):
        errors.append(field.not_supported(f"{path}.operator", operator, ["Equal", "Exists"]))
    elif operator == "Equal":
        errors += said(f"{path}.value", value, names.label_value(value))
    if toleration.get("effect"):
        errors += one_of(f"{path}.effect", toleration["effect"], EFFECTS)
    return errors


def _selector(path: str, selector: Object, release: Release) -> FieldErrors:
    """An expression that tells which devices will do (validateCELSelector, validateSelector, validateSelectorSlice,
    convertCELErrorToValidationError)."""
    if selector.get("cel") is None:
        return [field.required(f"{path}.cel")]
    at, text = f"{path}.cel.expression", selector["cel"].get("expression", "")
    if len(text.encode()) > _LONGEST_EXPRESSION:
        return [field.too_long(at, _LONGEST_EXPRESSION)]
    try:
        type_ = cel.compile(text, DEVICE, release).type
    except cel.CompileError as error:
        return [field.invalid(at, text, f"compilation failed: {error}")]
    if type_ in (BOOL, DYN):
        return []
    return [field.invalid(at, text, f"must evaluate to bool or the unknown type, not {shown(type_)}")]


def _constraint(path: str, constraint: Object, known: dict[str, set[str]]) -> FieldErrors:
    """validateDeviceConstraint."""
    errors = each(f"{path}.requests", constraint.get("requests") or (), _MOST,
                   lambda at, name: reference(at, name, known), str)
    for key in ("matchAttribute", "distinctAttribute"):
        if constraint.get(key) is not None:
            return errors + _fully_qualified(f"{path}.{key}", constraint[key])
    return [*errors, field.required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but '
                                    "multiple fields are set")]


def domain_and_name(path: str, name: str) -> FieldErrors:
    """Return the FieldErrors of the name of an attribute or a capacity, whose domain may be missing
    (validateQualifiedName, validateCIdentifier)."""
    from ..checks import driver_name

    domain, slash, short = name.rpartition("/")
    if "/" in domain:
        return []
    errors: FieldErrors = []
    if slash:
        errors += driver_name(path, domain) if domain else [field.invalid(path, "", "the domain must not be empty")]
    if slash and not short:
        return [*errors, field.invalid(path, "", "the name must not be empty")]
    if len(short) > _LONGEST_IDENTIFIER:
        errors.append(field.too_long(path, _LONGEST_IDENTIFIER))
    return errors + said(path, short, names.c_identifier(short))


def _fully_qualified(path: str, name: str) -> FieldErrors:
    """validateFullyQualifiedName."""
    errors = domain_and_name(path, name)
    if "/" not in name:
        errors.append(field.invalid(path, name, "a fully qualified name must be a domain and a name separated by a "
                                    "slash"))
    return errors


def requests_of(devices: Object) -> dict[str, set[str]]:
    """Return the names of a claim's requests, each with those of its alternatives (gatherRequestNames)."""
    return {request.get("name", ""): {each.get("name", "") for each in request.get("firstAvailable") or ()}
            for request in devices.get("requests") or ()}


def reference(path: str, name: str, known: dict[str, set[str]]) -> FieldErrors:
    """Return the FieldErrors of the name of a request, or of a request and one of its alternatives; `known` is as
    `requests_of` has it (validateRequestNameRef)."""
    first, slash, second = name.partition("/")
    errors: FieldErrors = []
    if "/" not in second:
        errors = [error for part in name.split("/") for error in dns1123_label(path, part)]
        if first in known and (not slash or second in known[first]):
            return errors
    return [*errors, field.invalid(path, name, "must be the name of a request in the claim or the name of a request "
                                   "and a subrequest separated by '/'")]


def configuration(path: str, config: Object) -> FieldErrors:
    """Return the FieldErrors of what a driver is told about a device (validateDeviceConfiguration,
    validateDeviceClaimConfiguration, validateOpaqueConfiguration)."""
    from ..checks import driver_name

    opaque = config.get("opaque")
    if opaque is None:
        return [field.required(f"{path}.opaque")]
    errors = driver_name(f"{path}.opaque.driver", opaque.get("driver", ""))
    parameters, at = opaque.get("parameters"), f"{path}.opaque.parameters"
    if parameters is None:
        errors.append(field.required(at))
    elif not isinstance(parameters, dict):
        errors.append(field.invalid(at, "<value omitted>", "must be a valid JSON object"))
    return errors


def seen(driver: str, device: Object) -> Object:
    """Return a slice's device as the variable `device` of expressions: attributes and capacities by their domains, the
    driver's where a name has none."""
    from ...cel.libraries import FUNCTIONS

    attributes: dict[str, Object] = {}
    capacity: dict[str, Object] = {}
    for name, value in (device.get("attributes") or {}).items():
        domain, _, short = name.rpartition("/")
        kind, found = next((kind, found) for kind, found in value.items() if found is not None)
        attributes.setdefault(domain or driver, {})[short] = FUNCTIONS["semver"](found) if kind == "version" else found
    for name, value in (device.get("capacity") or {}).items():
        domain, _, short = name.rpartition("/")
        capacity.setdefault(domain or driver, {})[short] = FUNCTIONS["quantity"](value["value"])
    return {"driver": driver, "allowMultipleAllocations": bool(device.get("allowMultipleAllocations")),
            "attributes": attributes, "capacity": capacity}
