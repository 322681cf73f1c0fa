"""Aggregates that sqlite does not have, and PostgreSQL's order of texts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .jsonvalues import (
    json_value,
)
from .kinds import Value, json_text
from .values import number_of, quotient, text

if TYPE_CHECKING:

    pass


class _Joined:
    """string_agg, group_concat and array_agg: each step gets a value, and the values and directions to sort by."""

    distinct = False

    def __init__(self) -> None:
        self.found: list[tuple[list[Value], Value]] = []
        self.by = ","

    def step(self, how: str, by: Value, value: Value, *keys: Value) -> None:
        self.how, self.by = how, "," if by is None else text(by)
        if value is not None or how in ("array", "json"):
            self.found.append((list(keys), value))

    def finalize(self) -> Value:
        if not self.found:
            return None
        found = self.found
        for at in reversed(range(0, len(found[0][0]), 2)):
            found.sort(
                key=lambda each: (each[0][at] is not None, _sort_key(each[0][at])), reverse=bool(found[0][0][at + 1])
            )
        values = [value for _, value in found]
        if self.distinct:
            values = list(dict.fromkeys(values))
        how, _, family = self.how.partition(":")
        if how in ("array", "json"):
            return json_text([json_value(each, family) for each in values])
        return self.by.join(map(text, values))


class _JoinedDistinct(_Joined):
    distinct = True


def _sort_key(value: Value) -> Any:
    return (
        (0, value)
        if isinstance(value, (int, float))
        else (1, text(value).lower(), text(value))
        if value is not None
        else ()
    )


class _Average:
    """PostgreSQL's avg of integers and numerics: text with its digits."""

    def __init__(self) -> None:
        self.total: float = 0
        self.count = 0

    def step(self, value: Value, scale: Value) -> None:
        if value is not None:
            self.total += number_of(value)
            self.count += 1
            self.scale = int(scale)

    def finalize(self) -> Value:
        return quotient(float(f"{self.total:.15g}") if isinstance(self.total, float) else self.total, self.count,
                        self.scale) if self.count else None


class _Deviation:
    """stddev and variance, of a sample (`less` 1) or of all (0)."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: Value, less: Value, root: Value) -> None:
        self.less, self.root = less, root
        if value is not None:
            self.values.append(number_of(value))

    def finalize(self) -> Value:
        count = len(self.values) - self.less if self.values else 0
        if count < 1:
            return None
        mean = sum(self.values) / len(self.values)
        found = sum((each - mean) ** 2 for each in self.values) / count
        return math.sqrt(found) if self.root else found


class _JsonMembers:
    """json_object_agg."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def step(self, key: Value, value: Value, family: Value) -> None:
        self.found[text(key)] = json_value(value, family)

    def finalize(self) -> Value:
        return json_text(self.found)


def _collate(one: str, other: str) -> int:
    """The order of PostgreSQL's en_US: letters first, lower case before upper."""
    first, second = (
        ("".join(x for x in each.lower() if x.isalnum()), each.lower(), each.swapcase()) for each in (one, other)
    )
    return (first > second) - (first < second)
