"""Files that stand beside a page in its repository: what its commands read of them is there in their folder, too."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress

from . import scratch
from .commandline import Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAGS = ("-f", "-k", "--filename", "--kustomize", "--from-file", "--from-env-file", "--patch-file")
_READERS = frozenset(("cat", "cd", "head", "tail", "ls", "source", ".", "bash", "sh", "jq", "yq", "grep", "cp", "diff"))
_MOST_FILES, _MOST_BYTES = 200, 1 << 20
_MANIFEST = re.compile(r"\.(?:ya?ml|json)$")
_PATH = re.compile(r"(?:\./)?(?=[\w.-]*[A-Za-z])(?!\.\.)[\w.-]+(?:/[\w.-]+)*/?")


def bring(text: str, page: str, folder: str) -> None:
    """Copy what a command reads and is not in the working directory from beside the page, which is in the file `page`:
    from its folder, or one above it up to the root of the repository. What cannot be copied is not there, nor is what
    would be outside of the `folder` where the page's commands run."""
    for path in _read(text):
        with suppress(OSError):
            if not scratch.holds(folder, path):
                continue
            if path in (".", "./"):
                _copy_manifests(folders(page)[0])
            elif not os.path.lexists(path):
                any(_copy(each, path) for each in folders(page))


def _read(text: str) -> Iterator[str]:
    """Yield the relative paths that a command reads."""
    for words in Scan(text).commands:
        if words[0] in _READERS:
            found = words[1:]
        elif words[0].startswith("./"):
            found = words[:1]
        elif words[0] == "kubectl":
            values = [word.partition("=")[2] if "=" in word else following
                      for word, following in zip(words, [*words[1:], ""]) if word.partition("=")[0] in _FLAGS]
            found = [part.rpartition("=")[2] for each in values for part in each.split(",")]
        else:
            continue
        yield from (path for path in found if (_PATH.fullmatch(path) and "/../" not in path)
                    or (path in (".", "./") and words[0] == "kubectl"))


def folders(page: str) -> list[str]:
    """Return the page's folder and those above it up to the root of its repository, if it is in one."""
    folder = os.path.dirname(os.path.realpath(page))
    found = [folder]
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return found[:1]
        folder = above
        found.append(folder)
    return found


def _copy_manifests(folder: str) -> None:
    """Copy the manifests in a folder that are not in the working directory, if there are none of the page's own."""
    if not any(_MANIFEST.search(name) for name in os.listdir() if not name.startswith("kustomization")):
        for name in sorted(filter(_MANIFEST.search, os.listdir(folder)))[:_MOST_FILES]:
            if not os.path.lexists(name):
                _copy(folder, name)


def _copy(folder: str, path: str) -> bool:
    """Copy a file, or a folder that is not large; returns whether there is one."""
    source = os.path.join(folder, path)
    if os.path.realpath(source) != os.path.normpath(source) or not os.path.exists(source):  # links may lead anywhere
        return False
    target = os.path.normpath(path)
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    if os.path.isfile(source):
        if os.path.getsize(source) <= _MOST_BYTES:
            shutil.copy(source, target)
        return True
    files = [os.path.join(top, name) for top, _, names in os.walk(source) for name in names]
    files = [file for file in files if os.path.isfile(file) and not os.path.islink(file)]
    if len(files) > _MOST_FILES or sum(map(os.path.getsize, files)) > _MOST_BYTES:
        return True
    for file in files:
        copy = os.path.join(target, os.path.relpath(file, source))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy(file, copy)
    return True
