"""kubectl exec: what goes in and comes out, codes, and a prompt on a terminal."""

from __future__ import annotations

import pytest

from kubesim_cli.cluster.cluster import Cluster
from kubesim_cli.kubectl.util import keyboard
from kubesim_cli.kubelet import residents
from kubesim_cli.main import execute

from .typist import Typist


@pytest.fixture
def box(newest):
    """A terminal with the pod `box`, which runs."""
    newest.ok("kubectl run box --image=busybox --command -- sleep infinity")
    newest.advance("10s")
    return newest


@pytest.mark.parametrize(("line", "stdin", "result"), [
    ("exec box -- echo a b", "", (0, "a b\n", "")),
    ("exec box -- sh -c 'echo out; echo err >&2; exit 3'", "",
     (3, "out\n", "err\ncommand terminated with exit code 3\n")),
    ("exec -i box -- cat", "a\nb\n", (0, "a\nb\n", "")),
    ("exec -i box -- sh -c 'echo ready; sleep 2; read x; echo got $x'", "one\ntwo\n", (0, "ready\ngot one\n", "")),
    ("exec box -- cat", "unread\n", (0, "", "")),
    ("exec -i box -- sh", "echo $((1+1))\nexit 4\n", (4, "2\n", "command terminated with exit code 4\n")),
    ("exec -it box -- echo x", "", (0, "x\n", "Unable to use a TTY - input is not a terminal or the right kind of "
                                               "file\n")),
    ("exec -it -q box -- echo x", "", (0, "x\n", "")),
    ("exec -t box -- tty", "", (1, "not a tty\n", "command terminated with exit code 1\n")),
    ("exec -i box -- sh -c 'read -t 5 x; echo $?'", "", (0, "1\n", "")),
])
def test_what_goes_in_and_comes_out(box, line, stdin, result):
    assert box(f"kubectl {line}", stdin) == result


def test_a_terminal_may_be_played(box):
    box.environ["KUBESIM_TTY"] = "1"
    assert box("kubectl exec -it box -- sh -c '[ -t 1 ] && echo yes'") == (0, "yes\r\n", "")
    assert "/ # echo a\r\na\r\n" in box.ok("kubectl exec -it box -- sh", "echo a\n")


def test_what_a_program_waits_for_comes_at_once(box):
    before = box.ok("kubectl sim clock")
    assert box.ok("kubectl exec box -- sh -c 'for i in 1 2 3; do echo $i; sleep 100; done'") == "1\n2\n3\n"
    assert before != box.ok("kubectl sim clock")
    endless = box("kubectl exec box -- sh -c 'sleep infinity'")
    assert endless == (1, "", "error: what runs in the container does not end, and nobody waits for it that "
                              "long\n")


def test_a_prompt(box):
    typist = Typist(box, "kubectl exec -it box -- sh")
    typist.until("/ # ")
    typist.type("echo a-$((1+2))\r")
    assert typist.until("/ # ") == "echo a-$((1+2))\r\na-3\r\n/ # "
    typist.type("\x1b[A\x7f\x7f\x7f5))\r")  # the line before, and its end mended
    assert typist.until("a-6\r\n").startswith("echo a-$((1+2))\b \b")
    typist.type("read x; echo [$x]\r")
    typist.until("\r\n")
    typist.type("typed later\r")
    assert typist.until("/ # ").endswith("typed later\r\n[typed later]\r\n/ # ")
    typist.type("sleep 5; echo now; cat\r")
    typist.until("now\r\n")
    typist.type("\x03")
    typist.until("/ # ")
    typist.type("exit 7\r")
    typist.end()
    assert (typist.code, typist.errors.getvalue()) == (7, "command terminated with exit code 7\n")
    again = Typist(box, "kubectl exec -it box -- sh")
    again.until("/ # ")
    again.type("\x04")
    again.end()
    assert again.code == 0


def test_what_is_interrupted_leaves_nothing_behind(box, monkeypatch):
    def interrupt(keys, timeout):
        if timeout == 0.0:
            return None
        raise KeyboardInterrupt

    monkeypatch.setattr(keyboard.Keyboard, "read", interrupt)
    with pytest.raises(KeyboardInterrupt):
        box("kubectl exec -i box -- sh -c 'echo begun > /begun; cat > /typed'")
    assert box.ok("kubectl exec box -- cat /begun") == "begun\n"  # and goes on for itself
    cluster = Cluster.open(f"{box.home}/clusters/minikube")
    assert not residents.of(cluster.client).engine.sessions
    cluster.close()


def test_much_that_is_piped_in_comes_whole(box, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(bytes(range(256)) * 20000)
    with open(path, encoding="utf-8") as stream, open(tmp_path / "back", "w", encoding="utf-8") as back:
        assert execute(["exec", "-i", "box", "--", "cat"], box.environ, (stream, back, back)) == 0
    assert (tmp_path / "back").read_bytes() == path.read_bytes()
