"""Builtins about processes and signals: trap, wait, kill, jobs."""

from __future__ import annotations

from ..kernel.kernel import NAMES, SIGNALS
from . import messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process
    from .shell import Shell

def signal_name(word: str) -> str | None:
    """Return "TERM" for TERM, SIGTERM and 15, "EXIT" for 0; None where there is none."""
    if word.isdigit():
        return "EXIT" if word == "0" else NAMES.get(int(word))
    name = word.upper().removeprefix("SIG")
    return name if name in SIGNALS or name in ("EXIT", "ERR", "DEBUG", "RETURN") else None


def trap(sh: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words or words == ["-p"]:
        for signal, done in sh.traps.items():
            told = signal if not sh.bash or signal == "EXIT" else f"SIG{signal}"
            sh.process.write(f"trap -- '{done}' {told}\n")
        return 0
    action: str | None = words[0]
    names = words[1:]
    if action == "-" or (action and action.isdigit()):
        names = names if action == "-" else words
        action = None
    elif not names:
        names, action = [words[0]], None
    for word in names:
        name = signal_name(word)
        if name is None:
            sh.complain(f"trap: {word}: bad trap" if not sh.bash else f"trap: {word}: invalid signal specification")
            return 1
        sh.set_trap(name, action)
    return 0


def wait(sh: Shell, argv: list[str]) -> int | None:
    process = sh.process
    if process.pending:
        return 128 + SIGNALS[process.pending[0]]
    words = [each for each in argv[1:] if each != "-n"]
    if "-n" in argv[1:]:
        for pid, job in list(sh.jobs.items()):
            if job.status is not None:
                del sh.jobs[pid]
                return job.status
        if not sh.jobs:
            return 127
        process.wait(*sh.jobs.values())
        return None
    wanted = []
    status = 0
    for word in words:
        found = _find(sh, word)
        if found is not None:
            wanted.append(found)
            continue
        status = 127
        if sh.bash:
            sh.complain(f"wait: pid {word} is not a child of this shell")
    if words:
        for job in wanted:
            if job.status is None:
                process.wait(job)
                return None
            status = job.status
            if job.signal and not sh.bash:  # whose message shows the command's text, which is not kept
                messages.killed(sh, job)
                job.signal = ""
        return status
    running = [job for job in sh.jobs.values() if job.status is None]
    if running:
        process.wait(running[0])
        return None
    sh.jobs.clear()
    return 0


def _find(sh: Shell, word: str) -> Process | None:
    """Return the process of %1 or of a number of this shell's."""
    if word[:1] == "%":
        order = list(sh.jobs.values())
        if word[1:] in ("", "+", "%"):
            return order[-1] if order else None
        number = int(word[1:]) if word[1:].isdigit() else 0
        return order[number - 1] if 0 < number <= len(order) else None
    return sh.jobs.get(int(word)) if word.isdigit() else None


def kill(sh: Shell, argv: list[str]) -> int:
    words, signal = argv[1:], "TERM"
    if words[:1] == ["-l"] and len(words) > 1:
        for word in words[1:]:
            known = signal_name(word) or ""
            sh.process.write((known if word.isdigit() else str(SIGNALS.get(known, 0))) + "\n")
        return 0
    if words[:1] == ["-l"]:
        sh.process.write("".join(f"{name}\n" for name in SIGNALS))
        return 0
    if words and words[0][:1] == "-" and len(words[0]) > 1 and words[0] != "--":
        word = words.pop(0)[1:]
        if word in ("s", "n"):
            word = words.pop(0) if words else ""
        if word != "0":
            name = signal_name(word)
            if name is None:
                sh.complain(f"kill: {word}: invalid signal specification")
                return 1
            signal = name
        else:
            signal = ""
    status = 0
    processes = sh.process.space.seen
    for word in words:
        job = _find(sh, word) if word[:1] == "%" else processes.get(int(word)) if word.lstrip("-").isdigit() else None
        if job is None or job.status is not None:
            sh.complain(_not_killed(sh, word, "No such process"))
            status = 1
        elif sh.process.user.uid not in (0, job.user.uid):
            sh.complain(_not_killed(sh, word, "Operation not permitted"))
            status = 1
        elif signal:
            sh.process.kernel.kill(job, signal, True)
    return status


def _not_killed(sh: Shell, word: str, why: str) -> str:
    """Say why a process got no signal; ash's kill is busybox's own (procps/kill.c)."""
    return {"bash": f"kill: ({word}) - {why}", "ash": f"can't kill pid {word}: {why}"}.get(sh.dialect, f"kill: {why}")


def jobs(sh: Shell, argv: list[str]) -> int:
    for number, (pid, job) in enumerate(list(sh.jobs.items()), 1):
        if "-p" in argv:
            sh.process.write(f"{pid}\n")
        else:
            sh.process.write(f"[{number}]+  {'Running' if job.status is None else 'Done'}\n")
    return 0
