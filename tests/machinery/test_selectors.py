import pytest

from kubesim_cli.machinery import selectors

LABELS = {"app": "web", "tier": "front", "n": "5"}


@pytest.mark.parametrize("text,met", [
    ("", True), ("app=web", True), ("app==web,tier!=back", True), ("app in (web, api)", True),
    ("app notin (web)", False), ("missing notin (a)", True), ("missing!=a", True), ("app,!missing", True),
    ("!app", False),
    ("n>4", True), ("n<5", False), ("app>4", False), ("app=", False), ("app in ()", False), ("in in (in)", False)])
def test_matching(text, met):
    assert selectors.matches(selectors.parse(text), LABELS) is met


@pytest.mark.parametrize("text,message", [
    ("app=web,", "found '', expected: identifier after ','"),
    (",app", "found ',', expected: !, identifier, or 'end of string'"),
    ("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"),
    ("app in web", "unable to parse requirement: found 'web' expected: '('"),
    ("app in (web", "unable to parse requirement: found '', expected: ',' or ')'"),
    ("app=web b", "found 'b', expected: ',' or 'end of string'"),
    ("n>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be "
            "an integer"),
    ("-a=b", "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric "
             "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
             "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"),
    ("a=-b", "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string "
             "or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
             "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
             "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")])
def test_bad_selectors(text, message):
    with pytest.raises(ValueError) as raised:
        selectors.parse(text)
    assert str(raised.value) == message


def test_a_selector_is_told_in_the_order_of_its_keys():
    assert selectors.format(selectors.parse("z=1,b notin (y,x),a,!c,d>3")) == "a,b notin (x,y),!c,d>3,z=1"


def test_label_selectors():
    selector = {"matchLabels": {"app": "web"},
                "matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]}
    assert selectors.format_selector(selector) == "app=web,tier in (front)"
    assert selectors.selector_matches(selector, LABELS)
    assert not selectors.selector_matches(selector, {"app": "web"})
    assert selectors.selector_matches({}, None)
    assert not selectors.selector_matches(None, LABELS)
    assert selectors.of_label_selector(None) is None
    assert not selectors.matches(None, LABELS)
    assert selectors.format_selector(None) == "<none>"
    assert selectors.format_selector({"matchExpressions": [{"key": "a", "operator": "Maybe"}]}) == "<error>"


def test_field_selectors():
    terms = selectors.parse_fields(r"status.phase!=Running,spec.nodeName==a,metadata.name=x\,y\=z")
    assert terms == [("metadata.name", "=", "x,y=z"), ("spec.nodeName", "=", "a"), ("status.phase", "!=", "Running")]
    assert selectors.fields_match(terms, {"metadata.name": "x,y=z", "spec.nodeName": "a", "status.phase": "Failed"})
    assert not selectors.fields_match(terms, {"metadata.name": "x,y=z", "spec.nodeName": "a",
                                              "status.phase": "Running"})


@pytest.mark.parametrize("text,message", [
    ("nonsense", "invalid selector: 'nonsense'; can't understand 'nonsense'"),
    (r"a=b\x", r"invalid field selector: invalid escape sequence: \x"),
    ("a=b=c", "invalid field selector: unescaped character in value: 61"),
    ("a=b\\", "invalid field selector: invalid escape sequence: \\")])
def test_bad_field_selectors(text, message):
    with pytest.raises(ValueError) as raised:
        selectors.parse_fields(text)
    assert str(raised.value) == message
