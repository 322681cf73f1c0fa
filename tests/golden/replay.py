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
import glob
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
    (re.compile(r"^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+  ?\d+ (?=[\w.]+:\d+\])"), r"\1<time> <pid> "),
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


class Call(NamedTuple):
    """A kubectl command line that needs no shell: its words without the program's name, where its stderr goes (the
    redirection's text), and what reads its stdout ("" where nothing does)."""

    words: list[str]
    stderr: str
    rest: str


_QUOTED = re.compile(r"""'[^']*'|"(?:[^"$`\\\n]|\\["\\])*"|\\[^\n]""")
_FOR_A_SHELL = re.compile(r"""[|&;<>()$`'"\\\n{}~#]""")
_INHERITING = {"edit", "edit-last-applied"}  # an editor writes to the process's own stdout, which nobody captures here


def without_shell(command: str) -> Call | None:
    """Take a command line apart that is a plain kubectl call, perhaps with a pipe behind; None where it takes a shell.

    The working directory has to be the scenario's, for words that may be patterns of its files' names.
    """
    command = command.strip()
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted.group()), command)
    first, pipe, _ = bare.partition("|")
    command, rest = command[:len(first)].rstrip(), command[len(first) + 1:]
    stderr = next((form for form in ("2>&1", "2>/dev/null") if first.rstrip().endswith(" " + form)), "")
    command = command.removesuffix(stderr)
    if (pipe and rest[:1] in ("", "|", "&")) or _FOR_A_SHELL.search(bare[:len(command)]):
        return None
    words = shlex.split(command)
    if words[:1] != ["kubectl"] or _INHERITING.intersection(words) or any(
            glob.escape(word) != word and glob.glob(word) for word in words):
        return None
    return Call(words[1:], stderr, rest)


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
                        "KUBESIM_BARE": "1", "KUBESIM_KUBELET": "stub",
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
        code, out, err = self.run_bytes(command, b"")
        return code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def run_bytes(self, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        """Run one command, in this process as far as it needs no shell."""
        call = None if self.always_bash else without_shell(command)
        if call is None:
            done = subprocess.run(["bash", "-c", command], cwd=self.work, env=self.environ, capture_output=True,
                                  input=stdin, timeout=90, check=False)
            return done.returncode, done.stdout, done.stderr
        code, out, err = in_process(call.words, stdin, merged=call.stderr == "2>&1")
        if call.stderr == "2>/dev/null":
            err = b""
        if not call.rest:
            return code, out, err
        code, out, more = self.run_bytes(call.rest, out)
        return code, out, err + more


def in_process(words: list[str], stdin: bytes, merged: bool) -> tuple[int, bytes, bytes]:
    """Run kubectl as a process of its own would be run; `merged`: what goes to stderr goes to stdout."""
    from kubesim_cli.main import main

    def stream(data: bytes = b"") -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(data), "utf-8", "surrogateescape", newline="\n")

    out = stream()
    err = out if merged else stream()
    with mock.patch.multiple(sys, stdin=stream(stdin), stdout=out, stderr=err):
        code = main(words)
    out.flush()
    err.flush()
    return code, out.buffer.getvalue(), b"" if merged else err.buffer.getvalue()


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
