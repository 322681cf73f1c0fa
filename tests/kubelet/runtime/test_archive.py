"""tar: what it says and does is what the real one says and does, where this machine has that."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec
from kubesim_cli.kubelet.runtime.kernel.files import User

START = 1_800_000_000.0
SCRIPTS = [
    "mkdir -p d/e; echo 1 > d/a; echo 22 > d/e/b; ln -s a d/l; chmod 640 d/a; tar cf t.tar --sort=name d; "
    "tar tf t.tar; mkdir x; tar xf t.tar -C x; ls -R x; cat x/d/l; stat -c %a x/d/a",
    "mkdir d; echo 1 > d/a; ln d/a d/h; tar --sort=name -cf - d | tar -tf -; "
    "tar -c --sort=name -f - d | (mkdir x; cd x; tar xvf -); cat x/d/h",
    "tar cf t.tar nope; echo $?; tar cf t.tar; echo $?; tar xf nope.tar; echo $?; tar; echo $?",
    "echo hello hello > f; tar xf f; echo $?; tar tf f 2>/dev/null; echo $?",
    "echo 1 > f; tar cf t.tar f; tar xf t.tar nope; echo $?; tar xf t.tar -C nope; echo $?; tar tf t.tar f",
    "echo 1 > a; echo 2 > b; tar czf t.tgz a b; tar tzf t.tgz; rm a b; tar xzf t.tgz; cat a b; tar xOf t.tgz b",
    "mkdir -p d/e/f; echo 1 > d/e/f/g; tar cf t.tar --exclude=f d; tar tf t.tar; tar cf t.tar d; mkdir x; "
    "tar xf t.tar --strip-components=2 -C x; find x",
    "echo 1 > f; tar cvf t.tar f; tar cf - f | tail -c+0 | tar tf -; tar -c -f t2.tar -v f; tar --create --file=t3.tar "
    "f; tar --list --file t3.tar; echo x > f; tar xf t3.tar; cat f; tar xkf t3.tar; echo $?",
    "mkdir d; cd d; echo 1 > a; tar cf ../t.tar .; tar tf ../t.tar; tar cf ../t.tar ../d/a; tar tf ../t.tar",
    "mkdir d; touch -d @86400 d/a d; tar cf t.tar d; mkdir x; tar xf t.tar -C x; stat -c '%Y' x/d/a; tar xmf t.tar; "
    "[ $(stat -c %Y d/a) -gt 1000000 ] && echo new",
]


def ours(script, shell="bash", user=None):
    """Return what a script says in an empty folder of a container."""
    engine = Engine(START)
    spec = Spec("debian" if shell == "bash" else "busybox", [shell, "-c", f"mkdir /tmp/w; cd /tmp/w; {script}"], {})
    if user:
        spec.user = user
    container = engine.start("c", spec)
    engine.advance(START + 10)
    return b"".join(data for _, _, data in container.said.new).decode()


@pytest.mark.skipif(not shutil.which("tar") or b"GNU" not in subprocess.run(
    ["tar", "--version"], capture_output=True).stdout, reason="needs GNU tar")
@pytest.mark.parametrize("script", SCRIPTS)
def test_as_gnu_tar(script, tmp_path):
    real = subprocess.run(["bash", "-c", f"exec 2>&1; {script}"], cwd=tmp_path, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    assert ours(script) == real.stdout


def test_as_busybox():
    assert ours("tar cf t.tar nope; echo $?; tar xf nope.tar; echo $?; echo 1 > /f; tar cf t.tar /f; tar tf t.tar",
                "ash") == (
        "tar: nope: No such file or directory\ntar: error exit delayed from previous errors\n1\n"
        "tar: can't open 'nope.tar': No such file or directory\n1\ntar: removing leading '/' from member names\nf\n")


def test_owners_are_kept_by_root_alone():
    script = ("echo 1 > f; chown 1000:2000 f; chmod 4755 f; tar cf t.tar f; rm f; tar xf t.tar; stat -c '%u %g %a' f; "
              "tar xf t.tar --no-same-owner --no-same-permissions; stat -c '%u %g %a' f; tar tvf t.tar")
    assert ours(script).splitlines()[:2] == ["1000 2000 4755", "0 0 755"]
    assert ours("umask 27; echo 1 > f; chmod 666 f; tar cf t.tar f; tar xf t.tar; stat -c '%u %g %a' f; "
                "tar xf t.tar -C /etc; echo $?", user=User(5, 6)) == (
                    "5 6 640\ntar: f: Cannot open: Permission denied\ntar: Exiting with failure status due to previous "
                    "errors\n2\n")


def test_nothing_leads_out_of_a_folder():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in ("../../up", "a/../../b", "/root/c", "fine"):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    engine = Engine(START)
    engine.start("c", Spec("debian", ["sleep", "9"]))
    session = engine.execute("c", ["tar", "xf", "-", "-C", "/tmp"], stdin=True)
    session.stdin.feed(engine.kernel, made.getvalue(), True)
    engine.advance(START + 1)
    assert session.code == 2
    assert b"Member name contains '..'" in session.output("stderr")
    found = engine.execute("c", ["find", "/tmp", "-type", "f"])
    engine.advance(START + 2)
    assert sorted(found.output().split()) == [b"/tmp/fine", b"/tmp/root/c", b"/tmp/up"]
