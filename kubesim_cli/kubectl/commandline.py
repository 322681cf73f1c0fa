"""One kubectl command line: its command is found, its flags are parsed, it is run, and it is told how it failed."""

from __future__ import annotations

import os

from ..machinery.errors import StatusError
from ..machinery.modules import import_module
from . import PLACES, place_of
from .cli.commands import find, first_argument, flags_of, in_release, subcommands, suggestions
from .cli.flags import FlagError
from .context import Context
from .failures import Exit, Failure, Usage
from .kubeconfig import home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..machinery.guests import Call
    from .cli.flags import Flags
    from .cli.preferences import Preferences
    from .context import Streams

_PROFILES = ("none", "cpu", "heap", "goroutine", "threadcreate", "block", "mutex", "trace", "allocs")


def execute(words: list[str], environ: Mapping[str, str], streams: Streams | None = None,
            context: Callable[..., Context] = Context) -> int:
    """Run a kubectl command line (without the program's name); returns the exit code.

    `streams`: (stdin, stdout, stderr), else those of sys; `context` makes what the verb is given. What a command did
    before it failed stays done, as the calls of a real kubectl do; after an unforeseen exception nothing is kept.
    """
    ctx = context("", flags_of(""), environ, streams)
    ctx.in_container = in_container
    if environ.get("KUBESIM_LOG"):
        from .util.commandlog import logged
        return logged(ctx, words, environ["KUBESIM_LOG"], lambda: _finished(ctx, words))
    return _finished(ctx, words)


def in_container(call: Call) -> int | None:
    """Run a command line that a process in a container has called; see guest.run."""
    from .guest.run import run
    return run(call, execute)


def _finished(ctx: Context, words: list[str]) -> int:
    """Run a command line to its end, and tell how it failed."""
    try:
        try:
            code = _run(ctx, words)
        except (StatusError, Failure, Exit) as failure:
            from .telling import exit_code, tell
            if not isinstance(failure, Exit):
                ctx.err(tell(failure, ctx.command))
            code = exit_code(failure, ctx.command)
        return ctx.finish(code)
    finally:
        ctx.close()


def _run(ctx: Context, words: list[str]) -> int:
    ctx.words = words
    given, color = words, "never"
    if "KUBESIM_COLOR" in ctx.environ or any(word.startswith("--color") for word in words):
        from .printers.colors import taken
        words, color = taken(words, ctx.environ)
    preferences = _preferences(ctx, words)
    if preferences:
        given = words = preferences.words
    ctx.command, rest = find(words)
    command, flags = ctx.command, flags_of(ctx.command, environ=ctx.environ)
    ctx.flags = flags
    word = "" if command and command != "create" else _first(rest, flags)
    if word and (not command or rest[0] == word):
        from .cli.plugin import hand_over
        hand_over(given, len(words) - len(rest) + 1, ctx.environ)
        if not command:
            raise Failure(_unknown(ctx, word))
    ctx.args = rest
    if command in ("__complete", "__completeNoDesc"):
        return _function(command)(ctx) or 0
    try:
        args = ctx.args = flags.parse(rest)
        warnings = flags.settle(lambda: ctx.release)
    except FlagError as problem:
        if command == "diff":
            raise Usage(str(problem)) from None
        raise Failure(f"{problem}\nSee '{f'kubectl {command}'.rstrip()} --help' for usage.") from None
    ctx.command = in_release(command, lambda: ctx.release)
    if not ctx.command and command:
        raise Failure(_unknown(ctx, command.split()[0]))
    command = ctx.command
    for line in warnings:
        ctx.err(line + "\n")
    if preferences:
        preferences.set_defaults(flags)
    if color == "always" or (color == "auto" and ctx.on_terminal and ctx.environ.get("TERM", "dumb") != "dumb"):
        from .printers.colors import painter
        ctx.paint = painter(command, ("output" in flags and flags["output"]) or "")
    if flags["help"] or command in ("", "help"):
        from .cli.help import show
        return show(ctx, args if command == "help" else command.split())
    if not flags.is_local("profile") and flags["profile"] not in _PROFILES:
        raise Failure(f"unknown profile '{flags['profile']}'")
    if missing := flags.missing():
        raise Failure(missing)
    if subcommands(command) and command not in PLACES:
        return _group(ctx, command, args)
    ctx.allow()
    return _function(command)(ctx) or 0


def _preferences(ctx: Context, words: list[str]) -> Preferences | None:
    """Return what the kuberc makes of the words; mostly there is none, and that is found out quickly."""
    environ = ctx.environ
    if environ.get("KUBECTL_KUBERC", "").lower() == "false" or not (
            environ.get("KUBERC") or any(word.startswith("--kuberc") for word in words)
            or os.path.exists(os.path.join(home(environ), "kuberc"))):
        return None
    from .cli.preferences import Preferences
    return Preferences(ctx, words)


def _unknown(ctx: Context, word: str) -> str:
    text = f'unknown command "{word}" for "kubectl"'
    if likely := suggestions("", word, ctx.told_release):
        text += "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in likely)
    return text


def _first(words: list[str], flags: Flags) -> str:
    position = first_argument(words, flags)
    return words[position] if position >= 0 else ""


def _group(ctx: Context, command: str, args: list[str]) -> int:
    """A command that only has subcommands (cmdutil.DefaultSubCommandRun; certificate just shows its help)."""
    from .cli.help import text_of
    if command == "certificate":
        ctx.out(text_of(command, ctx.told_release))
        return 0
    if args:
        raise Usage(f'unknown command "{" ".join(args)}"')
    (ctx.out if command == "rollout" else ctx.err)(text_of(command, ctx.told_release))
    return 1


def _function(command: str) -> Callable[[Context], int | None]:
    module, function = place_of(command)
    found: Callable[[Context], int | None] = getattr(import_module(f"kubesim_cli.kubectl.{module}"), function)
    return found
