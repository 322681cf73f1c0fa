"""/proc: files that are made up when they are opened (proc(5)). They have no inode: `ls /proc` shows none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .process import Process

MEMORY = 8 << 30  # bytes that a node has, of which some are used
USED = 2 << 30
CPUS = 4
KERNEL = "Linux version 5.15.0-91-generic (buildd@lcy02-amd64-045) (gcc 11.4.0) #101-Ubuntu SMP"


def content(process: Process, path: str) -> bytes | None:
    """Return what a file of /proc holds for a process, None where there is none of that path."""
    first, _, rest = path.removeprefix("/proc/").partition("/")
    if not rest:
        if first == "mounts":
            return _of_process(process, "self", first)
        made = _SYSTEM.get(first)
        return made(process).encode() if made is not None else None
    return _of_process(process, first, rest)


def mounts(process: Process) -> Iterator[tuple[str, str, str, str]]:
    """Yield (device, path, type, options) of what is mounted in a process's container."""
    tree = process.space.tree
    yield "overlay", "/", "overlay", "rw,relatime"
    yield "proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"
    yield "tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755"
    for path in sorted(tree.mounts):
        how = "ro" if any(path == each or path.startswith(f"{each}/") for each in tree.sealed) else "rw"
        yield "/dev/vda1", path, "ext4", f"{how},relatime"


def _of_process(process: Process, number: str, name: str) -> bytes | None:
    if number in ("self", "thread-self"):
        which: Process | None = process
    else:
        which = process.space.processes.get(int(number)) if number.isdigit() else None
    made = _PROCESS.get(name)
    if which is None or made is None or which.status is not None:
        return None
    return made(which).encode("utf-8", "surrogateescape")


def _status(process: Process) -> str:
    user, name = process.user, _comm(process).strip()
    parent = process.parent.pid if process.parent is not None else 0
    state = "R (running)" if process.until is None and not process.keys else "S (sleeping)"
    rows = [("Name", name), ("Umask", f"{process.umask:04o}"), ("State", state), ("Tgid", process.pid),
            ("Ngid", 0), ("Pid", process.pid), ("PPid", parent), ("TracerPid", 0),
            ("Uid", "\t".join([str(user.uid)] * 4)), ("Gid", "\t".join([str(user.gid)] * 4)),
            ("FDSize", 64), ("Groups", " ".join(map(str, user.groups)) + " "), ("VmSize", "    4624 kB"),
            ("VmRSS", "    1536 kB"), ("Threads", 1)]
    capable = "00000000a80425fb" if not user.uid else "0000000000000000"
    rows += [("CapInh", "0000000000000000"), ("CapPrm", capable), ("CapEff", capable),
             ("CapBnd", "00000000a80425fb"), ("CapAmb", "0000000000000000"), ("NoNewPrivs", 0), ("Seccomp", 0)]
    return "".join(f"{key}:\t{value}\n" for key, value in rows)


def _comm(process: Process) -> str:
    return process.argv[0].rpartition("/")[2][:15] + "\n"


def _memory(process: Process) -> str:
    rows = {"MemTotal": MEMORY, "MemFree": MEMORY - USED, "MemAvailable": MEMORY - USED, "Buffers": 0, "Cached": 0,
            "SwapCached": 0, "SwapTotal": 0, "SwapFree": 0}
    return "".join(f"{key + ':':<15} {value >> 10:8} kB\n" for key, value in rows.items())


def _cpus(process: Process) -> str:
    return "\n".join(f"processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Virtual CPU\ncpu MHz\t\t: "
                     f"2400.000\ncpu cores\t: {CPUS}\n" for number in range(CPUS)) + "\n"


def _uptime(process: Process) -> str:
    up = process.kernel.now - process.space.started
    return f"{up:.2f} {up * CPUS:.2f}\n"


def _load(process: Process) -> str:
    return f"0.00 0.01 0.05 1/{len(process.space.processes)} {process.space.next_pid - 1}\n"


def _words(process: Process) -> str:
    return "".join(f"{word}\0" for word in process.argv)


def _environment(process: Process) -> str:
    return "".join(f"{key}={value}\0" for key, value in process.env.items())


def _mounts(process: Process) -> str:
    return "".join(f"{device} {path} {kind} {options} 0 0\n" for device, path, kind, options in mounts(process))


_SYSTEM: dict[str, Callable[[Process], str]] = {
    "meminfo": _memory, "cpuinfo": _cpus, "uptime": _uptime, "loadavg": _load,
    "version": lambda process: KERNEL + "\n",
    "filesystems": lambda process: "nodev\ttmpfs\nnodev\tproc\n\text4\nnodev\toverlay\n",
}
_PROCESS: dict[str, Callable[[Process], str]] = {
    "cmdline": _words, "comm": _comm, "status": _status, "environ": _environment, "mounts": _mounts,
    "cgroup": lambda process: "0::/\n",
}
