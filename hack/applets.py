"""python hack/applets.py BUSYBOX SOURCE: writes kubelet/runtime/bin/applets.json, the options of busybox' applets.

BUSYBOX is a busybox of its default configuration, built from SOURCE. Each applet that is played is asked for its help
and for each option of one letter, in an empty folder and without a PATH; those of UNASKED would do something.
"""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
import tempfile
from pathlib import Path

from kubesim_cli.kubelet.runtime import bin as programs

FILE = Path(programs.__file__).parent / "applets.json"
UNASKED = frozenset((
    "reboot", "halt", "poweroff", "init", "kill", "killall", "killall5", "pkill", "swapoff", "watchdog",
    "switch_root", "run-init", "sulogin", "getty", "login", "openvt", "chvt", "rtcwake", "fsfreeze", "mdev", "ifup",
    "ifdown", "crond", "udhcpc", "insmod", "rmmod", "modprobe", "hostname", "umount", "mount", "hwclock",
    "adjtimex", "rdate", "su", "swapon", "ntpd", "syslogd", "klogd", "inetd", "httpd", "telnetd", "ftpd", "udhcpd",
    "dnsd", "script"))
SILENT = frozenset(("sh", "ash", "hush", "[", "[[", "test", "echo", "printf", "true", "false"))
_APPLET = re.compile(r"APPLET(?:_\w+)?\((\w[\w.+-]*)")
_LONG = re.compile(r'"([a-z0-9-]+)\\0"\s*(?:/\*.*?\*/\s*)?(No|Required|Optional)_argument')


def _said(busybox: str, folder: str, words: list[str]) -> tuple[str, int]:
    try:
        ended = subprocess.run([busybox, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2,
                               env={"PATH": "/nowhere"}, cwd=folder, errors="replace")
    except subprocess.TimeoutExpired:
        return "", 0
    return ended.stderr, ended.returncode


def _options(busybox: str, folder: str, applet: str) -> tuple[str | None, int]:
    """Return the options of an applet as getopt(3) is told them, and the exit code of a wrong one."""
    options, wrong, code = "", "", 1
    for letter in string.ascii_letters:
        said, status = _said(busybox, folder, [applet, f"-{letter}"])
        if f"invalid option -- '{letter}'" in said:
            wrong, code = letter, status
        else:
            options += letter + (":" if f"requires an argument -- '{letter}'" in said else "")
    if not wrong:
        return None, code
    for letter in re.findall("[a-zA-Z](?!:)", options):  # may one have a value? Then the wrong letter is that
        if f"invalid option -- '{wrong}'" not in _said(busybox, folder, [applet, f"-{letter}{wrong}"])[0]:
            options = options.replace(letter, f"{letter}::")
    permutes = "invalid option" in _said(busybox, folder, [applet, "operand", f"-{wrong}"])[0]
    return ("" if permutes else "+") + options, code


def _longs(source: Path) -> dict[str, list[str]]:
    """Return the long options of applets, those that want a value with = behind them."""
    found = {}
    for path in source.glob("*/**/*.c"):
        text = path.read_text(errors="replace")
        longs = sorted({name + ("=" if kind == "Required" else "") for name, kind in _LONG.findall(text)})
        found.update(dict.fromkeys(_APPLET.findall(text), longs))
    return found


def table(busybox: str, source: Path) -> dict[str, list[object]]:
    """Return what is written, by applet."""
    found: dict[str, list[object]] = {}
    longs = _longs(source)
    with tempfile.TemporaryDirectory() as folder:
        for applet in sorted(_said_list(busybox)):
            if applet in SILENT or not programs.is_played(applet):
                continue
            usage = re.search(r"Usage: (.*?)(?:\n\n|\Z)", _said(busybox, folder, [applet, "--help"])[0], re.DOTALL)
            if usage is None:
                continue
            options, code = (None, 1) if applet in UNASKED else _options(busybox, folder, applet)
            asks = options is not None and "unrecognized" in _said(busybox, folder, [applet, "--nosuch"])[0]
            found[applet] = [usage[1].rstrip(), options, longs.get(applet, []) if asks else None, code]
    return found


def _said_list(busybox: str) -> list[str]:
    return subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()


def main() -> None:
    """Write applets.json."""
    lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in table(sys.argv[1], Path(sys.argv[2])).items()]
    FILE.write_text("{\n" + ",\n".join(['"_source": "busybox 1.37; hack/applets.py"', *lines]) + "\n}\n")


if __name__ == "__main__":
    main()
