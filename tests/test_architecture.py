"""The arrows of docs/architecture.md: which room may import from which, and what a plain `get` must not import."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "kubesim_cli"
# Room -> the rooms that it may import from.
MAY = {

    "store": {"api"},
    "apiserver": {"api", "store"},
    "controllers": {"api", "apiserver", "node"},

    "kubectl": {"api", "apiserver", "cluster"},
    "sim": {"api", "apiserver", "controllers", "node", "store", "cluster", "kubectl"},
}


def room(module: str) -> str:
    return [*module.split("."), ""][1]


def imports(path: pathlib.Path):
    """Yield the kubesim_cli modules that a file imports, wherever in it."""
    package = ["kubesim_cli", *path.relative_to(PACKAGE).parts[:-1]]
    for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(found, ast.ImportFrom):
            base = package[:len(package) - found.level + 1] if found.level else []
            module = ".".join([*base, *([found.module] if found.module else [])])
            if module == "kubesim_cli":
                yield from (f"kubesim_cli.{alias.name}" for alias in found.names)
            else:
                yield module
        elif isinstance(found, ast.Import):
            yield from (alias.name for alias in found.names)


@pytest.mark.parametrize("name", MAY)
def test_arrows_run_one_way(name):
    wrong = []
    for path in sorted((PACKAGE / name).rglob("*.py")):
        for module in imports(path):
            if module.startswith("kubesim_cli.") and room(module) not in MAY[name] | {name, "__version__"}:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert wrong == []


SLOW = ("dataclasses", "typing", "inspect", "click", "rich", "ruamel", "fasteners", "datetime", "decimal", "fractions",
        "pathlib", "logging", "argparse", "asyncio")


def test_a_plain_get_imports_nothing_slow(tmp_path):
    """Only a command that writes takes the lock and runs controllers; a read imports neither."""
    environ = {"KUBESIM_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = "from kubesim_cli.main import execute; import os, sys; before = set(sys.modules); "
    command += "execute(['get', 'sts,pods,pvc'], os.environ)"
    subprocess.run([sys.executable, "-c", command], env=environ, check=True, capture_output=True)
    command += "; print(*sorted(set(sys.modules) - before))"
    command = f"import sys; sys.path[:0] = [{str(PACKAGE.parent)!r}]; {command}"
    done = subprocess.run([sys.executable, "-S", "-c", command], env=environ, check=True, stdout=subprocess.PIPE,
                          text=True)
    loaded = done.stdout.split()
    assert [name for name in loaded if name.split(".")[0] in SLOW] == []
    assert [name for name in loaded if name.startswith(("kubesim_cli.controllers", "kubesim_cli.node"))] == []
