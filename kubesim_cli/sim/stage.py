"""A stage: a shell in which kubectl is kubesim and KUBECONFIG its own file, told in the words of each shell.

What was there before is kept in KUBESIM_BEFORE, from which `off` brings it back; setting the stage twice is as once.
"""

from __future__ import annotations

import json
import os
import shlex

from ..kubectl.kubeconfig import own_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SHELLS = ("bash", "zsh", "sh", "fish", "powershell")
MARK = "(kubesim) "
_VARIABLES = ("KUBESIM_HOME", "KUBECONFIG", "KUBESIM_KUBECONFIG")  # those that a stage sets, beside PATH
_BEFORE = "KUBESIM_BEFORE"
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"


def settings(environ: Mapping[str, str], home: str, folder: str) -> dict[str, str]:
    """Return the variables of a stage: whose KUBESIM_HOME is `home` and whose programs are in `folder`."""
    before = environ.get(_BEFORE) or json.dumps({name: environ.get(name) for name in _VARIABLES})
    return {"KUBESIM_HOME": home, "KUBECONFIG": own_path({"KUBESIM_HOME": home}), "KUBESIM_KUBECONFIG": "1",
            _BEFORE: before, "PATH": os.pathsep.join([folder, *_others(environ, folder)])}


def restored(environ: Mapping[str, str], folder: str) -> dict[str, str | None]:
    """Return what the variables were before the stage was set, None for those that were not; {} without a stage."""
    before = was(environ)
    if before is None:
        return {}
    return {**{name: before.get(name) for name in _VARIABLES}, _BEFORE: None,
            "PATH": os.pathsep.join(_others(environ, folder))}


def was(environ: Mapping[str, str]) -> dict[str, str | None] | None:
    """Return the variables as they were before the stage was set, None for those not set; None without a stage."""
    try:
        found: dict[str, str | None] = json.loads(environ.get(_BEFORE, ""))
    except ValueError:
        return None
    return found


def _others(environ: Mapping[str, str], folder: str) -> list[str]:
    """Return the entries of PATH that are no stage's."""
    ours = {folder, os.path.join(environ.get("KUBESIM_HOME", ""), "bin")} if _BEFORE in environ else {folder}
    return [entry for entry in environ.get("PATH", "").split(os.pathsep) if entry not in ours]


def quoted(text: str, shell: str) -> str:
    """Return a word of the shell's language (one of SHELLS) that means `text` to the letter."""
    if shell == "fish":  # backslashes escape themselves and quotes inside of quotes
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if shell == "powershell":  # a quote is doubled, and typographic ones end a string as well
        return "'" + "".join(letter * 2 if letter in _POWERSHELL_QUOTES else letter for letter in text) + "'"
    return shlex.quote(text)


def script(shell: str, variables: Mapping[str, str | None], kubectl: str) -> str:
    """Return what a shell has to evaluate for `settings` or `restored`: these variables, and the prompt.

    `kubectl`: the program that kubectl has to be afterwards, "" where that is not our matter any more.
    """
    lines = [_assignment(shell, name, value) for name, value in variables.items()]
    lines += (_ON if kubectl else _OFF)[shell]
    if kubectl:
        lines.append(_CHECK[shell if shell in _CHECK else "sh"].format(kubectl=quoted(kubectl, shell)))
    return "".join(f"{line}\n" for line in lines)


def _assignment(shell: str, name: str, value: str | None) -> str:
    if shell == "fish":
        if value is None:
            return f"set -e {name}"
        words = value.split(os.pathsep) if name == "PATH" else [value]
        return f"set -gx {name} {' '.join(quoted(word, shell) for word in words)}"
    if shell == "powershell":
        return f"$env:{name} = {quoted(value, shell) if value is not None else '$null'}"
    return f"unset {name}" if value is None else f"export {name}={quoted(value, shell)}"


_MARKED = f'case "${{PS1-}}" in "" | "{MARK}"*) ;; *) PS1="{MARK}$PS1" ;; esac'
_UNMARKED = f'case "${{PS1-}}" in "{MARK}"*) PS1="${{PS1#"{MARK}"}}" ;; esac'
_MARKING = ["__kubesim_mark() {", _MARKED, "}", "__kubesim_mark"]
# Some make their prompt anew each time: what does so in bash and zsh is followed by what marks it.
_ON = {
    "bash": [*_MARKING, 'case "${PROMPT_COMMAND-}" in "" | *__kubesim_mark*) ;; '
                        "*) PROMPT_COMMAND+=$'\\n'__kubesim_mark ;; esac", "hash -r"],
    "zsh": [*_MARKING, "typeset -ga precmd_functions",
            "(( ${precmd_functions[(I)__kubesim_mark]} )) || precmd_functions+=(__kubesim_mark)", "hash -r"],
    "sh": [_MARKED, "hash -r"],
    "fish": ["if status is-interactive; and functions -q fish_prompt; and not functions -q __kubesim_prompt",
             "functions -c fish_prompt __kubesim_prompt",
             f"function fish_prompt; echo -n {quoted(MARK, 'fish')}; __kubesim_prompt; end", "end"],
    "powershell": ["if (-not (Test-Path function:__kubesimPrompt)) {",
                   "Copy-Item function:prompt function:global:__kubesimPrompt",
                   f"function global:prompt {{ {quoted(MARK, 'powershell')} + (__kubesimPrompt) }}", "}"],
}
_OFF = {
    "bash": [_UNMARKED, "[[ -z ${PROMPT_COMMAND-} ]] || PROMPT_COMMAND=${PROMPT_COMMAND/$'\\n'__kubesim_mark/}",
             "unset -f __kubesim_mark", "hash -r"],
    "zsh": [_UNMARKED, "typeset -ga precmd_functions", "precmd_functions=(${precmd_functions:#__kubesim_mark})",
            "unset -f __kubesim_mark 2>/dev/null", "hash -r"],
    "sh": [_UNMARKED, "hash -r"],
    "fish": ["if functions -q __kubesim_prompt", "functions -e fish_prompt",
             "functions -c __kubesim_prompt fish_prompt", "functions -e __kubesim_prompt", "end"],
    "powershell": ["if (Test-Path function:__kubesimPrompt) {",
                   "Copy-Item function:__kubesimPrompt function:global:prompt",
                   "Remove-Item function:__kubesimPrompt", "}"],
}
# An alias or a function comes before PATH: whoever has one is told what kubectl means then.
_CHECK = {
    "sh": 'case "$(command -v kubectl)" in {kubectl}) ;; *) '
          'echo "kubesim: kubectl is something else here: $(command -v kubectl)" >&2 ;; esac',
    "fish": "functions -q kubectl; and echo 'kubesim: kubectl is a function here' >&2; or true",
    "powershell": "if ((Get-Command kubectl).Source -ne {kubectl}) {{ "
                  "Write-Warning 'kubesim: kubectl is something else here' }}",
}
