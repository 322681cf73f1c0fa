"""What the kubelet asks of the runtime: containers, volumes, exec, ends, state."""

import json

import pytest

from kubesim_cli.kubelet.runtime import bin as programs
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec, StartError
from kubesim_cli.kubelet.runtime.entry import CREATE
from kubesim_cli.kubelet.runtime.freeze import Store
from kubesim_cli.kubelet.runtime.kernel.files import User

START = 1_800_000_000.0


@pytest.fixture
def engine():
    return Engine(START)


def said(engine, name, stream="stdout"):
    return b"".join(data for _, which, data in engine.containers[name].said.new if which == stream).decode()


def test_containers_end_at_their_moments(engine):
    engine.start("a", Spec("debian", ["sh", "-c", "sleep 3; exit 4"]))
    engine.start("b", Spec("busybox", ["sleep", "5"]))
    first, = engine.advance(START + 10)
    assert (first.container, first.at, first.code, first.reason) == ("a", START + 3, 4, "Error")
    second, = engine.advance(START + 10)
    assert (second.container, second.at, second.code, second.reason) == ("b", START + 5, 0, "Completed")
    assert engine.advance(START + 10) == []
    assert engine.next() is None


@pytest.mark.parametrize(("argv", "message", "code"), [
    (["nosuch"], 'exec: "nosuch": executable file not found in $PATH: unknown', 127),
    (["/bin/nosuch"], 'exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory: unknown', 127),
    (["/etc/passwd"], 'exec: "/etc/passwd": permission denied: unknown', 126),
])
def test_a_program_that_cannot_be_started(engine, argv, message, code):
    with pytest.raises(StartError) as error:
        engine.start("a", Spec("debian", argv))
    assert (error.value.message, error.value.code) == (CREATE + message, code)
    assert not engine.containers


def test_a_volume_outlives_its_containers(engine):
    engine.start("a", Spec("debian", ["sh", "-c", "echo kept > /data/f"], mounts=(Mount("/data", "claim"),)))
    engine.advance(START + 1)
    engine.remove("a")
    engine.start("b", Spec("debian", ["cat", "/srv/f"], mounts=(Mount("/srv", "claim", read_only=True),)))
    engine.start("c", Spec("debian", ["sh", "-c", "echo x > /srv/f; touch /srv/g; rm /srv/f; chmod 600 /srv/f"],
                           mounts=(Mount("/srv", "claim", read_only=True),)))
    engine.start("d", Spec("debian", ["cat", "/one"], mounts=(Mount("/one", "claim", "f"),)))
    engine.advance(START + 2)
    engine.advance(START + 2)
    assert said(engine, "b") == said(engine, "d") == "kept\n"
    assert said(engine, "c", "stderr").count("Read-only file system") == 4
    engine.remove_volume("claim")
    assert "f" not in engine.volume("claim").root.entries


def test_a_full_volume(engine):
    engine.volume("small", 4096)
    engine.start("a",
                 Spec("debian",
                      ["sh", "-c",
                       "head -c 9000 /dev/zero > /v/f; echo $?; echo x > /v/g; rm /v/f; echo y > /v/g; cat /v/g"],
                           mounts=(Mount("/v", "small"),)))
    engine.advance(START + 1)
    assert said(engine, "a") == "1\ny\n"
    assert "No space left on device" in said(engine, "a", "stderr")


def test_a_user_without_rights(engine):
    engine.volume("v").root.mode, engine.volume("v").root.gid = 0o2775, 2000
    engine.start("a",
                 Spec("debian",
                      ["sh", "-c",
                       "id; touch /etc/x; touch /v/f; ls -ln /v; cat /root/s; echo >> /etc/passwd; kill 1; ps"],
                           user=User(1000, 3000, (2000,)), mounts=(Mount("/v", "v"),)))
    engine.advance(START + 1)
    assert said(engine, "a").startswith(
        "uid=1000 gid=3000 groups=3000,2000\ntotal 0\n-rw-r--r-- 1 1000 2000 0 Jan 15 08:00 f\n")
    assert said(engine, "a", "stderr").count("ermission denied") == 2


@pytest.mark.parametrize(("memory", "end"), [(64 << 20, (137, "OOMKilled")), (None, (0, "Completed"))])
def test_out_of_memory(engine, memory, end):
    engine.start("a", Spec("debian", ["sh", "-c", "tail /dev/zero; echo $?"], memory=memory))
    ended, = engine.advance(START + 1)
    assert (ended.code, ended.reason) == end


def test_exec_beside_a_process(engine):
    engine.start("a", Spec("debian", ["sh", "-c", "trap 'exit 7' TERM; sleep infinity & wait"], env={"A": "b"}))
    engine.advance(START + 1)
    session = engine.execute("a", ["sh", "-c", "echo $A; cat; exit 3"], stdin=True)
    engine.advance(START + 2)
    session.stdin.feed(engine.kernel, b"in\n")
    engine.advance(START + 3)
    assert (session.output(), session.code) == (b"b\nin\n", None)
    session.stdin.feed(engine.kernel, b"", True)
    engine.advance(START + 3)
    assert session.code == 3
    engine.execute("a", ["kill", "1"])
    assert [(each.code, each.at) for each in engine.advance(START + 9)] == [(7, START + 3)]


DIALOGUE = [
    ("", "# "), ("echo hi\r", "echo hi\nhi\n# "), ("for i in 1 2\r", "for i in 1 2\n> "),
    ("do echo $i; done\r", "do echo $i; done\n1\n2\n# "),
    ("nosuch\r", "nosuch\nsh: 1: nosuch: not found\n# "), ("fi\r", 'fi\nsh: 1: Syntax error: "fi" unexpected\n# '),
    ("sleep 100\r", "sleep 100\n"),
    ("\x03", "^C\n# "), ("echo $?\r", "echo $?\n130\n# "), ("ech\x7fho a b\x17c\r", "ech\b \bho a b\b \bc\na c\n# "),
    ("read x\r", "read x\n"), ("typed\r", "typed\n# "), ("echo $x\r", "echo $x\ntyped\n# "),
    ("\x1b[A\x1b[A\x1b[B\r", None), ("half\x03", "half^C\n# "),
    ("cat\r", "cat\n"), ("line\r", "line\nline\n"), ("\x04", "# "),
    ("echo ${q:?no}; echo x\r", "echo ${q:?no}; echo x\nsh: 1: q: no\n# "),
    ("trap 'echo int' INT\r", None), ("exit 7\r", "exit 7\n"),
]


@pytest.mark.parametrize("stored", [False, True])
def test_a_prompt(engine, stored):
    engine.start("a", Spec("debian", ["sleep", "infinity"]))
    session = engine.execute("a", ["sh"], terminal=True)
    terminal, process = session.terminal, session.process
    for number, (typed, shown) in enumerate(DIALOGUE):
        terminal.type(engine.kernel, typed.encode())
        engine.advance(START + number)
        found = terminal.take().decode().replace("\r\n", "\n")
        assert shown is None or found == shown
        if stored and process.status is None:
            records, blobs = engine.freeze()
            engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
            process = next(each for each in engine.containers["a"].space.processes.values() if each.argv == ["sh"])
            terminal = process.fds[0]
    assert process.status == 7


@pytest.mark.parametrize(("image", "argv", "prompt"), [
    ("busybox", ["sh"], "/ # "), ("debian", ["bash"], "root@localhost:/# "), ("alpine:3", ["sh"], "/ # ")])
def test_prompts(engine, image, argv, prompt):
    engine.start("a", Spec(image, ["sleep", "infinity"]))
    session = engine.execute("a", argv, terminal=True)
    engine.advance(START)
    assert session.terminal.take().decode() == prompt
    session.terminal.hang_up(engine.kernel)
    engine.advance(START)
    assert session.code == 0


def test_state_is_small(engine):
    engine.start("a", Spec("debian", ["sh", "-c", "while true; do date >> /log; sleep 1; done"]))
    engine.advance(START + 86400)
    before, _ = engine.freeze()
    engine.advance(START + 86400 + 30)
    after, blobs = engine.freeze()
    changed = [name for name in after if before.get(name) != after[name]]
    assert len(after) < 40
    assert len(changed) < 12
    assert sum(map(len, blobs.values())) > 86400 * 29


def test_every_program_can_be_stored():
    store, played = Store(), {name: programs.program(name) for name in programs.names()}
    records, blobs = store.freeze(played)
    assert Store().thaw(json.loads(json.dumps(records)), blobs) == played


def _thawed(engine):
    records, blobs = engine.freeze()
    return Engine.thaw(json.loads(json.dumps(records)), blobs), records


def _run(engine, *argv):
    session = engine.execute("a", list(argv))
    engine.advance(START + 1)
    return b"".join(data for _, data in session.take()).decode()


def test_of_users_programs_that_have_ended_nothing_is_kept(engine):
    engine.start("a", Spec("busybox", ["sleep", "1000"]))
    before = None
    for _ in range(20):
        engine.execute("a", ["sh", "-c", "sleep 0.1 & true"], guest=True)
        engine.advance(engine.kernel.now + 1)
        records = _thawed(engine)[1]
        space = next(record for name, record in records.items() if name.startswith("Space"))
        assert before is None or space["guests"] == before
        before = space["guests"]


def test_of_programs_that_would_have_waited_longer_nothing_is_kept(engine):
    engine.start("web", Spec("busybox", ["sh", "-c", "while sleep 1; do timeout 900 sleep 0.1; done"]))
    engine.advance(engine.kernel.now + 300)
    copy = engine.copy("web")
    for each in (copy, engine):
        assert sum(name.startswith("Process") for name in each.freeze()[0]) < 6


def test_files_of_an_image_are_made_when_somebody_asks_for_them(engine):
    engine.start("a", Spec("busybox", ["sleep", "1000"]))
    _run(engine, "cat", "/etc/passwd")
    root = engine.containers["a"].space.tree.root
    assert len(root.volume.made) < 40
    records = _thawed(engine)[1]
    assert not [name for name in records if name.startswith("Inode@") and "/usr" in name]
    assert len(root.volume.made) < 40
    listed = _run(engine, "ls", "/bin").split()
    assert {"cat", "sh", "wget", "vi"} <= {*listed} and len(listed) > 350
    assert listed == sorted(listed) == _run(_thawed(engine)[0], "ls", "/bin").split()


@pytest.mark.parametrize(("change", "look", "seen"), [
    ("chmod 700 /bin/cat", "ls -l /bin/cat", "-rwx------"), ("rm /bin/cat /bin/wc", "cat /f", "not found"),
    ("mv /bin/cat /bin/c", "c /etc/hostname", "localhost"), ("ln /bin/cat /bin/cat2", "stat -c %h /bin/cat", "2\n"),
    ("echo echo new > /bin/wc", "wc", "new\n"), ("rm -r /etc/group /root", "ls -d /etc/group /root", "No such file"),
    ("cp /bin/cat /bin/dog; rm /bin/cat", "dog /etc/hostname", "localhost"),
    ("mv /usr/bin /usr/old; /usr/old/mv /usr/old /usr/bin", "ls -d /usr/old /usr/bin/cat", "/usr/bin/cat"),
    ("mkdir /bin/d; touch /bin/d/x", "ls /bin/d", "x\n"), ("ln -s cat /bin/k", "k /etc/hostname", "localhost"),
])
def test_what_is_done_to_files_of_an_image_lasts(engine, change, look, seen):
    engine.start("a", Spec("docker.io/library/debian:12", ["sleep", "1000"], hostname="localhost"))
    _run(engine, "sh", "-c", change)
    once = _thawed(engine)[0]
    for each in (engine, once, _thawed(once)[0]):
        assert seen in _run(each, "sh", "-c", look)
