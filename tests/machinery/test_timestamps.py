import calendar
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.machinery import timestamps


@pytest.mark.parametrize("text,seconds", [
    ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:30:05Z", 1709209805), ("2024-01-01T02:00:00+02:00", 1704067200),
    ("2024-01-01T00:00:00.250Z", 1704067200.25), ("2024-01-01T00:00:00.000001-00:30", 1704069000.000001)])
def test_parse(text, seconds):
    assert timestamps.parse(text) == seconds


@pytest.mark.parametrize("text,message", [
    ("yesterday", 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'),
    ("2024-01-01", 'parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'),
    ("2024-13-01T00:00:00Z", 'parsing time "2024-13-01T00:00:00Z": month out of range'),
    ("2023-02-29T00:00:00Z", 'parsing time "2023-02-29T00:00:00Z": day out of range'),
    ("2023-02-02T00:00:00Zz", 'parsing time "2023-02-02T00:00:00Zz": extra text: "z"'),
    ("2023-02-02T00:00:00Z\x01é", r'parsing time "2023-02-02T00:00:00Z\x01\xc3\xa9": extra text: "\x01\xc3\xa9"')])
def test_parse_fails(text, message):
    with pytest.raises(ValueError) as raised:
        timestamps.parse(text)
    assert str(raised.value) == message


def test_forms():
    assert timestamps.format(1704067200.9) == "2024-01-01T00:00:00Z"
    assert timestamps.format_micro(1704067200.25) == "2024-01-01T00:00:00.250000Z"
    assert timestamps.format_rfc1123z(1136214245) == "Mon, 02 Jan 2006 15:04:05 +0000"


@given(st.integers(0, 4 * 10**9))
def test_dates_agree_with_the_calendar(seconds):
    text = timestamps.format(seconds)
    assert timestamps.parse(text) == seconds
    assert calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) == seconds


def test_only_so_many_times_are_remembered():
    for second in range(timestamps._MOST + 10):
        assert timestamps.parse(timestamps.format(float(second))) == second
    assert len(timestamps._parsed) <= timestamps._MOST
    with pytest.raises(ValueError, match="hour out of range"):
        timestamps.parse("2024-01-01T24:00:00Z")
    assert "2024-01-01T24:00:00Z" not in timestamps._parsed
