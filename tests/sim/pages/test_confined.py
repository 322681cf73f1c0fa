"""A page changes nothing of the machine that it is verified on."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

from kubesim_cli.sim.pages.confined import confine, version
from kubesim_cli.sim.pages.model import BadPage
from kubesim_cli.sim.pages.programs import why_not

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
needs_landlock = pytest.mark.skipif(not version(), reason="needs Linux with Landlock")


# Prints a kuberc by which `config set-context` changes the file new in the folder $X.
KUBERC = r"""printf '%s\n' 'apiVersion: kubectl.config.k8s.io/v1beta1' 'kind: Preference' 'defaults:' """ \
    r"""'- command: config set-context' '  options:' '  - name: kubeconfig' "    default: $X/new" """


@pytest.fixture
def foreign():
    """A folder of somebody else's with a file in it, not below /tmp, for which a page has a folder of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="kubesim-test-") as folder:
        kept = pathlib.Path(folder, "kept")
        kept.write_text("as it was\n")
        yield folder
        assert kept.read_text() == "as it was\n"
        assert os.listdir(folder) == ["kept"]


@needs_landlock
@pytest.mark.parametrize("text", [
    "sh -c 'rm -r {}'", "X={}; rm $X/kept", "X={}; ln -s $X a; echo new > a/kept", "X={}; cd $X; touch new",
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


@pytest.mark.parametrize(("text", "why"), [
    ("kill 4711", "signals"), ("kill -9 -1", "signals"), ("kill -s TERM 12", "signals"), ("kill -9 %1", ""),
    ("kill $PID", ""), ("kill -HUP $!", ""), ("cd /etc", "leaves"), ("cd ../..", "leaves"), ("cd /tmp", ""),
    ("cd a/b", ""), ("kubectl cp web:/a /home/a", "has kubectl"), ("kubectl cp web:/a ../../a", "has kubectl"),
    ("kubectl cp web:/a ./a", ""), ("kubectl config view --kubeconfig=/home/a/.kube/config", "has kubectl"),
    ("kubectl cluster-info dump --output-directory=/var/a", "has kubectl"), ("rm -r /tmp/../home", "has rm"),
    ("rm -r /tmp/a", ""), ("rm ~root/a", "has rm"), ("rm ~/a", ""), ("KUBESIM_HOME=/home/a kubectl get ns", "sets"),
    ("echo a > /tmp/a", ""), ("echo a > /tmp/../a", "writes"), ("ls /usr/local/bin", ""),
    ("ls /usr/local/lib", "reads"), ("for a in /sys/b/*; do cat $a; done", "reads"),
])
def test_what_its_words_show_to_reach_beyond_is_left_out(text, why):
    assert why_not(text, ()).split(" change")[0].startswith(why) if why else why_not(text, ()) == ""
