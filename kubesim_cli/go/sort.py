"""Go's sort.Sort: a pattern-defeating quicksort, whose order of equal elements scripts get to see.

It is not stable, but always the same for the same input. Source of the steps: sort/zsortinterface.go.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

_INSERTION = 12


def sort(items: list[T], less: Callable[[T, T], bool], go: tuple[int, int]) -> None:
    """Sort `items` in place by `less(a, b)`, which need not be a strict order (as kubectl's is not).

    `go` is the version of Go that the program was built with, as in (1, 24): it decides on the order of equal elements.
    """
    shifts = (13, 7, 17) if go >= (1, 24) else (13, 17, 5)
    _Sort(items, less, shifts).quick(0, len(items), len(items).bit_length())


class _Sort:
    def __init__(self, items: list[T], less: Callable[[T, T], bool], shifts: tuple[int, int, int]) -> None:
        self.items, self._less, self._shifts = items, less, shifts
        self.swaps = 0

    def less(self, i: int, j: int) -> bool:
        return self._less(self.items[i], self.items[j])

    def swap(self, i: int, j: int) -> None:
        items = self.items
        items[i], items[j] = items[j], items[i]

    def quick(self, a: int, b: int, limit: int) -> None:
        balanced = partitioned = True
        while b - a > _INSERTION:
            length = b - a
            if not limit:
                self.heap(a, b)
                return
            if not balanced:
                self.break_patterns(a, b)
                limit -= 1
            pivot, hint = self.choose_pivot(a, b)
            if hint == "decreasing":
                self.items[a:b] = self.items[a:b][::-1]
                pivot = b - 1 - (pivot - a)
                hint = "increasing"
            if balanced and partitioned and hint == "increasing" and self.insert_some(a, b):
                return
            if a > 0 and not self.less(a - 1, pivot):  # many equal elements
                a = self.partition_equal(a, b, pivot)
                continue
            middle, partitioned = self.partition(a, b, pivot)
            left, right = middle - a, b - middle
            balanced = min(left, right) >= length // 8
            if left < right:
                self.quick(a, middle, limit)
                a = middle + 1
            else:
                self.quick(middle + 1, b, limit)
                b = middle
        self.insert(a, b)

    def insert(self, a: int, b: int) -> None:
        for i in range(a + 1, b):
            while i > a and self.less(i, i - 1):
                self.swap(i, i - 1)
                i -= 1

    def insert_some(self, a: int, b: int) -> bool:
        """Mend up to five places that are out of order; tell whether that sorted all."""
        i = a + 1
        for _ in range(5):
            while i < b and not self.less(i, i - 1):
                i += 1
            if i == b:
                return True
            if b - a < 50:
                return False
            self.swap(i, i - 1)
            if i - a >= 2:
                j = i - 1
                while j >= 1 and self.less(j, j - 1):
                    self.swap(j, j - 1)
                    j -= 1
            if b - i >= 2:
                j = i + 1
                while j < b and self.less(j, j - 1):
                    self.swap(j, j - 1)
                    j += 1
        return False

    def partition(self, a: int, b: int, pivot: int) -> tuple[int, bool]:
        """Put smaller elements before the pivot; return its new place and whether nothing had to move."""
        self.swap(a, pivot)
        i, j = a + 1, b - 1
        untouched = True
        while True:
            while i <= j and self.less(i, a):
                i += 1
            while i <= j and not self.less(j, a):
                j -= 1
            if i > j:
                break
            self.swap(i, j)
            i, j = i + 1, j - 1
            untouched = False
        self.swap(j, a)
        return j, untouched

    def partition_equal(self, a: int, b: int, pivot: int) -> int:
        """Put elements equal to the pivot first; return where the greater ones begin."""
        self.swap(a, pivot)
        i, j = a + 1, b - 1
        while True:
            while i <= j and not self.less(a, i):
                i += 1
            while i <= j and self.less(a, j):
                j -= 1
            if i > j:
                return i
            self.swap(i, j)
            i, j = i + 1, j - 1

    def break_patterns(self, a: int, b: int) -> None:
        length = b - a
        random, mask = length, (1 << length.bit_length()) - 1
        at = a + length // 4 * 2 - 1
        first, second, third = self._shifts
        for i in range(3):  # xorshift
            random ^= random << first & 2 ** 64 - 1
            random ^= random >> second
            random ^= random << third & 2 ** 64 - 1
            other = random & mask
            self.swap(at + i, a + (other - length if other >= length else other))

    def choose_pivot(self, a: int, b: int) -> tuple[int, str]:
        quarter = (b - a) // 4
        self.swaps = 0
        places = [a + quarter, a + quarter * 2, a + quarter * 3]
        if b - a >= 50:
            places = [self.median(i - 1, i, i + 1) for i in places]
        pivot = self.median(*places)
        return pivot, {0: "increasing", 12: "decreasing"}.get(self.swaps, "")

    def median(self, a: int, b: int, c: int) -> int:
        a, b = self.ordered(a, b)
        b, c = self.ordered(b, c)
        return self.ordered(a, b)[1]

    def ordered(self, a: int, b: int) -> tuple[int, int]:
        if self.less(b, a):
            self.swaps += 1
            return b, a
        return a, b

    def heap(self, a: int, b: int) -> None:
        size = b - a
        for i in range((size - 1) // 2, -1, -1):
            self.sift_down(i, size, a)
        for i in range(size - 1, -1, -1):
            self.swap(a, a + i)
            self.sift_down(0, i, a)

    def sift_down(self, root: int, size: int, first: int) -> None:
        while True:
            child = 2 * root + 1
            if child >= size:
                return
            if child + 1 < size and self.less(first + child, first + child + 1):
                child += 1
            if not self.less(first + root, first + child):
                return
            self.swap(first + root, first + child)
            root = child
