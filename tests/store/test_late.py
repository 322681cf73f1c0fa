"""Writes of which only the outcome is stored."""

from __future__ import annotations

import os
import random

import pytest

from kubesim_cli.store import reading, store
from kubesim_cli.store.store import Store


def obj(name: str, n: int, owner: str) -> dict:
    return {"metadata": {"name": name, "uid": f"{name}-{n}", "ownerReferences": [{"uid": owner, "controller": True}]},
            "n": n}


def everything(made: Store) -> tuple:
    return (made.revision, made.list("pods"), [made.owned("pods", owner) for owner in "xy"], made.owning("x"),
            made.orphans("pods", "default"))


@pytest.mark.parametrize("seed", range(20))
def test_what_comes_of_them_is_what_comes_of_others(tmp_path, seed):
    """Random writes, some of them history, over several transactions: beside a store in which all are."""
    chance = random.Random(seed)
    plain, late = Store(str(tmp_path / "plain")), Store(str(tmp_path / "late"))
    there: set[str] = set()
    for _ in range(4):
        for each in (plain, late):
            each.begin()
        for n in range(chance.randrange(12)):
            name, history = chance.choice("abc"), chance.random() < 0.3
            gone = name in there and chance.random() < 0.4
            type_ = "DELETED" if gone else "MODIFIED" if name in there else "ADDED"
            (there.discard if gone else there.add)(name)
            owner = chance.choice("xy")
            plain.put(type_, "pods", f"default/{name}", obj(name, n, owner))
            late.put(type_, "pods", f"default/{name}", obj(name, n, owner), history)
            assert everything(late) == everything(plain)
        for each in (plain, late):
            each.commit()
            each.release()
        assert everything(late) == everything(plain) == everything(Store(str(tmp_path / "late")))
    assert os.path.getsize(late.path) <= os.path.getsize(plain.path)
    for each in (plain, late):
        each.close()


def test_who_follows_learns_the_outcome(tmp_path):
    folder = str(tmp_path / "c")
    writer = Store(folder)
    writer.begin()
    for name in ("old", "gone", "again"):
        writer.put("ADDED", "pods", name, obj(name, 0, "x"))
    writer.commit()
    watcher = Store(folder)
    seen = watcher.follow()
    for type_, name in (("MODIFIED", "old"), ("ADDED", "new"), ("MODIFIED", "old"), ("MODIFIED", "gone"),
                        ("DELETED", "gone"), ("ADDED", "short"), ("DELETED", "short"), ("DELETED", "again"),
                        ("MODIFIED", "new"), ("ADDED", "again"), ("MODIFIED", "again")):
        writer.put(type_, "pods", name, obj(name, 1, "x"), history=False)
    writer.put("MODIFIED", "pods", "new", obj("new", 2, "x"))
    writer.commit()
    writer.close()
    assert watcher.reload()
    assert [(type_, obj["metadata"]["name"], int(obj["metadata"]["resourceVersion"])) for type_, _, obj in seen] == [
        ("MODIFIED", "old", 6), ("DELETED", "gone", 8), ("DELETED", "again", 11), ("ADDED", "new", 12),
        ("ADDED", "again", 14), ("MODIFIED", "new", 15)]
    watcher.close()


def test_a_rollback_forgets_them(tmp_path):
    made = Store(str(tmp_path / "c"))
    made.begin()
    made.put("ADDED", "pods", "a", obj("a", 0, "x"))
    made.commit()
    made.put("MODIFIED", "pods", "a", obj("a", 1, "x"), history=False)
    made.put("ADDED", "pods", "b", obj("b", 1, "x"), history=False)
    made.rollback()
    made.put("ADDED", "pods", "c", obj("c", 2, "x"))
    made.commit()
    assert [each["n"] for each in made.list("pods")] == [0, 2]
    made.close()


def test_they_are_compacted_as_others(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "GARBAGE", 0)
    folder = str(tmp_path / "c")
    made = Store(folder)
    for n in range(5):
        made.begin()
        for name in "abc":
            made.put("MODIFIED" if n else "ADDED", "pods", name, obj(name, n, "x"), history=n % 2 == 0)
        made.commit()
        made.release()
    made.close()
    index, file = reading.load(folder)
    file.close()
    assert index.generation > 0
    assert [each["n"] for each in Store(folder).list("pods")] == [4, 4, 4]
