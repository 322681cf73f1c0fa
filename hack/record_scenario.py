"""Record a scenario (fixtures/scenarios): run its commands with any kubectl and write down what they answer.

    python hack/record_scenario.py OUTLINE.yaml --kubectl "kubectl --context minikube" > fixtures/scenarios/NAME.yaml

An outline is a scenario without answers: `name`, `about`, maybe `nodes` (what the cluster must have, with commas),
`files` (path -> text, written to an empty working directory) and `steps`, each `run: COMMAND` (bash) or
`settle: SECONDS` (let the cluster come to rest). A whole scenario is an outline, too: its answers are recorded anew.

--kubectl is what `kubectl` in the commands runs, --settle how time passes (`sleep {}`; with kubesim
`kubectl sim clock advance {}s`). The cluster should be fresh, with nothing of the scenario's names in it; the tool does
not clean up. See tests/golden/replay.py for what a replay makes of UIDs, times and addresses.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import Any

HAVE_BASH = os.name != "nt" and shutil.which("bash") is not None


class Stage:
    """An empty home and working directory in which `kubectl` is the command to record."""

    def __init__(self, folder: pathlib.Path, kubectl: str, files: dict[str, str]):
        self.work = folder / "work"
        for name in ("work", "bin"):
            (folder / name).mkdir()
        for name, text in files.items():
            target = self.work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        shim = folder / "bin" / "kubectl"
        shim.write_text(f'#!/bin/sh\nexec {kubectl} "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        self.environ = {**os.environ, "PATH": f"{shim.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                        "COLUMNS": "80"}

    def run(self, command: str, limit: float = 90) -> dict[str, Any]:
        """Run one command and return its step: run, exit, and stdout and stderr where there is any."""
        done = subprocess.run(["bash", "-c", command], cwd=self.work, env=self.environ, capture_output=True, text=True,
                              errors="replace", timeout=limit, stdin=subprocess.DEVNULL, check=False)
        step = {"run": command, "exit": done.returncode, "stdout": done.stdout, "stderr": done.stderr}
        return {key: value for key, value in step.items() if value != ""}


def record(outline: dict[str, Any], kubectl: str, settle: str = "sleep {}") -> dict[str, Any]:
    """Return the scenario that an outline becomes. Raises subprocess.TimeoutExpired where a command does not end."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(pathlib.Path(folder), kubectl, outline.get("files") or {})
        steps = []
        for step in outline["steps"]:
            if "settle" in step:
                done = stage.run(settle.format(step["settle"]), limit=600)
                if done["exit"]:
                    raise RuntimeError(f"settling failed: {done}")
                steps.append({"settle": step["settle"]})
            else:
                steps.append(stage.run(step["run"]))
    return {**outline, "steps": steps}


def dump(scenario: dict[str, Any]) -> str:
    """Return a scenario as YAML, texts of several lines as block scalars."""
    from io import StringIO

    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import LiteralScalarString

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shown(item) for key, item in value.items()}
        if isinstance(value, list):
            return [shown(item) for item in value]
        if not isinstance(value, str) or "\n" not in value:
            return value
        # A block scalar cannot hold control characters; quoted they come back as they were.
        held = all(char in "\n\t" or char.isprintable() for char in value)
        return LiteralScalarString(value) if held else value

    yaml, out = YAML(), StringIO()
    yaml.width = 10_000
    yaml.dump(shown(scenario), out)
    return out.getvalue()


def main(args: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outline", type=pathlib.Path)
    parser.add_argument("--kubectl", default="kubectl", help="command to record (default: kubectl)")
    parser.add_argument("--settle", default="sleep {}", help="command that lets {} seconds pass (default: sleep {})")
    options = parser.parse_args(args)
    from ruamel.yaml import YAML

    outline = YAML(typ="safe", pure=True).load(options.outline.read_text(encoding="utf-8"))
    sys.stdout.write(dump(record(outline, options.kubectl, options.settle)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
