"""What every format is read into: a page is a list of items in their order."""

from __future__ import annotations

from dataclasses import dataclass, field

from .editing import Change

ANY_FAILURE = -1  # an exit code that may be any but 0
LEVELS = ("exact", "same", "shape", "contains", "off")


class BadPage(Exception):
    """A page that cannot be read. `line` counts from 1; 0 means the page as a whole."""

    def __init__(self, path: str, line: int, text: str):
        super().__init__(f"{path}:{line}: {text}" if line else f"{path}: {text}")
        self.line, self.text = line, text


@dataclass
class Listing:
    """What a page says that its commands print. `line` is that of `lines[0]`, `indent` what stands before each line."""

    lines: list[str]
    line: int
    indent: str = ""
    level: str = ""          # one of LEVELS, "" is the page's
    similar: bool = False    # introduced by words such as "the output is similar to"
    editable: bool = True    # whether --update can rewrite it in place
    document: bool = False   # in YAML or JSON, of which the keys may come in any order where only a part is shown
    anywhere: bool = False   # at level contains: the lines may come in any order
    absent: list[str] = field(default_factory=list)  # lines that may not be there
    alternatives: list[list[str]] = field(default_factory=list)  # other outputs that the page allows


@dataclass
class Command:
    """One command of a page. The last command of a block has what the page shows for it, or for the whole block."""

    text: str
    line: int
    block: int = 0                  # commands of one block have one number; a listing may tell of all of them
    listing: Listing | None = None
    stderr: Listing | None = None   # what goes to stderr, where the format tells it apart from stdout
    apart: bool = False             # whether the format tells stdout and stderr apart
    exit: int | None = None         # the exit code that the page tells
    at: float | None = None         # seconds after the start, where the page tells that
    label: str = ""                 # of the tab, or the language of the block
    left_out: str = ""              # why it is not run
    inside: str = ""                # the command that opened the container's shell in which this one is typed
    origin: str = ""                # "setup" or "inferred" where the page does not have it as a command
    adds: str = ""                  # what is added to it where it is run
    saves: str = ""                 # the file that somebody saves in the editor that it opens
    instead: bool = False           # the first of a block that the page offers instead of the block before it
    change: Change = field(default_factory=Change)  # what somebody does to the object in that editor
    cleanup: bool = False           # stands below a heading that speaks of cleaning up
    shown_again: bool = False       # what a watch that began before has printed by now


@dataclass
class Shown:
    """A file that the page shows. `name` is "" while nothing tells it; `source` is where a shortcode finds it."""

    name: str
    text: str
    line: int
    source: str = ""
    appended: bool = False  # whether it is added to the file of that name


@dataclass
class Directive:
    """What a comment such as `<!-- kubesim: advance 2m -->` asks for: advance, reset, version or nodes."""

    verb: str
    value: str
    line: int


Item = Command | Shown | Directive


@dataclass
class Page:
    """A page: `path` as it was given, its text, its items in order."""

    path: str
    text: str
    items: list[Item] = field(default_factory=list)
    release: str = ""           # as in 1.30, "" where the page does not tell
    start: str = ""             # an RFC 3339 time
    level: str = "same"
    nodes: int = 1
    gates: list[str] = field(default_factory=list)      # feature gates that are on in its cluster
    uids: dict[str, str] = field(default_factory=dict)  # RESOURCE/NAME -> UID
    pace: int = 20              # seconds between commands where nothing tells
    inferred: list[str] = field(default_factory=list)  # what is taken for granted beside the inferred commands

    @property
    def commands(self) -> list[Command]:
        """The page's commands."""
        return [item for item in self.items if isinstance(item, Command)]
