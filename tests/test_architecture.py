"""The arrows of docs/architecture.md: which room may import from which, and what a plain `get` must not import."""

from __future__ import annotations

import importlib.util
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "kubesim_cli"
_spec = importlib.util.spec_from_file_location("drawn", PACKAGE.parent / "hack" / "imports.py")
drawn = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(drawn)
# Room -> the rooms, or single modules, that it may import from. `main` and what stands beside it may import all.
GROUND = {"go": set(), "releases": {"go"}, "machinery": {"go", "releases"}, "helpers": {"go", "releases", "machinery"}}
_SHARED = {"go", "releases", "machinery"}
MAY = {
    **GROUND,
    "store": {"machinery.types", "machinery.files", "machinery.digest", "machinery.wellknown", "go.jsontext"},
    "apiserver": _SHARED | {"store"},
    "controllers": _SHARED | {"helpers", "apiserver"},
    "scheduler": _SHARED | {"helpers", "apiserver"},
    "kubelet": _SHARED | {"helpers", "apiserver"},
    "cluster": _SHARED | {"helpers", "apiserver", "controllers", "scheduler", "kubelet", "store"},
    "kubectl": _SHARED | {"apiserver.client", "cluster.cluster", "cluster.state"},
    "sim": _SHARED | {"helpers", "cluster", "kubectl", "apiserver.settings"},
    "testing": _SHARED | {"cluster", "kubectl", "sim", "main"},
}


def allowed(module: str, places: set[str]) -> bool:
    """Whether a module such as go.fmt is one of `places` or stands in one."""
    return any(f"{module}.".startswith(place + ".") for place in places)


def test_every_room_has_its_rule():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(MAY)


@pytest.mark.parametrize("name", MAY)
def test_arrows_run_one_way(name):
    wrong = []
    for path in sorted((PACKAGE / name).rglob("*.py")):
        for module in drawn.imports(path):
            if module and not allowed(module, MAY[name] | {name}):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {module}")
    assert wrong == []


def test_no_modules_import_each_other():
    """Where one needs the other's constant, that belongs below both."""
    assert drawn.circles(drawn.graph(annotations=False)) == []


SLOW = ("dataclasses", "contextlib", "typing", "inspect", "click", "rich", "ruamel", "datetime", "decimal", "fractions",
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


def test_help_puts_no_cluster_together(tmp_path):
    environ = {"KUBESIM_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = f"import sys; sys.path[:0] = [{str(PACKAGE.parent)!r}]; from kubesim_cli.main import execute; import os; "
    command += "execute(['get', '--help'], os.environ); print('kubesim_cli.cluster.cluster' in sys.modules, "
    command += "'kubesim_cli.cluster.state' in sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", command], env=environ, check=True, stdout=subprocess.PIPE,
                          text=True)
    assert done.stdout.endswith("\nFalse True\n")


def test_digests_come_from_one_place():
    """hashlib loads OpenSSL, which costs more than most commands do."""
    found = [path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")
             if "hashlib import" in (text := path.read_text(encoding="utf-8")) or "import hashlib" in text]
    assert found == ["machinery/digest.py"]
