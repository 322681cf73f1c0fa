"""Programs that a page makes, and its own /usr/local/bin."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.installing import to_scratch

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


@pytest.mark.parametrize("text", [
    "sudo mv a /usr/local/binary", "sudo chown root /opt/usr/local/bin", "echo '/usr/local/bin'",
    "sudo systemctl stop a",
])
def test_what_is_not_that_folder_is_left_as_it_is(text):
    assert "~" not in to_scratch(text)
    assert "mv" in text or to_scratch(text) == text


def test_home_is_told_like_everybodys(replayed):
    report = replayed("```\n$ echo $HOME/.kube\n/home/<user>/.kube\n```\n")
    assert states(report) == ["equal"]
