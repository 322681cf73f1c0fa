"""What a code block of a page is, by its lines and the words before it: commands, output, a manifest, or a part of one.
"""

from __future__ import annotations

import re

from . import containers
from .commandline import split
from .programs import looks_like_command
from .prompts import is_prompt
from .tables import header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

SHELLS = {"shell", "bash", "sh", "zsh", "shell-session", "shellsession", "console", "terminal", "sh-session",
          "kubectl", "session", "prompt", "fish"}
OTHER_SHELLS = {"powershell", "pwsh", "ps1", "cmd", "bat", "batch"}
OUTPUTS = {"", "none", "text", "txt", "plain", "plaintext", "output", "console", "log", "ini", "default", "conf",
           "stdout"}
MANIFESTS = {"yaml", "yml", "json"}
_CALLS = re.compile(r"[a-z][\w-]*( |$)|[A-Z_]+=\S+ [a-z]|(?:\$\{?\w+\}?|\.{1,2}|~)/\S+( |$)")
_HERE_DOCUMENT = re.compile(r"(?:sudo )?(?:cat|tee|kubectl)\b[^'\"]*<<")
PRINTED = re.compile(r"[A-Z][A-Z()-]+(?: [A-Z]+)* {2,}[A-Z]|Error from server|\.\.\.$|[{\[]|INFO |[A-Z_]+$|\w$|"
                      r"[A-Za-z][\w ]*:(?:\s|$)|\s+[\w-]+:(?:\s|$)|\S+ \"[^\"]+\" \w+$|"
                      r"[a-z.]+/[\w.-]+ (?:created|configured|deleted|unchanged|\w+ed)(?: \(.*\))?$")
_PRINTS_VARIABLES = re.compile(r"(?:^|--\s|\s)(?:cat|env|printenv)\b[^|<>\n]*$")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=(?!\$\(|`)")
TELLS_OUTPUT = re.compile(r"output|similar|look|see|show|displa|result|return|respon|print|like|follow|list|get", re.I)
_EXCERPT = re.compile(
    r"(?:output|response|result|it|this)\s+(?:also\s+|will\s+)*(?:includes?|contains?)|output (?:also )?shows \w|"
    r"excerpt|part of the output|to see that|among (?:other|the)|near the (?:bottom|top|end)|look for|"
    r"in the output,? you (?:can |should |will )?see|(?:you|will) (?:should |also |can )*see (?:a|an|the) "
    r"(?:event|message|line|error)|omitted|truncated|following (?:lines?|fields?|events?|section)", re.I)
_READ = re.compile(r"\bkubectl\b.*\bget\b[^|]*(?:-o|--output)[ =]?(?:yaml|json)\b[^|]*$")
_OF_SERVER = re.compile(r"\s+\"?(?:uid|resourceVersion)\"?:")  # what authors trim off first
_DOCUMENT = re.compile(r"\bkubectl\b.*(?:\bdescribe\b|\bcluster-info dump|(?:-o|--output)[ =]?(?:yaml|json)\b)")
_LOG = re.compile(r"\bkubectl\b.*\blogs\b")  # which has more lines the later one looks
_FOLLOWED = re.compile(r"\s(?:-f|--follow)\b|\btail -f\b")
_ELIDED = re.compile(r"\s*#?\s*(?:\.\.\.|…).*")
BEGINNING = re.compile(r"(?:apiVersion|kind|Name):|[{\[]|Error|error|No resources")  # of a whole document
_ENVIRONMENT = re.compile(r"(?:^|--\s|['\"])\s*(?:print)?env\s*(?:\||['\"]?$)")  # whose order means nothing
ASKS_DOCUMENT = re.compile(r"(?:-o|--output)[ =]?'?\"?(?:yaml|json)|\b(?:view|explain|diff|kustomize|convert)\b|"
                            r"^cat (?!<)|--raw|\bjq\b|--dry-run|jsonpath")


def kind_of(language: str, lines: list[str], prompts: list[re.Match[str] | None], prose: str, awaiting: str,
            inside: bool, own: Collection[str]) -> str:
    """Return what a block is: a `session` with prompts, a `script`, `bare` commands with what they print, or a
    `listing`.

    `awaiting`: the command before it whose output has not been shown, "" for none; `inside`: whether a container's
    shell is open; `own`: programs that the page has made.
    """
    told = [(match.group("prompt"), match.group("text") or "") for match in prompts if match]
    certain = [prompt for prompt, text in told if prompt not in ("#", ">", "%") and text]
    likely = [text for prompt, text in told if prompt in ("#", ">", "%") and looks_like_command(text, strict=True)]
    first = next((each for each in lines if each.strip() and not each.lstrip().startswith("#")), "")
    if language in SHELLS and language != "console" and first.split(maxsplit=1)[:1] and first.split()[0] in own:
        return "script"
    if certain or (likely and not looks_like_command(first, strict=True)):
        return "session"
    if awaiting and _PRINTS_VARIABLES.search(awaiting) and all(map(_VARIABLE.match, lines)):
        return "listing"
    if language in SHELLS and language != "console" and looks_like_command(first):
        later = [text for text, _ in split(lines)[1:]]
        printed = any(PRINTED.match(text) and not looks_like_command(text) for text in later)
        return "bare" if printed else "script"
    commands = split(lines)
    if len(commands) > 1 and all(_CALLS.match(text) for text, _ in commands) and looks_like_command(
            commands[-1][0], strict=True):
        return "script"
    if looks_like_command(first, strict=True) or (inside and lines[0].startswith("# ")
                                                  and looks_like_command(first)):
        return "script" if all(looks_like_command(text) for text, _ in commands) else "bare"
    if language in SHELLS and language != "console" and _CALLS.match(first) and (
            not awaiting or first.split()[0] in containers.ASKING
            or (prose and not TELLS_OUTPUT.search(prose.split("\n\n")[-1]))):
        return "script"
    return "listing"


def is_manifest(lines: list[str]) -> bool:
    text = "\n".join(lines)
    return bool(re.search(r"^\s*\"?apiVersion\"?:", text, re.M) and re.search(r"^\s*\"?kind\"?:", text, re.M)) \
        and not looks_like_command(lines[0], strict=True) and not is_prompt(lines[0]) \
        and not any(map(_HERE_DOCUMENT.match, lines))


def is_watched(lines: list[str]) -> bool:
    """Whether lines are those of a watch of pods, which tell several states of one."""
    names = [line.split()[0] for line in lines if line.strip()]
    columns = header(next((line for line in lines if line.strip()), ""))
    return columns is not None and columns[0][0] == "NAME" and "STATUS" in columns[0] and len(set(names)) < len(names)


def is_document(command: str) -> bool:
    """Whether a command prints a document, which may be shown in part: `describe`, YAML, JSON."""
    return bool(_DOCUMENT.search(command))


def is_part(command: str, document: bool, lines: list[str], words: str, similar: bool) -> bool:
    """Whether a block is a part of what a command prints, by the `words` before it; a `document`, or a log, that is
    only `similar` is taken for one, too."""
    log = bool(_LOG.search(command))
    first = next((line for line in lines if line.strip()), "")
    if _EXCERPT.search(words) or (document and (not BEGINNING.match(first) or any(map(_ELIDED.fullmatch, lines)))):
        return True
    if _READ.search(command) and is_manifest(lines) and any("metadata" in line for line in lines):
        return not any(map(_OF_SERVER.match, lines)) or similar
    return (similar and (document or log)) or (log and bool(_FOLLOWED.search(command)))


def is_unordered(command: str) -> bool:
    """Whether the order of the lines means nothing that a command prints: variables."""
    return bool(_ENVIRONMENT.search(command))
