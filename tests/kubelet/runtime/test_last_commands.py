"""Which commands take the place of their shell, as dash 0.5.12, bash 5.2 and busybox 1.37 were seen to do it."""

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

SHELLS = ("dash", "bash", "ash")
P = "readlink /proc/self"  # says which process it is
# Of each script, the shells whose place its command takes.
SCRIPTS = {
    P: "bash ash", f"true; {P}": "bash ash", f"true\n{P}": "bash ash", f"x=1 {P}": "bash ash", f"{P};": "bash ash",
    f"{P} # why": "bash ash", f"set -e\n{P}\n": "bash", f"{P};\n": "bash", f"{P}\n\n": "", f"{P}\n# why": "",
    f"true && {P}": "bash ash", f"true; true && {P}": "ash", f"true && true; {P}": "bash ash",
    f"true || true && {P}": "bash ash", f"true | true && {P}": "bash ash", f"{P} && true": "", f"! {P}": "",
    f"{{ {P}; }}": "ash", f"( {P} )": "ash", f"true; ( true; {P} )": "ash", f"if true; then {P}; fi": "ash",
    f"if false; then :; else {P}; fi": "ash", f"case a in a) {P};; esac": "ash", f"{{ {P}; }} > /dev/stdout": "",
    f"for i in 1; do {P}; done": "", f"f() {{ {P}; }}; f": "", f"{P} > /dev/stdout": "ash", f"{P} 2>&1": "ash",
    f"{P} <<X\na\nX": "", f"true & {P}": "ash", f"true &\n{P}": "bash ash", f"true | {P}": "", f"time {P}": "",
    f"trap : TERM; {P}": "", f"trap : EXIT; {P}": "", f"trap '' TERM; {P}": "bash ash", f"exec {P}": "dash bash ash",
}
# The same of jobs.
JOBS = {
    P: "dash bash ash", f"{P} > /dev/stdout": "dash bash ash", f"( true; {P} )": "dash bash ash",
    f"( {P} > /dev/stdout )": "dash bash ash", f"( ( {P} ) )": "dash bash ash", f"( true && {P} )": "dash bash ash",
    f"( true; true && {P} )": "dash ash", f"( true & {P} )": "dash ash", f"true && {P}": "dash ash",
    f"{{ true; {P}; }}": "dash ash", f"if true; then {P}; fi": "dash ash", f"case a in a) {P};; esac": "dash ash",
    f"( trap : TERM; {P} )": "", f"( ! {P} )": "", f"( {P}; true )": "", f"f() {{ {P}; }}; f": "",
    f"while true; do {P}; break; done": "",
}


def _said(shell, script):
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec("example.com/tools", ["sleep", "1000"], {}, "web", "1")).space.shell = shell
    session = engine.execute("web", [shell, "-c", script])
    engine.advance(engine.kernel.now + 10)
    return session.output().decode().split()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_of_a_text(script, shell):
    assert ("2" in _said(shell, script)) == (shell in SCRIPTS[script].split())


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("script", JOBS)
def test_of_a_job(script, shell):
    said = _said(shell, f"{script} & echo job $!; wait")
    job = said.pop(said.index("job") + 1)
    assert (job in said) == (shell in JOBS[script].split())


@pytest.mark.parametrize(("image", "waits"), [("docker.io/library/debian:12", True),
                                              ("docker.io/library/alpine:3.20", False)])
def test_the_shell_of_debian_keeps_sigterm_from_its_command(image, waits):
    engine = Engine(1_800_000_000.0)
    made = engine.start("web", Spec(image, ["sh", "-c", "bash -c 'trap \"exit 3\" TERM; while true; do sleep 1; done'"]
                                    if "debian" in image else
                                    ["sh", "-c", "ash -c 'trap \"exit 3\" TERM; while true; do sleep 1; done'"], {},
                                    "web", "1"))
    engine.advance(engine.kernel.now + 5)
    engine.kernel.kill(made.space.init, "TERM")
    engine.advance(engine.kernel.now + 5)
    assert (made.space.ended is None) == waits
