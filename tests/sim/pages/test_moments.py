"""Ages are intervals, and the moments of commands are what fits them all."""

from __future__ import annotations

import pytest

from kubesim_cli.machinery.duration import human
from kubesim_cli.sim.pages.moments import Moments, Seen, exactly, interval


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 119, 120, 306, 599, 600, 660, 10799, 10800, 28799, 28800,
                                     172800, 10**6, 7 * 10**7])
def test_an_interval_holds_what_is_printed_so(seconds):
    low, high = exactly(human(seconds))
    assert low <= seconds < high
    assert human(low) == human(seconds)
    assert human(high - 1) == human(seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5m6", "<invalid>", "1w", "-5s"])
def test_other_texts_are_no_ages(text):
    assert interval(text) is None


def solve(count, seen, wanted=None):
    moments = Moments(count, [0] * count)
    moments.take([Seen(made, listed, delay, age, line) for made, listed, delay, age, line in seen])
    return moments.solve(wanted or [20] * count), moments.contradictions


def test_moments_fit_all_ages():
    # made by command 1, listed by 2; scaled by 3, listed by 4 (18 s later) and 5 (117 s later)
    found, wrong = solve(6, [(1, 2, 0, "5m6s", 1), (1, 4, 0, "9m32s", 2), (3, 4, 0, "18s", 3), (1, 5, 0, "11m", 4),
                             (3, 5, 0, "117s", 5)])
    assert wrong == []
    assert found == [0, 20, 326, 574, 592, 691]


def test_what_leaves_a_choice_comes_when_it_is_wanted():
    assert solve(4, [(1, 3, 0, "11m", 1)])[0] == [0, 20, 40, 680]
    assert solve(4, [(1, 3, 0, "30s", 1)])[0] == [0, 20, 40, 50]


def test_where_less_is_left_each_gets_some_seconds():
    assert solve(4, [(1, 3, 0, "10s", 1)])[0] == [0, 20, 25, 30]
    assert solve(6, [(1, 5, 0, "13s", 1)])[0] == [0, 20, 24, 27, 30, 33]
    assert solve(6, [(1, 5, 0, "4s", 1)])[0] == [0, 20, 21, 22, 23, 24]
    assert solve(6, [(1, 5, 0, "2s", 1)])[0] == [0, 20, 22, 22, 22, 22]


def test_what_was_made_later_counts_from_then():
    assert solve(3, [(1, 2, 7, "30s", 1)])[0] == [0, 20, 57]


def test_a_contradiction_is_told_with_its_lines():
    found, wrong = solve(4, [(1, 2, 0, "5m6s", 11), (1, 3, 0, "2m", 22)])
    assert wrong == [(11, 22)]
    assert found[2] - found[1] == 306


def test_as_many_listings_as_can_be_are_true():
    """The first says something else than the two behind it."""
    found, wrong = solve(6, [(1, 3, 0, "13h", 11), (1, 4, 0, "25m", 22), (1, 5, 0, "26m", 33)])
    assert wrong == [(22, 11)]
    assert found[4] - found[1] == 1500 and found[5] - found[1] == 1560


def test_what_is_only_similar_is_given_up_first():
    moments = Moments(6, [0] * 6)
    moments.take([Seen(1, 3, 0, "13h", 11, firm=False), Seen(1, 4, 0, "14h", 22, firm=False), Seen(1, 5, 0, "25m", 33)])
    assert moments.contradictions == [(33, 11), (33, 22)]
    assert moments.solve([20] * 6)[5] == 20 + 1500


def test_many_commands_are_solved_quickly():
    seen = [(1, i, 0, f"{i}m", i) for i in range(10, 200)]
    found, wrong = solve(201, seen)
    assert wrong == []
    assert found == sorted(found)
