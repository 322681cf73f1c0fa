"""Package managers: apt-get, apk, dnf. What they install is there afterwards, with the programs that its package has.

There is no network behind them: what a package has is told here, of others it is taken that it has a program of its
name. They take some simulated seconds.
"""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import ROOT
from . import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program

TAKES = 2.0  # seconds of a call
# Programs of packages, by the names that distributions give those.
_PROGRAMS = {
    "procps": "ps top free uptime pgrep pkill pidof vmstat w watch sysctl",
    "procps-ng": "ps top free uptime pgrep pkill", "iputils-ping": "ping", "iputils": "ping tracepath",
    "inetutils-ping": "ping", "net-tools": "ifconfig netstat route arp", "dnsutils": "dig nslookup host",
    "bind9-dnsutils": "dig nslookup host", "bind-tools": "dig nslookup host", "bind-utils": "dig nslookup host",
    "bind9-host": "host", "iproute2": "ip ss", "iproute": "ip ss", "netcat-openbsd": "nc",
    "netcat-traditional": "nc", "netcat": "nc", "nmap-ncat": "ncat nc", "busybox-extras": "telnet",
    "inetutils-telnet": "telnet", "vim": "vim vi", "vim-tiny": "vi", "psmisc": "killall pstree fuser",
    "default-mysql-client": "mysql mysqladmin mysqldump", "mysql-client": "mysql mysqladmin mysqldump",
    "mariadb-client": "mariadb mysql mariadb-admin mysqladmin mariadb-dump mysqldump", "mysql": "mysql mysqladmin",
    "postgresql-client": "psql pg_isready pg_dump", "redis-tools": "redis-cli redis-benchmark",
    "redis": "redis-cli redis-server", "python3": "python3", "python3-pip": "pip3 python3", "nodejs": "node",
    "openssh-client": "ssh scp", "xz-utils": "xz", "util-linux": "uuidgen lsblk setsid", "coreutils": "",
    "ca-certificates": "update-ca-certificates", "gnupg": "gpg", "bash-completion": "", "tzdata": "",
    "apt-transport-https": "", "stress-ng": "stress-ng", "apache2-utils": "ab htpasswd",
    "build-essential": "gcc g++ make", "nginx": "nginx", "apache2": "apache2 apachectl",
    "inotify-tools": "inotifywait",
    "amqp-tools": "amqp-declare-queue amqp-delete-queue amqp-publish amqp-consume amqp-get"}
_LISTS = "/var/lib/apt/lists/index"
_LOCK = "/var/lib/dpkg/lock-frontend"
_APT = {"install", "update", "upgrade", "dist-upgrade", "remove", "purge", "autoremove", "clean", "autoclean"}


def _over(process: Process) -> bool:
    """Begin to work, or tell whether that is done."""
    if process.memory is None:
        process.memory = process.kernel.now + TAKES
    if process.kernel.now < process.memory:
        process.wait(until=process.memory)
        return False
    return True


def _words(process: Process) -> list[str]:
    """Return the arguments that are no options, without the versions of packages."""
    return [word.partition("=")[0].partition(">")[0] for word in process.argv[1:] if not word.startswith("-")]


def _has(process: Process, path: str) -> bool:
    try:
        return process.space.tree.find(path, "/", ROOT).inode is not None
    except Errno:
        return False


def _install(process: Process, packages: list[str], database: str) -> list[str]:
    """Put the programs of packages in their places; return those packages that were not there."""
    tree, now = process.space.tree, process.kernel.now
    new = [package for package in dict.fromkeys(packages) if not _has(process, f"{database}/{package}.list")]
    for package in new:
        tree.put(f"{database}/{package}.list", b"", now=now)
        for name in _PROGRAMS.get(package, package).split():
            if tree.which(ROOT, "/", None, name) is None:
                tree.put(f"/{'' if name == 'bash' else 'usr/'}bin/{name}", MARK + name.encode(), 0o755, now=now)
    return new


def _apt(process: Process) -> int | None:
    """apt-get update|install PACKAGE...: an image has no lists of packages before the first update."""
    words = _words(process)
    command, packages = (words[0], words[1:]) if words else ("", [])
    if command not in _APT:
        return 0
    if process.user.uid:
        process.write(f"E: Could not open lock file {_LOCK} - open (13: Permission denied)\n"
                      f"E: Unable to acquire the dpkg frontend lock ({_LOCK}), are you root?\n", 2)
        return 100
    if not _over(process):
        return None
    if command == "update":
        process.space.tree.put(_LISTS, b"", now=process.kernel.now)
        process.write("Hit:1 http://deb.debian.org/debian stable InRelease\nReading package lists...\n")
        return 0
    process.write("Reading package lists...\nBuilding dependency tree...\nReading state information...\n")
    if command != "install":
        process.write("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
        return 0
    if packages and not _has(process, _LISTS):
        process.write("".join(f"E: Unable to locate package {package}\n" for package in packages), 2)
        return 100
    new = _install(process, packages, "/var/lib/dpkg/info")
    if new:
        process.write(f"The following NEW packages will be installed:\n  {' '.join(sorted(new))}\n")
    process.write(f"0 upgraded, {len(new)} newly installed, 0 to remove and 0 not upgraded.\n")
    process.write("".join(f"Selecting previously unselected package {package}.\nSetting up {package} ...\n"
                          for package in new))
    return 0


def _apk(process: Process) -> int | None:
    """apk add PACKAGE..."""
    words = _words(process)
    command, packages = (words[0], words[1:]) if words else ("", [])
    if command not in ("add", "update", "upgrade", "del"):
        return 0
    if process.user.uid:
        process.write("ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: "
                      "Permission denied\n", 2)
        return 99
    if not _over(process):
        return None
    process.write("".join(f"fetch https://dl-cdn.alpinelinux.org/alpine/v3.22/{part}/x86_64/APKINDEX.tar.gz\n"
                          for part in ("main", "community")))
    new = _install(process, packages, "/lib/apk/db") if command == "add" else []
    process.write("".join(f"({i}/{len(new)}) Installing {package}\n" for i, package in enumerate(new, 1)))
    process.write("OK: 10 MiB in 20 packages\n")
    return 0


def _dnf(process: Process) -> int | None:
    """dnf, yum or microdnf install PACKAGE..."""
    words = _words(process)
    command, packages = (words[0], words[1:]) if words else ("", [])
    if command not in ("install", "update", "upgrade", "makecache", "remove", "clean"):
        return 0
    if process.user.uid:
        process.write("Error: This command has to be run with superuser privileges (under the root user on most "
                      "systems).\n", 2)
        return 1
    if not _over(process):
        return None
    new = _install(process, packages, "/var/lib/rpm") if command == "install" else []
    process.write("Installed:\n" + "".join(f"  {package}\n" for package in new) + "\nComplete!\n" if new else
                  "Nothing to do.\nComplete!\n")
    return 0


PROGRAMS: dict[str, Program] = {"apt-get": _apt, "apt": _apt, "apk": _apk, "dnf": _dnf, "yum": _dnf, "microdnf": _dnf}
