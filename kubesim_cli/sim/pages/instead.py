"""What a page offers instead of what it has just shown: it is done where the other has not been."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .model import Command


def places(commands: Sequence[Command], changes: Callable[[Command], bool]) -> tuple[set[int], set[int]]:
    """Return the places of commands before which the cluster is kept, and of those before which it is again as it was
    kept last. `changes`: whether a command is run and may change something."""
    kept: set[int] = set()
    back: set[int] = set()
    for place, command in enumerate(commands):
        if not command.instead or not changes(command):
            continue
        start = _first(commands, place)
        if not start:
            continue
        first = start - 1
        while first and commands[first - 1].block == commands[start - 1].block:
            first -= 1
        if not any(map(changes, commands[first:start])):
            continue
        if not commands[first].instead:
            kept.add(_first(commands, first))
        back.add(start)
    return kept, back


def _first(commands: Sequence[Command], place: int) -> int:
    """Return the place of the first of a command's inferred steps, which stand before it."""
    while place and commands[place - 1].origin == "inferred" and commands[place - 1].line == commands[place].line:
        place -= 1
    return place
