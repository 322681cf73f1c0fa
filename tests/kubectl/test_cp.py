"""kubectl cp: files and folders both ways, what it refuses and what it skips."""

from __future__ import annotations

import io
import os
import tarfile

import pytest


@pytest.fixture
def box(newest):
    """A terminal with the pod `box`, which runs."""
    newest.ok("kubectl run box --image=busybox --command -- sleep infinity")
    newest.advance("10s")
    return newest


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_a_file(box):
    write("a.txt", "one\n")
    os.chmod("a.txt", 0o640)
    assert box("kubectl cp a.txt box:/tmp/b.txt") == (0, "", "")
    assert box.ok("kubectl exec box -- cat /tmp/b.txt") == "one\n"
    assert box.ok("kubectl exec box -- stat -c %a /tmp/b.txt") == "640\n"
    box.ok("kubectl cp a.txt default/box:/tmp --no-preserve")  # into a folder
    assert box.ok("kubectl exec box -- stat -c '%a %u' /tmp/a.txt") == "640 0\n"
    assert box("kubectl cp box:/tmp/b.txt c.txt") == (0, "tar: removing leading '/' from member names\n", "")
    assert read("c.txt") == "one\n"
    box.ok("kubectl cp box:tmp/b.txt new/folder/d.txt --retries=2")
    assert read("new/folder/d.txt") == "one\n"
    assert box("kubectl cp box:/tmp/b.txt new") == (
        1, "tar: removing leading '/' from member names\n", "error: open new: is a directory\n")


def test_a_folder(box):
    write("d/x", "1\n")
    write("d/e/y", "2\n")
    os.mkdir("d/empty")
    os.symlink("x", "d/link")
    box.ok("kubectl cp d box:/tmp/new")
    box.ok("kubectl cp d/ box:/tmp")
    assert box.ok("kubectl exec box -- sh -c 'cd /tmp; find new d | sort; cat d/link new/e/y'") == (
        "d\nd/e\nd/e/y\nd/empty\nd/link\nd/x\nnew\nnew/e\nnew/e/y\nnew/empty\nnew/link\nnew/x\n1\n2\n")
    done = box("kubectl cp box:/tmp/new back")
    assert (done.code, done.err) == (
        0, 'warning: skipping symlink: "back/link" -> "x" (consider using "kubectl exec -n "" "box" -- tar cf - '
           '"/tmp/new" | tar xf -")\n')
    assert sorted(os.listdir("back")) == ["e", "empty", "x"] and read("back/e/y") == "2\n"


@pytest.mark.parametrize(("line", "told"), [
    ("cp", "error: source and destination are required\n"),
    ("cp a b", "error: one of src or dest must be a remote file specification\n"),
    ("cp x:/a y:/b", "error: one of src or dest must be a local file specification\n"),
    ("cp nope box:/tmp", "error: nope doesn't exist in local filesystem\n"),
    ("cp :x b", "error: filespec must match the canonical format: [[namespace/]pod:]file/path\n"),
    ("cp a/b/c:x b", "error: filespec must match the canonical format: [[namespace/]pod:]file/path\n"),
    ("cp box: b", "error: filepath can not be empty\n"),
    ("cp nosuch:/a b", 'Error from server (NotFound): pods "nosuch" not found\n'),
    ("cp f nosuch:/a", 'Error from server (NotFound): pods "nosuch" not found\n'),
    ("cp box:/a b -c nosuch", "error: container nosuch is not valid for pod box out of: box\n"),
    ("cp f box:/nope/nope/x", "tar: can't change directory to '/nope/nope': No such file or directory\n"
                              "command terminated with exit code 1\n"),
])
def test_refusals(box, line, told):
    write("f", "")
    assert box(f"kubectl {line}") == (1, "", told)


def test_what_is_not_there(box):
    assert box("kubectl cp box:/nope x") == (
        1, "tar: /nope: No such file or directory\ntar: error exit delayed from previous errors\n",
        "command terminated with exit code 1\n")
    assert not os.path.exists("x")


def test_what_leads_out_of_the_folder_is_left(box):
    """An archive that a container has tampered with writes nothing outside of where it is to go."""
    box.ok("kubectl exec box -- mkdir -p /tmp/d")
    tampered = "kubectl exec -i box -- sh -c 'cat > /evil; for f in /bin/tar /usr/bin/tar; do rm -f $f; " \
               "printf \"#!/bin/sh\\ncat /evil\\n\" > $f; chmod 755 $f; done'"
    box.ok(tampered, _archive("tmp/d/../../../../escaped", "tmp/d/fine"))
    done = box("kubectl cp box:/tmp/d out")
    assert done == (0, "", 'warning: file "../../../escaped" is outside target destination, skipping\n')
    assert os.listdir("out") == ["fine"]
    box.ok(tampered, _archive("etc/passwd"))
    assert box("kubectl cp box:/tmp/d out") == (1, "", "error: tar contents corrupted\n")


def _archive(*names):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return made.getvalue().decode()
