"""Go's testscript in a txtar archive: a script, then files, each behind a line `-- NAME --`."""

from __future__ import annotations

import re
import shlex

from ..model import ANY_FAILURE, BadPage, Command, Listing, Page, Shown

_FILE = re.compile(r"^-- (.+) --$")
_CONDITION = re.compile(r"^\[[^\]]*\]\s*")


def parse(name: str, text: str) -> Page:
    """Return the page of an archive; raises BadPage for a statement that is not understood."""
    page = Page(name, text)
    script, files = _split(text)
    for file, (line, content) in files.items():
        page.items.append(Shown(file, content, line, source="given"))
    for number, statement in enumerate(script, 1):
        _take(page, statement.strip(), number, files)
    return page


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


def _take(page: Page, statement: str, number: int, files: dict[str, tuple[int, str]]) -> None:
    if not statement or statement.startswith("#"):
        return
    if _CONDITION.match(statement):
        raise BadPage(page.path, number, "conditions are not understood")
    fails = statement.startswith("!")
    statement = statement.lstrip("! ")
    verb, _, rest = statement.partition(" ")
    rest = rest.strip()
    last = page.commands[-1] if page.commands else None
    if verb in ("exec", "kubectl"):
        page.items.append(Command(rest if verb == "exec" else statement, number, number, apart=True,
                                  exit=ANY_FAILURE if fails else 0))
    elif verb in ("cd", "mkdir", "cp", "rm", "mv") and not fails:
        page.items.append(Command(f"mkdir -p {rest}" if verb == "mkdir" else statement, number, number, origin="setup"))
    elif verb == "env" and not fails:
        page.items.append(Command(f"export {rest}", number, number, origin="setup"))
    elif verb in ("stdout", "stderr") and last is not None and not fails:
        pattern = shlex.split(rest)[0] if rest else ""
        _expect(last, verb, [f".*(?:{pattern}).* (re)"], number, "contains")
    elif verb == "cmp" and last is not None and rest.split()[0] in ("stdout", "stderr") and not fails:
        stream, file = rest.split()[:2]
        if file not in files:
            raise BadPage(page.path, number, f"there is no file {file} in the archive")
        first, content = files[file]
        _expect(last, stream, content.rstrip("\n").split("\n"), first, "")
    else:
        raise BadPage(page.path, number, f"{'! ' * fails}{statement} is not understood; known are exec, kubectl, "
                      "stdout, stderr, cmp stdout, env, cd, mkdir, cp, mv, rm")


def _expect(command: Command, stream: str, lines: list[str], line: int, level: str) -> None:
    """Add what a stream has to hold."""
    known = command.listing if stream == "stdout" else command.stderr
    if known is not None and known.level == level == "contains":
        known.lines += lines
        return
    listing = Listing(lines, line, level=level, editable=not level, anywhere=level == "contains")
    if stream == "stdout":
        command.listing = listing
    else:
        command.stderr = listing
