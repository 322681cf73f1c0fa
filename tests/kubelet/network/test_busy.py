"""Containers that ask others, and then are busy for ever."""

import pytest

from tests.kubelet.network.test_waiting import make


@pytest.mark.parametrize("script", [
    "wget -qO- http://nope; while true; do echo a; done", "wget -qO- http://nope; while true; do :; done",
    "(while ! wget -qO- http://nope; do sleep 1; done) & while true; do echo a; done"])
def test_one_that_is_busy_for_ever_is_not_killed(newest, script):
    """What is bounded is the simulation: it ended with 137, and began again."""
    make(newest, "c", script)
    newest.advance("30s")
    assert newest.ok("kubectl get pod c --no-headers").split()[1:4] == ["1/1", "Running", "0"]
    assert newest.ok("kubectl exec c -- echo there") == "there\n"
    newest.ok("kubectl delete pod c")
    assert newest("kubectl get pod c").code == 1
