"""Validation that many kinds share: each function returns a list of FieldErrors for the value at `path`.

Source: k8s.io/apimachinery/pkg/{api,util,apis/meta/v1}/validation and pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from ...machinery import field, names, quantity
from ...releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable
    from typing import Any

    from ...machinery.types import FieldErrors, Json, Object, Release

IMMUTABLE = "field is immutable"
ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")


def said(path: str, value: Json, messages: Iterable[str]) -> FieldErrors:
    """Turn messages about a value into errors."""
    return [field.invalid(path, value, message) for message in messages]


def once(path: str, value: Hashable, seen: set[Any]) -> FieldErrors:
    """Errors of a value that is among those `seen` before, to which it is added."""
    if value in seen:
        return [field.duplicate(path, value)]
    seen.add(value)
    return []


def dns1123_label(path: str, value: str) -> FieldErrors:
    """ValidateDNS1123Label."""
    return said(path, value, names.dns1123_label(value))


def dns1123_subdomain(path: str, value: str) -> FieldErrors:
    """ValidateDNS1123Subdomain, ValidateRuntimeClassName."""
    return said(path, value, names.dns1123_subdomain(value))


def qualified_name(path: str, value: str) -> FieldErrors:
    """ValidateQualifiedName, ValidateLabelName."""
    return said(path, value, names.qualified_name(value))


def one_of(path: str, value: Json, allowed: Collection[str]) -> FieldErrors:
    """The value must be one of `allowed`, which are told in alphabetical order."""
    return [] if value in allowed else [field.not_supported(path, value, sorted(allowed))]


def required_one_of(path: str, value: Json, allowed: Collection[str]) -> FieldErrors:
    """Like `one_of`, and an empty value is told as missing."""
    return one_of(path, value, allowed) if value else [field.required(path)]


def positive_int_or_percent(path: str, value: Json) -> FieldErrors:
    """A number that is not negative, or a percentage however large (ValidatePositiveIntOrPercent)."""
    return said(path, value, names.percent(value)) if isinstance(value, str) else minimum(path, value)


def not_more_than_100_percent(path: str, value: Json) -> FieldErrors:
    """A number, or a percentage up to 100% (IsNotMoreThan100Percent); what is no percentage is not judged here."""
    if not isinstance(value, str) or names.percent(value) or int_or_percent_value(value) <= 100:
        return []
    return [field.invalid(path, value, "must not be greater than 100%")]


def int_or_percent_value(value: Json) -> int:
    """Return the number of a number or a percentage; 0 where there is none (getIntOrPercentValue, getPercentValue)."""
    if isinstance(value, str):
        digits = value.removesuffix("%")
        return int(digits) if digits.isascii() and digits.isdecimal() else 0
    return value or 0


def immutable(path: str, new: Json, old: Json) -> FieldErrors:
    """ValidateImmutableField; absent and null are the same."""
    return [] if new == old else [field.invalid(path, new, IMMUTABLE)]


def path_segment(path: str, value: str) -> FieldErrors:
    """IsPathSegmentName."""
    return said(path, value, names.path_segment_name(value))


def minimum(path: str, value: int | None, least: int = 0) -> FieldErrors:
    """An absent value passes (ValidateNonnegativeField)."""
    if value is None or value >= least:
        return []
    return [field.invalid(path, value, f"must be greater than or equal to {least}")]


def port_number(path: str, value: int) -> FieldErrors:
    """IsValidPortNum."""
    return said(path, value, names.port_number(value))


def port_number_or_name(path: str, value: Json) -> FieldErrors:
    """A port as an int or a name, as in targetPort (ValidatePortNumOrName)."""
    if isinstance(value, int):
        return port_number(path, value)
    return said(path, value, names.port_name(value))


def domain_prefixed_path(path: str, value: str) -> FieldErrors:
    """A name such as `example.com/controller` (IsDomainPrefixedPath)."""
    host, slash, rest = value.partition("/")
    if not value:
        return [field.required(path)]
    if not host or not slash or not rest:
        return [field.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    return dns1123_subdomain(path, host)


def labels(path: str, found: Object | None) -> FieldErrors:
    errors = []
    for key, value in (found or {}).items():
        errors += qualified_name(path, key)
        errors += said(path, value, names.label_value(value))
    return errors


def label_selector(path: str, selector: Object | None) -> FieldErrors:
    """A metav1.LabelSelector (ValidateLabelSelector)."""
    if not selector:
        return []
    errors = labels(f"{path}.matchLabels", selector.get("matchLabels"))
    for i, expression in enumerate(selector.get("matchExpressions") or ()):
        errors += requirement_of_labels(f"{path}.matchExpressions[{i}]", expression)
    return errors


def selector_shown(selector: Object | None) -> Json:
    """Return a label selector as complaints quote it: in the order of its Go struct."""
    from ..internaltypes import internal

    return internal(selector, "*metav1.LabelSelector")


OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")  # of a selector's requirement


def label_selector_values(path: str, operator: str, values: Json) -> FieldErrors:
    """What the operator of a selector's requirement demands of the number of values."""
    if operator in ("In", "NotIn"):
        return [] if values else [
            field.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")]
    if operator in ("Exists", "DoesNotExist"):
        return [field.forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                ] if values else []
    return [field.invalid(f"{path}.operator", operator, "not a valid selector operator")]


def requirement_of_labels(path: str, expression: Object, judged: bool = True) -> FieldErrors:
    """A requirement of a label selector, whose operator is not `judged` where others may come
    (ValidateLabelSelectorRequirement)."""
    values = expression.get("values") or ()
    errors = label_selector_values(path, expression.get("operator", ""), values) if judged else []
    errors += qualified_name(f"{path}.key", expression.get("key", ""))
    for i, value in enumerate(values):
        errors += said(f"{path}.values[{i}]", value, names.label_value(value))
    return errors


def positive_quantity(path: str, value: str) -> FieldErrors:
    """ValidatePositiveQuantityValue."""
    if quantity.compare(value, 0) > 0:
        return []
    return [field.invalid(path, value, "must be greater than zero")]


def ip_address(path: str, value: str, release: Release, known: Collection[str] = ()) -> FieldErrors:
    """An IP address; values in `known` were accepted before."""
    strict = enabled("StrictIPCIDRValidation", release)
    return [] if value in known else said(path, value, names.ip(value, strict))


def ip_warnings(path: str, value: str, release: Release) -> list[str]:
    """Warnings about how an address is written that is one (validation.GetWarningsForIP)."""
    address = names.parsed_ip(value)
    if address is None or not enabled("AddressWarnings", release):
        return []
    if names.ip(value):
        plain = getattr(address, "ipv4_mapped", None) or address
        return [f'{path}: non-standard IP address "{value}" is invalid: use "{plain}"']
    return [] if value == str(address) else [
        f'{path}: IPv6 address "{value}" should be in RFC 5952 canonical format ("{address}")']


def load_balancer_host(path: str, value: str) -> FieldErrors:
    """The host name of an entry of status.loadBalancer.ingress."""
    if not value:
        return []
    errors = dns1123_subdomain(path, value)
    if not names.ip(value):
        errors.append(field.invalid(path, value, "must be a DNS name, not an IP address"))
    return errors


def cidr(path: str, value: str, release: Release, known: Collection[str] = ()) -> FieldErrors:
    """A network in CIDR notation; values in `known` were accepted before."""
    strict = enabled("StrictIPCIDRValidation", release)
    return [] if value in known else said(path, value, names.cidr(value, strict))


def cidr_warnings(path: str, value: str, release: Release) -> list[str]:
    """Warnings about how a network is written that is one (validation.GetWarningsForCIDR)."""
    found = names.parsed_cidr(value)
    if found is None or not enabled("AddressWarnings", release):
        return []
    network, warnings = found.network, []
    if found.ip != network.network_address:
        warnings.append(f'{path}: CIDR value "{value}" is ambiguous in this context (should be "{network}" or '
                        f'"{found.ip}/{network.max_prefixlen}"?)')
    if {*names.cidr(value)} - {"must not have bits set beyond the prefix length"}:
        warnings.append(f'{path}: non-standard CIDR value "{value}" is invalid: use "{network}"')
    if not warnings and network.version == 6 and value != str(network):
        warnings.append(f'{path}: IPv6 CIDR value "{value}" should be in RFC 5952 canonical format ("{network}")')
    return warnings


_CONDITION_REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"
_MAX_REASON, _MAX_MESSAGE = 1024, 32 * 1024


def conditions(path: str, found: Iterable[Object]) -> FieldErrors:
    """Errors of a status's metav1.Conditions (ValidateConditions, ValidateCondition)."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, condition in enumerate(found):
        at, type_ = f"{path}[{i}]", condition.get("type", "")
        errors += once(f"{at}.type", type_, seen)
        errors += qualified_name(f"{at}.type", type_)
        errors += one_of(f"{at}.status", condition.get("status", ""), ("False", "True", "Unknown"))
        generation = condition.get("observedGeneration", 0)
        if generation < 0:
            errors.append(field.invalid(f"{at}.observedGeneration", generation,
                                        "must be greater than or equal to zero"))
        if not condition.get("lastTransitionTime"):
            errors.append(field.required(f"{at}.lastTransitionTime"))
        errors += _condition_reason(f"{at}.reason", condition.get("reason", ""))
        if len(condition.get("message", "").encode()) > _MAX_MESSAGE:
            errors.append(field.too_long(f"{at}.message", _MAX_MESSAGE))
    return errors


def _condition_reason(path: str, reason: str) -> FieldErrors:
    """isValidConditionReason."""
    import re

    if not reason:
        return [field.required(path)]
    errors = [] if re.fullmatch(_CONDITION_REASON, reason) else said(path, reason, [names.pattern(
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric "
        "characters or '_,:', and must end with an alphanumeric character or '_'", _CONDITION_REASON,
        "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")])
    return errors if len(reason) <= _MAX_REASON else [*errors, field.too_long(path, _MAX_REASON)]


def fully_qualified_domain_name(path: str, name: str) -> FieldErrors:
    """Errors of a domain name of at least two labels (IsFullyQualifiedDomainName)."""
    if not name:
        return [field.required(path)]
    name = name.removesuffix(".")
    wrong = names.dns1123_subdomain(name)
    if wrong:
        return [field.invalid(path, name, ",".join(wrong))]
    if "." not in name:
        return [field.invalid(path, name, "should be a domain with at least two segments separated by dots")]
    for label in name.split("."):
        wrong = names.dns1123_label(label)
        if wrong:
            return [field.invalid(path, label, ",".join(wrong))]
    return []


def endpoint_ip(path: str, value: str) -> FieldErrors:
    """An address that may be the target of traffic (ValidateEndpointIP)."""
    address = names.parsed_ip(value)
    if address is None:
        return [field.invalid(path, value, "must be a valid IP address")]
    if address.is_unspecified:
        return [field.invalid(path, value, f"may not be unspecified ({value})")]
    if address.is_loopback:
        return [field.invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
    if address.is_link_local:
        return [field.invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
    if address.is_multicast and (str(address).startswith("224.0.0.") or str(address).startswith("ff02:")):
        return [field.invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
    return []


def access_modes(path: str, modes: list[str]) -> FieldErrors:
    """Errors of a list of access modes that is not empty."""
    errors = []
    for mode in modes:
        errors += one_of(path, mode, ACCESS_MODES)
    if "ReadWriteOncePod" in modes and any(m in ACCESS_MODES and m != "ReadWriteOncePod" for m in modes):
        errors.append(field.forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return errors


def driver_name(path: str, driver: str) -> FieldErrors:
    """Errors of a CSI driver's name (ValidateCSIDriverName)."""
    if not driver:
        return [field.required(path)]
    errors = [field.too_long(path, 63)] if len(driver) > 63 else []
    return errors + said(path, driver, names.dns1123_subdomain(driver.lower()))
