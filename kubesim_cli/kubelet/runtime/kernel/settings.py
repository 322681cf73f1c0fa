"""/proc/sys: the kernel's settings as a container sees them, with what its pod or a privileged program has set."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from .process import Space
    from .tables import Entry

RELEASE = "5.15.0-91-generic"
_TABLE: Object = {
    "fs": {"file-max": "9223372036854775807"},
    "kernel": {"osrelease": RELEASE, "ostype": "Linux", "pid_max": "4194304", "shmmax": "18446744073692774399",
               "shm_rmid_forced": "0", "msgmax": "8192"},
    "net": {"core": {"somaxconn": "4096"},
            "ipv4": {"ip_forward": "1", "ip_local_port_range": "32768\t60999", "ip_unprivileged_port_start": "0",
                     "tcp_keepalive_time": "7200", "tcp_syncookies": "1", "ping_group_range": "0\t2147483647"}},
    "vm": {"max_map_count": "262144", "overcommit_memory": "1", "swappiness": "60"}}


def settings(space: Space) -> Entry:
    """Return /proc/sys."""
    return _entry(_TABLE, "", {"kernel.hostname": space.hostname, **space.settings})


def _entry(table: Object, place: str, own: dict[str, str]) -> Entry:
    """Return a folder of it, `place` as in `net.ipv4.`, in which `own` settings stand for those of the table."""
    found: dict[str, Entry] = {name: _entry(value, f"{place}{name}.", own) if isinstance(value, dict) else _said(value)
                               for name, value in table.items()}
    for name in own:
        if name.startswith(place):
            first, dot, _ = name[len(place):].partition(".")
            if not dot:
                found[first] = _said(own[name])
            elif first not in found:
                found[first] = _entry({}, f"{place}{first}.", own)
    return found


def _said(value: str) -> Entry:
    return lambda: f"{value}\n"


def of_pod(pod: Object) -> dict[str, str]:
    """Return the settings that a pod asks for, by their names with dots (securityContext.sysctls)."""
    asked = (pod["spec"].get("securityContext") or {}).get("sysctls") or ()
    return {each["name"].replace("/", "."): each["value"] for each in asked}
