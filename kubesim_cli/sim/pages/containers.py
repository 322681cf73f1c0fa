"""Shells and other programs in containers that a page opens and types in: each line becomes an exec of its own."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from .commandline import Scan, arguments

_INTERACTIVE = {"-i", "-t", "-it", "-ti", "--stdin", "--tty", "--stdin=true", "--tty=true", "--rm", "--rm=true",
                "-i=true", "-t=true"}
_OPENS = re.compile(r"\s(?:-\w*i\w*|--stdin(?:=true)?)\b")

SHELLS = {"sh", "bash", "ash", "zsh", "dash", "ksh"}
# Programs that ask for a line, answer it, and ask for the next.
ASKING = {"redis-cli", "mysql", "mariadb", "psql", "mongosh", "mongo", "cqlsh", "zkCli.sh"}
# The prompts of these, and of shells.
PROMPTS = (r"(?:mysql|redis|cqlsh[\w:]*|mongosh|[\w.-]+:\d+(?:\[\d+\])?"
           r"|MariaDB \[[^\]]*\])>|\w+=[#>]|\[zk: [^\]]*\]")
PROMPT = re.compile(rf"^(?:{PROMPTS}|[\w.-]+@[\w.-]+:[^\s$#]*[$#]|/[\w/]* ?[$#]|[$#]) ?", re.M)
_ORDER = re.compile(r"(?<!-[hpanu] )(?<!\S)[A-Za-z]+(?!\S)")  # of redis-cli's words, what is no flag's value
_ENDLESS = re.compile(r"\bwhile\s+sleep\s+[\d.]+\s*;|\bwhile\s+(?:true|:)\s*;.*\bsleep\s+[\d.]+\b", re.S)
_LASTING = re.compile(r"\s*(?:cd|export)\b|\s*[A-Za-z_]\w*=\S*$|\s*(?:use|select \d+|\\c)\b", re.I)
_TELLS_SHELL = re.compile(r"\s*ps\b")
_ENDED = re.compile(r"command terminated with exit code \d+\n\Z")
_RESUMED = re.compile(r"^Session ended, resume using .*\n", re.M)
_MADE = re.compile(r"Creating debugging pod (\S+) with container (\S+) on node")
_CALLED = re.compile(r"Defaulting debug container name to (\S+)\.")
_HINT = "If you don't see a command prompt, try pressing enter."


@dataclass
class Shell:
    """A shell in a container, or a program that asks for lines. `start` and `end` are commands that make and delete its
    pod, "" where it exists."""

    prefix: str
    start: str = ""
    end: str = ""
    asking: bool = False
    pod: str = ""    # that `kubectl debug` has given the shell
    state: str = ""  # what was typed before that changes the program itself: its folder, variables, database

    def inside(self, text: str) -> str:
        """Return the command that does in the container what is typed there."""
        if self.asking:
            command = f"printf %s {shlex.quote(self.state + text + chr(10))} | {self.prefix}"
        else:
            command = f"{self.prefix} -c {shlex.quote(self.state + text)}"
            if _TELLS_SHELL.match(text):  # which is there only as long as it has more to read
                words = [word for word in self.prefix.split() if word not in ("-t", "--tty")]
                command = shlex.join("-i" if word in ("-it", "-ti") else word for word in words)
                command = f"printf %s {shlex.quote(self.state + text + chr(10))} | {command}"
        if _LASTING.match(text):
            self.state += f"{text}\n"
        return command

    def answer(self, text: str, output: str) -> str:
        """Return of an output what answers the line `text`: a program that asks for lines shows them, too."""
        lines = output.rstrip("\n").split("\n")
        last = text.rstrip("\n").split("\n")[-1]
        asked = [place for place, line in enumerate(lines) if line.endswith(last)]
        if not self.asking or not asked:
            output = _RESUMED.sub("", output)
            return _ENDED.sub("", output)  # of which the shell itself tells nothing
        before = self.state.removesuffix(f"{text}\n").count("\n")  # lines that were typed again, and their answers
        parts = PROMPT.split("\n".join(lines[asked[-1] + 1:]))
        return "".join(f"{line}\n" for line in parts[min(before, len(parts) - 1)].strip("\n").split("\n") if line)


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """Part a kubectl command from the program that it names."""
    plain = arguments(words)
    if "--" in words:
        place = words.index("--")
        return words[:place], words[place + 1:]
    place = words.index(plain[2]) if plain[:1] == ["run"] and len(plain) > 2 else len(words)
    return words[:place], words[place:]


def nested(shell: str, text: str) -> str:
    """Return the command that opens in a pod what a line opens that is typed in its shell, as in `redis-cli -h db`; ""
    where it opens nothing, or the pod is gone with its shell. `shell`: the command that opened that."""
    if text.split()[:1] == [] or text.split()[0] not in ASKING or " --rm" in shell:
        return ""
    head, _ = _parted(Scan(shell).commands[0][1:])
    kept = [word for word in head if word not in _INTERACTIVE]
    pod = ["kubectl", "exec", "-it", arguments(kept)[1], *_namespace(kept)]
    command = f"{shlex.join(pod)} -- {text}"
    return command if called_program(command) else ""


def called_program(text: str) -> str:
    """Return the program in a container to which a command hands the terminal, as in `bash` or `mysql`; "" where it
    hands it to none that is typed in."""
    scan = Scan(text)
    if len(scan.commands) != 1 or scan.commands[0][0] != "kubectl" or not _OPENS.search(text) or " <" in text:
        return ""
    words = scan.commands[0][1:]
    verb = next((word for word in words if not word.startswith("-")), "")
    if verb not in ("exec", "run", "debug", "attach"):
        return ""
    _, called = _parted(words)
    if not called and (verb in ("debug", "attach") or (verb == "run" and "--command" not in text)):
        return "sh"
    if verb == "exec" and not called:
        called = words[-1:]
    name = called[0].split("/")[-1] if called else ""
    if name in SHELLS and (len(called) == 1 or called[1:] in (["-l"], ["-i"], ["-il"], ["--login"])):
        return name
    return name if name in ASKING and not {"-e", "-c", "--execute", "--command", "--eval"} & set(called) \
        and (name != "redis-cli" or not _ORDER.search(" ".join(called[1:]))) else ""


@dataclass
class Looping:
    """A program in a pod that goes on until somebody interrupts it: `start` makes the pod, `told` prints what it has
    said by now, `end` interrupts it."""

    pod: str
    start: str
    told: str
    end: str


def looping(text: str) -> Looping | None:
    """Return the loop without an end that a `kubectl run -it` begins in the foreground; None where it is none, or one
    that never rests, which would take long to play."""
    commands = Scan(text).commands
    words = commands[0] if len(commands) == 1 else []
    if words[:2] != ["kubectl", "run"] or not _INTERACTIVE & set(words) or "--" not in words \
            or not _ENDLESS.search(words[-1]):
        return None
    place = words.index("--")
    kept = [word for word in words[:place] if word not in ("--rm", "--rm=true")]
    if not arguments(kept[2:]):
        return None
    pod = [arguments(kept[2:])[0], *_namespace(kept)]
    start = shlex.join([*kept, "--attach=false", *words[place:]])
    wait = shlex.join(["kubectl", "wait", "--for=condition=Ready", f"pod/{pod[0]}", *pod[1:]])
    return Looping(pod[0], f"{start} >/dev/null && {wait} >/dev/null", shlex.join(["kubectl", "logs", *pod]),
                   shlex.join(["kubectl", "delete", "pod", *pod, "--now"]))


def _namespace(words: list[str]) -> list[str]:
    """Return the flag that tells the namespace, with its value."""
    return next(([word] if "=" in word else [word, words[i + 1]] for i, word in enumerate(words)
                 if word.startswith(("-n", "--namespace"))), [])


def debugged(text: str, output: str) -> Shell | None:
    """Return the shell that a `kubectl debug -it` has opened, by what it has said; None where that does not tell it."""
    words = text.split()
    value = {flag: words[place + 1] for place, flag in enumerate(words[:-1]) if flag in ("-n", "-c", "--copy-to")}
    value |= dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word)
    made = _MADE.search(output)
    drawn = _CALLED.search(output)
    names = arguments(words[2:])
    pod = made[1] if made else value.get("--copy-to") or (names[0].removeprefix("pod/") if names else "")
    container = made[2] if made else value.get("-c") or value.get("--container") or (drawn[1] if drawn else "")
    if words[1:2] != ["debug"] or not pod or not container:
        return None
    space = value.get("-n") or value.get("--namespace")
    where = shlex.join([pod, "-c", container, *(["-n", space] if space else [])])
    return Shell(f"kubectl exec -it {where} -- sh",
                 end=f"printf 'exit\\n' | kubectl attach -i {where} >/dev/null 2>&1", pod=pod)


def opened(text: str) -> Shell | None:
    """Return the shell that a `kubectl exec -it` or `run -it` opens; None where that cannot be told."""
    asked = called_program(text)
    verb = next((word for word in text.split()[1:] if not word.startswith("-")), "")
    if asked in ASKING or (asked and verb in ("debug", "attach")):  # what a debugging shell becomes: see debugged
        return Shell(text.strip(), f"{text.strip()} </dev/null" if verb in ("debug", "attach") else "", asking=True)
    commands = Scan(text).commands
    if len(commands) != 1 or commands[0][0] != "kubectl":
        return None
    words = commands[0][1:]
    verb = next((word for word in words if not word.startswith("-")), "")
    head, program = _parted(words)
    if asked == "":
        return None
    kept = [word for word in head if word not in _INTERACTIVE]
    if verb == "exec":
        if not program:
            program, head = head[-1:], head[:-1]
        return Shell(shlex.join(["kubectl", *head, "--", program[0]]))
    if verb != "run":
        return None
    names = arguments(kept)
    if len(names) < 2:
        return None
    space = _namespace(kept)
    kept = [word for word in kept if word != "--command"]
    start = shlex.join(["kubectl", *kept, "--command", "--", "sleep", "1000000"])
    end = shlex.join(["kubectl", "delete", "pod", names[1], *space, "--now"]) if any(
        word.startswith("--rm") for word in head) else ""
    shell = program or ["sh"]
    wait = shlex.join(["kubectl", "wait", "--for=condition=Ready", f"pod/{names[1]}", *space])
    return Shell(shlex.join(["kubectl", "exec", "-it", names[1], *space, "--", shell[0]]),
                 f"{start} >/dev/null && {wait} >/dev/null && echo {shlex.quote(_HINT)}", end)
