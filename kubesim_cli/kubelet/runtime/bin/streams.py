"""Programs that pass bytes on as they come: cat, head, tail, tee, yes, seq."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.descriptors import Open
    from ..kernel.process import Process


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends; only a line feed ends one."""
    found = [line + b"\n" for line in data.split(b"\n")]
    last = found.pop()[:-1]
    return [*found, last] if last else found


def _plain_words(process: Process, error: object) -> bool:
    """Tell whether busybox says why a file could not be opened."""
    return process.space.shell == "ash" and getattr(error, "name", "") in ("ENOENT", "EACCES", "ENOTDIR")


def _unreadable(process: Process, name: str, message: str) -> str:
    """Return what head and tail say of a file they cannot open."""
    if process.space.shell != "ash":
        return f"cannot open '{name}' for reading: {message}"
    applet = process.argv[0].rpartition("/")[2]
    return f"can't open '{name}': {message}" if applet == "tail" else f"{name}: {message}"


def _cat(process: Process) -> int | None:
    state = process.memory
    if state is None:
        words = [word for word in process.argv[1:] if word == "-" or word[:1] != "-"]
        flags = "".join(word[1:] for word in process.argv[1:] if word[:1] == "-" and len(word) > 1)
        state = process.memory = {"files": words or ["-"], "status": 0, "open": False, "flags": flags, "line": 0,
                                  "start": True}
    while state["files"]:
        if process.choked():
            return None
        name = state["files"][0]
        if not state["open"]:
            try:
                what = process.fds[0] if name == "-" else process.open(name)
                what.read(process.kernel, 0)
            except (Errno, KeyError) as error:
                message = getattr(error, "message", "Bad file descriptor")
                process.complain(f"can't open '{name}': {message}" if _plain_words(process, error)
                                 else f"{name}: {message}")
                state["files"].pop(0)
                state["status"] = 1
                continue
            process.install(3, what)
            state["open"] = True
        data = process.read(3)
        if data is None:
            return None
        if data:
            process.write(_shown(state, data) if state["flags"].strip("u") else data)
        else:
            process.close(3)
            state["files"].pop(0)
            state["open"] = False
    return int(state["status"])


def _shown(state: dict[str, Any], data: bytes) -> bytes:
    """cat -n, -b, -e, -A, -T."""
    flags = state["flags"]
    out = []
    for line in _lines(data):
        ended = line.endswith(b"\n")
        body = line[:-1] if ended else line
        if "T" in flags or "A" in flags or "t" in flags:
            body = body.replace(b"\t", b"^I")
        if state["start"] and ("n" in flags or ("b" in flags and body)):
            state["line"] += 1
            body = b"%6d\t" % state["line"] + body
        if ended and ("e" in flags or "E" in flags or "A" in flags):
            body += b"$"
        state["start"] = ended
        out.append(body + (b"\n" if ended else b""))
    return b"".join(out)


def _count(words: list[str], name: str) -> tuple[dict[str, str], list[str]]:
    """Read the options of head and tail; return (option -> value, files)."""
    options: dict[str, str] = {}
    files: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            key, _, value = word[2:].partition("=")
            key = {"lines": "n", "bytes": "c", "follow": "f", "retry": "r", "quiet": "q", "silent": "q",
                   "verbose": "v"}.get(key, key)
            if key in ("n", "c") and not value and words:
                value = words.pop(0)
            if key == "r":
                options["F"] = ""
            options[key] = value
        elif word[:1] == "-" and len(word) > 1:
            letters = word[1:]
            if letters[0].isdigit():
                options["n"] = letters.rstrip("fF")
                letters = letters.lstrip("0123456789")
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in "ncs":
                    options[letter] = letters or (words.pop(0) if words else "")
                    letters = ""
                else:
                    options[letter] = ""
        elif name == "tail" and word[:1] == "+" and word[1:].isdigit() and not files:
            options["n"] = word
        else:
            files.append(word)
    return options, files


def _amount(text: str) -> int:
    factor = {"k": 1024, "K": 1024, "M": 1 << 20, "G": 1 << 30, "b": 512}.get(text[-1:], 1)
    return int(text.rstrip("kKMGb") or 0) * factor


def _head(process: Process) -> int | None:
    state = process.memory
    if state is None:
        options, files = _count(process.argv[1:], "head")
        unit = "c" if "c" in options else "n"
        value = options.get(unit, "10")
        try:
            amount = _amount(value)
        except ValueError:
            return process.complain(f"invalid number of {'bytes' if unit == 'c' else 'lines'}: '{value}'")
        state = process.memory = {"files": files or ["-"], "many": len(files) > 1 and "q" not in options, "unit": unit,
                                  "amount": amount, "left": amount, "open": False, "status": 0, "first": True,
                                  "held": []}
    while state["files"]:
        if process.choked():
            return None
        name = state["files"][0]
        if not state["open"]:
            try:
                what = process.fds[0] if name == "-" else process.open(name)
                what.read(process.kernel, 0)
            except (Errno, KeyError) as error:
                process.complain(_unreadable(process, name, getattr(error, "message", "")))
                state["files"].pop(0)
                state["status"] = 1
                continue
            process.install(3, what)
            if state["many"]:
                told = "standard input" if name == "-" else name
                process.write(f"{'' if state['first'] else chr(10)}==> {told} <==\n")
            state.update(open=True, left=state["amount"], first=False, held=bytearray())
        if state["amount"] < 0:
            data = process.read(3)
            if data is None:
                return None
            state["held"] += data
            if data:
                continue
            kept = bytes(state["held"])
            process.write(kept[:state["amount"]] if state["unit"] == "c"
                          else b"".join(_lines(kept)[:state["amount"]]))
        elif state["left"]:
            data = process.read(3, min(state["left"], 65536) if state["unit"] == "c" else 65536)
            if data is None:
                return None
            if data:
                if state["unit"] == "c":
                    state["left"] -= len(data)
                else:
                    lines = _lines(data)[:state["left"]]
                    state["left"] -= sum(1 for line in lines if line.endswith(b"\n"))
                    data = b"".join(lines)
                process.write(data)
                continue
        process.close(3)
        state["files"].pop(0)
        state["open"] = False
    return int(state["status"])


def _tail(process: Process) -> int | None:
    state = process.memory
    if state is None:
        options, files = _count(process.argv[1:], "tail")
        unit = "c" if "c" in options else "n"
        value = options.get(unit, "10") or "10"
        state = process.memory = {
            "files": files or ["-"], "unit": unit, "from": value.startswith("+"), "amount": _amount(value.lstrip("+-")),
            "follow": "f" in options or "F" in options, "retry": "F" in options or options.get("f") == "name",
            "many": len(files) > 1 and "q" not in options, "at": 0, "status": 0, "held": bytearray(), "last": None,
            "inodes": {}, "missing": []}
    if state["at"] < len(state["files"]) and not _tail_start(process, state):
        return None
    if not state["follow"] or state["files"] == ["-"]:
        return int(state["status"])
    return _tail_follow(process, state)


def _tail_start(process: Process, state: dict[str, Any]) -> bool:
    """Print the ends of the files; False where more of stdin has to come first."""
    while state["at"] < len(state["files"]):
        name, number = state["files"][state["at"]], state["at"]
        if name == "-":
            while True:
                data = process.read(0)
                if data is None:
                    return False
                if not data:
                    break
                state["held"] += data
                if state["unit"] == "c" and not state["from"] and len(state["held"]) > state["amount"] + (1 << 20):
                    del state["held"][:len(state["held"]) - state["amount"]]
                elif state["unit"] == "n" and not state["from"] and len(state["held"]) > 1 << 20:
                    state["held"] = bytearray(b"".join(_lines(bytes(state["held"]))[-state["amount"] - 1:]))
                    if len(state["held"]) > 64 << 20:
                        from ..kernel.errors import Exhausted

                        raise Exhausted("memory")
            whole = bytes(state["held"])
        else:
            try:
                what = process.open(name)
                if not hasattr(what, "offset") and hasattr(what, "random") and what.read(process.kernel, 1):
                    from ..kernel.errors import Exhausted

                    raise Exhausted("memory")
                inode = getattr(what, "inode", None)
                whole = bytes(inode.data) if inode is not None and inode.kind == "f" else process.read_file(name)
            except Errno as error:
                process.complain(_unreadable(process, name, error.message))
                state["status"] = 1
                state["missing"].append(name)
                state["at"] += 1
                continue
            process.install(10 + number, what)
            if hasattr(what, "offset"):
                what.offset = len(whole)
        if state["many"]:
            _heading(process, state, name)
        process.write(_end(whole, state))
        state["at"] += 1
    return True


def _end(whole: bytes, state: dict[str, Any]) -> bytes:
    amount = state["amount"]
    if state["unit"] == "c":
        return whole[max(amount - 1, 0):] if state["from"] else whole[len(whole) - min(amount, len(whole)):]
    if state["from"] and amount < 2:
        return whole
    lines = _lines(whole)
    return b"".join(lines[amount - 1:] if state["from"] else lines[len(lines) - min(amount, len(lines)):])


def _heading(process: Process, state: dict[str, Any], name: str) -> None:
    if state["last"] != name:
        process.write(f"{'' if state['last'] is None else chr(10)}==> {name} <==\n")
        state["last"] = name


def _tail_follow(process: Process, state: dict[str, Any]) -> int | None:
    keys: list[object] = []
    for number, name in enumerate(state["files"]):
        what: Any = process.fds.get(10 + number)
        if state["retry"]:
            what = _again(process, state, name, number, what)
        if what is None:
            continue
        cut = hasattr(what, "offset") and len(what.inode.data) < what.offset
        data = None if cut else what.read(process.kernel, 1 << 20)
        if cut:
            process.complain(f"{name}: file truncated")
            what.offset = 0
            data = what.read(process.kernel, 1 << 20)
        if data:
            if state["many"]:
                _heading(process, state, name)
            process.write(data)
        keys.append(what.inode if hasattr(what, "inode") else what.key)
    if not keys and not state["retry"]:
        return 1
    # a file that is followed by its name may come or be replaced at any time: look for it again
    process.wait(*keys, until=process.kernel.now + 1 if state["retry"] else None)
    return None


def _again(process: Process, state: dict[str, Any], name: str, number: int, what: Open | None) -> Any:
    """Open a file that is followed by name once more, where another stands there now."""
    try:
        inode = process.space.tree.find(name, process.cwd, process.user).inode
    except Errno:
        inode = None
    if inode is None or (what is not None and getattr(what, "inode", None) is inode):
        return what
    try:
        opened = process.open(name)
    except Errno:
        return what
    if what is None:
        process.complain(f"'{name}' has appeared;  following new file")
        if name in state["missing"]:
            state["missing"].remove(name)
    else:
        process.complain(f"'{name}' has been replaced;  following new file")
    process.install(10 + number, opened)
    return opened


def _tee(process: Process) -> int | None:
    if process.memory is None:
        words = process.argv[1:]
        append = any(word in ("-a", "--append", "-ai", "-ia") for word in words)
        process.memory = {"status": 0, "fds": [1]}
        for word in words:
            if word[:1] == "-" and len(word) > 1:
                continue
            try:
                what = process.open(word, "a" if append else "w")
            except Errno as error:
                process.memory["status"] = process.complain(f"{word}: {error.message}")
                continue
            fd = 10 + len(process.memory["fds"])
            process.install(fd, what)
            process.memory["fds"].append(fd)
    while not process.choked():
        data = process.read()
        if data is None:
            return None
        if not data:
            return int(process.memory["status"])
        for fd in process.memory["fds"]:
            process.write(data, fd)
    return None


def _yes(process: Process) -> int | None:
    if process.memory is None:
        process.memory = ((" ".join(process.argv[1:]) or "y") + "\n").encode()
    line = process.memory
    block = line * max(16384 // len(line), 1)
    for _ in range(64):
        if process.choked():
            return None
        process.write(block)
    process.kernel.rest(process, 20_000)
    return None


def _seq(process: Process) -> int | None:
    state = process.memory
    if state is None:
        words, separator, width, form = process.argv[1:], "\n", False, ""
        while words and words[0][:1] == "-" and not words[0][1:2].isdigit() and words[0][1:2] != ".":
            word = words.pop(0)
            if word[:2] == "-s":
                separator = word[2:] or words.pop(0)
            elif word[:2] == "-f":
                form = word[2:] or words.pop(0)
            elif word in ("-w", "--equal-width"):
                width = True
        try:
            numbers = [float(word) for word in words]
        except ValueError:
            bad = next(word for word in words if not word.replace(".", "").lstrip("-").isdigit())
            return process.complain(f"invalid floating point argument: '{bad}'")
        if not numbers or len(numbers) > 3:
            return process.complain("missing operand" if not numbers else f"extra operand '{words[3]}'")
        first = numbers[0] if len(numbers) > 1 else 1.0
        step = numbers[1] if len(numbers) == 3 else 1.0
        if not step:
            return process.complain("invalid Zero increment value: '0'")
        places = max(len(word.partition(".")[2]) for word in words)
        count = max(int((numbers[-1] - first) / step + 1e-9) + 1, 0)
        longest = max(len(f"{each:.{places}f}") for each in (first, first + step * (count - 1))) if width else 0
        state = process.memory = {"first": first, "step": step, "places": places, "left": count, "at": 0, "form": form,
                                  "separator": separator, "width": longest}
    places, first, step, form = state["places"], state["first"], state["step"], state["form"]
    whole = not places and not form and step == int(step)
    while state["left"]:
        if process.choked():
            return None
        at = state["at"]
        count = min(state["left"], 4096)
        if whole:
            begin = int(first + step * at)
            texts = list(map(str, range(begin, begin + int(step) * count, int(step))))
        else:
            values = [first + step * number for number in range(at, at + count)]
            texts = [form % value if form else f"{value:.{places}f}" for value in values]
        if state["width"]:
            texts = [each.zfill(state["width"]) for each in texts]
        state["left"], state["at"] = state["left"] - count, at + count
        process.write(state["separator"].join(texts) + (state["separator"] if state["left"] else "\n"))
        process.work(count >> 2)
    return 0


def _dd(process: Process) -> int | None:
    state = process.memory
    if state is None or state["opens"]:
        given = dict(word.partition("=")[::2] for word in process.argv[1:])
        size = _amount(given.get("bs") or given.get("obs") or "512")
        if state is None:
            state = process.memory = {"size": size, "left": int(given["count"]) if "count" in given else -1, "full": 0,
                                      "part": 0, "bytes": 0, "held": bytearray(),
                                      "quiet": given.get("status") == "none", "opens": "if"}
        try:
            if state["opens"] == "if":
                process.install(3, process.open(given["if"]) if "if" in given else process.fds[0])
                state["opens"] = "of"  # which may be a named pipe that has to be waited for
            kept = "notrunc" in given.get("conv", "")
            process.install(4, process.open(given["of"], "+" if kept else "w") if "of" in given else process.fds[1])
        except Errno as error:
            return process.complain(f"failed to open '{given.get(state['opens'])}': {error.message}")
        state["opens"] = ""
        for fd, word in ((3, "skip"), (4, "seek")):
            what: Any = process.fds[fd]
            if word in given and hasattr(what, "offset"):
                what.offset = int(given[word]) * size
            elif word == "skip":
                state["skip"] = int(given.get("skip", 0)) * size
    while state.get("skip"):
        data = process.read(3, min(state["skip"], 65536))
        if data is None:
            return None
        state["skip"] -= len(data)
        if not data:
            break
    while state["left"]:
        if process.choked(4):
            return None
        data = process.read(3, state["size"])
        if data is None:
            return None
        if not data:
            break
        process.write(data, 4)
        state["full" if len(data) == state["size"] else "part"] += 1
        state["bytes"] += len(data)
        state["left"] -= 1
    if not state["quiet"]:
        told = f"{state['full']}+{state['part']} records"
        process.write(f"{told} in\n{told} out\n{state['bytes']} bytes copied, 0.001 s, 1.0 GB/s\n", 2)
    return 0


PROGRAMS = {"cat": _cat, "head": _head, "tail": _tail, "tee": _tee, "yes": _yes, "seq": _seq, "dd": _dd}
