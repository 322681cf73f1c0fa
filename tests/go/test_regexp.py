"""Go's regular expressions: what they match, and what package regexp says of those that are none."""

from __future__ import annotations

import time

import hypothesis
import pytest
from hypothesis import strategies as st

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
    (r"^\Qa.b", "axb", False), (r"\B", "", True),
    ("^a{2}$", "aa", True), ("^a{2,}$", "aaa", True), ("^a{1,2}$", "aaa", False), ("a{,2}", "a{,2}", True),
    ("{", "{", True), ("(?P<x>a)(?<y>b)", "ab", True), ("a|b", "b", True), ("a+?b", "aab", True),
])
def test_matches(pattern, text, matches):
    assert bool(regexp.compile(pattern).matches(text)) == matches


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
    assert not regexp.compile("(?i:a)b").matches("AB")
    assert regexp.compile("(?i)ab").matches("AB")


PARTS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\W", r"\b", r"\B", "^", "$", r"\A", r"\z", "(?m:^)",
                         "(?m:$)", "(?i:A)", "(?s:.)", r"\x61", r"\n", "é", r"\pL"])
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}"])
PATTERNS = st.recursive(st.builds("".join, st.lists(PARTS, max_size=3)), lambda inner: st.one_of(
    st.builds("{}{}".format, inner, inner), st.builds("({}|{})".format, inner, inner),
    st.builds("({}){}".format, inner, REPEATS), st.builds("(?:{}a){}".format, inner, REPEATS)), max_leaves=5)


@hypothesis.given(PATTERNS, st.text("abAé\n ", max_size=8))
def test_the_automaton_finds_what_pythons_engine_finds(pattern, text):
    hypothesis.assume(text or r"\B" not in pattern)  # Python before 3.14 does not find it there
    compiled = regexp.compile(pattern)
    expected = compiled._python.search(text)
    assert compiled.automaton().matches(text) == (expected is not None)
    found = compiled.automaton().find(text)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found[0] == expected.start()


@pytest.mark.parametrize("pattern, text, found", [
    ("a+?", "aab", ["a", "a"]), ("(a|ab)(c|bcd)", "abcd", ["abcd"]), ("a*?$", "aa", ["aa"]),
    ("a{1,2}", "aaa", ["aa", "a"]),
    ("a*", "baac", ["", "aa", ""]), (r"\b", "ab c", ["", "", "", ""]), ("x*", "aé", ["", "", ""]),
    ("ab|a", "aab", ["a", "ab"]),
    ("(a*)+", "aab", ["aa", ""]), ("(a|b)*?c", "abcc", ["abc", "c"]), ("(?m)^.", "a\nb", ["a", "b"]),
])
def test_all_that_is_found(pattern, text, found):
    """By either engine: nothing is no match right behind another."""
    compiled = regexp.compile(pattern)
    assert compiled.find_all(text) == found
    compiled._loops = None
    assert compiled.find_all(text) == found
    assert compiled.find_all(text, 1) == found[:1]


@pytest.mark.parametrize("pattern", [
    "^(a+)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b", "a*" * 30 + "b", "(a?){20}a{20}b", "(x+x+)+y",
    "a?" * 40 + "b", "(a|a)" * 30 + "b", ".*.*.*=.*", "([a-z]+)*;", "^(a{1,100}){1,10}$"])
def test_no_pattern_takes_long(pattern):
    """Python's engine alone would be at most of these for years."""
    began = time.process_time()
    assert not regexp.compile(pattern).matches("a" * 5000 + "!\n")
    assert not regexp.compile(pattern).find_all("ax" * 20 + "?\n")
    assert time.process_time() - began < 30  # also under coverage, on a slow machine


def test_common_patterns_keep_the_fast_engine():
    for pattern in ("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "^v[0-9]+((alpha|beta)[0-9]+)?$", "^.+@.+$"):
        assert regexp.compile(pattern)._engine("a" * 60)


@pytest.mark.parametrize("pattern, message", [
    ("a{1001}", "invalid repeat count: `{1001}`"), ("a{2,1}", "invalid repeat count: `{2,1}`"),
    ("abcde{1000}" * 1000, "expression too large: `abcde"),
    ("(a{100}){100}", "invalid repeat count: `{100}`"),
    ("(" * 2000 + ")" * 2000, "expression nests too deeply: `"),
])
def test_what_is_too_large(pattern, message):
    with pytest.raises(ValueError, match="error parsing regexp: ") as failed:
        regexp.compile(pattern)
    assert message in str(failed.value)


def test_deep_patterns_are_no_internal_error():
    assert regexp.compile("(" * 900 + "a" + ")" * 900).matches("xa")


@pytest.mark.parametrize("pattern", ["^*a", r"\A+a", r"\b{2}a", r"(\B|b)?\b*a", r"a\z{1,2}", "(?m:a$*)"])
def test_what_takes_no_room_may_be_repeated(pattern):
    made = regexp.compile(pattern)
    assert made.matches("a") and made.automaton().matches("a") and not made.matches("c")
