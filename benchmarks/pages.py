"""python benchmarks/pages.py DIR [--map URL=DIR] [--version 1.31] [--find-version] [-j N] [--why]: how true others'
pages come out.

Every page in Markdown, AsciiDoc or reStructuredText below DIR that calls kubectl is verified unchanged. Told are the
commands that ran, the listings that were compared and how many of them are equal, and of what kind the others are; with
--why what differs, with its place. --without FILE names pages to leave out, one a line. With --find-version pages on
which anything differs are played in each release, too: the count of the releases that fit each page best is told beside
that of the one release.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import os
import pathlib
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from kubesim_cli import releases
from kubesim_cli.main import execute
from kubesim_cli.sim.pages import isolated
from kubesim_cli.sim.pages import report as reporting
from kubesim_cli.sim.pages.model import BadPage
from kubesim_cli.sim.pages.outcome import Options, Outcome, Report
from kubesim_cli.sim.pages.tables import header

if TYPE_CHECKING:
    from collections.abc import Callable

ENDINGS = {".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".rst"}
ABSENT = re.compile(r"NotFound|No resources found|not found|does not exist|[Nn]o such file|have a resource type")


def pages(folder: pathlib.Path, without: set[str]) -> list[str]:
    """Return the pages below a folder that have a block with a kubectl command."""
    return [str(path) for path in sorted(folder.rglob("*")) if path.suffix in ENDINGS and path.is_file()
            and re.search(r"^\s*\$? ?kubectl ", path.read_text(encoding="utf-8"), re.M)
            and str(path.relative_to(folder)) not in without]


def checked(options: Options, path: str) -> tuple[str, Report | str]:
    """Verify one page; returns its report, or why there is none."""
    done, = isolated.reports([path], execute, options)
    return path, str(done) if isinstance(done, BadPage) else done


def once(options: Options, path: str) -> tuple[str, Report | str, Report | str, str]:
    """Verify one page; returns what `fitting` does, without a look at other releases."""
    _, report = checked(options, path)
    return path, report, report, ""


def fitting(options: Options, path: str) -> tuple[str, Report | str, Report | str, str]:
    """Verify one page, and where anything differs, in each release; returns its report, the one in which most listings
    are equal, and of which release that is, "" where it is the first."""
    _, report = checked(options, path)
    best, name = report, ""
    if isinstance(report, Report) and report.count("differs"):
        for minor in range(releases.OLDEST[1], releases.NEWEST[1] + 1):
            release = releases.release_text((1, minor))
            there = dataclasses.replace(options, release=release)
            other = "" if release == options.release else checked(there, path)[1]
            if isinstance(other, Report) and isinstance(best, Report) and other.count("equal") > best.count("equal"):
                best, name = other, release
    return path, report, best, name


def kind_of(outcome: Outcome) -> str:
    """Return of what kind a difference is, as its words let guess."""
    verdict, text = outcome.verdict, outcome.command.text
    if outcome.lacks:
        return "something is not there that nothing on the page makes"
    if ABSENT.search(outcome.output):
        return "something is not there, though the page speaks of it before"
    if verdict is None:
        return "another exit code"
    if verdict.but_for_ages:
        return "ages that no moments fit"
    ours, theirs = (header(lines[0]) if lines else None for lines in (verdict.shown, verdict.printed))
    if ours and theirs:
        return "other columns" if ours[0] != theirs[0] else "other rows or cells"
    if outcome.command.inside or re.search(r"\bkubectl exec\b|\bcurl\b", text):
        return "what programs in containers say"
    if re.search(r"\bdescribe\b|-o[ =]?(?:yaml|json)|--output", text):
        return "documents"
    return "other words"


def main() -> int:
    """Run the pages; returns 1 where one could not be verified at all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--map", action="append", default=[])
    parser.add_argument("--version", default="")
    parser.add_argument("--without", type=pathlib.Path)
    parser.add_argument("--why", action="store_true")
    parser.add_argument("--find-version", action="store_true")
    parser.add_argument("-j", type=int, default=1)
    given = parser.parse_args()
    os.environ["KUBESIM_HOME"] = os.path.expanduser("~/nosuch")  # no page may touch a cluster of ours
    options = Options(timeout=20, release=given.version, maps=tuple(tuple(each.rsplit("=", 1)) for each in given.map))
    without = set(given.without.read_text().split()) if given.without else set()
    states: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    kinds: collections.Counter[str] = collections.Counter()
    fits: collections.Counter[str] = collections.Counter()
    begun, count, broken = time.monotonic(), 0, 0
    with ProcessPoolExecutor(given.j) as pool:
        verified: Callable[[str], tuple[str, Report | str, Report | str, str]] = partial(
            fitting if given.find_version else once, options)
        for path, report, best, release in pool.map(verified, pages(given.folder, without)):
            if isinstance(report, str):
                if "has no commands" not in report:
                    broken += 1
                    print(report)
                continue
            count += 1
            own = collections.Counter(one.state for one in report.outcomes if not one.command.origin)
            states += own
            reasons.update(re.sub(r"(placeholder|writes).*", r"\1", one.why) for one in report.outcomes
                           if one.state == "left out")
            kinds.update(kind_of(one) for one in report.outcomes if one.state == "differs")
            compared = own["equal"] + own["differs"]
            print(f"{path}: {own['equal']}/{compared} equal, {own['failed']} failed, {own['left out']} left out",
                  flush=True)
            assert isinstance(best, Report)
            fits.update(one.state for one in best.outcomes if not one.command.origin)
            if release:
                print(f"    {release} fits better: {best.count('equal')}/{best.count('equal', 'differs')} equal")
            if given.why:
                for line, _ in reporting.lines(report):
                    print(f"    {line}")
    ran = states["equal"] + states["differs"] + states["ran"] + states["failed"]
    compared = states["equal"] + states["differs"]
    print(f"{count} pages, {ran} commands run, {compared} listings compared, {states['equal']} equal "
          f"({100 * states['equal'] / max(1, compared):.1f}%), {states['failed']} commands without a listing failed, "
          f"{states['left out']} left out, {time.monotonic() - begun:.0f} s")
    if given.find_version:
        compared = fits["equal"] + fits["differs"]
        print(f"each page in the release that fits it best: {compared} listings compared, {fits['equal']} equal "
              f"({100 * fits['equal'] / max(1, compared):.1f}%)")
    for kind, number in kinds.most_common():
        print(f"  differs: {number} {kind}")
    for why, number in reasons.most_common(15):
        print(f"  left out: {number} {why}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
