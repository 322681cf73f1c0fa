"""go/filepath.py against what Go's path/filepath does."""

import pytest

from kubesim_cli.go.filepath import BadPattern, glob, has_magic, match


@pytest.mark.parametrize(("pattern", "name", "fits"), [
    ("abc", "abc", True), ("*", "abc", True), ("*c", "abc", True), ("a*", "a", True), ("a*", "ab/c", False),
    ("a*/b", "abc/b", True), ("a*b?c*x", "abxbbxdbxebxczzx", True), ("ab[c]", "abc", True), ("ab[b-d]", "abc", True),
    ("ab[e-g]", "abc", False), ("ab[^c]", "abc", False), ("ab[^e-g]", "abc", True), ("a\\*b", "a*b", True),
    ("a\\*b", "ab", False), ("a?b", "a\u263ab", True), ("a[^a]b", "a\u263ab", True), ("a???b", "a\u263ab", False),
    ("*", ".hidden", True), ("?a", ".a", True), ("[!a]", "b", False), ("[!a]", "!", True), ("[\\]a]", "]", True),
    ("[\\-]", "-", True), ("[x\\-]", "-", True), ("[b-a]", "a", False), ("[^b-a]", "a", True), ("*.y", "a\n.y", True)])
def test_match(pattern, name, fits):
    assert match(pattern, name) is fits


def test_many_stars_take_no_time():
    assert not match("*a" * 30 + "b", "a" * 200) and match("*a" * 30 + "*b", "a" * 200 + "b")
    assert match("*ab*c*", "aab/c".replace("/", "")) and not match("*a*b", "a/b") and match("*a*/*b", "xa/yb")


@pytest.mark.parametrize("pattern", [
    "[", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[^", "[^bc", "a[", "a\\", "[\\", "[a-"])
def test_what_is_no_pattern(pattern):
    with pytest.raises(BadPattern, match="syntax error in pattern"):
        match(pattern, "a")


def test_glob():
    folders = {".": [".h.y", "a.y", "b[1].y", "sub"], "sub": ["a.y", "c.y"], "/": ["etc"]}

    def names(folder):
        if folder not in folders:
            raise OSError
        return folders[folder]

    def find(pattern):
        return glob(pattern, lambda path: path in ("a.y", "sub/c.y"), names)

    assert find("*.y") == [".h.y", "a.y", "b[1].y"] and find("./*.y") == find("*.y")
    assert find("b\\[1\\].y") == ["b[1].y"] and find("b[1].y") == []
    assert find("*/a.y") == find("s?b/a.y") == ["sub/a.y"] and find("sub/*") == ["sub/a.y", "sub/c.y"]
    assert find("/*") == ["/etc"] and find("nope/*") == [] and find("sub/c.y") == ["sub/c.y"] and find("x") == []
    assert has_magic("a\\b") and has_magic("[") and not has_magic("a/b")
    with pytest.raises(BadPattern):
        find("[a")
