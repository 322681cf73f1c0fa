"""Nothing in a container sees the machine that kubesim runs on, and nothing there runs without bounds."""

from __future__ import annotations

import os
import socket
import time

import pytest

from kubesim_cli.kubelet.runtime import bin as programs
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec

START = 1_800_000_000.0
SECRET = "seen-on-the-host"
LONGEST = 5.0    # seconds of the processor that an answer may take
MOST = 80 << 20  # bytes that may be said


class Shell:
    """A container with a volume; `shell(script)`: (what it says, exit code or None, seconds of the processor)."""

    def __init__(self, image="example.com/tools"):
        self.engine = Engine(START)
        self.engine.start("a", Spec(image, ["sleep", "infinity"], memory=64 << 20, mounts=(Mount("/v", "v"),)))

    def __call__(self, script, *argv):
        began = time.process_time()
        session = self.engine.execute("a", [*(argv or ("sh", "-c")), *([script] if script else [])])
        self.engine.advance(self.engine.kernel.now + 30)
        said = (session.output() + session.output("stderr")).decode("utf-8", "replace")
        return said, session.code, time.process_time() - began


@pytest.fixture(scope="module")
def shell():
    return Shell()


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A folder of the host with a secret in a file."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "file").write_text(f"{SECRET}\n")
    (folder / "main.py").write_text(f"print('{SECRET}')\n")
    return folder


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    monkeypatch.setenv("HOST_SECRET", SECRET)


# How programs are called that want something before the file: all others get its name alone.
CALLS = {
    "awk": "awk '{{print}}' {0}", "gawk": "gawk '{{print}}' {0}", "mawk": "mawk '{{print}}' {0}", "sed": "sed p {0}",
    "grep": "grep . {0}", "egrep": "egrep . {0}", "fgrep": "fgrep s {0}", "rg": "rg . {0}", "jq": "jq -R . {0}",
    "yq": "yq . {0}", "cp": "cp {0} /tmp/c; cat /tmp/c", "mv": "mv {0} /tmp/c; cat /tmp/c",
    "ln": "ln {0} /tmp/c; cat /tmp/c",
    "tar": "tar cf - {0}", "dd": "dd if={0}", "tr": "tr a a < {0}", "xargs": "xargs -a {0} echo", "sh": "sh {0}",
    "bash": "bash -c '. {0}'", "env": "env -S {0}", "find": "find {0} -type f -exec cat {{}} +",
    "install": "install {0} /tmp/c",
    "tee": "echo x | tee -a {0}", "split": "split {0} /tmp/s; cat /tmp/s*", "sort": "sort -o /tmp/c {0}; cat /tmp/c",
    "curl": "curl -s file://{0}; curl -s -T {0} http://127.0.0.1/; curl -s -K {0}", "wget": "wget -qO- -i {0}",
    "nc": "nc 127.0.0.1 1 < {0}", "diff": "diff /dev/null {0}", "cmp": "cmp /dev/null {0}", "join": "join {0} {0}",
    "python": "python -c 'print(open(\"{0}\").read())'", "python3": "python3 {0}", "patch": "patch -i {0}",
    "mysql": "mysql -e 'source {0}'", "psql": "psql -f {0}", "chmod": "chmod 777 {0}", "rm": "rm -f {0}",
    "truncate": "truncate -s 0 {0}", "touch": "touch {0}", "mount": "mount {0} /mnt; cat /mnt", "xxd": "xxd {0}"}


@pytest.mark.parametrize("name", programs.names())
def test_no_program_sees_or_changes_files_of_the_host(shell, host, name):
    """By their path, by a link, by `..` from a volume, and by /proc."""
    path = host / "file"
    before = path.read_text(), path.stat().st_mode, sorted(each.name for each in host.iterdir())
    shell(f"ln -sfn {host} /v/link; mkdir -p /v/a")
    call = CALLS.get(name, name + " {0}")
    for place in (path, "/v/link/file", f"/v/a/../../../../../..{path}", f"/proc/1/root{path}",
                  f"/proc/self/cwd/../../..{path}"):
        said, _, took = shell(call.format(place))
        assert SECRET not in said
        assert took < LONGEST
    assert before == (path.read_text(), path.stat().st_mode, sorted(each.name for each in host.iterdir()))


@pytest.mark.parametrize("script", [
    "env; printenv; export -p; set; echo $HOST_SECRET", "cat /proc/*/environ; tr '\\0' '\\n' < /proc/1/environ",
    "awk 'BEGIN{for(k in ENVIRON) print k, ENVIRON[k]}'", "jq -n env; jq -n '$ENV'", "echo '$HOST_SECRET' | envsubst",
    "awk 'BEGIN{system(\"env\"); \"printenv HOST_SECRET\" | getline x; print x}'", "find / -maxdepth 1 -exec env {} +",
    "python -c 'import os; print(os.environ)'", "perl -e 'print %ENV'", "node -e 'console.log(process.env)'",
    "sed 'e env' /etc/passwd; sed -n '1e env' /etc/passwd", "mysql -e 'system env'; psql -c '\\! env'"])
def test_variables_of_the_host_are_not_seen(shell, script):
    assert SECRET not in shell(script)[0]


@pytest.mark.parametrize("script", ["hostname; uname -a; hostname -f; cat /etc/hostname /etc/hosts",
                                    "id; whoami; who; w",
                                    "pwd; ls /; df; mount; cat /proc/mounts", "ps aux; ls /proc; cat /proc/*/cmdline",
                                    "ip a; ifconfig; hostname -i; cat /proc/net/dev; ls /sys/class/net; netstat -an"])
def test_names_and_addresses_of_the_host_are_not_seen(shell, script):
    said = shell(script)[0]
    words = {socket.gethostname(), os.getcwd(), f"{os.getpid()} ", "pytest"} - {"localhost", "/", "/root"}
    assert not [word for word in words if word in said.split() or f"{word}/" in said]


def test_sockets_of_the_host_are_not_reached(shell):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        port = server.getsockname()[1]
        for script in (f"curl -s -m 2 http://127.0.0.1:{port}/", f"wget -T 2 -qO- http://localhost:{port}/",
                       f"echo x | nc -w 2 127.0.0.1 {port}", f"nc -w 2 0.0.0.0 {port}",
                       f"echo > /dev/tcp/127.0.0.1/{port}",
                       f"telnet 127.0.0.1 {port}", f"redis-cli -p {port} ping",
                       f"mysql -h 127.0.0.1 -P {port} -e 'select 1'",
                       f"psql -h 127.0.0.1 -p {port} -c 'select 1'", f"curl -s http://[::1]:{port}/"):
            said, code, took = shell(script)
            assert code not in (0, None) and took < LONGEST, (script, said)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("script", ["nslookup github.com; dig github.com; getent hosts github.com",
                                    f"curl -s -m 3 http://{SECRET}.example/; wget -T 2 -qO- https://pypi.org/",
                                    "ping -c1 -W1 8.8.8.8"])
def test_nothing_is_asked_of_real_name_servers(shell, monkeypatch, script):
    def refused(*args, **kwargs):
        raise AssertionError("a real socket")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert shell(script)[1] != 0


BOUNDED = ["yes", "cat /dev/zero", "tail /dev/zero", "while :; do :; done", "while :; do echo x; done",
           "f() { f | f & }; f",
           ":(){ :|:& };:", "x=a; while :; do x=$x$x; done", "awk 'BEGIN{while(1);}'",
           "awk 'BEGIN{x=\"a\"; while(1) x=x x}'",
           "head -c 10000000000 /dev/zero > /v/big", "dd if=/dev/zero of=/v/big bs=1M count=100000",
           "truncate -s 100G /v/big", "fallocate -l 100G /v/big", "seq 1 100000000 | sort", "cat $(yes | head -100000)",
           "for i in $(seq 1 1000000); do touch /v/f$i; done", "i=0; while :; do i=$((i+1)); mkdir -p /v/d$i; done",
           "exec sh -c 'exec sh -c \"$0\"' ; sh $0", "eval \"$(printf '$(%.0s' $(seq 1 400))\"",
                                                                                 "trap '' TERM; while :; do :; done",
           "s='exec sh -c \"$s\"'; export s; eval \"$s\"", "jq -n '[range(1e9)]'", "sed ':a;s/^/x/;ta' /etc/passwd",
           "grep -E '(((((a*)*)*)*)*)*b' /etc/passwd", "find / -exec find / -exec find / \\; \\;", "bc <<< '9^9^9^9'",
           "printf '%1000000000d' 1", "awk 'BEGIN{printf \"%1000000000d\", 1}'", "mapfile x < /dev/zero",
           "echo $((2**63)) ${x:-$(seq 1 10000000)}", "mkfifo /v/p; cat /v/p", "read x < /dev/zero",
           "base64 /dev/urandom", "gzip -c /dev/zero", "tar cf /v/t.tar /dev/zero /proc", "sleep 1d & wait",
           "xargs -P 0 sh < /dev/zero"]


@pytest.mark.parametrize("script", BOUNDED)
def test_what_has_no_end_has_bounds(script):
    said, code, took = Shell()(script)
    assert took < 3 * LONGEST and len(said) < MOST, (code, took, len(said))


def test_archives_stay_where_they_are_unpacked(shell, host, tmp_path):
    import io
    import tarfile

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind, target in ((f"../../../../..{tmp_path}/up", tarfile.REGTYPE, ""),
                                    (f"{tmp_path}/whole", tarfile.REGTYPE, ""),
                                   ("link", tarfile.SYMTYPE, str(host)), ("link/file", tarfile.REGTYPE, ""),
                                   ("hard", tarfile.LNKTYPE, str(host / "file"))):
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, target, 4 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"evil"))
    tree = shell.engine.containers["a"].space.tree
    tree.put("/v/evil.tar", made.getvalue(), now=START)
    shell("mkdir -p /v/x; cd /v/x; tar xf ../evil.tar; tar xPf ../evil.tar; cat link/* hard")
    assert not list(tmp_path.iterdir()) and (host / "file").read_text() == f"{SECRET}\n"
    assert SECRET not in shell("cat /v/x/hard")[0]
