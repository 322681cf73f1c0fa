"""Many objects take little memory: what is equal in them is there once, and what was written is read again."""

from __future__ import annotations

from kubesim_cli.store import reading, store
from kubesim_cli.store.sharing import Sharing
from kubesim_cli.store.store import Store


def _object(name: str) -> dict:
    return {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": {"ports": [{"port": 80}, {"port": 80.0}],
                                                                           "on": True, "one": 1}}


def test_equal_values_become_one_and_all_stay_what_they_are() -> None:
    before = [(name, _object(name)) for name in ("a", "b")]
    (_, a), (_, b) = Sharing().each(before)
    assert [a, b] == [_object("a"), _object("b")]
    assert a["metadata"]["labels"] is b["metadata"]["labels"] and a["spec"] is b["spec"]
    assert a["metadata"] is not b["metadata"]
    assert repr(a["spec"]) == repr(_object("a")["spec"])  # neither 1 for True nor 80 for 80.0


def test_a_long_list_shares(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(reading, "READ", 4)
    writer = Store(str(tmp_path))
    writer.begin()
    for number in range(10):
        writer.put("ADDED", "pods", f"default/p{number}", _object(f"p{number}"))
    writer.commit()
    writer.close()
    first, second, *others = Store(str(tmp_path)).list("pods")
    assert first["metadata"]["labels"] is second["metadata"]["labels"]
    assert [each["metadata"]["name"] for each in (first, second, *others)] == [f"p{i}" for i in range(10)]


def test_what_is_written_in_numbers_leaves_memory_and_is_read_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(store, "MANY", 3)
    writer = Store(str(tmp_path))
    writer.begin()
    for number in range(10):
        writer.put("ADDED", "pods", f"default/p{number}", _object(f"p{number}"))
        assert len(writer._cache["pods"]) <= 3
    assert writer.get("pods", "default/p0")["metadata"]["name"] == "p0"  # before the commit
    writer.commit()
    assert len(writer.list("pods")) == 10


def test_families_stay_in_memory_as_they_are(tmp_path, monkeypatch) -> None:
    """A controller that has asked for its pods is told of each change without a look at the log."""
    monkeypatch.setattr(store, "MANY", 3)
    writer = Store(str(tmp_path))
    writer.begin()
    assert writer.orphans("pods", "default") == []
    for number in range(10):
        writer.put("ADDED", "pods", f"default/p{number}", _object(f"p{number}"))
    assert len(writer._cache["pods"]) == len(writer.orphans("pods", "default")) == 10


def test_what_is_listed_for_each_write_is_not_read_again_each_time(tmp_path, monkeypatch) -> None:
    """The IP of a new Service must differ from those of all the others."""
    monkeypatch.setattr(store, "MANY", 3)
    decoded = []
    known = Store._decode
    monkeypatch.setattr(Store, "_decode", lambda self, lines: (decoded.extend(lines), known(self, lines))[1])
    writer = Store(str(tmp_path))
    writer.begin()
    for number in range(30):
        assert len(writer.list("services")) == number
        writer.put("ADDED", "services", f"default/s{number}", _object(f"s{number}"))
    assert len(decoded) < 10
