"""/proc as the programs of a container read it."""

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec
from kubesim_cli.kubelet.runtime.kernel.files import User

START = 1_800_000_000.0


@pytest.fixture
def run():
    engine = Engine(START)
    engine.start("a", Spec("debian", ["sleep", "1d"], {"KEY": "value"}, user=User(1000, 2000, (3000,)),
                           mounts=(Mount("/data", "data", "", True),)))
    engine.advance(START + 90)

    def run(*argv):
        session = engine.execute("a", list(argv))
        engine.advance(START + 91)
        return session.code, session.output().decode()
    return run


@pytest.mark.parametrize("path, said", [
    ("/proc/1/cmdline", "sleep\x001d\x00"),
    ("/proc/1/comm", "sleep\n"),
    ("/proc/self/comm", "cat\n"),
    ("/proc/uptime", "90.00 360.00\n"),
])
def test_files(run, path, said):
    assert run("cat", path) == (0, said)


def test_what_a_process_is(run):
    code, said = run("cat", "/proc/1/status")
    rows = dict(row.split(":\t", 1) for row in said.splitlines())
    assert (code, rows["Name"], rows["State"], rows["Uid"]) == (0, "sleep", "S (sleeping)", "1000\t1000\t1000\t1000")
    assert (rows["Gid"].split()[0], rows["Groups"], rows["CapEff"]) == ("2000", "3000 ", "0000000000000000")
    assert "KEY=value\0" in run("cat", "/proc/1/environ")[1]


def test_mounts(run):
    for argv in (("cat", "/proc/mounts"), ("cat", "/proc/1/mounts")):
        assert "/dev/vda1 /data ext4 ro,relatime 0 0\n" in run(*argv)[1]
    assert "/dev/vda1 on /data type ext4 (ro,relatime)\n" in run("mount")[1]


def test_text_programs_read_them_too(run):
    assert run("awk", "/MemTotal/{print $2}", "/proc/meminfo") == (0, "8388608\n")
    assert run("grep", "-c", "processor", "/proc/cpuinfo") == (0, "4\n")


def test_what_is_not_there(run):
    assert run("cat", "/proc/77/status")[0] == 1
    assert run("sh", "-c", "echo x > /proc/version")[0] != 0
