"""read and mapfile."""

from __future__ import annotations

from ..kernel.errors import Exhausted
from ..kernel.kernel import SIGNALS
from ..kernel.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell

MOST, MOST_LINES = 1 << 20, 16 << 20  # bytes of a line, and of all that mapfile reads


def read(sh: Shell, argv: list[str]) -> int | None:
    words, raw, silent, limit, count, stop, fd, array = argv[1:], False, False, None, None, "\n", 0, ""
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter == "s":
                silent = True
            elif letter in "ptndNua":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "t":
                    limit = float(value or 0)
                elif letter in "nN":
                    count = int(value or 0)
                elif letter == "d":
                    stop = value[:1] or "\0"
                elif letter == "u":
                    fd = int(value)
                elif letter == "a":
                    array = value
                elif letter == "p" and sh.memory is None and sh.process.fds.get(fd) and sh.process.fds[fd].terminal:
                    sh.process.write(value, 2)
    process, kernel = sh.process, sh.process.kernel
    if sh.memory is None:
        sh.memory = [bytearray(), None if limit is None else kernel.now + limit]
    got, until = sh.memory
    what = process.descriptor(fd)
    end = stop.encode()
    if silent and isinstance(what, Terminal):
        what.echo = False
    status = 0
    while True:
        if process.pending and process.pending[0] in sh.traps and sh.bash:
            status = 128 + SIGNALS[process.pending[0]]
            break
        data = what.read(kernel, 1)
        if data is None:
            if until is not None and kernel.now >= until:
                status = 142 if sh.bash else 1
                break
            process.wait(what.key, until=until)
            return None
        if not data:
            status = 1
            break
        if data == end and (raw or _even(got)):
            break
        if data == b"\n" and not raw and not _even(got):
            del got[-1:]
            continue
        got += data
        if len(got) > MOST:
            raise Exhausted("memory")
        if count is not None and len(got) >= count:
            break
    sh.memory = None
    if silent and isinstance(what, Terminal):
        what.echo = True
    _spread(sh, got.decode("utf-8", "surrogateescape"), words, raw, array)
    return status


def _even(got: bytearray) -> bool:
    """Tell whether what follows is not escaped."""
    return (len(got) - len(got.rstrip(b"\\"))) % 2 == 0


def _spread(sh: Shell, text: str, names: list[str], raw: bool, array: str) -> None:
    from collections import deque

    separators = sh.ifs()
    chars: deque[tuple[str, bool]] = deque()
    at = 0
    while at < len(text):  # pairs of a character and whether it may separate
        if text[at] == "\\" and not raw and at + 1 < len(text):
            at += 1
            chars.append((text[at], False))
        elif text[at] != "\\" or raw:
            chars.append((text[at], text[at] in separators))
        at += 1
    white = [char for char in separators if char in " \t\n"]
    if array:
        names = []
    most = len(names) or (1 << 30 if array else 1)
    words: list[str] = []

    def skip() -> None:
        while chars and chars[0][1] and chars[0][0] in white:
            chars.popleft()

    if not names and not array:
        sh.set("REPLY", text if raw else "".join(char for char, _ in chars))
        return
    skip()
    while chars and len(words) < most - 1:
        word = ""
        while chars and not chars[0][1]:
            word += chars.popleft()[0]
        words.append(word)
        skip()
        if chars and chars[0][1]:
            chars.popleft()
            skip()
    if chars:
        while chars and chars[-1][1] and chars[-1][0] in white:
            chars.pop()
        if len(chars) > 1 and chars[-1][1] and sum(1 for each in chars if each[1]) == 1:
            chars.pop()
        words.append("".join(char for char, _ in chars))
    if array:
        sh.vars[array] = dict(enumerate(words))
    for number, name in enumerate(names):
        sh.set(name, words[number] if number < len(words) else "")


def mapfile(sh: Shell, argv: list[str]) -> int | None:
    words = argv[1:]
    strip = "-t" in words
    name = words[-1] if words and words[-1][:1] != "-" else "MAPFILE"
    if sh.memory is None:
        sh.memory = bytearray()
    while True:
        data = sh.process.read(0)
        if data is None:
            return None
        if not data:
            break
        sh.memory += data
        if len(sh.memory) > MOST_LINES:
            raise Exhausted("memory")
    text, sh.memory = sh.memory.decode("utf-8", "surrogateescape"), None
    lines = text.splitlines(True)
    sh.vars[name] = {number: line.rstrip("\n") if strip else line for number, line in enumerate(lines)}
    return 0
