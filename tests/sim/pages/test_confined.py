"""A page changes nothing of the machine that it is verified on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import isolated
from kubesim_cli.sim.pages.confined import confine, version, web_ports
from kubesim_cli.sim.pages.model import BadPage
from kubesim_cli.sim.pages.outcome import Options
from kubesim_cli.sim.pages.programs import why_not

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
needs_landlock = pytest.mark.skipif(not version(), reason="needs Linux with Landlock")


# Prints a kuberc by which `config set-context` changes the file new in the folder $X.
KUBERC = r"""printf '%s\n' 'apiVersion: kubectl.config.k8s.io/v1beta1' 'kind: Preference' 'defaults:' """ \
    r"""'- command: config set-context' '  options:' '  - name: kubeconfig' "    default: $X/new" """


@pytest.fixture
def replayed(tmp_path, monkeypatch):
    """Replay a page of that text as `sim verify` does, in a process of its own; returns its Report, or raises BadPage.
    """
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))

    def replay(text: str):
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        done, = isolated.reports([str(tmp_path / "page.md")], execute, Options())
        if isinstance(done, BadPage):
            raise done
        return done

    return replay


@needs_landlock
@pytest.mark.parametrize("text", [
    "X={}; sh -c \"rm -r $X\"", "X={}; rm $X/kept", "X={}; ln -s $X a; echo new > a/kept", "X={}; cd $X; touch new",
    "X={}; mv $X/kept .", "X={}; ln -s $X a; kubectl cp web:/etc/hostname a/new",
    "X={}; ln -s $X a\nkubectl config set-context b --kubeconfig a/new",
    "X={}; export KUBECONFIG=$X/new\nkubectl config set-context b",
    "X={}; export HOME=$X\nkubectl config set-context b",
    "X={}; eval export KUBESIM_\"HOME=$X\"\nkubectl create namespace b\nkubectl config use-context b",
    "export KUBECTL_EXTERNAL_DIFF='touch {}/new'\nkubectl create cm a -o yaml --dry-run=client > a\nkubectl diff -f a",
    "kubectl create cm a -o yaml --dry-run=client > a\nX={}; echo touch $X/new > ~/.kubesim/bin/own\n"
    "chmod +x ~/.kubesim/bin/own; mv ~/.kubesim/bin/own ~/.kubesim/bin/diff\nkubectl diff -f a",
    "X={}; export EDITOR=\"touch $X/new\"; kubectl create cm a -o yaml --dry-run=client > a\n"
    "kubectl create --edit=true -f a",
    "X={}; export KUBESIM_LOG=$X/new\nkubectl create namespace b\nkubectl get pods --watch",
    "X={}; ln -s $X/new b; cp b ~/.kubesim/config -Pf\nkubectl config set-context b",
    "mkdir b; X={}; ln -s $X b/default; ln -s $X/new b/nodes.json\nkubectl cluster-info dump --output-directory=b",
    "mkdir b; X={}; ln -s $X/new b/hostname\nkubectl cp web:/etc b",
    f"X={{}}; {KUBERC} > ~/.kubesim/kuberc\nkubectl config set-context b",
    f"X={{}}; {KUBERC} > b; export KUBERC=$PWD/b\nkubectl config set-context b",
    f"X={{}}; {KUBERC} > b\nkubectl config set-context b --kuberc=b",
    "X={}; rm -rf ../scripts ../kept; ln -s $X ../scripts; ln -s $X ../kept\necho a | cat",
    "X={}; cd ..; mv work b; ln -s $X work\nkubectl create cm a -o yaml --dry-run=client > a",
])
def test_what_words_do_not_tell_is_stopped_too(replayed, foreign, text):
    page = "```shell\nkubectl run web --image=nginx\nkubectl wait pod/web --for=condition=Ready\n"
    report = replayed(page + text.format(foreign) + "\n```\n")
    assert "left out" not in [one.state for one in report.outcomes]


@needs_landlock
def test_a_page_that_takes_the_cluster_away_cannot_be_verified(replayed, foreign):
    with pytest.raises(BadPage, match="takes kubesim's own files away"):
        replayed(f"```shell\nX={foreign}; rm -rf ~/.kubesim/clusters; ln -s $X ~/.kubesim/clusters\n"
                 "kubectl create namespace b\n```\n")


def test_a_file_of_a_page_is_in_its_folder(replayed, foreign):
    page = "".join(f"<!-- kubesim: file {name} -->\n```yaml\na: b\n```\n" for name in (
        f"{foreign}/new", f"a/../../../../../../../../..{foreign}/new", "b/new"))
    report = replayed(f"```shell\nX={foreign}; ln -s $X b\n```\n{page}```\n$ ls\nb\n```\n")
    assert [one.state for one in report.outcomes] == ["ran", "equal"], report.bad


@needs_landlock
def test_no_process_is_signalled_but_its_own(replayed):
    if version() < 6:
        pytest.skip("needs signals in Landlock")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        report = replayed(f"```shell\nX={process.pid}; kill $X\ncat /dev/zero >/dev/null & kill $!\n```\n")
        assert [one.state for one in report.outcomes] == ["failed", "ran"]
        assert process.poll() is None
        process.communicate(b"\n")


@needs_landlock
def test_a_confined_program_changes_files_of_its_folder(tmp_path, foreign):
    inside = tmp_path / "inside"
    inside.mkdir()
    script = f"mkdir a; echo b > a/b; mv a/b c; rm -r a; : > c; echo >/dev/null; cat {foreign}/kept; ! : > {foreign}/e"
    done = subprocess.run(["bash", "-ec", script], cwd=inside, preexec_fn=lambda: confine([str(inside)]),
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, os.listdir(inside)) == (0, "as it was\n", ["c"])


@needs_landlock
def test_a_confined_program_reaches_no_abstract_socket_of_others():
    if version() < 6:
        pytest.skip("needs sockets in Landlock")
    name = f"\0kubesim-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        script = "import socket, sys; socket.socket(socket.AF_UNIX).connect('\\0' + sys.argv[1])"
        done = subprocess.run([sys.executable, "-c", script, name[1:]], preexec_fn=lambda: confine([]),
                              capture_output=True, text=True, check=False)
        assert "PermissionError" in done.stderr


def connecting(port, ports):
    """Connect to a port of this machine, confined; returns what is said on stderr."""
    script = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])))"
    return subprocess.run([sys.executable, "-c", script, str(port)], preexec_fn=lambda: confine([], ports),
                          capture_output=True, text=True, check=False).stderr


@needs_landlock
def test_a_confined_program_connects_where_it_may():
    if version() < 4:
        pytest.skip("needs TCP in Landlock")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "PermissionError" in connecting(port, [80])
        assert connecting(port, [port]) == connecting(port, None) == ""


def test_manifests_come_by_the_webs_ports_and_those_of_proxies():
    assert web_ports({"HTTPS_PROXY": "http://proxy:3128/", "http_proxy": "proxy:8080", "ALL_PROXY": "socks5://a"}) == [
        53, 80, 443, 8080, 3128]


@needs_landlock
def test_a_page_reaches_no_server_of_this_machine(replayed):
    if version() < 4:
        pytest.skip("needs TCP in Landlock")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        report = replayed(f"```shell\nX=/dev/tcp/127.0.0.1; echo a > $X/{server.getsockname()[1]}\n```\n")
        assert [one.state for one in report.outcomes] == ["failed"]
        with pytest.raises(BlockingIOError):
            server.accept()


@needs_landlock
def test_jobs_in_the_background_change_nothing_while_kubectl_runs(replayed, foreign):
    job = f"X={foreign}; while :; do rm -rf b; mkdir b; rm -rf b; ln -s $X b; done >/dev/null 2>&1 &\n"
    writes = "kubectl cluster-info dump --output-directory=b\n" * 4
    replayed(f"```shell\n{job}{writes}```\n")


@pytest.mark.parametrize(("text", "why"), [
    ("kill 4711", "signals"), ("kill -9 -1", "signals"), ("kill -s TERM 12", "signals"), ("kill -9 %1", ""),
    ("kill $PID", ""), ("kill -HUP $!", ""), ("cd /etc", "leaves"), ("cd ../..", "leaves"), ("cd /tmp", ""),
    ("cd a/b", ""), ("kubectl cp web:/a /home/a", "has kubectl"), ("kubectl cp web:/a ../../a", "has kubectl"),
    ("kubectl cp web:/a ./a", ""), ("kubectl config view --kubeconfig=/home/a/.kube/config", "has kubectl"),
    ("kubectl cluster-info dump --output-directory=/var/a", "has kubectl"), ("rm -r /tmp/../home", "has rm"),
    ("rm -r /tmp/a", ""), ("rm ~root/a", "has rm"), ("rm ~/a", ""), ("KUBESIM_HOME=/home/a kubectl get ns", "sets"),
    ("echo a > /tmp/a", ""), ("echo a > /tmp/../a", "writes"), ("ls /usr/local/bin", ""),
    ("command rm /home/a", "has rm"), ("command -v rm", ""), ("eval 'rm /home/a'", "has rm"), ("eval rm a", ""),
    ("sh -c 'rm -r ../../a'", "has rm"), ("bash -ec 'f() { rm a; }; f'", ""), ("bash a -c /home/a", "reads"),
    ("trap 'rm /home/a' EXIT", "has rm"), ("trap - EXIT", ""), ("bash <<EOF\nrm /home/a\nEOF", "has rm"),
    ("cat <<EOF > a\nrm /home/a\nEOF", ""), ("find . -exec rm ../../a \\;", "has rm"), ("ls | xargs rm", ""),
    ("timeout 5 sh -c 'eval \"python a\"'", "runs python"), ("env A=b tee ~root/a", "has tee"),
    ("ls /usr/local/lib", "reads"), ("for a in /sys/b/*; do cat $a; done", "reads"),
])
def test_what_its_words_show_to_reach_beyond_is_left_out(text, why):
    assert why_not(text, ()).split(" change")[0].startswith(why) if why else why_not(text, ()) == ""
