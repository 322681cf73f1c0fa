"""`kubesim sim env` and `kubesim sim shell`: a `kubectl` for one shell that is kubesim."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cli import Settings

SHELLS = ("bash", "zsh", "fish", "powershell")


def shim(home: str) -> str:
    """Write the programs called kubectl below KUBESIM_HOME and return the folder they are in."""
    folder = os.path.join(home, "bin")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    python = sys.executable
    files = {"kubectl.cmd": f'@"{python}" -m kubesim_cli %*\r\n'} if os.name == "nt" else {
        "kubectl": f'#!/bin/sh\nexec {shlex.quote(python)} -m kubesim_cli "$@"\n'}
    for name, text in files.items():
        path = os.path.join(folder, name)
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    return folder


def _guess() -> str:
    if os.name == "nt":
        return "powershell"
    name = os.path.basename(os.environ.get("SHELL", "bash"))
    return name if name in SHELLS else "bash"


def script(shell: str, home: str, folder: str) -> str:
    """Return what the shell has to evaluate."""
    if shell == "fish":
        return (f"set -gx KUBESIM_HOME {shlex.quote(home)}\n"
                f"set -gx PATH {shlex.quote(folder)} $PATH\n")
    if shell == "powershell":
        def quote(text: str) -> str:
            return "'" + text.replace("'", "''") + "'"

        return (f"$env:KUBESIM_HOME = {quote(home)}\n"
                f"$env:PATH = {quote(folder + os.pathsep)} + $env:PATH\n")
    return (f"export KUBESIM_HOME={shlex.quote(home)}\n"
            f"export PATH={shlex.quote(folder)}:\"$PATH\"\n"
            "hash -r\n")


@click.command("env")
@click.option("--shell", type=click.Choice(SHELLS), default=None, help="Whose language to speak; guessed otherwise.")
@click.pass_obj
def env(settings: Settings, shell: str | None) -> None:
    """Print what puts a kubectl that is kubesim in front of PATH.

    \b
    bash, zsh:   eval "$(kubesim sim env)"
    fish:        kubesim sim env --shell fish | source
    PowerShell:  kubesim sim env --shell powershell | Out-String | Invoke-Expression
    """
    home = os.path.abspath(settings.home)
    click.echo(script(shell or _guess(), home, shim(home)), nl=False)


@click.command("shell")
@click.pass_context
def shell(ctx: click.Context) -> None:
    """Open a shell in which kubectl is kubesim; leave it with `exit`."""
    home = os.path.abspath(ctx.obj.home)
    folder = shim(home)
    environ = {**os.environ, "KUBESIM_HOME": home, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}
    program = ["powershell", "-NoLogo"] if os.name == "nt" else [os.environ.get("SHELL") or "/bin/sh"]
    code = subprocess.call(program, env=environ)
    ctx.exit(code if code >= 0 else 128 - code)  # a shell that a signal ended, as shells tell it


COMMANDS = [env, shell]
