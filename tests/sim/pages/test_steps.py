"""Pages in kubesim's own YAML, as they are read."""

import pytest

from kubesim_cli.sim.pages.formats import steps
from kubesim_cli.sim.pages.model import BadPage, Shown

PAGE = """\
name: A page
start: 2024-01-01 10:00:00
kubernetesVersion: 1.36
nodes: 2
uids: {pod/a: 6dbe5870-6c5c-4761-b3e1-354437823255}
files:
  a.txt: |
    x
  beside.txt:
steps:
- run: |
    cat a.txt
  at: 1m5s
  exit: 0x1
  stdout: |
    y
    z
  stderr: wrong
- run: ls
"""


def test_all_fields(tmp_path):
    (tmp_path / "beside.txt").write_text("beside")
    page = steps.parse(str(tmp_path / "page.yaml"), PAGE)
    assert (page.level, page.release, page.nodes, page.start) == ("exact", "1.36", 2, "2024-01-01T10:00:00Z")
    assert page.uids == {"pod/a": "6dbe5870-6c5c-4761-b3e1-354437823255"}
    files, (first, second) = page.items[:2], page.items[2:]
    assert [(file.name, file.text) for file in files] == [("a.txt", "x\n"), ("beside.txt", "beside")]
    assert all(isinstance(file, Shown) for file in files)
    assert (first.text, first.line, first.at, type(first.exit), first.exit) == ("cat a.txt", 11, 65.0, int, 1)
    assert (first.listing.lines, first.stderr.lines) == (["y", "z"], ["wrong"])
    assert (second.text, second.exit, second.listing, second.stderr) == ("ls", 0, None, None)


@pytest.mark.parametrize(("start", "read"), [
    ("2024-01-01", "2024-01-01T00:00:00Z"),
    ("'2024-01-01T10:00:00+02:00'", "2024-01-01T10:00:00+02:00"),
    ("|-\n  2024-01-01T10:00:00", "2024-01-01T10:00:00Z")])
def test_when_it_starts(start, read):
    assert steps.parse("page.yaml", f"start: {start}\nsteps: [{{run: ls}}]\n").start == read


@pytest.mark.parametrize(("text", "line", "why"), [
    ("a: b: c", 1, "is no YAML"), ("steps: x\n", 0, "has no steps"), ("steps:\n- ls\n", 2, "has no command: run"),
    ("steps:\n- run: ls\n  at: 5\n", 2, "time: missing unit"), ("steps:\n- run: ls\n  exit: true\n", 3, "another type"),
    ("files: {a: [1]}\nsteps:\n- run: ls\n", 1, "another type of value in: files"),
    ("files: {nosuch: }\nsteps:\n- run: ls\n", 0, "No such file"),
    ("stps: 1\nsteps:\n- run: ls\n", 1, "unknown fields")])
def test_pages_that_are_refused(text, line, why):
    with pytest.raises(BadPage, match=why) as refused:
        steps.parse("page.yaml", text)
    assert refused.value.line == line
