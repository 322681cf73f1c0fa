"""Assignments: of variables and arrays, before a command, and as arguments of export and its kin."""

from __future__ import annotations

from . import expand
from .syntax import Literal, Word
from .values import Assoc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from . import syntax
    from .expand import Fields
    from .shell import Shell

def assigner(node: syntax.Assignment) -> Callable[[Shell], None]:
    """Compile an assignment."""
    name = node.name
    if isinstance(node.value, Word):
        text = expand.text(node.value)
        if len(node.value.parts) > 0 and isinstance(node.value.parts[0],
                                                    Literal) and ":~" in str(node.value.parts[0].text):
            plain = text
            text = lambda sh: ":".join(expand.tilde(sh, each) for each in plain(sh).split(":"))  # noqa: E731
        if node.subscript is not None:
            key = expand.text(node.subscript)

            def element(sh: Shell) -> None:
                at = key(sh)
                before = (sh.element(name, at) or "") if node.append else ""
                sh.set_element(name, at, before + text(sh))

            return element
        if node.append:
            return lambda sh: sh.set(name, (sh.get(name) or "") + text(sh))
        return lambda sh: sh.set(name, text(sh))
    items = [(None if key is None else expand.text(key), expand.text(value) if key else None,
              [expand.fields(each) for each in expand.braces(value)]) for key, value in node.value]

    def array(sh: Shell) -> None:
        values: list[tuple[str | None, str]] = []
        for key, single, many in items:
            if key is not None and single is not None:
                values.append((key(sh), single(sh)))
            else:
                values += [(None, value) for field in many for value in field(sh)]
        old = sh.vars.get(name)
        if not node.append or not isinstance(old, dict):
            start = {0: old} if node.append and isinstance(old, str) else {}
            sh.vars[name] = Assoc() if isinstance(old, Assoc) else start
        found = sh.vars[name]
        assert isinstance(found, dict)
        following = -1 if isinstance(found, Assoc) else max(found, default=-1)
        for at, value in values:
            if at is None:
                following += 1
                found[following] = value
            else:
                sh.set_element(name, at, value)
                if not isinstance(found, Assoc):
                    following = int(sh.key(name, at))

    return array


def declaration(node: syntax.Assignment) -> Fields:
    """An argument of export, local and their kin: its value is not split. An array is assigned before."""
    if not isinstance(node.value, Word) or node.subscript is not None:
        assign = assigner(node)

        def array(sh: Shell) -> list[str]:
            sh.memory = (sh.memory or []) + [assign]
            return [node.name]

        return array
    text = expand.text(node.value)
    sign = "+=" if node.append else "="
    return lambda sh: [f"{node.name}{sign}{text(sh)}"]


def temporary(sh: Shell, assign: list[Callable[[Shell], None]], names: list[str]) -> dict[str, object]:
    """Make the assignments before a command; return what was there."""
    before: dict[str, object] = {name: sh.vars.get(name) for name in names}
    exported = {name: name in sh.exported for name in names}
    for each in assign:
        each(sh)
    for name in names:
        sh.export(name)
    before[""] = exported
    return before


def put_back(sh: Shell, kept: dict[str, object]) -> None:
    exported = kept.pop("", {})
    for name, value in kept.items():
        if value is None:
            sh.vars.pop(name, None)
        else:
            sh.vars[name] = value  # type: ignore[assignment]
        if not exported.get(name):  # type: ignore[attr-defined]
            sh.exported.discard(name)
    sh.changed()
