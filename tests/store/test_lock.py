"""The lock between processes."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from kubesim_cli.store import lock
from kubesim_cli.store.lock import Lock

HOLD = """
import sys
from kubesim_cli.store.lock import Lock
Lock(sys.argv[1]).acquire()
print("mine", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the lock."""
    path = str(tmp_path / "lock")
    process = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"mine"
    yield path, process
    process.kill()
    process.communicate()


def test_it_waits_for_another_process_and_is_free_when_that_one_dies(holder):
    path, process = holder
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 8:
            process.kill()
            process.wait()

    mine = Lock(path, sleep)
    mine.acquire()
    assert waits[:8] == [0.002, 0.004, 0.008, 0.016, 0.02, 0.02, 0.02, 0.02]
    mine.release()


def test_only_who_has_it_for_long_is_told_of(holder):
    """Where many processes take turns nobody is told of a wait."""
    path, process = holder
    told, slept = [], []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) % 50 == 0 and len(slept) < 300:
            with open(path, "r+b") as file:
                file.write(b" %-10d\n" % len(slept))  # another one
        elif sum(slept) > 9:
            process.kill()
            process.wait()

    assert Lock(path, sleep, lambda text: told.append(sum(slept))).acquire()
    assert len(told) == 1 and told[0] > 250 * 0.02 + 1.9


def test_given_back_it_is_free_for_others(tmp_path):
    mine = Lock(str(tmp_path / "lock"))
    mine.acquire()
    mine.release()
    process = subprocess.run([sys.executable, "-c", HOLD, str(tmp_path / "lock")], input=b"",
                             capture_output=True, timeout=60)
    assert process.stdout.strip() == b"mine"


@pytest.mark.skipif(os.name == "nt", reason="permissions")
def test_the_file_is_the_users_own(tmp_path):
    Lock(str(tmp_path / "lock")).acquire()
    assert os.stat(tmp_path / "lock").st_mode & 0o777 == 0o600


def test_what_is_no_other_process_is_raised(tmp_path, monkeypatch):
    def fail(fd, how):
        raise OSError(errno.ENOLCK, "no locks available")

    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "lockf", fail)
    with pytest.raises(OSError, match="no locks"):
        Lock(str(tmp_path / "lock")).acquire()


def test_where_there_are_no_file_locks_nothing_is_locked(holder, monkeypatch):
    """WebAssembly has no fcntl, and no processes."""
    monkeypatch.setattr(lock.sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "fcntl", None)
    mine = Lock(holder[0], sleep=None)
    mine.acquire()
    mine.release()
