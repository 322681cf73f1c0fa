"""resource.Quantity: amounts such as `500m`, `1.5Gi` or `3e6` (k8s.io/apimachinery/pkg/api/resource).

An amount is held as a whole number of nanos (10^-9), the smallest that a Quantity tells apart; anything finer is
rounded away from zero, as Kubernetes does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from .types import Json, Object


DECIMAL_SI, BINARY_SI, DECIMAL_EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"

_NANO = 10**9
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = ["", *_BINARY]
_MAX_BINARY = 2**63 - 1
_MAX_EXPONENT = 1000

_DIGITS = "0123456789"
_WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_WRONG_NUMBER = "unable to parse numeric part of quantity"
_WRONG_SUFFIX = "unable to parse quantity's suffix"


class _Parts:
    """A quantity taken apart: `nanos`, `style`, and `keeps_text` where Kubernetes prints it as it was written."""

    __slots__ = ("keeps_text", "nanos", "style")

    def __init__(self, nanos: int, style: str, keeps_text: bool = False) -> None:
        self.nanos, self.style, self.keeps_text = nanos, style, keeps_text


_parsed: dict[str, _Parts] = {}


def _parts(text: Json) -> _Parts:
    if type(text) is not str:
        text = _text_of(text)
    parts = _parsed.get(text)
    if parts is None:
        if len(_parsed) > 1000:
            _parsed.clear()
        parts = _parsed[text] = _take_apart(text.strip())
    return parts


def _text_of(number: Json) -> str:
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise ValueError(_WRONG_FORMAT)
    return repr(number)


def _take_apart(text: str) -> _Parts:
    sign, whole, fraction, suffix = _split(text)
    digits = int((whole + fraction) or "0")
    exponent, style = _interpret(suffix)
    if style == BINARY_SI:
        units = digits << exponent
        fast = not fraction and 14 - len(whole or "0") - exponent * 3 // 10 >= 0
        keeps = fast and digits & 7 != 0
        nanos = _shift(units, 9 - len(fraction))
        nanos = min(nanos, _MAX_BINARY * _NANO)
        if not fast and 0 < nanos < _NANO:
            style = DECIMAL_SI
    else:
        scale = exponent - len(fraction)
        shifted = (whole or "0") + fraction
        keeps = (len(shifted) <= 18 and scale >= -9 and scale % 3 == 0
                 and shifted[0] != "0" and not shifted.endswith("000"))
        nanos = _shift(digits, scale + 9)
    return _Parts(-nanos if sign == "-" else nanos, style, keeps or text == "0")


def _split(text: str) -> tuple[str, str, str, str]:
    """Return sign, whole digits without leading zeros, digits behind the point, and suffix."""
    sign = text[:1] if text[:1] in ("+", "-") else ""
    rest = text[len(sign):]
    suffix = rest.lstrip(_DIGITS)
    whole, fraction = rest[:len(rest) - len(suffix)].lstrip("0"), ""
    if suffix[:1] == ".":
        point = suffix[1:]
        suffix = point.lstrip(_DIGITS)
        fraction = point[:len(point) - len(suffix)]
    exponent = suffix.lstrip("eEinumkKMGTP")
    if not text or (exponent[1:] if exponent[:1] in ("+", "-") else exponent).strip(_DIGITS):
        raise ValueError(_WRONG_FORMAT)
    return sign, whole, fraction, suffix


def _interpret(suffix: str) -> tuple[int, str]:
    """Return a suffix's exponent (of 2 for BinarySI, else of 10) and style."""
    if suffix in _DECIMAL:
        return _DECIMAL[suffix], DECIMAL_SI
    if suffix in _BINARY:
        return _BINARY[suffix], BINARY_SI
    if suffix[0] in "eE":
        try:
            exponent = int(suffix[1:])
        except ValueError:
            raise ValueError(_WRONG_SUFFIX) from None
        if abs(exponent) > _MAX_EXPONENT:
            raise ValueError(_WRONG_NUMBER)
        return exponent, DECIMAL_EXPONENT
    raise ValueError(_WRONG_SUFFIX)


def fields(text: str) -> tuple[int, int, bool, str]:
    """Return what Kubernetes keeps of a canonical quantity: (number, power of ten, whether an int64 holds it, the text
    or "" where it is not kept) (ParseQuantity)."""
    parts = _parts(text)
    sign, whole, fraction, suffix = _split(text)
    exponent, style = _interpret(suffix)
    digits, scale = int((whole + fraction) or "0"), exponent - len(fraction)
    if style == BINARY_SI:
        fast = not fraction and 14 - len(whole or "0") - exponent * 3 // 10 >= 0
        digits, scale = digits << exponent, -len(fraction)
    else:
        fast = len((whole or "0") + fraction) <= 18 and scale >= -9
    if not fast:
        digits, scale = abs(parts.nanos), -9
        while scale < 0 and digits % 10 == 0:
            digits, scale = digits // 10, scale + 1
    return -digits if sign == "-" else digits, scale, fast, text if parts.keeps_text else ""


def _shift(number: int, places: int) -> int:
    """Return number * 10^places (number >= 0), rounded up."""
    power: int = 10**abs(places)
    return number * power if places >= 0 else -(-number // power)


def _round_up(nanos: int, unit: int) -> int:
    """Divide, rounding away from zero."""
    return -(-nanos // unit) if nanos >= 0 else nanos // unit


def parse(text: str | int | float) -> Decimal:
    """Return the amount; ValueError with Kubernetes' message where `text` is no quantity."""
    from decimal import Decimal

    return Decimal(_parts(text).nanos).scaleb(-9)


def style_of(text: str | int | float) -> str:
    """Return DecimalSI, BinarySI or DecimalExponent: how the quantity is written."""
    return _parts(text).style


def canonical(text: str | int | float) -> str:
    """Return the quantity as the API server stores it: `0.5` is `500m`, `1024Mi` is `1Gi`; ValueError if it is none."""
    parts = _parts(text)
    return str(text).strip() if parts.keeps_text else _format(parts.nanos, parts.style)


def format(value: Decimal | int, style: str) -> str:
    """Return an amount as canonical text in a style; a BinarySI amount that is small or broken is told in DecimalSI."""
    if isinstance(value, int):
        return _format(value * _NANO, style)
    from decimal import ROUND_UP

    return _format(int((value * _NANO).to_integral_value(rounding=ROUND_UP)), style)


def _format(nanos: int, style: str) -> str:
    if nanos == 0:
        return "0"
    if style == BINARY_SI:
        whole, broken = divmod(nanos, _NANO)
        if not broken and not -1024 < whole < 1024:
            return _format_binary(whole)
        style = DECIMAL_SI
    number, exponent = nanos, -9
    while number % 1000 == 0 and (exponent < 18 or style == DECIMAL_EXPONENT):
        number //= 1000
        exponent += 3
    if style == DECIMAL_SI:
        return f"{number}{_DECIMAL_SUFFIX[exponent]}"
    return f"{number}e{exponent}" if exponent else str(number)


def _format_binary(whole: int) -> str:
    power = 0
    while whole % 1024 == 0 and power < 6:
        whole //= 1024
        power += 1
    return f"{whole}{_BINARY_SUFFIX[power]}"


def value(text: str | int | float) -> int:
    """Return the amount in whole units, rounded away from zero (Quantity.Value)."""
    return _round_up(_parts(text).nanos, _NANO)


def milli(text: str | int | float) -> int:
    """Return the amount in thousandths, rounded away from zero (Quantity.MilliValue)."""
    return _round_up(_parts(text).nanos, 10**6)


def _combine(a: Json, b: Json, sign: int) -> str:
    left, right = _parts(a), _parts(b)
    return _format(left.nanos + sign * right.nanos, left.style if left.nanos else right.style)


def add(a: str | int | float, b: str | int | float) -> str:
    """Return a + b in a's style (b's where a is zero)."""
    return _combine(a, b, 1)


def total(lists: Iterable[Object]) -> dict[str, str]:
    """Return the sum of several ResourceLists (dicts resource -> quantity) that have no resource below zero."""
    found: dict[str, str] = {}
    for amounts in lists:
        for resource, amount in amounts.items():
            found[resource] = add(found.get(resource, "0"), amount)
    return found


def subtract(a: str | int | float, b: str | int | float) -> str:
    """Return a - b in a's style (b's where a is zero)."""
    return _combine(a, b, -1)


def compare(a: str | int | float, b: str | int | float) -> int:
    """Return -1, 0 or 1 as a is less than, equal to or greater than b."""
    left, right = _parts(a).nanos, _parts(b).nanos
    return (left > right) - (left < right)
