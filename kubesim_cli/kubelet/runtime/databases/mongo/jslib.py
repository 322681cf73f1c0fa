"""What values of the shell's language can do: the methods of texts, arrays, dates, and the objects that are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .jsvalues import UNDEFINED, Function, Native, fault, numeric, text, truthy
from .values import Date, Long, ObjectId, Regex, iso

if TYPE_CHECKING:
    from .jsrun import Runner

MOST = 10_000_000  # characters of a text


def method(runner: Runner, of: Any, name: str) -> Any:
    """Return a property of a value of the language's own."""
    if name == "length" and isinstance(of, (str, list)):
        return len(of)
    table = (
        _TEXTS
        if isinstance(of, str)
        else _LISTS
        if isinstance(of, list)
        else _DATES
        if isinstance(of, Date)
        else _NUMBERS
        if isinstance(of, (int, float, Long)) and not isinstance(of, bool)
        else _IDS
        if isinstance(of, ObjectId)
        else _REGEXES
        if isinstance(of, Regex)
        else _FUNCTIONS
        if isinstance(of, Function)
        else _OBJECTS
        if isinstance(of, dict)
        else {}
    )
    does = table.get(name) or _ALL.get(name)
    if does is None:
        return UNDEFINED
    if isinstance(of, list) and name == "_id":
        return UNDEFINED
    return Native(name, lambda *arguments: does(runner, of, *arguments))


def _at(size: int, value: Any, other: int) -> int:
    if value is UNDEFINED:
        return other
    place = numeric(value)
    place = 0 if place != place else int(max(min(place, size), -size))
    return max(size + place, 0) if place < 0 else place


def _slice(runner: Any, of: Any, start: Any = UNDEFINED, end: Any = UNDEFINED) -> Any:
    return of[_at(len(of), start, 0) : _at(len(of), end, len(of))]


def _substring(runner: Any, of: str, start: Any = 0, end: Any = UNDEFINED) -> str:
    places = sorted(max(0, int(numeric(each))) for each in (start, len(of) if end is UNDEFINED else end))
    return of[places[0] : places[1]]


def _replace(runner: Runner, of: str, what: Any, by: Any, everywhere: bool = False) -> str:
    def made(found: Any) -> str:
        if isinstance(by, (Function, Native)):
            return text(runner.call(by, [found.group(), *found.groups()]))
        return text(by).replace("$&", found.group())

    if isinstance(what, Regex):
        return str(what.compiled().sub(made, of, 0 if "g" in what.inside[1] else 1))
    import re

    return re.sub(re.escape(text(what)), made, of, count=0 if everywhere else 1)


def _match(runner: Any, of: str, what: Any) -> Any:
    pattern = what if isinstance(what, Regex) else Regex((text(what), ""))
    if "g" in pattern.inside[1]:
        return [found.group() for found in pattern.compiled().finditer(of)] or None
    found = pattern.compiled().search(of)
    return [found.group(), *found.groups()] if found else None


def _split(runner: Any, of: str, by: Any = UNDEFINED, limit: Any = UNDEFINED) -> list[str]:
    if by is UNDEFINED:
        return [of]
    parts = list(by.compiled().split(of)) if isinstance(by, Regex) else list(of) if by == "" else of.split(text(by))
    return parts if limit is UNDEFINED else parts[: int(numeric(limit))]


def _pad(left: bool) -> Callable[..., str]:
    def run(runner: Any, of: str, size: Any, by: Any = " ") -> str:
        missing = min(int(numeric(size)), 100_000) - len(of)
        filler = (text(by) * (missing // max(len(text(by)), 1) + 1))[:missing] if missing > 0 else ""
        return filler + of if left else of + filler

    return run


def _repeat(runner: Any, of: str, count: Any) -> str:
    times = int(numeric(count))
    if times < 0 or times * len(of) > MOST:
        raise fault(f"Invalid count value: {text(count)}", "RangeError")
    return of * times


_TEXTS: dict[str, Callable[..., Any]] = {
    "toUpperCase": lambda runner, of: of.upper(),
    "toLowerCase": lambda runner, of: of.lower(),
    "trim": lambda runner, of: of.strip(),
    "trimStart": lambda runner, of: of.lstrip(),
    "trimEnd": lambda runner, of: of.rstrip(),
    "split": _split,
    "slice": _slice,
    "substring": _substring,
    "substr": lambda runner, of, start=0, count=UNDEFINED: of[_at(len(of), start, 0) :][
        : None if count is UNDEFINED else int(count)
    ],
    "replace": _replace,
    "replaceAll": lambda runner, of, what, by: _replace(runner, of, what, by, True),
    "includes": lambda runner, of, what: text(what) in of,
    "indexOf": lambda runner, of, what: of.find(text(what)),
    "lastIndexOf": lambda runner, of, what: of.rfind(text(what)),
    "startsWith": lambda runner, of, what: of.startswith(text(what)),
    "endsWith": lambda runner, of, what: of.endswith(text(what)),
    "charAt": lambda runner, of, at=0: of[at : at + 1],
    "charCodeAt": lambda runner, of, at=0: ord(of[at]) if at < len(of) else float("nan"),
    "padStart": _pad(True),
    "padEnd": _pad(False),
    "repeat": _repeat,
    "match": _match,
    "concat": lambda runner, of, *more: of + "".join(map(text, more)),
    "localeCompare": lambda runner, of, other: (of > other) - (of < other),
}


def _each(runner: Runner, of: list[Any], function: Any) -> list[Any]:
    return [runner.call(function, [each, at, of]) for at, each in enumerate(list(of))]


def _sorted(runner: Runner, of: list[Any], function: Any = UNDEFINED) -> list[Any]:
    from functools import cmp_to_key

    if function is UNDEFINED:
        of.sort(key=text)
    else:

        def compare(one: Any, other: Any) -> int:
            found: float = numeric(runner.call(function, [one, other]))
            return (found > 0) - (found < 0)

        of[:] = sorted(of, key=cmp_to_key(compare))
    return of


def _splice(runner: Any, of: list[Any], start: Any = 0, count: Any = UNDEFINED, *new: Any) -> list[Any]:
    at = _at(len(of), start, 0)
    end = len(of) if count is UNDEFINED else min(at + int(numeric(count)), len(of))
    gone, of[at:end] = of[at:end], list(new)
    return gone


def _push(runner: Any, of: list[Any], *new: Any) -> int:
    of += new
    return len(of)


def _unshift(runner: Any, of: list[Any], *new: Any) -> int:
    of[:0] = new
    return len(of)


def _reduce(runner: Runner, of: list[Any], function: Any, start: Any = UNDEFINED) -> Any:
    items = list(of)
    if start is UNDEFINED:
        if not items:
            raise fault("Reduce of empty array with no initial value")
        start = items.pop(0)
    for at, each in enumerate(items):
        start = runner.call(function, [start, each, at, of])
    return start


def _place(runner: Any, of: list[Any], what: Any) -> int:
    from .jsoperators import strictly

    return next((at for at, each in enumerate(of) if strictly(each, what)), -1)


def _flat(runner: Any, of: list[Any], depth: Any = 1) -> list[Any]:
    out: list[Any] = []
    for each in of:
        out += (_flat(runner, each, depth - 1) if depth > 1 else each) if isinstance(each, list) else [each]
    return out


def _first(runner: Runner, of: list[Any], function: Any) -> Any:
    return next((each for at, each in enumerate(of) if truthy(runner.call(function, [each, at, of]))), UNDEFINED)


def _for_each(runner: Runner, of: list[Any], function: Any) -> Any:
    _each(runner, of, function)
    return UNDEFINED


_LISTS: dict[str, Callable[..., Any]] = {
    "push": _push,
    "unshift": _unshift,
    "pop": lambda runner, of: of.pop() if of else UNDEFINED,
    "shift": lambda runner, of: of.pop(0) if of else UNDEFINED,
    "slice": _slice,
    "splice": _splice,
    "concat": lambda runner, of, *more: sum((each if isinstance(each, list) else [each] for each in more), list(of)),
    "join": lambda runner, of, by=",": text(by).join(
        "" if each is None or each is UNDEFINED else text(each) for each in of
    ),
    "forEach": _for_each,
    "map": _each,
    "reduce": _reduce,
    "sort": _sorted,
    "find": _first,
    "flat": _flat,
    "filter": lambda runner, of, does: [each for each, good in zip(list(of), _each(runner, of, does)) if truthy(good)],
    "some": lambda runner, of, does: any(map(truthy, _each(runner, of, does))),
    "every": lambda runner, of, does: all(map(truthy, _each(runner, of, does))),
    "findIndex": lambda runner, of, does: next(
        (at for at, good in enumerate(_each(runner, of, does)) if truthy(good)), -1
    ),
    "flatMap": lambda runner, of, does: _flat(runner, _each(runner, of, does)),
    "includes": lambda runner, of, what: _place(runner, of, what) >= 0,
    "indexOf": _place,
    "reverse": lambda runner, of: of.reverse() or of,
    "toArray": lambda runner, of: of,
    "entries": lambda runner, of: [[at, each] for at, each in enumerate(of)],
    "keys": lambda runner, of: list(range(len(of))),
    "fill": lambda runner, of, value: [value for _ in of],
}


def _field(form: str, less: int = 0) -> Callable[..., int]:
    def run(runner: Any, of: Date) -> int:
        from ...dates import strftime

        return int(strftime(form, of.inside // 1000)) - less

    return run


_DATES: dict[str, Callable[..., Any]] = {
    "getTime": lambda runner, of: of.inside,
    "valueOf": lambda runner, of: of.inside,
    "toISOString": lambda runner, of: iso(of.inside),
    "toJSON": lambda runner, of: iso(of.inside),
    "getMilliseconds": lambda runner, of: of.inside % 1000,
    **{
        f"get{utc}{name}": _field(form, less)
        for utc in ("", "UTC")
        for name, form, less in (
            ("FullYear", "%Y", 0),
            ("Month", "%m", 1),
            ("Date", "%d", 0),
            ("Hours", "%H", 0),
            ("Minutes", "%M", 0),
            ("Seconds", "%S", 0),
            ("Day", "%w", 0),
        )
    },
}


def _fixed(runner: Any, of: Any, places: Any = 0) -> str:
    from decimal import ROUND_HALF_UP
    from decimal import Decimal as Exact

    return str(Exact(numeric(of)).quantize(Exact(1).scaleb(-int(places)), ROUND_HALF_UP))


_NUMBERS: dict[str, Callable[..., Any]] = {
    "toFixed": _fixed,
    "valueOf": lambda runner, of: numeric(of),
    "toNumber": lambda runner, of: numeric(of),
    "toString": lambda runner, of, base=10: (
        text(of) if base == 10 else f"{int(numeric(of)):{ {16: 'x', 8: 'o', 2: 'b'}[base] }}"
    ),
}
_IDS: dict[str, Callable[..., Any]] = {
    "toString": lambda runner, of: of.inside,
    "toHexString": lambda runner, of: of.inside,
    "valueOf": lambda runner, of: of,
    "str": lambda runner, of: of.inside,
    "getTimestamp": lambda runner, of: Date(int(of.inside[:8], 16) * 1000),
    "equals": lambda runner, of, other: of == other,
}
_REGEXES: dict[str, Callable[..., Any]] = {
    "test": lambda runner, of, what: of.matches(text(what)),
    "exec": lambda runner, of, what: _match(runner, text(what), of),
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "call": lambda runner, of, this=UNDEFINED, *more: runner.call(of, list(more), this),
    "apply": lambda runner, of, this=UNDEFINED, more=(): runner.call(of, list(more), this),
}
_OBJECTS: dict[str, Callable[..., Any]] = {"hasOwnProperty": lambda runner, of, name: text(name) in of}
_ALL: dict[str, Callable[..., Any]] = {
    "toString": lambda runner, of: text(of),
    "toLocaleString": lambda runner, of: text(of),
}
