"""Values as Go's fmt and strconv print them."""

from __future__ import annotations

import pytest

from kubesim_cli.go.fmt import Byte, Int, format_float, go_syntax, quote, sprint, type_name, unescape


@pytest.mark.parametrize("value, shown", [
    (None, "<nil>"), (True, "true"), (7, "7"), (Int(7), "7"), (Byte(65), "65"), ("a b", "a b"), (1e6, "1e+06"),
    (123456.0, "123456"), (1e-5, "1e-05"), (0.0001, "0.0001"), (-0.0, "-0"), (2.5, "2.5"), (1e21, "1e+21"),
    (float("nan"), "NaN"), (float("inf"), "+Inf"), (float("-inf"), "-Inf"), (1j, "(0+1i)"),
    ({"b": [1, "x"], "a": {}}, "map[a:map[] b:[1 x]]"),
])
def test_sprint(value, shown):
    assert sprint(value) == shown


@pytest.mark.parametrize("value, shown", [
    ("a\n", '"a\\n"'), ({"a": None, "b": [1]}, 'map[string]interface {}{"a":interface {}(nil), "b":[]interface {}{1}}'),
    ([None], "[]interface {}{interface {}(nil)}"),
])
def test_go_syntax(value, shown):
    assert go_syntax(value) == shown


def test_type_name():
    assert [type_name(each) for each in (1, Int(1), Byte(1), 1.0, "", True, {}, [], None)] == [
        "int64", "int", "uint8", "float64", "string", "bool", "map[string]interface {}", "[]interface {}", "<nil>"]


@pytest.mark.parametrize("text, quoted", [
    ("plain", '"plain"'), ("", '""'), ('say "a"', r'"say \"a\""'), ("it's", '"it\'s"'), ("a\\b", r'"a\\b"'),
    ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"'), ("\0\x7f", r'"\x00\x7f"'), ("\x85", r'"\u0085"'), ("é€😀", '"é€😀"'),
    ("\u200b", r'"\u200b"'), ("\U000e0001", r'"\U000e0001"'), ("\udcff", r'"\xff"'),
])
def test_quote(text, quoted):
    assert quote(text) == quoted
    assert unescape(quoted[1:-1], '"') == text


def test_quote_a_rune_and_in_ascii():
    assert [quote(char, "'") for char in "a'\""] == ["'a'", r"'\''", "'\"'"]
    assert quote("é😀", ascii_only=True) == r'"\u00e9\U0001f600"'


@pytest.mark.parametrize("text", ["\\", "\\x4", "\\q", '"', "\\ud800", "\\777", "\\U00110000", "\\8"])
def test_not_to_be_unescaped(text):
    with pytest.raises(ValueError, match="invalid syntax"):
        unescape(text, '"')


@pytest.mark.parametrize("value, verb, precision, shown", [
    (1234.5, "e", None, "1.2345e+03"), (1e100, "g", None, "1e+100"), (1e-7, "f", None, "0.0000001"),
    (0.0, "f", None, "0"),
    (1e20, "f", None, "100000000000000000000"), (2.0, "f", 3, "2.000"), (-1.5, "e", 1, "-1.5e+00"),
])
def test_format_float(value, verb, precision, shown):
    assert format_float(value, verb, precision) == shown
