import random

import pytest

from kubesim_cli.go import sort as gosort
from kubesim_cli.releases.server import go_version


@pytest.mark.parametrize("size", [0, 1, 2, 12, 13, 49, 50, 51, 400])
@pytest.mark.parametrize("shape", ["random", "ties", "rising", "falling", "organ pipe"])
def test_sorts(size, shape):
    chance = random.Random(size)
    items = {"random": [chance.random() for _ in range(size)], "ties": [chance.randrange(4) for _ in range(size)],
             "rising": list(range(size)), "falling": list(range(size, 0, -1)),
             "organ pipe": [min(i, size - i) for i in range(size)]}[shape]
    expected = sorted(items)
    gosort.sort(items, lambda a, b: a < b, (1, 26))
    assert items == expected


def test_worst_case_falls_back_to_a_heap():
    items = list(range(300))
    gosort._Sort(items, lambda a, b: a > b, (13, 7, 17)).quick(0, 300, 0)
    assert items == list(range(299, -1, -1))


@pytest.mark.parametrize(("release", "size", "modulus", "expected"), [
    ((1, 36), 20, 3, "09 18 15 03 12 00 06 10 07 04 13 16 01 19 08 05 11 14 02 17"),
    ((1, 31), 40, 2, "20 18 38 04 36 06 00 08 34 10 32 12 30 14 28 16 26 24 22 02 35"
                     " 13 23 21 25 17 27 15 29 07 31 11 33 09 19 05 37 03 39 01"),
])
def test_ties_come_out_as_kubectl_shows_them(release, size, modulus, expected):
    """Recorded from kubectl get --sort-by over ConfigMaps c00, c01... whose field is their number modulo something;
    the second time with a ConfigMap at the end that has no such field."""
    items = [(i % modulus, f"{i:02d}") for i in range(size)]
    if size == 40:
        items.append((-1, ""))
    gosort.sort(items, lambda a, b: a[0] < b[0], go_version(release))
    assert " ".join(name for _, name in items if name) == expected
