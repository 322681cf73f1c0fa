"""kubesim commands as processes of their own, forked from this one, which has imported all: so thousands are quick.

What is killed, or has its system calls fail, is a real process that runs the whole of a command, from the parsing of
its words to its exit code. Only the start of Python and the imports are done once. Needs fork, and strace for `traced`.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import import_module
from typing import NamedTuple

import places
from common import ROOT

sys.path.insert(0, str(ROOT))
STRACE = shutil.which("strace")
GO = signal.SIGUSR1
LONGEST = 100  # seconds after which a command is taken to hang, and ended by SIGALRM


class Result(NamedTuple):
    code: int  # minus the signal's number where one ended it
    out: str
    err: str


class Child:
    """`kubesim WORDS` in a child process, with `home` as KUBESIM_HOME; `held`: it waits for `go`."""

    def __init__(self, home: str, *words: str, stdin: str = "", settings: dict[str, int] | None = None,
                 held: bool = False, marked: bool = False, limit: int | None = None):
        """`settings`: constants of kubesim_cli.store, as in `log.SLACK`, that are other ones in this child.

        `marked`: it tells by system calls where it is, see places.py; `limit`: bytes beyond which no file grows.
        """
        self._streams = [tempfile.TemporaryFile() for _ in range(3)]
        self._streams[0].write(stdin.encode())
        self._streams[0].seek(0)
        ready, at_gate = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, [GO])
        self.pid = os.fork()
        if not self.pid:
            code = 70
            try:
                os.close(ready)
                code = _be(home, words, [file.fileno() for file in self._streams], settings or {}, at_gate, marked,
                           limit)
            finally:
                os._exit(code)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [GO])
        os.close(at_gate)
        os.read(ready, 1)
        os.close(ready)
        if not held:
            self.go()

    def go(self) -> None:
        os.kill(self.pid, GO)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; one that has ended by itself is left alone."""
        os.kill(self.pid, number)  # it is a zombie at worst: nobody but `result` waits for it

    def result(self) -> Result:
        """Wait for its end."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        texts = []
        for file in self._streams[1:]:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        for file in self._streams:
            file.close()
        return Result(code, *texts)


def _be(home: str, words: tuple[str, ...], fds: list[int], settings: dict[str, int], at_gate: int,
        marked: bool, limit: int | None) -> int:
    """What the child does; returns its exit code."""
    from kubesim_cli.main import main

    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell has its background jobs ignore
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    sys.stdin, sys.stdout, sys.stderr = (open(fd, mode, encoding="utf-8") for fd, mode in enumerate("rww"))
    for name, value in settings.items():
        module, constant = name.split(".")
        found = import_module(f"kubesim_cli.store.{module}")
        assert hasattr(found, constant), f"there is no {name} any more"
        setattr(found, constant, value)
    os.environ.pop("KUBESIM_TRACEBACK", None)
    os.environ.update(KUBESIM_HOME=home, KUBESIM_BARE="1")  # names in kube-system are random where no seed is given
    signal.alarm(LONGEST)
    os.close(at_gate)
    signal.sigwait([GO])  # a system call that no command makes, so that it is not one of those that are counted
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [GO])
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if marked:
        places.mark()
    code = main(list(words))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 120  # as Python itself does
    return code


def run(home: str, *words: str, **rest) -> Result:
    """Run a command in a child to its end."""
    return Child(home, *words, **rest).result()


def warm(*commands: tuple[str, str]) -> None:
    """Run commands, each (words, stdin), in this process, so that it has imported what they need."""
    from kubesim_cli.main import main

    with tempfile.TemporaryDirectory() as home:
        keep = os.environ.copy(), sys.stdin, sys.stdout, sys.stderr
        os.environ.update(KUBESIM_HOME=home, KUBESIM_BARE="1")
        try:
            for words, stdin in commands:
                with tempfile.TemporaryFile("w+") as given, open(os.devnull, "w") as nowhere:
                    given.write(stdin)
                    given.seek(0)
                    sys.stdin, sys.stdout, sys.stderr = given, nowhere, nowhere
                    main(words.split())
        finally:
            environ, sys.stdin, sys.stdout, sys.stderr = keep
            os.environ.clear()
            os.environ.update(environ)
    gc.collect()
    gc.freeze()  # so that children share this process' memory


def can_trace() -> bool:
    """Tell whether strace is there and may trace."""
    return STRACE is not None and not subprocess.run([STRACE, "-o", os.devnull, "true"], capture_output=True).returncode


def traced(child: Child, *options: str) -> tuple[Result, str]:
    """Run a held child under strace with some options; return its result and the trace."""
    assert STRACE
    with tempfile.NamedTemporaryFile() as trace:
        tracer = subprocess.Popen([STRACE, "-p", str(child.pid), "-o", trace.name, *options],
                                  stderr=subprocess.PIPE, text=True)
        assert tracer.stderr
        line = tracer.stderr.readline()
        assert "attached" in line, line
        child.go()
        tracer.communicate()
        return child.result(), trace.read().decode("utf-8", "replace")
