"""The arrows of docs/architecture.md: which room may import from which, and what a plain `get` must not import."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "kubesim_cli"
# Room -> the rooms, or single modules, that it may import from. `main` and what stands beside it may import all.
GROUND = {"go": set(), "releases": {"go"}, "machinery": {"go", "releases"}, "helpers": {"go", "releases", "machinery",
                                                                                            "apiserver.client"}}
_SHARED = {"go", "releases", "machinery"}
MAY = {
    **GROUND,
    "store": {"machinery.types"},
    "apiserver": _SHARED | {"store"},
    "controllers": _SHARED | {"helpers", "apiserver"},
    "scheduler": _SHARED | {"helpers", "apiserver"},
    "kubelet": _SHARED | {"helpers", "apiserver"},
    "cluster": _SHARED | {"helpers", "apiserver", "controllers", "scheduler", "kubelet", "store"},
    "kubectl": _SHARED | {"apiserver.client", "cluster.cluster"},
    "sim": _SHARED | {"helpers", "cluster", "kubectl"},
}


def allowed(module: str, places: set[str]) -> bool:
    """Whether a module such as kubesim_cli.go.fmt is one of `places` (below kubesim_cli) or stands in one."""
    inside = module.removeprefix("kubesim_cli.") + "."
    return any(inside.startswith(place + ".") for place in places)


def is_module(name: str) -> bool:
    path = PACKAGE.parent / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def imports(path: pathlib.Path):
    """Yield the kubesim_cli modules that a file imports, wherever in it."""
    package = ["kubesim_cli", *path.relative_to(PACKAGE).parts[:-1]]
    for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(found, ast.ImportFrom):
            base = package[:len(package) - found.level + 1] if found.level else []
            module = ".".join([*base, *([found.module] if found.module else [])])
            for alias in found.names:
                submodule = f"{module}.{alias.name}"
                yield submodule if is_module(submodule) else module
        elif isinstance(found, ast.Import):
            yield from (alias.name for alias in found.names)


def test_every_room_has_its_rule():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(MAY)


@pytest.mark.parametrize("name", MAY)
def test_arrows_run_one_way(name):
    wrong = []
    for path in sorted((PACKAGE / name).rglob("*.py")):
        for module in imports(path):
            if module.startswith("kubesim_cli.") and not allowed(module, MAY[name] | {name, "__version__"}):
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
    assert [name for name in loaded if name.startswith(("kubesim_cli.controllers", "kubesim_cli.scheduler",
                                                                "kubesim_cli.kubelet", "kubesim_cli.helpers"))] == []
