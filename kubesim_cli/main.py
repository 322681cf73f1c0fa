"""The entry point: finds the command, parses its flags, runs it, and tells how it failed."""

from __future__ import annotations

import os
import sys

from .kubectl import COMMANDS
from .kubectl.commands import find, first_argument, flags_of, suggestions
from .kubectl.context import Context, Exit, Failure, StatusError, Usage, exit_code, tell
from .kubectl.flags import FlagError


def main(argv: list[str] | None = None, prog: str | None = None) -> int:
    """Run one command line; returns the exit code. `prog` is the name the program was called by."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        if words[:1] == ["sim"]:
            from .sim.cli import main as sim
            return sim(words[1:])
        return execute(words, os.environ)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as problem:
        if os.environ.get("KUBESIM_TRACEBACK"):
            raise
        sys.stderr.write(f"error: kubesim failed: {type(problem).__name__}: {problem}; nothing was changed "
                         "(KUBESIM_TRACEBACK=1 shows where)\n")
        return 1


def execute(words: list[str], environ, streams=None) -> int:
    """Run a kubectl command line (without the program's name); returns the exit code.

    `streams`: (stdin, stdout, stderr), else those of sys. What a command did before it failed stays done, as the
    calls of a real kubectl do; after an unforeseen exception nothing is kept.
    """
    command, rest = find(words)
    flags = flags_of(command)
    word = "" if command and command != "create" else _first(rest, flags)
    if word and (not command or rest[0] == word):
        from .kubectl.plugin import hand_over
        hand_over(words, len(words) - len(rest) + 1, environ)
    ctx = Context(command, flags, environ, streams)
    try:
        try:
            code = _run(ctx, command, rest)
        except (StatusError, Failure, Exit) as failure:
            if not isinstance(failure, Exit):
                ctx.err(tell(failure, command))
            code = exit_code(failure, command)
        return ctx.finish(code)
    finally:
        ctx.close()


def _run(ctx: Context, command: str, rest: list[str]) -> int:
    flags = ctx.flags
    if not command and (unknown := _first(rest, flags)):
        text = f'unknown command "{unknown}" for "kubectl"'
        if likely := suggestions("", unknown):
            text += "\n\nDid you mean this?\n" + "".join(f"\t{name}\n" for name in likely)
        raise Failure(text)
    try:
        args = rest if command in ("__complete", "__completeNoDesc") else flags.parse(rest)
    except FlagError as problem:
        if command == "diff":
            raise Usage(str(problem)) from None
        raise Failure(f"{problem}\nSee '{' '.join(('kubectl', *command.split()))} --help' for usage.") from None
    for line in flags.deprecated:
        ctx.err(line + "\n")
    if flags["help"] or command in ("", "help"):
        from .kubectl.help import show
        return show(ctx, args if command == "help" else command.split())
    if missing := flags.missing():
        raise Failure(missing)
    if command not in COMMANDS:
        return _group(ctx, command, args)
    return _function(command)(ctx, flags, args) or 0


def _first(words: list[str], flags) -> str:
    position = first_argument(words, flags)
    return words[position] if position >= 0 else ""


def _group(ctx: Context, command: str, args: list[str]) -> int:
    """A command that only has subcommands (cmdutil.DefaultSubCommandRun)."""
    if args:
        raise Usage(f'unknown command "{" ".join(args)}"')
    from .kubectl.help import text_of
    ctx.err(text_of(command))
    return 1


def _function(command: str):
    from importlib import import_module
    module, _, function = COMMANDS[command].partition(":")
    path = f"kubesim_cli.kubectl.{module}"
    try:
        return getattr(import_module(path), function)
    except ModuleNotFoundError as problem:
        if problem.name is None or not path.startswith(problem.name):
            raise
        raise Failure(f'"kubectl {command}" is not part of kubesim yet') from None
