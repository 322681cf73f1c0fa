"""Two processes at once: pipes and redirections that stream, files that are followed, jobs in the background."""

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec

from .conftest import START, TOOLS, Play

COUNT = "i=0; while true; do {0}; i=$((i+1)); sleep 1; done"
LINES = [(0.0, "0\n"), (1.0, "1\n"), (2.0, "2\n"), (3.0, "3\n")]


@pytest.mark.parametrize("script", [
    COUNT.format("echo $i") + " | tee /log", COUNT.format("echo $i") + " | grep '[0-9]'",
    COUNT.format("echo x$i") + " | sed 's/x//'", COUNT.format("echo x $i") + " | awk '{print $2}'",
    COUNT.format("echo $i") + " | while read l; do echo $l; done", COUNT.format("echo $i") + " | cat | cat",
    COUNT.format("echo $i >> /log") + " & touch /log; tail -n+1 -f /log",
    COUNT.format("echo $i >> /log") + " & tail -n+1 -F /log 2>/dev/null & wait",
])
def test_a_line_comes_out_when_it_goes_in(play, script):
    assert play(script, 3.5).said == LINES


@pytest.mark.parametrize("script", [
    COUNT.format("echo $i") + " > /out", "{ " + COUNT.format("echo $i") + "; } > /out",
    "exec > /out; " + COUNT.format("echo $i"),
    COUNT.format("echo $i") + " | tee /out >/dev/null", "(" + COUNT.format("echo $i") + ") >> /out",
])
def test_a_file_has_what_was_written_so_far(script):
    container = Play(script)
    for second in range(4):
        assert container.until(second + 0.5).file("/out") == "".join(f"{each}\n" for each in range(second + 1))


def test_two_containers_share_a_volume():
    engine, mounts = Engine(START), (Mount("/shared", "emptyDir"),)
    reader = engine.start("reader", Spec(TOOLS, ["tail", "-n+1", "-F", "/shared/log"], mounts=mounts))
    script = "sleep 2; while true; do date +%s >> /shared/log; sleep 1; done"
    engine.start("writer", Spec(TOOLS, ["sh", "-c", script], mounts=mounts))
    engine.advance(START + 5.5)
    said = [(at - START, data) for at, stream, data in reader.said.new if stream == "stdout"]
    assert said == [(float(second), f"{int(START) + second}\n".encode()) for second in range(2, 6)]


TWO = ["(for i in 1 2 3; do echo a$i $RANDOM; sleep 1; done) & for i in 1 2 3; do echo b$i; sleep 1; done; wait;"
       " uuidgen",
       "yes | head -3; seq 1 9 | { read a; echo $a; cat | tail -2; }; mktemp; shuf -i 1-50 -n 5",
       "f() { sleep 0.$1; echo $1; }; for n in 5 3 1; do f $n & done; wait; head -c 8 /dev/urandom | od -An -tx1",
       "awk 'BEGIN{srand(); print rand()}'; for i in 1 2 3; do sleep $i | cat & done; wait; date +%s.%N"]


@pytest.mark.parametrize("script", TWO)
def test_the_same_start_gives_the_same_bytes(play, script):
    first = play(script, shell="bash")
    assert first.text
    assert all(play(script, shell="bash").said == first.said for _ in range(50))


@pytest.mark.parametrize("script", [*TWO, COUNT.format("echo $i") + " | tee /log",
    "f() { local n=$1; for i in 1 2 3; do echo $n$i $(date +%s; sleep 0.5) > /o; cat /o; sleep 0.7; done; };"
    " f a | cat; f b",
    "trap 'echo bye' EXIT; timeout 5 sleep 100; echo $?; (sleep 2; echo sub) | { read -t 9 x; echo got $x; }; exit 3",
    "(while sleep 1; do date >> /l; done) & touch /l; exec tail -n+1 -F /l",
    "set -- a b c; while [ $# -gt 0 ]; do case $1 in a) x=$(sleep 1; echo A);; *) x=$1;; esac; echo $x; shift; done",
    "cat <<E | while read l; do sleep 0.4; echo \"<$l>\"; done\none\ntwo\nE\nread -t 1 y; echo $?"])
@pytest.mark.parametrize("step", [0.3, 1.0, 2.7])
def test_a_stored_container_goes_on_where_it_was(play, script, step):
    whole, pieces, at = play(script, 9, "bash"), Play(script, "bash"), 0.0
    while at < 9:
        at = min(at + step, 9)
        pieces.until(at).stored()
    assert (pieces.said, pieces.main.status) == (whole.said, whole.main.status)
