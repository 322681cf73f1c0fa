"""Command lines that are not run, because `sim answer` has declared what comes instead."""

from __future__ import annotations

from ..failures import Exit, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...cluster.cluster import Cluster
    from ...machinery.types import Object
    from ..context import Context


def answer(ctx: Context, cluster: Cluster) -> None:
    """Where there is an answer to this command line, print it and raise Exit."""
    found = _fitting(cluster.state.answers, ctx)
    if found is None:
        return
    if found["times"] is not None:
        cluster.hold()
        known = [*cluster.state.answers]
        if found not in known:  # another process has counted it meanwhile
            return answer(ctx, cluster)
        place, left = known.index(found), found["times"] - 1
        known[place:place + 1] = [{**found, "times": left}] if left else []
        cluster.state.answers = known
    if "stdin" in ctx.flags and ctx.flags["stdin"] and not ctx.from_terminal:
        ctx.stdin()  # or else who writes to it may find nobody there
    ctx.out(found["stdout"])
    ctx.err(found["stderr"])
    if ctx.command == "exec" and found["exit"]:
        raise Failure(f"command terminated with exit code {found['exit']}", found["exit"], prefix="")
    raise Exit(found["exit"])


def _fitting(answers: list[Object], ctx: Context) -> Object | None:
    """Return the first answer whose pattern fits the command line, as it is or without the flags before `--`."""
    from fnmatch import fnmatchcase

    dash = ctx.flags.dash
    before, behind = (ctx.args, []) if dash < 0 else (ctx.args[:dash], ["--", *ctx.args[dash:]])
    lines = " ".join(ctx.words), " ".join([ctx.command, *before, *behind])
    return next((each for each in answers if any(fnmatchcase(line, each["pattern"]) for line in lines)), None)
