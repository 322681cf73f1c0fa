"""Simulated time: nothing waits for real, and everything tells the same clock."""

import time

import pytest


@pytest.mark.parametrize(("script", "says"), [
    ("sleep 5 & sleep 3; wait; date +%s", [(5, "1800000005\n")]),
    ("timeout 5 sleep 100; echo $?", [(5, "124\n")]),
    ("timeout 5 sh -c 'sleep 2; exit 3'; echo $?", [(2, "3\n")]),
    ("timeout -s KILL 5 sleep 100; echo $?", [(5, "137\n")]),
    ("/bin/sleep 4; echo $SECONDS", [(4, "4\n")]),
    ("sleep 1m 2; date -u +%T", [(62, "08:01:02\n")]),
    ("time sleep 4", [(4, "\nreal\t0m4.000s\nuser\t0m0.000s\nsys\t0m0.000s\n")]),
    ("{ sleep 9; echo x; } | { read -t 3 x; echo $?; }", [(3, "142\n")]),
    ("touch /a; sleep 120; find /a -mmin +1; touch /b; find /tmp /a /b -mmin -1", [(120, "/a\n"), (120, "/b\n")]),
    ("touch /a; sleep 60; stat -c %Y /a; date -r /a +%s; ls -l /a", [
        (60, "1800000000\n"), (60, "1800000000\n"), (60, "-rw-r--r-- 1 root root 0 Jan 15 08:00 /a\n")]),
    ("awk 'BEGIN{print systime()}'; sleep 2; awk 'BEGIN{print systime()}'", [(0, "1800000000\n"), (2, "1800000002\n")]),
    ("sleep 1 & wait -n; sleep 0.5; printf '%(%s)T\\n' -1", [(1.5, "1800000001\n")]),
    ("i=0; until [ -f /done ]; do i=$((i+1)); done & sleep 0.05; touch /done; wait; echo ok", [(0.06, "ok\n")]),
])
def test_what_takes_time(play, script, says):
    began = time.perf_counter()
    said = play(script, 1000, "bash").said
    assert [text for _, text in said] == [text for _, text in says]
    assert [at for at, _ in said] == pytest.approx([at for at, _ in says], abs=0.03)
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize(("body", "lines"), [
    ('echo "$i: $(date)"; i=$((i+1)); sleep 1', 86401), ("date >> /log; sleep 1", 0), ("echo hello; sleep 1", 86401),
    ("[ -f /tmp/x ] && break; sleep 1", 0), ("nosuch -x; sleep 5", 17281),
])
def test_a_day_within_two_seconds(play, body, lines):
    began = time.process_time()
    container = play(f"i=0; while true; do {body}; done", 86400)
    assert len(container.said) == lines
    assert time.process_time() - began < 20  # 1.7 s measured; this machine may be slow, and count lines
