"""Is a history of concurrent operations one that could have been done one after the other?

The search of Wing and Gong with Lowe's memory of what it has seen: an operation may come next if none that is left
ended before it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Operation(NamedTuple):
    start: float
    end: float
    name: str
    asked: Any
    got: Any


def linearizable(history: list[Operation], step: Callable[[Any, Operation], Any], state: Any) -> bool:
    """Tell whether some order of a history explains it.

    `step(state, operation)` returns the state after an operation, and NotImplemented where the operation cannot have
    got what it got; states are hashable. No operation ends before it starts.
    """
    history = sorted(history)
    done, count = 0, 0
    seen: set[tuple[int, Any]] = set()
    path: list[tuple[int, Any, Iterator[int]]] = []
    choices = _next(history, 0)
    while count < len(history):
        for number in choices:
            after = step(state, history[number])
            now = done | 1 << number
            if after is not NotImplemented and (now, after) not in seen:
                seen.add((now, after))
                # What changes nothing may as well come now: no other choice has to be tried.
                path.append((done, state, choices if after != state else iter(())))
                done, state, count = now, after, count + 1
                choices = _next(history, done)
                break
        else:
            if not path:
                return False
            done, state, choices = path.pop()
            count -= 1
    return True


def _next(history: list[Operation], done: int) -> Iterator[int]:
    """Yield the operations that may come next."""
    number = (~done & (done + 1)).bit_length() - 1  # the first that is not done
    end = float("inf")
    while number < len(history) and history[number].start <= end:
        if not done >> number & 1:
            end = min(end, history[number].end)
            yield number
        number += 1
