"""Programs that change files: cp, mv, rm, mkdir, ln, touch and their kin."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import FILE, FOLDER, LINK
from .operands import Arguments, each_of, exists, find, missing

TYPE_CHECKING = False
if TYPE_CHECKING:

    from ..kernel.files import Inode
    from ..kernel.process import Process


def _mkdir(process: Process) -> int:
    given = Arguments(process, "m")
    mode = int(given.values.get("m") or given.values.get("mode") or "0", 8) or 0o777 & ~process.umask
    tree, now = process.space.tree, process.kernel.now
    if not given.words:
        return missing(process)

    def make(path: str) -> None:
        if given.has("p"):
            parts = path.split("/")
            for number in range(1, len(parts) + 1):
                part = "/".join(parts[:number])
                if part and exists(process, part) is None:
                    tree.create(find(process, part), FOLDER, mode, process.user, now)
            inode = exists(process, path)
            if inode is not None and inode.kind != FOLDER:
                raise Errno("EEXIST")
            return
        tree.create(find(process, path.rstrip("/") or "/"), FOLDER, mode, process.user, now)

    return each_of(process, given.words, make, "cannot create directory '{0}'" if process.space.shell != "ash"
                 else "can't create directory '{0}'")


def _rmdir(process: Process) -> int:
    given = Arguments(process)

    def remove(path: str) -> None:
        place = find(process, path.rstrip("/") or "/")
        if place.inode is not None and place.inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        process.space.tree.remove(place, process.user, process.kernel.now)

    return each_of(process, given.words, remove, "failed to remove '{0}'" if process.space.shell != "ash" else "'{0}'")


def remove_all(process: Process, path: str) -> None:
    """Remove a file or a folder with all that is in it."""
    tree = process.space.tree
    place = find(process, path.rstrip("/") or "/", False)
    if place.inode is not None and place.inode.kind == FOLDER:
        for name in list(tree.entries(place)):
            remove_all(process, f"{path.rstrip('/')}/{name}")
    tree.remove(place, process.user, process.kernel.now)


def _rm(process: Process) -> int:
    given = Arguments(process)
    force = given.has("f")
    if not given.words:
        return 0 if force else missing(process)

    def remove(path: str) -> None:
        place = find(process, path, False)
        if place.inode is not None and place.inode.kind == FOLDER:
            if given.has("d") and not given.has("rR"):
                process.space.tree.remove(place, process.user, process.kernel.now)
                return
            if not given.has("rR"):
                raise Errno("EISDIR")
            if place.path == "/":
                raise Errno("EPERM")
            remove_all(process, path)
        else:
            process.space.tree.remove(place, process.user, process.kernel.now)

    return each_of(process, given.words, remove, "cannot remove '{0}'", force)


def copy(process: Process, source: Inode, path: str, keep: bool, folders: bool, links: bool) -> None:
    """Copy an inode to a path. `keep`: mode, owner and time too."""
    tree, now, user = process.space.tree, process.kernel.now, process.user
    place = find(process, path)
    if source.kind == LINK and links:
        if place.inode is not None:
            tree.remove(find(process, path, False), user, now)
        made = tree.create(find(process, path, False), LINK, 0o777, user, now, source.target)
    elif source.kind == FOLDER:
        if not folders:
            raise Errno("EISDIR")
        if place.inode is not None and place.inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        made = place.inode or tree.create(place, FOLDER, source.mode & ~process.umask, user, now)
        for name, child in list(source.entries.items()):
            copy(process, child, f"{path}/{name}", keep, True, links)
    else:
        if not source.allows(user, 4):
            raise Errno("EACCES")
        if place.inode is source:
            raise Errno("EEXIST")
        what = process.open(path, "w")
        what.write(process.kernel, bytes(source.data))
        made = find(process, path).inode  # type: ignore[assignment]
        if place.inode is None and made is not None:
            made.mode = source.mode & 0o7777 & ~process.umask
    if keep and made is not None:
        made.mode, made.mtime = source.mode, source.mtime
        if user.uid == 0:
            made.uid, made.gid = source.uid, source.gid


def _targets(process: Process, given: Arguments) -> tuple[list[str], str, bool] | None:
    """Return (sources, target, whether the target is a folder to put them into)."""
    words = given.words
    folder = given.values.get("t") or given.values.get("target-directory")
    if folder:
        return words, folder, True
    if len(words) < 2:
        if words and process.space.shell != "ash":
            process.complain(f"missing destination file operand after '{words[0]}'")
        else:
            missing(process)
        return None
    inode = exists(process, words[-1])
    into = inode is not None and inode.kind == FOLDER and not given.has("T")
    if len(words) > 2 and not into:
        process.complain(f"target '{words[-1]}': " + ("Not a directory" if inode else "No such file or directory"))
        return None
    return words[:-1], words[-1], into


def _cp(process: Process) -> int:
    given = Arguments(process, "tm")
    found = _targets(process, given)
    if found is None:
        return 1
    sources, target, into = found
    folders = given.has("rRa")
    status = 0
    for word in sources:
        path = f"{target.rstrip('/')}/{word.rstrip('/').rpartition('/')[2]}" if into else target
        if into and word.rstrip("/").rpartition("/")[2] in (".", ""):
            path = target
        try:
            source = process.space.tree.lookup(word, process.cwd, process.user, not given.has("adP")).inode
            assert source is not None
            if given.has("n") and exists(process, path):
                continue
            if source.kind == FOLDER and not folders:
                process.complain(f"-r not specified; omitting directory '{word}'" if process.space.shell != "ash"
                                 else f"omitting directory '{word}'")
                status = 1
                continue
        except Errno as error:
            status = process.complain(f"cannot stat '{word}': {error.message}" if process.space.shell != "ash"
                                      else f"can't stat '{word}': {error.message}")
            continue
        try:
            copy(process, source, path, given.has("pa"), folders, given.has("adP"))
            if given.has("v"):
                process.write(f"'{word}' -> '{path}'\n")
        except Errno as error:
            status = process.complain(f"'{word}' and '{path}' are the same file" if error.name == "EEXIST" else
                                      f"cannot create regular file '{path}': {error.message}"
                                      if process.space.shell != "ash"
                                      else f"can't create '{path}': {error.message}")
    return status


def _mv(process: Process) -> int:
    given = Arguments(process, "t")
    found = _targets(process, given)
    if found is None:
        return 1
    sources, target, into = found
    tree, user, now = process.space.tree, process.user, process.kernel.now
    status = 0
    for word in sources:
        path = f"{target.rstrip('/')}/{word.rstrip('/').rpartition('/')[2]}" if into else target
        try:
            place = tree.lookup(word.rstrip("/"), process.cwd, user, False)
        except Errno as error:
            status = process.complain(f"cannot stat '{word}': {error.message}" if process.space.shell != "ash"
                                      else f"can't rename '{word}': {error.message}")
            continue
        try:
            there = find(process, path, False)
            assert place.inode is not None
            if there.inode is place.inode and process.space.shell == "ash":
                continue
            if there.inode is place.inode:
                status = process.complain(f"'{word}' and '{path}' are the same file")
                continue
            if there.folder.volume is not place.inode.volume:
                copy(process, place.inode, path, True, True, True)
                remove_all(process, word)
                continue
            if there.inode is not None:
                tree.remove(there, user, now)
                there = find(process, path, False)
            tree.link(place.inode, there, user, now)
            tree.remove_name(place, user, now)
        except Errno as error:
            status = process.complain(f"cannot move '{word}' to '{path}': {error.message}")
    return status


def _ln(process: Process) -> int:
    given = Arguments(process, "t")
    words = given.words
    if not words:
        return missing(process)
    tree, user, now = process.space.tree, process.user, process.kernel.now
    target = words[-1] if len(words) > 1 else "."
    inode = exists(process, target)
    into = inode is not None and inode.kind == FOLDER and not (given.has("nT")
                                                               and find(process, target, False).inode is not inode)
    status = 0
    for word in words[:-1] or words:
        path = f"{target.rstrip('/')}/{word.rstrip('/').rpartition('/')[2]}" if into else target
        try:
            place = find(process, path, False)
            if given.has("f") and place.inode is not None:
                tree.remove(place, user, now)
                place = find(process, path, False)
            if given.has("s"):
                tree.create(place, LINK, 0o777, user, now, word)
            else:
                source = tree.lookup(word, process.cwd, user).inode
                assert source is not None
                if source.kind == FOLDER:
                    process.complain(f"{word}: hard link not allowed for directory")
                    status = 1
                    continue
                tree.link(source, place, user, now)
        except Errno as error:
            kind = "symbolic" if given.has("s") else "hard"
            status = process.complain(f"failed to create {kind} link '{path}': {error.message}"
                                      if process.space.shell != "ash"
                                      else f"{path}: {error.message}")
    return status


def _touch(process: Process) -> int:
    from .times import parse

    given = Arguments(process, "drt")
    now = process.kernel.now
    text = given.values.get("d") or given.values.get("date")
    if text:
        found = parse(text, now)
        if found is None:
            return process.complain(f"invalid date format '{text}'")
        now = found
    elif given.values.get("r"):
        inode = exists(process, given.values["r"])
        now = inode.mtime if inode is not None else now

    def touch(path: str) -> None:
        place = find(process, path)
        if place.inode is None:
            if not given.has("c"):
                process.space.tree.create(place, FILE, 0o666 & ~process.umask, process.user, now)
        else:
            if process.user.uid != place.inode.uid and not place.inode.allows(process.user, 2):
                raise Errno("EACCES")
            if process.space.tree.is_sealed(place):
                raise Errno("EROFS")
            place.inode.mtime = now

    return each_of(process, given.words, touch, "cannot touch '{0}'" if process.space.shell != "ash"
                 else "{0}") if given.words else missing(process)


def _truncate(process: Process) -> int:
    from .streams import _amount

    given = Arguments(process, "s")
    wanted = given.values.get("s", "")
    if process.space.shell == "ash" and wanted[:1] in ("+", "-"):
        return process.complain(f"invalid number '{wanted}'")

    def cut(path: str) -> None:
        process.open(path, "a")
        inode = find(process, path).inode
        assert inode is not None
        text = given.values.get("s") or given.values.get("size") or "0"
        size = _amount(text.lstrip("+-"))
        if size > 1 << 28:
            raise Errno("ENOSPC")
        inode.truncate(len(inode.data) + size if text[:1] == "+" else max(len(inode.data) - size, 0)
                       if text[:1] == "-" else size, process.kernel.now)

    return each_of(process, given.words, cut, "cannot open '{0}' for writing")


def _mktemp(process: Process) -> int:
    given = Arguments(process, "p")
    template = given.words[0] if given.words else "tmp.XXXXXXXXXX"
    folder = given.values.get("p") or given.values.get("tmpdir") or ("" if given.words and not given.has("t")
                                                                     else process.env.get("TMPDIR", "/tmp"))
    end = len(template.rstrip("X"))
    count = len(template) - end
    if count < 3:
        return process.complain(f"too few X's in template '{template}'")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    path = template[:end] + "".join(process.space.random.choice(letters) for _ in range(count))
    if folder and "/" not in template:
        path = f"{folder.rstrip('/')}/{path}"
    try:
        if not given.has("u"):
            process.space.tree.create(find(process, path), FOLDER if given.has("d") else FILE, 0o700
                                      if given.has("d") else 0o600,
                                      process.user, process.kernel.now)
    except Errno as error:
        kind = "directory" if given.has("d") else "file"
        return process.complain(f"failed to create {kind} via template '{template}': {error.message}")
    process.write(path + "\n")
    return 0


def _readlink(process: Process) -> int:
    given = Arguments(process)
    status = 0
    for word in given.words:
        try:
            if given.has("fem") or process.argv[0].endswith("realpath"):
                process.write(find(process, word).path + "\n")
                continue
            inode = process.space.tree.lookup(word, process.cwd, process.user, False).inode
            if inode is None or inode.kind != LINK:
                raise Errno("EINVAL")
            process.write(inode.target + ("" if given.has("n") else "\n"))
        except Errno as error:
            status = 1
            if process.argv[0].endswith("realpath"):
                process.complain(f"{word}: {error.message}")
    return status


PROGRAMS = {"mkdir": _mkdir, "rmdir": _rmdir, "rm": _rm, "cp": _cp, "mv": _mv, "ln": _ln,
            "touch": _touch, "truncate": _truncate, "mktemp": _mktemp, "readlink": _readlink,
            "realpath": _readlink, "install": _cp}
