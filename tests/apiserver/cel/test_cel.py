import pytest

from kubesim_cli.apiserver import cel
from kubesim_cli.apiserver.cel import checker

SELF = ("object", checker.Fields(
    min=checker.INT, max=checker.INT, ratio=checker.DOUBLE, name=checker.STRING, tags=checker.list_of(checker.STRING),
    labels=checker.map_of(checker.STRING, checker.STRING), x__dash__y=checker.BOOL, any=checker.DYN))
VALUE = {"min": 1, "max": 3, "ratio": 1.5, "name": "east-1", "tags": ["a", "b"], "labels": {"k": "v"}, "x-y": True,
         "any": 80}


def value(text, release=(1, 36)):
    return cel.compile(text, {"self": SELF}, release).evaluate({"self": VALUE})


@pytest.mark.parametrize("text", [
    "self.min <= self.max && self.max < 10", "self.ratio > 1", "1 < 2.5 && 2u >= 1", "self.x__dash__y",
    "has(self.name) && !has(self.labels.none)", "self.labels.k == 'v' && self.labels['k'] == \"v\"",
    "'k' in self.labels && 'a' in self.tags", "self.tags.all(t, t.size() == 1)", "self.tags.exists(t, t == 'b')",
    "self.tags.exists_one(t, t > 'a')", "self.tags.map(t, t + '!') == ['a!', 'b!']",
    "self.tags.filter(t, t != 'a') == ['b']", "self.tags.map(t, t == 'a', t + t) == ['aa']",
    "self.labels.all(k, k == 'k')", "self.name.startsWith('east') && self.name.matches('^[a-z]+-\\\\d$')",
    "self.name.split('-')[1] == '1' && self.name.replace('-', '') == 'east1'", "self.name.indexOf('-') == 4",
    "'%s has %s'.format([self.name, 'two']) == 'east-1 has two' && '%d'.format([2]) == '2'",
    "self.name.substring(0, 4).upperAscii() == 'EAST'",
    "self.tags.join('+') == 'a+b'", "[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [1, 2].isSorted()",
    "int('7') + 1 == 8 && string(7) == '7' && double(1) == 1.0 && bool('true')", "7 / 2 == 3 && -7 / 2 == -3",
    "7 % 4 == 3 && -7 % 4 == -3", "type(self.min) == int", "self.any == 80 || self.any == '80'",
    "duration('1h') > duration('59m') && duration('90s').getMinutes() == 1",
    "timestamp('2024-02-03T04:05:06Z').getMonth() == 1", "true || 1 / 0 == 1", "1 / 0 == 1 || true",
    "!(false && 1 / 0 == 1)", "self.min == 1 ? true : 1 / 0 == 1", "{'a': 1}.a == 1 && {'a': [1]}['a'][0] == 1",
    "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('50k').asInteger() == 50000",
    "quantity('1').add(quantity('500m')).compareTo(quantity('1500m')) == 0", "isURL('https://a.b/c?d=e')",
    "url('https://a.b:8080/c').getPort() == '8080'", "ip('10.0.0.1').family() == 4 && !isIP('10.0.0')",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3')", "semver('1.10.0').isGreaterThan(semver('1.9.0'))",
    "format.dns1123Label().validate('A_b').hasValue() && !format.dns1123Label().validate('ab').hasValue()",
    "self.?name.orValue('none') == 'east-1' && self.labels[?'none'].orValue('x') == 'x'",
    "optional.none().orValue(1) == 1 && optional.of(1).hasValue()", "sets.contains([1, 2], [2])",
    "'abc 12'.find('[0-9]+') == '12' && 'a1b2'.findAll('[0-9]') == ['1', '2']", "[3, 1, 2].sort() == [1, 2, 3]",
    "self.tags.all(i, t, i < 2 && t != '')", "[[1], [2]].flatten() == [1, 2]", "b'abc'.size() == 3",
    "r'\\d' == '\\\\d' && '''a'b''' == 'a\\'b'", "0x10 == 16 // a comment",
])
def test_what_holds(text):
    assert value(text) is True


@pytest.mark.parametrize("text,message", [
    ("1 / 0 == 1", "division by zero"), ("1 % 0 == 1", "modulus by zero"), ("self.labels['x'] == 'v'",
                                                                          "no such key: x"),
    ("self.tags[2] == 'c'", "index out of bounds: 2"), ("9223372036854775807 + 1 > 0", "integer overflow"),
    ("self.any + 'x' == 'y'", "no such overload"), ("duration('1 h') == duration('1h')",
                                                    'time: invalid duration "1 h"'),
    ("int('a') == 1", 'strconv.ParseInt: parsing "a": invalid syntax'), ("[].min() == 1", "min called on empty list"),
    ("optional.none().value() == 1", "optional.none() dereference"),
])
def test_what_has_no_value(text, message):
    with pytest.raises(cel.EvaluationError) as caught:
        value(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text,message,mark", [
    ("self.size > 1", "undefined field 'size'", 4),
    ("other > 1", "undeclared reference to 'other' (in container '')", 0),
    ("self.min > '1'", "found no matching overload for '_>_' applied to '(int, string)'", 9),
    ("[[1]].sortBy(e, e).size() == 1",
     "found no matching overload for '@sortByAssociatedKeys' applied to 'list(list(int)).(list(list(int)))'", 12),
    ("{'a': 1}.sortBy(e, e).size() == 1",
     "sortBy can only be applied to a list, identifier, comprehension, call or select expression", 0),
    ("[1].transformMapEntry(i, v, v).size() == 1",
     "found no matching overload for 'cel.@mapInsert' applied to '(map(dyn, dyn), int)'", 21),
    ("self.name.length() > 1", "undeclared reference to 'length' (in container '')", 16),
    ("self.tags.startsWith('a')",
     "found no matching overload for 'startsWith' applied to 'list(string).(string)'", 20),
    ("self.min && true", "expected type 'bool' but found 'int'", 4),
    ("self.tags.all(t, t)", "expected type 'bool' but found 'string'", 17),
    ("self.min.all(t, true)", "expression of type 'int' cannot be range of a comprehension (must be list, map, or "
                              "dynamic)", 4),
    ("[1, 'a'].size() > 0", "expected type 'int' but found 'string'", 4),
    ("self.min.x", "type 'int' does not support field selection", 8),
    ("self.min > 1)", "Syntax error: extraneous input ')' expecting <EOF>", 12),
    ("(self.min", "Syntax error: missing ')' at '<EOF>'", 9), ("1 @ 2", "Syntax error: token recognition error at: '@'",
                                                               2),
])
def test_what_does_not_compile(text, message, mark):
    with pytest.raises(cel.CompileError) as caught:
        value(text)
    assert str(caught.value) == f"ERROR: <input>:1:{mark + 1}: {message}\n | {text}\n | {'.' * mark}^"


def test_later_lines_are_told_as_such():
    with pytest.raises(cel.CompileError) as caught:
        value("true\n|| self.b")
    assert str(caught.value) == "ERROR: <input>:2:8: undefined field 'b'\n | || self.b\n | .......^"


def test_functions_come_with_releases():
    assert value("ip('::1').isLoopback()", (1, 30)) is True
    with pytest.raises(cel.CompileError, match="undeclared reference to 'ip'"):
        value("ip('::1').isLoopback()", (1, 29))


def test_which_variables_are_used():
    program = cel.compile("self == oldSelf || true", {"self": checker.INT, "oldSelf": checker.INT})
    assert program.names == {"self", "oldSelf"}
    assert program.type == checker.BOOL
