import pytest

from kubesim_cli.machinery import duration

DAY = 86400


@pytest.mark.parametrize("seconds,text", [
    (-2.5, "<invalid>"), (-1.9, "0s"), (0, "0s"), (119.9, "119s"), (120, "2m"), (200, "3m20s"), (600, "10m"),
    (179 * 60, "179m"), (180 * 60, "3h"), (7.5 * 3600, "7h30m"), (8 * 3600, "8h"), (47 * 3600, "47h"), (2 * DAY, "2d"),
    (2 * DAY + 3600, "2d1h"), (8 * DAY + 3600, "8d"), (729 * DAY, "729d"), (730 * DAY, "2y"), (760 * DAY, "2y30d"),
    (3000 * DAY, "8y")])
def test_human(seconds, text):
    assert duration.human(seconds) == text
