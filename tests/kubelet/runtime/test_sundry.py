"""Small programs, those that run others in a way of their own, and those that nobody plays."""

import json

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_704_067_200.0  # 2024-01-01


def run(image, script, seconds=60.0, stop=None):
    """Return what a container says, and its exit code; `stop`: when it is told to end."""
    engine = Engine(START)
    argv = ["sh", "-c", script] if isinstance(script, str) else script
    container = engine.start("c", Spec(image, argv, {"HOME": "/root"}, "web-0", "seed", address="10.244.0.3"))
    if stop is not None:
        engine.advance(START + stop)
        engine.kill("c", "TERM")
    engine.advance(START + seconds)
    assert container.main is not None
    return b"".join(data for _, _, data in container.said.new).decode(), container.main.status


def said(image, script):
    return run(image, script)[0]


@pytest.mark.parametrize(("image", "script", "wanted"), [
    ("busybox", "cal 2 2024", "   February 2024\nSu Mo Tu We Th Fr Sa\n             1  2  3\n 4  5  6  7  8  9 10\n"
     "11 12 13 14 15 16 17\n18 19 20 21 22 23 24\n25 26 27 28 29\n\n"),
    ("busybox", "cal 13 2024; cal x; cal 0", "cal: number 13 is not in 1..12 range\ncal: invalid number 'x'\n"
     "cal: number 0 is not in 1..9999 range\n"),
    ("busybox", "cal | head -1; cal 2024 | head -3; cal -m 2024 | sed -n 3,5p",
     "    January 2024\n                              2024\n\n"
     "      January               February               March\n"
     "      January               February               March\n"
     "Mo Tu We Th Fr Sa Su  Mo Tu We Th Fr Sa Su  Mo Tu We Th Fr Sa Su\n"
     " 1  2  3  4  5  6  7            1  2  3  4               1  2  3\n"),
    ("busybox", "printf 'a\\nb\\r\\n' > f; unix2dos f; od -An -c f; dos2unix f; od -An -c f;"
     " printf 'x\\r\\n' | dos2unix",
     "   a  \\r  \\n   b  \\r  \\n\n   a  \\n   b  \\n\nx\n"),
    ("busybox", "echo 1 > a; link a b; unlink a; cat b; unlink a; unlink /etc; echo $?",
     "1\nunlink: can't unlink 'a': No such file or directory\nunlink: can't unlink '/etc': Is a directory\n1\n"),
    ("debian:12", "who; users; logname; hostid; dmesg; vdir /etc/issue | wc -l; dpkg --print-architecture",
     "logname: no login name\nf40a0300\ndmesg: read kernel buffer failed: Operation not permitted\n1\namd64\n"),
    ("busybox", "mountpoint /proc; mountpoint /etc; echo $?; mountpoint /no; umount /proc; umount /etc; echo $?",
     "/proc is a mountpoint\n/etc is not a mountpoint\n1\nmountpoint: /no: No such file or directory\n"
     "umount: can't unmount /proc: Operation not permitted\numount: can't unmount /etc: Invalid argument\n1\n"),
    ("busybox", "sysctl -n vm.swappiness; sysctl vm.swappiness; sysctl a.b; sysctl -w vm.swappiness=1; echo $?",
     "60\nvm.swappiness = 60\nsysctl: error: 'a.b' is an unknown key\nsysctl: error setting key 'vm.swappiness': "
     "Read-only file system\n1\n"),
    ("busybox", "s=$(date +%s); usleep 2500000; echo $(($(date +%s) - s)); crontab -l; clear", "2\ncrontab: can't open "
     "'root': No such file or directory\n\x1b[H\x1b[J"),
    ("debian:12", "clear; TERM=xterm clear", "TERM environment variable not set.\n\x1b[H\x1b[2J\x1b[3J")])
def test_what_they_say(image, script, wanted):
    assert said(image, script) == wanted


def test_top():
    text = said("busybox", "sleep 100 & top -b -n 2 -d 1").split("\n")
    assert [line for line in text if line.startswith("Mem:")] == [
        "Mem: 2097152K used, 6291456K free, 0K shrd, 0K buff, 0K cached"] * 2
    assert "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND" in text
    assert any(line.endswith(" sleep 100") for line in text)
    text = said("ubuntu:22.04", "top -bn1; top").split("\n")
    assert text[0].startswith("top - 00:00:00 up 0 min")
    assert text[6] == "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND"
    assert text[-2] == "top: failed tty get"


def test_other_users():
    assert said("postgres", "gosu postgres id -un; su postgres -c 'id -un; echo $USER $SHELL'; gosu nope id; "
                "su nope; su nobody; gosu 5:6 id -g") == (
        "postgres\npostgres\npostgres /bin/sh\nerror: failed switching to \"nope\": unable to find user nope\n"
        "su: user nope does not exist or the user entry does not contain all the required fields\n"
        "This account is not available.\n6\n")
    assert said("busybox", "su -s /bin/sh www-data -c 'su root; id -u; echo $1' a b") == (
        "su: must be suid to work properly\n33\nb\n")


@pytest.mark.parametrize("init", [["tini", "--"], ["dumb-init"]])
def test_signals_are_handed_on(init):
    script = "trap 'echo bye; exit 3' TERM; while :; do sleep 1; done"
    assert run("example.com/tools", [*init, "sh", "-c", script], stop=5) == ("bye\n", 3)
    assert run("example.com/tools", [*init, "sleep", "1000"], stop=5)[1] == 143
    assert run("example.com/tools", ["sleep", "1000"], stop=5)[1] is None


def test_the_program_behind_an_init_that_nobody_knows_goes_on(terminal):
    terminal.ok("kubectl apply -f -", json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [
            {"name": "c", "image": "example.com/app:1", "command": ["/sbin/tini", "--", "/app/server"]}]}}))
    terminal.advance("10m")
    assert "Running   0 " in terminal.ok("kubectl get pod a")


def test_watch_and_those_that_only_run_another():
    text = said("busybox", "timeout 5 watch -n 2 -t 'echo a; date +%S'; flock /tmp/l echo b; flock -n 9 9> /tmp/l; "
                "ionice -c 3 chrt 1 taskset 1 echo c; flock /no/l echo d; ionice nosuch; echo $?")
    assert text == ("\x1b[H\x1b[Ja\n00\n\x1b[H\x1b[Ja\n02\n\x1b[H\x1b[Ja\n04\nTerminated\nb\nc\n"
                    "flock: can't open '/no/l': No such file or directory\n"
                    "ionice: nosuch: No such file or directory\n127\n")


def test_who_comes_by_exec_is_told_of_what_nobody_plays(terminal):
    terminal.ok("kubectl run a --image=busybox -- sleep infinity")
    terminal.advance("10s")
    done = terminal("kubectl exec a -- vi x")
    assert (done.code, done.err) == (
        126, "vi: kubesim does not play this program\ncommand terminated with exit code 126\n")
    assert terminal.ok("kubectl exec a -- sh -c 'lsof; echo $?'") == "126\n"
    assert terminal("kubectl exec a -- sh -c openssl").err == (
        "sh: openssl: not found\ncommand terminated with exit code 127\n")
