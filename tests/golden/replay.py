"""Replaying recorded kubectl scenarios against kubesim.

A scenario (fixtures/scenarios/*.yaml) has `files`, written to an empty working directory, and `steps`:
`settle: SECONDS`, or `run: COMMAND` with the exit code, stdout and stderr of a real kubectl against a real Kubernetes
cluster. Both sides are normalised before they are compared: UIDs, times, ages, addresses, random suffixes and resource
versions become placeholders, and runs of spaces fold.

A step that is nothing but a kubectl command line runs in this process, which takes a tenth of the time of a new one;
what needs a shell gets bash. GOLDEN_BASH=1 in the environment gives bash to every step.
"""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple
from unittest import mock

ROOT = pathlib.Path(__file__).parents[2]
SCENARIOS = ROOT / "fixtures" / "scenarios"

SFX = "[bcdfghjklmnpqrstvwxz2456789]"
AGE = r"\d+(?:y|d|h|m|s)(?:\d+(?:d|h|m|s))?"
RULES = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "<time>"),
    (re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                r"\d\d:\d\d:\d\d [+-]\d{4}"), "<time>"),
    (re.compile(r"https://127\.0\.0\.1:\d+"), "<server>"),
    (re.compile(r"\b127\.0\.0\.1:\d{4,5}\b"), "<server>"),
    (re.compile(r"\b10\.244\.\d+\.\d+\b"), "<pod-ip>"),
    (re.compile(r"\b10\.(?:9[6-9]|10\d|11[01])\.(?!0\.1\b)\d+\.\d+\b"), "<cluster-ip>"),
    (re.compile(r"\b192\.168\.49\.\d+\b"), "<node-ip>"),
    (re.compile(r":3[0-2]\d{3}/"), ":<node-port>/"),
    (re.compile(r"(nodePort\"?: )3[0-2]\d{3}\b"), r"\1<node-port>"),
    (re.compile(r"(NodePort:\s+\S+\s+)3[0-2]\d{3}/"), r"\1<node-port>/"),
    (re.compile(r"(resourceVersion\"?: \"?)\d+(\"?)"), r"\1<rv>\2"),
    (re.compile(rf"\b([a-z0-9][a-z0-9.-]*?)-{SFX}{{6,10}}-{SFX}{{5}}\b"), r"\1-<hash>-<rand>"),
    (re.compile(rf"\b([a-z0-9][a-z0-9.-]*?)-(?=[a-z]*\d){SFX}{{6,10}}\b"), r"\1-<hash>"),
    (re.compile(rf"(pod-template-hash\"?[=:] ?\"?){SFX}{{6,10}}"), r"\1<hash>"),
    (re.compile(rf"(controller-revision-hash\"?[=:] ?\"?)(?:[a-z0-9-]+-)?{SFX}{{6,10}}"), r"\1<hash>"),
    (re.compile(rf"\b([a-z][a-z0-9.-]*?)-(?=[a-z]*[2-9]|[bcdfghjklmnpqrstvwxz]{{5}}\b){SFX}{{5}}\b"), r"\1-<rand>"),
    (re.compile(rf"\({AGE} ago\)"), "(<age> ago)"),
    (re.compile(rf"(?<=  ){AGE} \(x\d+ over {AGE}\)"), "<age>"),
    (re.compile(rf"(?<=  ){AGE}(?=  |\s*$)"), "<age>"),
    (re.compile(rf"^{AGE}(?=  )"), "<age>"),
    (re.compile(rf"(?<=in ){AGE}\b|(?<=after ){AGE}\b"), "<age>"),
]


def normalise(text):
    lines = []
    for line in (text or "").split("\n"):
        indent = re.match(r" *", line).group()
        body = re.sub(r" {2,}|\t+", "  ", line[len(indent):]).rstrip()
        for pattern, new in RULES:
            body = pattern.sub(new, body)
        lines.append((indent + body).rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


def load(path: pathlib.Path) -> dict:
    """Read a scenario."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


class Words(NamedTuple):
    """A kubectl command line without the program's name; `merged`: its stderr goes where its stdout goes (2>&1)."""

    words: list[str]
    merged: bool


_QUOTED = re.compile(r"""'[^']*'|"(?:[^"$`\\\n]|\\["\\])*"|\\[^\n]""")
_FOR_A_SHELL = re.compile(r"""[|&;<>()$`'"\\\n*?\[\]{}~#!]""")
_INHERITING = {"edit"}  # its editor writes to the process's own stdout, which nobody captures here


def without_shell(command: str) -> Words | None:
    """Take a command line apart that is one plain kubectl call; None where it takes a shell to run it."""
    command, merged = command.strip(), False
    if command.endswith(" 2>&1"):
        command, merged = command[:-len(" 2>&1")], True
    if _FOR_A_SHELL.search(_QUOTED.sub("", command)):
        return None
    words = shlex.split(command)
    if words[:1] != ["kubectl"] or _INHERITING.intersection(words):
        return None
    return Words(words[1:], merged)


class Replay:
    """A private home and working directory with a frozen clock, in which a scenario's commands run.

    As a context manager, so that commands can run in this process: its working directory, environment and time zone
    are the scenario's until the end.
    """

    def __init__(self, folder: pathlib.Path, scenario: dict):
        self.work = folder / "work"
        for name in ("work", "bin", "home"):
            (folder / name).mkdir()
        for name, text in (scenario.get("files") or {}).items():
            target = self.work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        shim = folder / "bin" / "kubectl"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kubesim_cli "$@"\n')
        shim.chmod(0o755)
        keep = {k: v for k, v in os.environ.items() if not k.startswith("KUBE")}
        home = folder / "home"
        self.environ = {**keep, "PATH": f"{shim.parent}:{keep['PATH']}", "HOME": str(home),
                        "KUBESIM_HOME": str(home / "kubesim"), "KUBESIM_KUBERNETES_VERSION": "1.36",
                        "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80"}
        self.nodes = len((scenario.get("nodes") or "minikube").split(","))
        self.always_bash = bool(os.environ.get("GOLDEN_BASH"))
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> Replay:
        with contextlib.ExitStack() as stack:
            stack.callback(os.chdir, os.getcwd())
            os.chdir(self.work)
            stack.callback(time.tzset)  # called after the environment is back
            stack.enter_context(mock.patch.dict(os.environ, self.environ, clear=True))
            time.tzset()
            self.run(f"kubectl sim reset --seed golden --nodes {self.nodes}")
            self.run("kubectl sim clock freeze 2026-01-01T00:00:00Z")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *problem) -> None:
        self.stack.close()

    def run(self, command: str) -> tuple[int, str, str]:
        """Run one command; returns exit code, stdout and stderr."""
        plain = None if self.always_bash else without_shell(command)
        return self.bash(command) if plain is None else in_process(plain)

    def bash(self, command: str) -> tuple[int, str, str]:
        """Run one command with bash; returns exit code, stdout and stderr."""
        done = subprocess.run(["bash", "-c", command], cwd=self.work, env=self.environ, capture_output=True, text=True,
                              errors="replace", timeout=90, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr


def in_process(plain: Words) -> tuple[int, str, str]:
    """Run kubectl as a process of its own would be run; returns exit code, stdout and stderr."""
    from kubesim_cli.main import main

    def stream() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", newline="\n")

    out = stream()
    err = out if plain.merged else stream()
    with mock.patch.multiple(sys, stdin=stream(), stdout=out, stderr=err):
        code = main(plain.words)
    texts = []
    for each in (out, err):
        each.flush()
        texts.append(each.buffer.getvalue().decode("utf-8", "replace"))
    return code, texts[0], "" if plain.merged else texts[1]


def differences(scenario: dict) -> list[str]:
    """Replay a scenario and return the commands of the steps that come out otherwise than recorded."""
    differing = []
    with tempfile.TemporaryDirectory() as folder, Replay(pathlib.Path(folder), scenario) as stage:
        for step in scenario["steps"]:
            if "settle" in step:
                stage.run(f"kubectl sim clock advance {step['settle']}s")
                continue
            # Between two commands of the recording, time passed.
            stage.run("kubectl sim clock advance 100ms")
            code, out, err = stage.run(step["run"])
            if (code, normalise(out), normalise(err)) != (
                    step["exit"], normalise(step.get("stdout")), normalise(step.get("stderr"))):
                differing.append(step["run"])
    return differing


HAVE_BASH = os.name != "nt" and shutil.which("bash") is not None
