"""Programs that change files: cp, mv, rm, mkdir, ln, chmod, chown, touch and their kin."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import FILE, FOLDER, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.files import Inode, Place
    from ..kernel.process import Process


class Arguments:
    """Options and operands. `valued`: letters of options with a value; long options stand by their name."""

    def __init__(self, process: Process, valued: str = ""):
        self.values: dict[str, str] = {}
        self.words: list[str] = []
        letters = []
        words = process.argv[1:]
        while words:
            word = words.pop(0)
            if word == "--":
                self.words += words
                break
            if word.startswith("--"):
                name, _, value = word[2:].partition("=")
                self.values[name] = value
                letters.append({"recursive": "r", "force": "f", "parents": "p", "symbolic": "s", "directory": "d",
                                "no-dereference": "h", "archive": "a", "verbose": "v"}.get(name, ""))
            elif word[:1] == "-" and len(word) > 1:
                rest = word[1:]
                while rest:
                    letter, rest = rest[0], rest[1:]
                    if letter in valued:
                        self.values[letter] = rest or (words.pop(0) if words else "")
                        rest = ""
                    else:
                        letters.append(letter)
            else:
                self.words.append(word)
        self.letters = "".join(letters)

    def has(self, letters: str) -> bool:
        """Tell whether one of the options is given."""
        return any(letter in self.letters for letter in letters)


def _find(process: Process, path: str, follow: bool = True) -> Place:
    return process.space.tree.find(path, process.cwd, process.user, follow)


def _exists(process: Process, path: str) -> Inode | None:
    try:
        return _find(process, path).inode
    except Errno:
        return None


def _each(process: Process, words: list[str], act: Callable[[str], None], told: str, quiet: bool = False) -> int:
    """Do something to each operand; `told` is what is said of one that fails."""
    status = 0
    for word in words:
        try:
            act(word)
        except Errno as error:
            if not (quiet and error.name in ("ENOENT", "ENOTDIR")):
                form = told if process.space.shell != "ash" else told.replace("cannot ", "can't ")
                status = process.complain(form.format(word) + f": {error.message}")
    return status


def _missing(process: Process) -> int:
    return process.complain(f"missing operand\nTry '{process.argv[0]} --help' for more information.")


def _mkdir(process: Process) -> int:
    given = Arguments(process, "m")
    mode = int(given.values.get("m") or given.values.get("mode") or "0", 8) or 0o777 & ~process.umask
    tree, now = process.space.tree, process.kernel.now
    if not given.words:
        return _missing(process)

    def make(path: str) -> None:
        if given.has("p"):
            parts = path.split("/")
            for number in range(1, len(parts) + 1):
                part = "/".join(parts[:number])
                if part and _exists(process, part) is None:
                    tree.create(_find(process, part), FOLDER, mode, process.user, now)
            inode = _exists(process, path)
            if inode is not None and inode.kind != FOLDER:
                raise Errno("EEXIST")
            return
        tree.create(_find(process, path.rstrip("/") or "/"), FOLDER, mode, process.user, now)

    return _each(process, given.words, make, "cannot create directory '{0}'" if process.space.shell != "ash"
                 else "can't create directory '{0}'")


def _rmdir(process: Process) -> int:
    given = Arguments(process)

    def remove(path: str) -> None:
        place = _find(process, path.rstrip("/") or "/")
        if place.inode is not None and place.inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        process.space.tree.remove(place, process.user, process.kernel.now)

    return _each(process, given.words, remove, "failed to remove '{0}'" if process.space.shell != "ash" else "'{0}'")


def remove_all(process: Process, path: str) -> None:
    """Remove a file or a folder with all that is in it."""
    tree = process.space.tree
    place = _find(process, path.rstrip("/") or "/", False)
    if place.inode is not None and place.inode.kind == FOLDER:
        for name in list(tree.entries(place)):
            remove_all(process, f"{path.rstrip('/')}/{name}")
    tree.remove(place, process.user, process.kernel.now)


def _rm(process: Process) -> int:
    given = Arguments(process)
    force = given.has("f")
    if not given.words:
        return 0 if force else _missing(process)

    def remove(path: str) -> None:
        place = _find(process, path, False)
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

    return _each(process, given.words, remove, "cannot remove '{0}'", force)


def copy(process: Process, source: Inode, path: str, keep: bool, folders: bool, links: bool) -> None:
    """Copy an inode to a path. `keep`: mode, owner and time too."""
    tree, now, user = process.space.tree, process.kernel.now, process.user
    place = _find(process, path)
    if source.kind == LINK and links:
        if place.inode is not None:
            tree.remove(_find(process, path, False), user, now)
        made = tree.create(_find(process, path, False), LINK, 0o777, user, now, source.target)
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
        made = _find(process, path).inode  # type: ignore[assignment]
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
        if words:
            process.complain(f"missing destination file operand after '{words[0]}'")
        else:
            _missing(process)
        return None
    inode = _exists(process, words[-1])
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
            if given.has("n") and _exists(process, path):
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
            there = _find(process, path, False)
            assert place.inode is not None
            if there.inode is place.inode:
                status = process.complain(f"'{word}' and '{path}' are the same file")
                continue
            if there.folder.volume is not place.inode.volume:
                copy(process, place.inode, path, True, True, True)
                remove_all(process, word)
                continue
            if there.inode is not None:
                tree.remove(there, user, now)
                there = _find(process, path, False)
            tree.link(place.inode, there, user, now)
            tree.remove_name(place, user, now)
        except Errno as error:
            status = process.complain(f"cannot move '{word}' to '{path}': {error.message}")
    return status


def _ln(process: Process) -> int:
    given = Arguments(process, "t")
    words = given.words
    if not words:
        return _missing(process)
    tree, user, now = process.space.tree, process.user, process.kernel.now
    target = words[-1] if len(words) > 1 else "."
    inode = _exists(process, target)
    into = inode is not None and inode.kind == FOLDER and not (given.has("nT")
                                                               and _find(process, target, False).inode is not inode)
    status = 0
    for word in words[:-1] or words:
        path = f"{target.rstrip('/')}/{word.rstrip('/').rpartition('/')[2]}" if into else target
        try:
            place = _find(process, path, False)
            if given.has("f") and place.inode is not None:
                tree.remove(place, user, now)
                place = _find(process, path, False)
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


def changed_mode(mode: int, text: str, folder: bool, umask: int) -> int | None:
    """Return what chmod makes of a mode: 755, u+x, a=r,g-w; None where the text is none."""
    if text.isdigit():
        return int(text, 8) if all(each in "01234567" for each in text) else None
    for clause in text.split(","):
        at = 0
        while at < len(clause) and clause[at] in "ugoa":
            at += 1
        who = clause[:at]
        masks = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
        mask = 0
        for each in who or "a":
            mask |= masks[each]
        if at >= len(clause):
            return None
        while at < len(clause):
            operator = clause[at]
            if operator not in "+-=":
                return None
            at += 1
            bits = 0
            while at < len(clause) and clause[at] not in "+-=":
                letter = clause[at]
                bits |= {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000,
                         "X": 0o111 if folder or mode & 0o111 else 0}.get(letter, 0)
                at += 1
            bits &= mask & ~(0 if who else umask)
            kept = mode if operator == "+" else mode & ~bits if operator == "-" else mode & ~(mask & 0o777)
            mode = kept if operator == "-" else kept | bits
    return mode


def _chmod(process: Process) -> int:
    words = process.argv[1:]
    deep = False
    while words and words[0] in ("-R", "-f", "-v", "-c", "--recursive", "--"):
        deep = words.pop(0) in ("-R", "--recursive") or deep
    if len(words) < 2:
        return _missing(process)
    text, files = words[0], words[1:]
    if changed_mode(0o644, text, False, 0) is None:
        return process.complain(f"invalid mode: '{text}'")

    def change(path: str) -> None:
        place = process.space.tree.lookup(path, process.cwd, process.user)
        inode = place.inode
        assert inode is not None
        if process.user.uid not in (0, inode.uid):
            raise Errno("EPERM")
        if process.space.tree.is_sealed(place):
            raise Errno("EROFS")
        inode.mode = changed_mode(inode.mode, text, inode.kind == FOLDER, process.umask) or 0
        process.space.tree.found = {}
        if deep and inode.kind == FOLDER:
            for name in list(inode.entries):
                change(f"{path}/{name}")

    return _each(process, files, change, "changing permissions of '{0}'")


def _chown(process: Process) -> int:
    from ..accounts import names

    given = Arguments(process)
    if len(given.words) < 2:
        return _missing(process)
    user, colon, group = given.words[0].partition(":")
    if process.argv[0].endswith("chgrp"):
        user, group = "", given.words[0]
    numbers: list[int | None] = []
    for text, kind, told in ((user, "passwd", "user"), (group, "group", "group")):
        if not text or text.isdigit():
            numbers.append(int(text) if text else None)
            continue
        found = next((number for number, name in names(process, kind).items() if name == text), None)
        if found is None:
            return process.complain(f"invalid {told}: '{given.words[0]}'")
        numbers.append(found)
    del colon

    def change(path: str) -> None:
        place = process.space.tree.lookup(path, process.cwd, process.user, not given.has("h"))
        inode = place.inode
        assert inode is not None
        if process.user.uid != 0 and (numbers[0] is not None or process.user.uid != inode.uid):
            raise Errno("EPERM")
        if process.space.tree.is_sealed(place):
            raise Errno("EROFS")
        inode.uid = inode.uid if numbers[0] is None else numbers[0]
        inode.gid = inode.gid if numbers[1] is None else numbers[1]
        if given.has("R") and inode.kind == FOLDER:
            for name in list(inode.entries):
                change(f"{path}/{name}")

    return _each(process, given.words[1:], change, "changing ownership of '{0}'")


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
        inode = _exists(process, given.values["r"])
        now = inode.mtime if inode is not None else now

    def touch(path: str) -> None:
        place = _find(process, path)
        if place.inode is None:
            if not given.has("c"):
                process.space.tree.create(place, FILE, 0o666 & ~process.umask, process.user, now)
        else:
            if process.user.uid != place.inode.uid and not place.inode.allows(process.user, 2):
                raise Errno("EACCES")
            if process.space.tree.is_sealed(place):
                raise Errno("EROFS")
            place.inode.mtime = now

    return _each(process, given.words, touch, "cannot touch '{0}'" if process.space.shell != "ash"
                 else "{0}") if given.words else _missing(process)


def _truncate(process: Process) -> int:
    from .streams import _amount

    given = Arguments(process, "s")

    def cut(path: str) -> None:
        process.open(path, "a")
        inode = _find(process, path).inode
        assert inode is not None
        text = given.values.get("s") or given.values.get("size") or "0"
        size = _amount(text.lstrip("+-"))
        if size > 1 << 28:
            raise Errno("ENOSPC")
        inode.truncate(len(inode.data) + size if text[:1] == "+" else max(len(inode.data) - size, 0)
                       if text[:1] == "-" else size, process.kernel.now)

    return _each(process, given.words, cut, "cannot open '{0}' for writing")


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
            process.space.tree.create(_find(process, path), FOLDER if given.has("d") else FILE, 0o700
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
                process.write(_find(process, word).path + "\n")
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


PROGRAMS = {"mkdir": _mkdir, "rmdir": _rmdir, "rm": _rm, "cp": _cp, "mv": _mv, "ln": _ln, "chmod": _chmod,
            "chown": _chown,
            "chgrp": _chown, "touch": _touch, "truncate": _truncate, "mktemp": _mktemp, "readlink": _readlink,
            "realpath": _readlink, "install": _cp}
