"""Kubernetes' own libraries of functions: quantities, URLs, addresses, formats, versions (k8s.io/apiserver/pkg/cel)."""

from __future__ import annotations

from ...go import regexp
from ...machinery import names, quantity
from ..customresources import formats
from .errors import EvaluationError, no_overload
from .values import NONE, Opaque, Optional, Timestamp, TypeValue, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from urllib.parse import SplitResult

    from ...machinery.types import Object
    from .values import Function, Value

QUANTITY, URL, IP, CIDR, FORMAT, SEMVER = ("kubernetes.Quantity", "kubernetes.URL", "net.IP", "net.CIDR",
                                           "kubernetes.NamedFormat", "kubernetes.Semver")


def _inner(value: Value, type_: str) -> Value:
    if not isinstance(value, Opaque) or value.type != type_:
        raise no_overload()
    return value.value


def _works(make: Function) -> Function:
    """Return a function that tells whether `make` takes a value."""

    def test(*values: Value) -> bool:
        try:
            make(*values)
        except EvaluationError:
            return False
        return True

    return test


def pattern(text: str) -> regexp.Pattern:
    """Return a compiled regular expression. Raises EvaluationError."""
    try:
        return regexp.compile(text)
    except ValueError as error:
        raise EvaluationError(str(error)) from None


def find_all(value: str, text: str, limit: int = -1, otherwise: Iterable[str] = ()) -> list[str]:
    """Return what a pattern matches in a string, at most `limit` times where that is not negative."""
    return pattern(text).find_all(value, limit) or list(otherwise)


def quote(value: str) -> str:
    """strings.quote: a string in double quotes, with its special characters escaped."""
    escapes = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\",
               '"': '\\"'}
    return '"' + "".join(escapes.get(char, char) for char in value) + '"'


def escape_key(key: str) -> str:
    """jsonpatch.escapeKey: a field's name as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def format_string(template: str, arguments: list[Value]) -> str:
    """<string>.format(<list>), printf-like."""
    import re

    left = list(arguments)

    def clause(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        if not left:
            raise EvaluationError(f"index {len(arguments)} out of range")
        value, precision = left.pop(0), int(match[1] or 6)
        if match[2] == "s":
            return _shown(value)
        if match[2] in "fe":
            return f"{float(value):.{precision}{match[2]}}"
        if match[2] in "xX" and isinstance(value, (str, bytes)):
            text = (value.encode() if isinstance(value, str) else value).hex()
            return text.upper() if match[2] == "X" else text
        return f"{int(value):{match[2]}}"

    return re.sub(r"%(?:\.(\d+))?([sdfebxXo%])", clause, template)


def _shown(value: Value) -> str:
    """A value as %s prints it."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_nested(key)}:{_nested(value[key])}" for key in sorted(value)) + "}"
    return value.name if isinstance(value, TypeValue) else text_of(value)


def _nested(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Timestamp):
        kind = "duration" if type(value) is not Timestamp else "timestamp"
        return f'{kind}("{text_of(value)}")'
    return _shown(value)


# Quantities


def _quantity(text: str) -> Opaque:
    if not isinstance(text, str):
        raise no_overload()
    try:
        return Opaque(QUANTITY, quantity.parse(text), text)
    except ValueError as error:
        raise EvaluationError(str(error)) from None


def _amount(value: Value) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _inner(value, QUANTITY)


def _sum_of(sign: int) -> Function:
    def method(left: Value, right: Value) -> Opaque:
        return Opaque(QUANTITY, _inner(left, QUANTITY) + sign * _amount(right))

    return method


def _as_integer(value: Value) -> int:
    number = _inner(value, QUANTITY)
    if number != int(number) or abs(number) >= 2**63:
        raise EvaluationError("cannot convert value to integer")
    return int(number)


def _order(left: Value, right: Value) -> int:
    if not isinstance(left, Opaque) or left.type not in (QUANTITY, SEMVER):
        raise no_overload()
    mine, other = left.value, _inner(right, left.type)
    return int(mine > other) - int(mine < other)


def _sign(value: Value) -> int:
    number = _inner(value, QUANTITY)
    return int(number > 0) - int(number < 0)


# URLs and addresses


def _url(text: str) -> Opaque:
    from urllib.parse import urlsplit

    if not isinstance(text, str):
        raise no_overload()
    if not formats.fits(text, "uri"):
        raise EvaluationError(f'URL parse error during conversion from string: parse "{text}": invalid URI for request')
    return Opaque(URL, urlsplit(text), text)


def _url_part(part: Function) -> Function:
    return lambda value: part(_inner(value, URL))


def _host(url: SplitResult) -> str:
    return url.netloc.rpartition("@")[2]


def _escaped_path(url: SplitResult) -> str:
    from urllib.parse import quote as percent

    return percent(url.path, safe="/%:@!$&'()*+,;=~-._")


def _query(url: SplitResult) -> Object:
    from urllib.parse import parse_qs

    return parse_qs(url.query, keep_blank_values=True)


def _ip(text: Value) -> Opaque:
    from ipaddress import ip_address

    if isinstance(text, Opaque):
        return Opaque(IP, _inner(text, CIDR).ip, str(_inner(text, CIDR).ip))
    try:
        address = ip_address(text)
    except ValueError:
        raise EvaluationError(f'IP Address "{text}" parse error during conversion from string: ParseAddr("{text}"): '
                              "unable to parse IP") from None
    if "%" in text:
        raise EvaluationError(f'IP address "{text}" with zone value is not allowed')
    if address.version == 6 and address.ipv4_mapped is not None:
        raise EvaluationError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return Opaque(IP, address, str(address))


def _address(test: Function) -> Function:
    return lambda value: test(_inner(value, IP))


def _global_unicast(address: Value) -> bool:
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not special and str(address) != "255.255.255.255"


def _cidr(text: str) -> Opaque:
    from ipaddress import ip_interface

    if not isinstance(text, str):
        raise no_overload()
    if not formats.fits(text, "cidr"):
        why = "bad bits after slash" if "/" in text else "no '/'"
        raise EvaluationError("network address parse error during conversion from string: "
                              f'netip.ParsePrefix("{text}"): {why}')
    return Opaque(CIDR, ip_interface(text), text)


def _contains_ip(network: Value, address: Value) -> bool:
    inner = _inner(address if isinstance(address, Opaque) else _ip(address), IP)
    return inner in _inner(network, CIDR).network


def _contains_cidr(network: Value, other: Value) -> bool:
    mine = _inner(network, CIDR).network
    inner = _inner(other if isinstance(other, Opaque) else _cidr(other), CIDR).network
    return mine.version == inner.version and bool(inner.subnet_of(mine))


def _masked(value: Value) -> Opaque:
    network = _inner(value, CIDR).network
    return _cidr(str(network))


# Formats and versions

_PREFIXES = {"dns1123LabelPrefix": "dns1123_label", "dns1123SubdomainPrefix": "dns1123_subdomain",
             "dns1035LabelPrefix": "dns1035_label"}
_NAMES = {"dns1123Label": "dns1123_label", "dns1123Subdomain": "dns1123_subdomain", "dns1035Label": "dns1035_label",
          "qualifiedName": "qualified_name", "labelValue": "label_value"}
_VALUES = {"uri": "invalid URI", "uuid": "does not match the UUID format", "byte": "invalid base64",
           "date": "invalid date", "datetime": "invalid datetime"}


def _validate(value: Value, text: str) -> Optional:
    name = _inner(value, FORMAT)
    if name in _NAMES:
        wrong = getattr(names, _NAMES[name])(text)
    elif name in _PREFIXES:
        wrong = getattr(names, _PREFIXES[name])(names.mask_trailing_dash(text))
    else:
        wrong = [] if formats.fits(text, name) else [_VALUES[name]]
    return Optional(wrong) if wrong else NONE


def _named(name: str) -> Optional:
    return Optional(Opaque(FORMAT, name)) if name in {**_NAMES, **_PREFIXES, **_VALUES} else NONE


def _constant(name: str) -> Function:
    return lambda: Opaque(FORMAT, name)


def _semver(text: str, normalize: bool = False) -> Opaque:
    import re

    if normalize:
        parts = re.fullmatch(r"v?([\d.]*)([+-]?)(.*)", text, re.DOTALL)
        assert parts is not None  # every text is of that form
        head, plus, tail = parts.groups()
        numbers = [str(int(part)) if part.isdigit() else part for part in head.split(".")]
        text = ".".join([*numbers, "0", "0"][:max(3, len(numbers))]) + plus + tail
    number = r"(0|[1-9]\d*)"
    match = re.fullmatch(rf"{number}\.{number}\.{number}(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", text)
    if match is None:
        raise EvaluationError("No Major.Minor.Patch elements found")
    before = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in (match[4] or "").split(".") if part]
    return Opaque(SEMVER, (int(match[1]), int(match[2]), int(match[3]), not before, before), text)


def _version_part(index: int) -> Function:
    return lambda value: _inner(value, SEMVER)[index]


FUNCTIONS: dict[str, Function] = {
    "quantity": _quantity, "isQuantity": _works(_quantity), "sign": _sign, "add": _sum_of(1), "sub": _sum_of(-1),
    "isGreaterThan": lambda left, right: _order(left, right) > 0, "isLessThan": lambda a, b: _order(a, b) < 0,
    "compareTo": _order, "asInteger": _as_integer, "isInteger": _works(_as_integer),
    "asApproximateFloat": lambda value: float(_inner(value, QUANTITY)),
    "url": _url, "isURL": _works(_url), "getScheme": _url_part(lambda url: url.scheme), "getHost": _url_part(_host),
    "getHostname": _url_part(lambda url: url.hostname or ""), "getPort": _url_part(lambda url: str(url.port or "")),
    "getEscapedPath": _url_part(_escaped_path), "getQuery": _url_part(_query),
    "ip": _ip, "isIP": _works(_ip), "ip.isCanonical": lambda text: str(_ip(text).value) == text,
    "family": _address(lambda ip: ip.version), "isUnspecified": _address(lambda ip: ip.is_unspecified),
    "isLoopback": _address(lambda ip: ip.is_loopback), "isGlobalUnicast": _address(_global_unicast),
    "isLinkLocalMulticast": _address(lambda ip: str(ip).startswith(("224.0.0.", "ff02:", "ff12:"))),
    "isLinkLocalUnicast": _address(lambda ip: ip.is_link_local),
    "cidr": _cidr, "isCIDR": _works(_cidr), "containsIP": _contains_ip, "containsCIDR": _contains_cidr,
    "prefixLength": lambda value: _inner(value, CIDR).network.prefixlen, "masked": _masked,
    "format.named": _named, "validate": _validate,
    **{f"format.{name}": _constant(name) for name in (*_NAMES, *_PREFIXES, *_VALUES)},
    "semver": _semver, "isSemver": _works(_semver), "major": _version_part(0), "minor": _version_part(1),
    "patch": _version_part(2),
}
