"""Go's testscript in a txtar archive: a script, then files, each behind a line `-- NAME --`.

The language is that of rogpeppe/go-internal's testscript; of its statements those are known that a shell can play.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys

from ..model import ANY_FAILURE, BadPage, Command, Listing, Page, Shown
from ..programs import HARMLESS, OURS

_FILE = re.compile(r"^-- (.+) --$")
_CONDITION = re.compile(r"^\[(?P<no>!?)\s*(?P<name>[^\]]*)\]\s*")
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "windows": "win32", "net": "", "short": ""}
_KNOWN = ("exec, kubectl, stdin, stdout, stderr, cmp, grep, exists, env, cd, chmod, cp, mkdir, mv, rm, symlink, wait, "
          "skip and stop")
_KEPT = ".testscript-stdout"


def parse(name: str, text: str) -> Page:
    """Return the page of an archive; raises BadPage for a statement that is not understood."""
    page = Page(name, text)
    script, files = _split(text)
    for file, (line, content) in files.items():
        page.items.append(Shown(file, content, line, source="given"))
    reader = _Script(page, files)
    for number, statement in enumerate(script, 1):
        if not reader.take(statement.strip(), number):
            break
    return page


def _holds(condition: str) -> bool:
    """Whether a condition such as `exec:jq` or `linux` holds where a page is verified; there is no network."""
    if condition.startswith("exec:"):
        name = condition.removeprefix("exec:")
        return name in OURS or (name in HARMLESS and shutil.which(name) is not None)
    if condition == "unix":
        return sys.platform != "win32"
    return sys.platform == _SYSTEMS.get(condition)


def _split(text: str) -> tuple[list[str], dict[str, tuple[int, str]]]:
    """Return the lines of the script, and name -> (line, content) of the files."""
    script: list[str] = []
    files: dict[str, tuple[int, str]] = {}
    current = ""
    for number, line in enumerate(text.split("\n"), 1):
        found = _FILE.match(line)
        if found:
            current = found.group(1).strip()
            files[current] = (number + 1, "")
        elif current:
            first, content = files[current]
            files[current] = (first, content + line + "\n")
        else:
            script.append(line)
    return script, {name: (line, content.removesuffix("\n")) for name, (line, content) in files.items()}


class _Script:
    """Takes the statements of a script, and appends what they are to the page."""

    def __init__(self, page: Page, files: dict[str, tuple[int, str]]):
        self.page, self.files = page, files
        self.stdin = ""  # the file that the next program reads

    def take(self, statement: str, number: int) -> bool:
        """Take a statement; returns whether the script goes on. Raises BadPage for one that is not understood."""
        while found := _CONDITION.match(statement):
            if not found["name"].startswith("exec:") and found["name"] not in ("unix", *_SYSTEMS):
                raise BadPage(self.page.path, number, f"the condition {found['name']} is not understood")
            if _holds(found["name"]) == bool(found["no"]):
                return True
            statement = statement[found.end():]
        if not statement or statement.startswith("#"):
            return True
        fails = statement.startswith("!")
        statement = statement.lstrip("! ")
        verb, _, rest = statement.partition(" ")
        if verb in ("skip", "stop") and not fails:
            return False
        if not (self._program(verb, statement, rest.strip(), number, fails)
                or self._expected(verb, rest.strip(), number, fails)):
            raise BadPage(self.page.path, number,
                          f"{'! ' * fails}{statement} is not understood; known are {_KNOWN}")
        return True

    def _program(self, verb: str, statement: str, rest: str, number: int, fails: bool) -> bool:
        """Take a statement that a shell plays, or one that looks at files; returns whether it is one."""
        text, origin = "", ""
        if verb in ("exec", "kubectl"):
            text = (rest if verb == "exec" else statement) + (f" < {self.stdin}" if self.stdin else "")
            self.stdin = ""
        elif verb == "exists":
            asked = "test -e {} && ! test -w {}" if "-readonly" in rest else "test -e {}"
            text = " && ".join(asked.replace("{}", file) for file in rest.replace("-readonly", "").split())
        elif verb == "grep":
            text = re.sub(r"^-count=\d+ +", "", rest)
            text = f"grep -Eq {text}"
        elif verb == "cmp" and rest.split()[0] not in ("stdout", "stderr"):
            text = f"cmp {rest}"
        elif verb in ("cd", "mkdir", "cp", "rm", "mv", "chmod", "wait") and not fails \
                and not {"stdout", "stderr"} & set(rest.split()[:1]):
            text, origin = f"mkdir -p {rest}" if verb == "mkdir" else statement, "setup"
        elif verb == "symlink" and "->" in rest and not fails:
            name, _, target = rest.partition("->")
            text, origin = f"ln -s {target.strip()} {name.strip()}", "setup"
        elif verb == "env" and not fails:
            text, origin = f"export {rest}", "setup"
        if text:
            wanted = (ANY_FAILURE if fails else 0) if not origin else None
            self.page.items.append(Command(text, number, number, apart=not origin, exit=wanted, origin=origin))
        return bool(text)

    def _expected(self, verb: str, rest: str, number: int, fails: bool) -> bool:
        """Take a statement about what the last program has printed; returns whether it is one."""
        last = next((command for command in reversed(self.page.commands) if not command.origin), None)
        if verb == "stdin" and not fails:
            if rest == "stdout" and last is not None:
                _keep(last, _KEPT)
            self.stdin = _KEPT if rest == "stdout" else rest
            return True
        if verb == "cp" and last is not None and rest.startswith("stdout ") and not fails:
            _keep(last, rest.split()[1])
            return True
        if verb in ("stdout", "stderr") and last is not None:
            pattern = shlex.split(re.sub(r"^-count=\d+ +", "", rest))[0] if rest else ""
            _expect(last, verb, [f".*(?:{pattern}).* (re)"], number, "contains", absent=fails)
            return True
        if verb == "cmp" and last is not None and not fails:
            stream, file = rest.split()[:2]
            if file not in self.files:
                raise BadPage(self.page.path, number, f"there is no file {file} in the archive")
            first, content = self.files[file]
            _expect(last, stream, content.rstrip("\n").split("\n"), first, "")
            return True
        return False


def _keep(command: Command, file: str) -> None:
    """Have a program's output go into a file, too."""
    command.adds = f" > {file}; __kubesim_ended=$?; cat {file}; (exit $__kubesim_ended)"


def _expect(command: Command, stream: str, lines: list[str], line: int, level: str, absent: bool = False) -> None:
    """Add what a stream has to hold, or may not."""
    known = command.listing if stream == "stdout" else command.stderr
    if known is not None and known.level == level == "contains":
        (known.absent if absent else known.lines).extend(lines)
        return
    listing = Listing([] if absent else lines, line, level=level, editable=not level, anywhere=level == "contains",
                      absent=lines if absent else [])
    if stream == "stdout":
        command.listing = listing
    else:
        command.stderr = listing
