"""The programs that a stage puts in front of PATH: kubectl, kubesim itself, and minikube and kind beside it."""

from __future__ import annotations

import os
import shlex
import sys

import click

from ..machinery.files import private_folder

# What each program's arguments are put behind.
PROGRAMS: dict[str, list[str]] = {"kubectl": [], "kubesim": [], "minikube": ["sim", "minikube"],
                                  "kind": ["sim", "kind"]}

_OURS = b"kubesim_cli"  # is in each of them
# Unlike `python -m kubesim_cli` it imports nothing from the working folder, which may be anybody's. Python's own -P
# does so since 3.11, and -I would hide packages that are installed for one user.
_TEXT = ("import sys; sys.argv[:1] = {argv!r}; sys.path = [p for p in sys.path if p]; "
         "from kubesim_cli.start import start; start()")


def shim(home: str) -> str:
    """Write the programs below KUBESIM_HOME and return the folder they are in.

    Raises ClickException where another program has such a name, as below KUBESIM_HOME=/usr.
    """
    folder = os.path.join(home, "bin")
    private_folder(folder)
    for name, content in programs(sys.executable, os.name == "nt").items():
        path = os.path.join(folder, name)
        before = _content(path)
        if before == content:
            continue  # it may be running, and Windows then lets nobody replace it
        if before is not None and _OURS not in before:
            raise click.ClickException(f"{path} is another program, and stays what it is; choose another KUBESIM_HOME")
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    return folder


def is_ours(path: str) -> bool:
    """Whether a program is one of kubesim's launchers."""
    return _OURS in (_content(path) or b"")


def _content(path: str) -> bytes | None:
    """Return what a program's file holds, None where there is none, nothing where it is no file of its own."""
    if not os.path.lexists(path):
        return None
    if os.path.islink(path) or not os.path.isfile(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def programs(python: str, windows: bool) -> dict[str, bytes]:
    """Return the files of the folder, by their names: each calls the Python of that path."""
    made = {}
    for name, words in PROGRAMS.items():
        text = _TEXT.format(argv=[name, *words])
        if windows:
            made[f"{name}.exe"] = _executable(python, text)
        else:
            made[name] = f'#!/bin/sh\nexec {shlex.quote(python)} -c {shlex.quote(text)} "$@"\n'.encode()
    return made


def _executable(python: str, text: str) -> bytes:
    """Return a program of Windows, which other programs find and start where they would not a .cmd file.

    It is the launcher that pip makes of a package's programs, too: an executable, what to start, and an archive of it.
    """
    import io
    import zipfile
    from importlib.resources import files

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), text)  # at no time of its own: the same bytes each time
    launcher = files("distlib").joinpath(_launcher()).read_bytes()
    return launcher + f'#!"{python}"\n'.encode() + stream.getvalue()


def _launcher() -> str:
    import sysconfig

    machine = sysconfig.get_platform()
    return {"win-arm64": "t64-arm.exe", "win32": "t32.exe"}.get(machine, "t64.exe")
