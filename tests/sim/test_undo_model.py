"""Undo, redo and snapshots held against a list of states, over commands that are drawn."""

from __future__ import annotations

import random

import pytest

from .test_undo import compacting as compacting
from .test_undo import state

COMMANDS = [
    "create deployment w{n} --image=nginx --replicas={m}", "scale deployment --all --replicas={m}",
    "delete deployment --all --wait=false", "sim clock advance {m}0s", "sim clock advance 1h",
    "run p{n} --image=busybox --command -- sh -c 'echo hi > /f; sleep 30'", "delete pod --all --wait=false",
    "exec p{k} -- sh -c 'date >> /g'", "sim node stop minikube-m02", "sim node start minikube-m02", "sim node add",
    "sim node pressure minikube-m02 memory --pods 1", "sim fail pod/p* --oom --again", "sim fail pod/p* --mend",
    "create configmap c{n} --from-literal=a={m}", "label node minikube x{n}=y", "sim snapshot restore s",
    "sim snapshot save s --replace", "sim clock freeze --tick {m}s", "get pods", "sim fail storage",
    "wait --for=condition=Ready pod --all --timeout=5s", "sim fail storage --mend"]


@pytest.mark.parametrize("seed, kubelet", [(1, "full"), (2, "full"), (3, "stub")])
def test_every_state_comes_back(terminal, request, seed, kubelet):
    if seed % 2:
        request.getfixturevalue("compacting")
    drawn = random.Random(seed)
    terminal.ok(f"kubectl sim reset --seed a{seed} --nodes 2 --bare --kubelet {kubelet}")
    before_each, after_each = [], []  # of what can be undone, and of what can be done again
    for number in range(20):
        now, chance = state(terminal), drawn.random()
        count = drawn.randint(1, 3)
        if chance < 0.2 and len(before_each) >= count:
            terminal.ok(f"kubectl sim undo {count}")
            for _ in range(count):
                after_each.append(now)
                now = before_each.pop()
            assert state(terminal) == now
        elif chance < 0.35 and len(after_each) >= count:
            terminal.ok(f"kubectl sim redo {count}")
            for _ in range(count):
                before_each.append(now)
                now = after_each.pop()
            assert state(terminal) == now
        else:
            line = drawn.choice(COMMANDS).format(n=number, m=count, k=drawn.randint(0, number))
            assert "kubesim failed" not in terminal(f"kubectl {line}").err
            known = [row for row in terminal.ok("kubectl sim undo --list").splitlines() if "(undone)" not in row]
            if len(known) > len(before_each):
                before_each.append(now)
                after_each.clear()
    assert "nothing is damaged" in terminal.ok("kubectl sim doctor")
