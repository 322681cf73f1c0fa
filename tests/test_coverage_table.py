"""hack/coverage_table.py: which modules it complains about."""

from __future__ import annotations

import importlib.util
import pathlib

import pytest

_path = pathlib.Path(__file__).parents[1] / "hack" / "coverage_table.py"
_spec = importlib.util.spec_from_file_location("coverage_table", _path)
coverage_table = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(coverage_table)

MODULES = {"main.py": (100, 20), "store/log.py": (10, 4), "kubectl/get/get.py": (200, 50),
           "kubectl/get/none.py": (0, 0)}


def test_modules_under_80_percent_are_told_the_largest_gap_first():
    assert coverage_table.problems(MODULES, {}) == [
        "kubectl/get/get.py: 75.0%, 50 lines are executed by no test",
        "store/log.py: 60.0%, 4 lines are executed by no test"]


@pytest.mark.parametrize(("excused", "told"), [
    ({"store/log.py": "a reason"}, []),
    ({"store/log.py": ""}, ["uncovered.txt gives no reason for store/log.py"]),
    ({"store/log.py": "a reason", "main.py": "a reason"}, [
        "uncovered.txt names main.py, which has 80.0%: take it off the list"]),
    ({"store/log.py": "a reason", "gone.py": "a reason"}, ["uncovered.txt names gone.py, which does not exist"]),
])
def test_reasons(excused, told):
    assert coverage_table.problems(MODULES, {"kubectl/get/get.py": "a reason", **excused}) == told


def test_nothing_measured_is_no_success():
    assert coverage_table.problems({}, {}) == ["no module was measured"]


def test_rooms():
    assert coverage_table.table(MODULES) == [
        "ROOM                             MODULES  LINES  MISSING  COVERED",
        "(top)                                  1    100       20    80.0%",
        "kubectl/get                            2    200       50    75.0%",
        "store                                  1     10        4    60.0%",
        "TOTAL                                  4    310       74    76.1%"]


def test_the_list_of_reasons(tmp_path):
    file = tmp_path / "uncovered.txt"
    file.write_text("# why\na/b.py   one reason  # more\n\nc.py\n", encoding="utf-8")
    assert coverage_table.reasons(file) == {"a/b.py": "one reason", "c.py": ""}
    assert all(coverage_table.reasons(coverage_table.REASONS).values())
