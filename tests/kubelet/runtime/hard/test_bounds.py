"""Bounds by steps, bytes and output: a limit that is hit ends the program with an error, never with a 0."""

import time

import pytest

ENDLESS = [":(){ :|:& };:; sleep 9", "f() { f $1$1 & f $1$1; }; f a", "dd if=/dev/zero of=/f bs=1M",
           "cat /dev/zero > /f", "yes > /f; exec false",
           "seq 1 3000000 | sort -rn | head -1; exec false", "find / | xargs cat | wc -c; exec false",
           "tar cf - / | wc -c; exec false",
           "head -c 99999999 /dev/urandom | tail -c 1; exec false",
           "awk 'BEGIN{while(1);}'", "x=a; while :; do x=$x$x; done", "yes >/dev/null",
           "tail /dev/zero",
           "f() { f; }; f", "f() { f | f; }; f; exec false", "f() { f & f & }; f; wait; exec false",
           "exec cat /dev/zero", "while :; do echo x; done",
           "for i in $(seq 1 9999999); do :; done; exec false", "echo $(yes)", "sort /dev/zero",
           "while :; do (:); done",
           "echo " + "$(" * 400 + "echo x" + ")" * 400, "echo " + "$(echo " * 400 + "x" + ")" * 400,
           "(" * 300 + "echo x" + ")" * 300,
           "echo $((" + "(" * 300 + "1" + ")" * 300 + "))", "eval " + "eval " * 3 + "'while :; do eval :; done'",
           "head -c 9999999999 /dev/zero | tail -c 1; exec false", "seq 1 99999999 | tail -1; exec false"]


@pytest.mark.parametrize("script", ENDLESS)
def test_nothing_runs_for_ever(play, script):
    began = time.process_time()
    container = play(script, 5)
    assert container.main.status not in (0, None), container.text[-200:]
    assert time.process_time() - began < 20  # below 2 s where it was measured
    assert "bashkit" not in container.text


@pytest.mark.parametrize("loop", ["while :; do :; done", "while true; do [ 1 ]; done", "until false; do true; done"])
def test_a_loop_that_does_nothing_goes_on(play, loop):
    """Nothing comes of its rounds, so that they are not made; signals come to it all the same."""
    container = play(loop, 5)
    assert container.main.status is None
    assert container.main.kernel.worked < 1000
    assert play(f"{loop} & sleep 2; kill $!; wait $!; echo $?", 5).text.endswith("143\n")
    assert play(f"trap 'echo x; exit 3' TERM; (sleep 2; kill $$) & {loop}", 5).main.status == 3


def test_a_deep_substitution_that_is_not_too_deep(play):
    assert play("echo " + "$(echo " * 100 + "x" + ")" * 100).text == "x\n"


@pytest.mark.parametrize(("shell", "script", "says"), [
    ("dash", "x", "sh: 1: x: not found\n"), ("ash", "x", "sh: x: not found\n"),
    ("bash", "x", "bash: line 1: x: command not found\n"),
    ("dash", "cd /x", "sh: 1: cd: can't cd to /x\n"),
    ("bash", "cd /x", "bash: line 1: cd: /x: No such file or directory\n"),
    ("dash", "echo > /a/b", "sh: 1: cannot create /a/b: Directory nonexistent\n"),
    ("dash", "cat < /a", "sh: 1: cannot open /a: No such file\n"),
    ("dash", "set -u; echo $x", "sh: 1: x: parameter not set\n"),
    ("dash", "fi", 'sh: 1: Syntax error: "fi" unexpected\n'),
    ("dash", "\n\nx", "sh: 3: x: not found\n"),
])
def test_messages_are_those_of_the_shell(play, shell, script, says):
    assert play(script, shell=shell).text == says
