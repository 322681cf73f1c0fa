"""What the processes of a container may do as root (capabilities(7)), as its securityContext tells."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

# By their numbers, from 0.
NAMES = (
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
    "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
    "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
    "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
    "CHECKPOINT_RESTORE")
ALL = (1 << len(NAMES)) - 1
DEFAULT = 0xa80425fb  # what container runtimes give: CHOWN to KILL, SETGID, NET_RAW, MKNOD ...


def of(container: Object) -> int:
    """Return the capabilities of a container as a mask, whose bit n is NAMES[n]."""
    context = container.get("securityContext") or {}
    if context.get("privileged"):
        return ALL
    wanted = context.get("capabilities") or {}
    return DEFAULT & ~_mask(wanted.get("drop")) | _mask(wanted.get("add"))


def _mask(names: list[str] | None) -> int:
    found = 0
    for name in names or ():
        name = name.upper().removeprefix("CAP_")
        found |= ALL if name == "ALL" else 1 << NAMES.index(name) if name in NAMES else 0
    return found
