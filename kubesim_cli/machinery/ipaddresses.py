"""IPv4 addresses as numbers."""

from __future__ import annotations


def number_of(address: str) -> int:
    """Return an IPv4 address as a number."""
    a, b, c, d = map(int, address.split("."))
    return (a << 24) + (b << 16) + (c << 8) + d


def address_of(number: int) -> str:
    """Return a number as an IPv4 address."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
