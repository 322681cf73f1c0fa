"""`kubesim sim verify`: replay a tutorial and compare what it prints with what its page says."""

from __future__ import annotations

import difflib
import os
import pathlib
import shutil
import subprocess
import tempfile
from datetime import date

import click

from ..go import duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Json, Object

START = "2024-01-01T00:00:00Z"
_TEXT, _WORD = (str, type(None)), (str, int, float)
# The fields of a tutorial and of a step, with what YAML may make of them; a time becomes a datetime.
PAGE_FIELDS = {"name": _WORD, "start": (str, date), "kubernetesVersion": _WORD, "files": (dict, type(None)),
               "uids": (dict, type(None)), "steps": (list,)}
STEP_FIELDS = {"run": (str,), "at": _WORD, "exit": (int,), "stdout": _TEXT, "stderr": _TEXT}


class Step:
    """One command of a tutorial; `stdout` and `stderr` are None where the page does not show them."""

    def __init__(self, data: Object):
        self.run: str = data["run"]
        self.at = duration.parse(str(data["at"])) if "at" in data else None
        self.exit: int = data.get("exit", 0)
        self.stdout, self.stderr = data.get("stdout"), data.get("stderr")


def load(path: str) -> tuple[Object, list[Step]]:
    """Read a tutorial: YAML with PAGE_FIELDS, whose `steps` have STEP_FIELDS.

    Raises ClickException for other fields, as a misspelt `stdout` would compare nothing, and where there are no steps.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    name = pathlib.Path(path).name
    try:
        data = YAML(typ="safe", pure=True).load(pathlib.Path(path).read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise click.ClickException(f"{name} is no YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(data, dict) or not data.get("steps"):
        raise click.ClickException(f"{name} has no steps")
    steps: list[Object] = data["steps"]
    bad = _mistyped(data, PAGE_FIELDS) or [field for step in steps for field in _mistyped(step, STEP_FIELDS)]
    if bad or not all("run" in step for step in steps):
        raise click.ClickException(f"{name} has another type of value in: {', '.join(bad) or 'steps'}")
    unknown = sorted({str(field) for field in data if field not in PAGE_FIELDS}
                     | {str(field) for step in steps for field in step if field not in STEP_FIELDS})
    if unknown:
        raise click.ClickException(f"{name} has unknown fields: {', '.join(unknown)}")
    try:
        return data, [Step(step) for step in steps]
    except ValueError as error:
        raise click.ClickException(f"{name}: {error}") from None


def _mistyped(value: Json, fields: dict[str, tuple[type, ...]]) -> list[str]:
    """Return the fields whose values are not of their types."""
    if not isinstance(value, dict):
        return ["steps"]
    bad = [name for name, item in value.items() if name in fields and not isinstance(item, fields[name])]
    texts = value.get("files"), value.get("uids")
    return bad or ["files or uids" for each in texts if isinstance(each, dict) and not all(
        isinstance(key, str) and isinstance(item, _TEXT) for key, item in each.items())]


class Stage:
    """A private home and working directory in which a tutorial's commands run; time stands still between them."""

    def __init__(self, folder: str, data: Object, source: pathlib.Path):
        from .shell import shim

        self.work = pathlib.Path(folder, "work")
        self.work.mkdir()
        home = os.path.join(folder, "home")
        keep = {k: v for k, v in os.environ.items() if not k.startswith("KUBE")}
        self.env = {**keep, "KUBESIM_HOME": home, "PATH": shim(home) + os.pathsep + os.environ.get("PATH", "")}
        if "kubernetesVersion" in data:
            self.env["KUBESIM_KUBERNETES_VERSION"] = str(data["kubernetesVersion"])
        for name, text in (data.get("files") or {}).items():
            target = self.work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if text is not None else (source.parent / name).read_text(encoding="utf-8"),
                              encoding="utf-8")
        self.passed = 0.0
        start = data.get("start", START)  # YAML reads a time as a datetime
        self.sim(f"clock freeze {start if isinstance(start, str) else start.isoformat()}")
        uids = [f"{target}={uid}" for target, uid in (data.get("uids") or {}).items()]
        if uids:
            self.sim("uids " + " ".join(uids))

    def sim(self, command: str) -> None:
        """Run `kubesim sim COMMAND`; raises ClickException where it fails."""
        code, _, err = self.run(f"kubectl sim {command}")
        if code:
            raise click.ClickException(f"kubesim sim {command}: {err.strip()}")

    def run(self, command: str) -> tuple[int, str, str]:
        """Run one command line in a shell; returns exit code, stdout and stderr."""
        done = subprocess.run(command, shell=True, executable=shutil.which("bash") if os.name != "nt" else None,
                              cwd=self.work, env=self.env, capture_output=True, text=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr

    def reach(self, at: float) -> None:
        """Let time pass until `at` seconds after the start."""
        if at > self.passed:
            self.sim(f"clock advance {duration.format(at - self.passed)}")
            self.passed = at


def replay(path: str, tell: Callable[[str], None]) -> int:
    """Replay one tutorial, telling it line by line through `tell(text)`; returns how many steps differ."""
    data, steps = load(path)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder, data, pathlib.Path(path))
        for step in steps:
            if step.at is not None:
                stage.reach(step.at)
            code, out, err = stage.run(step.run)
            tell(f"$ {step.run}\n{out}{err}")
            wrong = [] if code == step.exit else [f"exit code {code}, the page has {step.exit}\n"]
            for name, got, want in (("stdout", out, step.stdout), ("stderr", err, step.stderr)):
                if want is not None and got != want:
                    wrong += difflib.unified_diff(want.splitlines(True), got.splitlines(True), f"page {name}",
                                                  f"kubesim {name}")
            if wrong:
                bad += 1
                tell("".join(line if line.endswith("\n") else line + "\n" for line in wrong))
    return bad


@click.command("verify")
@click.argument("tutorials", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--quiet", "-q", is_flag=True, help="Print only the verdict of each tutorial.")
@click.pass_context
def verify(ctx: click.Context, tutorials: tuple[str, ...], quiet: bool) -> None:
    """Replay TUTORIALS, each in an empty cluster of its own, and compare every listing with the page's."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    failed = 0
    for path in tutorials:
        bad = replay(path, (lambda text: None) if quiet else (lambda text: console.print(text, markup=False)))
        failed += bool(bad)
        name = pathlib.Path(path).name
        console.print(f"[red]{name}: {bad} steps differ[/]" if bad else f"[green]{name}: as printed[/]")
    ctx.exit(1 if failed else 0)


COMMANDS = [verify]
