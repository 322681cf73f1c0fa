"""busybox: its names, and what it says of how they are used (as busybox 1.36 and 1.37 with glibc and musl say it)."""

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

BUSYBOX, ALPINE = "docker.io/library/busybox:1.36", "docker.io/library/alpine:3.20"
HEAD = "BusyBox v1.36.1 (2025-10-09 08:53:20 UTC) multi-call binary.\n\nUsage: "


def run(image, script, stored=False):
    """Return (stdout, stderr, exit code) of a script."""
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec(image, ["sleep", "1000"], {}, "web", "1"))
    session = engine.sessions["it"] = engine.execute("web", ["sh", "-c", script])
    if stored:
        engine.advance(1_800_000_000.5)
        engine = Engine.thaw(*engine.freeze())
        session = engine.sessions["it"]
    engine.advance(1_800_000_100.0)
    return session.output().decode(), session.output("stderr").decode(), session.code


def test_applets_are_links_in_alpine_and_one_file_in_busybox():
    said = run(ALPINE, "ls -l /bin/sh | sed 's/.*2025 //'; which sh wget ip; readlink /bin/cat; test -L /bin/sh; "
                       "echo $?")
    assert said[0] == "/bin/sh -> /bin/busybox\n/bin/sh\n/usr/bin/wget\n/sbin/ip\n/bin/busybox\n0\n"
    said = run(BUSYBOX, "which sh wget ip env; test -L /bin/sh; echo $?; test /bin/sh -ef /bin/ls && echo same; "
                        "[ $(stat -c %h /bin/sh) -gt 300 ] && echo many")
    assert said[0] == "/bin/sh\n/bin/wget\n/bin/ip\n/usr/bin/env\n1\nsame\nmany\n"


@pytest.mark.parametrize("image", [BUSYBOX, ALPINE])
def test_the_name_says_which_applet_it_is(image):
    assert run(image, "ln -s /bin/busybox /tmp/ls; /tmp/ls -d /etc; cp /bin/busybox /tmp/dog; /tmp/dog; echo $?; "
                      "/tmp/dog x; cp /bin/busybox /tmp/busybox; /tmp/busybox echo hi; busybox nosuch; "
                      "busybox sh -c 'echo in; busybox --list | grep -x wget'")[:2] == (
        "/etc\n127\nhi\nin\nwget\n", "dog: applet not found\ndog: applet not found\nnosuch: applet not found\n")


@pytest.mark.parametrize(("script", "glibc", "musl", "usage", "code"), [
    ("ls -lZ", "ls: invalid option -- 'Z'\n", "ls: unrecognized option: Z\n",
     "ls [-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...\n", 1),
    ("grep x --nosuch", "grep: unrecognized option '--nosuch'\n", "grep: unrecognized option: nosuch\n",
     "grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...\n", 2),
    ("head -n", "head: option requires an argument -- 'n'\n", "head: option requires an argument: n\n",
     "head [OPTIONS] [FILE]...\n", 1),
    ("sort --help", "", "", "sort [-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] "
     "[FILE]...\n", 0),
    ("mkdir", "", "", "mkdir [-m MODE] [-p] DIRECTORY...\n", 1),
    ("cp one", "", "",
     "cp [-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }\n", 1),
])
def test_options_that_an_applet_does_not_know(script, glibc, musl, usage, code):
    assert run(BUSYBOX, script) == ("", f"{glibc}{HEAD}{usage}", code)
    assert run(ALPINE, script) == ("", f"{musl}{HEAD}{usage}", code)


@pytest.mark.parametrize("script", [
    "ls -la --color=auto /etc >/dev/null", "env -i sh -c 'exit 0' -Z", "head -3 /etc/passwd >/dev/null",
    "sort -k2 -t: -n /etc/passwd >/dev/null", "tail -n+2 /etc/passwd >/dev/null", "echo -Z >/dev/null",
    "xargs -r ls --nosuch </dev/null", "nice -n 5 true -Z", "date -u +%s >/dev/null", "ls --color >/dev/null",
    "timeout 5 true --nosuch", "ps -ef >/dev/null", "wget --help 2>/dev/null", "tar -cf /tmp/a -C / etc/passwd",
    "sed -i -e s/a/b/ -E /etc/group", "cut -d: -f1 /etc/passwd >/dev/null", "kill -0 1", "find / -name nosuch",
    "sed -i.bak s/a/b/ /etc/group; [ -f /etc/group.bak ]", "date -Iminutes >/dev/null", "xargs -iX true X </dev/null",
    "nc -lk -p 8080 -e sh -c 'echo hi' & sleep 1; kill -9 $!",
    "chmod -R u+x,g-w /tmp", "mktemp -d >/dev/null", "wc -lc /etc/passwd >/dev/null", "awk -F: '{ }' /etc/passwd",
])
def test_options_that_it_knows(script):
    assert run(BUSYBOX, script) == run(ALPINE, script) == ("", "", 0)


def test_one_that_has_not_begun_is_stored():
    assert run(ALPINE, "sleep 1; for i in 1 2 3 4 5 6 7 8 9; do ((((cat /etc/alpine-release | cat)))) & done; wait; "
                       "echo", stored=True)[0].count("3.20") == 9


def test_ls_has_the_columns_of_busybox():
    script = "cd /tmp; touch a; ln -s a b; mkdir d; head -c 123456 /dev/zero > big; ls -l | sed 's/ Jan.*:../ @/'"
    assert run(BUSYBOX, script)[0] == (
        "total 128\n-rw-r--r--    1 root     root             0 @ a\n"
        "lrwxrwxrwx    1 root     root             1 @ b -> a\n"
        "-rw-r--r--    1 root     root        123456 @ big\ndrwxr-xr-x    2 root     root          4096 @ d\n")
    assert run("docker.io/library/debian:12", script)[0] == (
        "total 128\n-rw-r--r-- 1 root root      0 @ a\nlrwxrwxrwx 1 root root      1 @ b -> a\n"
        "-rw-r--r-- 1 root root 123456 @ big\ndrwxr-xr-x 2 root root   4096 @ d\n")
