"""From the code blocks of a page and the words between them to its items, whatever format it is written in."""

from __future__ import annotations

import re

from . import comments, containers, scratch
from .blockkinds import (
    ASKS_DOCUMENT,
    BEGINNING,
    MANIFESTS,
    OTHER_SHELLS,
    OUTPUTS,
    PRINTED,
    SHELLS,
    TELLS_OUTPUT,
    is_document,
    is_manifest,
    is_part,
    is_unordered,
    is_watched,
    kind_of,
)
from .commandline import Scan, is_complete, split
from .directives import Pending
from .model import Command, Listing, Page, Shown
from .programs import looks_like_call, looks_like_command
from .prompts import PROMPT, in_full, is_inside
from .tables import header

SIMILAR = re.compile(
    r"similar|something like|should (?:look|resemble|see|be|show)|looks? like|resembl|might (?:look|be|see)|"
    r"for example|will (?:look|resemble)|like th(?:is|ese)|such as|may (?:look|vary|differ)|typical|akin to", re.I)
_SAYS_OUTPUT = re.compile(r"\b(?:outputs?|results?|returns?|respon\w+|prints?|displays?|shows?|see|listed)\b", re.I)
_OF_ANOTHER = re.compile(r"\b(?:flags?|requests?|shortcode|snippet|configuration|file should|"
                         r"file (?:that )?looks|target is|tolerations?)\b(?:(?!\.\s).)*$", re.I | re.S)
_OR = re.compile(r"(?:^|\s)or\b[^.]*$|\binstead:?$", re.I)  # words before another output
# And before one that may be none.
_UNLESS = re.compile(r"(?:If you (?:see|get|receive) a|Errors? such as|"
                     r"If there (?:are|were|is|was)\b[^.]*,[^.]*\bwould)\b[^.]*[.:]$")
_INSTEAD = re.compile(r"(?:^|[.!]\s+)(?:or|alternatively)\b", re.I)  # words before another way to do the same
_SENTENCE = re.compile(r"\s+[A-Z][a-z]+(?: [\w,'-]+){5,}\.")
_AGAIN = re.compile(r"already (?:be )?running|do not start a new|still running", re.I)
_TERMINAL = re.compile(r"terminal|watch|where[^.]* is running", re.I)
_CLEANUP = re.compile(r"\bclean(?:ing)?[ -]?up\b", re.I)
_MAKES = re.compile(r"\s*kubectl\s+(?:create|apply)\s[^\n]*?-f[ =]?(\S+)(?!.*(?:--dry-run|\s-o|--output))")
_MADE = re.compile(r"created|configured|unchanged|applied|error|warning|invalid|forbidden|^\S+ ", re.I | re.M)
_OF_PROGRAM = re.compile(r"\b(?:pod|container)\b.*\b(?:produces|prints|outputs|writes|output)\b", re.I | re.S)
_TO_FILE = re.compile(r"\s>\s*([\w./~-]+)\s*$")
_INLINE = re.compile(r"`(kubectl [^`\s]+ [^`]+)`")
_OF_THE_HOST = ("kubectl", "for", "minikube", "docker", "kind", "gcloud", "helm", "make", "git")
_EDITS = re.compile(r"\s*kubectl\s+(?:-\S+\s+\S+\s+)?edit\s")
_APPENDS = re.compile(r"\b(?:add|append)\b(?:[^.]|\.\w)*\b(?:at|to)\s+the\s+(?:end|bottom)\b", re.I)
_READS = re.compile(r"^\s*kubectl\s+(?:-\S+\s+)*(?:get|describe|top)\b")
_MAKES_OBJECTS = re.compile(r"^\s*kubectl\s+(?:-\S+\s+)*(?:apply|create|run|expose|scale|set)\b"
                            r"(?!.*\s(?:-o|--output|-it?|-ti|--attach|--stdin|--dry-run)\b)")
_RESULT = re.compile(r"[a-z.]+/[\w.-]+ \w+ed\b|\S+ \"[^\"]+\" \w+ed\b|[Ee]rror|Warning")
_SEEN = re.compile(r"\b(?:see|seen|using|use|with)\b[^`]*`kubectl", re.I)
_WATCHES = re.compile(r"^kubectl .*\s(?:-w|--watch)\b")
# What shows again and again what kubectl prints, and what of kubectl prints no tables.
_REPEATED = re.compile(r"((?:\$ )?)watch\s+(?:-[a-z]+(?:\s+\d+)?\s+|--\s+)*['\"]?(kubectl\s+get\b[^'\"|;]*)['\"]?$")
_TELLS_NO_TABLE = re.compile(r"\s*kubectl\s+(?:scale|set|patch|label|annotate|expose|apply|create|delete|rollout|run"
                             r"|cordon|uncordon|taint|autoscale|replace)\b(?!.*\s(?:-o|--output))")
_MAKES_FILE = re.compile(r"\b(?:vi|vim|nano|emacs|code|touch|git|mkdir|cd)\b|>")
_KUSTOMIZATION = re.compile(r"^cat <<.*>>? ?(\S*/)?kustomization\.ya?ml$", re.M)
_FILE = re.compile(r"[\w./-]+\.(?:ya?ml|json|env|properties|txt|conf|ini|sh|cfg|toml)\b")
_FIRST_COMMENT = re.compile(r"^\s*(?:#|//)\s*(?P<name>[\w./-]+\.(?:ya?ml|json|env|properties|conf|txt|sh))\b")
_CAT = re.compile(r"(?:\s*#.*\n)*\s*cat\s+(?:\./)?([\w.-]+)\s*")
_EDITOR = re.compile(r"\s*(?:sudo\s+)?(?:vi|vim|nano|emacs|code)\s+(?:\./)?([\w./-]+)\s*")
_CHANGES = re.compile(r"\b(?:(?:edit|chang|modif|adapt|replac|remov|adjust|updat|extend)\w*|add(?:s|ed|ing)?|final)\b",
                      re.I)
_EXECUTABLE = re.compile(r"\bchmod\s+\S*[x75]\S*\s+(?:\./)?([\w.-]+)[`\s]")


class Builder:
    """Takes a page's prose and blocks in order and appends the page's items."""

    def __init__(self, page: Page):
        self.page = page
        self.pending = Pending(page)
        self._prose = ""
        self._block = 0
        self._awaiting: Command | None = None  # the last command, for which no listing has been shown yet
        self._listed: Command | None = None    # the command whose listing was last
        self._unnamed: list[Shown] = []        # manifests whose file name nothing has told yet
        self._watch = ""                       # the command of the last watch
        self._apart = False                    # whether a heading or another block stands behind the last command
        self._asked = ""                       # the words before the last command
        self._asked_before = ""                # those before the last block of commands: `or` goes on with them
        self._instead = False                  # whether the block is another way to do what the last one does
        self._words = ""                       # those before the block
        self._editing: Command | None = None   # a `kubectl edit`, behind which the page tells what is changed
        self._cleanup = False                  # the heading speaks of it
        self._own: set[str] = set()            # programs that the page has made
        self._shell: str = ""                  # the command that opened a shell in a container, while it is open

    def prose(self, text: str) -> None:
        """Words between blocks, a paragraph at a time."""
        if text.strip():
            self._prose = (self._prose + "\n\n" + text.strip()).strip()[-2000:]

    def heading(self, title: str = "") -> None:
        """The head of a section: what stands below it is not what a command above it prints, unless it says so."""
        self._cleanup = bool(_CLEANUP.search(title))
        self._apart = not _SAYS_OUTPUT.search(title)

    def comment(self, text: str, line: int) -> None:
        """An HTML comment's text, or that of a comment in another format; those of others mean nothing here."""
        text = text.strip()
        if text.startswith("kubesim:"):
            self.pending.take(text.removeprefix("kubesim:").strip(), line)

    def file(self, name: str, text: str, line: int, source: str = "") -> None:
        """A file that the page shows or includes; `source` is a path below where its examples are."""
        self.page.items.append(Shown(name, text, line, source))
        self._prose = ""

    def code(self, language: str, text: str, line: int, title: str = "", label: str = "", indent: str = "",
             editable: bool = True) -> None:
        """A code block: `line` is that of its first line of text, `label` that of the tab that it stands in."""
        language = language.lower()
        lines = [each.rstrip() for each in text.rstrip("\n").split("\n")]
        if not language and len(lines) == 1 and _SENTENCE.fullmatch(lines[0]) and not self._prose.endswith(":"):
            self.prose(text)  # of a list, indented too far
            return
        first = next((each for each in lines if each.strip() and not each.lstrip().startswith("#")), "")
        if language in MANIFESTS and first.startswith("cat <<"):  # files that a script makes
            language = "shell"
        prose, self._prose = self._prose, ""
        self._words = prose
        if self._editing:
            self._editing.change.say(prose)
        name = self.pending.file or title
        self._instead = not self._apart and bool(_INSTEAD.search(prose.split("\n\n")[-1]))
        skipped = self.pending.skip
        if skipped:
            self.pending.clear()
            return
        if self.pending.file:
            self.pending.clear()
            self.file(name, text, line)
            return
        self._block += 1
        if lines[0].startswith("#!") and len(lines) > 1 and self._program(name, lines, line):
            return
        if language in OTHER_SHELLS and not any(each.lstrip().startswith("PS") for each in lines):
            return
        if language in MANIFESTS or (language in OUTPUTS and is_manifest(lines)):
            self._manifest(language, lines, line, name, prose, indent, editable)
            return
        if language in SHELLS or not language:
            self._watch = next((found[2] for found in map(_REPEATED.match, lines) if found), self._watch)
            lines = [_REPEATED.sub(r"\1\2", each) for each in lines]
            lines = lines if "alias k=" in self.page.text else list(map(in_full, lines))
            lines, before = comments.shown(lines), lines
            editable = editable and lines == before
        prompts = [PROMPT.match(each) for each in lines]
        if language in SHELLS or language in OUTPUTS or language in OTHER_SHELLS:
            kind = kind_of(language, lines, prompts, prose, self._awaiting.text if self._awaiting else "",
                           bool(self._shell), self._own)
            if kind == "session":
                self._session(lines, line, prose, label, indent, editable)
            elif kind == "script":
                self._script(lines, line, prose, label)
            elif kind == "bare":
                self._bare(lines, line, prose, label, indent, editable)
            else:
                self._listing(lines, line, prose, indent, editable)
        elif name:
            self.file(name, text, line)
        elif self._awaiting and not prose and not _MAKES_FILE.search(self._awaiting.text):
            self._listing(lines, line, prose, indent, editable)  # right behind a command, whatever it is called

    def _program(self, name: str, lines: list[str], line: int) -> bool:
        """Take a script for the file that the page makes executable behind it, or has just shown with `cat` without
        having made it before; returns whether it is one."""
        place = len(self.page.items)
        shown = _CAT.fullmatch(self._awaiting.text) if self._awaiting else None
        if self._awaiting and shown and not name:
            before = self.page.items[:self.page.items.index(self._awaiting)]
            if not any(shown[1] in (item.text if isinstance(item, Command) else item.name) for item in before
                       if isinstance(item, (Command, Shown))):
                name, place = shown[1], len(before)
        elif not name and (found := _EXECUTABLE.search("\n".join(self.page.text.split("\n")[line + len(lines) - 1:]))):
            name = found[1]
        if name:
            self.page.items.insert(place, Shown(name, "\n".join(lines) + "\n", line))
            self._awaiting = None
        return bool(name)

    # Commands

    def _add(self, text: str, line: int, label: str, inside: bool = False, comment: str = "") -> Command:
        if self._shell and (opens := containers.nested(self._shell, text)):
            text, self._shell = opens, ""
        text = text if "alias k=" in self.page.text else in_full(text)
        command = Command(text, line, self._block, label=label, instead=self._instead, cleanup=self._cleanup)
        self._instead = False
        self.pending.apply(command)
        if self._shell and text.strip() in ("exit", "logout", "^D"):
            self._shell = ""
            command.left_out = "ends a container's shell"
        elif self._shell and (inside or not _starts_with(text, _OF_THE_HOST)):
            command.inside = self._shell
        elif inside:
            command.left_out = "is typed in a container of which the page does not tell how it was entered"
        else:
            self._shell = ""
            if containers.called_program(text):
                self._shell = text
                command.left_out = "opens a container's shell"
        if _WATCHES.match(text):
            command.shown_again = bool(_AGAIN.search(comment))
            self._watch = text
        self._own |= scratch.installed(text)
        self._name_files(text)
        self._editing = command if _EDITS.match(text) else None
        if self._editing:
            command.change.say(self._words)
        self.page.items.append(command)
        self._awaiting, self._apart, self._asked = command, False, ""
        return command

    def _name_files(self, text: str) -> None:
        """Give the one manifest whose name is not told that of the file that a command reads."""
        if not self._unnamed:
            return
        named = {item.name for item in self.page.items if isinstance(item, Shown)}
        for words in Scan(text).commands:
            if words[0] != "kubectl" or {"explain", "logs", "rm"} & set(words[1:2]):
                continue
            for place, word in enumerate(words):
                path = words[place + 1] if word in ("-f", "--filename") and place + 1 < len(words) else \
                    word.partition("=")[2] if word.startswith(("-f=", "--filename=")) else ""
                if path and path != "-" and "://" not in path and path not in named and len(self._unnamed) == 1 \
                        and _FILE.fullmatch(path):
                    self._unnamed.pop().name = path

    def _script(self, lines: list[str], line: int, prose: str, label: str) -> None:
        asked = self._asked_before if prose.strip() == "or" else prose.split("\n\n")[-1]
        for text, offset in split(lines):
            comment = "\n".join(each for each in lines[:offset] if each.lstrip().startswith("#"))
            self._add(text, line + offset, label, comment=comment)
        self._asked = self._asked_before = asked
        if lines and all(not each.strip() or each.lstrip().startswith("#") for each in lines):
            self._prose = prose

    def _session(self, lines: list[str], line: int, prose: str, label: str, indent: str, editable: bool) -> None:
        """Commands behind prompts, each followed by what it prints."""
        first = next(match for match in map(PROMPT.match, lines) if match and match.group("text"))
        style = first.group("prompt")
        place = 0
        command: Command | None = None
        printed: list[str] = []
        begin = 0

        def finish() -> None:
            if command is not None and any(each.strip() for each in printed):
                self._show(command, printed, line + begin, prose, indent, editable)

        while place < len(lines):
            match = PROMPT.match(lines[place])
            text = (match.group("text") or "") if match else ""
            prompt = match.group("prompt") if match else ""
            if match and text and (prompt not in ("#", ">", "%") or (prompt == style and looks_like_command(text))):
                finish()
                inside = is_inside(lines[place])
                start = place
                place += 1
                while place < len(lines) and not is_complete(text):
                    text += "\n" + _continued(lines[place])
                    place += 1
                command = self._add(text, line + start, label, inside)
                printed, begin = [], place
                continue
            if match and not text and prompt not in ("#", "%", ">"):
                place += 1
                continue
            printed.append(lines[place])
            place += 1
        finish()

    def _bare(self, lines: list[str], line: int, prose: str, label: str, indent: str, editable: bool) -> None:
        """Commands without prompts and their output in one block."""
        place = 0
        command: Command | None = None
        printed: list[str] = []
        begin = 0
        while place <= len(lines):
            last = place == len(lines)
            alone = not any(each.strip() for each in printed[-1:])  # behind a command or an empty line
            if last or looks_like_command(lines[place], strict=True) or (alone and looks_like_call(lines[place])):
                if command is not None and any(each.strip() and not each.startswith("#") for each in printed):
                    self._show(command, comments.without(printed), line + begin, prose, indent, editable)
                if last:
                    return
                text, start = lines[place], place
                place += 1
                while place < len(lines) and not is_complete(text):
                    text += "\n" + lines[place]
                    place += 1
                command = self._add(text, line + start, label)
                printed, begin = [], place
                continue
            printed.append(lines[place])
            place += 1

    # Listings and files

    def _listing(self, lines: list[str], line: int, prose: str, indent: str, editable: bool) -> None:
        """A block of output: it belongs to the command before it, or to one that the words before it name."""
        inline = _INLINE.findall(prose)
        listed = self._listed
        if inline and (self._awaiting is None or re.search(r"\brun(?:ning)?\b[^`]*`kubectl", prose, re.I)
                       or self._seen_with(inline[-1], prose, lines)) \
                and not (self._awaiting is not None and self._awaiting.text.strip() == inline[-1].strip()):
            self._add(inline[-1], line, "")
        elif self._watch and ((self._awaiting is None and _TERMINAL.search(prose)) or (
                self._awaiting and _TELLS_NO_TABLE.match(self._awaiting.text) and header(lines[0])) or (
                is_watched(lines) and not (self._awaiting and _READS.match(self._awaiting.text)))):
            self._add(self._watch, line, "").shown_again = True
        told = prose.split("\n\n")[-1]
        if self._awaiting is not None and self._answers(told, lines):
            self._show(self._awaiting, lines, line, prose, indent, editable)
        elif listed is not None and listed.listing is not None and _OR.search(prose):
            listed.listing.alternatives.append(lines)

    def _seen_with(self, inline: str, prose: str, lines: list[str]) -> bool:
        """Whether a listing is what a command in the text shows of what the one before has made."""
        return (self._awaiting is not None and bool(_MAKES_OBJECTS.match(self._awaiting.text))
                and bool(_READS.match(inline)) and bool(_SEEN.search(prose.split("\n\n")[-1]))
                and not any(_RESULT.match(line) for line in lines))

    def _answers(self, told: str, lines: list[str]) -> bool:
        """Whether a block is what the last command prints, by the words before it and its lines."""
        if _UNLESS.search(" ".join((told or self._asked).split())):
            return False
        if self._apart or (_OF_ANOTHER.search(told) and not BEGINNING.match(lines[0]) and not header(lines[0])):
            return bool(_SAYS_OUTPUT.search(told))
        return not told or bool(TELLS_OUTPUT.search(told)) or any(PRINTED.match(each) for each in lines)

    def _show(self, command: Command, lines: list[str], line: int, prose: str, indent: str, editable: bool) -> None:
        if self._is_edited(command, lines, prose):
            return
        again = next((place for place, each in enumerate(lines) if place and not lines[place - 1].strip()
                      and command.inside and len(each.split()) > 1 and each.split()[0] == command.text.split()[0]), 0)
        if again:  # the page goes on with the same program in the same shell
            self._show(command, lines[:again], line, prose, indent, editable)
            self._show(self._add(lines[again], line + again, command.label, True), lines[again + 1:], line + again + 1,
                       prose, indent, editable)
            return
        while len(lines) > 1 and (bare := PROMPT.match(lines[-1])) and not bare["text"] and len(bare["prompt"]) > 1:
            lines = lines[:-1]
        listing = Listing(lines, line, indent, similar=bool(SIMILAR.search(prose)), editable=editable)
        document = is_document(command.text)  # what is written to a file is one, too
        makes = _MAKES.match(command.text)
        if makes and not _MADE.search("\n".join(lines)):  # that is not what it prints
            self._awaiting = None
            if not _OF_PROGRAM.search(prose.split("\n\n")[-1]):
                return
            command = self._add(f"kubectl logs $(kubectl get -f {makes[1]} -o name)", line, command.label)
        elif (written := _TO_FILE.search(command.text)) and not command.inside:
            command = self._add(f"cat {written[1]}", line, command.label)
        if is_part(command.text, document, lines, prose.split("\n\n")[-1], listing.similar):
            listing.level = "contains"
        listing.document = bool(ASKS_DOCUMENT.search(command.text))
        listing.anywhere = is_unordered(command.text)
        if self.pending.level:
            listing.level = self.pending.level
        elif command.listing is not None and command.listing.level == "off":
            listing.level = "off"
        self.pending.level = ""
        command.listing = listing
        self._awaiting, self._listed = None, command

    def _manifest(self, language: str, lines: list[str], line: int, name: str, prose: str, indent: str,
                  editable: bool) -> None:
        awaiting = self._awaiting
        asked = awaiting is not None and bool(ASKS_DOCUMENT.search(awaiting.text.split(" | ")[-1]))
        comment = next((_FIRST_COMMENT.match(each) for each in lines if each.strip()), None)
        if self._apart and not _SAYS_OUTPUT.search(prose.split("\n\n")[-1]):
            asked = False
        elif awaiting is not None and not name and not prose and not is_manifest(lines):
            asked = True  # what stands right behind a command is what it prints
        generated = _KUSTOMIZATION.search(awaiting.text) if awaiting is not None else None
        if generated and not name and prose and is_manifest(lines):  # what the kustomization makes is told unasked
            awaiting = self._add(f"kubectl kustomize {generated.group(1) or './'}", line, "")
            asked = True
        if not name and not comment and asked and awaiting is not None:
            self._show(awaiting, lines, line, prose, indent, editable)
            if not is_manifest(lines) and awaiting.listing is not None and not awaiting.listing.level:
                awaiting.listing.level = "contains"
            return
        self._apart = True
        edited = _EDITOR.fullmatch(awaiting.text) if awaiting is not None else None
        if not name and edited and is_manifest(lines):
            name = edited[1]
        if not name and comment:
            name = comment.group("name")
        if not name and prose:
            last = prose.strip().split("\n\n")[-1]
            files = [each for each in re.findall(r"[`\"“*]([^`\"”*\s]+)[`\"”*]", last) if _FILE.fullmatch(each)]
            name = files[-1] if files else ""
        if self._editing and not is_manifest(lines):
            self._editing.change.show("\n".join(lines))
        elif name or is_manifest(lines):
            shown = Shown(name, "\n".join(lines) + "\n", line, appended=bool(_APPENDS.search(prose)))
            self.page.items.append(shown)
            if not name:
                self._unnamed.append(shown)


    def _is_edited(self, command: Command, lines: list[str], prose: str) -> bool:
        """Take a manifest for the file that a command has made, or shows with `cat` after another has, where the page
        says that somebody changes it; returns whether it is one."""
        if not is_manifest(lines) or not _CHANGES.search(f"{self._asked}\n{self._words}\n{prose}"):
            return False
        place = self.page.items.index(command)
        if shown := _CAT.fullmatch(command.text):
            name, before = shown[1], self.page.items[:place]
            written = [_TO_FILE.search(item.text) for item in before if isinstance(item, Command)]
            if not any(found and found[1].removeprefix("./") == name for found in written):
                return False
        elif made := _TO_FILE.search(command.text):
            name, place = made[1], place + 1
        else:
            return False
        self.page.items.insert(place, Shown(name, "\n".join(lines) + "\n", command.line))
        self.page.inferred.append(f"{name} is edited by hand to what is shown after line {command.line}")
        self._awaiting = None
        return True


def _starts_with(text: str, words: tuple[str, ...]) -> bool:
    return text.split(maxsplit=1)[:1] != [] and text.split(maxsplit=1)[0] in words


def _continued(line: str) -> str:
    """Return a continuation line without the prompt that a shell shows there."""
    return line[2:] if line.startswith("> ") else "" if line == ">" else line

