"""A page's home, and its /usr/local/bin: a folder of its own on its PATH, for programs that it has made."""

from __future__ import annotations

import re

_FOLDER = "/usr/local/bin"
_WORD = re.compile(rf"(?<![\w/.'\"-]){_FOLDER}(?=[/\s:;&|)]|$)")
_AS_ROOT = re.compile(r"\bsudo\s+(?=(?:mv|cp|chmod|rm|ln|ls|cat)\s)")


def to_scratch(text: str) -> str:
    """Return a command with the page's own folder for /usr/local/bin. Nobody else may write there, and none has to be
    root to do so."""
    return _WORD.sub(f"~{_FOLDER}", _AS_ROOT.sub("", text))


def to_page(output: str, home: str) -> str:
    """Return an output with /usr/local/bin for the page's folder in `home`, and with a home like everybody's."""
    return output.replace(home + _FOLDER, _FOLDER).replace(home, "/home/user")


def folder(home: str) -> str:
    """Return the path of the page's folder."""
    return home + _FOLDER
