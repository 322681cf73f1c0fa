"""`kubesim sim undo` and `kubesim sim redo`: take back what the last commands did, or do it again."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings

_LONGEST = 120  # characters of a command that are shown


@click.command("undo", short_help="Take back the last commands that changed the cluster.")
@click.argument("count", type=click.IntRange(1), default=1, metavar="[N]")
@click.option("-l", "--list", "list_", is_flag=True, help="Tell which commands can be undone, and change nothing.")
@click.pass_obj
def undo(settings: Settings, count: int, list_: bool) -> None:
    """Take back the last command that changed the cluster, or the last N.

    The cluster is what it was before, with all that was in containers and volumes, and its clock shows what it showed
    then; a running one runs on from there. The last 100 commands are remembered. `redo` does them again.

    \b
    kubesim sim undo            # the last command
    kubesim sim undo 3          # the last three
    kubesim sim undo --list     # which ones there are
    """
    from ..cluster import undo as undoing

    if not list_:
        return _go(settings, count, "undone")
    done, undone = undoing.known(settings.cluster())
    for number, did in enumerate(reversed(done), 1):
        click.echo(f"{number:3}  {_short(did)}")
    for number, did in enumerate(reversed(undone), 1):
        click.echo(f"{-number:3}  {_short(did)} (undone)")


@click.command("redo", short_help="Do again what was undone.")
@click.argument("count", type=click.IntRange(1), default=1, metavar="[N]")
@click.pass_obj
def redo(settings: Settings, count: int) -> None:
    """Do again what was undone last, or the last N of it, as long as no other command came after.

    What time did after these commands is there again, too.
    """
    _go(settings, count, "done again")


def _go(settings: Settings, count: int, word: str) -> None:
    from ..cluster import undo as undoing

    cluster = settings.cluster()
    try:
        commands = (undoing.undo if word == "undone" else undoing.redo)(cluster, count)
    except undoing.NothingLeft as why:
        raise click.ClickException(str(why)) from None
    finally:
        cluster.close()
    settings.forget_discovery()
    for did in commands:
        click.echo(f"{word}: {_short(did)}")


def _short(did: str) -> str:
    line = " ".join(did.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST - 3] + "..."


COMMANDS = [undo, redo]
