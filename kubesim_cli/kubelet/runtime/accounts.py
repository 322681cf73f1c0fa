"""Names of users and groups, as a container's files tell them."""

from __future__ import annotations

from .kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.process import Process


def names(process: Process, kind: str) -> dict[int, str]:
    """Return the names of users (kind passwd) or groups (kind group)."""
    found: dict[int, str] = {}
    try:
        text = process.read_file(f"/etc/{kind}").decode("utf-8", "replace")
    except Errno:
        return {0: "root"}
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit():
            found.setdefault(int(fields[2]), fields[0])
    return found
