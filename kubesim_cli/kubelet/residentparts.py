"""What the store's parts and blobs hold of the engine, for residents.py."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Contents(dict[str, bytes]):
    """The store's blobs as what the engine is made of; those that are lost are empty."""

    def __init__(self, get: Callable[[str], bytes | None], lost: Callable[[], object]):
        super().__init__()
        self._get, self._lost = get, lost

    def __missing__(self, name: str) -> bytes:
        found = self._get(name)
        if found is None:
            self._lost()
        return found or b""


def blobs_of(value: object) -> Iterator[str]:
    """Yield the names of the blobs in a record."""
    if isinstance(value, dict):
        for tag, inside in value.items():
            if tag == "h":
                yield inside
            elif tag == "c":
                yield from inside
            else:
                yield from blobs_of(inside)
    elif isinstance(value, list):
        for each in value:
            yield from blobs_of(each)
