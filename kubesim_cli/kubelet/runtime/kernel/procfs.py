"""/proc: what it has for a container (proc(5)), as tables.py tells."""

from __future__ import annotations

from . import shown
from .descriptors import Device, OpenFile
from .errors import Errno
from .files import FOLDER
from .network import Connection, Listener
from .settings import RELEASE, settings
from .tables import PATHS, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from .descriptors import Open
    from .files import Inode
    from .process import Process, Space
    from .tables import Entry

    T = TypeVar("T")

MEMORY = 8 << 30  # bytes that a node has, of which some are used
USED = 2 << 30
CPUS = 4
FIRST = 20_000    # the number of the first pipe or socket
KERNEL = f"Linux version {RELEASE} (buildd@lcy02-amd64-045) (gcc 11.4.0) #101-Ubuntu SMP"


def root(space: Space) -> dict[str, Entry]:
    """Return what a container has in /proc."""
    found: dict[str, Entry] = {str(pid): process for pid, process in space.seen.items()}
    asks = space.init.kernel.current if space.init is not None else None
    if asks is not None and asks.space is space:
        pid = str(asks.pid)
        found |= {"self": Target(lambda: pid), "thread-self": Target(lambda: pid)}
    found |= {"mounts": Target(lambda: "self/mounts"), "net": Target(lambda: "self/net"), "sys": settings(space)}
    return found | {name: _said(tells, space) for name, tells in _SYSTEM.items()}


def folder(process: Process) -> dict[str, Entry]:
    """Return what there is of a process."""
    found: dict[str, Entry] = {name: _said(tells, process) for name, tells in _PROCESS.items()}
    return found | {
        "cwd": Target(lambda: process.cwd), "exe": Target(lambda: _program(process)), "root": Target(lambda: "/"),
        "fd": {str(fd): Target(_said(lambda what: _stands_for(process.space, what), what))
               for fd, what in sorted(process.fds.items())},
        "net": {name: _said(tells, process.space) for name, tells in _NETWORK.items()}}


def _program(process: Process) -> str:
    name = process.argv[0] if process.argv else ""
    try:
        found = process.space.tree.which(process.user, process.cwd, process.env.get("PATH"), name)
    except Errno:
        found = None
    return found[0] if found is not None else name


def _said(tells: Callable[[T], str], of: T) -> Callable[[], str]:
    return lambda: tells(of)


def _stands_for(space: Space, what: Open) -> str:
    """Return what a descriptor is said to lead to."""
    if what.terminal:
        return "/dev/pts/0"
    if isinstance(what, (Connection, Listener)):
        return f"socket:[{_number(space, what)}]"
    if isinstance(what, OpenFile):
        return _path(space, what.inode)
    if isinstance(what, Device):
        return f"/dev/{what.name}"
    return f"pipe:[{_number(space, what)}]"


def _path(space: Space, inode: Inode) -> str:
    """Return where a file is."""
    tree = space.tree
    waiting = [("", tree.root), *((path, each) for path, each in tree.mounts.items() if path not in PATHS)]
    while waiting:
        path, here = waiting.pop()
        if here is inode:
            return path
        if here.kind == FOLDER:
            waiting += [(f"{path}/{name}", each) for name, each in here.entries.items()]
    return "/ (deleted)"


def _number(space: Space, what: Open) -> int:
    """Return a number of a pipe or a socket that all who have it see."""
    known: list[object] = []
    for process in space.processes.values():
        for each in process.fds.values():
            one = getattr(each, "pipe", each)
            if not any(one is other for other in known):
                known.append(one)
    wanted = getattr(what, "pipe", what)
    return FIRST + next((at for at, each in enumerate(known) if each is wanted), len(known))


def _devices(space: Space) -> str:
    rows = "".join(f"{name:>6}: {0:7} {0:7} 0 0 0 0 0 0 {0:8} {0:7} 0 0 0 0 0 0\n" for name in ("lo", "eth0"))
    return ("Inter-|   Receive                                                |  Transmit\n"
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
            "carrier compressed\n" + rows)


def _sockets(space: Space) -> str:
    rows = []
    for at, (port, listener) in enumerate(sorted(space.net.ports.items())):
        parts = [int(part) for part in listener.host.split(".")] if "." in listener.host else [0] * 4
        address = "".join(f"{part:02X}" for part in reversed(parts))
        rows.append(f"{at:4}: {address}:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0"
                    f"        0 {_number(space, listener)} 1 0000000000000000 100 0 0 10 0\n")
    return ("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            + "".join(rows))


def mounts(process: Process) -> Iterator[tuple[str, str, str, str]]:
    """Yield (device, path, type, options) of what is mounted in a process's container."""
    tree = process.space.tree
    yield "overlay", "/", "overlay", "rw,relatime"
    yield "proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"
    yield "tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755"
    yield "sysfs", "/sys", "sysfs", "ro,nosuid,nodev,noexec,relatime"
    for path in sorted(tree.mounts):
        if path in PATHS:
            continue
        how = "ro" if any(path == each or path.startswith(f"{each}/") for each in tree.sealed) else "rw"
        yield "/dev/vda1", path, "ext4", f"{how},relatime"


def _status(process: Process) -> str:
    user, name = shown.user(process), _comm(process).strip()
    parent = process.parent.pid if process.parent is not None else 0
    state = "R (running)" if process.until is None and not process.keys else "S (sleeping)"
    rows = [("Name", name), ("Umask", f"{process.umask:04o}"), ("State", state), ("Tgid", process.pid),
            ("Ngid", 0), ("Pid", process.pid), ("PPid", parent), ("TracerPid", 0),
            ("Uid", "\t".join([str(user.uid)] * 4)), ("Gid", "\t".join([str(user.gid)] * 4)),
            ("FDSize", 64), ("Groups", " ".join(map(str, user.groups)) + " "), ("VmSize", "    4624 kB"),
            ("VmRSS", "    1536 kB"), ("Threads", 1)]
    bound = f"{process.space.capable:016x}"
    capable = bound if not user.uid else "0000000000000000"
    rows += [("CapInh", "0000000000000000"), ("CapPrm", capable), ("CapEff", capable),
             ("CapBnd", bound), ("CapAmb", "0000000000000000"), ("NoNewPrivs", 0), ("Seccomp", 0)]
    return "".join(f"{key}:\t{value}\n" for key, value in rows)


def _stat(process: Process) -> str:
    parent = process.parent.pid if process.parent is not None else 0
    state = "R" if process.until is None and not process.keys else "S"
    return f"{process.pid} ({_comm(process).strip()}) {state} {parent} 1 1 0 -1 4194560" + " 0" * 43 + "\n"


def _limits(process: Process) -> str:
    rows = [("Max cpu time", "unlimited", "unlimited", "seconds"), ("Max file size", "unlimited", "unlimited", "bytes"),
            ("Max processes", "unlimited", "unlimited", "processes"),
            ("Max open files", "1048576", "1048576", "files"), ("Max address space", "unlimited", "unlimited", "bytes")]
    return f"{'Limit':<26}{'Soft Limit':<21}{'Hard Limit':<21}Units     \n" + "".join(
        f"{a:<26}{b:<21}{c:<21}{d:<10}\n" for a, b, c, d in rows)


def _comm(process: Process) -> str:
    return process.argv[0].rpartition("/")[2][:15] + "\n"


def _memory(space: Space) -> str:
    rows = {"MemTotal": MEMORY, "MemFree": MEMORY - USED, "MemAvailable": MEMORY - USED, "Buffers": 0, "Cached": 0,
            "SwapCached": 0, "SwapTotal": 0, "SwapFree": 0}
    return "".join(f"{key + ':':<15} {value >> 10:8} kB\n" for key, value in rows.items())


def _cpus(space: Space) -> str:
    return "\n".join(f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\ncpu MHz\t\t: "
                     f"2400.000\ncpu cores\t: {CPUS}\n" for number in range(CPUS)) + "\n"


def _uptime(space: Space) -> str:
    up = space.init.kernel.now - space.started if space.init is not None else 0.0
    return f"{up:.2f} {up * CPUS:.2f}\n"


def _statistics(space: Space) -> str:
    return f"cpu  0 0 0 0 0 0 0 0 0 0\nbtime {int(space.started)}\nprocesses {space.next_pid - 1}\n"


def _load(space: Space) -> str:
    return f"0.00 0.01 0.05 1/{len(space.processes)} {space.next_pid - 1}\n"


def _words(process: Process) -> str:
    return "".join(f"{word}\0" for word in shown.title(process))


def _maps(process: Process) -> str:
    """Return the memory that a program has mapped: itself, the C library, what the kernel lends."""
    parts = [(0x555555554000, 0x8000, "r-xp", _program(process)), (0x55555555c000, 0x2000, "rw-p", _program(process)),
             (0x55555555e000, 0x21000, "rw-p", "[heap]"), (0x7ffffffde000, 0x21000, "rw-p", "[stack]"),
             (0x7ffff7fc9000, 0x4000, "r--p", "[vvar]"), (0x7ffff7fcd000, 0x2000, "r-xp", "[vdso]")]
    library = "/lib/x86_64-linux-gnu/libc.so.6" if process.space.shell != "ash" else "/lib/ld-musl-x86_64.so.1"
    parts += [(0x7ffff7c00000, 0x195000, "r-xp", library), (0x7ffff7d95000, 0x6000, "rw-p", library)]
    rows = []
    for start, size, how, what in sorted(parts):
        device, inode = ("fe:01", 1000 + len(what)) if what.startswith("/") else ("00:00", 0)
        rows.append(f"{start:012x}-{start + size:012x} {how} 00000000 {device} {inode}".ljust(73) + f"{what}\n")
    return "".join(rows)


def _environment(process: Process) -> str:
    return "".join(f"{key}={value}\0" for key, value in process.env.items())


def _mounts(process: Process) -> str:
    return "".join(f"{device} {path} {kind} {options} 0 0\n" for device, path, kind, options in mounts(process))


_SYSTEM: dict[str, Callable[[Space], str]] = {
    "meminfo": _memory, "cpuinfo": _cpus, "uptime": _uptime, "loadavg": _load,
    "version": lambda space: KERNEL + "\n",
    "stat": _statistics,
    "filesystems": lambda space: "nodev\ttmpfs\nnodev\tproc\n\text4\nnodev\toverlay\n",
}
_NETWORK: dict[str, Callable[[Space], str]] = {"dev": _devices, "tcp": _sockets}
_PROCESS: dict[str, Callable[[Process], str]] = {
    "cmdline": _words, "comm": _comm, "status": _status, "environ": _environment, "mounts": _mounts,
    "cgroup": lambda process: "0::/\n", "limits": _limits, "maps": _maps,
    "stat": _stat,
    "oom_score": lambda process: "0\n", "oom_score_adj": lambda process: "0\n",
}
