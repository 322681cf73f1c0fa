"""When a page's commands were given: the moments between them, solved from the ages that its listings tell.

Each age is an interval: `5m6s` is one second wide, `11m` a minute. With whole seconds t for the moment of a command, an
object made d seconds after command j and listed by command k gives low <= t[k] - t[j] - d < high. Such systems of
differences have a solution where no cycle of them sums to less than nothing (Bellman and Ford).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Bounds = dict[tuple[int, int], int]
    _Taken = tuple[Bounds, Bounds, list[tuple[int, int]]]  # (the most, the lines that tell it, what contradicts it)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
_PAUSES = (5, 3, 1)  # seconds between two commands, where there are not as many as are wanted
AGE = re.compile(r"\d+(?:y|d|h|m|s)(?:\d+(?:d|h|m|s))?", re.ASCII)


def interval(age: str) -> tuple[int, int] | None:
    """Return (least, least too many) seconds of an age such as 5m6s, 11m or 2d3h; None where the text is no age."""
    if not AGE.fullmatch(age):
        return None
    parts = re.findall(r"(\d+)([ydhms])", age)
    least = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return least, least + _UNITS[parts[-1][1]]


def exactly(age: str) -> tuple[int, int] | None:
    """Return the interval of an age as kubectl has printed them since 1.11: `2m` is one second wide there, `3h` a
    minute, as what would stand behind them is left out where it is 0."""
    found = interval(age)
    if found is None:
        return None
    low, high = found
    width = 1 if low < 600 else 60 if low < 8 * 3600 else 3600 if low < 8 * 86400 else 86400
    return low, min(high, low + width)


@dataclass(frozen=True)
class Seen:
    """An age that a page tells of an object made `delay` seconds after moment `made`, listed at moment `listed`.

    Moment 0 is when the cluster was made, n + 1 that of command n. `firm`: the listing is false where this age is.
    """

    made: int
    listed: int
    delay: int
    age: str
    line: int
    firm: bool = True


class Moments:
    """Solves for the moments of commands. `lasting[i]`: the least seconds between moment i and the next."""

    def __init__(self, count: int, lasting: list[int]):
        self.count, self.lasting = count, lasting
        self.contradictions: list[tuple[int, int]] = []  # lines of the page that cannot both be right
        # (from, to) -> t[to] - t[from] is at most this
        self._most: dict[tuple[int, int], int] = {(i + 1, i): -lasting[i] for i in range(count - 1)}
        self._line: dict[tuple[int, int], int] = {}

    def take(self, seen: list[Seen]) -> None:
        """Take what listings tell; where that contradicts itself, as many whole listings as can be true together. What
        contradicts these is left out and told."""
        seen = sorted((each for each in seen if each.made != each.listed), key=lambda one: (one.listed, one.line))
        if self._try(seen, exactly) or self._try(seen, interval):
            return
        listings = [list(ages) for _, ages in groupby(seen, lambda one: one.listed)]
        listings.sort(key=lambda ages: not all(each.firm for each in ages))
        most, before = self._taken(listings)
        for given_up in listings:
            score, tried = self._taken([each for each in listings if each is not given_up] + [given_up])
            if score > most:
                most, before = score, tried
        self._most, self._line, self.contradictions = before

    def _taken(self, listings: list[list[Seen]]) -> tuple[tuple[int, int, int], _Taken]:
        """Take the ages of listings, one listing after the other: return how many are true as a whole, firm ones first,
        and how many ages; and what that comes to. Nothing is kept."""
        saved = dict(self._most), dict(self._line)
        firm = whole = taken = 0
        left: list[Seen] = []
        for ages in listings:
            if self._try(ages, interval):
                firm += all(each.firm for each in ages)
                whole, taken = whole + 1, taken + len(ages)
                continue
            for each in ages:
                if self._try([each], interval):
                    taken += 1
                else:
                    left.append(each)
        told = []
        for each in sorted(left, key=lambda one: (one.listed, one.line)):
            kept = set(self._line.values())
            told.append((max((line for line in kept if line < each.line), default=min(kept, default=each.line)),
                         each.line))
        found = self._most, self._line, told
        self._most, self._line = saved
        return (firm, whole, taken), found

    def _try(self, seen: list[Seen], width: Callable[[str], tuple[int, int] | None]) -> bool:
        """Take some ages unless they contradict the rest; returns whether they were taken."""
        saved = dict(self._most), dict(self._line)
        for each in seen:
            bounds = width(each.age)
            if bounds:
                self._tighten((each.made, each.listed), bounds[1] - 1 + each.delay, each.line)
                self._tighten((each.listed, each.made), -(bounds[0] + each.delay), each.line)
        if self._feasible():
            return True
        self._most, self._line = saved
        return False

    def _tighten(self, edge: tuple[int, int], most: int, line: int) -> None:
        if edge not in self._most or most < self._most[edge]:
            self._most[edge] = most
            self._line[edge] = line

    def _feasible(self) -> bool:
        """Whether no cycle sums to less than nothing."""
        latest = [0] * self.count
        edges = self._edges()
        for _ in range(self.count + 1):
            changed = False
            for a, b, most in edges:
                if latest[a] + most < latest[b]:
                    latest[b] = latest[a] + most
                    changed = True
            if not changed:
                return True
        return False

    def _edges(self) -> list[tuple[int, int, int]]:
        """Return (from, to, most) in the order that settles soonest: most edges lead from one moment to that before."""
        return sorted(((a, b, most) for (a, b), most in self._most.items()), reverse=True)

    def solve(self, wanted: list[int]) -> list[int]:
        """Return the moments, in seconds after the cluster was made: each as far behind the one before it as is
        `wanted`, where the ages leave the choice. Where they leave less, each gets some seconds rather than the first
        ones all."""
        edges = self._edges()
        most = [self._distances(i, edges) for i in range(self.count)]
        latest, moments = most[0][:], [0]  # the latest by the moments that are chosen
        for i in range(1, self.count):
            earliest = moments[i - 1] + self.lasting[i - 1]
            least = max([earliest, *(moments[j] - before for j in range(i) if (before := most[i][j]) is not None)])
            limit = latest[i]
            for pause in _PAUSES:
                shared = self._shared(i, latest, [min(each, pause) for each in wanted])
                if shared is not None and shared >= earliest + min(wanted[i], pause):
                    limit = shared if limit is None else min(limit, shared)
                    break
            chosen = max(earliest + wanted[i], least)
            moments.append(chosen if limit is None else max(least, min(chosen, limit)))
            for k in range(i + 1, self.count):
                after, known = most[i][k], latest[k]
                if after is not None:
                    latest[k] = moments[i] + after if known is None else min(known, moments[i] + after)
        return moments

    def _shared(self, i: int, latest: list[int | None], pauses: list[int]) -> int | None:
        """Return the latest moment for `i` that leaves those behind it their pauses."""
        found, needed = None, 0
        for k in range(i + 1, self.count):
            needed += self.lasting[k - 1] + pauses[k]
            if (limit := latest[k]) is not None:
                found = limit - needed if found is None else min(found, limit - needed)
        return found

    def _distances(self, source: int, edges: list[tuple[int, int, int]]) -> list[int | None]:
        """Return for each moment by how much it is at most behind `source` (None: as far as one likes)."""
        found: list[int | None] = [None] * self.count
        found[source] = 0
        for _ in range(self.count):
            changed = False
            for a, b, most in edges:
                base = found[a]
                if base is not None:
                    known = found[b]
                    if known is None or base + most < known:
                        found[b] = base + most
                        changed = True
            if not changed:
                break
        return found
