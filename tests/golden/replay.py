"""Replaying recorded kubectl scenarios against kubesim.

A scenario (fixtures/scenarios/*.yaml) has `files`, written to an empty working directory, and `steps`:
`settle: SECONDS`, or `run: COMMAND` with the exit code, stdout and stderr of a real kubectl against a real Kubernetes
cluster. Both sides are normalised before they are compared: UIDs, times, ages, addresses, random suffixes and resource
versions become placeholders, and runs of spaces fold.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

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


class Replay:
    """A private home and working directory with a frozen clock, in which a scenario's commands run."""

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
        nodes = len((scenario.get("nodes") or "minikube").split(","))
        self.run(f"kubectl sim reset --seed golden --nodes {nodes} && kubectl sim clock freeze 2026-01-01T00:00:00Z")

    def run(self, command: str) -> tuple[int, str, str]:
        """Run one command with bash; returns exit code, stdout and stderr."""
        done = subprocess.run(["bash", "-c", command], cwd=self.work, env=self.environ, capture_output=True, text=True,
                              errors="replace", timeout=90, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr


def differences(scenario: dict) -> list[str]:
    """Replay a scenario and return the commands of the steps that come out otherwise than recorded."""
    differing = []
    with tempfile.TemporaryDirectory() as folder:
        stage = Replay(pathlib.Path(folder), scenario)
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
