"""How long failed daemon pods stay."""

from __future__ import annotations

from kubesim_cli.controllers.daemonset.failures import FORGOTTEN, LAST, Failures


def test_each_failure_on_a_node_waits_twice_as_long_as_the_one_before():
    note, now, waits = {}, 1000.0, []
    for _ in range(12):
        failures = Failures(note, now)
        failures.add("minikube")
        waits.append(failures.due("minikube") - now)
        assert failures.due("minikube-m02") == now
        note, now = failures.nodes, failures.due("minikube")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LAST, LAST]


def test_failures_are_forgotten():
    failures = Failures({"minikube": {"at": 1000.0, "wait": 64.0}}, 1000.0 + FORGOTTEN)
    assert failures.nodes == {} and failures.due("minikube") == 1000.0 + FORGOTTEN
    assert Failures({"minikube": {"at": 1000.0, "wait": 64.0}}, 999.0 + FORGOTTEN).due("minikube") == 1064.0
