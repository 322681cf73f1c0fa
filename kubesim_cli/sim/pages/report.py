"""Telling how pages went: on a terminal, as JUnit's XML, as JSON."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.types import Object
    from .outcome import Outcome, Report

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def lines(report: Report, verbose: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (line, style) for what differs on a page, and for each command where `verbose`."""
    for outcome in report.outcomes:
        command = outcome.command
        place = f"{report.page.path}:{command.line}"
        if verbose:
            yield f"$ {command.text}", "bold"
            for line in outcome.output.rstrip("\n").split("\n") if outcome.output else ():
                yield line, ""
        if outcome.state not in ("differs", "failed"):
            continue
        text = command.text if len(command.text) <= 100 and "\n" not in command.text else \
            command.text.split("\n")[0][:97] + "..."
        yield f"{place}: {text}", "bold red"
        if outcome.why:
            yield f"  {outcome.why}", "red"
        if outcome.verdict and not outcome.verdict.equal and outcome.state == "differs":
            for line in outcome.verdict.diff:
                yield f"  {line}", _STYLES.get(line[:1], "")
        elif outcome.state == "failed":
            for line in outcome.output.rstrip("\n").split("\n")[-5:]:
                yield f"  {line}", ""
        if outcome.lacks:
            yield f"  nothing on the page makes {outcome.lacks}", "yellow"
    for before, number in report.contradictions:
        yield (f"{report.page.path}:{number}: no moment fits the ages here and those of line {before}: the page "
               "contradicts itself"), "yellow"


def summary(report: Report) -> list[str]:
    """Return what is to be told of a page in a few lines, the verdict last."""
    told = [f"inferred: {each}" for each in [*report.page.inferred, *report.inferred]]
    told += [f"inferred: {outcome.command.text.removeprefix('kubectl ')} (before line {outcome.command.line})"
            for outcome in report.outcomes if outcome.command.origin == "inferred"]
    reasons: dict[str, int] = {}
    for outcome in report.outcomes:
        if outcome.state == "left out":
            reasons[outcome.why] = reasons.get(outcome.why, 0) + 1
    counted = [f"{report.count('equal', 'differs')} compared", f"{report.count('ran', 'failed')} ran without a listing"]
    if reasons:
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items(), key=lambda one: -one[1]))
        counted.append(f"{sum(reasons.values())} left out ({why})")
    if lacking := sum(bool(outcome.lacks) for outcome in report.bad):
        counted.append(f"{lacking} differ{'s' * (lacking == 1)} for lack of what nothing on the page makes")
    told.append("; ".join(counted))
    told.append(verdict(report))
    return told


def verdict(report: Report) -> str:
    """Return the one line that says whether a page is true."""
    name = os.path.basename(report.page.path)
    bad = len(report.bad)
    return f"{name}: {bad} step{'s' * (bad != 1)} differ{'s' * (bad == 1)}" if bad else f"{name}: as printed"


def as_object(report: Report) -> Object:
    """Return a page's report in plain dicts and lists."""
    return {
        "page": report.page.path, "equal": not report.bad, "passes": report.passes,
        "contradictions": [{"line": line, "with": before} for before, line in report.contradictions],
        "commands": [_outcome(outcome) for outcome in report.outcomes],
    }


def _outcome(outcome: Outcome) -> Object:
    command = outcome.command
    made: Object = {"line": command.line, "command": command.text, "state": outcome.state, "exitCode": outcome.code}
    if outcome.why:
        made["why"] = outcome.why
    if outcome.lacks:
        made["lacks"] = outcome.lacks
    if command.origin:
        made["origin"] = command.origin
    if outcome.verdict and not outcome.verdict.equal:
        made["diff"] = outcome.verdict.diff
    return made


def as_junit(reports: list[Report]) -> str:
    """Return all pages as JUnit's XML: a suite for each page, a case for each command."""
    from xml.etree import ElementTree

    suites = ElementTree.Element("testsuites")
    for report in reports:
        cases = report.outcomes
        suite = ElementTree.SubElement(suites, "testsuite", name=report.page.path, tests=str(len(cases)),
                                       failures=str(len(report.bad)), errors="0",
                                       skipped=str(sum(one.state == "left out" for one in cases)))
        for outcome in cases:
            command = outcome.command
            case = ElementTree.SubElement(suite, "testcase", classname=report.page.path,
                                          name=_printable(f"{command.line}: {command.text}"), file=report.page.path,
                                          line=str(command.line))
            if outcome.state == "left out":
                ElementTree.SubElement(case, "skipped", message=_printable(outcome.why))
            elif outcome.state in ("differs", "failed"):
                failure = ElementTree.SubElement(case, "failure", message=_printable(outcome.why or "differs"))
                diff = outcome.verdict.diff if outcome.verdict else outcome.output.split("\n")
                failure.text = _printable("\n".join(diff))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"


def _printable(text: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return "".join(char if char in "\n\t" or " " <= char < "\ufffe" or char > "\uffff" else "?" for char in text)
