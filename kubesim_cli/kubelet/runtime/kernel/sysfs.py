"""/sys, as far as programs in containers look there: network interfaces, cgroup v2 limits, CPUs."""

from __future__ import annotations

from .procfs import CPUS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .process import Space
    from .tables import Entry

PERIOD = 100_000  # microseconds within which a quota of CPU is counted


def root(space: Space) -> dict[str, Entry]:
    """Return what a container has in /sys."""
    cpus = f"0-{CPUS - 1}\n"
    return {"block": {}, "bus": {}, "class": {"net": {"eth0": _interface(space.net.mac, 1500),
                                                     "lo": _interface("00:00:00:00:00:00", 65536)}},
            "dev": {}, "devices": {"system": {"cpu": {
                "online": lambda: cpus, "possible": lambda: cpus, "present": lambda: cpus}}},
            "firmware": {}, "fs": {"cgroup": _cgroup(space)}, "hypervisor": {},
            "kernel": {"mm": {"transparent_hugepage": {"enabled": lambda: "always [madvise] never\n"}}},
            "module": {}, "power": {}}


def _interface(address: str, mtu: int) -> dict[str, Entry]:
    state = "up" if mtu == 1500 else "unknown"
    return {"address": lambda: f"{address}\n", "mtu": lambda: f"{mtu}\n", "operstate": lambda: f"{state}\n"}


def _cgroup(space: Space) -> dict[str, Entry]:
    quota = "max" if space.cpu is None else str(space.cpu * PERIOD // 1000)
    return {"cgroup.controllers": lambda: "cpuset cpu io memory hugetlb pids rdma\n",
            "cgroup.procs": lambda: "".join(f"{pid}\n" for pid in space.processes),
            "cpu.max": lambda: f"{quota} {PERIOD}\n",
            "memory.current": lambda: f"{len(space.processes) << 20}\n",
            "memory.max": lambda: f"{'max' if space.limit is None else space.limit}\n",
            "memory.swap.max": lambda: "0\n",
            "pids.current": lambda: f"{len(space.processes)}\n", "pids.max": lambda: "max\n"}
