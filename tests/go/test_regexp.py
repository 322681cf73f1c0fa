"""Go's regular expressions: what they match, and what package regexp says of those that are none."""

from __future__ import annotations

import pytest

from kubesim_cli.go import regexp


@pytest.mark.parametrize("pattern, text, matches", [
    ("^a$", "a", True), ("^a$", "a\n", False),  # $ is the end of the text, not of a line before it
    ("(?m)^a$", "b\na\nc", True), (r"a\z", "a", True), (r"a\z", "a\n", False),
    ("(?i)ABC", "xabcx", True), ("x(?i)abc", "xABC", True), ("(?i:A)b", "ab", True), ("(?i:A)b", "aB", False),
    ("(?s).", "\n", True), (".", "\n", False), ("(?U)a+", "a", True), ("(?Ui:A)", "a", True),
    (r"^\d$", "५", False), (r"^\w$", "é", False),  # Perl classes are ASCII only
    ("^[[:alpha:]_]+$", "ab_", True), ("^[[:alpha:]]$", "1", False), ("^[^[:space:]]$", " ", False),
    (r"^[\d.]+$", "1.2", True), ("^[]a]+$", "]a", True), ("^[[a]$", "[", True), ("^[a&&b]+$", "&", True),
    ("^[a-]$", "-", True), ("^*", "", True), ("a$*b", "ab", True),
    (r"^\pL+$", "éa", True), (r"^\p{Lu}$", "a", False), (r"^\P{Lu}$", "a", True), (r"^\p{^Lu}$", "a", True),
    (r"^[\p{Nd}x]+$", "5x", True), (r"^\x{1F600}$", "😀", True), (r"^\Qa.b\E$", "a.b", True),
    (r"^\Qa.b", "axb", False),
    ("^a{2}$", "aa", True), ("^a{2,}$", "aaa", True), ("^a{1,2}$", "aaa", False), ("a{,2}", "a{,2}", True),
    ("{", "{", True), ("(?P<x>a)(?<y>b)", "ab", True), ("a|b", "b", True), ("a+?b", "aab", True),
])
def test_matches(pattern, text, matches):
    assert bool(regexp.compile(pattern).search(text)) == matches


@pytest.mark.parametrize("pattern, message", [
    ("(a", "missing closing ): `(a`"),
    ("a)", "unexpected ): `a)`"),
    ("[a", "missing closing ]: `[a`"),
    ("x[]", "missing closing ]: `[]`"),
    ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
    (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
    ("*", "missing argument to repetition operator: `*`"),
    ("a|*", "missing argument to repetition operator: `*`"),
    ("(+)", "missing argument to repetition operator: `+`"),
    ("a**", "invalid nested repetition operator: `**`"),
    ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
    ("a+*?", "invalid nested repetition operator: `+*?`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
    ("(?<!a)", "invalid or unsupported Perl syntax: `(?<!`"),
    (r"\8", r"invalid escape sequence: `\8`"),
    (r"[\b]", r"invalid escape sequence: `\b`"),
    ("a\\", "trailing backslash at end of expression: ``"),
])
def test_what_is_none(pattern, message):
    with pytest.raises(ValueError) as failed:
        regexp.compile(pattern)
    assert str(failed.value) == f"error parsing regexp: {message}"


def test_flags_end_with_their_group():
    """(?i:...) is for the group; what follows (?i) lasts to the pattern's end."""
    assert not regexp.compile("(?i:a)b").search("AB")
    assert regexp.compile("(?i)ab").search("AB")
