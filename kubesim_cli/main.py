"""The entry point: kubectl's command lines and those of `kubesim sim`, and how what nobody foresaw is told."""

from __future__ import annotations

import os
import sys

from .kubectl.cli.commands import find
from .kubectl.commandline import execute as execute


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
