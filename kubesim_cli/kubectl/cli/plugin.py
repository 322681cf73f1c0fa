"""Plugins: programs named kubectl-NAME on the PATH stand in for commands that kubectl does not have.

Follows pkg/cmd/plugin.go and pkg/cmd/plugin/plugin.go of kubectl.
"""

from __future__ import annotations

import os
import sys

from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..context import Context

PREFIX = "kubectl-"


def hand_over(words: list[str], least: int, environ: Mapping[str, str]) -> None:
    """Replace this process by the plugin with the longest name that `words` begin with, if there is one.

    `least`: how many words its name has to use up. Raises Failure where flags stand before the name.
    """
    import shutil

    pieces = []
    for word in words:
        if word.startswith("-"):
            break
        pieces.append(word.replace("-", "_"))
    if not pieces:
        raise Failure(f"flags cannot be placed before plugin name: {words[0]}", prefix="Error: ")
    while len(pieces) >= least:
        if path := shutil.which(PREFIX + "-".join(pieces), path=environ.get("PATH")):
            _execute(path, words[len(pieces):], environ)
        pieces.pop()


def _execute(path: str, args: list[str], environ: Mapping[str, str]) -> None:
    sys.stdout.flush()
    if os.name == "nt":
        import subprocess
        raise SystemExit(subprocess.run([path, *args], env=dict(environ), check=False).returncode)
    os.execve(path, [path, *args], dict(environ))


def installed(environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the paths of all plugins in the order of the PATH, and what is wrong with folders of the PATH."""
    paths, problems = [], []
    for folder in dict.fromkeys(environ.get("PATH", "").split(os.pathsep)):
        if not folder.strip():
            continue
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as why:
            problems.append(f'Unable to read directory "{folder}" from your PATH: open {folder}: '
                            f"{os.strerror(why.errno or 0).lower()}. Skipping...")
            continue
        paths += [entry.path for entry in entries if entry.name.startswith(PREFIX) and not entry.is_dir()]
    return paths, problems


def list_(ctx: Context) -> None:
    """kubectl plugin list."""
    paths, problems = installed(ctx.environ)
    ctx.err("".join(problem + "\n" for problem in problems))
    if not paths:
        raise Failure("unable to find any kubectl plugins in your PATH")
    ctx.out("The following compatible plugins are available:\n\n")
    seen: dict[str, str] = {}
    count = 0
    for path in paths:
        ctx.out((os.path.basename(path) if ctx.flags["name-only"] else path) + "\n")
        warnings = _warnings(path, seen)
        ctx.err("".join(f"  - {warning}\n" for warning in warnings))
        count += len(warnings)
    if count:
        raise Failure("one plugin warning was found" if count == 1 else f"{count} plugin warnings were found")


def _warnings(path: str, seen: dict[str, str]) -> list[str]:
    from .commands import find
    name, found = os.path.basename(path), []
    if not os.access(path, os.X_OK):
        found.append(f"warning: {path} identified as a kubectl plugin, but it is not executable")
    if name in seen:
        found.append(f"warning: {path} is overshadowed by a similarly named plugin: {seen[name]}")
    seen.setdefault(name, path)
    command = find(name.removeprefix(PREFIX).split("-"))[0]
    if command:
        found.append(f'warning: {name} overwrites existing command: "kubectl {command}"')
    return found
