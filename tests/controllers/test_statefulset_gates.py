"""maxUnavailable of a StatefulSet's rolling update, which is behind a feature gate in every release."""

from __future__ import annotations

import pytest

SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 4
  podManagementPolicy: Parallel
  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: "redis:7"}]
"""


@pytest.mark.parametrize(("gates", "gone"), [("", 1), ("--feature-gates=MaxUnavailableStatefulSet=true", 2)])
def test_so_many_pods_are_replaced_at_once(terminal, gates, gone):
    terminal.ok(f"kubectl sim reset {gates}")
    terminal.ok("kubectl apply -f -", SET)
    terminal.advance("20s")
    terminal.ok("kubectl set image sts/db db=redis:8")
    terminal.advance("100ms")
    states = terminal.ok("kubectl get pods --no-headers").splitlines()
    assert len([row for row in states if "Terminating" in row]) == gone


def test_unknown_gates_are_refused(terminal):
    assert "feature gate" in terminal("kubectl sim reset --feature-gates=NoSuchGate=true").err
