"""Whose programs an image has, where several projects have one of the same name: busybox's, or those of its own."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

# Images that have busybox, and beside it the DNS tools of BIND, and curl, wget and nc of their own projects.
_EQUIPPED = ("netshoot", "agnhost", "dnsutils", "network-multitool")
_OLD_BUSYBOX = 28  # the last minor version of 1.x whose nslookup goes by getaddrinfo(3)


def image(process: Process) -> str:
    """Return the image of a process's container, "" where it has none."""
    return process.space.tree.root.volume.image


def alpine(process: Process) -> str:
    """Return the release of Alpine that a container has, whose C library is musl; "" where it has none."""
    try:
        return process.read_file("/etc/alpine-release").decode("utf-8", "replace").strip()
    except Errno:
        return ""


def is_busybox(process: Process) -> bool:
    """Tell whether network programs are busybox's."""
    return process.space.shell == "ash" and not any(each in image(process) for each in _EQUIPPED)


def is_old_busybox(process: Process) -> bool:
    """Tell whether busybox is of 1.28 or before, by the image's name and tag."""
    name, _, tag = image(process).rpartition("/")[2].partition(":")
    first, _, second = tag.partition(".")
    second = second.partition(".")[0].partition("-")[0]
    return name == "busyboxplus" or (
        name == "busybox" and first == "1" and second.isdigit() and int(second) <= _OLD_BUSYBOX)
