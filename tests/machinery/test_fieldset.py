from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.machinery import fieldset

_paths = st.lists(st.lists(st.sampled_from(["f:a", "f:b", 'k:{"n":"x"}']), min_size=1, max_size=3), max_size=6)


def _set(paths):
    found: dict = {}
    for path in paths:
        fieldset.insert(found, path)
    return found


def _paths_of(fields):
    return {tuple(path) for path in fieldset.paths(fields)}


def test_form():
    assert _set([["f:a"], ["f:a", "f:b"]]) == {"f:a": {".": {}, "f:b": {}}} == _set([["f:a", "f:b"], ["f:a"]])
    assert _set([["f:a", "f:b"]]) == {"f:a": {"f:b": {}}}


@given(_paths)
def test_paths_come_back(paths):
    fields = _set(paths)
    assert _paths_of(fields) == {tuple(path) for path in paths}
    assert all(fieldset.has(fields, path) for path in paths)


@given(_paths, _paths)
def test_operations_are_those_of_sets(left, right):
    a, b = _set(left), _set(right)
    assert _paths_of(fieldset.union(a, b)) == _paths_of(a) | _paths_of(b)
    assert _paths_of(fieldset.intersection(a, b)) == _paths_of(a) & _paths_of(b)
    assert _paths_of(fieldset.difference(a, b)) == _paths_of(a) - _paths_of(b)
    within = {path for path in _paths_of(a) if any(path[:len(top)] == top for top in _paths_of(b))}
    assert _paths_of(fieldset.without(a, b)) == _paths_of(a) - within


def test_text_and_order():
    fields = _set([["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name"], ["f:spec", "f:z"],
                   ["f:spec", "f:args", 'v:"x"']])
    assert [fieldset.path_text(path) for path in fieldset.paths(fields)] == [
        ".spec.z", '.spec.args[="x"]', '.spec.ports[port=80,protocol="TCP"].name']
