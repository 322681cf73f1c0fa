"""The files that a container begins with."""

from __future__ import annotations

from .kernel.files import DEVICE, FILE, LINK, ROOT, Inode, Tree, Volume

BUILT = 1_760_000_000.0  # when images were made
_FOLDERS = ("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "usr/bin", "usr/sbin", "usr/local/bin",
            "var/log",
            "var/run", "var/lib", "tmp")
_pristine: dict[str, dict[int, Inode]] = {}


def build(image: str) -> Volume:
    """Return a container's own layer as an image has it; the same image gives the same inode numbers."""
    from . import bin as programs

    volume = Volume("overlay")
    tree = Tree(volume.root)
    volume.root.mtime = BUILT
    for path in _FOLDERS:
        tree.make_folders("/" + path, now=BUILT)
    tree.lookup("/tmp", "/", ROOT).inode.mode = 0o1777  # type: ignore[union-attr]
    tree.create(tree.find("/bin", "/", ROOT), LINK, 0o777, ROOT, BUILT, "usr/bin")
    folder = tree.lookup("/usr/bin", "/", ROOT).inode
    assert folder is not None
    for name in programs.names():
        inode = folder.entries[name] = Inode(volume, volume.number(), FILE, 0o755, ROOT, BUILT)
        inode.data += programs.MARK + name.encode()
    for name in ("null", "zero", "full", "random", "urandom"):
        tree.create(tree.find(f"/dev/{name}", "/", ROOT), DEVICE, 0o666, ROOT, BUILT, name)
    tree.put("/etc/passwd",
             b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", now=BUILT)
    tree.put("/etc/group", b"root:x:0:\nnogroup:x:65534:\n", now=BUILT)
    if image.rpartition("/")[2].startswith("nginx"):
        from .bin.web.nginx import ROOT as PAGES
        from .bin.web.nginx import WELCOME

        tree.put(f"{PAGES}/index.html", WELCOME, now=BUILT)
    volume.image, volume.base = image, volume.next
    return volume


_SHELLS = {"ash": "ash", "busybox": "ash", "alpine": "ash", **dict.fromkeys((
    "amazonlinux", "archlinux", "bash", "centos", "fedora", "opensuse", "oraclelinux", "rockylinux"), "bash")}


def shell(image: str) -> str:
    """Return what /bin/sh is in an image: dash, ash or bash."""
    name, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return "ash" if "alpine" in tag else _SHELLS.get(name, "dash")


def inodes(volume: Volume) -> dict[int, Inode]:
    """Return the inodes that a volume has from its image, by number."""
    found: dict[int, Inode] = {}
    waiting = [volume.root]
    while waiting:
        inode = waiting.pop()
        if inode.number < volume.base and inode.number not in found:
            found[inode.number] = inode
            waiting += inode.entries.values()
    return found


def changed(inode: Inode) -> bool:
    """Tell whether an inode is no longer what its image has."""
    image = inode.volume.image
    known = _pristine.get(image)
    if known is None:
        known = _pristine[image] = inodes(build(image))
    was = known[inode.number]
    return (inode.mode != was.mode or inode.mtime != was.mtime or inode.uid != was.uid or inode.gid != was.gid
            or inode.links != was.links or inode.data != was.data or len(inode.entries) != len(was.entries)
            or any(was.entries[name].number != each.number if name in was.entries else True
                   for name, each in inode.entries.items()))
