"""The shell of a page."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kubesim_cli.sim.pages.bash import Bash

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self"), reason="processes are looked up in /proc")
# Who plays a page: it has a process in the background and waits for one in front of all others.
PLAYS = """
import os, sys
from kubesim_cli.sim.pages.bash import Bash
bash = Bash(dict(os.environ), sys.argv[1], sys.argv[1])
bash.run("sleep 300 & echo $! > background", 60, False)
print("begun", flush=True)
bash.run("echo $$ > shell; sleep 300", 300, False)
"""


def test_nothing_is_left_of_a_page_whose_player_is_killed(tmp_path):
    player = subprocess.Popen([sys.executable, "-c", PLAYS, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert player.stdout.readline() == b"begun\n"
        until(lambda: (tmp_path / "shell").exists() and (tmp_path / "shell").read_text().strip())
    finally:
        player.send_signal(signal.SIGKILL)
        player.wait()
        player.stdout.close()
    group = int((tmp_path / "shell").read_text())
    try:
        assert until(lambda: not runs(group) and not runs(int((tmp_path / "background").read_text())))
    finally:
        if runs(group):
            os.killpg(group, signal.SIGKILL)


def test_a_page_waits_for_its_own_jobs_only(tmp_path):
    bash = Bash(dict(os.environ), str(tmp_path), str(tmp_path))
    try:
        assert bash.run("wait; jobs; echo \"<$!>\"", 30, False)[:2] == (
            0, "<>\n")
        assert bash.run("exit 3", 30, False)[0] == 3 and not bash.alive
    finally:
        bash.end()


def until(found, seconds=30):
    """Look again and again for so many seconds at most."""
    end = time.monotonic() + seconds
    while not (so := found()) and time.monotonic() < end:
        os.sched_yield()
    return so


def runs(pid):
    """Tell whether a process runs: neither gone nor waiting for somebody to ask how it ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
