"""`kubesim sim timeline`: what happened when, and why."""

from __future__ import annotations

import click

from .console import color_option, console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from ..cluster.cluster import Cluster
    from ..cluster.timeline import Row
    from .settings import Settings

_STYLES = {"command": "bold cyan", "controller": "green", "timer": "yellow"}
_LONGEST = 160  # characters of a message or a command


@click.command("timeline", short_help="Show what happened when, and why.")
@click.argument("object_", metavar="[OBJECT]", default="")
@click.option("-n", "--namespace", default="", help="That of OBJECT, or only what is in this one.")
@click.option("-A", "--all-namespaces", "everything", is_flag=True, help="The system's, too.")
@click.option("--svg", type=click.Path(dir_okay=False), default=None, help="Draw it into this file instead.")
@color_option
@click.pass_obj
def timeline(settings: Settings, object_: str, namespace: str, everything: bool, svg: str | None,
             color: str | None) -> None:
    """Show what happened when: commands, and what controllers, kubelets and the passing of time made of them.

    With OBJECT, as in `sts/web`, only what concerns it, what belongs to it, and the claims and volumes of its pods. The
    last column is the cause: a command, a controller that saw to one at that moment, or a timer, by which something
    came later.

    \b
    kubesim sim timeline
    kubesim sim timeline deploy/web
    kubesim sim timeline pod/db-0 --svg db.svg
    """
    from ..cluster.timeline import Seen

    cluster = settings.cluster()
    cluster.catch_up()
    cluster.commit()
    try:
        seen = Seen(cluster)
        if object_:
            rows = seen.rows(seen.family(_found(cluster, seen, object_, namespace or settings.kubeconfig.namespace)))
        else:
            rows = [row for row in seen.rows() if everything or _shows(row, namespace)]
    finally:
        cluster.close()
    if svg:
        from .pictures import picture

        with open(svg, "w", encoding="utf-8", errors="replace") as file:
            file.write(picture(list(_lines(rows)), f"kubesim sim timeline {object_}".rstrip()))
        return
    screen = console(settings.environ, color)
    for line in _lines(rows):
        screen.print(line)


def _found(cluster: Cluster, seen: object, text: str, namespace: str) -> str:
    from ..cluster.timeline import Seen, find

    assert isinstance(seen, Seen)
    kind, slash, name = text.partition("/")
    uid = find(cluster, seen, kind, name, namespace) if slash else None
    if not slash:
        raise click.UsageError(f"{text}: an object is TYPE/NAME, as in pod/web")
    if uid is None:
        raise click.ClickException(f"nothing is known of {text} in the namespace {namespace}")
    return uid


def _shows(row: Row, namespace: str) -> bool:
    if not row.namespace:
        return True
    return row.namespace == namespace if namespace else not row.namespace.startswith("kube-")


def _lines(rows: list[Row]) -> Iterator[Text]:
    """Yield the table: when, what, to which object, and why."""
    from rich.text import Text

    from ..machinery import timestamps

    cells = [("TIME", "OBJECT", "WHAT", "CAUSE")]
    for row in rows:
        what = " ".join(row.what.split())
        cells.append((timestamps.format(row.at), row.subject or "$",
                      what if len(what) <= _LONGEST else what[:_LONGEST - 3] + "...", _cause(row)))
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    for number, (at, subject, what, cause) in enumerate(cells):
        style = "bold" if not number else _STYLES[rows[number - 1].origin]
        line = Text().append(f"{at:{widths[0]}}  ", "bold" if not number else "dim")
        line.append(f"{subject:{widths[1]}}  ", "" if number else "bold")
        yield line.append(f"{what:{widths[2]}}  ", "bold" if subject in ("$", "OBJECT") else "").append(cause, style)


def _cause(row: Row) -> str:
    if row.origin == "command":
        return "command"
    if row.origin == "timer":
        return f"timer: {row.by}" if row.by else "timer"
    return row.by or "command"


COMMANDS = [timeline]
