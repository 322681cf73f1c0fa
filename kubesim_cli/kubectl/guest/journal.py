"""What a command line that waits has come to, so that it can be given again and goes on from there.

A process of a container is data, and nothing of it stays on Python's stack. So a command line that has to wait is
ended, and given again later: the calls that it has made are answered as they were, at the times at which they were,
until it comes to its wait again. What it has said by then is not said again. What a wait has seen that may be long and
says much, as a watch's, is not repeated: its check has a `state`, JSON, which is all that one look leaves to the next.
"""

from __future__ import annotations

from ...apiserver.client import Options, Request
from ...machinery.errors import StatusError
from ...machinery.objects import key_of
from ..util.requestpath import RequestClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ...machinery.types import Object

    Found = TypeVar("Found")

POLL = 1.0  # seconds between two looks of one that waits
# Where it looks at what is none of the API's objects, it does so by its age, but each so many seconds: that takes time.
PATIENCE, MOST_PATIENCE = 0.05, 30.0


class Suspended(BaseException):
    """The command line has to wait. No verb is to catch it."""


class Journal:
    """`memory`: where it is kept; `live`: gives the time now.

    In the memory: `calls`, [time, whether it went well, answer or Status]; `waits`: how those ended that are over;
    `began` and `end`: when the present one did, and is to (None: never); `looks`: how often something was said in it;
    `state`: that of its check, where it has one and was said something in it; `said`: how many letters were said, but
    for what is not repeated; `watched`: by what is watched, the objects that the watch has told of.
    """

    def __init__(self, memory: dict[str, Any], live: Callable[[], float]):
        self.memory, self._live = memory, live
        if not memory:
            memory.update(calls=[], waits=[], began=None, end=None, looks=0, said=0, watched={})
        self._at = self._wait = 0
        self._is_repeated = memory["began"] is not None
        self.until: float | None = None  # when it is to be looked at again
        self.told = False                # something was read that is none of the API's objects
        self.seen: dict[str, dict[str, Object]] = {}  # what the present look has found, as `watched`
        self._once = 0                   # letters that are said this time only

    @property
    def now(self) -> float:
        """The time; of what is repeated that at which it was."""
        calls = self.memory["calls"]
        if self._at < len(calls):
            return float(calls[self._at][0])
        return float(self.memory["began"]) if self._is_repeated else self._live()

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

    def wait(self, check: Callable[[], Found], timeout: float | None, said: Callable[[], int]) -> Found | None:
        """See Context.wait; raises Suspended where `check()` is not true yet. `said()`: how many letters were said.

        A look that has called and has said something is repeated with the rest: the next one says what is new since.
        """
        memory, number = self.memory, self._wait
        self._wait += 1
        is_kept = hasattr(check, "state")
        if number < len(memory["waits"]):
            looks, ended_well, *state = memory["waits"][number]
            self._resume(check, looks, *state)
            found = check()
            return found if ended_well else None
        if memory["began"] is None:
            now = self._live()
            memory.update(began=now, end=now + timeout if timeout is not None else None, looks=0, state=None)
        self._resume(check, memory["looks"], memory.get("state"))
        self._is_repeated = False
        while True:
            now, end, calls, letters = self._live(), memory["end"], len(memory["calls"]), said()
            found = check()
            if found or (end is not None and now >= end):
                memory["waits"].append([memory["looks"], bool(found), memory.get("state")])
                memory.update(began=None, end=None, looks=0, state=None)
                return found or None
            if len(memory["calls"]) == calls or said() == letters:
                del memory["calls"][calls:]
                break
            if is_kept:
                del memory["calls"][calls:]
                self._at = calls
                memory["state"] = check.state  # type: ignore[attr-defined]
                self._once += said() - letters
            else:
                memory["looks"] += 1
            memory["watched"].update(self.seen)
        pace = max(POLL, min((now - memory["began"]) * PATIENCE, MOST_PATIENCE)) if self.told else POLL
        self.until = now + pace if end is None else min(end, now + pace)
        raise Suspended

    @staticmethod
    def _resume(check: Callable[[], Found], looks: int, state: Any = None) -> None:
        """Bring a check to where it was after so many looks that said something, or by its state."""
        if state is not None:
            check.state = state  # type: ignore[attr-defined]
        for _ in range(looks):
            check()

    def tell(self, said: list[tuple[int, str]], write: Callable[[int, str], None]) -> None:
        """Write what was said, (descriptor, text), but what has been written before."""
        skip = int(self.memory["said"])
        for fd, each in said:
            if len(each) > skip:
                write(fd, each[skip:])
                self.memory["said"] += len(each) - skip
            skip = max(skip - len(each), 0)

    def rest(self) -> None:
        """The command line is ended for now, or for good: what it will not repeat does not count as said before."""
        self.memory["said"] -= self._once


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
        revision, events = self.journal.call(lambda: self._look(request))
        return revision, events

    def _look(self, request: Request) -> list[Any]:
        """Return [revision, events] of a watch, by comparing what there is with what it has told of: a server forgets
        what was before, when commands come and go."""
        revision, _ = RequestClient.send_watch(self, request)
        wanted, since = request.options, request.options.resource_version
        listed = RequestClient.send(self, Request(self, "list", request.resource, request.namespace, options=Options(
            label_selector=wanted.label_selector, field_selector=wanted.field_selector)))["items"]
        there = {key_of(obj): obj for obj in listed}
        name = "/".join((request.resource, request.namespace, wanted.label_selector, wanted.field_selector))
        known = self.journal.memory["watched"].setdefault(
            name, {key: obj for key, obj in there.items() if _version(obj) <= since})
        self.journal.seen[name] = there
        events = [{"type": "DELETED", "object": obj} for key, obj in known.items() if key not in there]
        changed = [key for key, obj in there.items() if key not in known or _version(known[key]) != _version(obj)]
        events += [{"type": "MODIFIED" if key in known else "ADDED", "object": there[key]}
                   for key in sorted(changed, key=lambda key: _version(there[key]))]
        return [revision, events]

    def tabulate(self, resource: str, objects: list[Object]) -> Object:
        table: Object = self.journal.call(lambda: RequestClient.tabulate(self, resource, objects))
        return table

    def send_connect(self, request: Request) -> None:
        self.journal.call(lambda: RequestClient.send_connect(self, request))


def _version(obj: Object) -> int:
    return int(obj["metadata"]["resourceVersion"])
