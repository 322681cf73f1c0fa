"""The programs that containers find: which there are, where, and what plays each.

A program's file begins with an ELF mark and its name, so that it can be copied, linked and removed as any file. What
plays it is a function of a process (kernel/process.py), found here by that name and imported when it is first run.
"""

from __future__ import annotations

from ....machinery.modules import import_module
from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.files import Tree, User
    from ..kernel.process import Process, Program

MARK = b"\x7fELF:"
APPLET = "busybox "  # before the name of an applet whose arguments busybox looks at first
SERVER = "@server"  # what plays programs that only an image's description tells of
OWN = {
    "archive": ("tar",),
    "shells": ("sh", "ash", "bash", "dash"),
    "streams": ("cat", "head", "tail", "tee", "yes", "seq", "dd"),
    "times": ("sleep", "timeout", "date", "uptime"),
    "processes": ("env", "nohup", "nice", "printenv", "xargs", "pidof", "setsid", "stdbuf", "time",
                  "busybox"),
    "ps": ("ps",),
    "listing": ("ls", "stat"),
    "permissions": ("chmod", "chown", "chgrp"),
    "changes": ("cp", "install", "ln", "mkdir", "mktemp", "mv", "readlink", "realpath", "rm",
                "rmdir", "touch", "truncate"),
    "identity": ("arch", "free", "groups", "hostname", "id", "mount", "nproc", "stty", "sync", "tty", "uname",
                 "whoami"),
    "diskfree": ("df",),
    "differences": ("diff",),
    "curl": ("curl",),
    "wget": ("wget",),
    "netcat": ("nc", "ncat", "netcat", "telnet"),
    "dns": ("dig", "getent", "host", "nslookup"),
    "web.nginx": ("nginx",),
    "web.simple": ("echoserver", "hello-app", "hpa-example", "http-echo", "serve_hostname", "whoami-server"),
    "web.httpbin": ("httpbin",),
    "web.agnhost": ("agnhost",),
    "web.apache": ("apache2", "apache2-foreground", "httpd", "httpd-foreground"),
    "daemons": (SERVER,),
    "finding": ("which", "pgrep", "pkill", "killall"),
    "packages": ("apt", "apt-get", "apk", "dnf", "yum", "microdnf"),
    "kubectl": ("kubectl",),
    "wrappers": ("chrt", "dumb-init", "gosu", "ionice", "linux32", "linux64", "setarch", "setuidgid", "su",
                 "su-exec", "taskset", "tini", "tini-static", "watch"),
    "locking": ("flock",),
    "openssl": ("htpasswd", "openssl"),
    "shadow": ("groupadd", "groupdel", "useradd", "userdel", "usermod"),
    "users": ("addgroup", "adduser", "chpasswd", "delgroup", "deluser", "passwd"),
    "nodes": ("mkfifo", "mknod"),
    "sundry": ("cal", "clear", "crontab", "dir", "dmesg", "dos2unix", "dpkg", "hostid", "last", "link", "logger",
               "logname", "mountpoint", "reset", "sysctl", "umount", "unix2dos", "unlink", "users", "usleep", "vdir",
               "w", "who"),
    "top": ("top",),
    "chance": ("shuf", "uuidgen"),
    "ping": ("ping", "traceroute"),
    "interfaces": ("ifconfig", "ip", "netstat", "route", "ss"),
    "languages": ("node", "perl", "php", "python", "python3", "ruby"),
    ".databases.mysqld": ("mysqld", "mariadbd"),
    ".databases.mysqlclient": ("mysql", "mariadb"),
    ".databases.mysqltools": ("mysqladmin", "mysqldump", "mariadb-admin", "mariadb-dump"),
    ".databases.postgresd": ("postgres",),
    ".databases.psql": ("psql",),
    ".databases.pgtools": ("pg_isready", "createdb", "dropdb", "createuser", "dropuser", "pg_dump",
                           "pg_dumpall"),
    ".databases.redisserver": ("redis-server",),
    ".databases.rediscli": ("redis-cli",),
    ".databases.xtrabackup": ("xtrabackup", "innobackupex", "xbstream"),
    ".databases.zookeeper": ("zkServer.sh", "zkCli.sh"),
    ".databases.memcached": ("memcached",),
    ".databases.rabbitmq": ("rabbitmq-server",),
    ".databases.rabbitmqctl": ("rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-plugins", "rabbitmqadmin"),
    ".databases.amqptools": ("amqp-declare-queue", "amqp-delete-queue", "amqp-publish", "amqp-consume", "amqp-get"),
    ".databases.mongod": ("mongod",),
    ".databases.mongosh": ("mongosh", "mongo"),
    ".databases.cassandra": ("cassandra", "nodetool"),
    ".databases.cqlsh": ("cqlsh",),
    "shellish": ("echo", "printf", "true", "false", "test", "[", "pwd", "kill"),
}
_MODULES = {name: module for module, names in OWN.items() for name in names}
_loaded: dict[str, Program] = {}


def names() -> list[str]:
    """Return all programs that are played by name."""
    from .text import SPECS

    return sorted({*_MODULES, *SPECS} - {SERVER})


def is_played(name: str) -> bool:
    """Tell whether there is anything that plays a program."""
    if name in _MODULES:
        return True
    from .text import SPECS

    return name in SPECS


def program(name: str) -> Program:
    """Return what plays a program."""
    found = _loaded.get(name)
    if found is None and name.startswith(APPLET):
        found = applet(name[len(APPLET):])
    if found is None:
        where = _MODULES.get(name, "text") if is_played(name) else "unplayed"
        module = import_module(__name__.rpartition(".")[0] + where if where[0] == "." else f"{__name__}.{where}")
        found = _loaded[name] = getattr(module, "PROGRAMS", {}).get(name) or module.run
    return found


def applet(name: str) -> Program:
    """Return what plays an applet of busybox, which refuses options that it does not know."""
    from .applets import refused, refuses

    played = program(name)
    if not refuses(name) or played.__module__.endswith(".unplayed"):
        return played
    known = _loaded.get(APPLET + name)
    if known is None:

        def run(process: Process) -> int | None:
            status = refused(process, name)
            if status is not None:
                return status
            process.program = program(name)
            return process.program(process)

        known = _loaded[APPLET + name] = run
    return known


def name_of(played: object) -> str | None:
    """Return the name that `program` found a program by, None where it did not."""
    return next((name for name, each in _loaded.items() if each is played), None)


def find(tree: Tree, user: User, cwd: str, path: str | None, name: str) -> Program:
    """Return what plays the program of a name or a path; raise ENOENT or EACCES."""
    found = tree.which(user, cwd, path, name) if name else None
    if found is None:
        raise Errno("ENOENT")
    inode = found[1]
    if inode.kind == "d" or not inode.allows(user, 1):
        raise Errno("EACCES")
    data = inode.data
    if data.startswith(MARK):
        known = data[len(MARK):].decode()
        if known != "busybox":
            return program(known)
        from .applets import names

        name = name.rpartition("/")[2]
        return applet(name) if name != known and name in names(tree.root.volume.image) else program(known)
    from .shells import script

    return script(found[0], bytes(data))
