"""What a command line that waits has come to, so that it can be given again and goes on from there.

A process of a container is data, and nothing of it stays on Python's stack. So a command line that has to wait is ended,
and given again later: the calls that it has made are answered as they were, at the times at which they were, until it
comes to its wait again. What it has said by then is not said again.
"""

from __future__ import annotations

from ...machinery.errors import StatusError
from ..util.requestpath import RequestClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ...apiserver.client import Request
    from ...machinery.types import Object

    Found = TypeVar("Found")

POLL = 1.0  # seconds between two looks of one that waits


class Suspended(BaseException):
    """The command line has to wait. No verb is to catch it."""


class Journal:
    """`memory`: where it is kept; `live`: gives the time now.

    In the memory: `calls`, [time, whether it went well, answer or Status]; `waits`: how those ended that are over;
    `began`: when the present one did; `said` and `last`: see `tell`.
    """

    def __init__(self, memory: dict[str, Any], live: Callable[[], float]):
        self.memory, self._live = memory, live
        memory.setdefault("calls", [])
        memory.setdefault("waits", [])
        memory.setdefault("began", None)
        memory.setdefault("said", 0)
        memory.setdefault("last", "")
        self._at = self._wait = 0
        self.mark = 0               # how much was said before the wait
        self.until: float | None = None
        self.end: float | None = None  # of the wait, where it has one

    @property
    def now(self) -> float:
        """The time; of a call that is repeated that at which it was made."""
        calls = self.memory["calls"]
        if self._at < len(calls):
            return float(calls[self._at][0])
        return self._live()

    def call(self, act: Callable[[], Any]) -> Any:
        """Return what `act` does, or did when this call was made; raises StatusError as it does, or did."""
        calls = self.memory["calls"]
        if self._at < len(calls):
            _, well, answer = calls[self._at]
            self._at += 1
            if well:
                return answer
            error = StatusError(answer["code"], answer.get("reason", ""), answer.get("message", ""))
            error.status = answer
            raise error
        now = self._live()
        try:
            answer = act()
        except StatusError as error:
            self._note([now, False, error.status])
            raise
        self._note([now, True, answer])
        return answer

    def _note(self, entry: list[Any]) -> None:
        self.memory["calls"].append(entry)
        self._at += 1

    def wait(self, check: Callable[[], Found], timeout: float | None, said: int) -> Found | None:
        """See Context.wait; raises Suspended where `check()` is not true yet. `said`: how many letters were said."""
        memory, number = self.memory, self._wait
        self._wait += 1
        if number < len(memory["waits"]):
            found = check()
            return found if memory["waits"][number] else None
        now = self._live()
        if memory["began"] is None:
            memory["began"] = now
        end: float | None = memory["began"] + timeout if timeout is not None else None
        calls = len(memory["calls"])
        found = check()
        if found or (end is not None and now >= end):
            memory["waits"].append(bool(found))
            memory["began"] = None
            return found or None
        del memory["calls"][calls:]
        self.mark, self.end = said, end
        self.until = now + POLL if end is None else min(end, now + POLL)
        raise Suspended

    def tell(self, said: list[tuple[int, str]], write: Callable[[int, str], None], waits: bool) -> None:
        """Write what was said, (descriptor, text), but what has been written before.

        That is all before the wait (`said` letters), and what the last look has said (`last`), where this one says it,
        too: one that follows something says anew what there is.
        """
        memory, text = self.memory, "".join(each for _, each in said)
        skip = int(memory["said"])
        if text.startswith(memory["last"], skip):
            skip += len(memory["last"])
        for fd, each in said:
            if len(each) > skip:
                write(fd, each[skip:])
            skip = max(skip - len(each), 0)
        if waits:
            memory["said"], memory["last"] = self.mark, text[self.mark:]


class GuestClient(RequestClient):
    """The client of a command line in a container. `journal` is set by who makes it."""

    journal: Journal

    @property
    def now(self) -> float:
        return self.journal.now

    def suffix(self) -> str:
        return str(self.journal.call(super().suffix))

    def send(self, request: Request) -> Object:
        answer: Object = self.journal.call(lambda: RequestClient.send(self, request))
        return answer

    def send_watch(self, request: Request) -> tuple[int, list[Object]]:
        revision, events = self.journal.call(lambda: RequestClient.send_watch(self, request))
        return revision, events

    def send_connect(self, request: Request) -> None:
        self.journal.call(lambda: RequestClient.send_connect(self, request))
