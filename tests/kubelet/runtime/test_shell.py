from __future__ import annotations

import pytest

from kubesim_cli.kubelet.runtime import programs
from kubesim_cli.kubelet.runtime.shell import Endless, Shell, World
from kubesim_cli.kubelet.runtime.syntax import ShellSyntaxError, parse


def run(script, until=float("inf"), env=None, **world):
    """Return (exit code or None if it goes on, seconds, output)."""
    shell = Shell(World(**world), env or {}, until)
    try:
        code = shell.run(script)
    except Endless:
        code = None
    return code, shell.time, "".join(text for _, text in shell.out)


@pytest.mark.parametrize(("script", "code", "seconds", "output"), [
    ("echo hi; exit 3", 3, 0, "hi\n"),
    ("true && false || echo no", 0, 0, "no\n"),
    ("! false", 0, 0, ""),
    ("sleep 5; sleep 1m", 0, 65, ""),
    ("for i in 3 2 1; do echo $i; sleep 1; done", 0, 3, "3\n2\n1\n"),
    ('i=0; while [ $i -lt 3 ]; do echo "$i-"; i=$((i+1)); done', 0, 0, "0-\n1-\n2-\n"),
    ("if [ -f /nope ]; then echo a; elif test -d /etc; then echo b; else echo c; fi", 0, 0, "b\n"),
    ("case $X in a|b) echo ab;; *) echo $X;; esac", 0, 0, "ab\n"),
    ("echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | grep two", 0, 0, "two\n"),
    ("set -e\nfalse\necho never", 1, 0, ""),
    ("set -e\nif false; then :; fi\nfalse || true\necho end", 0, 0, "end\n"),
    ("cat /missing", 1, 0, "cat: can't open '/missing': No such file or directory\n"),
    ("x=$(echo a b); echo \"[$x]\" '$x' ${Y:-none}", 0, 0, "[a b] $x none\n"),
    ("(exit 4); echo $?", 0, 0, "4\n"),
    ("for i in 1 2 3; do if [ $i = 2 ]; then break; fi; echo $i; done", 0, 0, "1\n"),
    ("sh -c 'echo $1' x y", 0, 0, "y\n"),
    ("timeout 3 sleep 10", 124, 3, ""),
    ("seq 2 2 6; printf '%s=%d\\n' a 5", 0, 0, "2\n4\n6\na=5\n"),
    ("perl -Mbignum=bpi -wle 'print bpi(12)'", 0, 0, ""),
    ("python3 -c 'import sys, time; time.sleep(3); sys.exit(2)'", 2, 3, ""),
    ("sleep 2 & wait; echo done", 0, 2, "done\n"),
])
def test_scripts_that_end(script, code, seconds, output):
    assert run(script, env={"X": "a"}) == (code, seconds, output)


@pytest.mark.parametrize("script", [
    "while true; do echo hello; sleep 10; done", "tail -f /dev/null", "sleep infinity", "nginx -g 'daemon off;'",
    "trap : TERM; sleep infinity & wait", "ping localhost", "until false; do :; done", "exec my-server --port 80",
])
def test_scripts_that_go_on(script):
    assert run(script)[0] is None


def test_what_an_endless_script_has_printed_so_far():
    assert run("i=0; while true; do echo $i; i=$((i+1)); sleep 1; done", until=2.5)[2] == "0\n1\n2\n"


def test_files_come_and_go():
    shell = Shell(World(), {})
    shell.run("touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600")
    assert shell.time == 630
    assert shell.changes == [(0, "/tmp/healthy", True), (30, "/tmp/healthy", False)]


def test_waiting_for_a_service():
    script = "until nslookup db.default.svc.cluster.local; do echo waiting; sleep 2; done; echo up"
    code, seconds, output = run(script, resolves=lambda host: 5.0 if host.startswith("db.") else None)
    assert (code, seconds) == (0, 6) and output.endswith("waiting\nup\n") and output.count("waiting\n") == 3
    assert run(script, resolves=lambda host: None)[0] is None


def test_programs_that_are_not_simulated():
    assert run("migrate --all && echo ok", unknown=lambda argv: (2.0, 0))[:3] == (0, 2, "ok\n")


def test_mounted_files_hide_what_the_image_has():
    files = {"/etc/conf/": "", "/etc/conf/a": "1"}
    assert run("cat /etc/conf/a; ls /etc/conf; cat /etc/conf/b", files=files)[0] == 1
    assert run("[ -e /etc/conf ] && [ -e /etc/passwd ]", files=files)[0] == 0


@pytest.mark.parametrize("script", ["echo 'open", "if true; then echo", "done", "echo $(oops"])
def test_syntax_errors(script):
    with pytest.raises(ShellSyntaxError):
        parse(script)


@pytest.mark.parametrize(("args", "host"), [
    (["-z", "-w1", "db", "5432"], "db"), (["-h", "db", "-p", "5432"], "db"), (["http://api:8080/x"], "api"),
    (["-qO-", "web/path"], "web"), ([], "")])
def test_host_of(args, host):
    assert programs.host_of(args) == host
