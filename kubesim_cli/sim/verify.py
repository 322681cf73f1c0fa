"""`kubesim sim verify`: replay pages and compare what their commands print with what they show."""

from __future__ import annotations

import json
import sys

import click

from .. import releases
from .clock import SECONDS
from .pages.model import LEVELS, BadPage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID

    from .pages.outcome import Options, Report
    from .settings import Execute, Settings


def _reports(pages: tuple[str, ...], execute: Execute | None, options: Options, jobs: int,
             console: Console) -> Iterator[Report | BadPage]:
    """Yield what becomes of each page, in their order."""
    from .pages import isolated

    if jobs > 1 or not console.is_terminal:
        yield from isolated.reports(pages, execute, options, jobs)
        return
    from rich.progress import Progress

    for path in pages:
        # Without a thread that refreshes it: the page's process begins as a copy of this one.
        with Progress(console=console, transient=True, auto_refresh=False) as progress:
            bar = progress.add_task(path)

            def tell(page: int, done: int, of: int, progress: Progress = progress, bar: TaskID = bar) -> None:
                progress.update(bar, completed=done, total=of, refresh=True)

            yield from isolated.reports([path], execute, options, tell=tell)


@click.command("verify", short_help="Replay pages and compare what they show.")
@click.argument("pages", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False), metavar="PAGE...")
@click.option("--quiet", "-q", is_flag=True, help="Print only the verdict of each page.")
@click.option("--verbose", "-v", is_flag=True, help="Print every command with what it prints.")
@click.option("--level", type=click.Choice(LEVELS), default=None,
              help="How listings are compared where the page does not say; same otherwise.")
@click.option("--kubernetes-version", default="", metavar="VERSION",
              help="The release to emulate, whatever the page says.")
@click.option("--find-version", is_flag=True, help="Tell with which release most listings of the pages are equal.")
@click.option("--map", "maps", multiple=True, metavar="URL=DIR",
              help="Take what commands read below URL, and what a page includes from there, from a folder.")
@click.option("--no-infer", is_flag=True, help="Neither apply nor delete what the page only shows.")
@click.option("--allow", multiple=True, metavar="NAME", help="Let commands run this program, too.")
@click.option("--host-shell", is_flag=True, help="Leave no command out, whatever it runs.")
@click.option("--timeout", type=SECONDS, default=60.0, show_default=True, metavar="SECONDS",
              help="Real seconds that one command may take.")
@click.option("--junit", type=click.Path(dir_okay=False), help="Write the results to a file, as JUnit's XML.")
@click.option("--svg", type=click.Path(file_okay=False), metavar="DIR",
              help="Write a picture of a terminal for each block of commands into this folder.")
@click.option("--html", type=click.Path(dir_okay=False), metavar="FILE", help="Write all these pictures as one page.")
@click.option("--against", default="", metavar="CONTEXT",
              help="Run the pages' commands on the real cluster of this context, too, in a namespace made for them, "
                   "and tell what differs. It asks first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--update", is_flag=True, help="Rewrite the listings that differ in place.")
@click.option("-j", "jobs", type=click.IntRange(1), default=1, metavar="N", help="Verify N pages at a time.")
@click.pass_context
def verify(ctx: click.Context, pages: tuple[str, ...], quiet: bool, verbose: bool, level: str | None,
           kubernetes_version: str, find_version: bool, maps: tuple[str, ...], no_infer: bool, allow: tuple[str, ...],
           host_shell: bool, timeout: float, junit: str | None, svg: str | None, html: str | None, against: str,
           yes: bool, as_json: bool, update: bool, jobs: int) -> None:
    """Replay each PAGE in an empty cluster of its own, and compare every listing with what the commands print.

    A page is Markdown (.md), reStructuredText (.rst), AsciiDoc (.adoc), plain text as it is copied from a browser
    (.txt), a cram test (.t), a testscript (.txtar), or kubesim's own YAML. Exit code: 0, 1 where anything differs, 2
    where a page cannot be read.
    """
    from rich.console import Console

    from .pages import report as reporting
    from .pages.outcome import Options

    settings: Settings = ctx.obj
    options = Options(timeout=timeout, infer=not no_infer, allow=allow, host_shell=host_shell, maps=_maps(maps),
                      release=release_option(kubernetes_version), level=level or "")
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    if find_version:
        ctx.exit(_find_version(pages, settings.execute, options, jobs, console))
    reports: list[Report] = []
    code = 0
    for done in _reports(pages, settings.execute, options, jobs, console):
        if isinstance(done, BadPage):
            click.echo(f"Error: {done}", err=True)
            code = 2
            continue
        reports.append(done)
        code = max(code, 1) if done.bad else code
        rewritten = update and _update(done)
        settings.did = settings.did or rewritten
        if as_json:
            continue
        if not quiet:
            for line, style in reporting.lines(done, verbose):
                console.print(line, style=style or None, markup=False)
        told = reporting.summary(done)
        for line in told[:-1] if not quiet else ():
            console.print(f"{done.page.path}: {line}", markup=False)
        verdict = told[-1] + ("; rewritten as it is now" if rewritten else "")
        console.print(verdict, style="red" if done.bad else "green", markup=False)
    if as_json:
        json.dump([reporting.as_object(one) for one in reports], sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    if junit:
        with open(junit, "w", encoding="utf-8") as file:
            file.write(reporting.as_junit(reports))
        settings.did = True
    if svg or html:
        from .pages import drawn

        if svg:
            drawn.write_svgs(reports, svg)
        if html:
            with open(html, "w", encoding="utf-8") as file:
                file.write(drawn.as_html(reports))
        settings.did = True
    if against:
        code = max(code, _against(settings, against, reports, options, yes, console))
    ctx.exit(code)


def _against(settings: Settings, context: str, reports: list[Report], options: Options, yes: bool,
             console: Console) -> int:
    """Run the pages on a real cluster, where the user says so; returns 1 where anything differs there."""
    from .pages import against

    try:
        cluster = against.RealCluster(context, settings.environ)
    except against.Unusable as problem:
        raise click.ClickException(f"--against {context}: {problem}") from None
    for report in reports:
        for command, why in against.left_out(report):
            console.print(f"{report.page.path}:{command.line}: not on a real cluster: {why}", markup=False, style="dim")
    console.print(f"The commands run on the real cluster {cluster.server} (context {context}) by {cluster.kubectl}, "
                  "each page's in a new namespace, which is deleted afterwards.", markup=False)
    if not yes and not (sys.stdin.isatty() and click.confirm("Go on?")):
        raise click.ClickException("nothing was run on the real cluster" +
                                   ("" if sys.stdin.isatty() else "; without a terminal, --yes says that it may"))
    differing = 0
    for report in reports:
        try:
            compared = against.compare(report, cluster, options)
        except against.Unusable as problem:
            raise click.ClickException(f"--against {context}: {problem}") from None
        for command, lines in compared.differing:
            console.print(f"{report.page.path}:{command.line}: {command.text}", markup=False, style="bold red")
            for line in lines:
                console.print(f"  {line}", markup=False, style={"-": "red", "+": "green"}.get(line[:1]))
        counts = f"{len(compared.differing)} differ, {len(compared.left_out)} not run there"
        console.print(f"{report.page.path}: {compared.same} the same on both clusters, {counts}", markup=False)
        differing += len(compared.differing)
    return 1 if differing else 0


def _maps(maps: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    import os

    found = []
    for entry in maps:
        url, sign, folder = entry.rpartition("=")
        if not sign or not url or not os.path.isdir(folder):
            raise click.UsageError(f"--map {entry}: it takes URL=DIR, and the folder has to be there")
        found.append((url, os.path.abspath(folder)))
    return tuple(found)


def release_option(text: str) -> str:
    if text:
        try:
            releases.parse_release(text)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    return text


def _update(report: Report) -> bool:
    """Rewrite the listings that differ in the page; returns whether there were any."""
    from .pages.update import updated

    with open(report.page.path, encoding="utf-8", newline="") as file:
        before = file.read()
    after = updated(report, before)
    if after != before:
        with open(report.page.path, "w", encoding="utf-8", newline="") as file:
            file.write(after)
    return after != before


def _find_version(pages: tuple[str, ...], execute: Execute | None, options: Options, jobs: int,
                  console: Console) -> int:
    """Tell for each release how many listings are equal; returns the exit code."""
    from dataclasses import replace

    counts: list[tuple[int, str]] = []
    for minor in range(releases.OLDEST[1], releases.NEWEST[1] + 1):
        name = releases.release_text((1, minor))
        reports = list(_reports(pages, execute, replace(options, release=name), jobs, console))
        for problem in reports:
            if isinstance(problem, BadPage):
                click.echo(f"Error: {problem}", err=True)
                return 2
        good = [one for one in reports if not isinstance(one, BadPage)]
        equal = sum(one.count("equal") for one in good)
        counts.append((equal, name))
        console.print(f"{name}: {equal} of {sum(one.count('equal', 'differs') for one in good)} equal", markup=False)
    most = max(equal for equal, _ in counts)
    best = [name for equal, name in counts if equal == most]
    console.print(f"{', '.join(best)} fit equally well" if len(best) > 1 else f"{best[0]} fits best", style="green")
    return 0


COMMANDS = [verify]
