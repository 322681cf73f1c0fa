"""Named pipes and locks on files: what scripts say is what the real dash, bash and busybox say."""

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

IMAGES = ("docker.io/library/busybox:1.36", "docker.io/library/debian:12")


def run(script, image=IMAGES[1], stored_at=()):
    """Return (stdout, stderr, exit code) of a script; `stored_at`: seconds after which the engine is stored."""
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec(image, ["sleep", "1000"], {}, "web", "1", cwd="/tmp"))
    session = engine.sessions["it"] = engine.execute("web", ["sh", "-c", script])
    out = ""
    for second in stored_at:
        engine.advance(1_800_000_000.0 + second)
        out += session.output().decode()
        engine = Engine.thaw(*engine.freeze())
        session = engine.sessions["it"]
    engine.advance(1_800_000_100.0)
    return out + session.output().decode(), session.output("stderr").decode(), session.code


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize(("script", "said"), [
    ("mkfifo p; test -p p && ls -l p | cut -c1-10; stat -c %F p", "prw-r--r--\nfifo\n"),
    ("mkfifo -m u=rw,g=,o= p; ls -l p | cut -c1-10", "prw-------\n"),
    ("mknod q p; mkfifo -m 600 r; ls -l q r | cut -c1-10", "prw-r--r--\nprw-------\n"),
    ("mkfifo p; (echo one; sleep 1; echo two) > p & cat p; echo done", "one\ntwo\ndone\n"),
    ("mkfifo p; cat p & echo hi > p; wait", "hi\n"),
    ("mkfifo p; while read l; do echo got $l; done < p & for i in 1 2; do echo $i; done > p; wait", "got 1\ngot 2\n"),
    ("mkfifo p; exec 3<>p; echo tok >&3; read x <&3; echo $x", "tok\n"),
    ("mkfifo p q; (sleep 1; echo a > p; sleep 1; (echo b; sleep 1; echo c) > q) & diff -u p q | tail -n2; "
     "cat p & echo left > p", "+b\n+c\nleft\n"),
    ("mkfifo p; (echo 'x=1'; sleep 1; echo 'y=2') > p & . ./p; echo $x$y; (sleep 1; echo x=3 > p) & . ./p; echo $x",
     "12\n3\n"),
    ("mkfifo p q; (echo ab > p) & cat q & dd if=p of=q status=none; wait", "ab\n"),
    ("mkfifo p q; (echo a > p; sleep 1; echo b > q) & paste p q", "a\tb\n"),
    ("mkfifo p; grep b p & printf 'abc\\nxyz\\n' > p; wait", "abc\n"),
    ("mkfifo p; (sleep 2; echo late > p) & SECONDS=0; read y < p; echo $y", "late\n"),
    ("mkfifo a b; (cat < a > b) & cat b & echo through > a; wait", "through\n"),
    ("mkfifo a b; x=0; (read l < a; echo $l $l > b) & (echo $((x=x+1)) > a; cat < b); wait", "1 1\n"),
    ("(flock 9; echo A; sleep 3; echo B) 9>lk & (sleep 1; flock 9; echo C) 9>lk & wait", "A\nB\nC\n"),
    ("flock lk sleep 2 & sleep 1; flock -n lk echo no; echo $?; flock lk echo yes", "1\nyes\n"),
    ("flock -s lk sleep 2 & sleep 1; flock -s -n lk echo both; flock -n lk echo no; echo $?", "both\n1\n"),
    ("exec 9>lk; flock -n 9 && echo mine; flock -n lk echo no; flock -u 9; flock -n lk echo free", "mine\nfree\n"),
    ("flock lk -c 'echo in a shell; exit 4'; echo $?", "in a shell\n4\n"),
])
def test_a_script(script, said, image):
    assert run(script, image)[0] == said


def test_who_waits_in_vain_is_ended():
    script = "mkfifo p; timeout 3 cat p; echo $?"
    assert run(script)[0] == "124\n"
    assert run(script, IMAGES[0])[:2] == ("143\n", "Terminated\n")  # what died is the command


def test_who_waits_for_an_end_or_a_lock_is_stored():
    script = ("mkfifo p; (sleep 4; echo hi > p) & cat p; (flock 9; sleep 4; echo B) 9>lk & "
              "(sleep 1; flock 9; echo C) 9>lk & wait; exec 3<>p; sleep 4; echo tok >&3; read x <&3; echo $x")
    assert run(script, stored_at=(2, 6, 10))[:2] == ("hi\nB\nC\ntok\n", "")


def test_a_reader_that_is_killed_while_it_waits_is_none():
    assert run("mkfifo p; cat p & sleep 1; kill $!; sleep 1; timeout 2 sh -c 'echo x > p'; echo $?")[0] == "124\n"


@pytest.mark.parametrize(("script", "debian", "busybox"), [
    ("mkfifo /tmp", (1, "mkfifo: cannot create fifo '/tmp': File exists\n"), (1, "mkfifo: /tmp: File exists\n")),
    ("flock 77", (65, "flock: 77: Bad file descriptor\n"), (1, "flock: : Bad file descriptor\n")),
    ("flock /no/x true", (66, "flock: cannot open lock file /no/x: No such file or directory\n"),
     (1, "flock: can't open '/no/x': No such file or directory\n")),
    ("flock x", (64, "flock: bad file descriptor: 'x'\n"), (1, "flock: invalid number 'x'\n")),
    ("flock lk nosuch", (69, "flock: failed to execute nosuch: No such file or directory\n"),
     (255, "flock: nosuch: No such file or directory\n")),
    ("mkfifo -m 9 p", (1, "mkfifo: invalid mode\n"), (1, "mkfifo: invalid mode '9'\n")),
    ("flock -E abc lk true", (64, "flock: invalid exit code: 'abc'\n"), None),
    ("flock -E 300 lk true", (64, "flock: invalid exit code: '300'\n"), None),
    ("exec 9> lk; flock -w 1 9; flock -nE 7 lk true", (7, ""), None),
])
def test_what_is_wrong_is_said(script, debian, busybox):
    _, err, code = run(script)
    assert (code, err) == debian
    if busybox:
        _, err, code = run(script, IMAGES[0])
        assert (code, err) == busybox
