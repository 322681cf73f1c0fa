"""kubectl cp (pkg/cmd/cp): files go through a tar in the container, by exec."""

from __future__ import annotations

import os
import posixpath

from ..go.fmt import quote
from .failures import Failure
from .util import podcmd, remotecommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile

    from .context import Context

_FORMAT = "filespec must match the canonical format: [[namespace/]pod:]file/path"
MOST_TRIES = 1000  # of those who want to try for ever


class Spec:
    """A file on one side: with a `pod` it is in a container, else it is local. `path` has no slash at its end."""

    def __init__(self, text: str):
        pod, colon, path = text.partition(":")
        parts = pod.split("/")
        if colon and (not pod or len(parts) > 2):
            raise Failure(_FORMAT)
        self.namespace, self.pod = (parts[0] if len(parts) == 2 else "", parts[-1]) if colon else ("", "")
        self.path = _stripped(path if colon else text).replace("\\", "/") if colon else _stripped(text)


def run(ctx: Context) -> None:
    """kubectl cp SOURCE DESTINATION, one of them [[NAMESPACE/]POD:]PATH"""
    if len(ctx.args) != 2:
        raise Failure("source and destination are required")
    source, target = Spec(ctx.args[0]), Spec(ctx.args[1])
    if source.pod and target.pod:
        raise Failure("one of src or dest must be a local file specification")
    if not source.path or not target.path:
        raise Failure("filepath can not be empty")
    if source.pod:
        _from_pod(ctx, source, target)
    elif target.pod:
        _to_pod(ctx, source, target)
    else:
        raise Failure("one of src or dest must be a remote file specification")


def _stripped(path: str) -> str:
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


class Remote:
    """Runs programs in the container that a Spec means."""

    def __init__(self, ctx: Context, spec: Spec):
        self.ctx, self.spec = ctx, spec

    def run(self, argv: list[str], stdin: bytes | None = None, quiet: bool = False) -> tuple[bytes, bytes, int]:
        """Run a program to its end; return (stdout, stderr, exit code). Raises StatusError or Failure.

        What is said of a container that was not named stands in stderr.
        """
        ctx, spec = self.ctx, self.spec
        pod = ctx.client.get("pods", spec.pod, spec.namespace or ctx.namespace)
        podcmd.refuse_completed(pod, "exec into")
        name = ctx.flags["container"]
        noted: list[str] = []
        container = podcmd.container_of(ctx, pod, name, quiet, tell=noted.append)["name"]
        remotecommand.connect(ctx, pod, "exec")
        out, err, code = remotecommand.finish(ctx, lambda: ctx.cluster.exec(
            pod, container, argv, stdin=stdin is not None), stdin)
        return out, "".join(noted).encode() + err, code


def _ended(code: int) -> Failure:
    return Failure(f"command terminated with exit code {code}", code, prefix="")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


# To a container

def _to_pod(ctx: Context, source: Spec, target: Spec) -> None:
    if not os.path.exists(source.path):
        raise Failure(f"{source.path} doesn't exist in local filesystem")
    remote, path = Remote(ctx, target), target.path
    if _is_folder(remote, path):
        path = posixpath.join(path, os.path.basename(os.path.normpath(source.path)))
    try:
        data = _packed(source.path, posixpath.basename(posixpath.normpath(path)))
    except OSError as error:
        raise _told("open", error) from None
    argv = ["tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-"] if ctx.flags["no-preserve"] else \
        ["tar", "-xmf", "-"]
    out, err, code = remote.run([*argv, "-C", posixpath.dirname(posixpath.normpath(path)) or "."], data)
    ctx.out(_text(out))
    ctx.err(_text(err))
    if code:
        raise _ended(code)


def _is_folder(remote: Remote, path: str) -> bool:
    from ..machinery.errors import StatusError

    try:
        return remote.run(["test", "-d", path], quiet=True)[2] == 0
    except (Failure, StatusError):
        return False  # what is wrong shows when the files are sent


def _packed(path: str, name: str) -> bytes:
    """Return a local file or folder as an archive in which it is called `name` (makeTar); raises OSError."""
    import io
    import tarfile

    from ..go.filepath import BadPattern, has_magic
    from ..machinery.files import HOST

    made = io.BytesIO()
    whole = os.path.normpath(path)
    try:
        found = HOST.matches(whole) if has_magic(whole) else [whole]
    except BadPattern as why:
        raise Failure(str(why)) from None
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for each in found:
            _add(archive, each, name)
    return made.getvalue()


def _add(archive: tarfile.TarFile, path: str, name: str) -> None:
    info = archive.gettarinfo(path, name)
    if info is None:  # a socket, which archives do not have
        raise OSError(0, "sockets not supported", path)
    info.type = b"0" if info.islnk() else info.type
    if info.isdir():
        entries = sorted(os.listdir(path))
        if not entries:
            archive.addfile(info)
        for entry in entries:
            _add(archive, os.path.join(path, entry), f"{name}/{entry}")
    elif info.isreg():
        with open(path, "rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            archive.addfile(info, file)
    else:
        archive.addfile(info)


def _told(what: str, error: OSError) -> Failure:
    """Tell an error of the system in Go's words."""
    return Failure(f"{what} {error.filename}: {(error.strerror or str(error)).lower()}")


# From a container

def _from_pod(ctx: Context, source: Spec, target: Spec) -> None:
    data = _fetched(ctx, source)
    prefix = _without_shortcuts(posixpath.normpath(source.path.lstrip("/\\") or "."))
    try:
        Unpacking(ctx, source, target.path, prefix).unpack(data)
    except OSError as error:
        raise _told("mkdir" if isinstance(error, (FileExistsError, NotADirectoryError)) else "open", error) from None


def _fetched(ctx: Context, source: Spec) -> bytes:
    """Return the archive that the container's tar makes; with --retries it goes on where it was cut off."""
    remote, tries, data = Remote(ctx, source), ctx.flags["retries"], b""
    if not tries:
        data, err, code = remote.run(["tar", "cf", "-", source.path])
        ctx.out(_text(err))
        if code:
            raise _ended(code)
        return data
    path = source.path.replace("'", "'\\''")
    for number in range(tries + 1 if tries > 0 else MOST_TRIES):
        if number:
            ctx.out(f"Resuming copy at {len(data)} bytes, retry {number}/{tries}\n")
        begin = len(data) + 1 if number else 0
        part, err, code = remote.run(["sh", "-c", f"tar cf - '{path}' | tail -c+{begin}"])
        ctx.out(_text(err))
        if code:
            raise _ended(code)
        data += part
        if data.endswith(bytes(1024)):
            return data
    ctx.out(f"Dropping out copy after {tries if tries > 0 else MOST_TRIES} retries\n")
    return data


def _without_shortcuts(path: str) -> str:
    while path.startswith("../"):
        path = path[3:]
    return "" if path in (".", "..") else path.removeprefix("/")


class Unpacking:
    """Writes the files of an archive from a container below a local path (untarAll)."""

    def __init__(self, ctx: Context, source: Spec, target: str, prefix: str):
        self.ctx, self.source, self.target, self.prefix = ctx, source, target, prefix
        self._warned = False

    def unpack(self, data: bytes) -> None:
        """Write all of them. Raises Failure, or OSError."""
        import io
        import tarfile

        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape") as archive:
                for info in archive:
                    name = info.name + ("/" if info.isdir() else "")
                    if not name.startswith(self.prefix):
                        raise Failure("tar contents corrupted")
                    self._write(archive, info, name[len(self.prefix):])
        except tarfile.TarError:
            if data.strip(b"\0"):
                raise Failure("unexpected EOF") from None

    def _write(self, archive: tarfile.TarFile, info: tarfile.TarInfo, rest: str) -> None:
        path = _stripped(os.path.normpath(f"{self.target}/{_stripped(rest)}"))
        if not _is_below(self.target, path):
            self.ctx.err(f"warning: file {quote(path)} is outside target destination, skipping\n")
            return
        os.makedirs(os.path.dirname(path) or ".", 0o755, exist_ok=True)
        if info.isdir():
            os.makedirs(path, 0o755, exist_ok=True)
        elif info.issym():
            self._skip(path, info.linkname)
        else:
            content = archive.extractfile(info)
            with open(path, "wb") as file:
                if content is not None:
                    file.write(content.read())

    def _skip(self, path: str, link: str) -> None:
        source, instead = self.source, ""
        if not self._warned:
            instead = (f' (consider using "kubectl exec -n {quote(source.namespace)} {quote(source.pod)} -- tar cf - '
                       f'{quote(source.path)} | tar xf -")')
            self._warned = True
        self.ctx.err(f"warning: skipping symlink: {quote(path)} -> {quote(link)}{instead}\n")


def _is_below(folder: str, path: str) -> bool:
    """Tell whether a path is a folder or in it (isRelative)."""
    relative = os.path.relpath(path, folder)
    return relative == "." or relative == _without_shortcuts(relative)
