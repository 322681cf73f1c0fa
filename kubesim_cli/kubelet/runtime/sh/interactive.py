"""A shell that reads its commands as they come: it reads a line, runs it, and reads the next; a prompt asks for it.

bash takes no byte more than it needs, so that `read x` finds its value on the line behind it. dash and ash take what
there is: `echo read x | sh` finds nothing.
"""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.terminal import Terminal
from . import messages
from .codes import DONE, FRAME, WAIT, Code
from .parser import Parser
from .syntax import ShellSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.descriptors import Open
    from .shell import Shell


BLOCK = 8191  # bytes that dash and ash read at once


def code(dialect: str) -> Code:
    """Return the operation that such a shell goes back to."""
    made = Code("", dialect, False, prompts=True)
    made.ops = [ask]
    return made


def ask(sh: Shell) -> int:
    """Prompt, read a line, run it."""
    process = sh.process
    state = sh.memory
    if state is None:
        state = sh.memory = {"text": "", "asked": False, "lacks": None}
    if process.pending and sh.interactive:
        process.pending.clear()  # ^C: what was typed so far is forgotten
        state.update(text="", asked=False, lacks=None)
    if sh.interactive and not state["asked"]:
        _say(sh, prompt(sh, "PS2" if state["text"] else "PS1"))
        state["asked"] = True
    what = process.descriptor(0)
    if isinstance(what, Terminal):
        what.echo = True
    data = what.read(process.kernel, 65536) if what.terminal else _line(sh, what)
    if data is None:
        process.wait(what.key)
        return WAIT
    if not data and (sh.interactive or not state["text"]):
        if sh.interactive:
            _say(sh, "exit\n" if sh.bash else "\n" if what.terminal else "")
        return sh.finish(sh.status)
    line = data.decode("utf-8", "surrogateescape")
    state["text"] += line
    state["asked"] = False
    if what.terminal and not line.endswith("\n"):
        state["asked"] = True
        return ask(sh)
    if data and _is_unfinished(sh, state, line):
        return 0
    return _run(sh, state["text"])


def _line(sh: Shell, what: Open) -> bytes | None:
    """Return a line; b"" at the end, None where it has not come whole."""
    kernel, ahead, step = sh.process.kernel, sh.ahead, 1 if sh.bash else BLOCK
    while (end := ahead.find(b"\n") + 1) == 0:
        data = what.read(kernel, step)
        if data is None:
            return None
        ahead += data
        if not data:
            end = len(ahead)
            break
    line = bytes(ahead[:end])
    del ahead[:end]
    sh.process.work(1 + (len(line) >> 6))
    return line


def _is_unfinished(sh: Shell, state: dict[str, object], line: str) -> bool:
    """Tell whether a command goes on on the next line: what it lacks is only looked for where it may have come."""
    lacks = state["lacks"]
    if isinstance(lacks, tuple):
        end, strip = lacks
        if (line.lstrip("\t") if strip else line).rstrip("\n") != end:
            return True
    elif lacks and str(lacks) not in line:
        return True
    parser = Parser(str(state["text"]), 1, sh.dialect)
    _, error = parser.program()
    if error is not None:
        state["lacks"] = error.token if error.token in ("'", '"') else None
        return error.incomplete
    state["lacks"] = parser.unended
    return parser.unended is not None or _goes_on(line)


def _goes_on(line: str) -> bool:
    """Tell whether a line's end is escaped."""
    kept = line.rstrip("\n")
    return kept != line and (len(kept) - len(kept.rstrip("\\"))) % 2 == 1 and not kept.lstrip().startswith("#")


def _run(sh: Shell, text: str) -> int:
    """Run what has been read; its lines have the numbers that they have in all that was."""
    before, sh.lines = sh.lines, sh.lines + text.count("\n")
    text = text if sh.interactive else "\n" * before + text
    try:
        found = sh.code(text)
    except ShellSyntaxError as error:
        messages.syntax(sh, error, text)
        sh.memory, sh.status = None, 2
        return 0 if sh.interactive else sh.finish(2)
    sh.memory = None
    sh.frames[-1].pc = 0
    sh.push(found, 0, "line")
    return FRAME


def failed(sh: Shell) -> int:
    """After an error a shell at a prompt goes on with the next line."""
    while len(sh.frames) > 1:
        frame = sh.frames.pop()
        sh.unwind(frame, 0)
        sh.restore(frame.saved)
    sh.child = sh.pending = sh.captured = sh.memory = None
    sh.children = []
    return FRAME if sh.frames else DONE


def prompt(sh: Shell, name: str) -> str:
    """Return PS1 or PS2, with what bash and ash replace in them."""
    root = sh.process.user.uid == 0
    form = sh.vars.get(name)
    if not isinstance(form, str):
        if name == "PS2":
            return "> "
        form = {"dash": "# " if root else "$ ", "ash": "\\w \\$ ", "bash": "\\u@\\h:\\w\\$ "}[sh.dialect]
    if sh.dialect == "dash":
        return form
    home, folder = sh.get("HOME"), sh.process.cwd
    if home and (folder == home or folder.startswith(home + "/")) and home != "/":
        folder = "~" + folder[len(home):]
    from ..accounts import names

    user = names(sh.process, "passwd").get(sh.process.user.uid, "I have no name!")
    for mark, text in (("\\u", user), ("\\h", sh.process.space.hostname.partition(".")[0]), ("\\w", folder),
                       ("\\W", folder.rpartition("/")[2] or "/"), ("\\$", "#" if root else "$"), ("\\s", sh.name)):
        form = form.replace(mark, text)
    return form


def _say(sh: Shell, text: str) -> None:
    try:
        sh.process.write(text, 2)
    except Errno:
        pass
