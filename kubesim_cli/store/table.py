"""A mapping in the order of its keys, of which only what is looked at is decoded: what the index is made of."""

from __future__ import annotations

from zlib import crc32

from ..go import jsontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

BLOCK = 128  # entries, about; twice as many are split
SHORT = 8    # blocks


class _Block:
    """Some entries that follow each other: encoded, decoded or both."""

    __slots__ = ("crc", "entries", "first", "ordered", "packed")

    def __init__(self, first: str, entries: dict[str, Any] | None, packed: bytes = b"", crc: int = 0):
        self.first, self.entries = first, entries
        self.packed, self.crc = packed, crc  # b"": not as the entries are now
        self.ordered = True                  # whether the entries stand in the order of their keys


class Table:
    """Strings with a JSON value each, none of them None.

    It is kept in blocks of about `BLOCK` entries, so that finding, setting or dropping one costs the same in a large
    table as in a small one, and reading a range of keys what the range holds.
    """

    __slots__ = ("_blocks", "_firsts", "_mend")

    def __init__(self, mend: Callable[[], Table] | None = None):
        """`mend()` gives the table that it should have been, where a block is not as it was packed."""
        self._firsts: list[str] = []
        self._blocks: list[_Block] = []
        self._mend = mend

    def add_packed(self, first: str, crc: int, packed: bytes) -> None:
        """Append a block as `pack` gave it. It is only looked at when it is needed, and then checked."""
        self._firsts.append(first)
        self._blocks.append(_Block(first, None, packed, crc))

    def _open(self, at: int) -> dict[str, Any]:
        block = self._blocks[at]
        if block.entries is None:
            block.entries = jsontext.loads(block.packed) if self._is_sound(block) else self._mended(at)
        return block.entries

    @staticmethod
    def _is_sound(block: _Block) -> bool:
        return crc32(block.packed) == block.crc

    def _mended(self, at: int) -> dict[str, Any]:
        assert self._mend is not None
        block = self._blocks[at]
        end = self._firsts[at + 1] if at + 1 < len(self._firsts) else None
        block.packed = b""
        return {key: value for key, value in self._mend().items() if key >= block.first and (end is None or key < end)}

    @property
    def sound(self) -> bool:
        """Whether all blocks are as they were packed."""
        return all(not block.packed or self._is_sound(block) for block in self._blocks)

    def _place(self, key: str) -> int:
        """Return which block a key belongs to: the last that does not begin behind it, or the first."""
        firsts = self._firsts
        low, high = 0, len(firsts)
        while low < high:  # the bisect module is a file and a library to load, for a few steps in most tables
            middle = (low + high) // 2
            if key < firsts[middle]:
                high = middle
            else:
                low = middle + 1
        return low - 1 if low else 0

    def get(self, key: str) -> Any:
        """Return the value of a key, None where it is not there."""
        return self._open(self._place(key)).get(key) if self._blocks else None

    def set(self, key: str, value: Any) -> Any:
        """Set the value of a key; returns the one that it had, None where it was not there."""
        if not self._blocks:
            self._insert(0, key, {})
        at = self._place(key)
        block, entries = self._blocks[at], self._open(at)
        before = entries.get(key)
        if before is None:
            if len(entries) >= 2 * BLOCK:
                self._split(at)
                return self.set(key, value)
            block.ordered = block.ordered and (not entries or key > next(reversed(entries)))
            if key < block.first:
                block.first = self._firsts[at] = key
        block.packed = b""
        entries[key] = value
        return before

    def _insert(self, at: int, first: str, entries: dict[str, Any]) -> None:
        self._firsts.insert(at, first)
        self._blocks.insert(at, _Block(first, entries))

    def _split(self, at: int) -> None:
        rows = list(self._sorted(at).items())
        self._insert(at + 1, rows[BLOCK][0], dict(rows[BLOCK:]))
        self._blocks[at] = _Block(self._firsts[at], dict(rows[:BLOCK]))

    def pop(self, key: str) -> Any:
        """Drop a key and return its value, None where it is not there."""
        if not self._blocks:
            return None
        at = self._place(key)
        entries = self._open(at)
        value = entries.pop(key, None)
        if value is not None:
            self._blocks[at].packed = b""
            if not entries:
                del self._blocks[at], self._firsts[at]
        return value

    def _sorted(self, at: int) -> dict[str, Any]:
        block, entries = self._blocks[at], self._open(at)
        if not block.ordered:
            entries = block.entries = dict(sorted(entries.items()))
            block.ordered = True
        return entries

    def items(self, prefix: str = "") -> Iterator[tuple[str, Any]]:
        """Yield the keys that begin with `prefix`, in order, with their values. The table stays as it is meanwhile."""
        at = self._place(prefix)
        while at < len(self._blocks):
            for key, value in self._sorted(at).items():
                if key.startswith(prefix):
                    yield key, value
                elif key > prefix:
                    return
            at += 1

    def amended(self) -> Iterator[Any]:
        """Yield all values in the order of their keys, each to be changed in its place before the next."""
        for at in range(len(self._blocks)):
            yield from self._sorted(at).values()
            self._pack(at)

    def rest(self) -> None:
        """Keep in memory no more than what is encoded, where that is as the entries are now."""
        for block in self._blocks:
            if block.packed:
                block.entries = None

    @property
    def is_short(self) -> bool:
        """Whether it has a few blocks at most."""
        return len(self._blocks) <= SHORT

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def __len__(self) -> int:
        return sum(len(self._open(at)) for at in range(len(self._blocks)))

    def _pack(self, at: int) -> None:
        """Encode a block. It is decoded again where it is needed; both at once would take too much memory."""
        block = self._blocks[at]
        block.packed = jsontext.encode(self._sorted(at)).encode("utf-8", "surrogatepass")
        block.crc, block.entries = crc32(block.packed), None

    def pack(self) -> Iterator[tuple[str, int, bytes]]:
        """Yield the first key of each block, its checksum, and the block itself: a JSON object."""
        for at, block in enumerate(self._blocks):
            if not block.packed or not self._is_sound(block):
                self._pack(at)
            block.entries = None
            yield block.first, block.crc, block.packed
