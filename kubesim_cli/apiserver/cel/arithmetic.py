"""Numbers of costs and sizes: as those of an uint64 that stays at its largest value instead of running over."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Size: TypeAlias = tuple[int, int]  # the least and the most

MOST = 2**64 - 1
UNKNOWN: Size = (0, MOST)
TEXT, REGEX = 0.1, 0.25  # of a character that is gone through, and of one of a regular expression


def total(*numbers: int) -> int:
    return min(sum(numbers), MOST)


def times(a: int, b: int) -> int:
    return min(a * b, MOST)


def part(number: int, factor: float) -> int:
    """Return so much of a number, rounded up."""
    if number > 0 and factor > 0 and float(number) > MOST / factor:
        return MOST
    return min(-int(-(float(number) * factor) // 1), MOST)


def either(a: Size, b: Size) -> Size:
    return min(a[0], b[0]), max(a[1], b[1])


def together(a: Size, b: Size) -> Size:
    return total(a[0], b[0]), total(a[1], b[1])


def product(a: Size, b: Size) -> Size:
    return times(a[0], b[0]), times(a[1], b[1])
