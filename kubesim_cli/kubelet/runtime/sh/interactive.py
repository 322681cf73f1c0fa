"""A shell at a prompt: it reads a line, runs it, and asks for the next."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import messages
from .codes import DONE, FRAME, WAIT, Code
from .syntax import ShellSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell


def code(bash: bool) -> Code:
    """Return the operation that a shell at a prompt goes back to."""
    made = Code("", bash, False, prompts=True)
    made.ops = [ask]
    return made


def ask(sh: Shell) -> int:
    """Prompt, read a line, run it."""
    process = sh.process
    state = sh.memory
    if state is None:
        state = sh.memory = {"text": "", "asked": False}
    if process.pending:
        process.pending.clear()  # ^C: what was typed so far is forgotten
        state.update(text="", asked=False)
    if not state["asked"]:
        _say(sh, prompt(sh, "PS2" if state["text"] else "PS1"))
        state["asked"] = True
    what = process.descriptor(0)
    data = what.read(process.kernel, 65536)
    if data is None:
        process.wait(what.key)
        return WAIT
    if not data:
        if sh.bash:
            _say(sh, "exit\n")
        elif what.terminal:
            _say(sh, "\n")
        return sh.finish(sh.status)
    state["text"] += data.decode("utf-8", "surrogateescape")
    state["asked"] = False
    if not state["text"].endswith("\n") and what.terminal:
        state["asked"] = True
        return ask(sh)
    try:
        found = sh.code(state["text"])
    except ShellSyntaxError as error:
        if error.incomplete:
            return 0
        messages.syntax(sh, error, state["text"])
        state["text"], sh.status = "", 2
        return 0
    state["text"] = ""
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
