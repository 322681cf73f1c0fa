"""Servers in JavaScript of the kind that tutorials have: the port and the text are read off the program's words."""

from __future__ import annotations

from ...dates import strftime
from ...kernel.errors import Errno
from . import serving
from .serving import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process
    from .serving import Request

_SAYS = r"\.(?:write|end|send)\(([^;\n]*)\)\s*(?:;|$)"
_STRING = r"(['\"`])((?:\\.|(?!\1).)*)\1"
_NAMED = r"(?:var|let|const)\s+(\w+)\s*=\s*([^;\n]+)"
_HOST = r"process\.env\.HOSTNAME|os\.hostname\(\)"


def source(process: Process) -> str:
    """Return the program that node is to run, "" where it is none of these servers."""
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    try:
        text = process.read_file(words[0]).decode("utf-8", "replace") if words else ""
    except Errno:
        return ""
    return text if ".listen(" in text and ("createServer" in text or "express" in text) else ""


def _value(process: Process, text: str, name: str) -> str:
    """Return what an expression is: a string, the host's name, a variable of the program or of the environment."""
    import re

    name = name.strip()
    literal = re.fullmatch(_STRING, name)
    if literal:
        return literal[2].replace("\\n", "\n").replace("\\t", "\t").replace("\\'", "'").replace('\\"', '"')
    if re.fullmatch(_HOST, name):
        return process.space.hostname
    variable = re.match(r"process\.env\.(\w+)(?:\s*\|\|\s*(.+))?$", name)
    if variable:
        found = process.env.get(variable[1])
        return found if found is not None else _value(process, text, variable[2]) if variable[2] else ""
    if name.isdigit():
        return name
    for known, expression in re.findall(_NAMED, text):
        if known == name and expression.strip() != name:
            return _value(process, text, expression)
    return ""


def _said(process: Process, text: str) -> str:
    import re

    parts = []
    for argument in re.findall(_SAYS, text, re.MULTILINE):
        parts += [_value(process, text, each[0] or each[2]) for each in re.findall(
            r"((['\"`])(?:\\.|(?!\2).)*\2)|([\w.()|' ]+)", argument)]
    return "".join(parts)


def server(process: Process) -> int | None:
    """Play such a server."""
    if process.memory is None:
        import re

        text = source(process)
        port = re.search(r"\.listen\(\s*([\w.| ]+)", text)
        number = _value(process, text, port[1]) if port is not None else ""
        try:
            state = serving.start(process, serving.everywhere(int(number) if number.isdigit() else 8080), None, ())
        except Errno as error:
            process.write(f"Error: listen {error.name}: {error.message.lower()} :::{number}\n", 2)
            return 1
        state["said"] = _said(process, text)
    serving.serve(process, _page)
    return None


def _page(process: Process, request: Request) -> Answer:
    return Answer(200, process.memory["said"], [("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now))])
