"""What the programs called stress use, which pages run to see it: as many cores and bytes as they are told to.

Their flags: stress 1.0 of Amos Waterland (`--cpu N`, `--vm N`, `--vm-bytes B`) and vishh/stress (`-cpus N`,
`-mem-total Q`).
"""

from __future__ import annotations

from ..machinery import quantity
from .images import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

_CPU = ("-c", "--cpu", "-cpus", "--cpus")
_BYTES = ("--vm-bytes", "-mem-total", "--mem-total")
_WORKERS = ("-m", "--vm")
_PER_WORKER = "256M"


def asked(container: Object) -> tuple[int, int] | None:
    """Return the millicores and bytes that a container's stress is told to use; None where it runs another program."""
    command, words = container.get("command") or [], container.get("args") or []
    program = command[0] if command else names.repository(container["image"])
    if program.rpartition("/")[2] != "stress":
        return None
    words = [word for each in (*command[1:], *words) for word in each.split("=")]
    given = {flag: value for flag, value in zip(words, [*words[1:], ""]) if flag[:1] == "-" and value[:1].isdigit()}
    workers = _first(given, _WORKERS)
    size = _first(given, _BYTES) or (_PER_WORKER if workers else "0")
    try:
        memory = quantity.value(size.rstrip("B") + ("i" if size.rstrip("B")[-1:] in ("K", "M", "G") else ""))
        return quantity.milli(_first(given, _CPU) or "0"), memory * int(workers or 1)
    except ValueError:
        return None


def _first(given: dict[str, str], flags: tuple[str, ...]) -> str:
    return next((given[flag] for flag in flags if flag in given), "")
