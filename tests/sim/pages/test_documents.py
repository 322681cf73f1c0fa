"""Parts of YAML documents are found in what was printed, whatever the order of keys."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.documents import covers, parsed, parts

PRINTED = parsed("""\
spec:
  replicas: 2
  args: [a, b, c]
  text: one two
  applied: |
    {"kind":"Pod","spec":{"args":["a b"]}}
status: {}""".splitlines())


def same(shown: str, printed: str) -> bool:
    return shown == printed


@pytest.mark.parametrize(("shown", "there"), [
    ("spec: {text: one two, replicas: 2}", True), ("spec: {replicas: 3}", False), ("spec: {nosuch: 1}", False),
    ("spec: {args: [a, c]}", True), ("spec: {args: [c, a]}", False), ("spec: {args: {a: b}}", False),
    ("spec: {replicas: [2]}", False), ("spec: {text: }", True), ("spec: [a]", False),
    ("spec:\n  text: |\n    onet\n    wo", True),
    ("spec:\n  applied: |\n    {'kind': Pod,\n    spec: {args: ['a b']}}", True),
    ("spec:\n  applied: |\n    {'kind': Pod}", False), ("spec:\n  applied: '{a pod'", False)])
def test_what_a_document_covers(shown, there):
    assert covers(PRINTED, parsed(shown.splitlines()), same) == there


@pytest.mark.parametrize("text", ["", "only words", "a: [", "{{ template }}: - x", "a\n\tb: c: d"])
def test_what_is_no_document(text):
    assert parsed(text.splitlines()) is None


def test_the_parts_of_a_document():
    assert list(parts(parsed(["a: [{b: c}]"]))) == [
        {"a": [{"b": "c"}]}, [{"b": "c"}], {"b": "c"}, "c"]


def test_json_may_be_cut_off_anywhere():
    whole = parsed(['{"a": {"b": [{"c": "{["}, {"d": "1"}], "e": "2"}}'])
    cut = parsed(['{"a": {"b": [{"c": "{["}, {"d": "1"'])
    assert cut == {"a": {"b": [{"c": "{["}, {"d": "1"}]}}
    assert covers(whole, cut, str.__eq__)
    assert not covers(whole, parsed(['{"a": {"b": [{"c": "x"']), str.__eq__)


def test_a_self_link_is_what_servers_told_once():
    shown = parsed(["metadata:", "  selfLink: /api/v1", "  name: a"])
    assert covers({"metadata": {"name": "a"}}, shown, str.__eq__)
    assert not covers({"metadata": {"name": "b"}}, shown, str.__eq__)


def test_one_of_several_documents():
    printed = parsed(["a: 1", "---", "b: 2"])
    assert any(covers(part, {"b": "2"}, same) for part in parts(printed))
