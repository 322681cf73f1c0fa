"""The string formats that a CRD's schema may ask for (k8s.io/kube-openapi/pkg/validation/strfmt)."""

from __future__ import annotations

import re

from ...releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object, Release

NUMBERS = ("int32", "int64", "float", "double")
_HEX = "[0-9a-f]"
_UUID = _HEX + "{8}-?" + _HEX + "{4}-?"
_PATTERNS = {
    "bsonobjectid": r"(?i)[0-9a-f]{24}",
    "uuid": f"(?i){_UUID}{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{12}}",
    "uuid3": f"(?i){_UUID}3{_HEX}{{3}}-?{_HEX}{{4}}-?{_HEX}{{12}}",
    "uuid4": f"(?i){_UUID}4{_HEX}{{3}}-?[89ab]{_HEX}{{3}}-?{_HEX}{{12}}",
    "uuid5": f"(?i){_UUID}5{_HEX}{{3}}-?[89ab]{_HEX}{{3}}-?{_HEX}{{12}}",
    "mac": r"(?i)(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4,18}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2,9}[0-9a-f]{4}",
    "creditcard": r"(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
                  r"|(?:2131|1800|35\d{3})\d{11})",
    "ssn": r"\d{3}[- ]?\d{2}[- ]?\d{4}",
    "hexcolor": r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})",
    "rgbcolor": r"rgb\(\s*(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\s*,\s*){2}(?:25[0-5]|2[0-4]\d|1?\d?\d)\s*\)",
    "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})",
    "email": r"(?:[^<>@]*<)?[^\s<>@\"(),:;\[\]\\]+@[^\s<>@\"(),:;\\]+>?",
    "k8sshortname": r"(?=.{1,63}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "k8slongname": r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
}
_FUNCTIONS = ("uri", "hostname", "ipv4", "ipv6", "cidr", "isbn", "isbn10", "isbn13", "password", "date", "duration",
              "datetime")


def known(schema: Object, release: Release) -> str:
    """Return the format that a schema asks for, "" where there is none or it is not one that this type may have
    (supportedFormatsAtVersion, newFormatsAtVersion, StripUnsupportedFormatsPostProcessorForVersion,
    StripUnsupportedFormatsPostProcess)."""
    form = schema.get("format")
    if not form:
        return ""
    types = schema.get("type", "")
    if schema.get("x-kubernetes-int-or-string"):
        types = ""
    if types in ("", "string"):
        plain = form.replace("-", "")
        if plain.startswith("k8s") and not enabled("KubernetesNameFormats", release):
            return ""
        return form if plain in _PATTERNS or plain in _FUNCTIONS else ""
    numbers = {"integer": NUMBERS[:2], "number": NUMBERS[2:]}
    return form if form in numbers.get(types, ()) else ""


def fits(value: str, form: str) -> bool:
    """Tell whether a string has a format that `known` returned."""
    plain = form.replace("-", "")
    if plain == "creditcard":
        value = re.sub(r"[^0-9]+", "", value)
    if plain in _PATTERNS:
        return re.fullmatch(_PATTERNS[plain], value) is not None
    return bool(globals()[f"_{plain}"](value))


def _password(value: str) -> bool:
    return True


def _uri(value: str) -> bool:
    from urllib.parse import urlsplit

    if re.search(r"[\x00-\x20\x7f]", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return value.startswith("/") or bool(parts.scheme and (parts.netloc or parts.path))


def _hostname(value: str) -> bool:
    labels = value.split(".")
    if len(value) > 255 or any(len(label) > 63 for label in labels):
        return False
    return all(re.fullmatch(r"[^\W_](?:[^\W_]|-(?!$))*", label) for label in labels) and (
        len(labels) == 1 or re.fullmatch(r"[^\W\d_]{2,63}", labels[-1]) is not None)


def _address(value: str, version: int) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(value).version == version
    except ValueError:
        return False


def _ipv4(value: str) -> bool:
    return _address(re.sub(r"\b0+(?=\d)", "", value), 4)


def _ipv6(value: str) -> bool:
    return _address(value, 6)


def _cidr(value: str) -> bool:
    from ipaddress import ip_interface

    try:
        return "/" in value and value.rpartition("/")[2].isdigit() and bool(ip_interface(value))
    except ValueError:
        return False


def _isbn10(value: str) -> bool:
    digits = re.sub(r"[\s-]+", "", value)
    if not re.fullmatch(r"\d{9}[\dX]", digits):
        return False
    total = sum((i + 1) * (10 if char == "X" else int(char)) for i, char in enumerate(digits))
    return total % 11 == 0


def _isbn13(value: str) -> bool:
    digits = re.sub(r"[\s-]+", "", value)
    if not re.fullmatch(r"\d{13}", digits):
        return False
    return sum(int(char) * (3 if i % 2 else 1) for i, char in enumerate(digits)) % 10 == 0


def _isbn(value: str) -> bool:
    return _isbn10(value) or _isbn13(value)


def _date(value: str) -> bool:
    from datetime import date

    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _datetime(value: str) -> bool:
    day, _, time = value.lower().partition("t")
    match = re.fullmatch(r"(\d{2}):(\d{2}):(\d{2})(.\d+)?(z|[+-]\d{2}:\d{2})", time)
    return _date(day) and match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _duration(value: str) -> bool:
    if re.fullmatch(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", value):
        return True
    units = r"ns|nano\w*|us|µs|micro\w*|ms|milli\w*|s|sec\w*|m|min\w*|h|hr|hour\w*|d|day\w*|w|wk|week\w*"
    return any(re.fullmatch(units, unit.lower()) for unit in re.findall(r"\d+\s*([A-Za-zµ]+)", value))
