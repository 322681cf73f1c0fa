"""The store: transactions, recovery, refusal of what it cannot read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from kubesim_cli.store import log, reading, store
from kubesim_cli.store.doctor import Diagnosis
from kubesim_cli.store.store import Store


def pod(name: str, **rest) -> dict:
    return {"metadata": {"name": name}, **rest}


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "cluster")


@pytest.fixture
def filled(folder):
    made = Store(folder)
    made.begin()
    for name in ("a", "b", "c"):
        made.put("ADDED", "pods", f"default/{name}", pod(name, x=name * 3))
    made.set_timer("kubelet", "default/a", 12.5, {"n": 1})
    made.meta["nodes"] = 1
    made.commit()
    made.release()
    return folder


def test_nothing_is_there_before_the_first_write(folder):
    assert not Store(folder).exists
    assert Store(folder).list("pods") == []


def test_what_is_committed_is_read_by_others(filled):
    other = Store(filled)
    assert other.revision == 3
    assert other.get("pods", "default/b")["x"] == "bbb"
    assert [o["metadata"]["resourceVersion"] for o in other.list("pods")] == ["1", "2", "3"]
    assert other.timers.get("kubelet", "default/a") == (12.5, {"n": 1})
    assert other.meta == {"nodes": 1}


def test_nothing_of_an_uncommitted_write_is_seen(filled, monkeypatch):
    monkeypatch.setattr(store, "SPILL", 10)  # lines go to disk at once
    writer = Store(filled)
    writer.begin()
    writer.put("MODIFIED", "pods", "default/a", pod("a", x="new"))
    writer.put("DELETED", "pods", "default/b", pod("b"))
    assert Store(filled).get("pods", "default/a")["x"] == "aaa"
    assert writer.get("pods", "default/b") is None
    writer.release()
    assert Store(filled).keys("pods") == ["default/a", "default/b", "default/c"]
    assert writer.get("pods", "default/a")["x"] == "aaa"


def test_a_cut_off_line_is_as_if_it_had_never_been(filled):
    with open(os.path.join(filled, log.LOG), "ab") as file:
        file.write(b'{"rv":4,"type":"ADDED","resource":"pods","key":"default/d","object":{"metada')
    writer = Store(filled)
    writer.begin()
    writer.put("ADDED", "pods", "default/e", pod("e"))
    writer.commit()
    writer.release()
    assert Store(filled).keys("pods") == ["default/a", "default/b", "default/c", "default/e"]


@pytest.mark.parametrize("name", [log.INDEX, log.HEAD])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[]\n"])
def test_the_files_beside_the_log_can_be_lost(filled, name, content, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 0)
    writer = Store(filled)
    writer.begin()
    writer.put("ADDED", "pods", "default/d", pod("d"))
    writer.commit()
    writer.release()
    path = os.path.join(filled, name)
    if content is None:
        os.remove(path)
    else:
        with open(path, "wb") as file:
            file.write(content)
    assert [o["metadata"]["name"] for o in Store(filled).list("pods")] == ["a", "b", "c", "d"]


def test_a_store_of_a_newer_kubesim_is_refused(filled):
    path = os.path.join(filled, log.LOG)
    rows = open(path, "rb").read().split(b"\n", 1)
    content = json.dumps({**json.loads(rows[0]), "format": log.FORMAT + 1}).encode() + b"\n" + rows[1]
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(log.StoreError, match="newer kubesim"):
        Store(filled)
    assert open(path, "rb").read() == content


@pytest.mark.parametrize("damage", [
    lambda data: b"", lambda data: b"garbage\n" + data, lambda data: data[:len(data) // 2],
    lambda data: data[:120] + b"\x00\x00\x00" + data[123:],
])
def test_a_damaged_store_is_refused_and_left_alone(filled, damage):
    path = os.path.join(filled, log.LOG)
    content = damage(open(path, "rb").read())
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(log.StoreError, match=r"damaged.*nothing was changed"):
        Store(filled).list("pods")
    assert open(path, "rb").read() == content


def test_one_object_is_read_without_decoding_the_others(folder, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 0)
    writer = Store(folder)
    writer.begin()
    for i in range(1000):
        writer.put("ADDED", "pods", f"default/p{i}", pod(f"p{i}"))
    writer.commit()
    writer.release()
    reader = Store(folder)
    decoded = []
    decode = reader._decode
    monkeypatch.setattr(reader, "_decode", lambda rows: decoded.extend(rows) or decode(rows))
    assert reader.get("pods", "default/p7")["metadata"]["name"] == "p7"
    assert len(decoded) == 1


def test_what_services_hold_is_known_without_decoding(folder, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 0)
    writer = Store(folder)
    writer.begin()
    web = {"metadata": {"name": "web", "ownerReferences": [{"uid": "u1", "controller": True}]},
           "spec": {"clusterIPs": ["10.96.0.7", "fd00:0::7"], "healthCheckNodePort": 30001, "ports": [
               {"nodePort": 30000}, {"nodePort": 30000, "protocol": "UDP"}, {}]}}
    writer.put("ADDED", "services", "default/web", web)
    writer.put("ADDED", "services", "default/none", {"metadata": {"name": "none"}, "spec": {"clusterIPs": ["None"]}})
    writer.put("ADDED", "pods", "default/pod", {"metadata": {"name": "pod"}, "spec": {"clusterIPs": ["10.96.0.8"]}})
    writer.commit()
    for seen in (Store(folder), writer):
        assert [name for name in ("ip/10.96.0.7", "ip/fd00::7", "ip/10.96.0.8", "ip/None", "port/30000", "port/30001")
                if seen.holds("services", name)] == ["ip/10.96.0.7", "ip/fd00::7", "port/30000", "port/30001"]
        assert [obj["metadata"]["name"] for obj in seen.owned("services", "u1")] == ["web"]
        assert [obj["metadata"]["name"] for obj in seen.orphans("services", "default")] == ["none"]
    slice_ = {"metadata": {"name": "web-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"},
                           "ownerReferences": [{"uid": "u1", "controller": True}]}}
    writer.put("ADDED", "endpointslices.discovery.k8s.io", "default/web-1", slice_)
    writer.put("ADDED", "endpointslices.discovery.k8s.io", "default/x", {"metadata": {"name": "x"}})
    assert writer.named("endpointslices.discovery.k8s.io", "service/default/web") == [slice_]
    writer.put("DELETED", "endpointslices.discovery.k8s.io", "default/web-1", slice_)
    assert writer.named("endpointslices.discovery.k8s.io", "service/default/web") == []
    writer.put("DELETED", "services", "default/web", web)
    assert not writer.holds("services", "ip/10.96.0.7")
    writer.close()


def test_an_index_of_before_is_made_anew(folder, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 0)
    monkeypatch.setattr(log, "INDEX_FORMAT", 3)
    monkeypatch.setattr(log, "names_of", lambda resource, obj: [])
    writer = Store(folder)
    writer.begin()
    writer.put("ADDED", "services", "default/web", {"metadata": {"name": "web"}, "spec": {"clusterIPs": ["10.96.0.7"]}})
    writer.commit()
    writer.close()
    monkeypatch.undo()
    assert Diagnosis(folder).notes == [
        "index.json was written by another version of kubesim; the next write makes it anew"]
    assert Store(folder).holds("services", "ip/10.96.0.7")


def test_owners_are_known_without_decoding(folder, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 0)
    writer = Store(folder)
    writer.begin()
    ref = {"uid": "u1", "controller": True}
    writer.put("ADDED", "pods", "default/mine", {"metadata": {"name": "mine", "ownerReferences": [ref, {"uid": "u2"}]}})
    writer.put("ADDED", "pods", "default/loose", {"metadata": {"name": "loose", "ownerReferences": [{"uid": "u1"}]}})
    writer.put("ADDED", "pods", "default/free", pod("free"))
    writer.commit()

    def names(found):
        return [obj["metadata"]["name"] for obj in found]

    for seen in (Store(folder), writer):
        assert names(seen.owned("pods", "u1")) == ["loose", "mine"]
        assert names(seen.owned("pods", "u2")) == ["mine"]
        assert names(seen.orphans("pods", "default")) == ["free", "loose"]
        assert seen.owned("pods", "u3") == []
    writer.put("MODIFIED", "pods", "default/mine", pod("mine"))
    writer.put("DELETED", "pods", "default/loose", pod("loose"))
    assert writer.owned("pods", "u1") == writer.owned("pods", "u2") == []
    writer.close()


def test_the_log_is_compacted_when_most_of_it_is_old(filled, monkeypatch):
    monkeypatch.setattr(store, "GARBAGE", 1000)
    writer = Store(filled)
    writer.begin()
    for i in range(100):
        writer.put("MODIFIED", "pods", "default/a", pod("a", x=i))
    writer.commit()
    writer.release()
    assert os.path.getsize(os.path.join(filled, log.LOG)) < 1000
    reader = Store(filled)
    assert reader.get("pods", "default/a")["x"] == 99
    assert list(reader.timers) == [("kubelet", "default/a", 12.5)]
    assert reader.revision == 103


def test_other_processes_writes_can_be_followed(filled):
    watcher = Store(filled)
    followed = watcher.follow()
    writer = Store(filled)
    writer.begin()
    writer.put("MODIFIED", "pods", "default/a", pod("a"))
    writer.put("DELETED", "pods", "default/b", pod("b"))
    writer.commit()
    writer.release()
    assert watcher.reload()
    writer.begin()
    writer.put("MODIFIED", "pods", "default/a", pod("a", x=2))
    writer.commit()
    writer.close()
    assert watcher.begin()  # a transaction begins with what is committed
    watcher.put("ADDED", "pods", "default/c", pod("c"))
    assert [(type_, resource, obj["metadata"]["name"]) for type_, resource, obj in followed] == [
        ("MODIFIED", "pods", "a"), ("DELETED", "pods", "b"), ("MODIFIED", "pods", "a"), ("ADDED", "pods", "c")]
    watcher.rollback()
    assert [obj["metadata"]["name"] for _, _, obj in watcher.follow()] == ["a", "b", "a"]
    watcher.put("ADDED", "pods", "default/d", pod("d"))
    watcher.commit()
    assert [obj["metadata"]["name"] for _, _, obj in followed] == ["a", "b", "a", "d"]
    watcher.close()


def test_who_sleeps_through_two_compactions_learns_what_became_of_everything(filled, monkeypatch):
    watcher = Store(filled)
    followed = watcher.follow()
    monkeypatch.setattr(store, "GARBAGE", 0)
    generations = set()
    for name, type_ in (("c", "ADDED"), ("a", "DELETED"), ("c", "MODIFIED"), ("d", "ADDED"), ("c", "DELETED"),
                        ("d", "MODIFIED"), ("d", "MODIFIED")):
        writer = Store(filled)
        writer.begin()
        writer.put(type_, "pods", f"default/{name}", pod(name, text="x" * 500))
        writer.commit()
        writer.close()
        with open(os.path.join(filled, log.LOG), "rb") as file:
            generations.add(json.loads(file.readline())["generation"])
    assert max(generations) > 1 and watcher.reload()
    ends = {obj["metadata"]["name"]: type_ for type_, _, obj in followed}
    assert {name: type_ == "DELETED" for name, type_ in ends.items()} == {"a": True, "c": True, "d": False}
    assert [obj["metadata"]["name"] for obj in watcher.list("pods")] == ["b", "d"]
    assert int(followed[-1][2]["metadata"]["resourceVersion"]) == watcher.revision
    watcher.close()


@pytest.mark.skipif(os.name == "nt", reason="no file modes there")
def test_files_are_the_users_alone(filled):
    for name in (log.LOG, log.HEAD, "lock"):
        assert os.stat(os.path.join(filled, name)).st_mode & 0o777 == 0o600


WRITER = textwrap.dedent("""
    import sys
    from kubesim_cli.store.store import Store
    folder, start = sys.argv[1], int(sys.argv[2])
    for i in range(start, start + 10_000):
        store = Store(folder)
        store.begin()
        for half in "xy":
            obj = {"metadata": {"name": f"{i}{half}"}, "data": "z" * 500}
            store.put("ADDED", "configmaps", f"default/{i}{half}", obj)
        store.commit()
        store.release()
        print(i, flush=True)
""")


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_a_killed_writer_loses_nothing_it_acknowledged_and_leaves_nothing_half_done(folder, monkeypatch):
    acknowledged = []
    for round_ in range(8):
        child = subprocess.Popen([sys.executable, "-c", WRITER, folder, str(round_ * 10_000)], stdout=subprocess.PIPE,
                                 text=True)
        for _ in range(3 + round_):
            acknowledged.append(int(child.stdout.readline()))
        child.send_signal(signal.SIGKILL)
        acknowledged += [int(row) for row in child.stdout.read().split()]
        child.wait()
        child.stdout.close()
        names = {o["metadata"]["name"] for o in Store(folder).list("configmaps")}
        assert {f"{i}{half}" for i in acknowledged for half in "xy"} <= names
        assert len(names) % 2 == 0


def test_a_store_of_format_1_is_read_and_the_first_write_makes_it_the_newest(folder):
    os.makedirs(folder)
    path = os.path.join(folder, log.LOG)
    rows = [{"kubesim": "store", "format": 1, "generation": 3},
            {"rv": 1, "type": "ADDED", "resource": "pods", "key": "default/a", "object": {"metadata": {"name": "a"}}},
            {"timer": "kubelet default/a", "due": 12.5}, {"timer": "event-ttl 7", "due": 3.0},
            {"timer": "event-ttl 7", "due": None}, {"commit": 1, "meta": {"nodes": 2}}]
    with open(path, "wb") as file:
        file.write(b"".join(map(log.line, rows)))
    old = Store(folder)
    assert list(old.timers) == [("kubelet", "default/a", 12.5)]
    assert (old.keys("pods"), old.meta, old.revision) == (["default/a"], {"nodes": 2}, 1)
    assert open(path, "rb").readline() == log.line(rows[0])  # a mere look changes nothing
    old.begin()
    old.set_timer("kubelet", "default/b", 13.5)
    old.commit()
    old.release()
    assert json.loads(open(path, "rb").readline()) == {"kubesim": "store", "format": log.FORMAT, "generation": 4}
    new = Store(folder)
    assert sorted(new.timers) == [("kubelet", "default/a", 12.5), ("kubelet", "default/b", 13.5)]
    assert new.get("pods", "default/a") == {"metadata": {"name": "a"}}


def family(folder: str) -> Store:
    """A store with pods of two owners and one of nobody, within a transaction."""
    store = Store(folder)
    store.begin()
    for name, uid in (("c", "u1"), ("a", "u1"), ("b", "u2"), ("d", "")):
        owners = [{"uid": uid, "controller": True}] if uid else []
        store.put("ADDED", "pods", f"default/{name}", {"metadata": {"name": name, "ownerReferences": owners}})
    return store


def test_families_are_kept_up_with_changes(folder):
    store = family(folder)

    def now() -> tuple:
        def named(found):
            return "".join(obj["metadata"]["name"] for obj in found)

        return (named(store.owned("pods", "u1")), named(store.owned("pods", "u2")),
                named(store.orphans("pods", "default")))

    assert now() == ("ac", "b", "d")
    store.put("ADDED", "pods", "default/aa", {"metadata": {"name": "aa", "ownerReferences": [
        {"uid": "u1", "controller": True}, {"uid": "u2"}]}})
    assert now() == ("aaac", "aab", "d")
    store.put("MODIFIED", "pods", "default/c", {"metadata": {"name": "c"}})
    store.put("DELETED", "pods", "default/d", {"metadata": {"name": "d"}})
    assert now() == ("aaa", "aab", "c")
    changed = {"metadata": {"name": "a", "labels": {"x": "y"}, "ownerReferences": [{"uid": "u1", "controller": True}]}}
    store.put("MODIFIED", "pods", "default/a", changed)
    assert store.owned("pods", "u1")[0] is changed
    assert store.owning("u2") == ["pods"] and store.owning("u9") == []
    store.rollback()
    assert now() == ("", "", "")


def test_each_gives_what_list_gives_and_keeps_none_of_it(folder, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 4)
    writer = Store(folder)
    writer.begin()
    for i in range(30):
        writer.put("ADDED", "pods", f"ns{i % 3}/p{i}", pod(f"p{i}"))
    writer.commit()
    writer.release()
    reader = Store(folder)
    assert [*reader.each("pods", "ns1")] == Store(folder).list("pods", "ns1") and not reader._cache.get("pods")
    assert [*reader.each("pods")] == reader.list("pods") == [*reader.each("pods")] and len(reader._cache["pods"]) == 30


def test_of_fleeting_objects_only_the_last_are_kept_in_memory(folder, monkeypatch):
    monkeypatch.setattr(reading, "PASSING", 5)
    writer = Store(folder, fleeting="events")
    writer.begin()
    for i in range(20):
        writer.put("ADDED", "events", f"default/e{i:02}", pod(f"e{i:02}"))
    assert len(writer._cache["events"]) == 5
    assert all(writer.get("events", f"default/e{i:02}")["metadata"]["name"] == f"e{i:02}" for i in range(20))
    assert len(writer._cache["events"]) == 5
    assert len(writer.list("events")) == 20


def test_nothing_is_read_anew_where_nothing_was_written(filled, monkeypatch):
    reader = Store(filled)
    monkeypatch.setattr(store, "load", lambda folder: pytest.fail("read anew"))
    assert not reader.reload() and not reader.begin()
    reader.release()
    monkeypatch.undo()
    writer = Store(filled)
    writer.begin()
    writer.put("ADDED", "pods", "default/z", pod("z"))
    writer.commit()
    writer.release()
    assert reader.reload() and reader.get("pods", "default/z")


def test_a_compaction_of_one_long_transaction_holds_none_of_it(folder, monkeypatch):
    import tracemalloc

    monkeypatch.setattr(store, "GARBAGE", 0)
    monkeypatch.setattr(store, "SPILL", 1 << 10)
    writer = Store(folder)
    writer.begin()
    for i in range(1200):
        writer.put("MODIFIED", "pods", f"default/{i % 400}", {"metadata": {"name": str(i % 400)}, "text": "t" * 9000})
        writer._cache.clear()
    tracemalloc.start()
    writer.commit()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    writer.release()
    assert os.path.getsize(os.path.join(folder, log.LOG)) < 5_000_000 and peak < 2_000_000
