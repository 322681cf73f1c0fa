import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.api import duration

DAY = 86400


@pytest.mark.parametrize("seconds,text", [
    (-2.5, "<invalid>"), (-1.9, "0s"), (0, "0s"), (119.9, "119s"), (120, "2m"), (200, "3m20s"), (600, "10m"),
    (179 * 60, "179m"), (180 * 60, "3h"), (7.5 * 3600, "7h30m"), (8 * 3600, "8h"), (47 * 3600, "47h"), (2 * DAY, "2d"),
    (2 * DAY + 3600, "2d1h"), (8 * DAY + 3600, "8d"), (729 * DAY, "729d"), (730 * DAY, "2y"), (760 * DAY, "2y30d"),
    (3000 * DAY, "8y")])
def test_human(seconds, text):
    assert duration.human(seconds) == text


@pytest.mark.parametrize("text,seconds", [("0", 0), ("1h30m", 5400), ("-1.5s", -1.5), ("+5m", 300), (".5s", 0.5),
                                          ("1.s", 1), ("250ms", 0.25), ("1µs", 1e-6)])
def test_parse_go(text, seconds):
    assert duration.parse_go(text) == seconds


@pytest.mark.parametrize("text,message", [
    ("", 'time: invalid duration ""'), ("5", 'time: missing unit in duration "5"'), ("x", 'time: invalid duration "x"'),
    ("5x", 'time: unknown unit "x" in duration "5x"'), ("1d", 'time: unknown unit "d" in duration "1d"'),
    ("3 m", 'time: unknown unit " m" in duration "3 m"'), (".s", 'time: invalid duration ".s"'),
    ("9999999h", 'time: invalid duration "9999999h"')])
def test_parse_go_fails(text, message):
    with pytest.raises(ValueError) as raised:
        duration.parse_go(text)
    assert str(raised.value) == message


@pytest.mark.parametrize("seconds,text", [(0, "0s"), (1, "1s"), (1.5, "1.5s"), (60, "1m0s"), (3600, "1h0m0s"),
                                          (0.25, "250ms"), (1.5e-6, "1.5µs"), (-90, "-1m30s"), (3e-9, "3ns")])
def test_format_go(seconds, text):
    assert duration.format_go(seconds) == text


@given(st.integers(-10**12, 10**12))
def test_go_durations_survive_a_round_trip(micros):
    assert round(duration.parse_go(duration.format_go(micros / 1e6)) * 1e6) == micros
