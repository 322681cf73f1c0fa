"""What the disk did to a store: damage is named or mended, never believed; nothing acknowledged is lost."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys

import pytest

from kubesim_cli.machinery import files
from kubesim_cli.store import log, store
from kubesim_cli.store.doctor import Diagnosis
from kubesim_cli.store.store import Store


def pod(name: str, **rest) -> dict:
    return {"metadata": {"name": name}, **rest}


def write(folder: str, *names: str, text: str = "", told: list | None = None) -> None:
    """Write pods, each in a transaction of its own."""
    for name in names:
        writer = Store(folder, told.append if told is not None else pytest.fail)
        writer.begin()
        writer.put("ADDED", "pods", f"default/{name}", pod(name, text=text))
        writer.commit()
        writer.close()


def names(folder: str) -> list[str]:
    return [obj["metadata"]["name"] for obj in Store(folder).list("pods")]


def content(folder: str, name: str = log.LOG) -> bytes:
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def overwrite(folder: str, data: bytes, name: str = log.LOG) -> None:
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a store of three transactions, all of them indexed."""
    monkeypatch.setattr(log, "SLACK", -10_000)
    path = str(tmp_path / "cluster")
    write(path, "a", "b", "c")
    return path


def test_any_changed_byte_is_named_or_mended(folder):
    """Seeded: one byte of one file at a time; the answer is right, or it is that something is damaged."""
    dice = random.Random(8)
    pristine = {name: content(folder, name) for name in (log.LOG, log.HEAD, log.INDEX)}
    right = [pod(name, text="") for name in "abc"]
    told = 0
    for name, data in pristine.items():
        for _ in range(120):
            at = dice.randrange(len(data))
            overwrite(folder, data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1:], name)
            try:
                found = Store(folder).list("pods")
                for obj in found:
                    del obj["metadata"]["resourceVersion"]
                assert found == right
            except log.StoreError:
                told += 1
                assert name == log.LOG
        overwrite(folder, data, name)
    assert told > 60


def test_an_index_that_lost_a_row_is_made_anew(folder):
    rows = content(folder, log.INDEX).splitlines(keepends=True)
    overwrite(folder, b"".join(row for row in rows if b"pods" not in row), log.INDEX)
    assert names(folder) == ["a", "b", "c"]


def test_an_index_with_a_damaged_part_is_used_for_the_rest_and_made_anew_by_the_next_write(folder, monkeypatch):
    monkeypatch.setattr(log, "SLACK", 1 << 16)
    data = content(folder, log.INDEX)
    overwrite(folder, data.replace(b"default/b", b"default/x", 2), log.INDEX)
    assert "not as it was written" in " ".join(Diagnosis(folder).notes) and not Diagnosis(folder).wrong
    assert names(folder) == ["a", "b", "c"]
    write(folder, "d")
    assert Diagnosis(folder).notes == [] and names(folder) == ["a", "b", "c", "d"]


def test_an_index_of_another_log_is_not_believed(folder):
    foreign = content(folder, log.INDEX)
    os.remove(os.path.join(folder, log.LOG))
    os.remove(os.path.join(folder, log.HEAD))
    write(folder, "x", "y", "z", "u")
    overwrite(folder, foreign, log.INDEX)
    assert names(folder) == ["u", "x", "y", "z"]


def test_the_index_reads_as_json_lines(folder):
    rows = [json.loads(row) for row in content(folder, log.INDEX).splitlines()]
    assert list(rows[1]) == ["pods"] and sorted(rows[1]["pods"]) == ["default/a", "default/b", "default/c"]


def test_a_tail_that_was_never_acknowledged_is_dropped_by_the_next_write(folder):
    """Its last page reached the disk, with the commit line, and one before it did not."""
    acknowledged = {name: content(folder, name) for name in (log.LOG, log.HEAD, log.INDEX)}
    write(folder, "d", text="t" * 9000)
    size = len(acknowledged[log.LOG])
    torn = bytearray(content(folder))
    torn[size + 4096:size + 8192] = bytes(4096)
    for name, data in acknowledged.items():
        overwrite(folder, data, name)
    overwrite(folder, bytes(torn))
    assert names(folder) == ["a", "b", "c"]
    write(folder, "e")
    assert names(folder) == ["a", "b", "c", "e"]
    assert content(folder).startswith(acknowledged[log.LOG]) and b"\0" not in content(folder)


@pytest.mark.parametrize("lost", [(), (log.INDEX,), (log.INDEX, log.HEAD)])
def test_a_damaged_middle_is_named_and_left_alone(folder, lost):
    data = content(folder)
    damaged = data.replace(b'"name":"b"', b'"name":"B"')
    overwrite(folder, damaged)
    for name in lost:
        os.remove(os.path.join(folder, name))
    with pytest.raises(log.StoreError, match=r"objects.jsonl is damaged at byte \d+; nothing was changed.*sim doctor"):
        names(folder)
    assert content(folder) == damaged


def test_bytes_that_an_editor_put_in_are_not_cut_off_at_the_end(folder):
    data = content(folder).replace(b'"name":"a"', b'"name":"a" ')
    overwrite(folder, data)
    with pytest.raises(log.StoreError, match="damaged"):
        write(folder, "d")
    assert content(folder) == data


def test_a_transaction_that_was_taken_out_is_missed(folder):
    write(folder, "d")
    rows = content(folder).splitlines(keepends=True)
    overwrite(folder, b"".join(rows[:3] + rows[5:]))
    os.remove(os.path.join(folder, log.HEAD))
    os.remove(os.path.join(folder, log.INDEX))
    with pytest.raises(log.StoreError, match="damaged at byte"):
        names(folder)


def test_a_log_that_is_damaged_is_not_compacted(folder, monkeypatch):
    """Not even where all that is damaged is outdated: nothing tells what it was."""
    write(folder, "old", text="o" * 100)
    monkeypatch.setattr(store, "GARBAGE", 500)
    data = content(folder).replace(b"ooo", b"oOo")
    overwrite(folder, data)
    told = []
    for _ in range(4):
        write(folder, "old", told=told)
    assert content(folder).startswith(data) and len(told) > 1
    assert told[-1].startswith("Warning: what was done is stored, but not all") and "damaged at byte" in told[-1]


@pytest.mark.parametrize("data", [b"", bytes(500)])
def test_a_log_that_was_lost_with_the_power_before_anything_was_acknowledged_is_none(tmp_path, data):
    folder = str(tmp_path / "cluster")
    os.mkdir(folder)
    overwrite(folder, data)
    assert not Store(folder).exists
    write(folder, "a")
    assert names(folder) == ["a"]


def test_what_is_not_synced_is_not_told_as_committed(tmp_path):
    made = Store(str(tmp_path / "cluster"))
    made.begin()
    made.put("ADDED", "pods", "default/a", pod("a"))
    made.commit(durable=False)
    made.close()
    assert sorted(os.listdir(made.folder)) == ["lock", log.LOG]


# What fails while it writes

def failing(name: str, code: int):
    """Make a function of os fail, from now on, with an error number."""
    def fail(*args, **rest):
        raise OSError(code, os.strerror(code))
    return name, fail


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_failed_sync_or_write_takes_the_commit_back(folder, monkeypatch, call):
    before = content(folder)
    writer = Store(folder)
    writer.begin()
    with monkeypatch.context() as patch:
        patch.setattr(os, *failing(call, errno.ENOSPC))
        writer.put("ADDED", "pods", "default/d", pod("d"))
        with pytest.raises(OSError, match="No space left") as problem:
            writer.commit()
        assert problem.value.filename == os.path.join(folder, log.LOG)
    assert content(folder) == before
    writer.put("ADDED", "pods", "default/e", pod("e"))
    writer.commit()
    writer.close()
    assert names(folder) == ["a", "b", "c", "e"]


@pytest.mark.parametrize("call", ["replace", "mkdir"])
def test_what_fails_after_the_sync_is_a_warning(folder, monkeypatch, call):
    if call == "mkdir":  # a folder stands where head.json should
        os.remove(os.path.join(folder, log.HEAD))
        os.mkdir(os.path.join(folder, log.HEAD))
    else:
        monkeypatch.setattr(os, *failing("replace", errno.ENOSPC))
    told = []
    write(folder, "d", told=told)
    assert names(folder) == ["a", "b", "c", "d"]
    assert len(told) == 1 and told[0].startswith("Warning: ") and f"{log.HEAD}: " in told[0]
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_a_log_is_named_in_its_folder_for_good_before_it_is_acknowledged(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    folder = str(tmp_path / "home" / "clusters" / "c")
    write(folder, "a", "b")
    assert synced == [folder, os.path.dirname(folder), str(tmp_path / "home"), str(tmp_path)]


@pytest.mark.skipif(os.name == "nt", reason="no file modes there")
@pytest.mark.parametrize("umask", [0, 0o777])
def test_folders_and_files_are_the_users_alone_under_any_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        write(str(tmp_path / "home" / "clusters" / "c"), "a")
    finally:
        os.umask(before)
    for top, _, found in os.walk(tmp_path / "home"):
        assert os.stat(top).st_mode & 0o777 == 0o700
        assert [os.stat(os.path.join(top, name)).st_mode & 0o777 for name in found] == [0o600] * len(found)


def test_no_link_is_followed(folder, tmp_path, monkeypatch):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    monkeypatch.setattr(os, "urandom", lambda count: bytes(count))
    os.symlink(victim, os.path.join(folder, f"{log.HEAD}.000000000000.tmp"))
    with pytest.raises(FileExistsError):
        files.replace(os.path.join(folder, log.HEAD), [b"x"], durable=False)
    assert victim.read_text() == "precious"


def test_what_a_kill_left_behind_is_swept(folder):
    left = os.path.join(folder, f"{log.HEAD}.0123.tmp")
    open(left, "w").close()
    write(folder, "d")
    assert not os.path.exists(left)


def test_a_read_that_fails_names_its_file(folder):
    class Broken:
        def seek(self, *args):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        def close(self):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    reader = Store(folder)
    reader._file.close()
    reader._file = Broken()
    with pytest.raises(OSError) as problem:
        reader.list("pods")
    assert problem.value.filename == os.path.join(folder, log.LOG)
    reader.close()


def test_a_seek_that_fails_is_told_as_an_error_of_the_system(folder):
    """Python raises io.UnsupportedOperation, which is a ValueError too and was taken for a bad manifest."""
    reader = Store(folder)
    reader._file.close()
    with os.fdopen(os.pipe()[0], "rb") as pipe:
        reader._file = pipe
        with pytest.raises(OSError, match="Illegal seek") as problem:
            reader.list("pods")
        assert not isinstance(problem.value, ValueError)
        assert problem.value.filename == os.path.join(folder, log.LOG)
    reader.close()


def test_nothing_is_left_of_a_file_that_cannot_be_made(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, *failing("fchmod", errno.EIO))
        with pytest.raises(OSError):
            files.replace(os.path.join(folder, log.HEAD), [b"x"], durable=False)
    assert sorted(os.listdir(folder)) == sorted([log.LOG, log.HEAD, log.INDEX, "lock"])


def test_another_commit_of_the_same_length_is_noticed(folder):
    """One that was seen could not be synced, and was taken back."""
    before = content(folder)
    write(folder, "d")
    reader, writer, size = Store(folder), Store(folder), len(content(folder))
    for name in "efghijkl":  # checksums are not all of the same length
        overwrite(folder, before)
        os.remove(os.path.join(folder, log.HEAD))
        write(folder, name)
        if len(content(folder)) == size:
            break
    assert len(content(folder)) == size
    assert reader.reload() and [obj["metadata"]["name"] for obj in reader.list("pods")] == ["a", "b", "c", name]
    writer.begin()
    writer.put("ADDED", "pods", "default/z", pod("z"))
    writer.commit()
    writer.close()
    reader.close()
    assert names(folder) == ["a", "b", "c", name, "z"]


def test_closing_a_log_that_is_synced_fails_nothing(folder, monkeypatch):
    writer = Store(folder)
    writer.begin()
    writer.put("ADDED", "pods", "default/d", pod("d"))
    writer.commit()
    tail, real = writer._tail, os.close

    def close(fd):
        real(fd)
        if fd == tail:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "close", close)
    writer.close()
    assert names(folder) == ["a", "b", "c", "d"]


# Folders that go away

def test_a_folder_that_was_removed_is_noticed(folder):
    writer = Store(folder)
    writer.begin()
    writer.put("ADDED", "pods", "default/d", pod("d"))
    os.rename(folder, folder + ".gone")
    with pytest.raises(log.StoreError, match="removed or made anew while this command ran; nothing was changed"):
        writer.commit()
    writer.close()
    assert not os.path.exists(folder)


def test_a_folder_that_was_made_anew_is_left_alone(folder):
    writer = Store(folder)
    writer.begin()
    writer.put("ADDED", "pods", "default/d", pod("d", text="t" * 5000))
    os.rename(folder, folder + ".gone")
    script = f"import sys; sys.path.insert(0, {os.getcwd()!r})\n" \
             "from tests.store.test_damage import write; write(sys.argv[1], 'new')"
    subprocess.run([sys.executable, "-c", script, folder], check=True)
    made = content(folder)
    with pytest.raises(log.StoreError, match="made anew"):
        writer.commit()
    writer.close()
    assert content(folder) == made and names(folder) == ["new"]


def test_a_log_whose_new_name_may_not_last_is_synced_again_before_anything_is_acknowledged(folder, monkeypatch):
    """After a compaction the system cannot vouch for the rename; the write that came before stands."""
    write(folder, "old", text="o" * 300)
    real, told, synced = files.sync_folder, [], []
    monkeypatch.setattr(store, "GARBAGE", 0)
    with monkeypatch.context() as patch:
        patch.setattr(files, *failing("sync_folder", errno.EIO))
        with pytest.raises(OSError):
            for _ in range(9):
                write(folder, "old", text="n" * 300, told=told)
    assert len(told) == 1 and told[0].startswith("Warning: ")
    monkeypatch.setattr(store, "GARBAGE", 1 << 20)
    monkeypatch.setattr(files, "sync_folder", lambda path: (synced.append(path), real(path)))
    write(folder, "d")
    write(folder, "e")
    assert synced[:1] == [folder] and synced.count(folder) == 1
    assert names(folder) == ["a", "b", "c", "d", "e", "old"]


def test_a_reset_whose_new_name_may_not_last_is_done_with_a_warning(folder, monkeypatch):
    told = []
    made = Store(folder, told.append)
    made.begin()
    with monkeypatch.context() as patch:
        patch.setattr(files, *failing("sync_folder", errno.EIO))
        made.replace({})
    made.close()
    assert len(told) == 1 and told[0].startswith("Warning: the cluster is empty now") and names(folder) == []


def test_an_index_that_is_mended_while_the_log_behind_it_is_read(folder, monkeypatch):
    """The scan that mends it reads the same open file."""
    monkeypatch.setattr(log, "SLACK", 1 << 16)
    write(folder, "d", "e")
    data = content(folder, log.INDEX)
    overwrite(folder, data.replace(b"default/b", b"default/x", 2), log.INDEX)
    assert names(folder) == ["a", "b", "c", "d", "e"]
