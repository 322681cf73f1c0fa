"""perl, python, node, ruby, php: a line of code ends, a program does not. What the code does is read off its words.

Short programs in Python are played, where they can be (python.py).
"""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process


def _plan(process: Process) -> dict[str, Any] | None:
    """Return what a Python program will say, None where it cannot be played."""
    args = process.argv[1:]
    while args and args[0].startswith("-") and args[0][1:2] not in ("c", "m", ""):
        args = args[1:]
    code, words = None, [""]
    if args and args[0] == "-c" and len(args) > 1:
        code, words = args[1], ["-c", *args[2:]]
    elif args and not args[0].startswith("-"):
        try:
            code, words = process.read_file(args[0]).decode("utf-8", "replace"), args
        except Errno:
            pass
    if code is None:
        return None
    from .python import played

    found = played(process, code, words)
    return None if found is None else {"parts": found[0], "code": found[1], "at": process.kernel.now}


def _say(process: Process) -> int | None:
    """Say what is due of a program's output, and end with it."""
    state: Any = process.memory
    while state["parts"]:
        delay, fd, text = state["parts"][0]
        if process.kernel.now < state["at"] + delay:
            process.wait(until=state["at"] + delay)
            return None
        state["at"] += delay
        state["parts"].pop(0)
        process.write(text, fd)
    code: int = state["code"]
    return code


def _pi(digits: int) -> str:
    """Return pi with so many digits, rounded (Machin: pi/4 = 4 arctan 1/5 - arctan 1/239)."""
    guard = 10
    one: int = 10 ** (digits - 1 + guard)

    def arctan(of: int) -> int:
        total = term = one // of
        number, sign = 3, -1
        while term:
            term //= of * of
            total += sign * (term // number)
            number, sign = number + 2, -sign
        return total

    text = str((4 * (4 * arctan(5) - arctan(239)) + 5 * 10 ** (guard - 1)) // 10**guard)
    return f"{text[0]}.{text[1:]}" if len(text) > 1 else text


def _run(process: Process) -> int | None:
    import re

    args, kernel = process.argv[1:], process.kernel
    name = process.argv[0].rpartition("/")[2]
    if name.startswith("node"):
        from .web import node

        if isinstance(process.memory, dict) or (process.memory is None and node.source(process)):
            return node.server(process)
    if name.startswith("python"):
        from .web import folders

        if folders.is_http_server(args):
            return folders.http_server(process)
        if process.memory is None:
            process.memory = _plan(process)
        if isinstance(process.memory, dict):
            return _say(process)
    code = next((args[i + 1] for i, arg in enumerate(args[:-1]) if re.fullmatch(r"-\w*[ecE]", arg)), None)
    if name == "perl" and code and (asked := re.fullmatch(r"\s*print\s+bpi\s*\(?(\d{1,4})\)?;?\s*", code)) and any(
            re.fullmatch(r"-M(?:bignum|bigfloat)=.*\bbpi\b.*", arg) for arg in args):
        ends = "\n" if any(re.fullmatch(r"-(?!M)\w*l\w*", arg) for arg in args) else ""
        process.write(_pi(max(int(asked[1]), 1)) + ends)
        return 0
    from .web import presumed

    process.space.guessed = True
    if code is None:
        return presumed.serve(process) if any(not arg.startswith("-") for arg in args) or "-m" in args else 0
    if re.search(r"while\s*\(?\s*(True|1|true)|for\s*\(\s*;\s*;|serve_forever|\.listen\(", code):
        return presumed.serve(process)
    if process.memory is None:
        process.memory = kernel.now + sum(float(span) for span in re.findall(r"sleep\(?\s*(\d+(?:\.\d*)?)", code))
    if kernel.now < process.memory:
        process.wait(until=process.memory)
        return None
    ended = re.search(r"exit\(?\s*(\d+)", code)
    return int(ended.group(1)) % 256 if ended else 1 if re.search(r"\braise\b|\bdie\b|throw ", code) else 0


PROGRAMS = dict.fromkeys(("node", "perl", "php", "python", "python3", "ruby"), _run)
