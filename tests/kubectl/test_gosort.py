import random

import pytest

from kubesim_cli.kubectl import gosort


@pytest.mark.parametrize("size", [0, 1, 2, 12, 13, 49, 50, 51, 400])
@pytest.mark.parametrize("shape", ["random", "ties", "rising", "falling", "organ pipe"])
def test_sorts(size, shape):
    chance = random.Random(size)
    items = {"random": [chance.random() for _ in range(size)], "ties": [chance.randrange(4) for _ in range(size)],
             "rising": list(range(size)), "falling": list(range(size, 0, -1)),
             "organ pipe": [min(i, size - i) for i in range(size)]}[shape]
    expected = sorted(items)
    gosort.sort(items, lambda a, b: a < b)
    assert items == expected


def test_worst_case_falls_back_to_a_heap():
    items = list(range(300))
    gosort._Sort(items, lambda a, b: a > b).quick(0, 300, 0)
    assert items == list(range(299, -1, -1))


def test_ties_come_out_as_kubectl_shows_them():
    """Recorded from kubectl get --sort-by over ConfigMaps c00..c19 whose field is their number modulo 3."""
    items = [(i % 3, f"{i:02d}") for i in range(20)]
    gosort.sort(items, lambda a, b: a[0] < b[0])
    assert " ".join(name for _, name in items) == RECORDED


RECORDED = "09 18 15 03 12 00 06 10 07 04 13 16 01 19 08 05 11 14 02 17"
