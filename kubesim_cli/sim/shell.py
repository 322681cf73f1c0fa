"""`kubesim sim env` and `kubesim sim shell`: a `kubectl` for one shell that is kubesim."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import click

from ..machinery.files import private_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings

SHELLS = ("bash", "zsh", "fish", "powershell")
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"

# Unlike `python -m kubesim_cli` it imports nothing from the working folder, which may be anybody's. Python's own -P
# does so since 3.11, and -I would hide packages that are installed for one user.
_PROGRAM = "import sys; sys.path = [p for p in sys.path if p]; from kubesim_cli.start import start; start()"


def shim(home: str) -> str:
    """Write the programs called kubectl below KUBESIM_HOME and return the folder they are in.

    Raises ClickException where another program has that name, as below KUBESIM_HOME=/usr.
    """
    folder = os.path.join(home, "bin")
    private_folder(folder)
    for name, text in programs(sys.executable, os.name == "nt").items():
        path = os.path.join(folder, name)
        if os.path.lexists(path) and not _is_ours(path):
            raise click.ClickException(f"{path} is another program, and stays what it is; choose another KUBESIM_HOME")
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    return folder


def _is_ours(path: str) -> bool:
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return b"kubesim_cli" in file.read(4096)


def programs(python: str, windows: bool) -> dict[str, str]:
    """Return the files of the shim's folder: kubectl as a script that calls the Python of that path."""
    if windows:
        return {"kubectl.cmd": f'@"{python.replace("%", "%%")}" -c "{_PROGRAM}" %*\r\n'}
    return {"kubectl": f'#!/bin/sh\nexec {shlex.quote(python)} -c {shlex.quote(_PROGRAM)} "$@"\n'}


def quoted(text: str, shell: str) -> str:
    """Return a word of the shell's language (one of SHELLS) that means `text` to the letter."""
    if shell == "fish":  # backslashes escape themselves and quotes inside of quotes
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if shell == "powershell":  # a quote is doubled, and typographic ones end a string as well
        return "'" + "".join(letter * 2 if letter in _POWERSHELL_QUOTES else letter for letter in text) + "'"
    return shlex.quote(text)


def _guess() -> str:
    if os.name == "nt":
        return "powershell"
    name = os.path.basename(os.environ.get("SHELL", "bash"))
    return name if name in SHELLS else "bash"


def script(shell: str, home: str, folder: str) -> str:
    """Return what the shell has to evaluate."""
    def quote(text: str) -> str:
        return quoted(text, shell)

    if shell == "fish":
        return (f"set -gx KUBESIM_HOME {quote(home)}\n"
                f"set -gx PATH {quote(folder)} $PATH\n")
    if shell == "powershell":
        return (f"$env:KUBESIM_HOME = {quote(home)}\n"
                f"$env:PATH = {quote(folder + os.pathsep)} + $env:PATH\n")
    return (f"export KUBESIM_HOME={quote(home)}\n"
            f"export PATH={quote(folder)}:\"$PATH\"\n"
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
