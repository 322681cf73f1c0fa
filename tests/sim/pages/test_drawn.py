"""`kubesim sim verify --svg` and `--html`: blocks of commands as pictures of a terminal."""

from __future__ import annotations

import html.parser
import pathlib
from xml.etree import ElementTree

import pytest

from kubesim_cli.sim.pages import drawn

PAGE = """\
# A page

```console
$ kubectl create ns a
namespace/a created
$ kubectl get ns a --no-headers -o custom-columns=N:.metadata.name
b
```

Then <b>this</b>:

```console
$ kubectl get ns a -o yaml | grep '  name: a'
  name: a
$ docker ps
```
"""


def text_of(svg: str) -> str:
    """Return the text that a picture shows, line by line."""
    root = ElementTree.fromstring(svg)
    rows: dict[str, str] = {}
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        if "clip-path" in element.attrib:
            rows[element.attrib["y"]] = rows.get(element.attrib["y"], "") + (element.text or "").strip("\n")
    return "\n".join(row.replace("\xa0", " ") for row in rows.values())


def test_each_block_is_a_picture_of_what_is_printed_here(replayed):
    report = replayed(PAGE)
    [first, second] = [drawn.drawing(report, line, block) for line, block in drawn.blocks(report)]
    assert text_of(first).splitlines() == ["$ kubectl create ns a", "namespace/a created",
                                           "$ kubectl get ns a --no-headers -o custom-columns=N:.metadata.name", "a"]
    assert text_of(second).splitlines() == ["$ kubectl get ns a -o yaml | grep '  name: a'", "  name: a", "$ docker ps"]
    assert "#98a84b" in first  # `namespace/a created` is green


def test_pictures_are_files_by_page_and_line(replayed, tmp_path, monkeypatch):
    (tmp_path / "guide").mkdir()
    report = replayed(PAGE, "guide/page.md")
    monkeypatch.chdir(tmp_path)
    paths = drawn.write_svgs([report], "out")
    assert [pathlib.Path(path).as_posix() for path in paths] == ["out/guide-page-4.svg", "out/guide-page-13.svg"]
    for path in paths:
        ElementTree.parse(path)


def test_one_page_shows_all_and_tells_what_differs(replayed):
    page = drawn.as_html([replayed(PAGE)])
    assert page.count("<svg ") == 2
    assert '<span class="differs">differs</span>' in page and "-b\n+a" in page
    assert "docker ps: runs docker" in page

    class Reader(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen: list[str] = []

        def handle_starttag(self, tag, attrs):
            self.seen.append(tag)
            assert not [value for name, value in attrs if name in ("src", "href") and value.startswith("http")]

    reader = Reader()
    reader.feed(page)
    assert "script" not in reader.seen and "img" not in reader.seen


@pytest.mark.parametrize("output", ["a\tb\n", "\033[31mred\033[0m\n", "漢字 ✓\n", "x" * 300 + "\n", "<&>\n", "\r\n"])
def test_any_output_can_be_drawn(replayed, output):
    report = replayed("```console\n$ true\n```\n\n```console\n$ kubectl get ns\n```\n")
    report.outcomes[0].output = output
    for line, block in drawn.blocks(report):
        ElementTree.fromstring(drawn.drawing(report, line, block))
