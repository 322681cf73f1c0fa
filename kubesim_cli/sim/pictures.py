"""Pictures of a terminal, as SVG: by rich, without anything that is fetched."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

_LEAST, _MOST = 40, 200  # columns


def picture(lines: Sequence[Text], title: str) -> str:
    """Return a terminal's window that shows these lines, as SVG."""
    import io

    from rich.console import Console

    width = min(max([_LEAST, *(line.cell_len for line in lines)]), _MOST)
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor",
                      highlight=False, legacy_windows=False)
    for line in lines:
        console.print(line, overflow="fold")
    drawn = console.export_svg(title=title, unique_id=_identity(title))
    return _WITHOUT_FONTS.sub("", drawn)


# rich names fonts that a browser would fetch from elsewhere; those of the machine do.
_WITHOUT_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def _identity(title: str) -> str:
    """Return what the names in a picture begin with: pictures stand beside each other in one page."""
    from zlib import crc32

    return f"terminal-{crc32(title.encode()):08x}"
