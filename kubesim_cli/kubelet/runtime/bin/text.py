"""Text programs: sed, awk, grep, sort, jq, find and their kin, which the library bashkit plays.

It is a function for us: arguments, stdin and the files that the arguments name go in; output, exit code and changed
files come out. Its files are its own, in memory, made for the call. It never sees the host, and our clock by file times
alone.
"""

from __future__ import annotations

from ..kernel.errors import Errno, Exhausted
from ..kernel.files import DEVICE, FILE, FOLDER, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.files import Inode
    from ..kernel.process import Process

CALL = 100  # steps that a call counts
MOST_INPUT = 12 << 20
MOST_FILES = 20_000


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
    "paste": Spec("d"), "join": Spec("12tjoaev"), "comm": Spec(), "diff": Spec("U", reads="never"),
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
LONGEST = 5     # seconds: a net for the few loops (jq's recursion) that the library does not count
PART = 8 << 20  # bytes of a file that the library takes


class Engine:
    """The library's interpreter, which is used for one command at a time, and its files."""

    def __init__(self) -> None:
        from bashkit import Bash, ExecutionProfile

        self.bash = Bash(profile=ExecutionProfile.Interactive, max_loop_iterations=300_000, max_memory=256 << 20,
                         timeout_seconds=LONGEST,
                         username="root", hostname="localhost", cwd="/")
        self.files: Any = None
        self.used = True

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
_engine: Engine | None = None


def engine() -> Engine:
    """Return the interpreter; it is made when it is first needed."""
    global _engine
    if _engine is None:
        _engine = Engine()
    return _engine


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
        if name in ("awk", "gawk", "mawk") and not _awk_reads(process.argv[1:]):
            reads = False
        state = process.memory = {"in": bytearray(), "reads": reads, "status": 1, "lines": (
            reads and not files and _by_line(name, spec, options, process.argv[1:])), "seen": False, "piped": {},
            "pipes": [int(word[8:]) for word in process.argv[1:] if word.startswith("/dev/fd/") and word[8:].isdigit()]}
    while state["pipes"]:
        data = process.read(state["pipes"][0])
        if data is None:
            return None
        state["piped"].setdefault(f"/dev/fd/{state['pipes'][0]}", bytearray()).extend(data)
        if not data:
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
    if name in ("awk", "gawk", "mawk"):
        script = next((word for word in words if word[:1] in "{/$"), "")
        return bool(script) and "f" not in letters and not any(
            each in script for each in ("BEGIN", "END", "NR", "++", "+=", "getline", "=", "seen", "system", "|", ">"))
    if name == "jq":
        return "s" not in letters and "n" not in letters and "R" not in letters and not any(word.startswith("--s")
            for word in words)
    return spec.lines is not None and not any(letter in spec.lines for letter in letters)


def _writes(name: str, words: list[str]) -> bool:
    """Tell whether a program may change files."""
    if name in ("awk", "gawk", "mawk"):
        return any(">" in word or "system" in word or "|" in word for word in words)
    if name == "sed":
        return any((word[:2] in ("-i", "-n") and "i" in word) or word.startswith("--in-place") or "w" in word
                   for word in words)
    if name == "sort":
        return any(word.startswith(("-o", "--output")) for word in words)
    if name == "find":
        return any(word in ("-delete", "-exec", "-execdir", "-fprint", "-fls", "-ok") for word in words)
    return SPECS[name].writes


def _awk_reads(words: list[str]) -> bool:
    """A program of only a BEGIN action reads nothing."""
    script = next((word for number, word in enumerate(words) if word[:1] != "-"
                   and (not number or words[number - 1] not in ("-F", "-v"))), "")
    text = script.strip()
    if not text.startswith("BEGIN") or "getline" in text:
        return True
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == "}" and not depth:
            return bool(text[at + 1:].strip())
    return True


# The call

def call(process: Process, name: str, data: bytes, piped: dict[str, bytes] | None = None) -> tuple[bytes, bytes, int]:
    """Return (stdout, stderr, exit code) of a text program. `piped`: files that are pipes, as of <(...)."""
    process.kernel.worked += CALL
    words = list(process.argv[1:])
    machine = engine()
    paths = _named(process, name, words)
    staged: dict[str, Inode] = {}
    files = machine.clean()
    if paths:
        machine.used = True
        _stage(process, files, paths, staged)
    for path, content in (piped or {}).items():
        machine.used = True
        _parents(files, path)
        files.write_file(path, bytes(content))
    words = ["/.stdin" if word == "/dev/stdin" else word for word in _timeless(process, name, words)]
    script = f"{ALIASES.get(name, name)} {' '.join(map(_quote, words))}"
    writes = _writes(name, words)
    if paths or (writes and process.cwd != "/"):
        machine.used = True
        script = f"cd {_quote(_folder(files, process.cwd))} && {script}"
    if len(data) > PART:
        machine.used = True
        for number in range(0, len(data), PART):
            files.write_file(f"/.stdin{number // PART:03}", data[number:number + PART])
        script = f"cat /.stdin[0-9]* | {script}"
    elif data or SPECS[name].reads != "never":
        files.write_file("/.stdin", data)
        script += " < /.stdin"
    times = _times(process, name, staged)
    result: Any = machine.bash.execute_sync(times + script if times else script)
    if result.error or result.stdout_truncated or result.stderr_truncated or _limited(result.stderr):
        raise Exhausted("steps")
    if writes:
        machine.used = True
        _bring_back(process, files, paths, staged)
    out, err = result.stdout_bytes, result.stderr_bytes
    if b"bashkit" in out or b"bashkit" in err:
        out, err = out.replace(b" (bashkit)", b""), err.replace(b" in bashkit", b"").replace(b"bashkit", name.encode())
    return out, err.removeprefix(b"bash: line 1: "), result.exit_code


def _limited(said: str) -> bool:
    """Tell whether the library says that it has stopped at a limit of its own, which it may do with exit code 0."""
    return any((" limit " in line and "exceeded" in line) or "truncated" in line or line.endswith("timed out")
               for line in said.splitlines() if line.startswith(_SPEAKERS))


def _quote(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _folder(files: Any, path: str) -> str:
    if path == "/":
        return "/"
    files.mkdir(path, recursive=True)
    return path


def _timeless(process: Process, name: str, words: list[str]) -> list[str]:
    """Let awk and jq see the simulated time."""
    if name not in ("awk", "gawk", "mawk", "jq"):
        return words
    import re

    now = int(process.kernel.now)
    if name == "jq":
        return [re.sub(r"(?<![\w.$\"])now(?![\w\"])", str(now), word) if "now" in word else word for word in words]
    return [re.sub(r"\bsrand\(\s*\)", f"srand({process.space.random.bits(31)})",
                   re.sub(r"\bsystime\(\s*\)", str(now), word))
            if "srand" in word or "systime" in word else word for word in words]


def _named(process: Process, name: str, words: list[str]) -> dict[str, Inode]:
    """Return the files and folders that arguments name: absolute path -> inode."""
    found: dict[str, Inode] = {}
    candidates = [word.partition("=")[2] if "=" in word and "/" in word else word for word in words if word
                  and len(word) < 4096]
    if name in ("find", "du", "tree", "ls") or "-r" in words or "-R" in words or any(word[:1] == "-"
        and "r" in word and name == "grep" for word in words):
        candidates.append(".")
    for word in candidates:
        for text in (word, word[2:] if word[:1] == "-" and word[2:3] == "/" else ""):
            if not text or "\0" in text or "\n" in text:
                continue
            try:
                place = process.space.tree.find(text, process.cwd, process.user, True)
            except Errno:
                continue
            path = text if text.startswith("/") else f"{process.cwd.rstrip('/')}/{text}"
            if place.inode is not None and place.inode.kind == DEVICE and place.inode.target not in ("null", "tty"):
                raise Exhausted("memory")
            if place.inode is not None:
                found[_clean(path)] = place.inode
            elif place.folder.kind == FOLDER and "/" in text:
                found.setdefault(_clean(path).rpartition("/")[0] or "/", place.folder)
    return found


def _clean(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


_MADE_UP = ("/proc/", "/dev/", "/sys/")  # whose files are seen by who names them, not by who comes by


def _stage(process: Process, files: Any, paths: dict[str, Inode], staged: dict[str, Inode]) -> None:
    """Copy what the arguments name."""
    size = 0
    tree = process.space.tree
    for path in sorted(paths):
        for at, inode in (tree.walk(path, process.user) if paths[path].kind == FOLDER else ((path, paths[path]),)):
            if at in staged or (at.startswith(_MADE_UP) and not f"{path}/".startswith(_MADE_UP)):
                continue
            if inode.kind == FOLDER:
                if at != "/":
                    files.mkdir(at, recursive=True)
                    files.chmod(at, inode.mode)
            elif inode.kind == LINK:
                _parents(files, at)
                files.symlink(inode.target, at)
            elif inode.allows(process.user, 4):
                _parents(files, at)
                data = bytes(inode.data)
                size += len(data)
                files.write_file(at, data)
                files.chmod(at, inode.mode)
            staged[at] = inode
            if size > MOST_INPUT or len(staged) > MOST_FILES:
                raise Exhausted("memory")


def _parents(files: Any, path: str) -> None:
    folder = path.rpartition("/")[0]
    if folder and not files.exists(folder):
        files.mkdir(folder, recursive=True)


def _times(process: Process, name: str, staged: dict[str, Inode]) -> str:
    """Return commands that give files their age, where a program looks at it."""
    words = process.argv
    if not ((name == "find" and any(word[:2] in ("-m", "-a", "-c", "-n", "-p") and word != "-name"
                                    and word != "-maxdepth" and word != "-print" and word != "-mindepth"
                                    and word != "-and" for word in words)) or name == "tree"):
        return ""
    from time import time

    shift = time() - process.kernel.now if name == "find" else 0.0
    return "".join(f"touch -d @{int(inode.mtime + shift)} {_quote(path)}; " for path,
                   inode in sorted(staged.items(), reverse=True)
                   if inode.kind in (FILE, FOLDER) and path != "/")


def _bring_back(process: Process, files: Any, paths: dict[str, Inode], staged: dict[str, Inode]) -> None:
    """Take over what a program has changed in the folders it knew."""
    tree, user, now = process.space.tree, process.user, process.kernel.now
    seen: set[str] = set()

    def look(path: str) -> None:
        for entry in files.read_dir(path):
            at = f"{path.rstrip('/')}/{entry['name']}"
            if at.startswith("/.stdin") or at in ("/dev", "/proc", "/sys"):
                continue
            kind = entry["metadata"]["file_type"]
            seen.add(at)
            known = staged.get(at)
            if kind == "directory":
                if known is None and _absent(process, at):
                    tree.create(tree.find(at, "/", user), FOLDER, 0o777 & ~process.umask, user, now)
                look(at)
            elif kind == "symlink":
                if known is None and _absent(process, at):
                    tree.create(tree.find(at, "/", user, False), LINK, 0o777, user, now, files.read_link(at))
            else:
                data = files.read_file(at)
                if known is None or (known.kind == FILE and data != known.data):
                    what = process.open(at, "w")
                    what.write(process.kernel, data)
                    made = tree.find(at, "/", user).inode
                    if known is None and made is not None:
                        made.mode = entry["metadata"]["mode"] & 0o777 or made.mode

    look("/")
    for at in sorted(set(staged) - seen, reverse=True):
        if at != "/" and not at.startswith(("/proc", "/dev", "/sys")) and not files.exists(at):
            try:
                tree.remove(tree.find(at, "/", user, False), user, now)
            except Errno:
                continue


def _absent(process: Process, path: str) -> bool:
    try:
        return process.space.tree.find(path, "/", process.user, False).inode is None
    except Errno:
        return False
