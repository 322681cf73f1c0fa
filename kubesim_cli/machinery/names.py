"""What names and other identifiers may look like, and how generated ones are made.

The checks return lists of messages, empty where all is well (k8s.io/apimachinery/pkg/util/validation and
pkg/api/validate/content).
"""

from __future__ import annotations

from ..go.jsontext import encode_sorted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

    from ..releases import Release
    from .types import Json, Object

# What messages tell as the rule, and the rule itself: regular expressions would be compiled by every command.
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_UNDERSCORE = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SUBDOMAIN_UNDERSCORE = rf"{_LABEL_UNDERSCORE}(\.{_LABEL_UNDERSCORE})*"
_WILDCARD = r"\*\." + _SUBDOMAIN
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_QUALIFIED})?"
_PERCENT = "[0-9]+%"
_HEADER = "[-A-Za-z0-9]+"
_ENV = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"

_DIGITS = frozenset("0123456789")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_SMALL = _LOWER | _DIGITS
_ALL = _SMALL | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DASHED, _UNDERSCORED = _SMALL | {"-"}, _SMALL | {"-", "_"}
_PUNCTUATED = _ALL | frozenset("-_.")


def _enclosed(value: str, inner: frozenset[str], ends: frozenset[str]) -> bool:
    """Whether a text is made of `inner`, and begins and ends with one of `ends`."""
    return value[:1] in ends and value[-1:] in ends and inner.issuperset(value)


def _label(value: str) -> bool:
    return _enclosed(value, _DASHED, _SMALL)


def _underscored(value: str) -> bool:
    return _enclosed(value[1:] if value[:1] == "_" else value, _UNDERSCORED, _SMALL)


def _subdomain(value: str) -> bool:
    return all(map(_label, value.split(".")))


_MATCHES: dict[str, Callable[[str], bool]] = {
    _LABEL: _label,
    _SUBDOMAIN: _subdomain,
    _SUBDOMAIN_UNDERSCORE: lambda value: all(map(_underscored, value.split("."))),
    _WILDCARD: lambda value: value[:2] == "*." and _subdomain(value[2:]),
    _LABEL_1035: lambda value: value[:1] in _LOWER and _label(value),
    _QUALIFIED: lambda value: _enclosed(value, _PUNCTUATED, _ALL),
    _VALUE: lambda value: not value or _enclosed(value, _PUNCTUATED, _ALL),
    _PERCENT: lambda value: value[-1:] == "%" and len(value) > 1 and _DIGITS.issuperset(value[:-1]),
    _HEADER: lambda value: bool(value) and (_ALL | {"-"}).issuperset(value),
    _ENV: lambda value: bool(value) and value[0] not in _DIGITS and _PUNCTUATED.issuperset(value),
    _CONFIG_KEY: lambda value: bool(value) and _PUNCTUATED.issuperset(value),
}

_QUALIFIED_WORDS = ("must consist of alphanumeric characters, '-', '_' or '.', "
                    "and must start and end with an alphanumeric character")
_SUBDOMAIN_WORDS = ("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                    "and must start and end with an alphanumeric character")


def max_length(limit: int) -> str:
    """What is said of a text that is too long (MaxLenError)."""
    return f"must be no more than {limit} characters"


def in_range(low: int, high: int) -> str:
    """What is said of a number out of range (InclusiveRangeError)."""
    return f"must be between {low} and {high}, inclusive"


def pattern(message: str, regex: str, *examples: str) -> str:
    """What is said of a text that does not match (validation.RegexError)."""
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{message} (e.g. {shown}regex used for validation is '{regex}')" if examples else (
        f"{message} (regex used for validation is '{regex}')")


def _size(value: str) -> int:
    return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))


def _check(value: str, regex: str, limit: int, message: str, *examples: str) -> list[str]:
    problems = [max_length(limit)] if limit and _size(value) > limit else []
    if not _MATCHES[regex](value):
        problems.append(pattern(message, regex, *examples))
    return problems


def dns1123_label(value: str) -> list[str]:
    """IsDNS1123Label, NameIsDNSLabel."""
    problems = [max_length(63)] if _size(value) > 63 else []
    if not _label(value):
        if _subdomain(value):
            problems.append("must not contain dots")
        else:
            problems.append(pattern("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
                                    "'-', and must start and end with an alphanumeric character",
                                    _LABEL, "my-name", "123-abc"))
    return problems


def dns1123_subdomain(value: str) -> list[str]:
    """IsDNS1123Subdomain, NameIsDNSSubdomain."""
    return _check(value, _SUBDOMAIN, 253, _SUBDOMAIN_WORDS, "example.com")


def dns1123_subdomain_with_underscore(value: str) -> list[str]:
    """IsDNS1123SubdomainWithUnderscore."""
    return _check(value, _SUBDOMAIN_UNDERSCORE, 253, _SUBDOMAIN_WORDS.replace("'-'", "'_', '-'"), "example.com")


def wildcard_dns1123_subdomain(value: str) -> list[str]:
    """IsWildcardDNS1123Subdomain."""
    return _check(value, _WILDCARD, 253,
                  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
                  "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
                  "*.example.com")


def dns1035_label(value: str) -> list[str]:
    """IsDNS1035Label, NameIsDNS1035Label."""
    return _check(value, _LABEL_1035, 63, "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
                  "start with an alphabetic character, and end with an alphanumeric character", "my-name", "abc-123")


def qualified_name(value: str) -> list[str]:
    """A label key: a name, or a DNS subdomain, a slash and a name (content.IsLabelKey, IsQualifiedName)."""
    prefix, slash, name = value.partition("/")
    problems: list[str] = []
    if not slash:
        name = value
    elif "/" in name:
        return [f"a valid label key {pattern(_QUALIFIED_WORDS, _QUALIFIED, 'MyName', 'my.name', '123-abc')}"
                " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    elif not prefix:
        problems.append("prefix part must be non-empty")
    else:
        problems += [f"prefix part {problem}" for problem in dns1123_subdomain(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    elif _size(name) > 63:
        problems.append("name part must be no more than 63 bytes")
    if not _MATCHES[_QUALIFIED](name):
        problems.append(f"name part {pattern(_QUALIFIED_WORDS, _QUALIFIED, 'MyName', 'my.name', '123-abc')}")
    return problems


def label_value(value: str) -> list[str]:
    """IsValidLabelValue."""
    problems = ["must be no more than 63 bytes"] if _size(value) > 63 else []
    if not _MATCHES[_VALUE](value):
        problems.append(pattern("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "
                                "or '.', and must start and end with an alphanumeric character",
                                _VALUE, "MyValue", "my_value", "12345"))
    return problems


def config_map_key(value: str) -> list[str]:
    """IsConfigMapKey."""
    problems = _check(value, _CONFIG_KEY, 253, "a valid config key must consist of alphanumeric characters, '-', '_' "
                      "or '.'", "key.name", "KEY_NAME", "key-name")
    return problems + _parent_directory(value)


def env_var_name(value: str) -> list[str]:
    """The strict rule, from before RelaxedEnvironmentVariableValidation (IsEnvVarName)."""
    problems = _check(value, _ENV, 0, "a valid environment variable name must consist of alphabetic characters, "
                      "digits, '_', '-', or '.', and must not start with a digit",
                      "my.env-name", "MY_ENV.NAME", "MyEnvName1")
    return problems + _parent_directory(value)


def relaxed_env_var_name(value: str) -> list[str]:
    """IsRelaxedEnvVarName."""
    if not value:
        return ["environment variable name must be non-empty"]
    if "=" in value or not all(" " <= char <= "~" for char in value):
        return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    return []


def _parent_directory(value: str) -> list[str]:
    """hasChDirPrefix."""
    if value in (".", ".."):
        return [f"must not be '{value}'"]
    return ["must not start with '..'"] if value.startswith("..") else []


def c_identifier(value: str) -> list[str]:
    """IsCIdentifier."""
    good = value.isascii() and value.isidentifier()
    return [] if good else [pattern("a valid C identifier must start with alphabetic character or '_', followed by a "
                                    "string of alphanumeric characters or '_'", "[A-Za-z_][A-Za-z0-9_]*", "my_name",
                                    "MY_NAME", "MyName")]


def port_name(value: str) -> list[str]:
    """IsValidPortName."""
    problems = []
    if _size(value) > 15:
        problems.append(max_length(15))
    if not value or not (_SMALL | {"-"}).issuperset(value):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if _LOWER.isdisjoint(value):
        problems.append("must contain at least one letter (a-z)")
    if "--" in value:
        problems.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def port_number(value: int) -> list[str]:
    """IsValidPortNum."""
    return [] if 1 <= value <= 65535 else [in_range(1, 65535)]


def user_id(value: int) -> list[str]:
    """Also the rule for group ids (IsValidUserID, IsValidGroupID)."""
    return [] if 0 <= value <= 2**31 - 1 else [in_range(0, 2**31 - 1)]


def percent(value: str) -> list[str]:
    """IsValidPercent."""
    return _check(value, _PERCENT, 0, "a valid percent string must be a numeric string followed by an ending '%'",
                  "1%", "93%")


def http_header_name(value: str) -> list[str]:
    """IsHTTPHeaderName."""
    return _check(value, _HEADER, 0, "a valid HTTP header must consist of alphanumeric characters or '-'",
                  "X-Header-Name")


def path_segment_name(value: str) -> list[str]:
    """The rule for names of RBAC objects and the like (ValidatePathSegmentName, IsValidPathSegmentName)."""
    if value in (".", ".."):
        return [f"may not be '{value}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in value]


def parsed_ip(value: str) -> IPv4Address | IPv6Address | None:
    """Return an address, None for any other text; numbers may begin with 0 (ParseIPSloppy). One of IPv4 that is written
    as one of IPv6 is that of IPv6."""
    import ipaddress

    try:
        return None if "%" in value else ipaddress.ip_address(_without_zeros(value))
    except ValueError:
        return None


def ip(value: str, strict: bool = True) -> list[str]:
    """An address, where it is `strict` not one that others may read otherwise (validation.IsValidIPForLegacyField,
    parseIP)."""
    address = parsed_ip(value)
    if address is None:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    if strict and address.version == 4 and str(address) != value:
        return ["must not have leading 0s"]
    if strict and address.version == 6 and address.ipv4_mapped:
        return ["must not be an IPv4-mapped IPv6 address"]
    return []


def canonical_ip(value: str) -> list[str]:
    """An IP address as programs write it (validation.IsValidIP)."""
    import ipaddress

    wrong = ip(value)
    if not wrong and value != str(ipaddress.ip_address(value)):
        wrong = [f'must be in canonical form ("{ipaddress.ip_address(value)}")']
    return wrong


def canonical_cidr(value: str) -> list[str]:
    """A network as programs write it (validation.IsValidCIDR)."""
    import ipaddress

    wrong = cidr(value)
    if not wrong and value != str(ipaddress.ip_network(value)):
        wrong = [f'must be in canonical form ("{ipaddress.ip_network(value)}")']
    return wrong


def interface_address(value: str) -> list[str]:
    """An address with the size of its network, as programs write it (validation.IsValidInterfaceAddress)."""
    found = parsed_cidr(value)
    if found is None:
        return ["must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)"]
    return [] if value == str(found) else [f'must be in canonical form ("{found}")']


def cidr(value: str, strict: bool = True) -> list[str]:
    """A network, where it is `strict` one with no bits set beyond the prefix length
    (validation.IsValidCIDRForLegacyField, parseCIDR)."""
    found = parsed_cidr(value)
    if found is None:
        return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]
    if not strict:
        return []
    address, _, bits = value.partition("/")
    if (found.version == 4 and address != str(found.ip)) or (len(bits) > 1 and bits[0] == "0"):
        return ["must not have leading 0s in IP or prefix length"]
    if found.version == 6 and found.ip.ipv4_mapped:
        return ["must not have an IPv4-mapped IPv6 address"]
    return [] if found.ip == found.network.network_address else ["must not have bits set beyond the prefix length"]


def parsed_cidr(value: str) -> IPv4Interface | IPv6Interface | None:
    """Return an address with its network, None for any other text; numbers may begin with 0 (ParseCIDRSloppy)."""
    import ipaddress

    address, _, bits = value.partition("/")
    try:
        return None if "%" in address or not _is_number(bits) else ipaddress.ip_interface(
            f"{_without_zeros(address)}/{int(bits)}")
    except ValueError:
        return None


def _without_zeros(address: str) -> str:
    """Return an address of IPv4 with no zeros before its numbers, any other text as it is."""
    parts = address.split(".")
    return ".".join(part.lstrip("0") or "0" for part in parts) if all(map(_is_number, parts)) else address


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def mask_trailing_dash(prefix: str) -> str:
    """Return a generateName such that the rule for whole names can check it (maskTrailingDash, MaskTrailingDash)."""
    return prefix[:-2] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix


_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def random_suffix(number: int | bytes, n: int) -> str:
    """Return `n` characters of rand.String's alphabet that encode a number, or the number in a digest."""
    if isinstance(number, bytes):
        number = int.from_bytes(number, "big")
    out = []
    for _ in range(n):
        number, index = divmod(number, len(_ALPHABET))
        out.append(_ALPHABET[index])
    return "".join(out)


def safe_encode(text: str) -> str:
    """rand.SafeEncodeString: each character as one of the alphabet without vowels."""
    return "".join(_ALPHABET[ord(char) % len(_ALPHABET)] for char in text)


def fnv32a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def fnv32(data: bytes) -> int:
    """The 32-bit FNV-1 hash."""
    value = 2166136261
    for byte in data:
        value = value * 16777619 & 0xFFFFFFFF ^ byte
    return value


def canonical_json(value: Json) -> bytes:
    """Return JSON as Go's json.Marshal writes a map: keys sorted, no blanks, <, > and & escaped."""
    text = encode_sorted(value)
    for char in "<>&\u2028\u2029":
        if char in text:
            text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "replace")


def template_hash(template: Object, release: Release, collision_count: int | None = None) -> str:
    """Return the pod-template-hash that a release's controllers give a template (controller.ComputeHash)."""
    from .dump import for_hash

    data = for_hash("v1.PodTemplateSpec", template, release).encode("utf-8", "surrogatepass")
    if collision_count is not None:
        data += collision_count.to_bytes(8, "little")
    return safe_encode(str(fnv32a(data)))


def revision_hash(data: Object, collision_count: int | None = None) -> str:
    """Return a controller-revision-hash of a ControllerRevision's data (controller/history HashControllerRevision)."""
    raw = canonical_json(data)
    if collision_count is not None:
        raw += str(collision_count).encode()
    return safe_encode(str(fnv32(raw)))
