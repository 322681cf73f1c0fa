"""Each page in a process of its own, in which nothing can change a file outside of the page's folder, where the system
can see to that (confined.py): neither the page's shell nor kubesim, whatever links and jobs the page has laid.

What comes back is read as what it has to be and nothing else: the process has played what others have written.
"""

from __future__ import annotations

import importlib
import io
import multiprocessing
import os
import pickle
import sys
import tempfile
from multiprocessing.connection import wait

from . import compare, confined, editing, model, outcome
from .model import BadPage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from ..settings import Execute
    from .outcome import Options, Report

_LARGEST = 1 << 28  # bytes of a message
_MEANT = {(each.__module__, each.__qualname__): each for each in (
    outcome.Report, outcome.Outcome, compare.Verdict, compare.Age, model.Page, model.Command, model.Listing,
    model.Shown, model.Directive, editing.Change)}
# What messages tell: (commands done, of how many), a page that is none (line, why), how it went and what that needed.
_MESSAGES = {"told": (int, int), "bad": (int, str), "report": (outcome.Report, list)}
_OURS = __name__.partition(".")[0] + "."
# Python forks safely on Linux alone: elsewhere, libraries of the system may not go on.
_CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else "spawn")


def reports(paths: Sequence[str], execute: Execute | None, options: Options, jobs: int = 1,
            tell: Callable[[int, int, int], None] = lambda page, done, of: None) -> Iterator[Report | BadPage]:
    """Yield what becomes of each page, in their order, `jobs` at a time. `tell` is called with (number of the page,
    commands done, of how many)."""
    players = [_Player(path, execute, options) for path in paths]
    waiting, running = list(players), list[_Player]()
    try:
        for player in players:
            while player.result is None:
                while waiting and len(running) < jobs:
                    running.append(waiting.pop(0))
                    running[-1].begin()
                ready = wait([each.pipe for each in running])
                for each in [each for each in running if each.pipe in ready]:
                    if told := each.hear():
                        tell(players.index(each), *told)
                    if each.result is not None:
                        running.remove(each)
                        each.end()
            yield player.result
    finally:
        for each in running:
            each.end()


class _Player:
    """One page and its process. `result` is None until there is one."""

    pipe: Connection

    def __init__(self, path: str, execute: Execute | None, options: Options):
        self._path, self._task = path, (path, execute, options)
        self.result: Report | BadPage | None = None

    def begin(self) -> None:
        """Start the process."""
        self._folder = tempfile.TemporaryDirectory(prefix="kubesim-", ignore_cleanup_errors=True)
        self.pipe, there = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_play, daemon=True,
                                         args=(there, os.getpid(), self._folder.name, *self._task))
        self._process.start()
        there.close()

    def hear(self) -> tuple[int, int] | None:
        """Take one message: what is done is returned, the end becomes the result."""
        try:
            kind, *rest = _read(self.pipe.recv_bytes(_LARGEST))
        except (EOFError, OSError):
            self._process.join(1)
            kind, rest = "bad", [0, f"cannot be replayed: its process ended with {self._process.exitcode}"]
        except pickle.UnpicklingError as problem:
            kind, rest = "bad", [0, f"cannot be replayed: its process has told nothing that makes sense: {problem}"]
        if kind == "told":
            done, of = rest
            return done, of
        if kind == "bad":
            self.result = BadPage(self._path, *rest)
        else:
            report, modules = rest
            report.page.path = self._path
            self.result = report
            _import(modules)
        return None

    def end(self) -> None:
        """End the process, if it has not ended, and take its folder away."""
        self._process.kill()
        self._process.join()
        self.pipe.close()
        self._folder.cleanup()


def _play(pipe: Connection, parent: int, folder: str, path: str, execute: Execute | None, options: Options) -> None:
    """Replay a page, and send what becomes of it."""
    from .checking import check

    before = set(sys.modules)
    confined.end_with(parent)
    tempfile.tempdir = folder
    try:
        if not options.host_shell:
            confined.confine([folder])
        report = check(path, execute, options, lambda done, of: pipe.send(("told", done, of)))
        modules = [name for name in sys.modules if name not in before and name.startswith(_OURS)]
        pipe.send(("report", report, modules))
    except BadPage as problem:
        pipe.send(("bad", problem.line, problem.text))
    except KeyboardInterrupt:
        pass
    except Exception as problem:
        if os.environ.get("KUBESIM_TRACEBACK"):
            raise
        pipe.send(("bad", 0, f"cannot be replayed: {type(problem).__name__}: {problem}"))


def _import(modules: Sequence[str]) -> None:
    """Import what a page has needed: the next one, whose process begins as a copy of this one, will need it, too."""
    for name in modules:
        if name.startswith(_OURS):
            importlib.import_module(name)


class _Reader(pickle.Unpickler):
    """Makes nothing but what a report is made of."""

    def find_class(self, module: str, name: str) -> type:
        """Return one of these classes; raises UnpicklingError."""
        if (module, name) not in _MEANT:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a report")
        return _MEANT[module, name]


def _read(data: bytes) -> Any:
    """Return a message; raises UnpicklingError for what is none."""
    try:
        kind, *told = message = _Reader(io.BytesIO(data)).load()
        if tuple(map(type, told)) == _MESSAGES[kind]:
            return message
    except pickle.UnpicklingError:
        raise
    except Exception as problem:  # other bytes may raise anything
        raise pickle.UnpicklingError(f"{type(problem).__name__}: {problem}") from None
    raise pickle.UnpicklingError(f"{kind} of other parts")
