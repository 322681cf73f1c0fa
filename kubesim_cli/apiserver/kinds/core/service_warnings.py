"""How Services of older releases are warned of addresses (pkg/api/service/warnings.go before 1.33): in the words of
Go's net/netip, which reads no number that begins with 0."""

from __future__ import annotations

from ....go.fmt import quote
from ....machinery import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Release

_LATER = "was accepted, but will be invalid in a future Kubernetes release"
_ZERO = "IPv4 field has octet with leading zero"
_LOOPS = "which may cause controller apply-loops"


def ip_warnings(path: str, value: str, release: Release) -> list[str]:
    """getWarningsForIP; no text is none."""
    if not value:
        return []
    address = names.parsed_ip(value)
    if address is None or (address.version == 4 and str(address) != value):
        why = "unable to parse IP" if address is None else _ZERO
        return [f"{path}: IP address {_LATER}: ParseAddr({quote(value)}): {why}"]
    if ":" in value and str(address) != value and not names.ip(value):
        return [f'{path}: IPv6 address {quote(value)} is not in RFC 5952 canonical format ("{address}"), {_LOOPS}']
    return []


def cidr_warnings(path: str, value: str, release: Release) -> list[str]:
    """getWarningsForCIDR."""
    found = names.parsed_cidr(value)
    if found is None:
        return []
    address, _, bits = value.partition("/")
    if "leading" in "".join(names.cidr(value)):
        why = "bad bits after slash: " + quote(bits) if str(found.ip) == address else (
            f"ParseAddr({quote(address)}): {_ZERO}")
        return [f"{path}: IP prefix {_LATER}: netip.ParsePrefix({quote(value)}): {why}"]
    if ":" in value and f"{found.ip}/{bits}" != value:
        return [f'{path}: IPv6 prefix {quote(value)} is not in RFC 5952 canonical format ("{found.ip}/{bits}"), '
                f"{_LOOPS}"]
    return []
