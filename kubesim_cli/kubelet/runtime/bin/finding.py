"""Programs that find others: which, pgrep, pkill, killall."""

from __future__ import annotations

from ..kernel import shown
from ..kernel.errors import Errno
from ..kernel.kernel import NAMES, SIGNALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program


def _which(process: Process) -> int:
    code = 0
    for name in process.argv[1:]:
        if name.startswith("-"):
            continue
        try:
            found = process.space.tree.which(process.user, process.cwd, process.env.get("PATH"), name)
        except Errno:
            found = None
        if found is not None and found[1].allows(process.user, 1):
            process.write(found[0] + "\n")
        else:
            code = 1
    return code


def _signal(word: str) -> str:
    """Return the signal that -9, -KILL or -SIGKILL names, "" for another option."""
    name = word.lstrip("-").removeprefix("SIG")
    return NAMES.get(int(name), "") if name.isdigit() else name if name in SIGNALS else ""


def _matching(process: Process, pattern: str, exact: bool, whole: bool) -> list[Process]:
    """Return the other processes of a name; `whole`: the pattern is looked for in all of their arguments."""
    import re

    found = []
    for each in process.space.seen.values():
        text = " ".join(shown.title(each)) if whole else each.argv[0].rpartition("/")[2].lstrip("-")[:15]
        try:
            fits = re.fullmatch(pattern, text) if exact else re.search(pattern, text)
        except re.error:
            fits = None
        if each is not process and fits:
            found.append(each)
    return found


def _grep(process: Process) -> int:
    """pgrep [-flx] PATTERN, pkill [-SIGNAL] [-fx] PATTERN, killall [-SIGNAL] NAME..."""
    name = process.argv[0].rpartition("/")[2]
    options = [word for word in process.argv[1:] if word.startswith("-")]
    patterns = [word for word in process.argv[1:] if not word.startswith("-")]
    signal = next((found for word in options if (found := _signal(word))), "TERM")
    letters = "".join(word[1:] for word in options if not _signal(word))
    those = [each for pattern in patterns
             for each in _matching(process, pattern, name == "killall" or "x" in letters, "f" in letters)]
    if name == "killall" and not those:
        process.write("".join(f"{pattern}: no process found\n" for pattern in patterns), 2)
    for each in those:
        if name == "pgrep":
            text = f" {' '.join(each.argv) if 'a' in letters else each.argv[0].rpartition('/')[2]}"
            process.write(f"{each.pid}{text if 'l' in letters or 'a' in letters else ''}\n")
        elif process.user.uid in (0, each.user.uid):
            process.kernel.kill(each, signal, True)
    return int(not those)


PROGRAMS: dict[str, Program] = {"which": _which, "pgrep": _grep, "pkill": _grep, "killall": _grep}
