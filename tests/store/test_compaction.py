"""Compaction obeys an index only where a look at the whole log says the same."""

from __future__ import annotations

import copy
import os

import pytest

from kubesim_cli.store import compaction, log, store
from kubesim_cli.store.store import Store


def pod(name: str, owner: str = "") -> dict:
    refs = {"ownerReferences": [{"uid": owner, "controller": True}]} if owner else {}
    return {"metadata": {"name": name, **refs}}


@pytest.fixture
def writer(tmp_path):
    """A store in which objects were made, changed, deleted and made again, with a timer and a note."""
    made = Store(str(tmp_path / "cluster"))
    made.begin()
    for name in "abcd":
        made.put("ADDED", "pods", f"default/{name}", pod(name, "u1"))
    made.commit()
    made.put("MODIFIED", "pods", "default/a", pod("a", "u2"))
    made.put("DELETED", "pods", "default/b", pod("b"))
    made.put("DELETED", "pods", "default/c", pod("c"))
    made.put("ADDED", "pods", "default/c", pod("c"))
    made.put("ADDED", "nodes", "n", pod("n"))
    made.put("DELETED", "nodes", "n", pod("n"))
    made.set_timer("kubelet", "default/a", 12.5, {"count": 1})
    made.set_timer("kubelet", "default/b", 13.5)
    for name in ("engine/a", "engine/b", "engine/c"):
        made.set_part(name, {"of": name}, ["ab", "cd"])
    made.set_part("engine/a", {"of": "a"}, ["ef"])
    made.set_part("engine/b", None)
    made.meta["clock"] = {"frozen": 5.0}
    made.commit()
    yield made
    made.close()


def past(writer: Store, resource: str, revision: int) -> tuple[bool, list[str], list[tuple[str, str]], int]:
    found = writer.as_of(resource, revision)
    return (found.known, [f"default/{obj['metadata']['name']}" for obj in found.objects()],
            [(type_, obj["metadata"]["name"]) for type_, obj in found.changes()], found.oldest)


def test_what_there_was_and_what_came_since(writer, monkeypatch):
    assert past(writer, "pods", 4) == (True, [f"default/{name}" for name in "abcd"], [
        ("MODIFIED", "a"), ("DELETED", "b"), ("DELETED", "c"), ("ADDED", "c")], 4)
    assert past(writer, "pods", writer.revision) == (True, ["default/a", "default/c", "default/d"], [], 4)
    assert past(writer, "nodes", 4) == (True, [], [("ADDED", "n"), ("DELETED", "n")], 4)
    assert past(writer, "pods", 3)[0] is False
    last = writer.revision
    monkeypatch.setattr(store, "GARBAGE", 0)
    for _ in range(20):
        writer.put("MODIFIED", "pods", "default/a", pod("a"))
    writer.commit()
    assert past(writer, "pods", last)[0] is False and past(writer, "pods", last)[3] == writer.revision
    assert past(writer, "pods", writer.revision)[:3] == (True, ["default/a", "default/c", "default/d"], [])


def test_what_one_saw_within_a_transaction_did_not_come_since(writer):
    at = writer.revision
    for name in "efg":
        writer.put("ADDED", "pods", f"default/{name}", pod(name))
    writer.put("DELETED", "pods", "default/d", pod("d"))
    writer.commit()
    now = ["default/a", "default/c", "default/d", "default/e", "default/f"]
    assert past(writer, "pods", at + 2) == (True, now, [("ADDED", "g"), ("DELETED", "d")], 4)
    writer.put("MODIFIED", "pods", "default/a", pod("a"))
    writer.commit()
    assert past(writer, "pods", at + 3)[2] == [("DELETED", "d"), ("MODIFIED", "a")]


def test_the_past_of_a_log_that_another_replaces(writer, monkeypatch):
    other = Store(writer.folder)
    other.reload()
    other.read(0, 1)
    monkeypatch.setattr(store, "GARBAGE", 0)
    for _ in range(20):
        writer.put("MODIFIED", "pods", "default/a", pod("a"))
    writer.commit()
    assert past(other, "pods", 4)[:2] == (True, [f"default/{name}" for name in "abcd"])
    other.close()


def test_objects_of_the_past_from_a_key_on(writer):
    found = writer.as_of("pods", 4)
    assert [obj["metadata"]["name"] for obj in found.objects("default/b\0")] == ["c", "d"]
    assert [*found.objects(prefix="other/")] == []


def verified(writer: Store) -> log.Index:
    return compaction.verified(os.path.join(writer.folder, log.LOG), writer._index)


def state(index: log.Index) -> tuple:
    return copy.deepcopy((
        {name: dict(index.entries(name).items()) for name in index.resources()}, dict(index._owners.items()),
        dict(index.parts.items()),
        index.timers.due, index.timers.notes, index.meta, index.revision, index.size, index.crc))


def test_an_index_that_is_right_is_kept(writer):
    assert verified(writer) is writer._index


def test_so_is_one_that_was_read(writer, monkeypatch):
    monkeypatch.setattr(log, "SLACK", -10_000)
    writer.set_timer("kubelet", "default/b", None)
    writer.commit()
    reader = Store(writer.folder)
    assert os.path.exists(os.path.join(writer.folder, log.INDEX)) and verified(reader) is reader._index


def _old_line(index: log.Index) -> None:
    index.entries("pods").get("default/a")[1] = 61


def _changed(position: int):
    def change(index: log.Index) -> None:
        index.entries("pods").get("default/d")[position] += 1

    return change


WRONG = {
    "an object is missing": lambda index: index.entries("pods").pop("default/d"),
    "a deleted one is there": lambda index: index.entries("pods").set("default/b", [2, 61, 10, 1]),
    "one that never was": lambda index: index.entries("nodes").set("x", [2, 61, 10, 1]),
    "an old line is believed": _old_line,
    "another revision": _changed(0), "another length": _changed(2), "another checksum": _changed(3),
    "an owner is missing": lambda index: index._owners.pop("u1 pods default/d"),
    "an owner too many": lambda index: index._owners.set("u9 pods default/d", 0),
    "an owner in the entry only": lambda index: index.entries("pods").get("default/d").append("u9"),
    "a part is missing": lambda index: index.parts.pop("engine/c"),
    "a dropped part is there": lambda index: index.parts.set("engine/b", [0, 61, 10, 1]),
    "an old part is believed": lambda index: index.parts.set("engine/a", [0, 61, 10, 1]),
    "a part's blob is missing": lambda index: index.parts.get("engine/c").pop(),
    "a timer is missing": lambda index: index.timers.set("kubelet", "default/b", None),
    "a note is missing": lambda index: index.timers.set("kubelet", "default/a", 12.5),
    "another meta": lambda index: index.meta.update(clock={}),
    "another revision of all": lambda index: setattr(index, "revision", 1),
}


@pytest.mark.parametrize("lie", WRONG.values(), ids=WRONG)
def test_one_that_is_wrong_is_made_anew(writer, lie):
    right = state(writer._index)
    lie(writer._index)
    assert state(writer._index) != right
    found = verified(writer)
    assert found is not writer._index and state(found) == right


def test_a_log_that_is_another_one_is_refused(writer):
    path = os.path.join(writer.folder, log.LOG)
    with open(path, "rb") as file:
        data = file.read()
    for changed in (data.replace(b'"c"', b'"C"', 1), data[:-20], data.replace(b'"key"', b'"kee"'),
                    data.replace(b'"timer"', b'"Timer"'), data.replace(b"{", b"[", 1)):
        with open(path, "wb") as file:
            file.write(changed)
        with pytest.raises(log.Damaged):
            verified(writer)


def test_what_a_compacted_log_holds_is_what_there_was(writer, monkeypatch):
    monkeypatch.setattr(store, "GARBAGE", 10)
    before = state(writer._index)
    writer.put("MODIFIED", "pods", "default/d", pod("d", "u1"))
    writer.commit()
    assert writer._index.generation == 1
    assert all(block.entries is None for block in writer._index.entries("pods")._blocks)  # not held twice
    assert verified(writer) is writer._index
    after = state(writer._index)
    assert (after[1], after[3:6]) == (before[1], before[3:6]) and [*after[0]["pods"]] == [*before[0]["pods"]]
    assert writer.parts() == {"engine/a": {"of": "a"}, "engine/c": {"of": "engine/c"}}
    again = Store(writer.folder)
    assert again.list("pods") == writer.list("pods") and state(again._index) == after


def test_an_index_stays_as_it_was_where_compacting_fails(writer, monkeypatch):
    from kubesim_cli.machinery import files

    def full(path: str, chunks, durable: bool) -> None:
        if path.endswith(log.LOG):
            list(chunks)
            raise OSError(28, "No space left on device")
        replace(path, chunks, durable)

    replace, told = files.replace, []
    monkeypatch.setattr(files, "replace", full)
    monkeypatch.setattr(store, "GARBAGE", 10)
    writer.tell = told.append
    writer.put("MODIFIED", "pods", "default/d", pod("d"))
    writer.commit()
    assert writer._index.generation == 0 and len(told) == 1
    assert verified(writer) is writer._index and writer.get("pods", "default/a") == Store(writer.folder).get(
        "pods", "default/a")
