"""Laws of JSONPath: a path to a value finds it, a wildcard finds all, what is printed as JSON reads back the same."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.kubectl.printers.output import for_output
from kubesim_cli.machinery.jsonpath import JSONPath

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-10**9, 10**9), st.text(max_size=8))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
                      max_leaves=10)
OBJECTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def leaves(value, path=""):
    """Yield (path, value) of everything below a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}['{key}']", item
            yield from leaves(item, f"{path}['{key}']")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield f"{path}[{i}]", item
            yield from leaves(item, f"{path}[{i}]")


@given(OBJECTS)
def test_the_path_to_a_value_finds_it(obj):
    for path, value in leaves(obj):
        if value is not None:
            assert JSONPath("{" + path + "}").find(obj) == [[value]]


@given(OBJECTS)
def test_dots_and_brackets_are_the_same(obj):
    for name, value in obj.items():
        if value is not None:
            assert JSONPath("{." + name + "}").find(obj) == JSONPath("{['" + name + "']}").find(obj)


@given(st.lists(st.integers(), min_size=1, max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_a_slice_is_pythons(items, start, end):
    if start <= end <= len(items):
        assert JSONPath("{.a[" + f"{start}:{end}" + "]}").find({"a": items}) == [items[start:end]]


@given(st.lists(st.integers(), max_size=6))
def test_a_wildcard_finds_all_and_a_filter_some(items):
    objects = {"a": [{"n": n} for n in items]}
    assert JSONPath("{.a[*].n}").find(objects) == [items]
    assert JSONPath("{.a[?(@.n>0)].n}").find(objects) == [[n for n in items if n > 0]]


@given(OBJECTS)
def test_what_is_printed_as_json_reads_back_the_same(obj):
    assert json.loads(for_output("jsonpath-as-json={$}").print_obj(obj)) == [obj]
