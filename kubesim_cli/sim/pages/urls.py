"""Which files are behind a page's URLs: the pairs (beginning of a URL, folder) of --map tell it, and those of the
page's own repository on GitHub."""

from __future__ import annotations

import os
import re

from . import beside, scratch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Maps = Sequence[tuple[str, str]]

_GITHUB = re.compile(r"https://raw\.githubusercontent\.com/([\w.-]+/[\w.-]+)/(?:refs/heads/)?[\w.-]+/"
                     r"|https://github\.com/([\w.-]+/[\w.-]+)/(?:raw|blob)/[\w.-]+/")
_REMOTE = re.compile(r"^\s*url\s*=.*\bgithub\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", re.M)
_URL = re.compile(r"https?://[^\s'\"|;)<>]+")


def of_repository(page: str, text: str) -> Maps:
    """Return the pairs for the URLs of a page (in the file `page`) that mean files of its own repository, by the
    remotes of that; none where a link leads such a file out of there."""
    root = beside.folders(page)[-1]
    remotes = {name.lower() for name in _REMOTE.findall(_read(os.path.join(_git_folder(root), "config")))}
    begins = {found.group() for found in _GITHUB.finditer(text) if (found[1] or found[2]).lower() in remotes}
    paths = [os.path.join(root, url[len(begin):]) for url in _URL.findall(text) for begin in begins
             if url.startswith(begin)]
    return [(begin, root) for begin in sorted(begins)] if all(scratch.holds(root, path) for path in paths) else ()


def _git_folder(root: str) -> str:
    """Return the folder in which git has a repository's configuration: in a worktree and a submodule, a file `.git`
    tells where (gitrepository-layout(5))."""
    folder = os.path.join(root, ".git")
    if told := re.match(r"gitdir: (.+)", _read(folder)):
        folder = os.path.join(root, told[1].strip())
        folder = os.path.join(folder, _read(os.path.join(folder, "commondir")).strip())
    return folder


def _read(path: str) -> str:
    """Return the text of a file, "" where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


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
