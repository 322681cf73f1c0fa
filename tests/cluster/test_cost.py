"""What a pod costs, in calls of Python functions: those are the same on any machine, however busy it is."""

from __future__ import annotations

import sys

MOST = 2750  # for each pod of a Deployment; on Python 3.11 it is 2544


def calls(terminal, *lines):
    """Return how many calls of Python functions some commands take."""
    count = 0

    def called(frame, event, argument):
        nonlocal count
        count += event == "call"

    try:
        for line in lines:
            sys.setprofile(called)
            terminal.ok(line)
            sys.setprofile(None)
    finally:
        sys.setprofile(None)
    return count


def test_a_pod_costs_no_more_than_it_did(terminal):
    terminal.ok("kubectl sim reset --nodes 10 --seed a")
    terminal.ok("kubectl create deployment warm --image=nginx --replicas=10")
    terminal.ok("kubectl sim clock advance 1m")
    few, many = [calls(terminal, f"kubectl create deployment web{count} --image=nginx --replicas={count}",
                       "kubectl sim clock advance 1m") for count in (20, 120)]
    assert (many - few) / 100 < MOST
