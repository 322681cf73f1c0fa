"""A node that runs no processes, as kwok's: what becomes of a container is read off its command.

A container without a command goes on, unless it has to end (a Job's, an init container). A command is looked at as
words; what they say plainly is believed, of anything else it is taken that it goes on, or ends well where it has to.
"""

from __future__ import annotations

from ..machinery.errors import StatusError
from .containerruntime import Runtime
from .runtime.bounds import KILLED
from .runtime.process import ENDLESS, SHORT, Outcome, seconds
from .runtime.stopping import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.process import Piece
    from .streaming import Move

PORT = 10250  # of kubelets
_SHELLS = ("sh", "ash", "bash", "dash")
_ENDING = frozenset(
    (":", "[", "awk", "base64", "basename", "cat", "cd", "chmod", "chown", "cp", "cut", "date", "df", "dirname", "du",
     "echo", "env", "expr", "export", "false", "find", "grep", "head", "hostname", "id", "ls", "mkdir", "mv", "nproc",
     "printenv", "printf", "pwd", "rm", "sed", "seq", "set", "sort", "stat", "tail", "test", "touch", "tr", "true",
     "uname", "uniq", "unset", "wc", "which", "whoami"))  # programs that do what they are told and are gone
_FOREVER = frozenset(("while", "until"))
_JOINTS = frozenset(("&&", "||", "|", ";", "&"))


class Stub(Runtime):
    """Containers in which nothing runs."""

    def missing(self, api: Client, image: str) -> str:
        """Every image is there but those of this name, and those that were said to fail."""
        from .images import names

        name, tag, _ = names.split(image)
        if "doesnotexist" in name + tag:
            return "repository" if "doesnotexist" in name else "tag"
        return names.refused(image, api.server.tally.failing_images)

    def pull_time(self, api: Client, image: str) -> float:
        """Pulling takes no time."""
        return 0.0

    def image_size(self, api: Client, image: str) -> int:
        """Return an image's made-up size in bytes."""
        from .images import names

        return names.made_up_size(image)

    def outcome(self, api: Client, pod: Object, container: Object, start: float, role: str) -> Outcome:
        """Return what the container's command says; it ends a second after its start, an init container at once."""
        finite = role in ("job", "init")
        said = verdict([*(container.get("command") or ()), *(container.get("args") or ())], finite)
        if said is None:
            return ENDLESS
        took, code = said
        return Outcome(max(took, 0.0 if role in ("init", "ephemeral") else SHORT), code)

    NOTICES = 0.6  # it is gone then, too

    def stop(self, api: Client, pod: Object, container: Object, start: float, at: float, grace: float) -> Stop:
        """Everything ends at once."""
        return Stop(0.0, KILLED)

    def ended(self, api: Client, pod: Object, container: Object) -> None:
        """Everything ends when it is told to."""

    def user(self, api: Client, pod: Object, container: Object) -> Object | None:
        """Nobody runs."""
        return None

    def user_problem(self, api: Client, pod: Object, container: Object) -> str:
        """Nobody runs."""
        return ""

    def start_problem(self, api: Client, pod: Object, container: Object, start: float) -> tuple[str, int]:
        """Nothing is started."""
        return "", 0

    def begun(self, api: Client, pod: Object, container: Object, start: float) -> tuple[float, str]:
        """No hook is run."""
        return 0.0, ""

    def probe(self, container: Object, kind: str) -> Object | None:
        """Nothing is probed: what runs is ready."""
        return None

    def pieces(self, api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
        raise NotImplementedError("a stub probes nothing")

    def log(self, api: Client, pod: Object, container: Object, previous: bool) -> NoReturn:
        """Raise what an API server answers whose node listens to nobody."""
        host = (pod.get("status") or {}).get("hostIP", "")
        meta = pod["metadata"]
        at = f"https://{host}:{PORT}/containerLogs/{meta['namespace']}/{meta['name']}/{container['name']}"
        raise StatusError(500, "", f'Get "{at}": {_refused(host)}')

    def started(self, api: Client, pod: Object, container: Object) -> None:
        """Nothing runs."""

    def execute(self, api: Client, pod: Object, name: str, argv: list[str], stdin: bool, tty: bool,
                move: Move) -> NoReturn:
        """Raise what an API server answers whose node listens to nobody."""
        raise _no_backend(pod)

    def attach(self, api: Client, pod: Object, name: str, move: Move) -> NoReturn:
        """Raise what an API server answers whose node listens to nobody."""
        raise _no_backend(pod)

    def dial(self, api: Client, pod: Object, port: int, move: Move) -> NoReturn:
        """Raise what an API server answers whose node listens to nobody."""
        raise _no_backend(pod)


def _no_backend(pod: Object) -> StatusError:
    return StatusError(500, "", f"error dialing backend: {_refused((pod.get('status') or {}).get('hostIP', ''))}")


def _refused(host: str) -> str:
    return f"dial tcp {host}:{PORT}: connect: connection refused"


def verdict(argv: list[str], finite: bool) -> tuple[float, int] | None:
    """Return (seconds that it takes, exit code) of a command that ends, None of one that goes on.

    `finite`: what does not plainly go on ends well, and so does a container without a command.
    """
    unknown = (0.0, 0) if finite else None
    if not argv:
        return unknown
    shell = _program(argv[0]) in _SHELLS
    if not shell:
        return _simple(argv, unknown)
    if len(argv) < 3 or not argv[1].startswith("-") or not argv[1].endswith("c"):
        return unknown
    return _script(argv[2], unknown)


def _program(word: str) -> str:
    return word.rpartition("/")[2]


def _simple(words: list[str], unknown: tuple[float, int] | None) -> tuple[float, int] | None:
    """Return the verdict on one command without a shell's syntax."""
    name = _program(words[0])
    if name in ("exec", "time") and len(words) > 1:
        return _simple(words[1:], unknown)
    if name == "sleep":
        spans = [seconds(word) for word in words[1:]]
        took = sum(span for span in spans if span is not None)
        return (took, 0) if took < float("inf") else None
    if name == "tail" and any(word.startswith(("-f", "-F", "--follow")) for word in words):
        return None
    if name in _ENDING:
        return 0.0, int(name == "false")
    return unknown


def _script(text: str, unknown: tuple[float, int] | None) -> tuple[float, int] | None:
    """Return the verdict on a shell's script: commands in a row, joined by `;`, `&&`, `||` and `|`."""
    commands = _commands(text)
    if commands is None:
        return unknown
    took, code, strict = 0.0, 0, False
    for joint, words in commands:
        if (joint == "&&" and code) or (joint == "||" and not code):
            continue
        if strict and code and joint == ";":
            break
        if words[0] in _FOREVER and words[1:2] in (["true"], [":"], ["false"], ["1"]):
            return None
        if words[0] == "exit":
            return took, int(words[1]) % 256 if words[1:] and words[1].isdigit() else code
        said = _simple(words, unknown)
        if said is None:
            return None
        strict = strict or (words[0] == "set" and any(word.startswith("-") and "e" in word for word in words[1:]))
        took, code = took + said[0], said[1]
    return took, code


def _commands(text: str) -> list[tuple[str, list[str]]] | None:
    """Return the commands of a script as words, each with what joins it to the one before; None: it cannot be read."""
    from shlex import shlex

    lexer = shlex(text.replace("\n", " ; "), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split, lexer.commenters = True, ""
    found: list[tuple[str, list[str]]] = []
    joint, words = ";", list[str]()
    try:
        for token in lexer:
            if token in _JOINTS:
                if words:
                    found.append((joint, words))
                joint, words = token, []
            elif words or "=" not in token:
                words.append(token)
    except ValueError:
        return None
    return [*found, (joint, words)] if words else found
