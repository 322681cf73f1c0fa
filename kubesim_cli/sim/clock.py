"""`kubesim sim clock`: read simulated time and move it."""

from __future__ import annotations

import re

import click

from ..go import duration
from ..machinery import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..cluster.cluster import Cluster
    from .settings import Settings

    FloatType = click.ParamType[float]
else:
    FloatType = click.ParamType  # has no type arguments in older releases of click


_FASTEST = 1_000_000.0  # times the wall clock
_NUMBER = re.compile(r"-?\d+(\.\d*)?|-?\.\d+", re.ASCII)


class Number(click.FloatRange):
    """A number within a range, which nan is in none of."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found: float = super().convert(value, param, ctx)
        if found != found:
            self.fail(f"{value!r} is not a number")
        return found


SECONDS = Number(0.1, 86400)  # of real time, that something may take


class Time(FloatType):
    """A point in time: RFC 3339, or a date, as seconds since 1970."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return timestamps.parse(value if "T" in value.upper() else f"{value}T00:00:00Z")
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2024-01-01T00:00:00Z")


class Duration(FloatType):
    """A Go duration such as 5m6s, days allowed (2d, 1d12h), as seconds."""

    name = "duration"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        days, mark, rest = value.partition("d")
        try:
            if mark and not _NUMBER.fullmatch(days):
                raise ValueError
            seconds = float(days) * 86400 if mark else 0.0
            seconds += duration.parse(rest if mark else value) if (rest or not mark) else 0.0
        except ValueError:
            self.fail(f"{value!r} is not a duration such as 5m6s")
        if seconds < 0:
            self.fail("time only moves forward; `kubesim sim undo` takes back commands, and their time with them")
        return seconds


class Speed(FloatType):
    """How many times as fast as the wall clock, as in 60x."""

    name = "speed"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        text = value[:-1] if value.endswith("x") else value
        if not _NUMBER.fullmatch(text) or not 0 < float(text) <= _FASTEST:
            self.fail(f"{value!r} is not a speed such as 60x; it goes up to {_FASTEST:.0f}x")
        return float(text)


@click.group("clock", invoke_without_command=True)
@click.pass_context
def clock(ctx: click.Context) -> None:
    """Show simulated time, or move it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@clock.command("show")
@click.pass_obj
def show(settings: Settings) -> None:
    """Tell what time it is in the cluster and whether its clock runs."""
    _tell(settings.cluster())


def _tell(cluster: Cluster) -> None:
    now, offset = timestamps.format(cluster.clock.shown), cluster.clock.offset
    if cluster.clock.frozen:
        tick = f", {duration.format(cluster.clock.tick)} with each command" if cluster.clock.tick else ""
        click.echo(f"{now} (frozen{tick})")
    else:
        speed = cluster.clock.speed
        how = "running" if speed == 1 else f"running {speed:g} times as fast as the wall clock"
        side = "ahead of" if offset > 0 else "behind"
        more = f", {duration.format(abs(round(offset)))} {side} the wall clock" if round(offset) else ""
        click.echo(f"{now} ({how}{more})")
    cluster.close()


def _move(settings: Settings, choose: Callable[[Cluster], dict[str, float]]) -> None:
    """Set the clock to what `choose(cluster)` returns (arguments of set_clock), commit and tell the time."""
    cluster = settings.cluster()
    cluster.hold()
    chosen = choose(cluster)
    at = chosen["frozen"] if "frozen" in chosen else chosen["offset"] + cluster.clock.wall
    if not timestamps.FIRST <= at <= timestamps.LAST:
        raise click.ClickException(f"the clock goes from {timestamps.format(timestamps.FIRST)} to "
                                   f"{timestamps.format(timestamps.LAST)}, which are the times that the API can tell")
    cluster.set_clock(**chosen)
    cluster.commit()
    _tell(cluster)


def _forward(cluster: Cluster, time: float) -> float:
    """Return a time to which the clock may be set; before the cluster has a life of its own, any will do."""
    if time < cluster.clock.shown and not cluster.state.pristine:
        raise click.ClickException(
            f"time only moves forward: the cluster's clock shows {timestamps.format(cluster.clock.shown)}; "
            "`kubesim sim reset` starts over")
    return time


@clock.command("advance", context_settings={"ignore_unknown_options": True})  # so that -5m is told what it is
@click.argument("length", type=Duration(), metavar="DURATION")
@click.pass_obj
def advance(settings: Settings, length: float) -> None:
    """Let DURATION pass, as in `advance 5m6s`; everything that falls due on the way happens in its order."""

    def choose(cluster: Cluster) -> dict[str, float]:
        if cluster.clock.frozen:
            return {"frozen": cluster.clock.shown + length}
        return {"offset": cluster.clock.offset + length}

    _move(settings, choose)


@clock.command("freeze")
@click.argument("time", type=Time(), required=False)
@click.option("--tick", type=Duration(), default=0.0, metavar="DURATION",
              help="How far each command of kubectl's moves it, before it answers: so loops end that poll.")
@click.pass_obj
def freeze(settings: Settings, time: float | None, tick: float) -> None:
    """Stop the clock, at TIME if one is given: it then moves only with `advance` and `set`.

    \b
    kubesim sim clock freeze 2024-01-01T00:00:00Z
    kubesim sim clock freeze --tick 1s     # until kubectl get pod web | grep Running; do :; done
    """
    _move(settings, lambda cluster: {"frozen": cluster.clock.shown if time is None else _forward(cluster, time),
                                     "tick": tick})


@clock.command("resume")
@click.pass_obj
def resume(settings: Settings) -> None:
    """Let the clock run on from where it stands, as fast as the wall clock."""
    _move(settings, lambda cluster: {"offset": cluster.clock.offset_of(cluster.clock.shown), "speed": 1.0})


@clock.command("speed")
@click.argument("times", type=Speed(), metavar="SPEED")
@click.pass_obj
def speed(settings: Settings, times: float) -> None:
    """Let the clock run SPEED times as fast as the wall clock, as in `speed 60x`: a minute passes in a second.

    A frozen clock runs on from where it stands; `resume` goes back to 1x.
    """
    _move(settings, lambda cluster: {"offset": cluster.clock.offset_of(cluster.clock.shown), "speed": times})


@clock.command("set")
@click.argument("time", type=Time())
@click.pass_obj
def set_(settings: Settings, time: float) -> None:
    """Move the clock to TIME; a frozen one stays frozen, a running one runs on from there."""

    def choose(cluster: Cluster) -> dict[str, float]:
        to = _forward(cluster, time)
        return {"frozen": to} if cluster.clock.frozen else {"offset": cluster.clock.offset_of(to)}

    _move(settings, choose)


COMMANDS = [clock]
