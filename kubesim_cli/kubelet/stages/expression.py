"""The paths by which stages look into objects: what kwok's use of jq's language, and no more of it.

A path is `.`, or fields `.name`, `."name"`, `["name"]`, indexes `[0]` and iterations `[]` in a row (a dot before a
bracket is allowed); pipes lead from one filter to the next, `select(PATH == VALUE)` and `!=` keep what fits.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    from ...machinery.types import Json

    Filter: TypeAlias = Callable[[Json], list[Json]]

_STEP = re.compile(r'\.?\[\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+))?\s*\]|\.(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*))')
_SELECT = re.compile(r"select\s*\(\s*(.*?)\s*(==|!=)\s*(.*?)\s*\)", re.DOTALL)
_PIPE = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')  # outside of quotes


class Invalid(ValueError):
    """The expression is none, or none that is known here."""


def parse(text: str) -> Filter:
    """Return a function that gives all that an expression finds in a value; raises Invalid."""
    filters = [_filter(part.strip()) for part in _PIPE.split(text)]

    def run(value: Json) -> list[Json]:
        found = [value]
        for each in filters:
            found = [result for value in found for result in each(value)]
        return found

    return run


def _filter(text: str) -> Filter:
    selects = _SELECT.fullmatch(text)
    if selects is not None:
        path, sign, wanted = _path(selects[1]), selects[2], _literal(selects[3])
        return lambda value: [value] if any((each == wanted) == (sign == "==") for each in path(value)) else []
    return _path(text)


def _literal(text: str) -> Json:
    from ...go import jsontext

    try:
        return jsontext.loads(text)
    except ValueError:
        raise Invalid(f"{text} is no value") from None


def _path(text: str) -> Filter:
    steps: list[str | int | None] = []  # a field, an index, or None for an iteration
    at = 1 if text == "." else 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise Invalid(f'"{text}" is not understood from "{text[at:]}" on')
        quoted, index, quoted_field, field = step.groups()
        name = quoted if quoted is not None else quoted_field
        steps.append(_literal(f'"{name}"') if name is not None else int(index) if index is not None else field)
        at = step.end()
    if not text:
        raise Invalid("an expression is empty")
    return lambda value: list(_walk(value, steps, 0))


def _walk(value: Json, steps: list[str | int | None], at: int) -> Iterator[Json]:
    if at == len(steps):
        yield value
        return
    step: Any = steps[at]
    if step is None:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _walk(each, steps, at + 1)
    elif isinstance(step, int):
        if isinstance(value, list) and -len(value) <= step < len(value):
            yield from _walk(value[step], steps, at + 1)
    elif isinstance(value, dict) and value.get(step) is not None:
        yield from _walk(value[step], steps, at + 1)
