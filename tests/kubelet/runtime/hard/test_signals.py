"""SIGTERM and the end of process 1: at the second and with the code of a real shell."""

import pytest

from .conftest import Play


def ended(container):
    """Return (seconds after the start, exit code) of the end of process 1, looked at ten times a second."""
    for tenth in range(1, 400):
        if container.until(3.3 + tenth / 10).main.status is not None:
            return round(3.3 + tenth / 10 - 0.1, 1), container.main.status
    return None


@pytest.mark.parametrize(("script", "end"), [
    ("trap 'exit 0' TERM; while true; do sleep 1; done", (3.9, 0)),      # when the sleep is over
    ("trap 'exit 0' TERM; while true; do sleep 5; done", (4.9, 0)),
    ("trap 'exit 3' TERM; sleep infinity & wait", (3.3, 3)),             # wait is interrupted
    ("trap 'echo term' TERM; sleep infinity & wait; exit $?", (3.3, 143)),
    ("stop=; trap 'stop=1' TERM; while [ -z $stop ]; do sleep 1; done; exit 4", (3.9, 4)),
    ("exec sh -c \"trap 'exit 5' TERM; while :; do sleep 1; done\"", (3.9, 5)),
    ("sh -c \"trap 'exit 5' TERM; while :; do sleep 1; done\"", None),  # dash stays, and keeps it to itself
    ("trap 'echo bye' EXIT; trap 'exit 6' TERM; while :; do sleep 1; done", (3.9, 6)),
    ("trap '' TERM; sleep 6; exit 7", (5.9, 7)),
    ("while true; do sleep 1; done", None), ("sleep infinity", None), ("exec sleep infinity", None),
])
def test_term_to_process_1(script, end):
    container = Play(script).until(3.3).kill("TERM")
    assert ended(container) == end
    if end is None:
        assert container.kill("KILL").main.status == 137


@pytest.mark.parametrize(("script", "text", "code"), [
    ("trap 'echo bye; exit 7' TERM; kill -TERM $$; echo no", "bye\n", 7), ("trap 'echo end' EXIT; exit 3", "end\n", 3),
    ("trap 'exit 9' EXIT; exit 3", "", 9), ("sleep 9 & kill $!; wait $!; echo $?", "Terminated\n143\n", 0),
    ("sh -c 'kill -9 $$'; echo $?", "Killed\n137\n", 0), ("trap 'echo hup' HUP; kill -HUP $$; echo on", "hup\non\n", 0),
    ("(trap 'echo sub' EXIT; exit 2); echo $?", "sub\n2\n", 0), ("set -e; trap 'echo $?' EXIT; false", "1\n", 1),
])
def test_traps(play, script, text, code):
    container = play(script)
    assert (container.text, container.main.status) == (text, code)


@pytest.mark.parametrize(("shell", "said"), [
    ("dash", "kill: No such process"), ("ash", "can't kill pid 999: No such process"),
    ("bash", "kill: (999) - No such process")])
def test_kill_tells_of_a_process_that_is_not_there(play, shell, said):
    assert play("kill 999; echo $?", shell=shell).text.splitlines()[0].endswith(f": {said}")
