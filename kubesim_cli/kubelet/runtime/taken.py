"""What an image is taken to be of which nothing is known but its name, and what its pod's commands say of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.types import Object
    from .kernel.files import Tree

# Images whose default command is a shell or says something and is gone: without a terminal they end at once, unless
# they are made to serve.
_SHELLS = {"alpine", "amazonlinux", "archlinux", "bash", "busybox", "centos", "debian", "fedora", "golang",
           "hello-world", "node", "openjdk", "opensuse", "oraclelinux", "perl", "php", "python", "rockylinux", "ruby",
           "ubuntu"}
# A command that says what a path is, or a redirection, and the path.
_NAMED = r"(?:\b(touch|cd|ls|mkdir|-d)\s+(?:-\w+\s+)?|(>)\s*)?[\"']?(?<![\w.}/:*$-])(/[\w.@+/-]*\w)"
# A command that copies, and its words.
_COPY = r"(?<![\w.-])(?:(?<!/)|(?<=/bin/))(?:cp|mv|install)\s([^\n;&|<>()]*)"
_SYSTEM = ("/etc/", "/home/", "/lib/", "/opt/", "/root/", "/run/", "/srv/", "/usr/", "/var/")
_OWN = ("/dev/", "/proc/", "/sys/", "/tmp/")  # folders in which images have nothing
_PROGRAMS = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/")


def image_name(image: str) -> str:
    """Return an image's name without registry, path, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def ends_by_itself(container: Object) -> bool:
    """Tell whether a container ends with its image's own command."""
    if any(container.get(field) for field in ("ports", "livenessProbe", "readinessProbe", "startupProbe")):
        return False
    image = container["image"]
    return image_name(image) in _SHELLS and not image.endswith(("apache", "fpm", "fpm-alpine"))


def _commands(container: Object) -> Iterator[str]:
    yield from container.get("command") or ()
    yield from container.get("args") or ()
    for place in (container.get("livenessProbe"), container.get("readinessProbe"), container.get("startupProbe"),
                  *(container.get("lifecycle") or {}).values()):
        yield from ((place or {}).get("exec") or {}).get("command") or ()


def furnish(tree: Tree, container: Object, now: float, anywhere: bool = False) -> None:
    """Put into a container what its commands name in folders that images have, as if its image had it.

    `anywhere`: in other folders, too, as for what is to end well. Folders above a file are made for any
    such path; the file itself, unless a command makes it. A script that nobody has seen goes on, or ends, as a program
    does that is not known.
    """
    import re

    from .kernel.files import ROOT

    text = "\n".join(_commands(container))
    if "/" not in text:
        return
    for path in _copied(container):
        if not path.startswith(_OWN) and not _hidden(tree, path) and _free(tree, path):
            _bring(tree, path, now)
    for match in re.finditer(_NAMED, text):
        how, made, path = match.groups()
        wanted = path.startswith(_SYSTEM) or (anywhere and not path.startswith(_OWN))
        if not wanted or path.startswith(_PROGRAMS) or _hidden(tree, path):
            continue
        folder, _, name = path.rpartition("/")
        if not _free(tree, folder):
            continue
        tree.make_folders(folder, now=now)
        if made or how in ("touch", "mkdir") or re.search(rf"(?:touch|>|mkdir)[^\n;&|]*{re.escape(path)}", text):
            continue
        if how in ("cd", "ls", "-d") or f"{path}/" in text:
            if _free(tree, path):
                tree.make_folders(path, now=now)
        elif "." in name[1:] and tree.find(path, "/", ROOT).inode is None:
            _put(tree, path, now)


def _copied(container: Object) -> Iterator[str]:
    """Return the paths that a container's own command copies before it says anything else of them."""
    import re

    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    text = "\n".join(words) if "-c" in words else " ".join(words)
    for match in re.finditer(_COPY, text):
        for path in [word.strip("\"'") for word in match[1].split() if not word.startswith("-")][:-1]:
            if path.startswith("/") and "$" not in path and path not in text[:match.start()]:
                yield path


def _bring(tree: Tree, path: str, now: float) -> None:
    """Put what is copied into a container: a file, or with `/*`, `/.` or `/` at the end a folder with one in it."""
    from .kernel.files import ROOT

    folder, _, name = path.rpartition("/")
    if name in ("", ".", "*"):
        name = folder.rpartition("/")[2]
    path = f"{folder}/{name.replace('*', 'x')}"
    tree.make_folders(folder, now=now)
    if tree.find(path, "/", ROOT).inode is None:
        _put(tree, path, now)


def _put(tree: Tree, path: str, now: float) -> None:
    """Make a file, which can be run where its name is like a program's or a script's."""
    name = path.rpartition("/")[2]
    runs = "." not in name or name.endswith(".sh")
    tree.put(path, b"exec main\n" if runs else b"", 0o755 if runs else 0o644, now=now)


def _hidden(tree: Tree, path: str) -> bool:
    """Tell whether a path lies in a mount, which is known whole."""
    return any(path == at or path.startswith(at + "/") for at in tree.mounts)


def _free(tree: Tree, path: str) -> bool:
    """Tell whether a folder is there or can be made."""
    from .kernel.errors import Errno
    from .kernel.files import ROOT

    at = ""
    for name in path.split("/"):
        if name:
            at += "/" + name
            try:
                inode = tree.find(at, "/", ROOT).inode
            except Errno:
                return False
            if inode is None:
                return True
            if inode.kind != "d":
                return False
    return True
