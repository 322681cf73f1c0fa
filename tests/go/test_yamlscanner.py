"""How much work the scanner of YAML does."""

from __future__ import annotations

import sys

import pytest

from kubesim_cli.go import yaml


def calls(text):
    """Read a text that is no YAML and return how many functions that calls."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        with pytest.raises(yaml.YamlError):
            yaml.load(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text", ["[", "{a: ", '"key": [', "- [ x, "])
def test_what_is_open_costs_no_more_the_deeper_it_nests(text):
    assert calls(f"a: {text * 100}") * 5 > calls(f"a: {text * 400}")
