"""A verb that imports more than before costs every user of it time: tests/verb_imports.txt lists what they import."""

from __future__ import annotations

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("verb_imports", ROOT / "hack" / "verb_imports.py")
verb_imports = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verb_imports)


def test_no_verb_imports_more_than_listed():
    listed = verb_imports.listed()
    more = {verb: sorted(set(names) - set(listed[verb])) for verb, names in verb_imports.imported().items()}
    assert {verb: names for verb, names in more.items() if names} == {}, "if it must be: python hack/verb_imports.py"
