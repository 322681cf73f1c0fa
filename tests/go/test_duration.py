import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.go import duration


@pytest.mark.parametrize("text,seconds", [("0", 0), ("1h30m", 5400), ("-1.5s", -1.5), ("+5m", 300), (".5s", 0.5),
                                          ("1.s", 1), ("250ms", 0.25), ("1µs", 1e-6)])
def test_parse(text, seconds):
    assert duration.parse(text) == seconds


@pytest.mark.parametrize("text,message", [
    ("", 'time: invalid duration ""'), ("5", 'time: missing unit in duration "5"'), ("x", 'time: invalid duration "x"'),
    ("5x", 'time: unknown unit "x" in duration "5x"'), ("1d", 'time: unknown unit "d" in duration "1d"'),
    ("3 m", 'time: unknown unit " m" in duration "3 m"'), (".s", 'time: invalid duration ".s"'),
    ("9999999h", 'time: invalid duration "9999999h"')])
def test_parse_fails(text, message):
    with pytest.raises(ValueError) as raised:
        duration.parse(text)
    assert str(raised.value) == message


@pytest.mark.parametrize("seconds,text", [(0, "0s"), (1, "1s"), (1.5, "1.5s"), (60, "1m0s"), (3600, "1h0m0s"),
                                          (0.25, "250ms"), (1.5e-6, "1.5µs"), (-90, "-1m30s"), (3e-9, "3ns")])
def test_format(seconds, text):
    assert duration.format(seconds) == text


@given(st.integers(-10**12, 10**12))
def test_durations_survive_a_round_trip(micros):
    assert round(duration.parse(duration.format(micros / 1e6)) * 1e6) == micros
