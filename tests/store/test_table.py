"""The tables that the index is made of: a sorted mapping in blocks."""

from __future__ import annotations

import json
import random

import pytest

from kubesim_cli.store import table
from kubesim_cli.store.table import Table


def repacked(found: Table, mend=None) -> Table:
    """Return what a table is when it has been written and read again."""
    again = Table(mend)
    for first, crc, packed in found.pack():
        again.add_packed(first, crc, packed)
    return again


def filled(count: int) -> Table:
    made = Table()
    for i in range(count):
        made.set(f"ns{i % 10}/name-{i:06}", [i])
    return made


def opened(found: Table) -> int:
    """Return how many blocks have been decoded."""
    return sum(block.entries is not None for block in found._blocks)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_a_dict_in_order(seed):
    dice = random.Random(seed)
    found, model = Table(), {}
    for _ in range(20_000):
        key = f"{dice.choice('ab-')}/{dice.randrange(1500)}"
        if dice.random() < 0.45:
            assert found.pop(key) == model.pop(key, None)
        else:
            value = [dice.random()]
            assert found.set(key, value) == model.get(key)
            model[key] = value
        if dice.random() < 0.001:
            found = repacked(found)
    assert list(found.items()) == sorted(model.items()) and len(found) == len(model)
    for prefix in ("a/", "a/1", "-/", "c/", "a/77", "b/1499"):
        assert dict(found.items(prefix)) == {k: v for k, v in model.items() if k.startswith(prefix)}
    assert all(found.get(key) == model.get(key) for key in (f"a/{i}" for i in range(1500)))
    for key in list(model):
        found.pop(key)
    assert not found and not list(found.items("a/")) and found.get("a/1") is None


def test_one_key_costs_one_block_of_any_number():
    found = repacked(filled(20_000))
    assert found.get("ns3/name-000333") == [333] and opened(found) == 1
    found.set("ns3/name-000334x", [0])
    found.pop("ns3/name-000343")
    assert opened(found) == 1
    assert max(len(json.loads(packed)) for _, _, packed in found.pack()) <= 2 * table.BLOCK


def test_a_range_costs_the_blocks_of_the_range():
    found = repacked(filled(20_000))
    assert len(list(found.items("ns3/"))) == 2000
    assert opened(found) < 2000 / table.BLOCK + 4


def test_a_block_that_is_not_as_it_was_written_is_mended():
    right = filled(2000)
    mended = []

    def mend() -> Table:
        mended.append(1)
        return filled(2000)

    found = Table(mend)
    for i, (first, crc, packed) in enumerate(right.pack()):
        found.add_packed(first, crc, packed.replace(b"[", b" ") if i % 3 == 1 else packed)
    assert not found.sound
    assert list(repacked(found).items()) == list(right.items())
    assert mended and found.sound
