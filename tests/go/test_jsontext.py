"""JSON without the json package is what the json package makes of it."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.go import jsontext

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES)
def test_texts_are_the_packages(value):
    assert jsontext.encode(value) == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert jsontext.encode_sorted(value) == json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


@given(VALUES, st.sampled_from([None, 1]))
def test_values_are_the_packages(value, indent):
    text = json.dumps(value, indent=indent)
    assert jsontext.loads(f" {text}\n") == jsontext.loads(text.encode()) == jsontext.value_at(f"x{text}", 1) == value


@given(st.text(alphabet='[]{}":,1e-.nulltrueNaN \n\\u0', max_size=12))
def test_what_is_no_json_is_none_here_either(text):
    def outcome(loads):
        try:
            return repr(loads(text))
        except ValueError:
            return None
    assert outcome(jsontext.loads) == outcome(json.loads)


@pytest.mark.parametrize("text", ['{"a" 1}', '["', "[1,]", "[1"])
def test_what_is_no_json_is_told_before_the_package_is_imported(text, monkeypatch):
    monkeypatch.delitem(sys.modules, "json.decoder")
    with pytest.raises(ValueError):
        jsontext.loads(text)


def test_the_package_stands_in_where_its_inner_parts_are_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "_json", None)
    assert jsontext._encoder(True)({"b": 1, "a": "\xe9"}) == '{"a":"\xe9","b":1}'
    assert jsontext.scanner(parse_float=str)("[1.50]", 0) == (["1.50"], 6)


def test_a_copy_shares_nothing():
    value = {"a": [1, {"b": (2, 3)}]}
    copy = jsontext.copied(value)
    assert copy == {"a": [1, {"b": [2, 3]}]} and copy["a"] is not value["a"]


def test_entries_are_found_by_what_begins_a_line():
    entries = jsontext.Entries('{\n"a": {"x": 1,\n  "b": 2},\n"c": [3]\n}\n')
    assert list(entries) == ["a", "c"]
    assert (entries["a"], entries["c"], entries.get("b"), entries.get("b", 5)) == ({"x": 1, "b": 2}, [3], None, 5)
    with pytest.raises(KeyError):
        entries["b"]


def test_what_holds_itself_is_no_json():
    loop = []
    loop.append(loop)
    with pytest.raises(RecursionError):
        jsontext.encode(loop)
