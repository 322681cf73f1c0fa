"""The lines that kubectl logs, in klog's form: `W0102 15:04:05.000000    4242 helpers.go:703] text`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..context import Context


def tell(ctx: Context, severity: str, where: str, text: str) -> None:
    """Write a line to stderr; `severity`: I, W, E or F, `where`: the file and line of kubectl's source that logs it."""
    import os
    from time import localtime, strftime

    now = ctx.now
    ctx.err(f"{severity}{strftime('%m%d %H:%M:%S', localtime(now))}.{int(now % 1 * 1e6):06} {os.getpid():7} {where}] "
            f"{text}\n")
