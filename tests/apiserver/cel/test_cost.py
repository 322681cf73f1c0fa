"""What expressions may cost."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver import cel
from kubesim_cli.apiserver.cel import checker, cost

LIST = {"self": checker.list_of(checker.INT), "text": checker.STRING}


def spent(text, numbers=(), string=""):
    meter = cost.Meter()
    cel.compile(text, LIST).evaluate({"self": list(numbers), "text": string}, meter)
    return meter.spent


@pytest.mark.parametrize(("text", "expected"), [
    ("true", 0), ("text == ''", 1), ("size(self) == 3", 3), ("[1, 2] == [1, 2]", 1), ("1 in self", 4),
    ("self.all(x, x > 0)", 1 + 3 * (3 + 2) + 1), ("text.startsWith('a')", 1), ("true || text == ''", 0),
    ("true ? 1 : size(self)", 0), ("text.matches('a+')", 2),
])
def test_what_expressions_cost(text, expected):
    assert spent(text, [1, 2, 3]) == expected


def test_long_texts_cost_more():
    assert spent("text.contains('abc')", string="x" * 10_000) == 1001
    assert spent("text.matches('[a-z]+')", string="x" * 10_000) == 1 + 1001 * 2


@pytest.mark.parametrize("text", [
    "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))", "self.all(a, self.all(b, self.all(c, c >= 0))) || true",
    "lists.range(1000000000).size() == 1", "self.map(a, self.map(b, self.map(c, a))).size() > 0",
])
def test_no_call_costs_more_than_it_may(text):
    with pytest.raises(cel.EvaluationError, match="operation cancelled: actual cost limit exceeded"):
        spent(text, range(300))


@pytest.mark.parametrize("text", ["(" * 2000 + "1" + ")" * 2000, "+".join(["1"] * 3000), "[" * 300 + "]" * 300])
def test_what_nests_too_deeply_is_a_compile_error(text):
    with pytest.raises(cel.CompileError) as failed:
        cel.compile(text, {})
    assert str(failed.value) == "ERROR: <input>:-1:0: expression recursion limit exceeded: 250"
