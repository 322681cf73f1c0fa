"""Files without an end: devices and pipes."""

from __future__ import annotations

import os
import tracemalloc

import pytest

from kubesim_cli.machinery import files

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no /dev/zero here")


@pytest.fixture
def bounds(monkeypatch):
    monkeypatch.setattr(files, "MOST", 1000)


@pytest.mark.parametrize(("line", "told"), [
    ("get ns --kubeconfig /dev/zero", 'error loading config file "/dev/zero": open /dev/zero: file too large'),
    ("create -f /dev/zero", "error parsing /dev/zero: read /dev/zero: file too large"),
    ("create --raw /api/v1/namespaces -f /dev/zero", "open /dev/zero: file too large"),
    ("create cm x --from-file /dev/zero", "open /dev/zero: file too large"),
    ("create cm x --from-env-file /dev/zero", "open /dev/zero: file too large"),
    ("create secret tls x --cert /dev/zero --key x", "Cannot read file /dev/zero, open /dev/zero: file too large"),
    ("patch cm x --patch-file /dev/zero", "unable to read patch file: open /dev/zero: file too large"),
    ("get ns -o go-template-file=/dev/zero", "error reading --template /dev/zero, open /dev/zero: file too large"),
    ("get ns -o custom-columns-file=/dev/zero", "error reading template /dev/zero, open /dev/zero: file too large"),
    ("config set-cluster x --embed-certs --certificate-authority /dev/zero",
     "could not stat certificate-authority file /dev/zero: stat /dev/zero: file too large"),
])
def test_devices_are_read_within_bounds(terminal, bounds, line, told):
    result = terminal(f"kubectl {line}")
    assert (result.code, result.err) == (1, f"error: {told}\n")


def test_a_pipe_is_read_within_bounds(bounds):
    reading, writing = os.pipe()
    os.write(writing, b"x" * 1001)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream, pytest.raises(OSError, match="File too large"):
        files.bounded(stream)


def test_a_file_is_read_whatever_its_size(tmp_path, bounds):
    (tmp_path / "large").write_bytes(b"x" * 5000)
    assert len(files.contents(str(tmp_path / "large"))) == 5000


def test_what_is_too_much_takes_no_more_memory_than_that():
    tracemalloc.start()
    try:
        with pytest.raises(OSError, match="File too large"):
            files.contents("/dev/zero")
        assert tracemalloc.get_traced_memory()[1] < 1.5 * files.MOST
    finally:
        tracemalloc.stop()
