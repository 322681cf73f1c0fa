"""Shells that `kubectl debug` opens: what is typed in them is typed in one container, and ends with them."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.sim.pages.containers import debugged

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")


def states(report):
    return [outcome.state for outcome in report.outcomes if not outcome.command.origin]


def test_a_shell_on_a_node_is_one_container_that_ends_when_it_was_left(replayed):
    report = replayed("""\
```shell
kubectl debug node/mynode -it --image=busybox
```
```
Creating debugging pod node-debugger-mynode-pdx84 with container debugger on node mynode.
If you don't see a command prompt, try pressing enter.
/ #
```
```
/ # touch /tmp/here
/ # ls /tmp
here
```
```
$ kubectl get pods
NAME                          READY   STATUS      RESTARTS   AGE
node-debugger-mynode-pdx84    0/1     Completed   0          2m
$ kubectl delete pod node-debugger-mynode-pdx84 --now
pod "node-debugger-mynode-pdx84" deleted
```
""")
    assert [state for state in states(report) if state != "ran"] == ["equal"] * 4, report.bad


@pytest.mark.parametrize(("text", "said", "prefix"), [
    ("kubectl debug -it web --image=busybox --target=web -n a", "Defaulting debug container name to debugger-8xzrl.\n",
     "kubectl exec -it web -c debugger-8xzrl -n a -- sh"),
    ("kubectl debug web -it --copy-to=web-2 --container=web -- sh", "", "kubectl exec -it web-2 -c web -- sh"),
    ("kubectl debug pod/web -it --image=busybox -c d", "", "kubectl exec -it web -c d -- sh"),
])
def test_the_container_is_known_by_what_was_asked_and_said(text, said, prefix):
    shell = debugged(text, said)
    assert shell is not None and shell.prefix == prefix


def test_where_nothing_tells_the_container_there_is_none():
    assert debugged("kubectl debug -it web --image=busybox", "Error from server (NotFound)\n") is None
    assert debugged("kubectl attach -it web -c a", "") is None
