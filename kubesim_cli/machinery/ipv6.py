"""IPv6 addresses as numbers. One has a bit more than it needs, so that it is never the number of an IPv4 address."""

from __future__ import annotations

from ipaddress import IPv6Address

BIT = 1 << 128


def number_of(address: str) -> int:
    """Return an IPv6 address as a number; raises ValueError where it is none."""
    return BIT | int(IPv6Address(address))


def address_of(number: int) -> str:
    """Return such a number as an IPv6 address, in its canonical form."""
    return str(IPv6Address(number ^ BIT))
