"""Nothing in a container reaches the host: no file, no variable, no address, no process, however it is asked for."""

import os

import pytest

from .conftest import Play

SECRET = "kubesim-host-secret-31415"
PROGRAMS = ["cat", "head -c 200", "tail -n 3", "sed -n p", "awk '{print}'", "grep -r .", "sort", "wc -c",
            "cut -c1-80", "od -c", "xxd",
            "base64", "md5sum", "strings", "tac", "rev", "nl", "diff /dev/null", "cmp /dev/null", "jq -R .", "ls -la",
            "stat", "find", "du -a",
            "tree", "file", "readlink -f", "realpath", "cp -r -t /tmp", "tar cf -", "gzip -c", "split",
            "dd status=none if=/dev/null of=/x; cat",
            "bash -c '. \"$0\"'", "sh", "shuf", "tee /tmp/t <", "xargs -a", "python3", "env cat", "timeout 1 cat",
            "nohup cat"]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A folder of the host with a secret in a file, a link, and the environment."""
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    monkeypatch.setenv("KUBESIM_SECRET", SECRET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_sees_the_host(host, program):
    above = "../" * 12
    for path in (f"{host}/secret", f"{host}/link", f"{above}{host}/secret", "secret", str(host), "/proc/self/environ",
                 "/proc/1/cwd/secret",
                 f"/proc/{os.getpid()}/environ", "/etc/shadow"):
        container = Play(f"{program} {path} 2>&1 | head -c 20000; ln -s {host}/secret /l; "
                         f"{program} /l 2>&1 | head -c 20000").until(20)
        assert SECRET not in container.text
        assert "bashkit" not in container.text


@pytest.mark.parametrize("script", [
    "env; set; export -p; awk 'BEGIN{for (k in ENVIRON) print k, ENVIRON[k]}'; jq -n env; jq -n '$ENV'; printenv",
    "mount; df; ip a; ss; ps -ef; ps aux",
    "hostname; uname -a; whoami; id; cat /etc/hostname; cat /proc/version; free; nproc; uptime",
    "awk 'BEGIN{system(\"env; cat /etc/passwd; ls /\"); \"hostname\" | getline x; print x}'",
    "sed -n '1e env' /etc/passwd; sed '1w /x' /etc/passwd",
    "find / -maxdepth 2; find / -name secret; find . -exec env \\;", "tar cf - / 2>/dev/null | tar tf - | head -50",
    "jq -n 'input_filename, $__loc__'",
    "echo x > /dev/tcp/127.0.0.1/22; curl -s http://169.254.169.254/; wget -q -O- http://localhost:8001; "
    "nc -w 1 127.0.0.1 22",
])
def test_no_variable_or_address_of_the_host(host, script):
    container = Play(script).until(200)
    assert SECRET not in container.text
    assert os.uname().nodename not in container.text or os.uname().nodename in ("web-12", "localhost")
    assert os.uname().release not in container.text
    assert "bashkit" not in container.text
    assert not os.path.exists("/x")
