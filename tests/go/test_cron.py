import datetime

import pytest

from kubesim_cli.go import cron

UTC = datetime.timezone.utc


def after(text, start, zone=None):
    begin = datetime.datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()
    at = cron.parse(text).next(begin, zone)
    return at and datetime.datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("text,expected", [
    ("* * * * *", "2024-01-31 10:31:00"), ("*/15 * * * *", "2024-01-31 10:45:00"), ("0 3 * * *", "2024-02-01 03:00:00"),
    ("15 4 1 1 *", "2025-01-01 04:15:00"), ("0 0 29 2 *", "2024-02-29 00:00:00"),
    ("0 9 * * mon-fri", "2024-02-01 09:00:00"),
    ("0 0 13 * fri", "2024-02-02 00:00:00"), ("0 0 30 2 *", None), ("@hourly", "2024-01-31 11:00:00"),
    ("@weekly", "2024-02-04 00:00:00"), ("@every 1h30m", "2024-01-31 12:00:20"),
    ("5/20 * * * *", "2024-01-31 10:45:00"),
    ("CRON_TZ=Asia/Tokyo 0 9 * * *", "2024-02-01 00:00:00"), ("0,10 12 ? JAN,feb *", "2024-01-31 12:00:00")])
def test_next(text, expected):
    assert after(text, "2024-01-31 10:30:20") == expected


def test_a_time_that_summer_time_skips_or_repeats():
    paris = cron.load_zone("Europe/Paris")
    assert after("30 2 * * *", "2024-03-30 12:00:00", paris) == "2024-04-01 00:30:00"
    assert after("0 * * * *", "2024-10-27 00:00:00", paris) == "2024-10-27 01:00:00"
    assert after("0 4 * * *", "2024-10-26 12:00:00", paris) == "2024-10-27 03:00:00"


@pytest.mark.parametrize("text,message", [
    ("", "empty spec string"), ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
    ("60 * * * *", "end of range (60) above maximum (59): 60"),
    ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
    ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
    ("*/0 * * * *", "step of range should be a positive number: */0"), ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
    ("1/2/3 * * * *", "too many slashes: 1/2/3"), ("@often", "unrecognized descriptor: @often"),
    ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
    ("@every soon", 'failed to parse duration @every soon: time: invalid duration "soon"'),
    ("TZ=Mars/Base * * * * *", "provided bad location Mars/Base: unknown time zone Mars/Base")])
def test_bad_schedules(text, message):
    with pytest.raises(ValueError) as raised:
        cron.parse(text)
    assert str(raised.value) == message
