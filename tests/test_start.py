"""The program `kubesim`, and the finder that it puts before Python's own."""

from __future__ import annotations

import importlib.machinery
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
    ours, pythons = finder.find_spec(name, list(path)), importlib.machinery.PathFinder.find_spec(name, list(path))
    assert (ours.origin, ours.submodule_search_locations, ours.loader.name) == (
        pythons.origin, pythons.submodule_search_locations, pythons.loader.name)


def test_the_rest_is_left_to_python(tmp_path):
    assert finder.find_spec("kubesim_cli.kubectl", [str(tmp_path)]) is None
    assert finder.find_spec("kubesim_cli.kubectl", ["a", "b"]) is None
    assert finder.find_spec("json.decoder", [str(tmp_path)]) is None
    assert finder.find_spec("kubesim_cli", None) is None


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of ours that can be written to: called, it imports `name` of it anew, in a Python that compiles."""
    (tmp_path / "kubesim_cli").mkdir()
    for name, text in {"__init__": "", "finder": pathlib.Path(finder.__file__).read_text(encoding="utf-8"),
                       "empty": "", "a": '"""One."""\nVALUE = 1\n'}.items():
        (tmp_path / "kubesim_cli" / f"{name}.py").write_text(text, encoding="utf-8")

    def ask(expression: str, name: str = "a", **environ: str) -> str:
        script = ("import sys; from kubesim_cli import finder; finder.install(); read = []; "
                  "get = finder.Loader._compiled; "
                  "finder.Loader._compiled = lambda self: [read.append(get(self)), read[-1]][1]; "
                  f"import kubesim_cli.{name} as m; print(({expression}))")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path,
                              env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), **environ})
        return done.stdout.strip()

    ask.folder = tmp_path / "kubesim_cli"
    return ask


def test_a_compiled_module_is_read_and_an_outdated_one_is_not(package):
    assert package("m.VALUE, m.__doc__, read") == "(1, 'One.', [None])"
    assert package("m.VALUE, [code.co_filename == m.__file__ for code in read]") == "(1, [True])"
    source = package.folder / "a.py"
    found = source.stat()
    source.write_text('"""One."""\nVALUE = 2\n', encoding="utf-8")
    os.utime(source, (found.st_atime, found.st_mtime + 1))
    assert package("m.VALUE, read") == "(2, [None])"
    source.write_text('"""One."""\nVALUE = 22\n', encoding="utf-8")
    os.utime(source, (found.st_atime, found.st_mtime + 1))  # another size
    assert package("m.VALUE, read") == "(22, [None])"


def test_modules_have_the_attributes_that_python_gives_them(package):
    asked = "m.__file__, m.__cached__, m.__package__, m.__spec__.origin, m.__spec__.cached"
    package("0")
    ours = package(asked)
    script = f"import kubesim_cli.a as m; print(({asked}))"
    pythons = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                             cwd=package.folder.parent, env={"PYTHONPATH": str(package.folder.parent)}).stdout.strip()
    assert ours == pythons
    assert package("sorted(vars(m)), read", "empty").endswith("], [])")


@pytest.mark.parametrize("damage", [lambda b: b[:10], lambda b: b"\0\0\0\0" + b[4:], lambda b: b[:4] + b"\1" + b[5:],
                                    lambda b: b + bytes(1 << 16)], ids=["cut", "magic", "hashed", "long"])
def test_what_is_not_as_expected_is_left_to_python(package, damage):
    package("0")
    compiled, = (package.folder / "__pycache__").glob("a.*.pyc")
    compiled.write_bytes(damage(compiled.read_bytes()))
    assert package("m.VALUE, read") == "(1, [None])"


def test_pythons_own_switches_count(package, tmp_path):
    package("0")
    assert package("m.__doc__, read", PYTHONOPTIMIZE="2") == "(None, [])"
    assert package("m.VALUE, read", PYTHONPYCACHEPREFIX=str(tmp_path / "elsewhere")) == "(1, [])"
    package.folder.rename(tmp_path / "kubesim_cli2")
    (tmp_path / "moved").mkdir()
    (tmp_path / "kubesim_cli2").rename(tmp_path / "moved" / "kubesim_cli")
    assert package("m.VALUE, read", PYTHONPATH=str(tmp_path / "moved")) == "(1, [None])"  # it would name the old file
