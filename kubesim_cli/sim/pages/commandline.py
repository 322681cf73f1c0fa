"""A look at shell text without running it: where commands end, which programs they call, which need no shell."""

from __future__ import annotations

import re

# Flags of kubectl whose values are words of their own.
VALUED = frozenset((
    "-l", "--selector", "-o", "--output", "--sort-by", "--field-selector", "-f", "--filename", "--context",
    "--kubeconfig", "-L", "--label-columns", "--chunk-size", "-n", "--namespace", "-c", "--container", "--image",
    "--labels", "--overrides", "--env", "--restart", "--port", "-p", "--patch", "--type", "--timeout", "--template"))
_OPENERS = {"if": "fi", "case": "esac", "for": "done", "while": "done", "until": "done", "select": "done", "{": "}"}
_CLOSERS = {"fi", "esac", "done", "}"}
_GOING_ON = {"then", "else", "elif", "do", "!", "time"}  # a command follows
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_BRACES = re.compile(r"\{[^}]*(,|\.\.)[^}]*\}")
# What stands for something, as <<pod-name>> does, and is no document: a mark of these is told in capitals.
PLACE_IN_TWO = re.compile(r"<<(?:(?=[^>]*[a-z])[A-Za-z][\w ./-]*>>|[A-Za-z][\w ./-]*>>(?=\s*(?:\n|\Z)))", re.ASCII)


class Scan:
    """What a text holds. `commands`: the words of each simple command, command substitutions included, unquoted;
    `functions`: the names of those it defines; `open`: the text ends inside of something; `plain`: it is one simple
    command of words alone; `targets`: the files that it redirects to; `looped`: what loops go over. Where in the text
    (begin, end) they stand: `places` of the words of each command, `targeted`, `assigned` (assignments, names included)
    and `documents`."""

    def __init__(self, text: str):
        self.text, self.position = text, 0
        self.commands: list[list[str]] = []
        self.places: list[list[tuple[int, int]]] = []
        self.targets: list[str] = []
        self.looped: list[str] = []
        self.targeted: list[tuple[int, int]] = []
        self.assigned: list[tuple[int, int]] = []
        self.documents: list[tuple[int, int]] = []
        self.functions: set[str] = set()
        self.open = False
        self.plain = True
        self._stack: list[str] = []
        self._documents: list[tuple[str, bool]] = []
        self._list("")
        self.open = self.open or bool(self._stack) or bool(self._documents)

    def _list(self, end: str) -> None:
        """Read commands up to `end`, which is taken, or the end of the text."""
        words: list[str] = []
        places: list[tuple[int, int]] = []
        awaited = False  # an operator that another command has to follow came last
        skipping = ""    # "for" and "case" are followed by words that are no commands

        def finish() -> None:
            nonlocal words, places, skipping
            if words and not skipping:
                self.commands.append(words)
                self.places.append(places)
            elif skipping == "for":
                self.looped += words[2:]
            words, places, skipping = [], [], ""

        depth = 0
        while self.position < len(self.text):
            char = self.text[self.position]
            rest = self.text[self.position:self.position + 3]
            if char == end and not depth:
                finish()
                self.position += 1
                return
            if char in " \t" or rest.startswith("\\\n"):
                self.position += 1 if char != "\\" else 2
                self.open = self.open or (char == "\\" and self.position >= len(self.text))
                continue
            if char == "#":
                stop = self.text.find("\n", self.position)
                self.position = stop if stop >= 0 else len(self.text)
                continue
            if char == "\n":
                finish()
                self.position += 1
                self._read_documents()
                continue
            if char in ";&|":
                self.plain = False
                doubled = self.text[self.position:self.position + 2]
                if doubled == "&>":
                    self.position += 2 + (self.text[self.position + 2:self.position + 3] == ">")
                    self._target()
                    continue
                finish()
                size = 2 if doubled in ("&&", "||", ";;", "|&", ";&") else 1
                awaited = doubled in ("&&", "||") or (char == "|")
                self.position += size
                if doubled == ";;" and "esac" in self._stack:
                    skipping = "case"
                continue
            if char in "()":
                self.plain = False
                if rest.startswith("()") and len(words) == 1:
                    self.functions.add(words.pop())
                    places.pop()
                    self.position += 2
                    continue
                self.position += 1
                depth = depth + 1 if char == "(" else max(0, depth - 1)
                if skipping != "for":
                    finish()
                continue
            if char in "<>" or re.match(r"\d+[<>]", rest):
                self.plain = False
                self._redirection()
                continue
            awaited = False
            assigns = not words and not skipping and _ASSIGNMENT.match(self.text, self.position)
            begin = self.position
            word, quoted = self._word()
            if assigns:
                self.plain = False
                self.assigned.append((begin, self.position))
                continue
            if not words and not quoted and not skipping:
                if word in _OPENERS:
                    self.plain = False
                    self._stack.append(_OPENERS[word])
                    skipping = word if word in ("for", "case", "select") else ""
                    words, places = ([word], [(begin, self.position)]) if skipping else ([], [])
                    continue
                if word in _CLOSERS:
                    if self._stack and self._stack[-1] == word:
                        self._stack.pop()
                    continue
                if word in _GOING_ON:
                    continue
            if skipping == "case" and word == "esac" and self._stack[-1:] == ["esac"]:
                self._stack.pop()
                skipping = ""
                continue
            words.append(word)
            places.append((begin, self.position))
        finish()
        self.open = self.open or awaited or bool(end)

    def _word(self) -> tuple[str, bool]:
        """Read a word; returns it without its quotes, and whether it had any."""
        out: list[str] = []
        quoted = False
        while self.position < len(self.text):
            char = self.text[self.position]
            if char in " \t\n;&|()<>":
                break
            if char == "'":
                quoted = True
                self.position += 1
                out.append(self._until("'"))
            elif char == '"':
                quoted = True
                self.position += 1
                self._double(out)
            elif char == "\\":
                quoted = True
                following = self.text[self.position + 1:self.position + 2]
                self.position += 2
                if following == "\n":
                    self.open = self.open or self.position >= len(self.text)
                elif following:
                    out.append(following)
                else:
                    self.open = True
            elif char in "$`":
                self._expansion(out)
            else:
                if char in "*?[" or (char == "~" and not out):
                    self.plain = False
                out.append(char)
                self.position += 1
        word = "".join(out)
        if not quoted and "{" in word and _BRACES.search(word):
            self.plain = False
        return word, quoted

    def _until(self, mark: str) -> str:
        stop = self.text.find(mark, self.position)
        if stop < 0:
            self.open = True
            stop = len(self.text)
        text = self.text[self.position:stop]
        self.position = stop + 1
        return text

    def _double(self, out: list[str]) -> None:
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == '"':
                self.position += 1
                return
            if char == "\\":
                following = self.text[self.position + 1:self.position + 2]
                out.append(following if following in '$`"\\' else "" if following == "\n" else "\\" + following)
                self.position += 2
            elif char in "$`":
                self._expansion(out)
            else:
                out.append(char)
                self.position += 1
        self.open = True

    def _expansion(self, out: list[str]) -> None:
        """Read what `$` or a backtick begins; what it will become is not known, so its text stands for it."""
        self.plain = False
        begin = self.position
        if self.text.startswith("$((", begin):
            self.position += 3
            self._until("))")
            self.position += 1
        elif self.text.startswith("$(", begin):
            self.position += 2
            self._list(")")
        elif self.text.startswith("${", begin):
            self.position += 2
            self._until("}")
        elif self.text[begin] == "`":
            self.position += 1
            inner = Scan(self._until("`"))
            self.commands += inner.commands
            self.places += [[(begin + 1 + first, begin + 1 + last) for first, last in each] for each in inner.places]
        elif self.text.startswith("$'", begin):
            self.position += 2
            self._until("'")
        else:
            self.position += 1
        out.append(self.text[begin:self.position])

    def _redirection(self) -> None:
        found = re.match(r"\d*(<<<|<<-?|<\(|>\(|>>|>&|<&|>\||<>|<|>)", self.text[self.position:])
        assert found
        place = PLACE_IN_TWO.match(self.text, self.position)
        if place:
            self.position = place.end()
            return
        self.position += found.end()
        operator = found.group(1)
        if operator in ("<(", ">("):
            self._list(")")
        elif operator in ("<<", "<<-"):
            self._blanks()
            word, _ = self._word()
            self._documents.append((word, operator == "<<-"))
        elif operator in (">", ">>", ">|", "<>", ">&"):
            self._target()
        else:
            self._blanks()
            self._word()

    def _target(self) -> None:
        self._blanks()
        begin = self.position
        word, _ = self._word()
        if not word.isdigit() and word != "-":
            self.targets.append(word)
            self.targeted.append((begin, self.position))

    def _blanks(self) -> None:
        while self.text[self.position:self.position + 1] in (" ", "\t"):
            self.position += 1

    def _read_documents(self) -> None:
        while self._documents:
            mark, tabs = self._documents[0]
            begin = self.position
            while True:
                if self.position >= len(self.text):
                    return
                first = self.position
                stop = self.text.find("\n", self.position)
                line = self.text[self.position:stop if stop >= 0 else len(self.text)]
                self.position = stop + 1 if stop >= 0 else len(self.text)
                if (line.lstrip("\t") if tabs else line) == mark:
                    self.documents.append((begin, first))
                    break
            del self._documents[0]


def is_complete(text: str) -> bool:
    """Whether a shell would run this text, and not ask for another line."""
    return not Scan(text).open


def split(lines: list[str]) -> list[tuple[str, int]]:
    """Split the lines of a script into commands that a shell would run one after the other: (text, index of its first
    line). Comments and empty lines between commands are left out."""
    found: list[tuple[str, int]] = []
    first = 0
    while first < len(lines):
        if not lines[first].strip() or lines[first].lstrip().startswith("#"):
            first += 1
            continue
        end = first + 1
        while end < len(lines) and not is_complete("\n".join(lines[first:end])):
            end += 1
        found.append(("\n".join(lines[first:end]), first))
        first = end
    return found


def plain_words(text: str) -> list[str] | None:
    """Return the words of a command line that is one simple command without anything for a shell to do, else None."""
    scan = Scan(text)
    if scan.open or not scan.plain or len(scan.commands) != 1:
        return None
    return scan.commands[0]


def arguments(words: list[str]) -> list[str]:
    """Return the words that are neither flags of kubectl nor their values."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in VALUED
        else:
            found.append(word)
    return found


def named_nodes(text: str) -> list[str]:
    """Return the nodes that kubectl commands name, as in `kubectl drain NAME` and `kubectl debug node/NAME`."""
    found: list[str] = []
    for words in Scan(text).commands:
        if words[0] != "kubectl":
            continue
        plain = arguments(words[1:])
        found += [word.partition("/")[2] for word in plain if word.startswith(("node/", "nodes/"))]
        if plain[:1] in (["cordon"], ["uncordon"], ["drain"]):
            found += plain[1:2]
        elif plain[1:2] in (["node"], ["nodes"], ["no"]) and plain[0] in ("describe", "get", "label", "annotate",
                                                                       "taint", "delete"):
            found += plain[2:]
    return [name for name in found if re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name)]  # not `key-`


def named_clusters(text: str) -> list[str]:
    """Return the contexts, clusters and users of the kubeconfig that kubectl commands take as given."""
    found: list[str] = []
    made: set[str] = set()
    for words in Scan(text).commands:
        if words[0] != "kubectl" or "--kubeconfig" in text:
            continue
        if words[1:2] == ["config"] and words[2:3]:
            (found.extend if words[2] in ("use-context", "use") else made.update)(arguments(words[3:]))
        taken = ("--cluster", "--user") if words[1:3] == ["config", "set-context"] else ("--context",)
        for word, following in zip(words, [*words[1:], ""]):
            flag, sign, value = word.partition("=")
            if flag in taken:
                found.append(value if sign else following)
    return [name for name in found if name not in made]
