"""JSON as encoding/json reads it, and what it says of what is none."""

from __future__ import annotations

import pytest

from kubesim_cli.go.json import JsonError, decode, loads, number, type_word


@pytest.mark.parametrize("text, value", [
    (" {\n} ", {}), ("[]", []), ("[1, 2.5,true , null]", [1, 2.5, True, None]), ("9223372036854775808", 2.0 ** 63),
    (r'"\ud83d\ude00"', "😀"), (r'["\ud83d"]', ["\ufffd"]), (r'{"a":"\u00e9"}', {"a": "é"}),
])
def test_values(text, value):
    assert loads(text) == value


def test_values_one_after_another():
    text = "\n{} [1]"
    value, end = decode(text, 0)
    assert (value, decode(text, end)[0]) == ({}, [1])


@pytest.mark.parametrize("text, message, offset", [
    ("", "unexpected end of JSON input", 0),
    ('{"a":', "unexpected end of JSON input", 5),
    ('{"a"', "unexpected end of JSON input", 4),
    ("[1", "unexpected end of JSON input", 2),
    ("x", "invalid character 'x' looking for beginning of value", 1),
    ("'", "invalid character '\\'' looking for beginning of value", 1),
    ("[}", "invalid character '}' looking for beginning of value", 2),
    ("\\", "invalid character '\\\\' looking for beginning of value", 1),
    ("\a", "invalid character '\\a' looking for beginning of value", 1),
    ("é", "invalid character 'Ã' looking for beginning of value", 1),
    ("{a", "invalid character 'a' looking for beginning of object key string", 2),
    ('{"a" 1}', "invalid character '1' after object key", 6),
    ('{"a":1 2}', "invalid character '2' after object key:value pair", 8),
    ('{"a":1,}', "invalid character '}' looking for beginning of object key string", 8),
    ("[1 2]", "invalid character '2' after array element", 4),
    ("[1] 2", "invalid character '2' after top-level value", 5),
    ("nul ", "invalid character ' ' in literal null (expecting 'l')", 4),
    ("-a", "invalid character 'a' in numeric literal", 2),
    ("[1.]", "invalid character ']' after decimal point in numeric literal", 4),
    ("[1e]", "invalid character ']' in exponent of numeric literal", 4),
    ("[1e+]", "invalid character ']' in exponent of numeric literal", 5),
    ('"a\n"', "invalid character '\\n' in string literal", 3),
    (r'"\q"', "invalid character 'q' in string escape code", 3),
    (r'"\u00g0"', "invalid character 'g' in \\u hexadecimal character escape", 6),
    ("NaN", "invalid character 'N' looking for beginning of value", 1),
    ("[" * 100000, "exceeded max depth", 100000),
])
def test_what_is_no_json(text, message, offset):
    with pytest.raises(JsonError) as failed:
        loads(text)
    assert (str(failed.value), failed.value.offset) == (message, offset)


def test_words_of_types():
    assert [type_word(each) for each in ({}, [], "", True, 1, 1.5)] == [
        "object", "array", "string", "bool", "number", "number"]


@pytest.mark.parametrize("value, shown", [
    (0.0, "0"), (1.0, "1"), (1e6, "1000000"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1e-10, "1e-10"), (1e21, "1e+21")])
def test_numbers(value, shown):
    assert number(value) == shown
