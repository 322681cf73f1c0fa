import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.machinery import jsonpatch
from kubesim_cli.machinery.objects import clone

_values = st.recursive(
    st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8)
_objects = st.dictionaries(st.sampled_from("abcd"), _values, max_size=4)


def _apply(obj, *operations):
    return jsonpatch.apply(clone(obj), list(operations))


def test_operations():
    obj = {"a": {"list": [1, 2]}, "x/y": 1}
    assert _apply(obj, {"op": "add", "path": "/a/list/1", "value": 9})["a"]["list"] == [1, 9, 2]
    assert _apply(obj, {"op": "add", "path": "/a/list/-", "value": 9})["a"]["list"] == [1, 2, 9]
    assert _apply(obj, {"op": "remove", "path": "/x~1y"}) == {"a": {"list": [1, 2]}}
    assert _apply(obj, {"op": "replace", "path": "/a/list/0", "value": {"b": 1}})["a"]["list"] == [{"b": 1}, 2]
    assert _apply(obj, {"op": "replace", "path": "/new", "value": 1})["new"] == 1
    assert _apply(obj, {"op": "move", "from": "/a/list/0", "path": "/n"}) == {"a": {"list": [2]}, "x/y": 1, "n": 1}
    assert _apply(obj, {"op": "copy", "from": "/a/list", "path": "/a/other"})["a"]["other"] == [1, 2]
    assert _apply(obj, {"op": "test", "path": "/a", "value": {"list": [1, 2]}}) == obj


@pytest.mark.parametrize("operation, message", [
    ({"op": "test", "path": "/a", "value": 2}, "testing value /a failed: test failed"),
    ({"op": "test", "path": "/a", "value": True}, "testing value /a failed: test failed"),
    ({"op": "remove", "path": "/b"},
     "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value"),
    ({"op": "add", "path": "/b/c", "value": 1},
     'add operation does not apply: doc is missing path: "/b/c": missing value'),
    ({"op": "add", "path": "/l/5", "value": 1},
     "error in add for path: '/l/5': Unable to access invalid index: 5: invalid index referenced"),
    ({"op": "replace", "path": "/l/1", "value": 1},
     "replace operation does not apply: doc is missing key: /l/1: missing value"),
    ({"op": "jump", "path": "/a"}, "Unexpected kind: jump"),
])
def test_errors(operation, message):
    with pytest.raises(jsonpatch.PatchError) as failure:
        jsonpatch.apply({"a": 1, "l": [0]}, [operation])
    assert str(failure.value) == message


def test_merge():
    assert jsonpatch.merge({"a": {"b": 1, "c": 2}, "l": [1]}, {"a": {"b": None, "d": {"e": None}}, "l": [2]}) == {
        "a": {"c": 2, "d": {}}, "l": [2]}


@given(_objects, _objects)
def test_merging_a_difference_gives_the_target(original, modified):
    assert jsonpatch.same(jsonpatch.merge(clone(original), jsonpatch.merge_diff(original, modified)), modified)


@given(_objects, _objects)
def test_merging_twice_changes_nothing(original, patch):
    once = jsonpatch.merge(clone(original), clone(patch))
    assert jsonpatch.merge(clone(once), clone(patch)) == once


@pytest.mark.parametrize(("operation", "told"), [
    (None, "Unexpected kind: unknown"), ({}, "Unexpected kind: unknown"),
    (5, "json: cannot unmarshal number into Go value of type jsonpatch.Operation"),
    ("x", "json: cannot unmarshal string into Go value of type jsonpatch.Operation")])
def test_what_is_no_operation(operation, told):
    with pytest.raises(jsonpatch.PatchError) as why:
        jsonpatch.apply({}, [operation])
    assert str(why.value) == told
