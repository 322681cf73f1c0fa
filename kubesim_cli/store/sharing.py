"""What many objects have in common, once in memory: the pods of a Deployment differ in a few fields only."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..machinery.types import Key, Object


class Sharing:
    """Equal strings, objects and lists of JSON values as one and the same.

    Whoever wants to change what comes out of the store clones it first, so nobody sees that. What is known takes about
    as much memory as it saves, and should not be kept for long.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._rest: dict[tuple[object, ...], Any] = {}  # by what is in it, which is one already

    def each(self, objects: Iterable[tuple[Key, Object]]) -> Iterator[tuple[Key, Object]]:
        """Yield objects with their keys, as they came."""
        return ((key, self._share(obj)) for key, obj in objects)

    def _share(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self._texts.setdefault(value, value)
        if kind is dict:
            for name, part in value.items():
                value[name] = self._share(part)
            return self._rest.setdefault((*value, *map(id, value.values())), value)
        if kind is list:
            value[:] = map(self._share, value)
            return self._rest.setdefault((list, *map(id, value)), value)
        return value
