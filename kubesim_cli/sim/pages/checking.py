"""From a page's file to what becomes of it: it is read, what it leaves unsaid is done, and it is replayed."""

from __future__ import annotations

from dataclasses import replace

from . import attempts, formats, gates, infer, outcome, prerequisites, replay, session, skew, urls
from .model import BadPage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Execute
    from .model import Shown
    from .outcome import Options, Report

    Told = Callable[[int, int], None]


def check(path: str, execute: Execute | None, options: Options, tell: Told | None = None) -> Report:
    """Read a page and replay it; raises BadPage. `tell` is called with (commands done, of how many)."""
    with open(path, encoding="utf-8", errors="replace") as file:
        own = urls.of_repository(path, file.read())
    options = replace(options, maps=(*options.maps, *own))

    def source(shown: Shown) -> str:
        return outcome.text_of(shown, options)

    def opened(url: str) -> str:
        return urls.text(url, options.maps)

    def replayed(chosen: list[attempts.Attempt]) -> Report:
        page = formats.read(path)
        skew.fill(page, options.release or page.release)
        for each in chosen:
            each.choose(page)
        if options.infer and page.pace:
            gates.turn_on(page, options.release or page.release)
            infer.insert(page, source, opened)
        for each in chosen:
            each.replace(page)
        if not page.commands:
            raise BadPage(path, 0, "has no commands that could be compared")
        try:
            return replay.Replay(page, execute, options, tell).run()
        except session.Gone:
            raise BadPage(path, 0, "takes kubesim's own files away") from None

    chosen: list[attempts.Attempt] = []
    report = replayed(chosen)
    for _ in range(attempts.ROUNDS if options.infer and report.page.pace else 0):
        tried = [(replayed([*chosen, each]), each) for each in attempts.of(report, source)]
        best, choice = min(tried, key=lambda one: len(one[0].bad), default=(report, None))
        if choice is None or len(best.bad) >= len(report.bad):
            break
        report, chosen = best, [*chosen, choice]
    prerequisites.tell_unmade(report, source, opened)
    return report
