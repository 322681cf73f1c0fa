"""Programs that a page makes, and its own /usr/local/bin and /tmp."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.scratch import installed, to_scratch, without_root

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")

MOVED = """
```shell
sudo mv ./kubectl-hello /usr/local/bin
kubectl hello
```
```
hello from /usr/local/bin/kubectl-hello
```
```shell
sudo rm /usr/local/bin/kubectl-hello
kubectl hello
```
```
error: unknown command "hello" for "kubectl"
```
"""
SCRIPT = """
```bash
#!/bin/sh
# says hello
echo "hello from $0"
```
"""


@pytest.fixture(autouse=True)
def _process(monkeypatch):
    """Nothing takes the place of this process."""
    def replaced(*args):
        raise AssertionError(f"the process would be {args[0]}")

    monkeypatch.setattr(os, "execve", replaced)


def states(report):
    return [outcome.state for outcome in report.outcomes]


def test_a_script_that_is_made_executable_is_a_file(replayed):
    report = replayed(SCRIPT + "Make it executable:\n```shell\nsudo chmod +x ./kubectl-hello\n```\n" + MOVED)
    assert states(report) == ["ran", "ran", "equal", "ran", "equal"], report.bad
    assert not os.path.exists("/usr/local/bin/kubectl-hello")


def test_what_cat_shows_of_a_file_that_nothing_made_is_the_file(replayed):
    report = replayed("```shell\n# a plugin\ncat ./kubectl-hello\n```\n" + SCRIPT
                      + "```shell\nchmod a+x kubectl-hello\n```\n" + MOVED)
    assert states(report) == ["ran", "ran", "ran", "equal", "ran", "equal"], report.bad


def test_what_cat_shows_of_a_file_that_was_made_is_compared(replayed):
    report = replayed("```shell\nprintf '#!/bin/sh\\nexit 1\\n' > a.sh\ncat a.sh\n```\n"
                      "```\n#!/bin/sh\nexit 2\n```\n")
    assert states(report) == ["ran", "differs"]


def test_a_script_that_nothing_names_is_what_is_typed(replayed):
    report = replayed("```shell\n#!/bin/sh\nkubectl create namespace a\n```\n```\nnamespace/a created\n```\n")
    assert states(report) == ["equal"]


@pytest.mark.parametrize(("text", "here"), [
    ("mv a /usr/local/bin/b", "mv a /h/usr/local/bin/b"),
    ("cat a > /tmp/b; cat \"/tmp/b\"", "cat a > /h/tmp/b; cat \"/h/tmp/b\""),
    ("DIR=/tmp/x; PATH=$PATH:/usr/local/bin; ls `cat /tmp/y`",
     "DIR=/h/tmp/x; PATH=$PATH:/h/usr/local/bin; ls `cat /h/tmp/y`"),
    ("kubectl apply -f /tmp/a.yaml", "kubectl apply -f /h/tmp/a.yaml"),
    ("kubectl create cm a --from-file=k=/tmp/a --patch-file=/tmp/b",
     "kubectl create cm a --from-file=k=/h/tmp/a --patch-file=/h/tmp/b"),
    ("cat <<E > /tmp/a\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nhostPath: /tmp/b\nE",
     "cat <<E > /h/tmp/a\nkind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nhostPath: /h/tmp/b\nE"),
    ("kubectl cp web:/tmp/a /tmp/a", "kubectl cp web:/tmp/a /h/tmp/a"),
])
def test_folders_of_the_machine_are_the_pages_own(text, here):
    assert to_scratch(text, "/h") == here


@pytest.mark.parametrize("text", [
    "mv a /usr/local/binary", "chown root /opt/usr/local/bin", "echo '/usr/local/bin'", "ls ./tmp /tmpfs /var/tmp",
    "kubectl exec web -- ls /tmp /usr/local/bin", "kubectl exec web ls /tmp", "kubectl create job a -- ls /tmp",
    "kubectl create cm a --from-literal=dir=/tmp", "kubectl annotate pod a dir=/tmp/a",
    "cat <<E | kubectl apply -f -\nkind: Pod\nhostPath: {path: /tmp/a}\nE",
])
def test_what_is_none_of_these_folders_is_left_as_it_is(text):
    assert to_scratch(text, "/h") == text


@pytest.mark.parametrize("text", ["sudo chown root a", "sudo systemctl stop a", "sudo -i"])
def test_root_is_needed_for_what_else_it_does(text):
    assert without_root(text) == text


def test_what_a_page_has_in_tmp_is_its_own(replayed):
    name = f"kubesim-test-{os.getpid()}"
    make = f"kubectl create configmap a --from-literal=b=/tmp/c -o yaml --dry-run=client > /tmp/{name}"
    report = replayed(f"```\n$ {make}\n"
                      f"$ grep -c tmp/c /tmp/{name}\n1\n$ ls /tmp\n{name}\n$ kubectl apply -f /tmp/{name}\n"
                      f"configmap/a created\n$ cd /tmp && pwd\n/tmp\n```\n")
    assert states(report) == ["ran", "equal", "equal", "equal", "equal"], report.bad
    assert not os.path.exists(f"/tmp/{name}")


def test_home_is_told_like_everybodys(replayed):
    report = replayed("```\n$ echo $HOME/.kube\n/home/<user>/.kube\n```\n")
    assert states(report) == ["equal"]


@pytest.mark.parametrize(("text", "names"), [
    ("sudo mv ./a b /usr/local/bin", {"a", "b"}), ("mv a /usr/local/bin/", {"a"}), ("cp a /usr/local/bin/b", {"b"}),
    ("echo a > /usr/local/bin/c", {"c"}), ("echo a | sudo tee /usr/local/bin/d", {"d"}), ("mv a /usr/local/lib", set()),
    ("kubectl cp web:/a /usr/local/bin", set()),
])
def test_programs_that_a_page_installs(text, names):
    assert installed(text) == names


def test_a_page_calls_the_programs_that_it_has_installed(replayed):
    report = replayed("""\
```sh
cat > hello <<'X'
#!/bin/sh
echo hello
X
chmod +x hello
sudo mv ./hello /usr/local/bin/
```

```sh
hello
```

```
hello
```

```sh
missing | cat
```
""")
    assert [one.state for one in report.outcomes] == ["ran", "ran", "ran", "equal", "left out"]
