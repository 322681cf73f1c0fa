"""What is read as plain YAML is what the scanner of all of YAML reads."""

from __future__ import annotations

import pathlib
import random
import re
import tracemalloc

import pytest

from kubesim_cli.go import plainyaml, yaml

ROOT = pathlib.Path(__file__).parents[2]
MANIFEST = (ROOT / "fixtures" / "sts-mariadb.yml").read_text(encoding="utf-8")
WORDS = ["a", "b: 1", "key: value", "- x", "- a: b", "-", "a:", "  ", "    ", " ", "\n", "\n", "\n  ", "\n    ", "# c",
         " # c", "|", "|-", "text", "'q'", '"d q"', "'a''b'", '"a\\nb"', "[a, b]", "{a: b}", "{}", "[]",
         r'"\\"', r'"\"q\""', r'"\x41\u00e9"', r'"\x4"', r'"\ud83d"', r'"\0"', r'"\_a\ "', r'"\\\"', r'["\t", "\\"]',
         "[a, [b, 'c']]", "{a: {b: c}, d: [e]}", ": ", ":", "- ", "---", "...", "~", "null", "yes", "1.5", "\xe9",
         "x: |\n    y\n    z\n", "\u65e5\u672c", "\t", "key:", "<<: a", "&a", "*a", "!!str", "? ", "%a", ",", "]", "}",
         "name: web", "containers:\n- name: a\n  image: b\n", "a#b", "-1", "--", "- - a", "@", "`", "x y: z", " x",
         "'it''s", "''", "\n      more"]
BLOCKS = """\
kind: ConfigMap   # of a kind
data:
  script: |
    #!/bin/sh
    echo "a: b"

      deeper
  cut: |-
    end

  'quoted': x
"""


def normal(node):
    """The tree without the lines of empty scalars, which ruamel tells as those of what follows."""
    kind, tag, plain, value, line = node
    if kind == "scalar":
        return kind, tag, plain, value, None if plain and not value else line
    return kind, tag, [normal(child) for child in value], line


def same(text):
    """Compare both readings; returns whether the text was plain."""
    try:
        quick = plainyaml.document(text)
    except plainyaml.NotPlain:
        return False
    assert normal(quick) == normal(yaml._Parser(text).document()), text
    return True


@pytest.mark.parametrize("text", [
    MANIFEST, "---\na: 1\n", "- a\n- - b\n  - c\n-\n- d: e\n  f:\n  - g\n", "a: [b, 'c', {d: \"e\"}] # f\n",
    "a: |\n  b\n\n   c\n\nd: -1\n", "a:\n\n# c\n  b: http://c/d#e\n", "a: {}\nb: []\nc: 'x' # y",
    "a: 'it''s'", "- a\n\n\n  b  \n   - c\n# d\n- 'e\n\n  f: ''g'' # h\n  i'   # j\n- {k: 'l''m'}\n", "a: b\n  c\n",
    BLOCKS.replace("'", ""), r'a: "\n\x41\u00e9\U0001F600\"\\\t\\"', r'a: ["\\", {b: "\"]"}] # "',
])
def test_manifests_are_plain(text):
    assert same(text)


@pytest.mark.parametrize("text", [
    "", "# c\n", "a", " ---\n  a: b",
    "a: b: c", "a: b\n  c: d", "a: b # c\n  d", "a: b\n  c # d\n  e", "a: 'b\nc'", "a: 'b",
    "a: &x b", "a: *x", "a: >\n  b\n", "a: |+\n  b\n", "a: |2\n  b\n",
    "a: \"b\n  c\"", r'a: "\0"', r'a: "\x4"', r'a: "\ud83d"', r'a: "\/"', r'a: "\"',
    r'a: "é\n"', "a:\tb", "\ufeffa: b", "a: b\n---\nc: d", "a: b\n...\n", "<<: {a: b}",
    "%YAML 1.1\n---\na: b", "a: [b,\n c]", "a: {b: c, }", "a: [b: c]", "a: !!str b", "? a\n: b", "a: b\n c: d",
    "- a\nb: c", "a: @b", "a: |\n  b", BLOCKS,
])
def test_the_rest_is_left_to_the_scanner(text):
    with pytest.raises(plainyaml.NotPlain):
        plainyaml.document(text)


@pytest.mark.parametrize("text", ["{%s}", "[%s]"])
def test_a_long_row_is_read_in_linear_time(text):
    from time import process_time

    def seconds(count):
        row = "a: " + text % ", ".join(f'k{i}: "v{i}"' if text[0] == "{" else f"v{i}" for i in range(count))
        start = process_time()
        plainyaml.document(row)
        return process_time() - start

    assert seconds(40_000) < 12 * seconds(10_000) + 0.5


def test_random_texts():
    rng = random.Random(5)
    plain = 0
    for _ in range(2500):
        if rng.random() < 0.3:
            text = "".join(rng.choice(WORDS) for _ in range(rng.randint(1, 12)))
        else:
            lines = rng.choice((MANIFEST, BLOCKS)).split("\n")
            first = rng.randrange(len(lines))
            text = "\n".join(lines[first:first + rng.randint(2, 10)])
            for _ in range(rng.randint(0, 2)):
                place = rng.randrange(len(text) + 1)
                text = text[:place] + rng.choice([*WORDS, *" \n:#-'\"[]{},|>&*!%@`?~0a\t\\."]) + text[place:]
        plain += same(text)
    assert plain > 300


def test_what_a_float_is():
    pattern = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
    rng = random.Random(5)
    for _ in range(20000):
        text = rng.choice("+-0159") + "".join(rng.choice("+-.0159eEKx") for _ in range(rng.randint(0, 6)))
        assert yaml._is_float(text) == bool(pattern.fullmatch(text)), text


@pytest.mark.parametrize("row", ["", "x", "x" * 70])
def test_a_literal_of_many_rows_takes_the_memory_of_its_text(row):
    text = "a: |\n  b\n" + f"  {row}\n" * (2_000_000 // (len(row) + 3)) + "  c\nd: e\n"
    tracemalloc.start()
    try:
        node = plainyaml.document(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert node[3][1][3] == text[5:-5].replace("\n  ", "\n")[2:] and node[3][2][4] == text.count("\n") - 1
    assert peak < 3.5 * len(text)
