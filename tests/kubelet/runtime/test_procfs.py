"""/proc, /sys and /dev as the programs of a container see them."""

import json

import pytest

from kubesim_cli.kubelet.runtime import capabilities
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec
from kubesim_cli.kubelet.runtime.kernel.files import User

START = 1_800_000_000.0


@pytest.fixture
def run():
    engine = Engine(START)
    engine.start("a", Spec("debian", ["sleep", "1d"], {"KEY": "value"}, user=User(1000, 2000, (3000,)),
                           mounts=(Mount("/data", "data", "", True),), memory=1 << 26, cpu=500,
                           address="10.244.0.3"))
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


def test_they_are_listed(run):
    names = run("ls", "/proc")[1].split()
    assert {"1", "2", "self", "meminfo", "net", "sys"} <= set(names)
    assert run("ls", "-l", "/proc/1/exe")[1].endswith(" /proc/1/exe -> /usr/bin/sleep\n")
    assert run("sh", "-c", "for p in /proc/[0-9]*; do cat $p/comm; done")[1].split() == ["sleep", "sh"]
    assert run("sh", "-c", "cd /proc/1 && cat comm && ls fd && readlink cwd") == (0, "sleep\n0\n1\n2\n/\n")
    assert run("sh", "-c", "[ -d /proc/1 ] && [ ! -e /proc/99 ] && [ -e /dev/stdout ] && [ -r /proc/1/status ]")[0] == 0
    assert "pipe:[" in run("ls", "-l", "/proc/self/fd")[1]
    assert run("find", "/sys", "-name", "online") == (0, "/sys/devices/system/cpu/online\n")
    assert "/proc/1/comm\n" in run("find", "/proc/1")[1]


@pytest.mark.parametrize("path, said", [
    ("/sys/fs/cgroup/cpu.max", "50000 100000\n"), ("/sys/fs/cgroup/memory.max", "67108864\n"),
    ("/sys/class/net/eth0/address", "0a:58:0a:f4:00:03\n"), ("/proc/sys/net/core/somaxconn", "4096\n"),
    ("/proc/sys/kernel/hostname", "localhost\n")])
def test_limits_and_settings(run, path, said):
    assert run("cat", path) == (0, said)


@pytest.mark.parametrize("script", ["echo x > /proc/1/comm", "touch /sys/x", "mkdir /proc/x", "rm -rf /proc/1",
                                    "chmod 777 /proc/1/comm", "chown 1 /proc/version", "mv /proc/version /tmp/v",
                                    "ln -s x /proc/x", "cat /dev/tty", "cp /etc/passwd /proc/version"])
def test_nothing_is_written_there(run, script):
    before = run("ls", "/proc")
    assert run("sh", "-c", script)[0] not in (0, 137)
    assert run("ls", "/proc")[1].split()[-3:] == before[1].split()[-3:]


def test_devices(run):
    rows = {row.split()[-1]: row for row in run("ls", "-l", "/dev")[1].splitlines()[1:]}
    assert " 1, 5 " in rows["zero"] and " 5, 0 " in rows["tty"] and rows["/proc/self/fd/1"].startswith("l")
    assert run("sh", "-c", "echo a > /dev/stdout; echo b > /dev/fd/1") == (0, "a\nb\n")
    assert run("sh", "-c", "echo x > /dev/shm/y && cat /dev/shm/y") == (0, "x\n")


def test_a_stored_container_has_them(run):
    engine = Engine(START)
    engine.start("a", Spec("busybox", ["sleep", "1d"]))
    again = Engine.thaw(*engine.freeze())
    session = again.execute("a", ["ls", "/proc/1/fd"])
    again.advance(START + 1)
    assert session.output() == b"0\n1\n2\n"


def test_a_descriptor_tells_its_file(run):
    code, said = run("sh", "-c", "exec 3> /tmp/x; ls -l /proc/self/fd/ > /dev/null; readlink /proc/$$/fd/3")
    assert (code, said) == (0, "/tmp/x\n")


def test_looking_through_all_of_it_is_quick(run):
    from time import process_time

    began = process_time()
    assert run("sh", "-c", "for i in 1 2 3 4 5; do sleep 9 & done; grep -r nosuch /proc; ls -lR /proc | wc -l")[0] == 0
    assert process_time() - began < 3


def test_maps_tell_the_program(run):
    code, said = run("cat", "/proc/1/maps")
    assert code == 0
    assert "/usr/bin/sleep\n" in said and "[stack]\n" in said


@pytest.mark.parametrize("context, mask", [
    ({}, "00000000a80425fb"), ({"privileged": True}, "000001ffffffffff"), ({"runAsUser": 0}, "00000000a80425fb"),
    ({"capabilities": {"add": ["NET_ADMIN", "SYS_TIME"]}}, "00000000aa0435fb"),
    ({"capabilities": {"drop": ["ALL"], "add": ["CAP_KILL"]}}, "0000000000000020"),
])
def test_capabilities_are_those_of_the_security_context(context, mask):
    engine = Engine(START)
    engine.start("a", Spec("busybox", ["sleep", "1d"], capable=capabilities.of({"securityContext": context})))
    session = engine.execute("a", ["grep", "Cap[PE]", "/proc/self/status"])
    engine.advance(START + 1)
    assert session.output().decode() == f"CapPrm:\t{mask}\nCapEff:\t{mask}\n"


def test_ps_tells_users_by_their_names_cut_where_they_are_long():
    engine = Engine(START)
    engine.start("a", Spec("registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10", ["sleep", "1d"], user=User(1000, 1000)))
    session = engine.execute("a", ["ps", "-ef"])
    engine.advance(START + 1)
    assert session.output().decode().splitlines()[1].split()[0] == "zookeep+"


def test_settings_of_the_kernel(terminal):
    """Those that a pod asks for, and what a privileged program of a container has set in it."""
    def make(name, **context):
        own = {"privileged": True} if context.pop("privileged", None) else {}
        terminal.ok("kubectl apply -f -", json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
                "securityContext": context, "containers": [{
                    "name": "c", "image": "busybox", "command": ["sleep", "infinity"], "securityContext": own}]}}))

    make("asks", sysctls=[{"name": "kernel.shm_rmid_forced", "value": "1"}, {"name": "net/core/rmem", "value": "4 5"}])
    make("sets", privileged=True)
    terminal.advance("5s")
    assert terminal.ok("kubectl exec asks -- sh -c 'sysctl kernel.shm_rmid_forced; cat /proc/sys/net/core/rmem'") == (
        "kernel.shm_rmid_forced = 1\n4 5\n")
    assert terminal.ok("kubectl exec sets -- sysctl -w vm.max_map_count=300000") == "vm.max_map_count = 300000\n"
    assert terminal.ok("kubectl exec sets -- cat /proc/sys/vm/max_map_count") == "300000\n"
    assert "'a.b' is an unknown key" in terminal("kubectl exec sets -- sysctl -w a.b=1").err
    assert terminal.ok("kubectl exec asks -- sysctl -n vm.max_map_count") == "262144\n"
