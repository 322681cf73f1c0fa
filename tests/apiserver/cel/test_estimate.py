"""What expressions may cost at most, and what they do cost.

The figures are those of a real server (apiextensions-apiserver's own tests tell many).
"""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver import cel
from kubesim_cli.apiserver.customresources.expressed import to_cel, type_of
from kubesim_cli.apiserver.customresources.sizes import sizes_of

STRING, INTEGER = {"type": "string"}, {"type": "integer"}
ITEM = {"type": "object", "properties": {"k": STRING, "v": STRING}}
SCHEMA = {"type": "object", "properties": {
    "text": STRING, "short": {**STRING, "maxLength": 10}, "byte": {**STRING, "format": "byte"},
    "day": {**STRING, "format": "date"}, "mode": {**STRING, "enum": ["Pending", "Ready"]},
    "port": {"x-kubernetes-int-or-string": True}, "percent": {"x-kubernetes-int-or-string": True, "maxLength": 4},
    "number": INTEGER, "obj": {"type": "object", "properties": {"field": STRING}},
    "list": {"type": "array", "items": INTEGER}, "few": {"type": "array", "items": ITEM, "maxItems": 10},
    "texts": {"type": "array", "items": {**STRING, "maxLength": 5}, "maxItems": 10},
    "map": {"type": "object", "additionalProperties": STRING},
    "nested": {"type": "object", "maxProperties": 10, "additionalProperties": {
        "type": "object", "maxProperties": 10, "additionalProperties": STRING}},
}}
UNBOUNDED = 1844674407370955264  # what going through a text of any length costs: a tenth of 2**64, as a float
VALUE = {"text": "some text", "short": "abc", "byte": "QUI=", "mode": "Ready", "number": 5, "list": [1, 2, 3, 4, 5],
         "obj": {"field": "a"}, "few": [{"k": "a1"}, {"k": "a2", "v": "b2"}, {"k": "a3"}],
         "map": {"a": "x", "b": "y"}, "day": "2020-01-01", "port": 80}


def program(text):
    return cel.compile(text, {"self": type_of(SCHEMA), "oldSelf": type_of(SCHEMA)})


@pytest.mark.parametrize(("text", "most"), [
    ("true", 0), ("self.number == 1", 2), ("self.text == 'abc'", 3), ("has(self.text)", 1), ("has(self.obj.field)", 2),
    ("self.short == self.text", 4 + 4), ("self.mode == self.text", 4 + 1),
    ("self.day == timestamp(self.text)", 2 + 3 + 1), ("self.byte == b'AB'", 3),
    ("type(self.day) == google.protobuf.Timestamp", 4), ("self.text.size() == 5", 4),
    ("self.text.startsWith('abcdefghijkl')", 2 + 2), ("self.text.contains('abc')", 2 + 314573),
    ("self.text.matches('^[a-z]+$')", 2 + 314573 * 2), ("self.text.lowerAscii() == 'a'", 2 + 314573 + 1),
    ("self.text.replace('a', 'bc') == 'a'", 2 + 629146 + 1), ("self.short.replace('', 'bc').size() == 5", 2 + 8 + 2),
    ("self.text.split(',', 2).size() == 2", 2 + 629146 + 2),
    ("self.text.split(',').all(e, e != '')", 2 + 629146 + 3145726 * (3 + 1) + 1),
    ("self.text.find('[a-z]+') == 'a'", 2 + 314573 * 2 + 1), ("isQuantity(self.text)", 2 + 314573),
    ("self.port == '25%'", 3), ("self.percent != 'more than 16 characters'", 2 + 2), ("self.port == 1", 3),
    ("'a' + self.short + self.short == 'b'", 2 + 2 + 5 + 9 + 1), ("self.list + [1, 2] == [1, 2]", 2 + 10 + 1 + 10 + 1),
    ("1 in self.list", 2 + 1572863), ("'a' in self.map", 3), ("self.map['a'] == 'b'", 4), ("self.few[0].k == 'a'", 5),
    ("self.few.exists(e, e.k == '1' && e.v == 'd')", 2 + 10 * (4 + 6) + 1),
    ("self.few.all(e, e.k == '')", 2 + 10 * 5 + 1), ("self.few.exists_one(e, e.k == 'a')", 2 + 10 * (2 + 3) + 2),
    ("self.few.map(e, e.k).size() == 1", 155),
    ("self.few.filter(e, e.k == 'a').size() == 1", 2 + 10 + 10 * 16 + 1 + 2),
    ("self.few.map(e, e.k != '', e.v).size() == 1", 2 + 10 + 10 * (2 + 14) + 1 + 2),
    ("self.few.all(i, e, e.k == '' && i > 0)", 2 + 10 * (3 + 2 + 2) + 1),
    ("self.map.transformMap(k, v, v + 'a').size() == 0", 2 + 30 + 393215 * (3 + 1 + 314573) + 1 + 2),
    ("self.nested.map(k, self.nested[k].map(m, m)).size() == 1", 1585), ("[1, 2].all(x, x > 0)", 10 + 2 * (3 + 2) + 1),
    ("self.number > 0 ? self.short == '' : self.text == 'abc'", 3 + 3), ("dyn(self.short) == 'abc'", 3 + 1),
    ("(self.number > 0 ? self.short : 'x').size() == 1", 3 + 2 + 2), ("self.texts.join(',') == 'x'", 2 + 21 + 1),
    ("self.texts.isSorted()", 2 + 10 * (1 + 2)), ("self.texts.indexOf('a') == 1", 2 + 30 + 1),
    ("sets.contains(self.texts, ['a', 'b'])", 2 + 10 + 20 + 1),
    ("sets.equivalent(self.texts, ['a'])", 2 + 10 + 20 + 1), ("lists.range(5).size() == 5", 1 + 10 + 5 + 2),
    ("self.texts.sort().size() == 1", 2 + 1 + 10 + 210 + 2),
    ("self.texts.slice(1, 3).size() == 2", 2 + 1 + 10 + 2 + 2),
    ("self.texts.distinct().size() == 2", 2 + 11 + 200 + 2), ("bytes(self.short).size() == 3", 2 + 4 + 2),
    ("string(self.byte) == 'a'", 2 + 314573 + 1), ("ip(self.short).family() == 4", 2 + 4 + 1 + 1),
    ("ip.isCanonical(self.short)", 2 + 8), ("cidr(self.short).containsIP('1.2.3.4')", 2 + 4 + 4 + 1),
    ("cidr('::/0').containsCIDR(cidr(self.short))", 1 + 6 + 7), ("url(self.short).getHost() == 'a'", 2 + 4 + 1 + 1),
    ("url(self.short) == url(self.text)", 2 + 4 + 2 + 2 * 314573),
    ("format.dns1123Label() == format.uri()", 1 + 1 + 7), ("ip('1.2.3.4') == ip('::1')", 1 + 1 + 1),
    ("!format.dns1123Label().validate(self.short).hasValue()", 1 + 2 + 128 + 1 + 1),
    ("'%s'.format([self.text]) == 'a'", 12 + 1 + 1), ("strings.quote(self.short) == 'abc'", 2 + 4 + 1),
    ("optional.of('a').optMap(v, v == 'value').hasValue()", 18), ("self.obj.?field.orValue('v') == 'a'", 5),
    ("self.few[?0].optFlatMap(e, optional.of(e.k)).hasValue()", (3 + 1) + (10 + 3 + 1 + 3) + 1),
    ("{'a': self.text}['a'] == 'b'", 32 + 1 + 1), ("type(self) == type(self)", 4 + UNBOUNDED),
    ("string(self.number) + 'a' == 'b'", 3 + UNBOUNDED + 1),
])
def test_what_expressions_may_cost(text, most):
    assert program(text).estimate(sizes_of(SCHEMA)) == most


@pytest.mark.parametrize("text", [
    "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))", "self.map(a, a).map(b, b + 1).exists(c, c == 0)"])
def test_what_is_not_bounded_may_cost_any_amount(text):
    assert cel.compile(text, {"self": ("list", ("int",))}).estimate(lambda path: None) == 2**64 - 1


@pytest.mark.parametrize(("text", "spent"), [
    ("true", 0), ("self.number == 5", 3), ("type(self.number) == int", 4),
    ("type(self.day) == google.protobuf.Timestamp", 4), ("has(self.text)", 1), ("!has(self.obj.field)", 3),
    ("self.list == [1, 2, 3]", 3), ("'a' in self.map", 3), ("self.mode in ['Pending', 'Ready']", 2),
    ("3 in self.list", 2 + 5), ("self.list[0] in self.list", 3 + 2 + 5), ("double(5) < 10.0", 1),
    ("[self.number] == [5]", 10 + 2 + 1), ("{'a': 1} == {'a': self.number}", 30 + 2 + 1),
    ("self.text.matches('^[a-z]+$')", 2 + 1 * 2), ("self.short.startsWith('a')", 2 + 1), ("[1, 2].sum() == 3", 2 + 1),
    ("sets.contains(self.list, [1, 2])", 2 + 1 + 10), ("self.list.sort() == self.list", 2 + 11 + 50 + 2 + 1),
    ("self.text.split(' ').join('') == 'sometext'", 2 + 2 + 2 + 1), ("self.list.all(e, e < 100)", 2 + 5 * (3 + 2) + 1),
    ("self.list.exists(e, e > 2)", 2 + 3 * (4 + 2) + 3 + 1), ("self.list.exists_one(e, e > 4)", 2 + 5 * 2 + 2 + 2),
    ("self.list.filter(e, e > 3).size() == 2", 2 + 5 * 2 + 2 * 13 + 1 + 2),
    ("self.list.map(e, e).size() == 5", 2 + 5 * 13 + 1 + 2), ("self.list.map(e, 1).size() == 5", 2 + 5 * 2 + 1 + 2),
    ("self.map.transformMap(k, v, v).size() == 2", 2 + 2 * (3 + 1) + 1 + 2),
    ("self.few.exists(m, m.v == 'b2')", 2 + 2 * (4 + 3) + 3 + 1),
    ("self.map.all(k, self.map[k] != '')", 2 + 2 * (3 + 3) + 1), ("true ? self.number == 5 : false", 3),
    ("(true ? self.number : 0) == 5", 1 + 1), ("self.few.map(m, m)[0].k == 'a1'", 2 + 3 * 13 + 1 + 1 + 2 + 1),
    ("optional.of('a').optMap(v, v == 'value').hasValue()", 8),
    ("optional.none().optMap(v, v).hasValue()", 1 + 1 + 1 + 1), ("optional.none().or(optional.of('a')).hasValue()", 3),
    ("self.obj.?gone.orValue('v') == 'a'", 2 + 1), ("optional.of('a').orValue(string(self.number)) == 'a'", 1 + 1),
    ("ip('1.2.3.4') == ip('::1')", 1 + 1 + 1), ("cidr('10.0.0.0/8').containsIP(ip('10.0.0.1'))", 1 + 1 + 1),
    ("format.uuid().validate('x').hasValue()", 1 + 18 + 1),
    ("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", 1 + 1 + 1 + 1 + 2),
    ("[[1, 2], [3]].flatten().size() == 3", 11 + 2 + 2),
    ("{'ab': 'cd'}.ab == 'cd' && [['abcdefghij']].indexOf(['x']) == -1", 1 + 1 + 1 + 1 + 1),
])
def test_what_expressions_cost(text, spent):
    meter = cel.cost.Meter()
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "obj": {"type": "object", "properties": {
        "field": STRING, "gone": STRING}}}}
    checked = cel.compile(text, {"self": type_of(schema)})
    checked.evaluate({"self": to_cel(VALUE, SCHEMA)}, meter)
    assert meter.spent == spent
