"""The program `kubesim`, and the finder that it puts before Python's own."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import subprocess
import sys

import pytest

from kubesim_cli import finder

ROOT = pathlib.Path(__file__).parents[1]


def program(home, *words: str, **rest) -> subprocess.CompletedProcess:
    environ = {"KUBESIM_HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, str(ROOT / "bin" / "kubesim"), *words], env=environ, text=True, check=False,
                          **rest)


def test_it_says_all_and_ends_with_the_commands_code(tmp_path):
    done = program(tmp_path, "create", "configmap", "a", "-o", "name", capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "configmap/a\n", "")
    done = program(tmp_path, "get", "configmap", "b", capture_output=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'Error from server (NotFound): configmaps "b" not found\n'
    done = program(tmp_path, "sim", "clock", "--help", capture_output=True)
    assert done.returncode == 0 and "advance" in done.stdout


def test_a_script_of_windows_starts_the_same(tmp_path):
    assert "%~dp0kubesim" in (ROOT / "bin" / "kubesim.cmd").read_text(encoding="utf-8")
    assert (ROOT / "bin" / "kubesim").read_text(encoding="utf-8").startswith("#!python\n")  # which pip replaces


@pytest.mark.parametrize("name", ["kubesim_cli.kubectl", "kubesim_cli.kubectl.get.get", "kubesim_cli.main"])
def test_modules_are_found_where_python_finds_them(name):
    path = importlib.util.find_spec(name.rpartition(".")[0]).submodule_search_locations
    ours, pythons = finder.find_spec(name, list(path)), importlib.util.find_spec(name)
    assert (ours.origin, ours.submodule_search_locations, ours.loader.name) == (
        pythons.origin, pythons.submodule_search_locations, pythons.loader.name)


def test_the_rest_is_left_to_python(tmp_path):
    assert finder.find_spec("kubesim_cli.kubectl", [str(tmp_path)]) is None
    assert finder.find_spec("kubesim_cli.kubectl", ["a", "b"]) is None
    assert finder.find_spec("json.decoder", [str(tmp_path)]) is None
    assert finder.find_spec("kubesim_cli", None) is None
