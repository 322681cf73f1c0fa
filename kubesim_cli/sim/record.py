"""`kubesim sim record`: a page out of a script, or of what somebody types."""

from __future__ import annotations

import os
import sys
import tempfile

import click

from .clock import SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from .pages.recording import Recorder
    from .settings import Settings


@click.command("record", short_help="Make a page out of a script, or of what is typed.")
@click.argument("script", type=click.File(encoding="utf-8"), required=False, default=None)
@click.option("-o", "--output", type=click.Path(dir_okay=False), default=None, help="The page; otherwise stdout.")
@click.option("--force", is_flag=True, help="Replace the page where it is there already.")
@click.option("--title", default="", help="The title of the page.")
@click.option("--kubernetes-version", default="", metavar="VERSION", help="The release to emulate.")
@click.option("--nodes", type=click.IntRange(1, 5000), default=1, show_default=True, help="How many nodes there are.")
@click.option("--allow", multiple=True, metavar="NAME", help="Let commands run this program, too.")
@click.option("--host-shell", is_flag=True, help="Leave no command out, whatever it runs.")
@click.option("--timeout", type=SECONDS, default=60.0, show_default=True, metavar="SECONDS",
              help="Real seconds that one command may take.")
@click.pass_context
def record(ctx: click.Context, script: TextIO | None, output: str | None, force: bool, title: str,
           kubernetes_version: str, nodes: int, allow: tuple[str, ...], host_shell: bool, timeout: float) -> None:
    """Make a page in Markdown out of a SCRIPT, or, without one, of what is typed until Ctrl-D or `exit`.

    Its commands run as `sim verify` runs a page's: in an empty cluster whose clock stands still, in a scratch folder,
    and those left out that reach beyond. Comments become the words between them, and files that commands name are shown
    before. The page is verified at the end; the exit code is 1 where it would not come out the same.

    \b
    kubesim sim record -o docs/first-steps.md                # type on
    kubesim sim record demo.sh -o docs/demo.md --title Demo
    """
    from .pages.outcome import Options
    from .pages.recording import Recorder
    from .verify import release_option

    settings: Settings = ctx.obj
    if output and os.path.exists(output) and not force:
        raise click.ClickException(f"{output} is there already; --force replaces it")
    options = Options(timeout=timeout, allow=allow, host_shell=host_shell, release=release_option(kubernetes_version))
    target = os.path.abspath(output) if output else ""
    source = script or sys.stdin
    typed = script is None and sys.stdin.isatty()
    with tempfile.TemporaryDirectory(prefix="kubesim-", ignore_cleanup_errors=True) as folder:
        with Recorder(folder, settings.execute, options, nodes=nodes, title=title) as recorder:
            try:
                written = "" if typed else source.read()
            except UnicodeDecodeError:
                raise click.ClickException(f"{source.name} is no script: it is not text in UTF-8") from None
            for kind, text in _typed(recorder) if typed else _read(written):
                _take(recorder, kind, text, shown=typed or bool(output))
        if target:
            with open(target, "w", encoding="utf-8", errors="replace") as file:
                file.write(recorder.text)
            settings.did = True
        else:
            click.echo(recorder.text, nl=False)
        ctx.exit(_verified(target or os.path.join(folder, "page.md"), recorder.text, settings, options, bool(target)))


def _take(recorder: Recorder, kind: str, text: str, shown: bool) -> None:
    if kind == "words":
        recorder.say(text)
        return
    why = recorder.why_not(text)
    if why:
        click.echo(f"left out: {text.splitlines()[0]}: {why}", err=True)
        return
    ran = recorder.do(text)
    if shown:
        click.echo(ran.output, nl=False)


def _read(script: str) -> Iterator[tuple[str, str]]:
    """Yield what is in a script, in its order: ("command", text) or ("words", the text of comments)."""
    from .pages.commandline import split

    lines = script.splitlines()
    ends = 0
    for text, first in [*split(lines), ("", len(lines))]:
        words: list[str] = []
        for line in [*lines[ends:first], ""]:
            if line.startswith("#!"):
                continue
            if line.lstrip().startswith("#"):
                words.append(line.lstrip().lstrip("#").strip())
            elif words:
                yield "words", "\n".join(words)
                words = []
        if text:
            yield "command", text
        ends = first + text.count("\n") + 1


def _typed(recorder: Recorder) -> Iterator[tuple[str, str]]:
    """Yield what somebody types at a prompt, which tells the cluster's time."""
    from ..machinery import timestamps
    from .pages.commandline import is_complete

    try:
        import readline  # noqa: F401  # input() edits lines with it
    except ImportError:
        pass
    click.echo("Type commands; a line that begins with # becomes words between them. Ctrl-D or exit ends the page.")
    while True:
        try:
            text = input(f"{timestamps.format(recorder.now)[11:19]} $ ")
            while text and not text.startswith("#") and not is_complete(text):
                text += "\n" + input("> ")
        except EOFError:
            click.echo("")
            return
        except KeyboardInterrupt:
            click.echo("^C")
            continue
        if text.strip() == "exit":
            return
        if text.startswith("#"):
            yield "words", text.lstrip("#").strip()
        elif text.strip():
            yield "command", text


def _verified(path: str, text: str, settings: Settings, options: object, named: bool) -> int:
    """Verify the page; returns the exit code."""
    from .pages import isolated
    from .pages import report as reporting
    from .pages.model import BadPage
    from .pages.outcome import Options

    assert isinstance(options, Options)
    if not named:
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    done, = isolated.reports([path], settings.execute, options)
    if isinstance(done, BadPage):
        raise click.ClickException(str(done) if named else f"what was recorded {done.text}")
    for line, _ in reporting.lines(done):
        click.echo(line, err=True)
    click.echo(reporting.verdict(done), err=True)
    return 1 if done.bad else 0


COMMANDS = [record]
