"""What keeps programs from writing outside of folders, and from the network: Linux's Landlock, which they and what they
start cannot leave; and from going on when who has started them is gone.

The numbers are those of linux/landlock.h and linux/prctl.h. Where the system has none of it, programs are as free as
before.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # of all architectures
_ASK_VERSION, _PATH_BENEATH, _NET_PORT, _NO_NEW_PRIVILEGES, _PARENT_DEATH_SIGNAL = 1, 1, 2, 38, 1
_WRITE_FILE, _TRUNCATE, _REFER, _DEVICE_CONTROL = 1 << 1, 1 << 14, 1 << 13, 1 << 15
_CONNECT = 1 << 1  # TCP
_CHANGE_FOLDERS = sum(1 << bit for bit in range(4, 13))  # remove and make what is in them
_SCOPES = 1 << 0 | 1 << 1  # abstract sockets and signals: of none but those of the same confinement
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty")
_WEB = (53, 80, 443)  # where names are asked for and manifests fetched


def version() -> int:
    """Return how much of Landlock the system has, 0 where it has too little: the first could not move files."""
    if not sys.platform.startswith("linux"):
        return 0
    found = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    return found if found >= 2 else 0


def confine(folders: Iterable[str], ports: Iterable[int] | None = None) -> None:
    """Have this process, for good, change files in these folders alone, and control no device but a terminal of its
    own (since version 5); since version 4 connect by TCP to these ports alone, to any where there are none given; since
    version 6 signal no process, nor reach an abstract socket, that is not of its own. What Landlock knows nothing of it
    may do: modes, owners and times of files, sockets in folders, UDP. Raises OSError where the system has Landlock and
    refuses."""
    newest = version()
    if not newest:
        return
    libc = _libc()
    files = _WRITE_FILE | (_TRUNCATE if newest >= 3 else 0) | (_DEVICE_CONTROL if newest >= 5 else 0)
    every = files | _CHANGE_FOLDERS | _REFER
    net = _CONNECT if ports is not None and newest >= 4 else 0
    handled = struct.pack("=QQQ", every, net, _SCOPES)[:24 if newest >= 6 else 16 if newest >= 4 else 8]
    ruleset = _checked(libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0)))

    def allow(kind: int, rule: bytes) -> None:
        _checked(libc.syscall(_ADD_RULE, ruleset, kind, rule, ctypes.c_uint32(0)))

    for path, allowed in [*((folder, every) for folder in folders), *((device, files) for device in _DEVICES)]:
        if not os.path.exists(path):
            continue
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allow(_PATH_BENEATH, struct.pack("=Qi", allowed, place))
        os.close(place)
    for port in {*(ports or ())} if net else ():
        allow(_NET_PORT, struct.pack("=QQ", net, port))
    _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)))
    os.close(ruleset)


def end_with(parent: int) -> None:
    """Have this process end when its parent, the process of this id, does, be it by SIGKILL; on Linux alone."""
    if sys.platform.startswith("linux"):
        _checked(_libc().prctl(_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0))
        if os.getppid() != parent:  # it was faster
            os._exit(1)


def web_ports(environ: Mapping[str, str]) -> list[int]:
    """Return the ports by which manifests come: the web's own, and those of the proxies that variables name."""
    found = list(_WEB)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        for proxy in (environ.get(name), environ.get(name.upper())):
            if proxy and (port := re.search(r":(\d{1,5})/?$", proxy)) and int(port[1]) < 1 << 16:
                found.append(int(port[1]))
    return found


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "Landlock")
    return result
