"""Which files are behind a page's URLs: the pairs (beginning of a URL, folder) of --map tell it."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Maps = Sequence[tuple[str, str]]

_URL = re.compile(r"https?://[^\s'\"|;)<>]+")


def to_files(text: str, maps: Maps) -> str:
    """Return a command with paths for the URLs that are mapped.

    Files of one folder are published at several places: what is not below a mapped URL itself is looked for in a folder
    by the path behind the folder's own name, as in .../content/en/examples/pods/a.yaml for the folder `examples`.
    """
    return _URL.sub(lambda found: _file(found.group(), maps) or found.group(), text) if maps else text


def to_urls(text: str, maps: Maps) -> str:
    """Return an output with the URLs of the mapped folders."""
    for begin, folder in maps:
        text = text.replace(folder.rstrip("/") + "/", begin.rstrip("/") + "/")
    return text


def text(url: str, maps: Maps) -> str:
    """Return the text of the file behind a URL, "" where there is none."""
    try:
        with open(_file(url, maps), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def _file(url: str, maps: Maps) -> str:
    for begin, folder in maps:
        if url.startswith(begin.rstrip("/") + "/"):
            return folder.rstrip("/") + url[len(begin.rstrip("/")):]
    for _, folder in maps:
        before, name, path = url.partition(f"/{os.path.basename(folder.rstrip('/'))}/")
        if before and name and os.path.isfile(os.path.join(folder, path)):
            return os.path.join(folder, path)
    return ""
