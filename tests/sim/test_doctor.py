"""`kubesim sim doctor`, and `kubesim sim reset` on what cannot be read."""

from __future__ import annotations

import errno
import json
import os
import shutil

import pytest

from kubesim_cli.store import compaction, log


@pytest.fixture
def folder(terminal, tmp_path):
    """The folder of a cluster with three ConfigMaps, each of a transaction of its own."""
    for name in ("a", "b", "c"):
        assert terminal(f"kubectl create configmap {name} --from-literal=k=v{name}").code == 0
    [found] = [path.parent for path in tmp_path.rglob(log.LOG)]
    return str(found)


def change(folder, old: bytes, new: bytes, name: str = log.LOG):
    path = os.path.join(folder, name)
    with open(path, "rb") as file:
        data = file.read()
    assert old in data
    with open(path, "wb") as file:
        file.write(data.replace(old, new))


def test_a_sound_cluster(terminal, folder):
    told = terminal("kubectl sim doctor")
    assert told.code == 0
    assert told.out.endswith("nothing is damaged\n") and f"store format {log.FORMAT}, " in told.out


def test_without_a_cluster(terminal):
    shutil.rmtree(terminal.home)
    assert terminal("kubectl sim doctor").out.endswith(": no cluster yet\n")


def test_what_mends_itself_is_told(terminal, folder):
    change(folder, b'"size"', b'"Size"', log.HEAD)
    with open(os.path.join(folder, log.LOG), "ab") as file:
        file.write(b'{"rv":900,')
    with open(os.path.join(folder, log.INDEX), "wb") as file:
        file.write(b"{}\n")
    told = terminal("kubectl sim doctor")
    assert told.code == 0
    assert [line.split()[1] for line in told.out.splitlines() if line.startswith("note:")] == [
        f"{log.LOG}:", log.HEAD, log.INDEX]


def test_a_changed_byte_is_found_and_a_repair_saves_the_rest(terminal, folder, tmp_path):
    change(folder, b'"k":"vb"', b'"k":"vB"')
    os.remove(os.path.join(folder, log.INDEX))
    with pytest.raises(log.StoreError, match="kubesim sim doctor"):
        terminal("kubectl get configmap a")
    told = terminal(f"kubectl sim doctor --repair {tmp_path / 'new'}")
    assert told.code == 1
    assert f"wrong: {log.LOG}: bytes " in told.out and "doubtful: configmaps default/b\n" in told.out
    assert "default/a" not in told.out and "lost:" not in told.out
    os.rename(folder, folder + ".old")
    os.rename(tmp_path / "new", folder)
    assert terminal("kubectl sim doctor").code == 0
    assert terminal("kubectl get configmap a b c -o jsonpath='{.items[*].data.k}'").out == "va vB vc"
    assert terminal("kubectl create configmap d").code == 0


def test_what_no_repair_brings_back_is_named(terminal, folder, tmp_path):
    change(folder, b'"data":{"k":"vb"}', b'"data":\0"k":"vb"}')
    told = terminal(f"kubectl sim doctor --repair {tmp_path / 'new'}")
    assert told.code == 1 and "lost: a change of configmaps default/b, " in told.out
    assert terminal(f"kubectl sim doctor --repair {tmp_path / 'new'}").code == 1  # it overwrites nothing


@pytest.mark.parametrize("damage", ["flip", "empty", "missing", "newer", "file"])
def test_reset_works_on_any_state_and_keeps_the_old_folder(terminal, folder, damage):
    path = os.path.join(folder, log.LOG)
    if damage == "flip":
        change(folder, b'"k":"vb"', b'"k":"vB"')
        os.remove(os.path.join(folder, log.INDEX))
    elif damage == "empty":
        os.truncate(path, 0)
    elif damage == "missing":
        os.remove(path)
    elif damage == "newer":
        change(folder, b'"format":%d' % log.FORMAT, b'"format":%d' % (log.FORMAT + 1))
    elif damage == "file":
        os.rename(folder, folder + ".old")
        open(folder, "w").close()
    with pytest.raises((log.StoreError, TypeError, OSError)):
        terminal("kubectl get configmap a")
    told = terminal("kubectl sim reset")
    assert told.code == 0
    assert f"the old cluster is kept in {folder}~unusable, as it cannot be read: " in told.err
    assert os.path.exists(f"{folder}~unusable")
    assert terminal("kubectl create configmap a").code == 0


@pytest.mark.parametrize("time", ["never", float("nan"), 1e300])
def test_reset_keeps_no_clock_that_tells_no_time(terminal, folder, time):
    with open(os.path.join(folder, log.LOG), "wb") as file:
        file.write(b"".join(compaction.finished(log.Index(0, 0, 0, {"clock": {"frozen": time}}), [log.header(0)])))
    os.remove(os.path.join(folder, log.HEAD))
    assert terminal("kubectl sim reset").code == 0
    assert "(running)" in terminal("kubectl sim clock").out


def test_reset_works_on_a_full_disk(terminal, folder, monkeypatch):
    """There is room for a small file, once the index is gone; where there is none, all is as it was."""
    from kubesim_cli.machinery import files

    real = files.replace

    def replace(path, chunks, durable):
        if full or os.path.exists(os.path.join(folder, log.INDEX)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        real(path, chunks, durable)

    before = terminal("kubectl get configmaps -o name").out
    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", replace)
        full = True
        with pytest.raises(OSError, match="No space left"):
            terminal("kubectl sim reset")
        assert terminal("kubectl get configmaps -o name").out == before
        full = False
        assert terminal("kubectl sim reset").code == 0
    assert terminal("kubectl get configmaps -o name").out == "configmap/kube-root-ca.crt\n"


def test_what_stood_where_nothing_can_be_read_is_named_from_the_index(terminal, folder, monkeypatch):
    """Of two lines that became one only the first can be told; a key that is another one is not believed."""
    monkeypatch.setattr(log, "SLACK", -1 << 20)
    assert terminal("kubectl create configmap d").code == 0
    change(folder, b'"key":"default/b"', b'"key":"default/x"')
    told = terminal("kubectl sim doctor").out
    assert "lost: the newest state of configmaps default/b\n" in told and "doubtful" not in told
    with open(os.path.join(folder, log.LOG), "rb") as file:
        rows = file.read().splitlines(keepends=True)
    os.remove(os.path.join(folder, log.INDEX))
    with open(os.path.join(folder, log.LOG), "wb") as file:
        file.write(b"".join(row for row in rows if b'"key":"default/c"' not in row))
    lost, = (json.loads(row)["rv"] for row in rows if b'"key":"default/c"' in row)
    assert f"lost: the changes of revisions {lost} to {lost}\n" in terminal("kubectl sim doctor").out


def test_snapshots_are_looked_at_and_saved(terminal, folder, tmp_path):
    terminal.ok("kubectl sim snapshot save good")
    terminal.ok("kubectl sim snapshot save bad")
    assert terminal("kubectl sim doctor").code == 0
    change(folder, b"vb", b"vx", os.path.join("snapshots", "bad.jsonl"))
    told = terminal(f"kubectl sim doctor --repair {tmp_path / 'saved'}")
    assert told.code == 1
    assert "wrong: snapshots/bad.jsonl is not as it was written\nlost: snapshot bad\n" in told.out
    assert os.listdir(tmp_path / "saved" / "snapshots") == ["good.jsonl"]
    terminal.ok("kubectl sim snapshot delete bad")
    assert terminal("kubectl sim doctor").code == 0


def test_what_is_kept_to_be_undone_is_looked_at(terminal, folder):
    with open(os.path.join(folder, log.LOG), encoding="utf-8") as file:
        name = f"past-{json.loads(file.readline())['generation']}.jsonl"
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"nothing")
    told = terminal("kubectl sim doctor")
    assert told.code == 0 and f"note: {name} is not as it was written; older commands cannot be undone" in told.out


def test_an_object_whose_owners_cannot_be_read(terminal, folder):
    """Its line is JSON and has all that a record needs, but nothing that the index could be made of."""
    terminal.ok("kubectl create deployment web --image=nginx")
    change(folder, b'"ownerReferences":[{', b'"ownerReferences":[0,{')
    told = terminal("kubectl sim doctor")
    assert told.code == 1 and "not as they were written" in told.out and "failed" not in told.err
    assert terminal("kubectl sim doctor --repair repaired").code in (0, 1)
    assert os.path.isdir("repaired")
