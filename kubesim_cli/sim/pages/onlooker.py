"""Who sits at the terminal: compares what commands print with what the page shows, and looks again, as its author will
have done, where it is not there yet."""

from __future__ import annotations

import math
import re

from . import meaning, rows, urls
from .compare import Comparison, Verdict
from .model import Command, Listing
from .names import Names
from .programs import WATCH
from .tables import header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .outcome import Outcome
    from .replay import Replay
    from .session import Session

READERS = re.compile(r"^\s*kubectl\s+(?:-\S+\s+)*(?:get|describe|logs|explain|version|cluster-info|api-resources|top"
                      r"|events|diff|auth|config|rollout\s+(?:status|history)|wait)\b")
_WRITES = r"(?!.*\s(?:-\w*[XdTF]|--request|--data|--json|--form|--upload))"  # of curl
_IN_CONTAINER = (r"\s*kubectl\s+exec\s[^|&;]*\s--\s+(?:(?:cat|ls|ps|env|printenv|hostname|nslookup|nodetool\s+status)\b"
                 rf"[^|&;]*|curl{_WRITES}\s[^|&;]*|(?:ba)?sh\s+-c\s+(?:'hostname'|\"hostname\")\s*)")
REPEATABLE = re.compile(rf"{READERS.pattern}"
                        rf"|^\s*curl{_WRITES}\s[^|&;]*$"
                        rf"|^{_IN_CONTAINER}$|^\s*for\s+\w+\s+in\s[^;&|()`]*;\s*do{_IN_CONTAINER};\s*done\s*$")
UNSETTLED = re.compile(r"\b(?:ContainerCreating|Pending|Terminating|PodInitializing|OOMKilled|Init:\d)|\b0/\d"
                        r"|\b0 Running / [1-9]|State: +Waiting|^Waiting for ")
_NOT_YET = "error: Internal error occurred: "  # of a container that does not run
# Seconds after which somebody looks again who does not see yet what the page shows.
_LATER = (*range(1, 11), 15, 20, 30, 60, 120, 240)
_CLOSELY = 60  # times that somebody looks at each change


class Onlooker:
    """Sees one go through a page. `origin`: when its cluster was made; `names` are those that are bound by now, `block`
    what the commands of the running block have printed, `uids` those that the page gives to claims."""

    def __init__(self, replay: Replay, session: Session, uids: dict[str, str]):
        self.replay, self.session, self.page, self.options = replay, session, replay.page, replay.options
        self.names = Names()
        self.uids = uids
        self.origin = 0.0
        self.block: list[str] = []
        self._number = 0
        self._meant: dict[str, list[str]] = {}  # a name that this command is the first to use -> what else it can be

    def begin(self) -> None:
        """Begin with a new cluster."""
        self.names = Names(rows.nodes(self.session))

    def turn_to(self, command: Command) -> None:
        """Look at what a command prints next."""
        if self._number != command.block:
            self.block, self._number = [], command.block

    def here(self, text: str) -> str:
        """Return a command with the names that there are here; new ones are bound."""
        self._meant = meaning.bind(self.session, self.names, text)
        return rows.fill(self.session, self.names, self.names.to_here(text))

    def compare(self, command: Command, listing: Listing, place: int) -> Verdict:
        """Compare what a command has printed, and if that is not it, what the commands of its block have."""
        worst: Verdict | None = None
        for lines in (listing.lines, *listing.alternatives):
            for first in range(len(self.block) - 1, -1, -1):
                verdict = self.compared(listing, lines, "".join(self.block[first:]), place)
                if verdict.equal:
                    return verdict
                if worst is None or len(verdict.diff) < len(worst.diff):
                    worst = verdict
        assert worst is not None
        return worst

    def mean_others(self, command: Command, listing: Listing, place: int, outcome: Outcome) -> None:
        """Have a name that nothing has shown yet mean another pod, if that one is what the page shows."""
        known = self.names
        for word, others in self._meant.items():
            for other in others:
                self.names = known.copy()
                self.names.bind(word, other, loose=True)
                text = urls.to_files(self.names.to_here(command.text), self.options.maps)
                ran = self.session.run(text, command.apart)
                ran.output = urls.to_urls(ran.output, self.options.maps)
                self.block[-1] = ran.output
                verdict = self.compare(command, listing, place)
                if verdict.equal:
                    outcome.verdict, outcome.output, outcome.code = verdict, ran.output, ran.code
                    return
        self.names = known
        self.block[-1] = outcome.output

    def look_again(self, command: Command, listing: Listing, text: str, place: int, outcome: Outcome) -> bool:
        """Repeat a command that only reads until the page's listing comes, as its author will have done; if it never
        comes, nothing has happened. Returns whether it has come."""
        following = next((later for later in self.replay.commands[place + 1:] if WATCH.match(later.text)), None)
        if following is None or not (following.shown_again or (following.listing and any(
                watch.text == following.text for watch in self.session.watches))):
            self.session.end_watches()  # nobody looks there any more
        if not REPEATABLE.match(command.text) or self.session.watches or command.inside or self._cannot_come(outcome):
            return False
        kept, names, now = self.session.keep(), self.names, self.session.now
        for moment in self._looks(listing):
            self.session.advance(moment)
            self.names = names.copy()
            ran = self.session.run(text, command.apart)
            ran.output = urls.to_urls(ran.output, self.options.maps)
            self.block[-1] = ran.output
            verdict = self.compare(command, listing, place)
            if verdict.equal or verdict.but_for_ages:
                self.replay.later[place] = self.replay.later.get(place, 0) + math.ceil(moment - now)
                outcome.verdict, outcome.output, outcome.code = verdict, ran.output, ran.code
                return True
        self.session.go_back(kept)
        self.names = names
        self.block[-1] = outcome.output
        return False

    def _looks(self, listing: Listing) -> Iterator[float]:
        """Yield the moments at which somebody looks again: where the page shows what passes, whenever anything happens
        for a while."""
        now = self.session.now
        if any(UNSETTLED.search(line) for line in listing.lines):
            for _ in range(_CLOSELY):
                yield self.session.next_change(now + _LATER[-1])
        for seconds in _LATER:
            if now + seconds > self.session.now:
                yield now + seconds

    @staticmethod
    def _cannot_come(outcome: Outcome) -> bool:
        """Whether an output is none that time changes: another header, or what a command says of its words."""
        verdict = outcome.verdict
        if verdict is None or (outcome.output.startswith(("error:", "Error: "))
                               and not outcome.output.startswith(_NOT_YET)):
            return True
        ours = header(verdict.shown[0]) if verdict.shown else None
        theirs = header(verdict.printed[0]) if verdict.printed else None
        return ours is not None and theirs is not None and ours[0] != theirs[0]

    def level(self, listing: Listing) -> str:
        return listing.level or self.options.level or self.page.level

    def compared(self, listing: Listing, lines: list[str], output: str, place: int) -> Verdict:
        level = self.level(listing)
        names = self.names.copy()
        known = len(names.here)
        text = self.replay.commands[place].text
        finder = rows.Finder(self.session, text)
        verdict = Comparison(listing, level, names, self.session.now, finder.made, self.origin,
                             not self.page.release, finder.current).judge(lines, output)
        if verdict.equal or (lines is listing.lines and len(self.block) == 1):
            self.names.adopt(names)
            if len(names.here) > known:
                self.uids.update(rows.claims(self.session, names))
        return verdict

