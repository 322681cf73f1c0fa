"""`kubesim sim env` and `kubesim sim shell`: a `kubectl` for one shell that is kubesim."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import click

from . import stage
from .launchers import shim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings

_NAMES = {"dash": "sh", "ash": "sh", "ksh": "sh", "pwsh": "powershell"}  # shells that speak another one's language


def calling_shell() -> tuple[str, str]:
    """Return the shell that has called us, by looking at the processes above this one: (name, program), else ("", "").

    The program is a path, or a name to be looked for in PATH. $SHELL tells which shell its user has at login, which
    need not be the one that asks.
    """
    import shellingham

    login = os.environ.pop("SHELL", None)  # it would be believed of a login shell
    try:
        name, program = shellingham.detect_shell()
    except (shellingham.ShellDetectionFailure, RuntimeError, OSError):
        return "", ""
    finally:
        if login is not None:
            os.environ["SHELL"] = login
    return name, program


@click.command("env", short_help="Print what puts kubesim's kubectl on a shell's PATH.")
@click.option("--shell", type=click.Choice(stage.SHELLS), default=None,
              help="Whose language to speak; otherwise that of the shell that calls.")
@click.option("--off", is_flag=True, help="Print what brings everything back to what it was before.")
@click.pass_obj
def env(settings: Settings, shell: str | None, off: bool) -> None:
    """Print what makes a shell a stage: kubectl is kubesim, and KUBECONFIG its own file.

    \b
    bash, zsh:   eval "$(kubesim sim env)"
    fish:        kubesim sim env | source
    PowerShell:  kubesim sim env | Out-String | Invoke-Expression

    The prompt says (kubesim) as long as that lasts; with --off it ends. Beside kubectl and kubesim there are minikube
    and kind, as far as `kubesim sim minikube --help` and `kubesim sim kind --help` tell.
    """
    language = shell or _language()
    home = os.path.abspath(settings.home)
    folder = shim(home)
    if off:
        variables = stage.restored(settings.environ, folder)
        if not variables:
            click.echo("kubesim: this shell is no stage", err=True)
            return
        text = stage.script(language, variables, "")
    else:
        settings.write_kubeconfig()
        text = stage.script(language, stage.settings(settings.environ, home, folder), _kubectl(folder))
    # A path may hold bytes that are no text; a stream that somebody has put in stdout's place may take text only.
    click.echo(text.encode("utf-8", "surrogateescape") if hasattr(sys.stdout, "buffer") else text, nl=False)
    if sys.stdout.isatty():
        click.echo(f"# {_hint(language, _kubesim(folder), '--off' if off else '')}")


def _kubectl(folder: str) -> str:
    return os.path.join(folder, "kubectl.exe" if os.name == "nt" else "kubectl")


def _kubesim(folder: str) -> str:
    """Return how to call kubesim: by its name where that is found, else by the path of the one in the folder."""
    return "kubesim" if shutil.which("kubesim") else os.path.join(folder, "kubesim")


def _hint(language: str, kubesim: str, flag: str) -> str:
    """Return the line by which a shell evaluates what has only been shown."""
    call = f"{kubesim if kubesim == 'kubesim' else stage.quoted(kubesim, language)} sim env {flag}".rstrip()
    if language == "fish":
        return f"{call} | source"
    if language == "powershell":
        return f"{call if kubesim == 'kubesim' else '& ' + call} | Out-String | Invoke-Expression"
    return f'eval "$({call})"'


def _language() -> str:
    name = calling_shell()[0] or os.path.basename(os.environ.get("SHELL", ""))
    name = _NAMES.get(name, name) or ("powershell" if os.name == "nt" else "sh")
    if name not in stage.SHELLS:
        raise click.ClickException(f"this speaks {', '.join(stage.SHELLS)}, and not {name}; "
                                   "`kubesim sim shell` opens a shell that is a stage")
    return name


@click.command("shell", short_help="Open a shell in which kubectl is kubesim.")
@click.option("--shell", "asked", default=None, metavar="PROGRAM", help="Which shell; otherwise the one that calls.")
@click.pass_obj
def shell(settings: Settings, asked: str | None) -> None:
    """Open a shell in which kubectl is kubesim, and KUBECONFIG its own file; leave it with `exit`."""
    home = os.path.abspath(settings.home)
    folder = shim(home)
    settings.write_kubeconfig()
    environ = {**settings.environ, **stage.settings(settings.environ, home, folder)}
    name, program = (os.path.basename(asked), asked) if asked else calling_shell()
    if not program:
        program = os.environ.get("SHELL") or ("powershell" if os.name == "nt" else "/bin/sh")
        name = os.path.basename(program)
    name = name.removesuffix(".exe")
    arguments = [_found(program), *_prepare(_NAMES.get(name, name), home, folder, environ)]
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(arguments[0], arguments, environ)
    sys.exit(subprocess.call(arguments, env=environ))


def _found(program: str) -> str:
    """Return the path of a program: what lies in the working folder is never meant by a mere name."""
    if os.path.isabs(program):
        return program
    for folder in filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep)):
        path = os.path.join(folder, os.path.basename(program))
        for candidate in (path, path + ".exe") if os.name == "nt" else (path,):
            if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
                return candidate
    raise click.ClickException(f"there is no shell {program}")


def _prepare(name: str, home: str, folder: str, environ: dict[str, str]) -> list[str]:
    """Have a shell set the stage once more when it has read its user's own files, which may set PATH or KUBECONFIG.

    Returns its arguments; `environ` is what it is started with, and gets what it needs.
    """
    call = f"{stage.quoted(os.path.join(folder, 'kubesim'), name)} sim env --shell {name}"
    if name == "fish":
        return ["-C", f"{call} | source"]
    if name == "powershell":
        return ["-NoLogo", "-NoExit", "-Command", f"& {call} | Out-String | Invoke-Expression"]
    if name == "cmd":
        environ["PROMPT"] = stage.MARK + environ.get("PROMPT", "$P$G").removeprefix(stage.MARK)
        return []
    rest = f'eval "$({call})"\n'
    if name == "bash":
        return ["--rcfile", _file(home, "bashrc", f"[ -f ~/.bashrc ] && . ~/.bashrc\n{rest}")]
    if name == "zsh":
        return _zsh(home, rest, environ)
    if name == "sh":
        before = environ.get("ENV", "")
        ours = os.path.join(home, "shell", "shrc")
        user = f"[ -f {stage.quoted(before, name)} ] && . {stage.quoted(before, name)}\n" if before != ours else ""
        environ["ENV"] = _file(home, "shrc", (user if os.path.isabs(before) else "") + rest)
    return []


def _zsh(home: str, rest: str, environ: dict[str, str]) -> list[str]:
    """zsh reads .zshenv and .zshrc of the folder ZDOTDIR: ours read the user's, from where these are."""
    where = os.path.dirname(_file(home, "zsh/.zshenv", _ZSHENV))
    _file(home, "zsh/.zshrc", _ZSHRC + rest)
    environ["KUBESIM_ZDOTDIR"] = environ.get("ZDOTDIR") or os.path.expanduser("~")
    environ["ZDOTDIR"] = where
    return []


_ZSHENV = """\
__kubesim_zdotdir=$ZDOTDIR ZDOTDIR=$KUBESIM_ZDOTDIR
[[ -f $ZDOTDIR/.zshenv ]] && . "$ZDOTDIR/.zshenv"
KUBESIM_ZDOTDIR=${ZDOTDIR:-$HOME} ZDOTDIR=$__kubesim_zdotdir
"""
_ZSHRC = """\
ZDOTDIR=$KUBESIM_ZDOTDIR
unset KUBESIM_ZDOTDIR __kubesim_zdotdir
[[ -f $ZDOTDIR/.zshrc ]] && . "$ZDOTDIR/.zshrc"
[[ $ZDOTDIR == $HOME ]] && unset ZDOTDIR
"""


def _file(home: str, name: str, text: str) -> str:
    """Write a file that a shell reads at its start; returns its path."""
    from ..machinery.files import private_folder

    path = os.path.join(home, "shell", name)
    private_folder(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.replace(temporary, path)
    return path


COMMANDS = [env, shell]
