"""diff: files and folders line by line (GNU's diffutils; busybox's editors/diff.c, which has but the unified form)."""

from __future__ import annotations

from ..dates import strftime
from ..kernel.errors import Errno, Exhausted
from ..kernel.files import FOLDER
from ..unknown import unplayed_part
from .flavour import is_busybox
from .operands import MOST_INPUT, exists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..kernel.files import Inode
    from ..kernel.process import Process

    Change = tuple[int, int, int, int]  # lines of the old file from and to, and those of the new one that stand there

SAME, DIFFERENT, TROUBLE = 0, 1, 2
PAIRS = 20  # of equal lines that are a step
_FLAGS = {"unified": "u", "brief": "q", "recursive": "r", "new-file": "N", "report-identical-files": "s", "text": "a",
          "ignore-case": "i", "ignore-all-space": "w", "ignore-space-change": "b", "ignore-blank-lines": "B",
          "minimal": "d", "no-dereference": "", "color": "", "expand-tabs": ""}
_LETTERS = "uqrNsaiwbBdt"
_UNPLAYED = "0123456789cCDeEfFhHIlnpPSTvWxXyZ"
_UNPLAYED_FLAGS = (
    "changed-group-format", "context", "ed", "exclude", "exclude-from", "forward-ed", "from-file", "help",
    "horizon-lines", "ifdef", "ignore-file-name-case", "ignore-matching-lines", "ignore-tab-expansion",
    "ignore-trailing-space", "initial-tab", "left-column", "line-format", "new-group-format", "new-line-format",
    "normal", "old-group-format", "old-line-format", "paginate", "rcs", "show-c-function", "show-function-line",
    "side-by-side", "speed-large-files", "starting-file", "strip-trailing-cr", "suppress-blank-empty",
    "suppress-common-lines", "tabsize", "to-file", "unchanged-group-format", "unchanged-line-format",
    "unidirectional-new-file", "version", "width")
_NO_END = b"\\ No newline at end of file\n"


class _Wrong(Exception):
    """The command line is none."""


class _Unplayed(Exception):
    """GNU's diff knows an option that is not played."""


class _Options:
    def __init__(self, argv: list[str]):
        self.letters, self.context, self.labels, self.words = "", 3, list[str](), list[str]()
        self.shown = list[str]()  # how folders' files are told
        rest = argv[1:]
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.words += rest
                break
            if word == "-" or word[:1] != "-":
                self.words.append(word)
                continue
            self.shown.append(word)
            if word.startswith("--"):
                self._long(word, rest)
            else:
                self._short(word[1:], rest)

    def _long(self, word: str, rest: list[str]) -> None:
        name, has_value, value = word[2:].partition("=")
        if name == "label":
            self.labels.append(value if has_value else self._value(rest, word))
        elif name in _UNPLAYED_FLAGS:
            raise _Unplayed
        elif name not in _FLAGS:
            raise _Wrong(f"unrecognized option '{word}'")
        else:
            self.letters += _FLAGS[name]
            if name == "unified" and has_value:
                self.context = self._number(value)

    def _short(self, letters: str, rest: list[str]) -> None:
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "UL":
                value, letters = letters or self._value(rest, letter), ""
                if letter == "L":
                    self.labels.append(value)
                else:
                    self.letters += "u"
                    self.context = self._number(value)
            elif letter in _UNPLAYED:
                raise _Unplayed
            elif letter not in _LETTERS:
                raise _Wrong(f"invalid option -- '{letter}'")
            else:
                self.letters += letter

    @staticmethod
    def _value(rest: list[str], option: str) -> str:
        if not rest:
            raise _Wrong(f"option requires an argument -- '{option}'")
        return rest.pop(0)

    @staticmethod
    def _number(text: str) -> int:
        if not text.isdigit():
            raise _Wrong(f"invalid context length '{text}'")
        return int(text)

    def has(self, letter: str) -> bool:
        return letter in self.letters


class _Diff:
    """One call, whose operands have been read as far as they are no files: `piped`."""

    def __init__(self, process: Process, options: _Options, piped: dict[str, bytes]):
        self.process, self.options, self.piped = process, options, piped
        self.is_busybox = is_busybox(process)
        self.status = SAME
        self.above: list[tuple[Inode | None, Inode | None]] = []  # the folders that are being compared

    def run(self) -> int:
        old, new = self.options.words
        kinds = [self._is_folder(path) for path in (old, new)]
        if all(kinds):
            self._folders(old, new)
            return self.status
        if kinds[0]:
            old = f"{old.rstrip('/')}/{new.rpartition('/')[2]}"
        elif kinds[1]:
            new = f"{new.rstrip('/')}/{old.rpartition('/')[2]}"
        self._files(old, new)
        return self.status

    def _is_folder(self, path: str) -> bool:
        inode = None if path in self.piped else exists(self.process, path)
        return inode is not None and inode.kind == FOLDER

    def _names(self, folder: str) -> list[str]:
        tree, process = self.process.space.tree, self.process
        return list(tree.entries(tree.lookup(folder, process.cwd, process.user)))

    def _folders(self, old: str, new: str) -> None:
        old, new = old.rstrip("/") or "/", new.rstrip("/") or "/"
        pair = exists(self.process, old), exists(self.process, new)
        for which, path in enumerate((old, new)):
            if any(pair[which] is each[which] for each in self.above):
                self.process.complain(f"{path}: recursive directory loop")
                self.status = TROUBLE
                return
        self.above.append(pair)
        self._entries(old, new)
        self.above.pop()

    def _entries(self, old: str, new: str) -> None:
        options = self.options
        names = {folder: self._names(folder) for folder in (old, new)}
        for name in sorted({*names[old], *names[new]}):
            pair = f"{old}/{name}", f"{new}/{name}"
            missing = [folder for folder in (old, new) if name not in names[folder]]
            folders = [self._is_folder(path) for path in pair]
            if missing and not (options.has("N") and not any(folders)):
                there = new if missing[0] == old else old
                self._say(f"Only in {there}: {name}\n", DIFFERENT)
            elif all(folders):
                if options.has("r"):
                    self._folders(*pair)
                else:
                    self._say(f"Common subdirectories: {pair[0]} and {pair[1]}\n", self.status)
            elif any(folders):
                kinds = ["directory" if each else "regular file" for each in folders]
                self._say(f"File {pair[0]} is a {kinds[0]} while file {pair[1]} is a {kinds[1]}\n", DIFFERENT)
            else:
                self._files(*pair, " ".join(("diff", *options.shown, *pair)) + "\n")

    def _say(self, text: str, status: int) -> None:
        self.process.write(text)
        self.status = max(self.status, status)

    def _data(self, path: str) -> bytes | None:
        """Return what a file holds, None where that cannot be told."""
        if path in self.piped:
            return self.piped[path]
        try:
            return self.process.read_file(path)
        except Errno as error:
            if error.name == "ENOENT" and self.options.has("N"):
                return b""
            told = f"can't open '{path}': {error.message}" if self.is_busybox else f"{path}: {error.message}"
            self.process.complain(told)
            self.status = TROUBLE
            return None

    def _files(self, old: str, new: str, before: str = "") -> None:
        """Compare two files; `before`: what GNU's says before it tells how they differ."""
        options = self.options
        data = [self._data(path) for path in (old, new)]
        if data[0] is None or data[1] is None:
            return
        lines = [_lines(each) for each in data if each is not None]
        if options.has("q") and not any(map(options.has, "iwbB")):
            found = [(0, 0, 0, 0)] if data[0] != data[1] else []
        else:
            found = self._changes(lines) if data[0] != data[1] else []
        if options.has("B"):
            found = [(a, b, c, d) for a, b, c, d in found
                     if any(line.strip() for line in (*lines[0][a:b], *lines[1][c:d]))]
        if not found:
            if options.has("s"):
                self._say(f"Files {old} and {new} are identical\n", SAME)
            return
        if options.has("q"):
            self._say(f"Files {old} and {new} differ\n", DIFFERENT)
        elif not options.has("a") and any(b"\0" in each for each in data if each is not None):
            self._say(f"{'Files' if self.is_busybox else 'Binary files'} {old} and {new} differ\n", DIFFERENT)
        else:
            self._say("" if self.is_busybox else before, DIFFERENT)
            if options.has("u") or self.is_busybox:
                self._unified((old, new), lines, found)
            else:
                self._plain(lines, found)

    def _changes(self, lines: list[list[bytes]]) -> list[Change]:
        """Return what has to be changed, in order; what both begin and end with is the same."""
        from collections import Counter
        from difflib import SequenceMatcher

        old, new = ([self._key(line) for line in each] for each in lines)
        start, short = 0, min(len(old), len(new))
        while start < short and old[start] == new[start]:
            start += 1
        end = 0
        while end < short - start and old[-1 - end] == new[-1 - end]:
            end += 1
        old, new = old[start:len(old) - end], new[start:len(new) - end]
        there = Counter(new)
        pairs = sum(there[line] for line in old)  # which of one may be which of the other: so long it takes
        self.process.work(len(lines[0]) + len(lines[1]) + pairs // PAIRS)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return [(a + start, b + start, c + start, d + start)
                for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]

    def _key(self, line: bytes) -> bytes:
        """Return what of a line counts."""
        if self.options.has("w"):
            line = b"".join(line.split())
        elif self.options.has("b"):
            line = b" ".join((b"x" + line).split())
        return line.lower() if self.options.has("i") else line

    def _plain(self, lines: list[list[bytes]], found: list[Change]) -> None:
        old, new = lines
        for a, b, c, d in found:
            letter = "c" if a < b and c < d else "d" if a < b else "a"
            self.process.write(f"{_span(a, b)}{letter}{_span(c, d)}\n")
            self._lines(b"< ", old[a:b])
            if letter == "c":
                self.process.write("---\n")
            self._lines(b"> ", new[c:d])

    def _unified(self, paths: tuple[str, str], lines: list[list[bytes]], found: list[Change]) -> None:
        old, new = lines
        for at, (mark, path) in enumerate(zip(("---", "+++"), paths)):
            label = self.options.labels[at] if at < len(self.options.labels) else self._head(path)
            self.process.write(f"{mark} {label}\n")
        for group in _groups(found, self.options.context):
            first, last = group[0], group[-1]
            before = min(self.options.context, first[0], first[2])
            behind = min(self.options.context, len(old) - last[1])
            self.process.write(f"@@ -{_range(first[0] - before, last[1] + behind)} "
                               f"+{_range(first[2] - before, last[3] + behind)} @@\n")
            at = first[0] - before
            for a, b, c, d in group:
                self._lines(b" ", old[at:a])
                self._lines(b"-", old[a:b])
                self._lines(b"+", new[c:d])
                at = b
            self._lines(b" ", old[at:last[1] + behind])

    def _head(self, path: str) -> str:
        if self.is_busybox:
            return path
        inode = None if path in self.piped else exists(self.process, path)
        time = inode.mtime if inode is not None else 0.0 if path not in self.piped else self.process.kernel.now
        return f"{path}\t{strftime('%Y-%m-%d %H:%M:%S', time)}.{int(time % 1 * 1e9):09d} +0000"

    def _lines(self, lead: bytes, lines: list[bytes]) -> None:
        self.process.write(b"".join(lead + line if line.endswith(b"\n") else lead + line + b"\n" + _NO_END
                                    for line in lines))


def _lines(data: bytes) -> list[bytes]:
    *whole, rest = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _span(first: int, end: int) -> str:
    """Return the numbers of lines as the plain form has them."""
    if end - first < 2:
        return str(end)
    return f"{first + 1},{end}"


def _range(first: int, end: int) -> str:
    """Return the numbers of lines as the unified form has them."""
    count = end - first
    return f"{first + 1}" if count == 1 else f"{first + 1 if count else first},{count}"


def _groups(found: list[Change], context: int) -> Iterator[list[Change]]:
    """Yield changes together whose surroundings meet."""
    group: list[Change] = []
    for change in found:
        if group and change[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(change)
    yield group


def diff(process: Process) -> int | None:
    """diff [OPTION ...] OLD NEW"""
    try:
        options = _Options(process.argv)
        if len(options.words) != 2:
            raise _Wrong(f"missing operand after '{(['diff', *options.words])[-1]}'" if len(options.words) < 2 else
                         f"extra operand '{options.words[2]}'")
    except _Wrong as wrong:
        process.complain(str(wrong))
        return TROUBLE
    except _Unplayed:
        return unplayed_part(process)
    if process.memory is None:
        process.memory = {"piped": {word: bytearray() for word in options.words if _descriptor(word) is not None},
                          "ended": []}
    piped = process.memory["piped"]
    for word in piped:
        while word not in process.memory["ended"]:
            data = process.read(_descriptor(word) or 0)
            if data is None:
                return None
            piped[word] += data
            if len(piped[word]) > MOST_INPUT:
                raise Exhausted("memory")
            if not data:
                process.memory["ended"].append(word)
    return _Diff(process, options, {word: bytes(data) for word, data in piped.items()}).run()


def _descriptor(word: str) -> int | None:
    """Return the number of the descriptor that an operand is, None where it is a file."""
    if word == "-":
        return 0
    return int(word[8:]) if word.startswith("/dev/fd/") and word[8:].isdigit() else None


PROGRAMS = {"diff": diff}
