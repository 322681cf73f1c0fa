"""tar: archives of the container's files, written and read by Python's tarfile. kubectl cp lives by it."""

from __future__ import annotations

import io
import zlib

from ..kernel.errors import Errno, Exhausted
from ..kernel.files import FILE, FOLDER, LINK, READ, Inode

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile
    from collections.abc import Iterator
    from typing import Any

    from ..kernel.files import Place
    from ..kernel.process import Process

MOST = 128 << 20  # bytes of an archive
PART = 65536      # bytes that are written at once
_FATAL = "\ntar: Error is not recoverable: exiting now"
_LONG = {"create": "c", "extract": "x", "get": "x", "list": "t", "verbose": "v", "gzip": "z", "gunzip": "z",
         "touch": "m", "preserve-permissions": "p", "same-permissions": "p", "absolute-names": "P", "to-stdout": "O",
         "keep-old-files": "k", "no-same-owner": "o", "dereference": "h", "no-recursion": "", "numeric-owner": "",
         "no-same-permissions": "-", "overwrite": "", "same-owner": ""}
_VALUED = {"file": "f", "directory": "C", "exclude": "e", "files-from": "T", "exclude-from": "X",
           "strip-components": "s", "transform": "", "owner": "", "group": "", "mode": "", "mtime": "", "sort": ""}


class Failed(Exception):
    """tar gives up; what it says."""


class Options:
    """What the words say: `letters` of options, `values` by letter, `names` as (folder, name)."""

    def __init__(self, argv: list[str]):
        self.letters = ""
        self.values: dict[str, str] = {}
        self.excluded: list[str] = []
        self.names: list[tuple[str, str]] = []
        self.folder = ""
        words = argv[1:]
        if words and words[0][:1] != "-":
            self._bundle(words.pop(0), words, True)
        while words:
            word = words.pop(0)
            if word == "--":
                self.names += [(self.folder, each) for each in words]
                break
            if word[:2] == "--":
                self._long(word[2:], words)
            elif word[:1] == "-" and len(word) > 1:
                self._bundle(word[1:], words, False)
            else:
                self.names.append((self.folder, word))

    def _bundle(self, letters: str, words: list[str], old: bool) -> None:
        """Take letters; a value is the rest of them, or the next word, as it always is in the old style."""
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "fCTX":
                value = "" if old else letters
                self._value(letter, value or (words.pop(0) if words else ""))
                letters = letters if old else ""
            else:
                self.letters += letter

    def _long(self, word: str, words: list[str]) -> None:
        name, equals, value = word.partition("=")
        if name in _VALUED:
            self._value(_VALUED[name], value if equals else words.pop(0) if words else "")
        elif name in _LONG:
            self.letters += _LONG[name]
        else:
            raise Failed(f"unrecognized option '--{name}'")

    def _value(self, letter: str, value: str) -> None:
        if letter == "C":
            self.folder = value if value[:1] == "/" or not self.folder else f"{self.folder}/{value}"
        elif letter == "e":
            self.excluded.append(value)
        elif letter:
            self.values[letter] = value

    def excludes(self, name: str) -> bool:
        """Tell whether --exclude names a member, or a folder above it."""
        from fnmatch import fnmatchcase

        parts = name.split("/")
        return any(fnmatchcase("/".join(parts[begin:end]), pattern) for pattern in self.excluded
                   for begin in range(len(parts)) for end in range(begin + 1, len(parts) + 1))


def tar(process: Process) -> int | None:
    """tar -c|-x|-t [-f FILE] [-C FOLDER] [NAME...]"""
    state = process.memory
    if state is None:
        state = process.memory = {"in": bytearray(), "out": None, "status": 0}
    if state["out"] is None:
        try:
            options = Options(process.argv)
            work = Tar(process, options)
            if "c" in options.letters and not set("xt") & set(options.letters):
                state["out"], state["status"] = work.create()
            else:
                data = _archive(process, options, state["in"])
                if data is None:
                    return None
                state["out"], state["status"] = work.unpack(data)
            state["in"] = None
        except Failed as failed:
            process.complain(str(failed))
            return 2 if process.space.shell != "ash" else 1
    at = state.setdefault("at", 0)
    while at < len(state["out"]):
        if process.choked():
            state["at"] = at
            return None
        process.write(state["out"][at:at + PART])
        at += PART
    return int(state["status"])


def _archive(process: Process, options: Options, come: bytearray) -> bytes | None:
    """Return the archive that is to be read, None where more of it has to come by stdin."""
    if not set("xt") & set(options.letters):
        raise Failed("must specify exactly one of -c, -x or -t" if process.space.shell == "ash" else
                     "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n"
                     "Try 'tar --help' or 'tar --usage' for more information.")
    name = options.values.get("f", "-")
    if name != "-":
        try:
            data = process.read_file(name)
        except Errno as error:
            raise Failed(f"can't open '{name}': {error.message}" if process.space.shell == "ash" else
                         f"{name}: Cannot open: {error.message}{_FATAL}") from None
    else:
        while (part := process.read(0)) != b"":
            if part is None:
                return None
            come += part
            if len(come) > MOST:
                raise Exhausted("memory")
        data = bytes(come)
    if data[:2] == b"\x1f\x8b":
        opened = zlib.decompressobj(31)
        try:
            data = opened.decompress(data, MOST)
        except zlib.error:
            raise Failed("corrupted data" if process.space.shell == "ash" else
                         f"Child returned status 1{_FATAL}") from None
        if opened.unconsumed_tail:
            raise Exhausted("memory")
    return data


class Tar:
    """One run: what goes wrong is told, and the run goes on."""

    def __init__(self, process: Process, options: Options):
        self.process, self.options = process, options
        self.busybox = process.space.shell == "ash"
        self.status = 0
        self._told: set[str] = set()
        self._inodes: dict[int, str] = {}

    def _complain(self, gnu: str, busybox: str = "") -> None:
        self.process.complain(busybox if self.busybox and busybox else gnu)
        self.status = 1 if self.busybox else 2

    def _end(self) -> int:
        if self.status:
            self.process.complain("error exit delayed from previous errors" if self.busybox else
                                  "Exiting with failure status due to previous errors")
        return self.status

    def _folder(self, folder: str) -> str:
        """Return the path of a folder that -C names."""
        process = self.process
        path = folder if folder[:1] == "/" else f"{process.cwd.rstrip('/')}/{folder}"
        try:
            inode = process.space.tree.lookup(path, "/", process.user).inode
            if inode is not None and inode.kind != FOLDER:
                raise Errno("ENOTDIR")
        except Errno as error:
            raise Failed(f"can't change directory to '{folder}': {error.message}" if self.busybox else
                         f"{folder}: Cannot open: {error.message}{_FATAL}") from None
        return path

    def _member(self, name: str) -> str:
        """Return a name as it stands in an archive, without what leads out of a folder."""
        if "P" in self.options.letters:
            return name
        kept = name
        while kept[:1] == "/" or kept[:3] == "../":
            kept = kept.lstrip("/") if kept[:1] == "/" else kept[3:]
        removed = name[:len(name) - len(kept)]
        if removed and removed not in self._told:
            self._told.add(removed)
            self.process.complain(f"removing leading '{removed}' from member names" if self.busybox else
                                  f"Removing leading `{removed}' from member names")
        return kept

    # Creating

    def create(self) -> tuple[bytes, int]:
        """Return an archive, or write it to its file; and the exit code."""
        import tarfile

        options, process = self.options, self.process
        names = list(options.names)
        if "T" in options.values:
            text = process.read_file(options.values["T"]).decode("utf-8", "surrogateescape")
            names += [(options.folder, line) for line in text.split("\n") if line]
        if not names:
            raise Failed("empty archive" if self.busybox else "Cowardly refusing to create an empty archive\nTry "
                         "'tar --help' or 'tar --usage' for more information.")
        buffer = io.BytesIO()
        verbose: list[str] = []
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8",
                          errors="surrogateescape") as archive:
            for folder, name in names:
                self._add(archive, self._folder(folder) if folder else process.cwd, name, verbose)
        data = buffer.getvalue()
        if "z" in options.letters:
            packed = zlib.compressobj(6, zlib.DEFLATED, 31)
            data = packed.compress(data) + packed.flush()
        said = "".join(verbose).encode("utf-8", "surrogateescape")
        out = options.values.get("f", "-")
        if out == "-":
            if said:
                process.write(said, 2)
            return data, self._end()
        try:
            process.open(out, "w").write(process.kernel, data)
        except Errno as error:
            raise Failed(f"can't open '{out}': {error.message}" if self.busybox else
                         f"{out}: Cannot open: {error.message}{_FATAL}") from None
        return said, self._end()

    def _add(self, archive: tarfile.TarFile, folder: str, name: str, verbose: list[str]) -> None:
        tree, user = self.process.space.tree, self.process.user
        path = name if name[:1] == "/" else f"{folder.rstrip('/')}/{name}"
        try:
            place = tree.lookup(path.rstrip("/") or "/", "/", user, "h" in self.options.letters)
        except Errno as error:
            self._complain(f"{name}: Cannot stat: {error.message}", f"{name}: {error.message}")
            return
        for at, inode in self._walk(place):
            rest = at[len(place.path):]
            member = self._member(name.rstrip("/") + rest if rest else name) or "."
            if self.options.excludes(member.rstrip("/")):
                continue
            self._put(archive, inode, member, name.rstrip("/") + rest)
            if "v" in self.options.letters:
                verbose.append(f"{name.rstrip('/')}{rest}{'/' if inode.kind == FOLDER else ''}\n")

    def _walk(self, place: Place) -> Iterator[tuple[str, Inode]]:
        assert place.inode is not None
        yield place.path, place.inode
        if place.inode.kind != FOLDER:
            return
        tree, user = self.process.space.tree, self.process.user
        if not place.inode.allows(user, READ):
            self._complain(f"{place.path}: Cannot open: Permission denied",
                           f"can't open '{place.path}': Permission denied")
            return
        for name in tree.entries(place):
            yield from self._walk(tree.lookup(f"{place.path.rstrip('/')}/{name}", "/", user, False))

    def _put(self, archive: tarfile.TarFile, inode: Inode, member: str, told: str) -> None:
        import tarfile

        from ..accounts import names

        info = tarfile.TarInfo(member.rstrip("/"))
        info.mode, info.uid, info.gid, info.mtime = inode.mode & 0o7777, inode.uid, inode.gid, int(inode.mtime)
        info.uname = names(self.process, "passwd").get(inode.uid, "")
        info.gname = names(self.process, "group").get(inode.gid, "")
        data = b""
        if inode.kind == FOLDER:
            info.type = tarfile.DIRTYPE
        elif inode.kind == LINK:
            info.type, info.linkname = tarfile.SYMTYPE, inode.target
        elif inode.kind != FILE:
            return  # a device, or what the kernel makes up
        elif inode.links > 1 and id(inode) in self._inodes:
            info.type, info.linkname = tarfile.LNKTYPE, self._inodes[id(inode)]
        elif not inode.allows(self.process.user, READ):
            self._complain(f"{told}: Cannot open: Permission denied", f"can't open '{told}': Permission denied")
            return
        else:
            data, info.size = bytes(inode.data), len(inode.data)
            self._inodes[id(inode)] = info.name
        self.process.work(2 + (len(data) >> 10))
        if archive.offset + len(data) > MOST:
            raise Exhausted("memory")
        archive.addfile(info, io.BytesIO(data))

    # Reading

    def unpack(self, data: bytes) -> tuple[bytes, int]:
        """List an archive or extract it; return what to say, and the exit code."""
        import tarfile

        options, process = self.options, self.process
        folder = self._folder(options.folder) if options.folder else process.cwd
        wanted = [name.rstrip("/") for _, name in options.names]
        found: set[str] = set()
        said: list[bytes] = []
        strip = int(options.values.get("s") or 0)
        try:
            archive: Any = tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8",  # noqa: SIM115
                                   errors="surrogateescape") if data else []
            for info in archive:
                chosen = [name for name in wanted if info.name == name or info.name.startswith(name + "/")]
                found.update(chosen)
                if (wanted and not chosen) or options.excludes(info.name):
                    continue
                content = archive.extractfile(info) if info.isreg() else None
                self._take(info, content.read() if content is not None else b"", folder, strip, said)
        except tarfile.TarError:
            said.clear()
            self._complain("This does not look like a tar archive", "invalid tar magic")
        for name in wanted:
            if name not in found:
                self._complain(f"{name}: Not found in archive", f"{name}: not found in archive")
        return b"".join(said), self._end() if not (self.busybox and not data) else self._short()

    def _short(self) -> int:
        return self.process.complain("short read")

    def _take(self, info: tarfile.TarInfo, content: bytes, folder: str, strip: int, said: list[bytes]) -> None:
        letters, listed = self.options.letters, "x" not in self.options.letters
        self.process.work(4 + (len(content) >> 10))
        name = info.name + ("/" if info.isdir() else "")
        if listed or "v" in letters:
            line = _long_line(info, name) if listed and "v" in letters else name
            said.append(line.encode("utf-8", "surrogateescape") + b"\n")
        if listed:
            return
        if "O" in letters:
            said.append(content)
            return
        member = self._member(info.name)
        member = "/".join(member.split("/")[strip:]) if strip else member
        if not member or ".." in member.split("/"):
            if member:
                self._complain(f"{info.name}: Member name contains '..'", f"name with '..' skipped: '{info.name}'")
            return
        path = member if member[:1] == "/" else f"{folder.rstrip('/')}/{member}"
        try:
            self._write(info, content, path, folder)
        except Errno as error:
            if self.busybox:
                what = "can't create directory" if info.isdir() else "can't open"
                raise Failed(f"{what} '{member}': {error.message}") from None
            self._complain(f"{member}: Cannot {'mkdir' if info.isdir() else 'open'}: {error.message}")

    def _write(self, info: tarfile.TarInfo, content: bytes, path: str, folder: str) -> None:
        process, letters = self.process, self.options.letters
        tree, user, now = process.space.tree, process.user, process.kernel.now
        self._make_folders(path.rpartition("/")[0])
        place = tree.find(path, "/", user, follow=False)
        if place.inode is not None and place.inode.kind != FOLDER:
            if "k" in letters:
                raise Errno("EEXIST")
            tree.remove(place, user, now)
            place = tree.find(path, "/", user, follow=False)
        mode = info.mode & 0o7777
        if (user.uid and "p" not in letters) or "-" in letters:
            mode &= 0o777 & ~process.umask
        if info.isdir():
            if place.inode is None:
                tree.create(place, FOLDER, mode, user, now)
            elif place.inode.kind != FOLDER:
                raise Errno("EEXIST")
        elif place.inode is not None:
            raise Errno("EEXIST")
        elif info.issym():
            tree.create(place, LINK, 0o777, user, now, info.linkname)
        elif info.islnk():
            source = tree.lookup(f"{folder.rstrip('/')}/{info.linkname.lstrip('/')}", "/", user, False).inode
            assert source is not None
            tree.link(source, place, user, now)
            return
        elif info.isreg():
            tree.create(place, FILE, mode, user, now).write(0, content, now)
        else:
            return
        inode = place.inode
        assert inode is not None
        if not info.issym():
            inode.mode = mode
        if not user.uid and "o" not in letters:
            inode.uid, inode.gid = self._owner(info)
        if "m" not in letters:
            inode.mtime = float(info.mtime)

    def _make_folders(self, path: str) -> None:
        tree, process = self.process.space.tree, self.process
        at = ""
        for name in path.split("/"):
            if name:
                at += f"/{name}"
                place = tree.find(at, "/", process.user)
                if place.inode is None:
                    tree.create(place, FOLDER, 0o777 & ~process.umask, process.user, process.kernel.now)

    def _owner(self, info: tarfile.TarInfo) -> tuple[int, int]:
        """Return whose a file is to be: the user and group of those names here, else those of the numbers."""
        from ..accounts import names

        users = {name: number for number, name in names(self.process, "passwd").items()}
        groups = {name: number for number, name in names(self.process, "group").items()}
        return users.get(info.uname, info.uid), groups.get(info.gname, info.gid)


def _long_line(info: tarfile.TarInfo, name: str) -> str:
    """Return what `tar -tv` tells of a member."""
    from ..dates import strftime

    kind = "d" if info.isdir() else "l" if info.issym() else "h" if info.islnk() else "-"
    bits = "".join(letter if info.mode >> (8 - number) & 1 else "-" for number, letter in enumerate("rwxrwxrwx"))
    owner = f"{info.uname or info.uid}/{info.gname or info.gid}"
    size = str(info.size)
    link = f" -> {info.linkname}" if info.issym() else f" link to {info.linkname}" if info.islnk() else ""
    when = strftime("%Y-%m-%d %H:%M", info.mtime)
    return f"{kind}{bits} {owner} {size:>{max(1, 18 - len(owner))}} {when} {name}{link}"


PROGRAMS = {"tar": tar}
