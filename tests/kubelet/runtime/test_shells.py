"""Scripts say and end as in the real dash, bash and busybox (hack/record_shells.py has recorded them)."""

import json
from pathlib import Path

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

RUNS = json.loads((Path(__file__).parent / "shells" / "expected.json").read_text())
# What is known to differ: by the beginning of the script.
DIFFERS = {
    "printf '%b' 'a\\tb\\n'; printf '%q": "dash's printf has no %q",
    "x=5; echo $((x++))": "dash has no ++", "echo $((2147483647 + 1))": "dash has no comma",
    "alias ll='ls -l'": "bash's hash lists what it knows",
    "getopts \"a:b\" o": "dash remembers its place in other arguments",
    "printf '3 c\\n1 a\\n' > s1": "split -lN", "x=$'line1\\nline2'": "@Q of a line end",
    "shopt -s extglob": "off until then",
    "f() { local -n ref": "names of other variables (local -n)",
    "exec {fd}>": "a variable for the descriptor",
}
# The same of busybox' ash alone.
DIFFERS_IN_ASH = {
    "echo 'hello world' > g; sed -i": "diff's @@ -1 +1,2 @@", "getopts \"a:b\" o": "ash remembers its place, too",
    "printf '3 c\\n1 a\\n' > s1": "split -lN", "x=$(mktemp)": "mktemp wants six X",
    "id -u; id -g": "those of /usr/bin are the machine's",
}


def identity(run):
    return f"{run['shell']}: {run['script'][:60]}"


@pytest.mark.parametrize("run", RUNS, ids=identity)
def test_a_script(run):
    known = DIFFERS_IN_ASH if run["shell"] == "ash" else DIFFERS
    why = next((why for start, why in known.items() if run["script"].startswith(start)), None)
    engine = Engine(1_800_000_000.0)
    image = "docker.io/library/busybox:1.37" if run["shell"] == "ash" else "example.com/tools"
    made = engine.start("web", Spec(image, ["sleep", "1000"], {"HOME": "/root"}, "web-12", "1", cwd="/work"))
    made.space.shell = run["shell"]
    session = engine.execute("web", [run["shell"], "-c", run["script"]])
    engine.advance(engine.kernel.now + 100)
    found = session.output().decode("utf-8", "replace"), session.code
    if why is not None and found != (run["says"], run["code"]):
        pytest.xfail(why)
    assert found == (run["says"], run["code"]), session.output("stderr")


@pytest.mark.parametrize(("shell", "said"), [("ash", "0\n1\n"), ("bash", "0\n1\n"), ("dash", "127\n127\n")])
def test_double_brackets_are_a_command_of_busybox(shell, said):
    engine = Engine(1_800_000_000.0)
    made = engine.start("web", Spec("example.com/tools", ["sleep", "1000"], {}, "web", "1"))
    made.space.shell = shell
    session = engine.execute("web", [shell, "-c", "[[ -e /etc ]]; echo $?; [[ a = b ]]; echo $?"])
    engine.advance(engine.kernel.now + 10)
    assert session.output().decode() == said


@pytest.mark.parametrize(("shell", "said"), [
    ("ash", "number 1800000000 f none\n"), ("bash", "number 1800000000 f 0\n"), ("dash", "nothing none none none\n")])
def test_busybox_has_some_of_the_variables_of_bash(shell, said):
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec("example.com/tools", ["sleep", "1000"], {}, "web", "1")).space.shell = shell
    script = """RANDOM=7; a=$RANDOM; b=$RANDOM; RANDOM=7
        case "$a$RANDOM" in 77) echo -n nothing;; "$a$a") echo -n number;; esac
        [ "$a" = "$b" ] && [ "$a" != 7 ] && echo -n same
        f() { echo -n "${FUNCNAME:-none}"; }; echo -n " ${EPOCHSECONDS:-none} "; f; echo " ${SECONDS:-none}\""""
    session = engine.execute("web", [shell, "-c", script])
    engine.advance(engine.kernel.now + 10)
    assert session.output().decode() == said


@pytest.mark.parametrize("shell", ["dash", "ash"])
@pytest.mark.parametrize(("script", "said"), [
    ("sleep 5 & kill -9 $!; wait $!; echo $?; wait $!", "Killed\n"), ("sleep 5 & kill $!; wait $!", "Terminated\n"),
    ("sleep 5 & kill -9 $!; wait", ""), ("sleep 5 & kill -INT $!; wait $!", ""),
    ("sh -c 'kill -9 $$' | cat", "Killed\n"), ("x=$(sh -c 'kill -HUP $$')", "Hangup\n"),
    ("(sh -c 'kill -9 $$'; true)", "Killed\n")])
def test_what_a_signal_has_ended_is_told(shell, script, said):
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec("example.com/tools", ["sleep", "1000"], {}, "web", "1")).space.shell = shell
    session = engine.execute("web", [shell, "-c", script])
    engine.advance(engine.kernel.now + 10)
    assert session.output("stderr").decode() == said


@pytest.mark.parametrize(("script", "said"), [
    ("let a=3+4 b=a*2; echo $a $b; let 0; echo $?", "7 14\n1\n"), ("function f { echo in $1; }; f x", "in x\n"),
    ("function f() { echo in; }; f", "in\n"), ("echo $'a\\tb'", "a\tb\n"), ("nosuch &>/dev/null; echo $?", "127\n"),
    ("cat <(echo a) <(echo b)", "a\nb\n"), ("x=abc; [[ $x == a* ]] && echo yes", "yes\n"),
    ("[[ abc != a* ]]; echo $?", "1\n"), ("[[ web-12 =~ '-([0-9]+)$' ]] && echo re", "re\n"),
    ("[[ a = a && b = c || -n x ]] && echo both", "both\n"), ("[[ a = b || b = c ]] || echo neither", "neither\n"),
    ("[[ a =~ '(' ]]; echo $?", "2\n"), ("[ a = 'a*' ] || echo no", "no\n"), ("busybox echo hi", "hi\n"),
    ("busybox nosuch 2>&1; echo $?", "nosuch: applet not found\n127\n"), ("busybox --list | grep -x wget", "wget\n"),
    ("time sleep 61 2>&1", "real\t1m 1.00s\nuser\t0m 0.00s\nsys\t0m 0.00s\n"),
    ("time -p false 2>/dev/null; echo $?", "1\n")])
def test_what_busybox_has_of_bash_and_of_its_own(script, said):
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec("docker.io/library/busybox:1.36", ["sleep", "1000"], {}, "web", "1"))
    session = engine.execute("web", ["sh", "-c", script])
    engine.advance(engine.kernel.now + 100)
    assert session.output().decode() == said, session.output("stderr")
