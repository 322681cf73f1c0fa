"""Documents in YAML of which a page shows a part: it has to be somewhere in what was printed, whatever the order."""

from __future__ import annotations

import re
import textwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Value = dict[str, "Value"] | list["Value"] | str | None
    Same = Callable[[str, str], bool]  # whether a text of the page and one that was printed say the same


_UNTOLD = "selfLink"  # which servers have not told since 1.20


def parsed(lines: list[str]) -> Value:
    """Return the document in some lines, its scalars as their text, or several as a list; None where there is none, or
    nothing but a text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = textwrap.dedent("\n".join(lines).expandtabs())
    try:
        several = list(YAML(typ="base", pure=True).load_all(text + _closing(text)))
    except (YAMLError, ValueError, AttributeError):
        return None
    found = several if len(several) > 1 else several[0] if several else None
    return found if isinstance(found, (dict, list)) else None


def _closing(text: str) -> str:
    """Return the brackets that JSON lacks whose end a page leaves out."""
    if text.lstrip()[:1] not in ("{", "["):
        return ""
    left: list[str] = []
    for sign in re.findall(r"[{}\[\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        if sign in "{[":
            left.append("}" if sign == "{" else "]")
        elif left:
            left.pop()
    return "".join(reversed(left))


def parts(value: Value) -> Iterator[Value]:
    """Yield a document, and all that is in it."""
    yield value
    if isinstance(value, dict):
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


def covers(printed: Value, shown: Value, same: Same, key: str = "") -> bool:
    """Whether `printed` has every key of `shown` with what it has, and its elements in their order."""
    if isinstance(shown, dict):
        return isinstance(printed, dict) and all(
            name == _UNTOLD or (name in printed and (
                value in (None, "") or covers(printed[name], value, same, f"{name}: ")))
            for name, value in shown.items())
    if isinstance(shown, list):
        if not isinstance(printed, list):
            return False
        left = iter(printed)
        return all(any(covers(each, value, same) for each in left) for value in shown)
    if not isinstance(printed, str) or isinstance(shown, (dict, list)):
        return False
    text = shown or ""
    if text.startswith("{") and (wanted := parsed(text.split("\n"))) is not None:  # JSON, however it is laid out
        return parsed([printed]) == wanted
    return same(key + " ".join(text.split()), key + " ".join(printed.split())) or (
        "\n" in text and same("".join(text.split()), "".join(printed.split())))  # a long line that the page breaks
