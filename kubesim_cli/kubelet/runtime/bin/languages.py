"""perl, python, node, ruby, php: a line of code ends, a program does not. What the code does is read off its words."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process


def _run(process: Process) -> int | None:
    import re

    args, kernel = process.argv[1:], process.kernel
    if process.argv[0].rpartition("/")[2].startswith("python"):
        from .web import folders

        if folders.is_http_server(args):
            return folders.http_server(process)
    process.space.guessed = True
    code = next((args[i + 1] for i, arg in enumerate(args[:-1]) if re.fullmatch(r"-\w*[ecE]", arg)), None)
    if code is None:
        if any(not arg.startswith("-") for arg in args) or "-m" in args:
            process.wait()
            return None
        return 0
    if re.search(r"while\s*\(?\s*(True|1|true)|for\s*\(\s*;\s*;|serve_forever|\.listen\(", code):
        process.wait()
        return None
    if process.memory is None:
        process.memory = kernel.now + sum(float(span) for span in re.findall(r"sleep\(?\s*(\d+(?:\.\d*)?)", code))
    if kernel.now < process.memory:
        process.wait(until=process.memory)
        return None
    ended = re.search(r"exit\(?\s*(\d+)", code)
    return int(ended.group(1)) % 256 if ended else 1 if re.search(r"\braise\b|\bdie\b|throw ", code) else 0


PROGRAMS = dict.fromkeys(("node", "perl", "php", "python", "python3", "ruby"), _run)
