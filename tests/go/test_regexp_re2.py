"""Go's regular expressions match what RE2 matches, where google-re2 is installed (the extra `re2`).

It is no engine of kubesim's: its import takes longer than thousands of matches, ordinary patterns are found as quickly
without it, and what is looked for in a linear time with it is so without it as well.
"""

from __future__ import annotations

import random

import pytest

from kubesim_cli.go import regexp

re2 = pytest.importorskip("re2")

ATOMS = ["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\s", "[[:digit:]]", r"\b", r"\B", "^", "$", "1",
         " ", r"\.", "(?i:A)", r"\x61", r"[\d_]", r"\pL", "é", r"\A", r"\z"]
REPEATS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{2,}"]
TEXT = "aabbc 1.é_\nA"


def pattern(rng, depth=2):
    """A random pattern."""
    parts = []
    for _ in range(rng.randint(1, 3)):
        if depth and rng.random() < 0.35:
            alternatives = "|".join(pattern(rng, depth - 1) for _ in range(rng.randint(1, 3)))
            part = rng.choice(["({})", "(?:{})", "(?s:{})", "(?m:{})"]).format(alternatives)
        else:
            part = rng.choice(ATOMS)
        parts.append(part + rng.choice(REPEATS))
    return "".join(parts)


@pytest.mark.parametrize("seed", range(3))
def test_random_patterns(seed):
    rng, options, compared = random.Random(seed), re2.Options(), 0
    options.log_errors = False
    for _ in range(200):
        text = pattern(rng)
        try:
            ours = regexp.compile(text)
        except ValueError:
            with pytest.raises(re2.error):
                re2.compile(text, options)
            continue
        compiled = re2.compile(text, options)
        subject = "".join(rng.choice(TEXT) for _ in range(rng.randint(0, 12)))
        assert ours.matches(subject) == (compiled.search(subject) is not None), (text, subject)
        assert ours.automaton().matches(subject) == ours.matches(subject), (text, subject)
        compared += 1
    assert compared > 100
