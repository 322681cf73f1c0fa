"""Shells that read their commands from stdin: as the real ones, and with no byte more than they need."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0
TEXTS = [
    "echo a\necho b\nexit 3\necho c\n",
    "read x\ntaken\necho [$x]\n",
    "cat\nall of this\nis read\n",
    "cat <<EOF\none $((1+1))\nEOF\ncat <<'E' | tr a-z A-Z\n$x\nE\ncat <<-E\n\ttab\n\tE\necho after",
    "if true\nthen\n  echo yes\nfi\nfor i in 1 2\ndo echo $i\ndone\n",
    "f() {\n  echo in f $1\n}\nf x; f y\n",
    "echo 'one\ntwo' \"three\nfour\" five\\\nsix\n",
    "nosuch\necho $?\n\n  nosuch2\nls /nosuch 2>/dev/null || echo no\n",
    "echo a\nfi\necho b\n",
    "set -e\nfalse\necho never\n",
    "trap 'echo bye' EXIT\necho hi\n",
    "# nothing\n\n\n   \necho x\n",
    "exec 3</dev/null\n(echo sub; exit 4)\necho $?\nx=1\n{ x=2; }\necho $x\n",
    "echo '",
    "sh -c 'read y; echo got $y'\nline\nhead -n1 >/dev/null <<A\nB\nA\necho end\n",
    "x=`cat <<E\nin\nE\n`\necho $x $(cat <<E\nsub\nE\n)\n",
    "echo no line end",
]


def ours(shell, text, stdin=True):
    """Return (what a shell says of a text, its exit code)."""
    engine = Engine(START)
    engine.start("c", Spec("debian", ["sleep", "99"]))
    session = engine.execute("c", [shell], stdin=True)
    session.stdin.feed(engine.kernel, text.encode(), True)
    engine.advance(START + 5)
    return b"".join(data for _, _, data in session.said.new).decode(), session.code


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("text", TEXTS)
def test_as_the_real_ones(shell, text):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    real = subprocess.run([shell], input=text, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    said, code = ours(shell, text)
    assert (sorted(said.splitlines()), code) == (sorted((real.stdout + real.stderr).splitlines()), real.returncode)


def test_what_is_never_finished():
    assert ours("bash", "echo a\nif true; then\n") == (
        "a\nbash: line 3: syntax error: unexpected end of file\n", 2)
    assert ours("dash", "echo a\nif true; then\n")[1] == 2


def test_each_command_runs_when_it_has_come():
    engine = Engine(START)
    engine.start("c", Spec("debian", ["sleep", "99"]))
    session = engine.execute("c", ["sh"], stdin=True)
    for text, said in (("echo a\nech", b"a\n"), ("o b\n", b"b\n"), ("cat <<E\nx\n", b""), ("E\n", b"x\n"),
                       ("echo '1\n2'\n", b"1\n2\n")):
        before = len(session.output())
        session.stdin.feed(engine.kernel, text.encode())
        engine.advance(engine.kernel.now + 1)
        assert session.output()[before:] == said


def test_long_texts_take_no_time():
    lines = "".join(f"line {number}\n" for number in range(5000))
    said, code = ours("bash", f"cat <<EOF | tail -n1\n{lines}EOF\nx='{lines}'\necho ${{#x}}\n")
    assert (said, code) == (f"line 4999\n{len(lines)}\n", 0)
