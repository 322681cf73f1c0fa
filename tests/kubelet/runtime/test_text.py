"""The bridge to the library that plays text programs."""

import builtins
import subprocess
import sys

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0


@pytest.fixture
def run():
    """`run(script)`: (stdout and stderr, exit code) in a container."""
    engine = Engine(START)
    engine.start("a", Spec("example.com/tools", ["sleep", "infinity"]))

    def go(script, seconds=0.0):
        session = engine.execute("a", ["sh", "-c", script])
        engine.advance(engine.kernel.now + seconds)
        return (session.output() + session.output("stderr")).decode(), session.code

    return go


@pytest.mark.parametrize(("script", "says"), [
    ("echo a > /f; sed -i s/a/b/ /f; cat /f", "b\n"), ("cd /tmp; echo x > f; sort -o g f; cat g", "x\n"),
    ("mkdir -p /d/e; touch /d/e/x /d/y; find /d -name x -delete; ls -R /d", "/d:\ne\ny\n\n/d/e:\n"),
    ("mkdir /s; echo 1 > /s/a; chmod 640 /s/a; cd /s && tar cf /t.tar a && rm a && tar xf /t.tar && cat a", "1\n"),
    ("echo hi > /f; gzip /f; ls /f*; zcat /f.gz", "/f.gz\nhi\n"), ("awk 'BEGIN{print 5 > \"/out\"}'; cat /out", "5\n"),
    ("printf 'a\\nb\\n' > /f; grep -c . /f; grep -rl b /f; wc -l /f", "2\n/f\n2 /f\n"),
    ("ln -s /f /l; echo z > /f; grep z /l; cat /l | grep -n z", "z\n1:z\n"),
    ("echo '{\"a\":[1,2]}' | jq -c .a", "[1,2]\n"),
    ("jq -n now", "1800000000\n"), ("sort <(echo b) <(echo a) 2>&1 | head -c 5", ""),
    ("seq 1 300000 | sort -rn | head -1", "300000\n"), ("head -c 9000000 /dev/zero | wc -c", "9000000\n"),
    ("echo aaa | sed 's/a/b/2' | tr b c", "aca\n"),
    ("printf 'x y\\n' | while read a b; do echo $b | tr y z; done", "z\n"),
])
def test_programs_and_files(run, script, says):
    found = run(script)[0]
    assert found == says or not says


def test_a_file_that_may_not_be_read(run):
    assert run("echo s > /s; chmod 600 /s; grep s /s")[0] == "s\n"


def test_a_write_that_is_not_allowed_stays_outside(run):
    assert run("chmod 555 /srv; sed -i s/root/x/ /etc/passwd; head -1 /etc/passwd")[0] == "x:x:0:0:root:/root:/bin/sh\n"


@pytest.mark.parametrize("script", ["awk 'BEGIN{while(1);}'", "awk 'BEGIN{for(;;) x = x \"aaaaaaaaaa\"}'",
                                    "sed ':a;ba' /etc/passwd",
                                    "jq -n 'def f: f; f'", "jq -n '[range(1e9)]'"])
def test_what_does_not_end_is_ended(run, script, monkeypatch):
    from kubesim_cli.kubelet.runtime.bin import text

    monkeypatch.setattr(text, "LONGEST", 1)
    assert run(script)[1] not in (0, None)


def test_without_the_library(run, monkeypatch):
    real = builtins.__import__

    def missing(name, *more):
        if name == "bashkit":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert run("sed p") == ("sed: cannot be played on this machine: the Python package bashkit is missing\n", 126)


def test_it_is_imported_only_for_text_programs():
    program = ("import sys\nfrom kubesim_cli.kubelet.runtime.engine import Engine, Spec\nengine = Engine(0.0)\n"
               "engine.start('a', Spec('debian', ['sh', '-c', 'x=$(date); echo $x | cat > /f; ls /; head -1 /f']))\n"
               "engine.advance(1.0)\n"
               "assert 'bashkit' not in sys.modules\nengine.execute('a', ['sed', 'p', '/f'])")
    subprocess.run([sys.executable, "-c", program], check=True)


BASH = [
    ("diff <(echo a) <(echo b)", "1c1\n< a\n---\n> b\n", 1), ("comm -12 <(echo a) <(echo a)", "a\n", 0),
    ("echo hi > /f; awk 'BEGIN{while((\"cat /f\" | getline l) > 0) print \"got\", l}'", "got hi\n", 0),
    ("printf 'b\\na\\n' | awk '{print | \"sort\"}'", "a\nb\n", 0),
    ("echo hi > /f; awk 'BEGIN{r = system(\"cat /f; echo x > /g; exit 3\"); print r}'; cat /g", "hi\n3\nx\n", 0),
    ("awk 'BEGIN{\"date +%Y; id -u\" | getline y; print y}'", "2027\n", 0),
    ("awk 'BEGIN{c = \"ls /etc/host*\"; while((c | getline f) > 0) print \"[\" f \"]\"; close(c)}'",
     "[/etc/hostname]\n", 0),
    ("awk 'BEGIN{print \"a'\\''b\" | \"cat -A\"}'", "a'b$\n", 0),
    ("printf '1\\n2\\n' | awk '{print > \"/tmp/out\"$1}'; cat /tmp/out1 /tmp/out2", "1\n2\n", 0),
    ("printf 'a\\nb\\n' > /r; awk '{print > \"/p\"; close(\"/p\"); system(\"cat /p\")}' /r", "a\nb\n", 0),
    ("printf 'b\\na\\n' > /r; awk '{print | \"sort > /s\"} END{close(\"sort > /s\"); while((getline l < \"/s\") > 0) "
     "print \"s\", l}' /r", "s a\ns b\n", 0),
    ("awk 'BEGIN{\"awk \\\"BEGIN{print 7}\\\"\" | getline x; print x}'", "7\n", 0),
    ("echo '{print \"l\", $0}' > /s; echo q | awk -F: -v a=1 -f /s; awk -f /none", "l q\nawk: fatal: can't open source "
     "file `/none' for reading: No such file or directory\n", 2),
    ("printf 'a\\nb\\n' | awk '/a|b/{n++} END{print n, 1 || 0, \"x|y\"}'", "2 1 x|y\n", 0),
    ("printf 'a\\nb\\n' | awk 'BEGIN{getline; print \"got\", $0}'", "got a\n", 0),
    ("V=5 awk 'BEGIN{print ENVIRON[\"V\"]}'", "5\n", 0),
    ("awk 'BEGIN{\"sleep 1\" | getline x}'", "awk: a command that takes time cannot be started here: sh -c sleep 1\n",
     2),
    ("awk 'BEGIN{while(1) system(\"true\")}'", "", 137),
    ("mkdir /d; touch /d/r; find /d -name r -exec sh -c 'echo got {}; rm {}' \\; ; ls /d", "got /d/r\n", 0),
    ("find /etc -name passwd -exec stat -c %a {} +", "644\n", 0),
    ("echo hello > /f; sed 's/l/y/w /w' /f; cat /w", "heylo\nheylo\n", 0),
    ("printf 'a\\n' > /r; echo x | sed 'r /r'", "x\na\n", 0)]


@pytest.mark.parametrize(("script", "says", "code"), BASH)
def test_what_text_programs_start_and_name(script, says, code):
    engine = Engine(START)
    engine.start("a", Spec("debian", ["sleep", "infinity"]))
    session = engine.execute("a", ["bash", "-c", script])
    engine.advance(engine.kernel.now + 1)
    assert ((session.output() + session.output("stderr")).decode(), session.code) == (says, code)


def test_only_jq_is_stopped_by_the_clock(run, monkeypatch):
    """Where that is 0 seconds, only jq's loops notice."""
    from kubesim_cli.kubelet.runtime.bin import text

    made = []
    monkeypatch.setattr(text, "engine", lambda seconds, old=text.engine: made.append(seconds) or old(seconds))
    run("echo a | sed s/a/b/; awk 'BEGIN{for(i=0;i<9;i++) n+=i}'; echo 1 | jq .; jq -n '[range(3)]'")
    assert made == [text.UNBOUNDED] * 3 + [text.LONGEST]
