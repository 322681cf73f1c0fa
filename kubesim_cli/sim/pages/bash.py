"""One bash that runs a page's commands one after the other and keeps its variables, functions and working directory."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time

from .confined import confine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What the shell does first: leave a process behind that ends all of them when who holds the other end of $2 is gone,
# even by SIGKILL. What it does for ever: read the name of a script from descriptor 8, run it, tell its exit code on 9.
_LOOP = r"""
__kubesim_env=$1
( { read -r <&"$2"; kill -KILL 0; } </dev/null >/dev/null 2>&1 & )
eval "exec $2<&-"
exec 8<&0 9>&1 </dev/null >/dev/null 2>/dev/null
shopt -s expand_aliases
while IFS= read -r __kubesim <&8; do
    if [[ -e $__kubesim.apart ]]; then
        { . "$__kubesim"; } </dev/null >"$__kubesim.out" 2>"$__kubesim.err" 8<&- 9>&-
    else
        { . "$__kubesim"; } </dev/null >"$__kubesim.out" 2>&1 8<&- 9>&-
    fi
    __kubesim_code=$?
    pwd >"$__kubesim.cwd"
    "$__kubesim_env" -0 >"$__kubesim.env"
    printf '%s\n' "$__kubesim_code" >&9
done
"""
_OURS = ("_", "SHLVL", "OLDPWD")


class Bash:
    """A bash in the folder `cwd`; scripts and outputs are kept in `folder`. `environ` and `cwd` follow its commands.
    Where there are folders in `confined`, they change files below these alone, where the system can see to that, and
    connect to these `ports`, if any are told."""

    def __init__(self, environ: dict[str, str], cwd: str, folder: str, confined: Sequence[str] = (),
                 ports: Sequence[int] | None = None):
        import shutil

        self.environ, self.cwd, self.folder = dict(environ), cwd, os.path.join(folder, "scripts")
        os.makedirs(self.folder, exist_ok=True)
        places = [*confined, self.folder]
        self._count = len(os.listdir(self.folder))
        self.alive = True
        program = shutil.which("bash") or "bash"
        self._here: int | None
        gone, self._here = os.pipe()
        self._process = subprocess.Popen([program, "--noprofile", "--norc", "-c", _LOOP, "bash",
                                          shutil.which("env") or "env", str(gone)], cwd=cwd, env=environ,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
                                         pass_fds=(gone,),
                                         preexec_fn=(lambda: confine(places, ports)) if confined else None)
        os.close(gone)

    def run(self, text: str, timeout: float, apart: bool) -> tuple[int, str, str, bool]:
        """Run a script; returns (exit code, output, stderr if it is kept apart, whether it took too long)."""
        self._count += 1
        script = os.path.join(self.folder, f"{self._count:06d}")
        with open(script, "x", encoding="utf-8") as file:  # the page may have laid a link there
            file.write(text + "\n")
        if apart:
            open(script + ".apart", "x").close()
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(script.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self._answer(timeout)
        output, stderr = _contents(script + ".out"), _contents(script + ".err")
        if answer is None:
            self.alive = False
            return 124, output, stderr, True
        if not answer.strip():  # the script has ended the shell
            self.alive = False
            return self._process.wait(), output, stderr, False
        self.cwd = _contents(script + ".cwd").rstrip("\n") or self.cwd
        pairs = [entry.partition("=") for entry in _contents(script + ".env").split("\0") if "=" in entry]
        self.environ = {name: value for name, _, value in pairs if name not in _OURS}
        return int(answer), output, stderr, False

    def _answer(self, timeout: float) -> str | None:
        assert self._process.stdout is not None
        end = time.monotonic() + timeout
        answer = b""
        while not answer.endswith(b"\n"):
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return None
            data = os.read(self._process.stdout.fileno(), 64)
            if not data:
                break
            answer += data
        return answer.decode()

    def end(self) -> None:
        """End the shell and whatever it has started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except OSError:
            pass
        self._process.wait()
        if self._here is not None:
            os.close(self._here)
            self._here = None
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass


def _contents(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
