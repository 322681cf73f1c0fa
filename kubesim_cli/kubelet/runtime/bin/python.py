"""Short programs in Python, played by the interpreter that bashkit has, where it plays them to their end.

That knows neither sys.exit nor time: what a program does with them is written into its output between marks, and taken
out of that here. It imports nothing but what it has of its own (os, json, math), reads no files and no network.
What it cannot play is left to languages.py.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

OURS = ("sys", "time", "socket")    # modules that stand in the prelude
THEIRS = ("os", "json", "math")     # modules that the interpreter has
LONGEST = 2                         # seconds: a net for loops that do not end
_BARRED = ("open", "input", "exec", "eval", "compile", "__import__", "globals", "locals", "vars")
_EXIT = "SystemExit: \x05"
_PRELUDE = '''_p = print
class _File:
    def __init__(self, mark): self.mark = mark
    def write(self, text): _p(self.mark + text + ("\\x02" if self.mark else ""), end="")
    def flush(self): pass
class _Sys:
    def exit(self, code=0): raise SystemExit("\\x05" + ("0" if code is None else str(code)))
sys = _Sys()
sys.argv = ARGV
sys.stdout = _File("")
sys.stderr = _File("\\x01")
exit = quit = sys.exit
def print(*words, sep=" ", end="\\n", file=None, flush=False):
    (file or sys.stdout).write(sep.join([str(w) for w in words]) + end)
class _Time:
    def sleep(self, seconds): _p("\\x03" + str(seconds) + "\\x04", end="")
time = _Time()
class _Socket:
    def gethostname(self): return HOSTNAME
socket = _Socket()
'''


def played(process: Process, code: str, words: list[str]) -> tuple[list[tuple[float, int, str]], int] | None:
    """Return what a program says, as (seconds after what came before, descriptor, text), and its exit code.

    `words`: its sys.argv. None: it cannot be played.
    """
    text = _prepared(code)
    if text is None:
        return None
    try:
        from bashkit import Bash
    except ImportError:
        return None
    prelude = _PRELUDE.replace("ARGV", repr(words)).replace("HOSTNAME", repr(process.space.hostname))
    quoted = (prelude + text).replace("'", "'\\''")
    bash = Bash(python=True, env=dict(process.env), timeout_seconds=LONGEST)
    try:
        done = bash.execute_sync(f"python3 -c '{quoted}'")
    except Exception:  # whatever a library of another language raises
        return None
    process.work(1000 + len(done.stdout))
    if not done.exit_code:
        return _parts(done.stdout), 0
    last = done.stderr.rstrip("\n").rpartition("\n")[2]
    if not last.startswith(_EXIT):
        return None
    said = _parts(done.stdout)
    status = last[len(_EXIT):]
    if status.lstrip("-").isdigit():
        return said, int(status) % 256
    return [*said, (0.0, 2, status + "\n")], 1


def _prepared(code: str) -> str | None:
    """Return a program without the imports of what stands in the prelude; None where it does what is not played."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = code.encode().split(b"\n")
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.Name) and node.id in _BARRED for node in nodes) or any(
            isinstance(node, ast.While) and isinstance(node.test, ast.Constant) for node in nodes):
        return None
    imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in sorted(imports, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        found = _imported(node)
        if found is None or node.end_lineno != node.lineno:
            return None
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[:node.col_offset] + found.encode() + line[node.end_col_offset:]
    return b"\n".join(lines).decode()


def _imported(node: ast.Import | ast.ImportFrom) -> str | None:
    """Return what stands in the place of an import, None where that is of something else."""
    parts = []
    for alias in node.names:
        name = alias.asname or alias.name
        if isinstance(node, ast.ImportFrom):
            if node.module in THEIRS:
                parts.append(f"from {node.module} import {alias.name} as {name}")
            elif node.module in OURS:
                parts.append(f"{name} = {node.module}.{alias.name}")
            else:
                return None
        elif alias.name in THEIRS:
            parts.append(f"import {alias.name} as {name}" if alias.asname else f"import {name}")
        elif alias.name in OURS:
            parts.append(f"{name} = {alias.name}")
        else:
            return None
    return "; ".join(parts)


def _parts(text: str) -> list[tuple[float, int, str]]:
    """Take an output apart at its marks."""
    found: list[tuple[float, int, str]] = []
    for number, piece in enumerate(text.split("\x03")):
        delay, _, piece = piece.partition("\x04") if number else ("0", "", piece)
        if float(delay):
            found.append((float(delay), 1, ""))
        for number, said in enumerate(piece.split("\x01")):
            error, _, rest = said.partition("\x02") if number else ("", "", said)
            found += [(0.0, 2, error)] * bool(error) + [(0.0, 1, rest)] * bool(rest)
    return found
