"""One parser for each format that pages are written in, found by the name of the page's file."""

from __future__ import annotations

import os

from ..model import BadPage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model import Page

# The endings of a page's name, and the module here whose `parse(name, text)` reads it.
ENDINGS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".txt": "plaintext", ".text": "plaintext",
    ".yaml": "steps", ".yml": "steps", ".t": "cram", ".txtar": "txtar", ".testscript": "txtar", ".rst": "rst",
    ".adoc": "asciidoc", ".asciidoc": "asciidoc",
}


def parser_of(name: str) -> Callable[[str, str], Page]:
    """Return the function that makes a Page of a file's name and text; raises BadPage for an unknown ending."""
    from ....machinery.modules import import_module

    ending = os.path.splitext(name)[1].lower()
    if ending not in ENDINGS:
        raise BadPage(name, 0, f"no page's name ends in {ending or 'nothing'!r}; known are {' '.join(ENDINGS)}")
    parse: Callable[[str, str], Page] = import_module(f"{__name__}.{ENDINGS[ending]}").parse
    return parse


def read(path: str) -> Page:
    """Read the page in a file; raises BadPage for what cannot be read."""
    parse = parser_of(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPage(path, 0, str(error)) from None
    return parse(path, text.replace("\r\n", "\n"))
