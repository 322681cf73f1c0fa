"""Run the scripts of tests/kubelet/runtime/shells/scripts.txt in the real dash and bash of this machine, and record
what they say and how they end: `python hack/record_shells.py BUSYBOX` writes expected.json beside them. BUSYBOX: a
program of that, for whose ash nothing else is on PATH.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "kubelet" / "runtime" / "shells"
SHELLS = ("dash", "bash", "ash")


def scripts() -> list[tuple[str, str]]:
    """Return (shell, script) of each run."""
    text = (FOLDER / "scripts.txt").read_text().partition("\n")[2]
    runs = []
    for block in text.strip("\n").split("\n\n"):
        script = block.removeprefix("#bash\n")
        runs += [(shell, script) for shell in (SHELLS if script == block else ("bash",))]
    return runs


@functools.cache
def _applets(busybox: str) -> list[str]:
    return subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()


def run(shell: str, script: str) -> tuple[str, int]:
    """Return (stdout, exit code) of a script in a real shell, whose `sh` is the same shell, in an empty folder."""
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(f"{root}/bin")
        os.makedirs(f"{root}/work")
        path = f"{root}/bin"
        if shell == "ash":
            for applet in _applets(sys.argv[1]):
                os.symlink(sys.argv[1], f"{root}/bin/{applet}")
        else:
            os.symlink(f"/usr/bin/{shell}", f"{root}/bin/sh")
            path += ":/usr/local/bin:/usr/bin:/bin"
        env = {"PATH": path, "HOME": "/root", "LC_ALL": "C.UTF-8"}
        ended = subprocess.run([shell, "-c", script], executable=f"{root}/bin/sh", cwd=f"{root}/work", env=env,
                               capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
    code = ended.returncode if ended.returncode >= 0 else 128 - ended.returncode
    return ended.stdout.decode("utf-8", "replace").replace(f"{root}/work", "/work"), code


def main() -> None:
    """Write expected.json."""
    found = [{"shell": shell, "script": script, "says": says, "code": code}
             for shell, script in scripts() for says, code in (run(shell, script),)]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in found)
    (FOLDER / "expected.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
