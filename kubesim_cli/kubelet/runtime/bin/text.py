"""Text programs: sed, awk, grep, sort, jq, find and their kin, which the library bashkit plays.

It is a function for us: arguments, stdin and the files that the arguments name go in; output, exit code and changed
files come out. Its files are its own, in memory, made for the call. It never sees the host, and our clock by file times
alone.
"""

from __future__ import annotations

from ..kernel.errors import Exhausted
from ..kernel.files import FIFO, FILE
from . import awk, started
from .operands import exists
from .staging import MOST_INPUT, ages, bring_back, named, quote, stage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..kernel.process import Process
    from .staging import Staged

CALL = 100  # steps that a call counts


class Spec:
    """`valued`: letters of options with a value; `lead`: operands before the files, none of them where an option of
    `instead` is given; `reads`: files (stdin without any), always or never; `writes`: it may change files; `lines`:
    what it makes of a line depends on that line alone, unless one of these options is given."""

    __slots__ = ("instead", "lead", "lines", "reads", "valued", "writes")

    def __init__(self, valued: str = "", lead: int = 0, instead: str = "", reads: str = "files", writes: bool = False,
                 lines: str | None = None):
        self.valued, self.lead, self.instead = valued, lead, instead
        self.reads, self.writes, self.lines = reads, writes, lines


_GREP = Spec("efmABCd", 1, "ef", lines="cqmABCnbLlvz")
_SUM = Spec()
SPECS = {
    "awk": Spec("Fvf", 1, "f", writes=True), "gawk": Spec("Fvf", 1, "f", writes=True),
    "mawk": Spec("Fvf", 1, "f", writes=True),
    "sed": Spec("efl", 1, "ef", writes=True), "grep": _GREP, "egrep": _GREP, "fgrep": _GREP, "rg": _GREP,
    "tr": Spec(reads="always", lines="s"), "cut": Spec("bcdf", lines=""), "sort": Spec("ktSTo", writes=True),
    "uniq": Spec("fsw"), "wc": Spec(), "rev": Spec(lines=""), "tac": Spec("s"), "nl": Spec("bwsv"), "fold": Spec("w"),
    "fmt": Spec("w"), "expand": Spec("t", lines=""), "unexpand": Spec("t", lines=""), "column": Spec("sto"),
    "paste": Spec("d"), "join": Spec("12tjoaev"), "comm": Spec(),
    "cmp": Spec(reads="never"),
    "jq": Spec("f", 1, "f"), "yq": Spec("f", 1, "f"), "bc": Spec(), "expr": Spec(reads="never"), "factor": Spec(),
    "base64": Spec("w"), "base32": Spec("w"), "md5sum": _SUM, "sha1sum": _SUM, "sha256sum": _SUM, "sha512sum": _SUM,
    "sha224sum": _SUM, "sha384sum": _SUM, "b2sum": _SUM, "cksum": _SUM, "sum": _SUM, "xxd": Spec("lcs"),
    "od": Spec("AjNtw"),
    "hexdump": Spec("nse"), "strings": Spec("n"), "basename": Spec(reads="never"), "dirname": Spec(reads="never"),
    "find": Spec(reads="never", writes=True), "gzip": Spec(writes=True),
    "gunzip": Spec(writes=True), "zcat": Spec(), "bzip2": Spec(writes=True), "bunzip2": Spec(writes=True),
    "bzcat": Spec(),
    "zip": Spec(reads="never", writes=True), "unzip": Spec("d", reads="never", writes=True),
    "split": Spec("lbna", writes=True),
    "du": Spec("d", reads="never"), "file": Spec(reads="never"),
    "tree": Spec("L", reads="never"), "patch": Spec("pio", writes=True), "tsort": Spec(), "numfmt": Spec(),
    "envsubst": Spec(reads="always", lines=""),
    "iconv": Spec("ft"), "more": Spec(), "less": Spec(),
}
LONGEST = 5     # seconds: a net for loops of jq and awk, of which the library does not count all
UNBOUNDED = 3600  # seconds, for all others: their steps are counted
_LOOPS = ("def", "range", "until", "while", "repeat", "recurse", "limit", "foreach", "last")  # of jq
DEEPEST = 4     # text programs that run within each other
PART = 8 << 20  # bytes of a file that the library takes


class Engine:
    """The library's interpreter, which is used for one command at a time, and its files. `seconds`: see LONGEST."""

    def __init__(self, seconds: int) -> None:
        from bashkit import Bash, ExecutionProfile

        self.bash = Bash(profile=ExecutionProfile.Interactive, max_loop_iterations=300_000, max_memory=256 << 20,
                         timeout_seconds=seconds, custom_builtins={started.RUNNER: self._start},
                         username="root", hostname="localhost", cwd="/")
        self.files: Any = None
        self.used = True
        self.start: Callable[[list[str], bytes], tuple[bytes, bytes, int]] | None = None
        self.failure: Exception | None = None  # at a command that was started

    def _start(self, asked: Any) -> Any:
        """Start a command of the container, for a text program.

        The library cannot be called from where it calls: what the command does is done in a thread, and waited for.
        """
        from threading import Thread

        from bashkit import BuiltinResult

        found: list[tuple[bytes, bytes, int]] = []

        def play() -> None:
            try:
                if self.failure is None and self.start is not None:
                    found.append(self.start(asked.argv, (asked.stdin or "").encode("utf-8", "surrogateescape")))
            except Exception as problem:  # which the library would only tell of
                self.failure = problem
                self.bash.cancel()

        thread = Thread(target=play)
        thread.start()
        thread.join()
        out, err, code = found[0] if found else (b"", b"", 1)
        return BuiltinResult(out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), code)

    def run(self, script: str, watched: bool) -> Any:
        """Return what the library gives for a script. `watched`: it ends after LONGEST seconds of the processor's."""
        if not watched:
            return self.bash.execute_sync(script)
        from threading import Event, Thread
        from time import process_time

        done, limit = Event(), process_time() + LONGEST

        def watch() -> None:
            while not done.wait(0.2):
                if process_time() > limit:
                    self.bash.cancel()
                    return

        Thread(target=watch, daemon=True).start()
        try:
            return self.bash.execute_sync(script)
        finally:
            done.set()

    def clean(self) -> Any:
        """Give the interpreter an empty file system, unless it still has one; return it."""
        if self.used:
            from bashkit import FileSystem

            if self.files is not None:
                self.bash.unmount("/")
            self.files = FileSystem()
            for name in ("home", "tmp"):
                self.files.remove("/" + name, recursive=True)
            self.bash.mount("/", self.files)
            self.used = False
        return self.files


ALIASES = {"zcat": "gzip -dc", "bunzip2": "bzip2 -d"}
_SPEAKERS = tuple(f"{name}: " for name in SPECS)
_engines: dict[tuple[int, int], Engine] = {}
_depth = 0  # of text programs that commands run which other text programs have started


def engine(seconds: int) -> Engine:
    """Return the interpreter, which is made when it is first needed; a command's own has another one."""
    known = _engines.get((_depth, seconds))
    if known is None:
        known = _engines[_depth, seconds] = Engine(seconds)
    return known


def run(process: Process) -> int | None:
    """Play a text program: collect what it reads, call the library, pass on what it says."""
    try:
        import bashkit  # noqa: F401  (it is looked for before anything is read)
    except ImportError:
        return process.complain("cannot be played on this machine: the Python package bashkit is missing") + 125
    state = process.memory
    name = process.argv[0].rpartition("/")[2]
    spec = SPECS[name]
    if state is None:
        files, options = _operands(spec, process.argv[1:])
        reads = (spec.reads == "always" and not any(word.startswith("if=") for word in process.argv)) \
            or (spec.reads == "files" and (not files or "-" in files))
        if name in awk.NAMES:
            reads = reads and awk.reads(awk.inline(process, process.argv[1:]))
        piped = _named_pipes(process) if spec.reads != "never" else {}
        state = process.memory = {"in": bytearray(), "reads": reads, "status": 1, "lines": (
            reads and not files and _by_line(name, spec, options, process.argv[1:])), "seen": False, "piped": piped,
            "pipes": _pipes(process)}
    while state["pipes"]:
        word, fd = state["pipes"][0]
        data = process.read(fd)
        if data is None:
            return None
        state["piped"].setdefault(word, bytearray()).extend(data)
        if not data:
            process.close(fd)
            state["pipes"].pop(0)
    while state["reads"]:
        data = process.read()
        if data is None:
            return None
        if process.choked():
            state["in"] += data
            return None
        if not data:
            state["reads"] = False
            break
        state["in"] += data
        if len(state["in"]) > MOST_INPUT:
            raise Exhausted("memory")
        if state["lines"] and (end := state["in"].rfind(b"\n") + 1):
            out, err, code = call(process, name, bytes(state["in"][:end]))
            del state["in"][:end]
            state["seen"], state["status"] = True, min(state["status"], code)
            process.write(out)
            process.write(err, 2)
    if state["seen"] and not state["in"]:
        return int(state["status"])
    out, err, code = call(process, name, bytes(state["in"]), state["piped"])
    process.write(err, 2)
    process.write(out)
    return min(code, state["status"]) if state["seen"] else code


def _pipes(process: Process) -> list[tuple[str, int]]:
    """Return the arguments that are pipes, as of <(...), and their descriptors."""
    return [(word, int(word[8:])) for word in process.argv[1:] if word.startswith("/dev/fd/") and word[8:].isdigit()]


def _named_pipes(process: Process) -> dict[str, bytearray]:
    """Return what comes through those named pipes that are arguments; raise Blocked where there is more to come."""
    return {word: bytearray(process.read_file(word)) for word in process.argv[1:]
            if (inode := exists(process, word) if word else None) is not None and inode.kind == FIFO}


def _operands(spec: Spec, words: list[str]) -> tuple[list[str], str]:
    """Return (files, letters of the options given)."""
    files: list[str] = []
    letters = ""
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            files += words
            break
        if word.startswith("--"):
            letters += {"quiet": "q", "count": "c", "line-number": "n", "invert-match": "", "in-place": "i",
                        "null-input": "n"}.get(word[2:].partition("=")[0], "")
            if word in ("--arg", "--argjson", "--slurpfile", "--rawfile"):
                words = words[2:]
            elif word in ("--indent",):
                words = words[1:]
        elif word[:1] == "-" and len(word) > 1:
            for at, letter in enumerate(word[1:], 1):
                letters += letter
                if letter in spec.valued:
                    if at == len(word) - 1 and words:
                        words.pop(0)
                    break
        else:
            files.append(word)
    if not any(letter in letters for letter in spec.instead):
        files = files[spec.lead:]
    return files, letters


def _by_line(name: str, spec: Spec, letters: str, words: list[str]) -> bool:
    if name == "sed":
        script = next((word for word in words if word[:1] != "-"), "")
        parts = script.split(script[1:2] or " ") if script[:1] in ("s", "y") else []
        return len(parts) == 4 and not parts[3].strip("gIip0123456789") and not any(letter in letters
            for letter in "szf")
    if name in awk.NAMES:
        script = next((word for word in words if word[:1] in "{/$"), "")
        return bool(script) and "f" not in letters and not any(
            each in script for each in ("BEGIN", "END", "NR", "++", "+=", "getline", "=", "seen", "system", "|", ">"))
    if name == "jq":
        return "s" not in letters and "n" not in letters and "R" not in letters and not any(word.startswith("--s")
            for word in words)
    return spec.lines is not None and not any(letter in spec.lines for letter in letters)


def _writes(name: str, words: list[str]) -> bool:
    """Tell whether a program may change files."""
    if name in awk.NAMES:
        return any(">" in word or word == "-f" for word in words)
    if name == "sed":
        return any((word[:2] in ("-i", "-n") and "i" in word) or word.startswith("--in-place") or "w" in word
                   for word in words)
    if name == "sort":
        return any(word.startswith(("-o", "--output")) for word in words)
    if name == "find":
        return any(word in ("-delete", "-fprint", "-fprintf", "-fls") for word in words)
    return SPECS[name].writes


# The call

def call(process: Process, name: str, data: bytes, piped: dict[str, bytes] | None = None) -> tuple[bytes, bytes, int]:
    """Return (stdout, stderr, exit code) of a text program. `piped`: files that are pipes, as of <(...)."""
    process.kernel.worked += CALL
    global _depth
    words, writes = list(process.argv[1:]), _writes(name, process.argv[1:])
    if name in awk.NAMES:
        words = awk.inline(process, words)
    machine = engine(LONGEST if name == "jq" and any(each in word for word in words for each in _LOOPS) else UNBOUNDED)
    paths = named(process, name, words)
    staged: Staged = {}
    files = machine.clean()
    if paths:
        machine.used = True
        stage(process, files, paths, staged)
    inside = {path: f"/.{path.replace('/', '')}" for path in piped or ()}  # the library has a /dev of its own
    for path, content in (piped or {}).items():
        machine.used = True
        files.write_file(inside[path], bytes(content))
    asked = words
    words = [inside.get(word, "/.stdin" if word == "/dev/stdin" else word) for word in _timeless(process, name, words)]
    if name == "diff" and process.space.shell == "ash":
        words = ["-u", *words]  # busybox' knows no other form
    if name == "find":
        words = started.of_find(words)
    elif name in awk.NAMES and (at := awk.place(words)) < len(words):
        words[at] = awk.commands(words[at], f"{started.RUNNER} sh -c")
    script = f"{ALIASES.get(name, name)} {' '.join(map(quote, words))}"
    if any(each in word for word in words for each in ("ENVIRON", "$ENV", "env.", "env[")):
        script = "".join(f"{key}={quote(value)} " for key, value in process.env.items() if key.isidentifier()) + script
    if paths or (writes and process.cwd != "/"):
        machine.used = True
        script = f"cd {quote(_folder(files, process.cwd))} && {script}"
    if len(data) > PART:
        machine.used = True
        for number in range(0, len(data), PART):
            files.write_file(f"/.stdin{number // PART:03}", data[number:number + PART])
        script = f"cat /.stdin[0-9]* | {script}"
    elif data or SPECS[name].reads != "never":
        files.write_file("/.stdin", data)
        script += " < /.stdin"
    times = ages(process, name, staged)

    def start(argv: list[str], given: bytes) -> tuple[bytes, bytes, int]:
        if _depth > DEEPEST:
            raise Exhausted("steps")
        if writes:
            bring_back(process, files, staged)
        found = started.play(process, argv, given)
        for path, (inode, was) in list(staged.items()):
            if inode.kind == FILE and inode.data != was:
                del staged[path]
        stage(process, files, named(process, name, asked), staged)
        return found

    machine.start, machine.failure = start, None
    _depth += 1
    try:
        result = machine.run(times + script, name in awk.NAMES and any(
            each in word for word in words for each in ("for", "while", "do")))
    finally:
        _depth -= 1
    if machine.failure is not None or result.error:
        machine.used = True
        machine.bash.clear_cancel()
    if machine.failure is not None:
        if isinstance(machine.failure, started.Unplayed):
            return b"", f"{name}: {machine.failure}\n".encode(), 2
        raise machine.failure
    if result.error or result.stdout_truncated or result.stderr_truncated or _limited(result.stderr):
        raise Exhausted("steps")
    if writes:
        machine.used = True
        bring_back(process, files, staged)
    out, err = result.stdout_bytes, result.stderr_bytes
    for path, name_there in inside.items():
        out, err = (each.replace(name_there.encode(), path.encode()) for each in (out, err))
    if b"ashkit" in out or b"ashkit" in err:
        out, err = out.replace(b" (bashkit)", b""), err.replace(b" in bashkit", b"").replace(b"bashkit", name.encode())
        err = err.replace(b": Bashkit never executes host commands from a sed script", b"")
    return out, err.removeprefix(b"bash: line 1: "), result.exit_code


def _limited(said: str) -> bool:
    """Tell whether the library says that it has stopped at a limit of its own, which it may do with exit code 0."""
    return any((" limit " in line and "exceeded" in line) or "truncated" in line or line.endswith("timed out")
               for line in said.splitlines() if line.startswith(_SPEAKERS))


def _folder(files: Any, path: str) -> str:
    if path == "/":
        return "/"
    files.mkdir(path, recursive=True)
    return path


def _timeless(process: Process, name: str, words: list[str]) -> list[str]:
    """Let awk and jq see the simulated time."""
    if name not in (*awk.NAMES, "jq"):
        return words
    import re

    now = int(process.kernel.now)
    if name == "jq":
        return [re.sub(r"(?<![\w.$\"])now(?![\w\"])", str(now), word) if "now" in word else word for word in words]
    return [re.sub(r"\bsrand\(\s*\)", f"srand({process.space.random.bits(31)})",
                   re.sub(r"\bsystime\(\s*\)", str(now), word))
            if "srand" in word or "systime" in word else word for word in words]
