"""action.yml and .pre-commit-hooks.yaml: what other repositories use of this one."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from kubesim_cli.go.yaml import load

ROOT = pathlib.Path(__file__).parents[1]
RIGHT = "```console\n$ kubectl create ns a\nnamespace/a created\n```\n"
WRONG = RIGHT.replace("namespace/a created", "namespace/b created")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository with pages, and a kubesim on PATH."""
    for name, text in (("docs/a.md", RIGHT), ("docs/deep/b c.md", RIGHT), ("wrong.md", WRONG)):
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    program = tmp_path / "bin" / "kubesim"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kubesim_cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))
    return tmp_path / "work"


def action(folder: pathlib.Path, **inputs: str) -> subprocess.CompletedProcess:
    """Run the last step of the action as GitHub does, with these inputs and the defaults of the others."""
    described = load((ROOT / "action.yml").read_text(encoding="utf-8"))
    given = {name: inputs.get(name, facts.get("default", "")) for name, facts in described["inputs"].items()}
    step = described["runs"]["steps"][-1]
    environ = {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
               for name, value in step["env"].items()}
    assert "${{" not in step["run"]
    return subprocess.run([shutil.which("bash"), "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                          cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="a step of bash")
@pytest.mark.parametrize(("inputs", "code", "told"), [
    ({"pages": "docs/**/*.md\n"}, 0, "b c.md: as printed"), ({"pages": "docs/a.md\nwrong.md"}, 1, "wrong.md: 1 step"),
    ({"pages": "docs/a.md", "junit": "a b.xml", "html": "out.html"}, 0, "a.md: as printed"),
    ({"pages": "wrong.md", "arguments": "--level off --quiet"}, 0, "wrong.md: as printed"),
    ({"pages": "nosuch/*.md"}, 2, "::error::no page is called nosuch/*.md"),
    ({"pages": "$(touch PWNED)`touch PWNED`; touch PWNED"}, 2, "touch PWNED' does not exist")])
def test_the_action_verifies_pages(folder, inputs, code, told):
    done = action(folder, **inputs)
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done
    assert not list(folder.rglob("PWNED"))
    if "junit" in inputs:
        assert (folder / "a b.xml").exists() and (folder / "out.html").exists()


@pytest.mark.skipif(os.name == "nt", reason="a program of sh")
def test_the_hook_verifies_the_files_it_is_given(folder):
    [hook] = load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert re.search(hook["files"], "docs/a.md") and not re.search(hook["files"], "a.py")
    call = [*hook["entry"].split(), "docs/a.md"]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "a.md: as printed\n")
    assert subprocess.run([*call, "wrong.md"], cwd=folder, capture_output=True, check=False).returncode == 1
