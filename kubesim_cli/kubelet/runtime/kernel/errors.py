"""What a system call answers when it fails."""

from __future__ import annotations

MESSAGES = {
    "EACCES": "Permission denied", "EADDRINUSE": "Address already in use", "ECONNREFUSED": "Connection refused",
    "EHOSTUNREACH": "No route to host", "ENETUNREACH": "Network is unreachable", "ETIMEDOUT": "Connection timed out",
    "EAGAIN": "Resource temporarily unavailable", "EBADF": "Bad file descriptor",
    "EBUSY": "Device or resource busy", "EEXIST": "File exists", "EINVAL": "Invalid argument",
    "EISDIR": "Is a directory", "ELOOP": "Too many levels of symbolic links", "ENOENT": "No such file or directory",
    "ENOEXEC": "Exec format error", "ENOSPC": "No space left on device", "ENOTDIR": "Not a directory",
    "ENOTEMPTY": "Directory not empty", "ENXIO": "No such device or address", "EPERM": "Operation not permitted",
    "EPIPE": "Broken pipe",
    "EROFS": "Read-only file system", "ESRCH": "No such process", "EXDEV": "Invalid cross-device link",
}


class Errno(Exception):
    """A system call failed; `name` is that of errno(3), `message` what strerror(3) says of it."""

    def __init__(self, name: str):
        super().__init__(MESSAGES[name])
        self.name, self.message = name, MESSAGES[name]


class Blocked(Exception):
    """A process has to wait, as its `wait` was told, and then does the same again."""


class Exhausted(Exception):
    """A process has used up what one may: `what` is steps, output or memory. The kernel kills it."""

    def __init__(self, what: str):
        super().__init__(what)
        self.what = what
