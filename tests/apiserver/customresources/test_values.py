import pytest

from kubesim_cli.apiserver.customresources import embedded, formats, lists, values
from kubesim_cli.go import regexp

SCHEMA = {"type": "object", "required": ["size"], "properties": {
    "size": {"type": "integer", "minimum": 1, "maximum": 10, "multipleOf": 2},
    "name": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
    "ratio": {"type": "number", "exclusiveMaximum": True, "maximum": 1},
    "mode": {"type": "string", "enum": ["a", "b"]}, "level": {"type": "integer", "enum": [1, 2]},
    "port": {"x-kubernetes-int-or-string": True}, "on": {"type": "boolean", "nullable": True},
    "mail": {"type": "string", "format": "email"}, "count": {"type": "integer", "format": "int32"},
    "tags": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
    "labels": {"type": "object", "maxProperties": 1, "additionalProperties": {"type": "string"}},
    "one": {"type": "object", "oneOf": [{"required": ["x"]}, {"required": ["y"]}]},
    "any": {"type": "string", "anyOf": [{"pattern": "^a"}, {"pattern": "^b"}]},
    "not": {"type": "string", "not": {"pattern": "^a"}}}}


def told(release=(1, 36), **given):
    return [str(error) for error in values.validate({"spec": {"size": 2, **given}},
                                                    {"properties": {"spec": SCHEMA}}, release)]


@pytest.mark.parametrize("given,text", [
    ({"size": 12}, "spec.size: Invalid value: 12: spec.size in body should be less than or equal to 10"),
    ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
    ({"size": 3}, "spec.size: Invalid value: 3: spec.size in body should be a multiple of 2"),
    ({"size": "2"}, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'),
    ({"size": None}, 'spec.size: Invalid value: "null": spec.size in body must be of type integer: "null"'),
    ({"name": "a"}, 'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long'),
    ({"name": "abcdef"}, "spec.name: Too long: may not be more than 5 bytes"),
    ({"name": "a1"}, "spec.name: Invalid value: \"a1\": spec.name in body should match '^[a-z]+$'"),
    ({"ratio": 1}, "spec.ratio: Invalid value: 1: spec.ratio in body should be less than 1"),
    ({"mode": "c"}, 'spec.mode: Unsupported value: "c": supported values: "a", "b"'),
    ({"level": 3}, 'spec.level: Unsupported value: 3: supported values: "1", "2"'),
    ({"port": True}, 'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: '
                     '"boolean"'),
    ({"mail": "x"}, 'spec.mail: Invalid value: "x": spec.mail in body must be of type email: "x"'),
    ({"tags": []}, "spec.tags: Invalid value: 0: spec.tags in body should have at least 1 items"),
    ({"tags": ["a", "b", "c"]}, "spec.tags: Too many: 3: must have at most 2 items"),
    ({"tags": ["a", 1]}, 'spec.tags[1]: Invalid value: "integer": spec.tags[1] in body must be of type string: '
                         '"integer"'),
    ({"labels": {"a": "b", "c": "d"}}, "spec.labels: Too many: 2: must have at most 1 items"),
    ({"labels": {"a": 1}}, 'spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: '
                           '"integer"'),
    ({"count": 2**31}, '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in '
                       'spec.count'),
    ({"not": "ab"}, '<nil>: Invalid value: "": "spec.not" must not validate the schema (not)'),
])
def test_what_is_wrong(given, text):
    assert told(**given) == [text]


@pytest.mark.parametrize(("field", "wanted", "what", "form"), [
    ("count", "int32", "float64", "with format int32"), ("size", "integer", "number", "(default format)")])
def test_a_fraction_is_no_integer_and_in_no_ones_range(field, wanted, what, form):
    assert told(**{field: 2.5})[:2] == [
        f'spec.{field}: Invalid value: "{what}": spec.{field} in body must be of type {wanted}: "{what}"',
        f'<nil>: Invalid value: "": Checked value must be of type integer {form} in spec.{field}']
    assert not any("Checked" in text for text in told(**{field: 4.0}))


def test_alternatives():
    assert told(one={}) == ['<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found '
                            "none valid", "spec.one.x: Required value"]
    assert told(one={"x": 1, "y": 1}) == ['<nil>: Invalid value: "": "spec.one" must validate one and only one schema '
                                          "(oneOf). Found 2 valid alternatives"]
    assert told(any="c")[0] == '<nil>: Invalid value: "": "spec.any" must validate at least one schema (anyOf)'
    assert told(one={"x": 1}, any="b") == []


def test_what_is_right():
    assert told(on=None, port="http", ratio=0.5, level=2, labels={"a": "b"}, unknown=1) == []
    assert [str(e) for e in values.validate({}, SCHEMA, (1, 36))] == ["size: Required value"]


def test_an_update_is_not_told_of_what_it_left_alone():
    old = {"size": 12, "mode": "c"}

    def changed(release, **fields):
        return [e.path for e in values.validate({**old, **fields}, SCHEMA, release, old)]

    assert changed((1, 36), name="abc") == []
    assert changed((1, 36), size=14) == ["size"]
    assert changed((1, 28), name="abc") == ["mode", "size"]


@pytest.mark.parametrize("form,right,wrong", [
    ("date-time", "2024-01-01T00:00:00Z", "2024-01-01"), ("date", "2024-02-29", "2023-02-29"), ("uuid", "0" * 32, "0"),
    ("ipv4", "10.0.0.1", "::1"), ("ipv6", "::1", "10.0.0.1"), ("cidr", "10.0.0.0/8", "10.0.0.0"), ("uri", "/a", "a b"),
    ("hostname", "a.example.com", "a_b"), ("mac", "00:00:5e:00:53:01", "00:00"), ("duration", "1h30m", "soon"),
    ("byte", "YWI=", "YWI"), ("hexcolor", "#fff", "#ffff1"), ("isbn", "0321751043", "0321751044"),
    ("k8s-short-name", "a-b", "A"), ("ssn", "111-22-3333", "1"), ("creditcard", "4111111111111111", "4111")])
def test_formats(form, right, wrong):
    assert formats.known({"format": form}, (1, 36)) == form
    assert formats.fits(right, form)
    assert not formats.fits(wrong, form)


def test_formats_that_do_not_count():
    assert formats.known({"format": "colour", "type": "string"}, (1, 36)) == ""
    assert formats.known({"format": "int32", "type": "string"}, (1, 36)) == ""
    assert formats.known({"format": "k8s-short-name"}, (1, 33)) == ""


@pytest.mark.parametrize("pattern,text,matches", [
    (r"^\d+$", "12", True), (r"^\d+$", "12\n", False), (r"^[[:alpha:]]+\z", "ab", True), (r"^\p{Lu}", "Ä", True),
    (r"(?m)^b$", "a\nb", True), (r"(?m)^a$", "a\nb", True), (r"(?i)^a$", "a\nb", False),
    (r"a{2}b{", "aab{", True), (r"\Qa.b\E", "a.b", True), (r"(?P<n>a)|b", "b", True),
    (r"\x{41}", "A", True), (r"(?i)ABC", "abc", True), (r"[^]a]", "b", True)])
def test_regular_expressions(pattern, text, matches):
    assert bool(regexp.compile(pattern).matches(text)) is matches


@pytest.mark.parametrize("pattern,message", [
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("a(b", "missing closing ): `a(b`"),
    ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
    ("*a", "missing argument to repetition operator: `*`"),
    (r"(a)\1", r"invalid escape sequence: `\1`"), ("a**", "invalid nested repetition operator: `**`")])
def test_regular_expressions_that_go_does_not_know(pattern, message):
    with pytest.raises(ValueError, match="error parsing regexp") as caught:
        regexp.compile(pattern)
    assert str(caught.value) == f"error parsing regexp: {message}"


def test_sets_and_maps_hold_nothing_twice():
    schema = {"properties": {
        "set": {"x-kubernetes-list-type": "set", "items": {}},
        "map": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port"], "items": {}}}}
    found = lists.duplicates({"set": [1, 2, 1, 1], "map": [{"name": "a", "port": 1, "x": 1}, {"name": "a"},
                                                           {"port": 1, "name": "a"}]}, schema)
    assert [str(error) for error in found] == ["set[2]: Duplicate value: 1",
                                               'map[2]: Duplicate value: {"name":"a","port":1}']


def test_embedded_objects_are_whole():
    schema = {"properties": {"o": {"x-kubernetes-embedded-resource": True}}}
    assert [str(error) for error in embedded.validate({"o": {"kind": "A_b", "metadata": {"labels": {"a b": ""}}}},
                                                      schema)][:2] == [
        "o.apiVersion: Required value",
        'o.kind: Invalid value: "A_b": may have mixed case, but should otherwise match: a DNS-1035 label must consist '
        'of '
        "lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric "
        "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"]
