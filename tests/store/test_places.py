"""Places in a command that can be disturbed, and which of them are alike (benchmarks/places.py)."""

from __future__ import annotations

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))

import places

TRACE = """\
rt_sigtimedwait([USR1], {si_signo=SIGUSR1}, NULL, 8) = 10 (SIGUSR1)
access("@00000001", F_OK)               = -1 ENOENT (No such file or directory)
openat(AT_FDCWD</x>, "/s/1/home/c/objects.jsonl", O_RDONLY|O_CLOEXEC) = 6</s/1/home/c/objects.jsonl>
access("@00000002", F_OK)               = -1 ENOENT (No such file or directory)
read(6</s/1/home/c/objects.jsonl>, ""..., 4096) = 4096
access("@00000002", F_OK)               = -1 ENOENT (No such file or directory)
read(6</s/1/home/c/objects.jsonl>, ""..., 4096) = 4096
brk(NULL)                               = 0x5
access("@00000002", F_OK)               = -1 ENOENT (No such file or directory)
read(6</s/1/home/c/objects.jsonl>, ""..., 4096) = 12
access("@00000003", F_OK)               = -1 ENOENT (No such file or directory)
read(6</s/1/home/c/objects.jsonl>, ""..., 4096) = 0
rename("/s/1/home/c/head.json.00112233aabb.tmp", "/s/1/home/c/head.json") = 0
+++ exited with 0 +++
"""


def test_calls_of_the_same_lines_on_the_same_file_are_alike():
    found = places.parse(TRACE, "/s/1/home")
    assert [place[:2] for place in found] == [("openat", 1), ("read", 1), ("read", 2), ("read", 3), ("read", 4),
                                              ("rename", 1)]
    assert found[1].kind == found[2].kind == found[3].kind == ("read", "/c/objects.jsonl", "00000002")
    assert found[4].kind == ("read", "/c/objects.jsonl", "00000003")
    assert found[5].kind[1] == "/c/head.json.tmp"


def test_of_each_kind_the_first_the_last_and_one_more_are_taken():
    alike = [places.Place("read", when, ("read", "/log", "a")) for when in range(1, 101)]
    found = places.one_of_each([*alike, places.Place("close", 1, ("close", "/log", "a"))], random.Random(1))
    assert [place.call for place in found] == ["read"] * 3 + ["close"]
    assert found[0].when == 1 and 1 < found[1].when < 100 and found[2].when == 100
