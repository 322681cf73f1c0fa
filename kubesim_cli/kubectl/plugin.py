"""Plugins: programs named kubectl-NAME on the PATH stand in for commands that kubectl does not have.

Follows pkg/cmd/plugin.go and pkg/cmd/plugin/plugin.go of kubectl.
"""

from __future__ import annotations

import os
import sys

from .context import Failure

PREFIX = "kubectl-"


def hand_over(words: list[str], least: int, environ) -> None:
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


def _execute(path: str, args: list[str], environ) -> None:
    sys.stdout.flush()
    if os.name == "nt":
        import subprocess
        raise SystemExit(subprocess.run([path, *args], env=dict(environ), check=False).returncode)
    os.execve(path, [path, *args], dict(environ))
