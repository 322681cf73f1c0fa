"""Rows of watches are compared object by object."""

from __future__ import annotations

import pytest

from kubesim_cli.sim.pages.model import Listing
from kubesim_cli.sim.pages.names import Names
from kubesim_cli.sim.pages.rows import compare_watch

HEAD = "NAME   READY   STATUS        RESTARTS   AGE\n"
REAL = HEAD + """\
a      1/1     Running       0          5s
a      1/1     Terminating   0          9s
a      0/1     Completed     0          9s
b      0/1     Pending       0          0s
b      1/1     Running       0          2s
"""


def equal(rows: str, undated: bool = False) -> bool:
    listing = Listing([HEAD.rstrip(), *rows.strip().split("\n")], 1)
    return compare_watch(listing, REAL, Names(), undated).equal


@pytest.mark.parametrize("rows", [
    "a 1/1 Running 0 7m\nb 1/1 Running 0 8m", "b 0/1 Pending 0 0s\na 1/1 Terminating 0 1h",
    "b 0/1 ContainerCreating 0 0s\nb 1/1 Running 0 19s"])
def test_states_in_their_order(rows):
    assert equal(rows)


@pytest.mark.parametrize("rows", ["a 1/1 Terminating 0 5s\na 1/1 Running 0 5s", "c 1/1 Running 0 5s",
                                  "b 1/1 Running 0 5s\nb 0/1 Error 0 5s"])
def test_other_states(rows):
    assert not equal(rows)


def test_before_1_31_pods_were_terminating_until_they_were_gone():
    rows = "a 1/1 Running 0 7m\na 1/1 Terminating 0 8m\na 0/1 Terminating 0 8m"
    assert equal(rows, undated=True)
    assert not equal(rows)


JOBS = """NAME             STATUS     COMPLETIONS   DURATION   AGE
hello-28401121   Running    0/1                      0s
hello-28401121   Running    0/1           0s         0s
hello-28401121   Complete   1/1           3s         3s
"""
OLD_JOBS = """NAME               COMPLETIONS   DURATION   AGE
hello-4111706356   0/1                      0s
hello-4111706356   0/1           0s         0s
hello-4111706356   %s           5s         5s"""


def test_a_watch_may_have_fewer_columns_and_how_long_something_took_is_free():
    names = Names()
    assert compare_watch(Listing((OLD_JOBS % "1/1").split("\n"), 1), JOBS, names).equal
    assert names.here == {"hello-4111706356": "hello-28401121"}


def test_names_are_bound_where_other_cells_differ():
    names = Names()
    assert not compare_watch(Listing((OLD_JOBS % "2/1").split("\n"), 1), JOBS, names).equal
    assert names.here == {"hello-4111706356": "hello-28401121"}
