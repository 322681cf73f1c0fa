"""Print the oldest and the newest CPython from 3.10 on that this machine has besides the one that runs this.

One path a line; they are looked for on PATH and among pyenv's. Where there is none, stderr says so.
"""

from __future__ import annotations

import glob
import os
import subprocess
import sys

ASK = "import sys, ensurepip, venv; print(sys.implementation.name, *sys.version_info[:2])"


def version(python: str) -> tuple[int, int] | None:
    """Return (3, 12) of a CPython that can make virtual environments; None of anything else."""
    try:
        done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    return (int(words[1]), int(words[2])) if done.returncode == 0 and words[:1] == ["cpython"] else None


def others() -> dict[tuple[int, int], str]:
    """Return the other versions from 3.10 on, each with one path."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    candidates = [path for folder in folders for path in sorted(glob.glob(os.path.join(folder, "python3.[0-9][0-9]")))]
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates += sorted(glob.glob(os.path.join(root, "versions", "3.*", "bin", "python3")))
    found: dict[tuple[int, int], str] = {}
    for path in candidates:
        its = version(path)
        if its and its >= (3, 10) and its != sys.version_info[:2]:
            found.setdefault(its, path)
    return found


def main() -> None:
    found = others()
    if not found:
        own = ".".join(map(str, sys.version_info[:2]))
        print(f"No other CPython from 3.10 on is here: only {own} is tested.", file=sys.stderr)
        return
    for its in sorted({min(found), max(found)}):
        print(found[its])


if __name__ == "__main__":
    main()
