"""Replaying a page: its commands in order, at the moments that its listings tell of, compared with what it shows."""

from __future__ import annotations

import math
import os
import re
import tempfile
from dataclasses import replace

from ...go import duration
from . import beside, containers, instead, rows, scratch, urls
from .compare import Age, Verdict
from .families import settings_of
from .model import ANY_FAILURE, Command, Directive, Listing, Page, Shown
from .moments import Moments, Seen
from .onlooker import READERS, UNSETTLED, Onlooker
from .outcome import Options, Outcome, Report, text_of
from .prerequisites import LeftOut
from .programs import WATCH, defined_names, unset_variable, variables, why_endless, why_not
from .session import Session
from .watching import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Execute

PASSES = 3  # what the first finds out of times and names, the next heed
_DIFF = re.compile(r"^\s*(?:kubectl\s+(?:-\S+\s+)*)?diff\b")  # 1 tells that there are differences
_UNIMPLEMENTED = "Exiting due to MK_UNIMPLEMENTED"  # minikube's word for it


class Replay:
    """Replays one page until the moments of its commands agree with the ages that it tells."""

    def __init__(self, page: Page, execute: Execute | None, options: Options,
                 tell: Callable[[int, int], None] | None = None):
        self.page, self.execute, self.options = page, execute, options
        self.commands = page.commands
        self.file = os.path.abspath(page.path)  # the commands run in another folder
        self.variables = {name for command in self.commands for name in variables(command.text)}
        self.instead = instead.places(self.commands, self._changes)
        self._tell = tell or (lambda done, of: None)
        self._uids: dict[str, str] = dict(page.uids)
        self.later: dict[int, int] = {}         # how much later than wanted a command shows what the page does
        self.early: set[int] = set()            # watches that show what the command before them has changed
        self.sooner: set[int] = set()           # commands of which a listing at the solved moments does not show enough
        self.come: set[int] = set()             # commands that have shown what the page does
        self.undated: set[int] = set()          # commands whose listings show nothing of what is there at their ages
        self._moments: list[int] | None = None  # solved: seconds after the cluster was made, [0] is 0

    def _changes(self, command: Command) -> bool:
        """Whether a command is run, as far as its words tell, and does more than read."""
        return not (command.left_out or READERS.match(command.text) or why_not(command.text, (), self.options.allow)
                    or (not command.saves and not command.change and why_endless(command.text, ())))

    def run(self) -> Report:
        """Replay the page; returns how it went the last time, or the best time where it does not settle."""
        best: Report | None = None
        for number in range(PASSES):
            grown = self._found
            with tempfile.TemporaryDirectory(prefix="kubesim-", ignore_cleanup_errors=True) as folder:
                one = _Pass(self, folder)
                one.play()
            one.report.passes = number + 1
            worse = best is not None and len(one.report.bad) >= len(best.bad)
            if best is None or len(one.report.bad) <= len(best.bad):
                best = one.report
            solved, best.contradictions = one.solved()
            settled = solved == one.moments and one.seen.uids == self._uids
            if (worse or settled) and grown == self._found:
                break
            self._moments, self._uids = solved, one.seen.uids
        assert best is not None
        return best

    @property
    def _found(self) -> tuple[int, ...]:
        """How much has been found out with which the next pass may be another one."""
        return len(self.early), len(self.sooner), len(self.undated)

    def wanted(self, place: int) -> int:
        """Return how many seconds a command comes after the one before, where no ages tell."""
        if place in self.sooner:
            return 1
        return self._usual(place) + self.later.get(place, 0)

    def _usual(self, place: int) -> int:
        command = self.commands[place]
        if not self.page.pace or command.shown_again:
            return 0
        listing = command.listing
        if listing and READERS.match(command.text) and any(UNSETTLED.search(line) for line in listing.lines):
            return 1
        before = self.commands[place - 1] if place else None
        if before is not None and before.block == command.block and not command.listing:
            return 1
        if before is not None and READERS.match(before.text) and not WATCH.match(before.text):
            return 5
        return self.page.pace


class _Pass:
    """One go through the page."""

    def __init__(self, replay: Replay, folder: str):
        page = replay.page
        self.replay, self.page = replay, page
        self.options = replay.options
        self.session = Session(folder, replay.execute, release=replay.options.release or page.release, nodes=page.nodes,
                               start=page.start, timeout=replay.options.timeout, allow=replay.options.allow,
                               host_shell=replay.options.host_shell, settings=settings_of(page), gates=page.gates,
                               given=[folder for _, folder in replay.options.maps])
        self.report = Report(page)
        self.seen = Onlooker(replay, self.session, dict(replay._uids))
        self.ages: list[tuple[int, Age]] = []   # (place of the command, age)
        self.begun: list[float] = []
        self.ended: list[float] = []
        self.least: list[int] = []              # seconds that a page wants before a command
        self._before = ""                       # the cluster as it was kept before one of several ways
        self._defined: set[str] = set()
        self._container: containers.Shell | None = None
        self._left_out = LeftOut()

    def play(self) -> None:
        """Replay the page once."""
        with self.session:
            self.origin = self.seen.origin = self.session.now
            for target, uid in self.seen.uids.items():
                self.session.script_uid(target, uid)
            self.seen.begin()
            place, extra = 0, 0
            for item in self.page.items:
                if isinstance(item, Shown):
                    self._write(item)
                elif isinstance(item, Directive):
                    extra += self._direct(item)
                else:
                    self.least.append(extra)
                    self._choose(place)
                    self._play(item, place)
                    place, extra = place + 1, 0
                    self.replay._tell(place, len(self.replay.commands))
            self.report.inferred = list(self.session.taken_for_granted)

    def _choose(self, place: int) -> None:
        """Keep the cluster before what the page offers something else for, and have that find it so."""
        if self.session.watches:
            return
        kept, back = self.replay.instead
        if place in kept:
            self._before = self.session.keep("before")
        elif place in back and self._before:
            now = self.session.now
            self.session.go_back(self._before)
            self.session.advance(now)

    def _direct(self, item: Directive) -> int:
        """Do what a directive asks for; returns the seconds that it lets pass."""
        if item.verb == "advance":
            return round(duration.parse(item.value))
        if item.verb == "nodes":
            self.session.nodes = int(item.value)
        self.session.reset(item.value if item.verb == "version" else "")
        self.seen.begin()
        return 0

    def _write(self, shown: Shown) -> None:
        """Put a file that the page shows where its commands find it."""
        scratch.write(self.session.folder, self.session.home, shown.name, text_of(shown, self.options), shown.appended)

    def _play(self, command: Command, place: int) -> None:
        why = command.left_out if not self._enters(command) else ""
        if command.inside:
            why = "" if self._container else "is typed in a container's shell that was not opened"
        text = self._text(command)
        if not why and not command.inside and not self.options.host_shell:
            why = why_not(text, self._defined | self.session.own_programs(), self.options.allow)
        if not why and not command.inside and not self.options.host_shell and (
                name := unset_variable(text, self.replay.variables | self.session.environ.keys())):
            why = f"has the placeholder ${name}"
        if not why and not command.saves and not command.change:
            why = why_endless(text, self.session.environ)
        if not why and not command.inside and (line := self._left_out.unset(text)):
            why = f"uses what the command in line {line} would have set"
        if why:
            if command.left_out.startswith("ends"):
                self._leave()
            self._left_out.add(command)
            self.begun.append(self.session.now)
            self.ended.append(self.session.now)
            self.report.outcomes.append(Outcome(command, "left out", why))
            return
        self._defined |= defined_names(text)
        self._left_out.set(text)
        if not command.inside:
            beside.bring(text, self.replay.file, self.session.folder)
        self.session.advance(self._moment(command, place))
        self.begun.append(self.session.now)
        if command.saves or command.change:  # of the object as it is by now
            text = rows.edit(self.session, text, command.saves, command.change)
        self.seen.turn_to(command)
        if place + 1 in self.replay.early:
            self.session.watch(self._text(self.replay.commands[place + 1]))
        if WATCH.match(text) and self.session.execute is not None and " -- " not in text:
            outcome = self._watch(command, text, place)
        elif not command.inside and (loop := containers.looping(text)):
            outcome = self._loop(command, loop, place)
        else:
            outcome = self._run(command, text, place)
        outcome.ran = text
        self.ended.append(self.session.now)
        if outcome.state in ("differs", "failed") and (lacks := self._left_out.why(command, outcome.output) or (
                "is not simulated" if _UNIMPLEMENTED in outcome.output else "")):
            outcome = Outcome(command, "left out", lacks, outcome.code, outcome.output)
            self._left_out.add(command)
        self.report.outcomes.append(outcome)

    def _text(self, command: Command) -> str:
        """Return what is run for a command: names and URLs as they are here."""
        text = self.seen.here(command.text)
        text = text.rstrip() + command.adds if command.adds else text
        text = urls.to_files(text, self.options.maps)
        return text if command.inside or self.options.host_shell else scratch.without_root(text)

    def _moment(self, command: Command, place: int) -> float:
        solved = self.replay._moments
        now = self.session.now
        if command.at is not None:
            return max(now, self.origin + command.at)
        if solved is not None:
            return max(now, self.origin + solved[place + 1])
        return math.ceil(now + max(self.replay.wanted(place), 1 if self.page.pace else 0) + self.least[-1])

    # Running and comparing

    def _run(self, command: Command, text: str, place: int) -> Outcome:
        if command.inside and self._container:
            text = self._container.inside(text)
        elif self._enters(command):
            self._leave()
            self._container = containers.opened(text)
            assert self._container
            if not self._container.start:
                return Outcome(command, "ran")
            text = self._container.start
        elif self._container and self._container.pod and self._has_ended(self._container.pod, command.listing):
            self._leave()
        ran = self.session.run(text, command.apart)
        if self._container and self._enters(command):
            self._container = containers.debugged(self._text(command), ran.output) or self._container
        if self._container and (command.inside or self._enters(command)):
            ran.output = self._container.answer(self._text(command), ran.output)
        ran.output = urls.to_urls(ran.output, self.options.maps)
        self.seen.block.append(ran.output)
        outcome = Outcome(command, "ran", code=ran.code, output=ran.output + (ran.stderr if command.apart else ""))
        if ran.timed_out:
            outcome.state, outcome.why = "failed", f"took longer than {self.options.timeout:g} s"
            return outcome
        if command.listing:
            outcome.verdict = self.seen.compare(command, command.listing, place)
            if not outcome.verdict.equal and READERS.match(command.text) and not command.inside:
                self.seen.mean_others(command, command.listing, place, outcome)
            if not outcome.verdict.equal and not outcome.verdict.but_for_ages and (
                    self.replay._moments is None or place in self.replay.undated
                    or (place in self.replay.later.keys() | self.replay.come and not outcome.verdict.ages)):
                if self.seen.look_again(command, command.listing, text, place, outcome):
                    self.begun[-1] = self.session.now
            elif command.listing.similar and place in self.replay.later and not (
                    outcome.verdict.equal or outcome.verdict.but_for_ages):
                self.replay.undated.add(place)
            if outcome.verdict.equal:
                self.replay.come.add(place)
            if self.replay._moments is not None and outcome.verdict.ages and not (
                    outcome.verdict.equal or outcome.verdict.but_for_ages):
                self._want_sooner(place)
            if place not in self.replay.undated:
                self.ages += [(place, age) for age in outcome.verdict.ages]
            outcome.state = "equal" if self._is_true(command.listing, outcome.verdict) else "differs"
        if command.stderr and outcome.state != "differs":
            verdict = self.seen.compared(command.stderr, command.stderr.lines, ran.stderr, place)
            if outcome.verdict is None or not verdict.equal:
                outcome.verdict = verdict
            outcome.state = "equal" if verdict.equal else "differs"
        wanted = command.exit
        if wanted is not None and (ran.code == 0 if wanted == ANY_FAILURE else ran.code != wanted):
            told = "another one" if wanted == ANY_FAILURE else str(wanted)
            outcome.state, outcome.why = "differs", f"exit code {ran.code}, the page has {told}"
        elif wanted is None and ran.code and not command.listing and not (ran.code == 1 and _DIFF.match(text)):
            outcome.state, outcome.why = "failed", f"exit code {ran.code}"
        return outcome

    def _is_true(self, listing: Listing, verdict: Verdict) -> bool:
        """Whether a listing is true; ages that no moments fit make none false that is only similar, or a part."""
        return verdict.equal or (verdict.but_for_ages and self.replay._moments is not None
                                 and (listing.similar or listing.level == "contains"))

    def _want_sooner(self, place: int) -> None:
        """Have what changes the cluster before a listing come sooner next time, where the ages leave the choice."""
        before = next((i for i in range(place - 1, 0, -1) if not READERS.match(self.replay.commands[i].text)
                       and self.report.outcomes[i].state != "left out"), None)
        if before is not None:
            self.replay.sooner.add(before)

    def _watch(self, command: Command, text: str, place: int) -> Outcome:
        """Begin a watch in a second terminal, or compare what one has printed by now."""
        running = next((watch for watch in reversed(self.session.watches) if watch.text == text and watch.begun), None)
        if running is None and command.shown_again and self.session.watches:
            running = self.session.watches[-1]
        if running is None or (not command.shown_again and not command.listing):
            begun = self.session.watch(text)
            if begun is None:
                return self._run(command, text, place)
            running = begun
            if not begun.begun and begun.code:
                printed = begun.printed()
                if command.listing and (told := self.seen.compared(command.listing, command.listing.lines, printed,
                                                                   place)).equal:
                    return Outcome(command, "equal", code=begun.code, output=printed, verdict=told)
                self._see_earlier(command, place)  # what it watches is gone by now
                return Outcome(command, "failed", f"exit code {begun.code}", begun.code, printed)
        if not command.listing:
            return Outcome(command, "ran", output=running.printed())
        self._wait_for(running, command.listing)
        printed = running.printed()
        verdict = rows.compare_watch(command.listing, printed, self.seen.names, not self.page.release,
                                     self.seen.level(command.listing))
        if not verdict.equal:
            self._see_earlier(command, place)
        return Outcome(command, "equal" if verdict.equal else "differs", output=printed, verdict=verdict)

    def _see_earlier(self, command: Command, place: int) -> None:
        """Have a watch begin before the command in front of it next time, if that changes anything: in the other
        terminal, it will have been there first."""
        if command.listing and place and not command.shown_again \
                and not READERS.match(self.replay.commands[place - 1].text):
            self.replay.early.add(place)

    def _loop(self, command: Command, loop: containers.Looping, place: int) -> Outcome:
        """Let a loop run until it has said what the page shows, in any order, or for half a minute. It goes on where
        the page speaks of its pod later on: in another terminal."""
        ran = self.session.run(loop.start)
        if ran.code:
            return Outcome(command, "failed", f"exit code {ran.code}", ran.code, ran.output)
        outcome = Outcome(command, "ran")
        listing = command.listing and replace(command.listing, anywhere=True, level=command.listing.level or "contains")
        for _ in range(3):
            self.session.advance(self.session.now + 10)
            outcome.output = self.session.run(loop.told).output
            if listing:
                outcome.verdict = self.seen.compared(listing, listing.lines, outcome.output, place)
                outcome.state = "equal" if outcome.verdict.equal else "differs"
            if outcome.state != "differs":
                break
        names = re.compile(rf"(?<![\w.-]){re.escape(loop.pod)}(?![\w.-])")
        if not any(names.search(later.text) for later in self.replay.commands[place + 1:]):
            self.session.run(loop.end)
        return outcome

    def _wait_for(self, watch: Watch, listing: Listing) -> None:
        """Let time pass until a watch has printed what the page shows, for two minutes at most."""
        for seconds in (0, 5, 10, 15, 30, 60):
            self.session.advance(self.session.now + seconds)
            if rows.compare_watch(listing, watch.printed(), self.seen.names.copy(), not self.page.release,
                                  self.seen.level(listing)).equal:
                return

    # Containers

    def _enters(self, command: Command) -> bool:
        return command.left_out.startswith("opens a container") and containers.opened(self._text(command)) is not None

    def _has_ended(self, pod: str, listing: Listing | None) -> bool:
        """Whether a listing shows that the shell was left which a pod was made for."""
        lines = self.seen.names.to_here("\n".join(listing.lines)) if listing else ""
        return re.search(rf"^{re.escape(pod)} .* Completed ", lines, re.M) is not None

    def _leave(self) -> None:
        if self._container and self._container.end:
            self.session.run(self._container.end)
        self._container = None

    # Times

    @property
    def moments(self) -> list[int]:
        """When the commands of this pass were given, in seconds after the cluster was made; [0] is 0."""
        return [0, *(math.floor(at - self.origin) for at in self.begun)]

    def solved(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the moments that the ages of this pass tell, and what contradicts itself, as lines of the page."""
        commands = self.replay.commands
        lasting = [math.ceil(end - begin) for begin, end in zip(self.begun, self.ended)]
        lasting = [least + (lasting[i - 1] if i else 0) for i, least in enumerate(self.least)] + [0]
        moments = Moments(len(commands) + 1, lasting)
        seen = [Seen(0, place + 1, 0, f"{round(command.at)}s", command.line)
                for place, command in enumerate(commands) if command.at is not None]
        for place, age in self.ages:
            made, delay = self._maker(age.made)
            if made < place + 1 and commands[place].at is None:
                seen.append(Seen(made, place + 1, delay, age.age, age.line, self._hangs_on_ages(place)))
        moments.take(seen)
        left_out = [outcome.state == "left out" for outcome in self.report.outcomes]
        wanted = [0, *(0 if left_out[i] else max(self.replay.wanted(i), 1 if self.page.pace else 0)
                       for i in range(len(commands)))]
        return moments.solve(wanted), moments.contradictions

    def _hangs_on_ages(self, place: int) -> bool:
        """Whether a listing is true if its ages are, and false if they are not."""
        listing, verdict = self.replay.commands[place].listing, self.report.outcomes[place].verdict
        return listing is not None and verdict is not None and (verdict.equal or verdict.but_for_ages) \
            and not (listing.similar or listing.level == "contains")

    def _maker(self, made: float) -> tuple[int, int]:
        """Return the moment from which an object's making is counted, and how many whole seconds later it was made."""
        found, since = 0, self.origin
        for place, begun in enumerate(self.begun):
            if math.floor(begun) <= made and not READERS.match(self.replay.commands[place].text) \
                    and self.report.outcomes[place].state != "left out":
                found, since = place + 1, math.floor(begun)
        return found, round(made - since)

