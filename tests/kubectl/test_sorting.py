"""The order of `get --sort-by`."""

import re

import pytest

from kubesim_cli.kubectl.failures import Failure
from kubesim_cli.kubectl.get import sorting

NEW, OLD = (1, 36), (1, 28)


def order(values: list, release=NEW) -> list:
    return [item["v"] for item in sorting.sort([{"v": value} for value in values], ".v", release)]


@pytest.mark.parametrize(("values", "ordered"), [
    ([3, 1, 2], [1, 2, 3]),
    ([2.5, 10.5, 1.5], [1.5, 2.5, 10.5]),
    (["b", "B", "a"], ["B", "a", "b"]),
    (["1Gi", "900Mi", "2G"], ["900Mi", "1Gi", "2G"]),
    (["p10", "p9", "p1"], ["p1", "p10", "p9"]),
])
def test_values(values, ordered):
    assert order(values) == ordered


@pytest.mark.parametrize(("values", "ordered"), [
    (["p10", "p9", "p1"], ["p1", "p9", "p10"]),
    (["p-01", "p-1", "p-0"], ["p-0", "p-1", "p-01"]),
    (["a1", "a", "aa", "1a"], ["1a", "a", "a1", "aa"]),
])
def test_old_releases_see_the_numbers_in_strings(values, ordered):
    assert order(values, OLD) == ordered


def test_what_lacks_the_field_comes_first():
    items = [{"v": 1}, {}, {"v": 0}]
    assert sorting.sort(items, "{.v}", NEW) == [{}, {"v": 0}, {"v": 1}]


@pytest.mark.parametrize(("items", "field", "error"), [
    ([{}, {}], ".v", 'couldn\'t find any field with path "{.v}" in the list of objects'),
    ([{"v": 1}], ".v[", "unterminated array"),
])
def test_no_order(items, field, error):
    with pytest.raises(Failure, match="^" + re.escape(error)):
        sorting.sort(items, field, NEW)


@pytest.mark.parametrize(("values", "why"), [
    ([{}, {}], "unsortable type: map[string]interface {}"),
    ([[], []], "unsortable type: []interface {}"),
    ([True, False], "unsortable type: bool"),
    ([1, "a"], "unsortable interface: interface"),
    ([1, 1.5], "unsortable interface: interface"),
])
def test_values_without_order(values, why):
    with pytest.raises(sorting.Unsortable) as problem:
        order(values)
    assert str(problem.value) == why


@pytest.mark.parametrize(("output", "line", "what"), [
    ("", 375, "[][][]reflect.Value"), ("-o yaml", 329, "*unstructured.Unstructured")])
def test_kubectl_gives_up_over_them_in_its_log(terminal, output, line, what):
    terminal.ok("kubectl create cm a")
    code, out, err = terminal(f"kubectl get cm --sort-by=.metadata {output}")
    assert (code, out) == (1, "") and re.fullmatch(
        rf"F\d{{4}} \S+ +\d+ sorter.go:{line}\] Field {{.metadata}} in " + re.escape(
            f"{what} is an unsortable type: interface, err: unsortable type: map[string]interface {{}}\n"), err)


def test_rows_are_sorted_by_the_first_piece_of_a_template(terminal):
    for name in ("b", "a"):
        terminal.ok(f"kubectl create cm {name}")
    for field in ("{.metadata.name},{.data}", "{.metadata.name}{.data}"):
        rows = terminal.ok(f"kubectl get cm --no-headers --sort-by={field}").splitlines()
        assert [row.split()[0] for row in rows] == ["a", "b", "kube-root-ca.crt"]
        assert terminal(f"kubectl get cm -o name --sort-by={field}") == (
            1, "", "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
                   "'{.name1.name2}'\n")
