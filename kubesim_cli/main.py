"""The entry point: finds the command, parses its flags, runs it, and tells how it failed."""

from __future__ import annotations

import os
import sys

from .kubectl import PLACES, place_of
from .kubectl.cli.commands import find, first_argument, flags_of, in_release, subcommands, suggestions
from .kubectl.cli.flags import FlagError
from .kubectl.context import Context
from .kubectl.failures import Exit, Failure, Usage
from .kubectl.kubeconfig import home
from .machinery.errors import StatusError
from .machinery.modules import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .kubectl.cli.flags import Flags
    from .kubectl.cli.preferences import Preferences
    from .kubectl.context import Streams

_PROFILES = ("none", "cpu", "heap", "goroutine", "threadcreate", "block", "mutex", "trace", "allocs")


def main(argv: list[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        from .machinery.streams import open_closed
        open_closed()
    try:
        if words == ["--version"] and not _as_kubectl():  # which kubectl does not know
            words = ["sim", *words]
        if words[:1] == ["sim"]:
            from .sim.cli import main as sim
            return sim(words[1:], execute)
        if words[:1] in (["__complete"], ["__completeNoDesc"]):
            from .sim.completion import complete
            if complete(words, _as_kubectl()):
                return 0
        code = execute(words, os.environ)
        if code and words and not _as_kubectl() and not find(words)[0]:
            from .sim.cli import whole
            if words[0] in whole().commands:
                sys.stderr.write(f"It is a command of kubesim's own: kubesim sim {words[0]}\n")
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as problem:
        if os.environ.get("KUBESIM_TRACEBACK"):
            raise
        sys.stderr.write(f"error: {told(problem)}\n")
        return 1


def _as_kubectl() -> bool:
    """Whether the program was called by the name of kubectl."""
    return os.path.basename(sys.argv[0]).startswith("kubectl")


def told(problem: Exception) -> str:
    """Tell what nobody caught in one line."""
    from .store.log import StoreError
    if isinstance(problem, StoreError):
        return str(problem)
    if isinstance(problem, OSError):
        from .machinery.files import told as of_system
        return of_system(problem)
    return f"kubesim failed: {type(problem).__name__}: {problem} (KUBESIM_TRACEBACK=1 shows where)"


def execute(words: list[str], environ: Mapping[str, str], streams: Streams | None = None,
            context: Callable[..., Context] = Context) -> int:
    """Run a kubectl command line (without the program's name); returns the exit code.

    `streams`: (stdin, stdout, stderr), else those of sys; `context` makes what the verb is given. What a command did
    before it failed stays done, as the calls of a real kubectl do; after an unforeseen exception nothing is kept.
    """
    ctx = context("", flags_of(""), environ, streams)
    if environ.get("KUBESIM_LOG"):
        from .kubectl.util.commandlog import logged
        return logged(ctx, words, environ["KUBESIM_LOG"], lambda: _finished(ctx, words))
    return _finished(ctx, words)


def _finished(ctx: Context, words: list[str]) -> int:
    """Run a command line to its end, and tell how it failed."""
    try:
        try:
            code = _run(ctx, words)
        except (StatusError, Failure, Exit) as failure:
            from .kubectl.telling import exit_code, tell
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
        from .kubectl.printers.colors import taken
        words, color = taken(words, ctx.environ)
    preferences = _preferences(ctx, words)
    if preferences:
        given = words = preferences.words
    ctx.command, rest = find(words)
    command, flags = ctx.command, flags_of(ctx.command, environ=ctx.environ)
    ctx.flags = flags
    word = "" if command and command != "create" else _first(rest, flags)
    if word and (not command or rest[0] == word):
        from .kubectl.cli.plugin import hand_over
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
        from .kubectl.printers.colors import painter
        ctx.paint = painter(command, ("output" in flags and flags["output"]) or "")
    if flags["help"] or command in ("", "help"):
        from .kubectl.cli.help import show
        return show(ctx, args if command == "help" else command.split())
    if not flags.is_local("profile") and flags["profile"] not in _PROFILES:
        raise Failure(f"unknown profile '{flags['profile']}'")
    if missing := flags.missing():
        raise Failure(missing)
    if subcommands(command) and command not in PLACES:
        return _group(ctx, command, args)
    return _function(command)(ctx) or 0


def _preferences(ctx: Context, words: list[str]) -> Preferences | None:
    """Return what the kuberc makes of the words; mostly there is none, and that is found out quickly."""
    environ = ctx.environ
    if environ.get("KUBECTL_KUBERC", "").lower() == "false" or not (
            environ.get("KUBERC") or any(word.startswith("--kuberc") for word in words)
            or os.path.exists(os.path.join(home(environ), "kuberc"))):
        return None
    from .kubectl.cli.preferences import Preferences
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
    from .kubectl.cli.help import text_of
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
