"""ConfigMaps."""

from __future__ import annotations

from ....releases.kubectl import does
from .secret import octets_of
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(configmap: Object, w: Writer, ctx: Context) -> None:
    w.metadata(configmap)
    w.write(0, "\nData\n====\n")
    for key, value in sorted((configmap.get("data") or {}).items()):
        w.write(0, f"{key}:\n----\n")
        w.write(0, f"{value}\n")
        if does("BlankBehindData", w.release):
            w.write(0, "\n")
    w.write(0, "\nBinaryData\n====\n")
    for key, value in sorted((configmap.get("binaryData") or {}).items()):
        w.write(0, f"{key}: {octets_of(value)} bytes\n")
    w.write(0, "\n")
    ctx.events(configmap)
