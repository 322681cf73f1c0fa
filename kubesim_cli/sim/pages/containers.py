"""Shells in containers that a page opens and types in: each line of it becomes an exec of its own."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from .commandline import Scan

_INTERACTIVE = {"-i", "-t", "-it", "-ti", "--stdin", "--tty", "--stdin=true", "--tty=true", "--rm", "--rm=true",
                "-i=true", "-t=true"}
_VALUED = {"-n", "--namespace", "-c", "--container", "--image", "--context", "--kubeconfig", "-l", "--labels",
           "--overrides", "--env", "--restart", "--port"}

_LASTING = re.compile(r"\s*(?:cd|export)\b|\s*[A-Za-z_]\w*=\S*$")


@dataclass
class Shell:
    """A shell in a container. `start` and `end` are commands that make and delete its pod, "" where it exists."""

    prefix: str
    start: str = ""
    end: str = ""
    state: str = ""  # what was typed before that changes the shell itself: its folder and variables

    def inside(self, text: str) -> str:
        """Return the command that does in the container what is typed there."""
        command = f"{self.prefix} -c {shlex.quote(self.state + text)}"
        if _LASTING.match(text):
            self.state += f"{text}\n"
        return command


def opened(text: str) -> Shell | None:
    """Return the shell that a `kubectl exec -it` or `run -it` opens; None where that cannot be told."""
    commands = Scan(text).commands
    if len(commands) != 1 or commands[0][0] != "kubectl":
        return None
    words = commands[0][1:]
    verb = next((word for word in words if not word.startswith("-")), "")
    program = words[words.index("--") + 1:] if "--" in words else []
    head = words[:words.index("--")] if "--" in words else words
    kept = [word for word in head if word not in _INTERACTIVE]
    if verb == "exec":
        if not program:
            program, kept = kept[-1:], kept[:-1]
        return Shell(shlex.join(["kubectl", *kept, "--", *program]))
    if verb != "run":
        return None
    names = _arguments(kept)
    if len(names) < 2:
        return None
    space = next(([word] if "=" in word else [word, kept[i + 1]] for i, word in enumerate(kept)
                  if word.startswith(("-n", "--namespace"))), [])
    kept = [word for word in kept if word != "--command"]
    start = shlex.join(["kubectl", *kept, "--command", "--", "sleep", "1000000"])
    end = shlex.join(["kubectl", "delete", "pod", names[1], *space, "--now"]) if any(
        word.startswith("--rm") for word in head) else ""
    shell = program or ["sh"]
    wait = shlex.join(["kubectl", "wait", "--for=condition=Ready", f"pod/{names[1]}", *space])
    return Shell(shlex.join(["kubectl", "exec", names[1], *space, "--", *shell]),
                 f"{start} >/dev/null && {wait} >/dev/null", end)


def _arguments(words: list[str]) -> list[str]:
    """Return the words that are neither flags nor their values."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _VALUED
        else:
            found.append(word)
    return found
