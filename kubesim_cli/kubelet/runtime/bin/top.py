"""top: the processes of a container, busybox's (procps/top.c) or procps'."""

from __future__ import annotations

from ..accounts import names
from ..dates import strftime
from ..kernel import load, procfs, shown
from .times import span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

_PERIODS = {True: 5.0, False: 3.0}  # seconds from one list to the next, of busybox's and of procps'
_COLUMNS = 79                       # as wide as lines may be, where nobody tells


def run(process: Process) -> int | None:
    """top [-b] [-n COUNT] [-d SECONDS]"""
    busybox = process.space.shell == "ash"
    if process.memory is None:
        words, batch, left, period = process.argv[1:], False, None, _PERIODS[busybox]
        while words:
            word = words.pop(0)
            letters = word.lstrip("-")
            batch = batch or letters[:1] == "b"
            letters = letters.removeprefix("b")
            if letters[:1] in ("n", "d", "p", "o", "u"):
                value = letters[1:] or (words.pop(0) if words else "")
                number = span(value)
                if letters[0] in "nd" and number is None:
                    return process.complain(f"invalid number '{value}'")
                left, period = (int(number or 0), period) if letters[0] == "n" else (
                    left, max(number or 0.0, 0.1) if letters[0] == "d" else period)
        if not batch and not busybox and not process.fds[1].terminal:
            return process.complain("failed tty get")
        process.memory = {"batch": batch, "left": left, "period": period, "next": process.kernel.now}
    state = process.memory
    if process.kernel.now >= state["next"]:
        start = "" if state["batch"] else "\x1b[H\x1b[J"
        process.write(start + (_busybox if busybox else _procps)(process))
        state["next"] = process.kernel.now + state["period"]
        if state["left"] is not None:
            state["left"] -= 1
            if state["left"] <= 0:
                return 0
    process.wait(until=state["next"])
    return None


def _busy(process: Process) -> int:
    """Return how much of the node's CPU the container uses, in percent."""
    return min(round(load.millicores(process.space, process.kernel.now) / 10 / procfs.CPUS), 100)


def _busybox(process: Process) -> str:
    used, free, busy = procfs.USED // 1024, (procfs.MEMORY - procfs.USED) // 1024, _busy(process)
    known, rows = names(process, "passwd"), []
    for pid, each in sorted(process.space.seen.items(), reverse=True):
        user, parent = shown.user(each), each.parent.pid if each.parent else 0
        share = busy if pid == 1 else 0
        state = "R" if each is process else "S"
        rows.append(f"{pid:5} {parent:5} {known.get(user.uid, str(user.uid)):8.8} {state:4} {_size(pid):5}   0% "
                    f"{pid % procfs.CPUS:3} {share:3}% {shown.line(each, True)}"[:_COLUMNS])
    return (f"Mem: {used}K used, {free}K free, 0K shrd, 0K buff, 0K cached\n"
            f"CPU: {busy:3}% usr   0% sys   0% nic {100 - busy:3}% idle   0% io   0% irq   0% sirq\n"
            f"Load average: 0.00 0.00 0.00 1/{len(rows)} {process.pid}\n"
            "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n" + "".join(row + "\n" for row in rows))


def _size(pid: int) -> int:
    return 1600 + pid % 9 * 4


def _procps(process: Process) -> str:
    now, up = strftime("%H:%M:%S", process.kernel.now), int((process.kernel.now - process.space.started) // 60)
    total, used, busy = procfs.MEMORY / (1 << 20), procfs.USED / (1 << 20), float(_busy(process))
    known, there = names(process, "passwd"), sorted(process.space.seen.items())
    rows = []
    for pid, each in there:
        uid, is_self = shown.user(each).uid, each is process
        share = busy * procfs.CPUS if pid == 1 else 0.0
        rows.append(f"{pid:7} {known.get(uid, str(uid)):8.8}  20   0 {_size(pid):7} {900 + pid % 90:6} {820:6} "
                    f"{'R' if is_self else 'S'} {share:5.1f} {0.0:5.1f} {'0:00.00':>9} "
                    f"{each.argv[0].rpartition('/')[2]}")
    return (f"top - {now} up {up} min,  0 users,  load average: 0.00, 0.00, 0.00\n"
            f"Tasks: {len(there):3} total,   1 running, {len(there) - 1:3} sleeping,   0 stopped,   0 zombie\n"
            f"%Cpu(s): {busy:4.1f} us,  0.0 sy,  0.0 ni,{100 - busy:5.1f} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
            f"MiB Mem : {total:8.1f} total, {total - used:8.1f} free, {used:8.1f} used, {0.0:8.1f} buff/cache\n"
            f"MiB Swap: {0.0:8.1f} total, {0.0:8.1f} free, {0.0:8.1f} used. {total - used:8.1f} avail Mem\n\n"
            "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
            + "".join(row + "\n" for row in rows))
