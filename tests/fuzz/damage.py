"""Making valid things wrong: leaving out, emptying, retyping, cutting and mixing up."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from random import Random

DROP = object()  # the place is left out

WRONG: list[Any] = [
    DROP, None, "", [], {}, 0, 5, -1, 1.5, True, False, "x", "x y", "-1", "ä\n", "a/b/c", [None], [5], ["x"], [{}],
    [[]], {"x": None},
    {"x": 5}, {"x": "y"}, {"x": {}}, {"": ""}, 1 << 31, 1 << 63, 10**30, 1e300, "9" * 400, "{{", "$(A)",
    "64 Mi", "5%", "2024-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "\x00", "*", "default", "99999999999Ti", 0.1,
    -(1 << 63),
]  # fmt: skip

SPLINTERS = [
    "", "", "{", "}", "[", "]", '"', "'", "\\", "\n", "\t", ": ", "- ", "&a ", "*a", "!!int ", "|", ">", "#", "%",
    "\x00", "\x1b", "\ufeff", "é", "\ud800", "---\n", "...", "?", ",", "1e999", "NaN", "null", "0x", ".inf", "<<: ",
    "@", "`", "\u2028", "\x85", "(", ")", "=", "/", "~1", "$", "!!binary ", "2024-01-01", "1_0", "0o8", "=", "\r",
]  # fmt: skip


class Case(NamedTuple):
    """Command lines with their files (name -> text), stdin and additions to the environment.

    In words and values `@NAME` at the end stands for the path of a file. `then` are the command lines after the first;
    `streams` is a redirection in a shell's words, for which the command runs as a process.
    """

    words: list[str]
    files: dict[str, str | bytes] = {}
    stdin: str = ""
    environ: dict[str, str] = {}
    then: list[list[str]] = []
    streams: str = ""


OBJECTS = [
    o
    for o in YAML(typ="safe", pure=True).load_all(
        pathlib.Path(__file__).with_name("objects.yaml").read_text(encoding="utf-8")
    )
    if o
]


def target(obj: dict[str, Any]) -> list[str]:
    """Return the arguments that name an object."""
    kind, group = obj["kind"].lower(), obj["apiVersion"].rpartition("/")[0]
    return [f"{kind}.{group}" if group else kind, obj.get("metadata", {}).get("name", "x")]


def paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all places in a value but the root: keys and indexes."""
    found = []
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(*above, key), *paths(value[key], (*above, key))]
    return found


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def put(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """Return a copy of a value in which a place holds something wrong."""
    value = holder = copied(value)
    *above, last = path
    for key in above:
        holder = holder[key]
    if wrong is DROP:
        del holder[last]
    else:
        holder[last] = copied(wrong)
    return value


def damaged(dice: Random, value: Any, times: int = 1) -> Any:
    """Return a copy of a value in which some places are left out, emptied or retyped."""
    value = copied(value)
    for _ in range(times):
        places = paths(value)
        if not places:
            return value
        path, wrong = dice.choice(places), dice.choice(WRONG)
        if wrong is not DROP and isinstance(path[-1], str) and dice.random() < 0.05:
            path = (*path[:-1], dice.choice(["x", "", "spec", "metadata", "items", "a.b/c"]))
        value = put(value, path, wrong)
    return value


def torn(dice: Random, text: str) -> str:
    """Return a text with a few characters cut, doubled or replaced."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        to = min(len(text), at + dice.choice([0, 1, 1, 3, 20]))
        text = text[:at] + (dice.choice(SPLINTERS) if dice.random() < 0.95 else text[at:to] * 2) + text[to:]
    return text


def written(dice: Random, value: Any) -> str:
    """Return a value as JSON, at times torn."""
    text = json.dumps(value, indent=dice.choice([None, None, 1]), ensure_ascii=dice.random() < 0.5)
    return torn(dice, text) if dice.random() < 0.06 else text
