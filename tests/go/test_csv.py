"""Lists in flags, as encoding/csv reads them; a real kubectl 1.32 (`create role --verb`) was asked for each."""

from __future__ import annotations

import pytest

from kubesim_cli.go.csv import record


@pytest.mark.parametrize(("text", "fields"), [
    ("a,b", ["a", "b"]),
    (" a, b", [" a", " b"]),
    ("a,", ["a", ""]),
    ('""', [""]),
    ('"a,b",c', ["a,b", "c"]),
    ('"a""b",c', ['a"b', "c"]),
    ('"a\nb",c', ["a\nb", "c"]),
    ('a,"b\r\nc"', ["a", "b\nc"]),
    ("a\nb", ["a"]),
    ("\n\na\nb", ["a"]),
    ("a\r\nb", ["a"]),
    ("a\r", ["a"]),
    ('a\n"', ["a"]),
])
def test_fields(text, fields):
    assert record(text) == fields


@pytest.mark.parametrize(("text", "problem"), [
    ("\n", "EOF"),
    ("", "EOF"),
    ('a"b', 'parse error on line 1, column 2: bare " in non-quoted-field'),
    ('é"b', 'parse error on line 1, column 3: bare " in non-quoted-field'),
    ('"a"b', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'),
    ('"a" ,b', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'),
    ('"a', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'),
    ('"a\n', 'parse error on line 1, column 4: extraneous or missing " in quoted-field'),
    ('"a\nb', 'record on line 1; parse error on line 2, column 2: extraneous or missing " in quoted-field'),
    ('x,"a\n\nb"c', 'record on line 1; parse error on line 3, column 2: extraneous or missing " in quoted-field'),
])
def test_what_is_refused(text, problem):
    with pytest.raises(ValueError) as caught:
        record(text)
    assert str(caught.value) == problem
