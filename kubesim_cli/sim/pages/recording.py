"""Recording a page: commands are run as `sim verify` runs a page's, and written down with what they print."""

from __future__ import annotations

import os
import re

from .commandline import Scan
from .model import Command, Page
from .outcome import Options
from .programs import WATCH, defined_names, why_endless, why_not
from .replay import Replay
from .session import Ran, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from ..settings import Execute

_MOST_FILES, _LARGEST = 50, 1 << 16  # of one command; bytes
_LANGUAGES = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".sh": "bash"}


class Recorder:
    """Runs commands in a cluster of their own and keeps the Markdown. Use as a context manager, as a Session."""

    def __init__(self, folder: str, execute: Execute | None, options: Options, *, nodes: int = 1, title: str = ""):
        """`folder`: where the session lives. Files that commands name are taken from the present working directory."""
        self._page = Page("", "", [], release=options.release, nodes=nodes)
        self._replay = Replay(self._page, execute, options)
        self._options, self._here = options, os.getcwd()
        self._session = Session(folder, execute, release=options.release, nodes=nodes, timeout=options.timeout,
                                allow=options.allow, host_shell=options.host_shell)
        self._defined: set[str] = set()
        self._shown: set[str] = set()
        front = f'kubesim-version: "{options.release}"\n' if options.release else ""
        front += f"kubesim-nodes: {nodes}\n" if nodes > 1 else ""
        self._parts = [f"---\n{front}---\n"] if front else []
        if title:
            self._parts.append(f"# {title}\n")

    def __enter__(self) -> Recorder:
        self._session.__enter__()
        return self

    def __exit__(self, type_: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._session.__exit__(type_, value, trace)

    @property
    def text(self) -> str:
        """The page so far."""
        return "\n".join(self._parts)

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return self._session.now

    def say(self, text: str) -> None:
        """Write a paragraph."""
        self._parts.append(text.rstrip("\n") + "\n")

    def why_not(self, text: str) -> str:
        """Return why a command cannot be recorded, "" where it can."""
        if WATCH.match(text):
            return "watches until it is stopped"
        if Scan(text).commands[:1] and Scan(text).commands[0][0] == "set":
            return "sets how the shell goes on"
        endless = why_endless(text, self._session.environ)
        return endless if endless or self._options.host_shell else why_not(text, self._defined, self._options.allow)

    def do(self, text: str) -> Ran:
        """Run a command, and write it down with what it prints, and the files before it that it names."""
        for path in self._files(text):
            self._show(path)
        self._defined |= defined_names(text)
        place = len(self._replay.commands)
        command = Command(text, 0, block=place)
        self._replay.commands.append(command)
        self._session.advance(self._session.now + max(1, self._replay.wanted(place)))
        ran = self._session.run(text)
        lines = ran.output.rstrip("\n").split("\n") if ran.output else []
        head = f"<!-- kubesim: fails {ran.code} -->\n" if ran.code else ""
        if any(line.startswith("$ ") for line in lines):  # what looks like a command stands in a block of its own
            self._parts.append(head + _fenced("console", [f"$ {text}"]))
            self._parts.append(_fenced("", lines))
        else:
            self._parts.append(head + _fenced("console", [f"$ {text}", *lines]))
        return ran

    def _files(self, text: str) -> list[str]:
        """Return the files of the user's folder that a command names and the page has not shown, by their names."""
        found: list[str] = []
        for words in Scan(text).commands:
            for word in words:
                for name in {word, word.partition("=")[2], word.rpartition("=")[2]}:
                    found += self._below(os.path.normpath(name)) if name and not name.startswith("-") else ()
        return [name for name in dict.fromkeys(found) if name not in self._shown][:_MOST_FILES]

    def _below(self, name: str) -> list[str]:
        path = os.path.join(self._here, name)
        if os.path.isabs(name) or name.startswith("..") or name == ".":
            return []
        if os.path.isdir(path):
            return [os.path.relpath(os.path.join(top, file), self._here)
                    for top, folders, files in os.walk(path) for file in sorted(files) if not folders.sort()]
        return [name] if os.path.isfile(path) else []

    def _show(self, name: str) -> None:
        """Bring a file along, and show it; one that is no text, or large, is not."""
        self._shown.add(name)
        with open(os.path.join(self._here, name), "rb") as file:
            content = file.read(_LARGEST + 1)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return
        if len(content) > _LARGEST or not text.strip() or os.path.exists(name):
            return
        os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
        language = _LANGUAGES.get(os.path.splitext(name)[1], "")
        self._parts.append(f"<!-- kubesim: file {name} -->\n" + _fenced(language, text.rstrip("\n").split("\n")))


def _fenced(language: str, lines: list[str]) -> str:
    longest = max((len(found) for line in lines for found in re.findall(r"`{3,}", line)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n" + "\n".join(lines) + f"\n{fence}\n"
